"""Reports: their numbers against a count in plain Python over raw rows, their files, who may read them, and made once when due."""

from __future__ import annotations

import io
import random
import re
import shutil
import subprocess
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest
from openpyxl import load_workbook
from sqlalchemy import delete, insert

from bot.delivery.tables import conversations, inbox
from bot.outreach.counted import remember
from bot.outreach.tables import leads, past_leads
from bot.staff.access import Scope
from bot.staff.audit import Audit
from bot.staff.figure_tables import reports
from bot.staff.report_content import Content
from bot.staff.report_docx import write_docx
from bot.staff.report_files import write_report_xlsx
from bot.staff.reporting import Reporter
from bot.staff.reports import BadReport, Reports, due
from bot.staff.tables import audit, targets
from bot.staff.visit import NotThere
from bot.time_zone import TIME_ZONE
from knowledge.store import writing
from tests.bot.staff.office import HERE, THERE, UNITS, Office

TODAY = date(2026, 11, 28)
GONE = 40


def instant(day: date, hour: float = 0.0) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=TIME_ZONE).timestamp() + hour * 3600


def fill(office: Office, count: int = 110) -> None:
    """People of two years in several communes, some erased since; questions; targets."""
    chance = random.Random(403)
    numbers = []
    for n in range(count):
        created = instant(date(2025, 1, 1)) + chance.random() * 690 * 86_400
        contacted = created + chance.random() * 30 * 86_400 if chance.random() < 0.7 else None
        joined = contacted + chance.random() * 60 * 86_400 if contacted and chance.random() < 0.6 else None
        status = "joined" if joined else "contacted" if contacted else chance.choice(("new", "withdrawn", "declined"))
        numbers.append(
            office.lead(
                f"Người {n}", chance.choice([HERE.code, THERE.code, UNITS[2].code, ""]), status=status, created_at=created,
                contacted_at=contacted, joined_at=joined, channel=chance.choice(("telegram", "web", "zalo_oa")),
                campaign=chance.choice(("", "PN-Ba", "ND-1")), organisation=chance.choice(("", "Hội Nông dân", "=1+1")),
                household=chance.choice(("", "poor", "near_poor")),
            )
        )  # fmt: skip
    # on the edges of the periods
    for day, hour in (
        (date(2026, 6, 30), 23.99),
        (date(2026, 7, 1), 0.0),
        (date(2026, 1, 1), 0.0),
        (date(2025, 12, 31), 23.99),
    ):
        office.lead(
            "Mép",
            HERE.code,
            status="joined",
            created_at=instant(day, hour),
            contacted_at=instant(day, hour),
            joined_at=instant(day, hour),
        )
    with writing(office.engine) as connection:
        which = leads.c.id.in_(numbers[:GONE])
        remember(connection, which)
        connection.execute(delete(leads).where(which))
        for code, goal, base in ((HERE.code, 150, 100), (THERE.code, 90, 80)):
            for year in (2026, 2027):
                row = {
                    "commune_code": code,
                    "year": year,
                    "goal": goal + year,
                    "base": base,
                    "updated_at": 0.0,
                    "updated_by": "x",
                }
                connection.execute(insert(targets).values(**row))
        home = connection.execute(conversations.select().limit(1)).first()
        assert home is not None
        for n in range(60):
            at = instant(date(2026, 1, 1)) + chance.random() * 330 * 86_400
            connection.execute(
                insert(inbox).values(
                    channel=chance.choice(("web", "telegram")), event_id=f"q{n}", conversation_id=home.id, order_key=float(n), event={},
                    received_at=at, state="done", attempts=0,
                    outcome=chance.choice(("answered:card", "unknown:weak_evidence", "greeting", "form:lead", "declined:off_topic")),
                    done_at=at + 1,
                )
            )  # fmt: skip


def again(office: Office, code: str, first: date, last: date) -> dict[str, Any]:
    """The figures of a report counted a second way: plain Python over the rows of both tables."""
    rows = [r for r in office.rows(leads) if r["status"] != "merged"] + office.rows(past_leads)
    if code:
        rows = [r for r in rows if r["commune_code"] == code]
    back = (first.replace(year=first.year - 1), last.replace(year=last.year - 1))

    def days(name: str, a: date, b: date, some: list[dict[str, Any]]) -> int:
        local = [datetime.fromtimestamp(r[name], TIME_ZONE).date() for r in some if r[name] is not None]
        return sum(a <= day <= b for day in local)

    marks = ("created_at", "contacted_at", "joined_at")
    groups: dict[str, dict[str, list[int]]] = {}
    for group in ("channel", "campaign", "organisation", "household"):
        groups[group] = {}
        for value in {(r[group].lower() if group == "campaign" else r[group]) for r in rows}:
            some = [r for r in rows if (r[group].lower() if group == "campaign" else r[group]) == value]
            counts = [days(mark, first, last, some) for mark in marks]
            if any(counts):
                groups[group][value] = counts
    goals = [r for r in office.rows(targets) if r["year"] == first.year and (not code or r["commune_code"] == code)]
    return {
        "now": [days(mark, first, last, rows) for mark in marks],
        "before": [days(mark, *back, rows) for mark in marks],
        "groups": groups,
        "goal": sum(r["goal"] for r in goals) if goals else None,
        "base": sum(r["base"] for r in goals) if goals else None,
        "communes": {
            unit: days("joined_at", first, last, [r for r in rows if r["commune_code"] == unit])
            for unit in {r["commune_code"] for r in rows}
        },
    }  # fmt: skip


def reporter(office: Office) -> Reporter:
    return Reporter(office.engine, office.console.communes, Audit(office.engine, b"k" * 32))


def table(content: Content, title: str) -> dict[Any, list[Any]]:
    found = next(t for t in content.tables if t.text == title)
    return {row[0]: list(row[1:]) for row in found.rows}


def test_every_number_is_that_of_a_second_count(everywhere: Office) -> None:
    fill(everywhere)
    for kind in ("half", "year"):
        for unit in (None, HERE, THERE, UNITS[5]):
            compare(everywhere, kind, unit)


def compare(office: Office, kind: str, unit: Any) -> None:
    last = date(2026, 6, 30) if kind == "half" else TODAY
    content = reporter(office).make(kind, 2026, unit, TODAY)
    expected = again(office, unit.code if unit else "", date(2026, 1, 1), last)
    work = table(content, "Tư vấn, vận động")
    assert [row[0] for row in work.values()] == expected["now"]
    assert [row[1] for row in work.values()] == expected["before"]
    assert [row[2] for row in work.values()] == [
        a - b for a, b in zip(expected["now"], expected["before"], strict=True)
    ]
    joined, goal, base = expected["now"][2], expected["goal"], expected["base"]
    result = {name: row[1] for name, row in table(content, "Chỉ tiêu và kết quả").items()}
    assert result["Tham gia mới trong kỳ"] == joined
    assert result["Đang tham gia đầu năm"] == base and result["Chỉ tiêu đến cuối năm"] == goal
    if goal is not None:
        # people in communes without a target count as joined, and so in the province's sum
        assert result["Số tham gia tính đến cuối kỳ"] == base + joined
        assert result["Còn thiếu so với chỉ tiêu"] == max(0, goal - base - joined)
        assert result["Đạt so với chỉ tiêu"] == f"{100 * (base + joined) / goal:.1f} %".replace(".", ",")
    for group, title in (
        ("channel", "Theo kênh"), ("campaign", "Theo đợt vận động"), ("organisation", "Theo tổ chức, đoàn thể"),
        ("household", "Theo nhóm hộ"),
    ):  # fmt: skip
        rows = table(content, title)
        assert rows.pop("Cộng") == expected["now"], title
        assert sorted(rows.values()) == sorted(expected["groups"][group].values()), title
    if unit is None:
        lines = content.annex[0].rows
        names = {u.title: u.code for u in UNITS}
        counted = {names.get(str(row[1]), ""): row[4] for row in lines[:-1]}
        assert {code: n for code, n in counted.items() if n} == {
            code: n for code, n in expected["communes"].items() if n
        }
        assert lines[-1][4] == joined == sum(expected["communes"].values())
        asked = [r for r in office.rows(inbox) if r["outcome"].partition(":")[0] in ("answered", "unknown", "declined")]
        local = [r for r in asked if datetime.fromtimestamp(r["received_at"], TIME_ZONE).date() <= last]
        questions = table(content, "Câu hỏi của người dân")
        assert questions["Cộng"][0] == len(local)
        assert questions["Chưa có quy định để trả lời"][0] == sum(r["outcome"].startswith("unknown") for r in local)
    assert Content.read(content.plain()) == content or Content.read(content.plain()).plain() == content.plain()


def test_the_word_file_and_the_workbook_hold_the_same_numbers(office: Office) -> None:
    fill(office, 60)
    content = reporter(office).make("year", 2026, None, TODAY)
    made = docx.Document(io.BytesIO(write_docx(content)))
    tables = made.tables[1:]  # the first holds the head
    for block, drawn in zip(content.tables[:-1], tables, strict=False):
        cells = [[cell.text.replace("\u00a0", " ") for cell in row.cells] for row in drawn.rows]
        assert cells[0] == list(block.header)
        assert [[c.replace(".", "") for c in row] for row in cells[1:]] == [
            ["–" if v is None and n else str("" if v is None else v).replace(".", "") for n, v in enumerate(row)] for row in block.rows
        ]  # fmt: skip
    text = "\n".join(p.text for p in made.paragraphs) + "\n".join(
        c.text for t in made.tables for r in t.rows for c in r.cells
    )
    for needed in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "BÁO CÁO", "Kính gửi", "Nơi nhận:", "403/NQ-CP", "Số:",
        "VII. CÁCH TÍNH SỐ LIỆU", "GIÁM ĐỐC", "Phụ lục", "./.",
    ):  # fmt: skip
        assert needed in text.replace("năm./.", "./."), needed
    for block in content.tables:
        assert block.how in text
    section = made.sections[0]
    assert [
        round(x.mm) for x in (section.page_width, section.page_height, section.left_margin, section.right_margin)
    ] == [210, 297, 30, 15]
    book = load_workbook(io.BytesIO(write_report_xlsx(content)))
    assert book.sheetnames == [t.name for t in content.tables] + ["Cách tính"]
    for block in content.tables:
        rows = [list(row) for row in book[block.name].iter_rows(values_only=True)]
        at = next(n for n, row in enumerate(rows) if row[: len(block.header)] == list(block.header))
        drawn_rows = [row[: len(block.header)] for row in rows[at + 1 :]]
        assert [[v if isinstance(v, int) else None for v in row] for row in drawn_rows] == [
            [v if isinstance(v, int) else None for v in row] for row in block.rows
        ]  # fmt: skip
        assert {c.data_type for row in book[block.name].iter_rows() for c in row} <= {"s", "n"}


def test_names_of_organisations_run_nothing_in_the_files(office: Office) -> None:
    office.lead(
        "x", joined_at=instant(TODAY), status="joined", organisation="<w:p/>]]>&\x01\x0b", created_at=instant(TODAY)
    )
    content = reporter(office).make("year", 2026, HERE, TODAY)
    with zipfile.ZipFile(io.BytesIO(write_docx(content))) as packed:
        assert b"&lt;w:p/&gt;" in packed.read("word/document.xml")
        assert not [n for n in packed.namelist() if "macro" in n.lower() or n.endswith(".bin")]
    assert docx.Document(io.BytesIO(write_docx(content))).tables


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 7, 1), [("half", 2026)]), (date(2026, 6, 30), []), (date(2026, 7, 20), [("half", 2026)]), (date(2026, 9, 1), []),
        (date(2027, 1, 1), [("year", 2026)]), (date(2026, 12, 31), []), (date(2025, 1, 1), []), (date(2031, 1, 1), [("year", 2030)]),
        (date(2032, 1, 1), []), (date(2031, 7, 1), []),
    ],
)  # fmt: skip
def test_the_calendar(day: date, expected: list[tuple[str, int]]) -> None:
    assert [(kind, year) for kind, year, _ in due(day)] == expected


class Few:
    """Two communes only, so that a round is short."""

    def __init__(self, office: Office) -> None:
        self.province, self.units = office.console.communes.province, UNITS[:2]
        self.by_code = office.console.communes.by_code


def test_what_is_due_is_made_once(everywhere: Office) -> None:
    office = everywhere
    fill(office, 12)
    office.hands.now = instant(date(2026, 7, 2), 3)
    made = Reports(office.engine, Few(office), office.console.audit, office.hands)  # type: ignore[arg-type]
    assert made.make_due(instant(date(2026, 6, 30), 23.9)) == 0
    assert made.make_due(instant(date(2026, 7, 1), 0.1)) == 3
    assert made.make_due(instant(date(2026, 7, 1), 5)) == made.make_due(instant(date(2026, 7, 20))) == 0
    rows = office.rows(reports)
    assert [(r["kind"], r["year"], r["commune_code"], r["made_by"]) for r in rows] == [
        ("half", 2026, code, "tuvan") for code in ("", UNITS[0].code, UNITS[1].code)
    ]
    assert {r["content"]["last"] for r in rows} == {"2026-06-30"}
    assert made.make_due(instant(date(2027, 1, 1), 1)) == 3
    assert {r["content"]["last"] for r in office.rows(reports)[3:]} == {"2026-12-31"}
    with writing(office.engine) as connection:
        connection.execute(delete(reports).where(reports.c.commune_code == UNITS[1].code))
    assert made.make_due(instant(date(2027, 1, 3))) == 1, "only what is missing"


def test_two_processes_make_each_once(everywhere: Office) -> None:
    office = everywhere
    rounds = [Reports(office.engine, Few(office), office.console.audit, office.hands) for _ in range(2)]  # type: ignore[arg-type]
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda one: one.make_due(instant(date(2026, 7, 1))), rounds))
    assert sum(made) == len(office.rows(reports)) == 3


def test_a_report_is_made_read_and_kept_as_it_was(office: Office) -> None:
    fill(office, 20)
    browser = office.signed_in("here")
    browser.get("/staff/bao-cao")
    page = browser.post("/staff/bao-cao", {"kind": "half", "year": 2026, "commune": HERE.code})
    assert page.status_code == 200 and "Đã lập báo cáo." in page.text and "Cách tính" in page.text
    number = office.rows(reports)[0]["id"]
    links = re.findall(r'href="(/staff/lead\?[^"]*)"', page.text)
    assert links and all(
        f"xa={HERE.code}" in link and "tu=2026-01-01" in link and "den=2026-06-30" in link for link in links
    )
    before = browser.get(f"/staff/bao-cao/{number}").text.partition('role="status"')[0]
    file = browser.get(f"/staff/bao-cao/{number}/tep.docx")
    assert file.content == bytes(office.rows(reports)[0]["docx"]) and file.content.startswith(b"PK")
    assert "attachment" in file.headers["content-disposition"]
    assert browser.get(f"/staff/bao-cao/{number}/tep.xlsx").content.startswith(b"PK")
    assert browser.get(f"/staff/bao-cao/{number}/tep.exe").status_code == 404
    office.lead("Sau", status="joined", created_at=instant(date(2026, 2, 2)), joined_at=instant(date(2026, 2, 2)))
    assert browser.get(f"/staff/bao-cao/{number}").text.partition('role="status"')[0] == before
    assert [r["action"] for r in office.rows(audit)].count("report.export") == 2


def test_the_list_behind_a_number_has_as_many_people(office: Office) -> None:
    for day in (date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1), date(2025, 12, 31)):
        office.lead(
            f"Ngày {day}",
            status="joined",
            channel="web",
            created_at=instant(day, 23.9),
            contacted_at=instant(day, 23.9),
            joined_at=instant(day, 23.9),
        )
    office.lead(
        "Nơi khác",
        THERE.code,
        status="joined",
        joined_at=instant(date(2026, 3, 3)),
        created_at=instant(date(2026, 3, 3)),
    )
    browser = office.signed_in("here")
    browser.get("/staff/bao-cao")
    page = browser.post("/staff/bao-cao", {"kind": "half", "year": 2026, "commune": HERE.code}).text
    found = re.findall(r'href="(/staff/lead\?[^"]*)">([\d.]+)</a>', page)
    assert len(found) >= 6
    for link, shown in found:
        listed = browser.get(link.replace("&amp;", "&")).text
        assert f"Người quan tâm <small>{shown}</small>" in listed and f"30/06/2026: {shown}." in listed, link
    with writing(office.engine) as connection:
        remember(connection, leads.c.name.in_(["Ngày 2026-01-01", "Ngày 2025-12-31", "Nơi khác"]))
        connection.execute(delete(leads).where(leads.c.name.in_(["Ngày 2026-01-01", "Ngày 2025-12-31", "Nơi khác"])))
    link, shown = found[0]
    assert shown == "2"
    assert "30/06/2026: 2, trong đó 1 người đã xoá dữ liệu" in browser.get(link.replace("&amp;", "&")).text


def test_a_foreign_report_is_not_there(office: Office) -> None:
    made = Reports(office.engine, office.console.communes, office.console.audit, office.hands)
    own, other, province = (
        made.make(office.people["tinh"], "half", 2026, code, TODAY) for code in (HERE.code, THERE.code, "")
    )  # fmt: skip
    browser = office.signed_in("here")
    page = browser.get("/staff/bao-cao").text
    assert (
        f"/staff/bao-cao/{own}" in page
        and f"/staff/bao-cao/{other}" not in page
        and f"/staff/bao-cao/{province}" not in page
    )
    for number in (other, province, 999):
        for path in ("", "/tep.docx", "/tep.xlsx"):
            assert browser.get(f"/staff/bao-cao/{number}{path}").status_code == 404
    for code in (THERE.code, "", "x"):
        assert browser.post("/staff/bao-cao", {"kind": "half", "year": 2026, "commune": code}).status_code == 404
        with pytest.raises(NotThere):
            made.make(office.people["here"], "half", 2026, code, TODAY)
    assert len(office.rows(reports)) == 3
    assert made.listed(Scope(frozenset()))[1] == 0
    for who in ("admin", "tinh", "lanhdao", "bientap"):
        other_browser = office.signed_in(who)
        for number in (own, other, province):
            page = other_browser.get(f"/staff/bao-cao/{number}").text
            assert ("/staff/lead?" in page) <= (who in ("admin", "tinh"))


@pytest.mark.parametrize("wrong", [{"kind": "x"}, {"year": "2024"}, {"year": "2027"}, {"year": "2031"}, {"year": "x"}])
def test_a_report_that_cannot_be_is_refused(office: Office, wrong: dict[str, str]) -> None:
    browser = office.signed_in("tinh")
    browser.get("/staff/bao-cao")
    assert browser.post("/staff/bao-cao", {"kind": "half", "year": "2026", "commune": ""} | wrong).status_code == 400
    assert office.rows(reports) == []


def test_old_ones_made_on_demand_are_forgotten_and_those_of_the_calendar_are_not(office: Office) -> None:
    made = Reports(office.engine, Few(office), office.console.audit, office.hands)  # type: ignore[arg-type]
    made.make_due(instant(date(2026, 7, 1)))
    numbers = [made.make(office.people["tinh"], "half", 2026, HERE.code, TODAY) for _ in range(12)]
    there = {r["id"] for r in office.rows(reports)}
    assert there & set(numbers) == set(numbers[2:]) and len(there) == 13
    with pytest.raises(BadReport):
        made.make(office.people["tinh"], "half", 2030, HERE.code, TODAY)


@pytest.mark.office
@pytest.mark.parametrize("unit", [None, HERE], ids=["province", "commune"])
def test_word_opens_it_and_numbers_its_pages(office: Office, tmp_path: Path, unit: Any) -> None:
    fill(office, 40)
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    path = tmp_path / "a.docx"
    path.write_bytes(write_docx(reporter(office).make("year", 2026, unit, TODAY)))
    command = [
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/home",
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
        str(path),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    with pypdfium2.PdfDocument(tmp_path / "a.pdf") as pdf:
        pages = [
            " ".join(page.get_textpage().get_text_range().split()) for page in pdf
        ]  # lines break by the fonts at hand
    assert (6 <= len(pages) <= 14) if unit is None else (3 <= len(pages) <= 5), len(pages)
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in pages[0] and "Nơi nhận" in "".join(pages)
    assert all(page.startswith(str(number)) for number, page in enumerate(pages[1:], 2))
