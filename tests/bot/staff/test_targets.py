"""Targets: progress counted a second way, tables in with errors by line, and nobody who sees or sets another's."""

from __future__ import annotations

import html
import re
from datetime import date, datetime

import pytest
from sqlalchemy import delete, insert

from bot.outreach.communes import load_communes
from bot.outreach.counted import remember
from bot.outreach.tables import leads, past_leads
from bot.staff.access import Scope
from bot.staff.console import Console
from bot.staff.figures import Figures, Period
from bot.staff.spreadsheets import BadTable, Sheet, read_table, write_csv, write_xlsx
from bot.staff.tables import audit, targets
from bot.staff.target_tables import HEADER, pack, read_targets, unpack
from bot.staff.targets import BadTarget, Target, Targets, checked, together
from bot.staff.visit import NotThere
from bot.time_zone import TIME_ZONE
from bot.web.assets import Assets
from knowledge.store import writing
from tests.bot.staff.office import CHEAP, HERE, THERE, UNITS, Office

WHOLE = Scope(None)
TODAY = date(2026, 11, 28)
YEAR = Period(date(2026, 1, 1), TODAY)


def at(year: int, month: int, day: int, hour: int = 9) -> float:
    return datetime(year, month, day, hour, tzinfo=TIME_ZONE).timestamp()


def reader(office: Office) -> Targets:
    return Targets(office.engine, office.console.audit, office.hands)


def put(office: Office, code: str = HERE.code, year: int = 2026, goal: int = 120, base: int = 100) -> None:
    reader(office).put(office.people["tinh"], [Target(code, year, goal, base)])


def joined(office: Office, when: float, code: str = HERE.code, **more: object) -> int:
    return office.lead(
        "Người Tham Gia", code, status="joined", created_at=when - 9e5, contacted_at=when - 5e5, joined_at=when, **more
    )


def test_progress_counts_this_year_and_the_same_days_of_the_last(everywhere: Office) -> None:
    office = everywhere
    put(office)
    for when in (at(2026, 1, 1, 0), at(2026, 6, 30), at(2026, 11, 28, 23), at(2025, 3, 1), at(2025, 11, 28)):
        joined(office, when)
    for when in (at(2025, 11, 29), at(2025, 12, 31, 23), at(2026, 11, 29, 0), at(2024, 5, 5)):
        joined(office, when)  # outside: after the same day last year, tomorrow, long ago
    joined(office, at(2026, 5, 5), THERE.code)
    row = reader(office).progress(WHOLE, [HERE.code], 2026, TODAY)[0]
    assert (row.joined, row.joined_before, row.change) == (3, 2, 1)
    assert (row.reached, row.to_join, row.missing) == (103, 20, 17)


def test_who_is_gone_stays_in_the_figures(everywhere: Office) -> None:
    office = everywhere
    number = joined(office, at(2026, 2, 3), organisation="Hội Nông dân", household="poor", campaign="PN-Ba")
    before = {
        g: Figures(office.engine).by_group(g, WHOLE, YEAR) for g in ("organisation", "household", "channel", "campaign")
    }
    with writing(office.engine) as connection:
        remember(connection, leads.c.id == number)
        connection.execute(delete(leads).where(leads.c.id == number))
    assert office.rows(leads) == [] and len(office.rows(past_leads)) == 1
    assert {g: Figures(office.engine).by_group(g, WHOLE, YEAR) for g in before} == before
    assert before["campaign"]["pn-ba"].joined == before["household"]["poor"].joined == 1
    assert Figures(office.engine).joined_by_month(WHOLE, 2026)[1] == 1
    assert Figures(office.engine).joined_by_year(WHOLE)[2026] == 1


def test_people_in_no_known_commune_are_in_the_province_and_in_no_commune(office: Office) -> None:
    put(office)
    joined(office, at(2026, 5, 5), "")
    joined(office, at(2026, 5, 6), "99999")
    rows = reader(office).progress(WHOLE, [u.code for u in UNITS], 2026, TODAY)
    assert (rows[-1].commune_code, rows[-1].joined, together(rows).joined) == ("", 2, 2)
    assert together(rows).goal == 120
    own = reader(office).progress(office.people["here"].scope, [u.code for u in UNITS], 2026, TODAY)
    assert [(row.commune_code, row.joined) for row in own] == [(HERE.code, 0)]


def test_an_officer_s_figures_are_those_of_the_own_commune(everywhere: Office) -> None:
    office, scope = everywhere, everywhere.people["here"].scope
    for code in (HERE.code, THERE.code, ""):
        put(office, code or THERE.code, goal=300)
        joined(office, at(2026, 4, 4), code, organisation=f"Hội {code}")
    made = Figures(office.engine)
    assert set(made.by_commune(scope, YEAR)) == {HERE.code}
    assert set(made.by_group("organisation", scope, YEAR)) == {f"Hội {HERE.code}"}
    assert (
        made.funnel(scope, YEAR).joined == made.total(scope, YEAR).joined == sum(made.joined_by_month(scope, 2026)) == 1
    )
    assert made.funnel(WHOLE, YEAR).joined == 3
    assert made.total(scope, YEAR, THERE.code).nothing
    assert set(reader(office).of_year(scope, 2026)) == {HERE.code}
    assert made.total(Scope(frozenset()), YEAR).nothing


@pytest.mark.parametrize("wrong", [(2024, 5, 1), (2031, 5, 1), (2026, -1, 0), (2026, 5, 6), (2026, 2_000_000, 1)])
def test_a_target_that_cannot_be_is_refused(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(BadTarget):
        checked(HERE.code, *wrong)


ROWS = [
    ["BẢNG GIAO CHỈ TIÊU"], [], ["STT", "Mã xã", "Xã, phường", "Năm", "Có đầu năm", "Chỉ tiêu giao"],
    ["1", HERE.code, HERE.title, "2026", "1.250", "1 400"],
    ["2", "", THERE.name if THERE.name else "", "2026", "90", "100"],
    ["3", HERE.code, "", "2026", "1", "2"],
    ["4", "99999", "", "2026", "1", "2"],
    ["5", "", "Cần Thơ", "2026", "1", "2"],
    ["6", HERE.code, THERE.title, "2027", "1", "2"],
    ["7", THERE.code, "", "2027", "12,5", "20"],
    ["8", THERE.code, "", "2027", "", "20"],
    ["9", THERE.code, "", "2035", "1", "20"],
    ["10", THERE.code, "", "2027", "30", "20"],
    [],
    ["11", THERE.code, "", "2028", "=1+1", "20"],
]  # fmt: skip


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_table_is_read_line_by_line(office: Office, form: str) -> None:
    width = max(map(len, ROWS))
    padded = [row + [""] * (width - len(row)) for row in ROWS]
    content = write_xlsx([Sheet("a", padded[0], padded[1:])]) if form == "xlsx" else write_csv(padded[0], padded[1:])
    read = read_targets(read_table(f"a.{form}", content, most_rows=99), office.console.communes, WHOLE)
    assert read.targets == [Target(HERE.code, 2026, 1400, 1250), Target(THERE.code, 2026, 100, 90)]
    assert [bad.line for bad in read.wrong] == [6, 7, 8, 9, 10, 11, 12, 13, 15]
    assert all(bad.reason for bad in read.wrong)


def test_a_name_alone_is_a_commune_and_no_district_of_old(office: Office) -> None:
    for name in ("Ba Tơ", "xã Ba Tơ", "XÃ BA TƠ"):
        read = read_targets([list(HEADER), ["", name, "2026", "1", "2"]], office.console.communes, WHOLE)
        assert not read.wrong, read.wrong
        unit = office.console.communes.by_code(read.targets[0].commune_code)
        assert unit is not None and unit.title == "xã Ba Tơ"


def test_a_table_without_its_columns_is_refused(office: Office) -> None:
    with pytest.raises(BadTable):
        read_targets([["a", "b"], ["1", "2"]], office.console.communes, WHOLE)


def test_lines_outside_the_scope_are_errors(office: Office) -> None:
    rows = [list(HEADER), [HERE.code, "", "2026", "1", "2"], [THERE.code, "", "2026", "1", "2"]]
    read = read_targets(rows, office.console.communes, office.people["here"].scope)
    assert [t.commune_code for t in read.targets] == [HERE.code] and [w.line for w in read.wrong] == [3]
    for text in (
        pack([Target(THERE.code, 2026, 2, 1)]),
        f"{HERE.code},2026,1,2",
        f"{HERE.code},2099,2,1",
        "x",
        ";",
        "1,2,3,-4",
    ):
        with pytest.raises((BadTable, BadTarget)):
            unpack(text, office.console.communes, office.people["here"].scope)


def sent(browser: object, content: bytes, name: str = "a.xlsx") -> str:
    answer = browser.post("/staff/chi-tieu/nhap", files={"file": (name, content)})  # type: ignore[attr-defined]
    assert answer.status_code in (200, 400)
    return str(answer.text)


def test_an_import_stores_nothing_before_it_is_confirmed_and_then_all_of_it(office: Office) -> None:
    put(office, goal=120)
    browser = office.signed_in("tinh")
    blank = browser.get("/staff/chi-tieu/mau.xlsx?nam=2026")
    rows = read_table("mau.xlsx", blank.content, most_rows=200)
    assert len(rows) == 1 + len(UNITS) and rows[1][-2:] == ["100", "120"]
    browser.get("/staff/chi-tieu/nhap")
    content = write_xlsx(
        [Sheet("a", HEADER, [[u.code, u.title, 2027, 10, 20] for u in UNITS] + [["0", "", 2027, 1, 2]])]
    )
    page = sent(browser, content)
    assert len(office.rows(targets)) == 1, "only shown"
    assert f"Ghi {len(UNITS)} dòng, bỏ qua 1 dòng lỗi" in page
    packed = html.unescape(re.findall(r'name="rows" value="([^"]*)"', page)[0])
    stored = browser.post("/staff/chi-tieu/ghi", {"rows": packed})
    assert "Đã ghi chỉ tiêu." in stored.text
    assert len(office.rows(targets)) == 1 + len(UNITS)
    assert office.rows(audit)[-1]["action"] == "target.import"
    assert "giống chỉ tiêu đang có" in browser.post("/staff/chi-tieu/ghi", {"rows": packed}).text
    assert "Chưa chọn tệp" in browser.post("/staff/chi-tieu/nhap").text
    for content, name in ((b"\xd0\xcf\x11\xe0abc", "a.xls"), (b"PK\x03\x04", "a.xlsx"), (b"a,b\n1,2\n", "a.csv")):
        assert 'role="alert"' in sent(browser, content, name)
    assert len(office.rows(targets)) == 1 + len(UNITS)


def test_a_target_is_set_changed_and_taken_away_by_form(office: Office) -> None:
    browser = office.signed_in("tinh")
    browser.get(f"/staff/chi-tieu/{HERE.code}")
    for goal in (50, 60):
        assert "Đã lưu." in browser.post(f"/staff/chi-tieu/{HERE.code}", {"year": 2027, "goal": goal, "base": 40}).text
        assert [row["goal"] for row in office.rows(targets)] == [goal]
    assert browser.post(f"/staff/chi-tieu/{HERE.code}", {"year": 2027, "goal": 30, "base": 40}).status_code == 400
    browser.get(f"/staff/chi-tieu/{HERE.code}?nam=2027")
    browser.post(f"/staff/chi-tieu/{HERE.code}", {"year": 2027, "remove": 1})
    assert office.rows(targets) == []
    assert browser.post(f"/staff/chi-tieu/{HERE.code}", {"year": 2027, "remove": 1}).status_code == 404
    assert [row["action"] for row in office.rows(audit) if row["action"].startswith("target")] == ["target.put"] * 2 + [
        "target.remove"
    ]


@pytest.mark.parametrize("who", ["here", "there", "bientap", "lanhdao"])
def test_who_may_only_read_changes_no_target(office: Office, who: str) -> None:
    put(office)
    before = office.rows(targets)
    browser = office.signed_in(who)
    browser.get("/staff/chi-tieu")
    assert browser.post(f"/staff/chi-tieu/{HERE.code}", {"year": 2026, "goal": 9, "base": 1}).status_code == 403
    assert browser.post("/staff/chi-tieu/ghi", {"rows": f"{HERE.code},2026,9,1"}).status_code == 403
    assert sent_code(browser) == 403 and browser.get("/staff/chi-tieu/mau.xlsx").status_code == 403
    assert office.rows(targets) == before


def sent_code(browser: object) -> int:
    content = write_csv(HEADER, [[HERE.code, "", 2026, 1, 9]])
    return int(browser.post("/staff/chi-tieu/nhap", files={"file": ("a.csv", content)}).status_code)  # type: ignore[attr-defined]


def test_an_officer_with_targets_right_reaches_no_other_commune(office: Office) -> None:
    with pytest.raises(NotThere):
        reader(office).put(office.people["here"], [Target(HERE.code, 2026, 9, 1), Target(THERE.code, 2026, 9, 1)])
    with pytest.raises(NotThere):
        reader(office).remove(office.people["here"], THERE.code, 2026)
    assert office.rows(targets) == [], "all or none"


PATHS = (
    "/staff/chi-tieu", "/staff/chi-tieu?nam=2027&xep=dat", "/staff/chi-tieu/nhom", "/staff/chi-tieu/nhom?theo=household",
    "/staff/chi-tieu/theo-nam.svg", "/staff/chi-tieu/theo-thang.svg", "/staff/chi-tieu/theo-nhom.svg?theo=organisation",
)  # fmt: skip


def test_an_officer_reads_only_the_own_commune_on_every_page(office: Office) -> None:
    secret, own = 7_654, 4_321
    put(office, THERE.code, goal=secret, base=secret)
    put(office, HERE.code, goal=own, base=own)
    for n in range(3):
        joined(office, at(2026, 3, 3 + n), THERE.code, organisation="Hội Kín", campaign="KIN", household="poor")
    joined(office, at(2026, 3, 3), HERE.code, organisation="Hội Mở", campaign="MO")
    browser = office.signed_in("here")
    for path in PATHS:
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert (
            "7.654" not in answer.text
            and "Hội Kín" not in answer.text
            and "kin" not in answer.text.split("theo-nhom")[0].lower().split()
        )
        if not path.endswith("svg") and "svg" not in path and "nhom" not in path:
            assert THERE.title not in answer.text, path
    assert (
        "4.321" in browser.get("/staff/chi-tieu").text
        and "Hội Mở" in browser.get("/staff/chi-tieu/nhom?theo=organisation").text
    )
    for path in (
        f"/staff/chi-tieu/{THERE.code}", f"/staff/chi-tieu/nhom?xa={THERE.code}", f"/staff/chi-tieu/theo-nam.svg?xa={THERE.code}",
        f"/staff/chi-tieu/theo-thang.svg?xa={THERE.code}", f"/staff/chi-tieu/theo-nhom.svg?xa={THERE.code}", "/staff/chi-tieu/00000",
    ):  # fmt: skip
        assert browser.get(path).status_code == 404, path
    assert browser.get(f"/staff/chi-tieu/{HERE.code}").status_code == 200


@pytest.mark.parametrize("who", ["admin", "tinh", "bientap", "lanhdao"])
def test_who_sees_the_province_sees_all_of_it(office: Office, who: str) -> None:
    put(office, goal=4_321)
    put(office, THERE.code, goal=1_000)
    joined(office, at(2026, 3, 3), THERE.code)
    browser = office.signed_in(who)
    for path in (*PATHS, f"/staff/chi-tieu/{THERE.code}"):
        assert browser.get(path).status_code == 200, path
    page = browser.get("/staff/chi-tieu").text
    assert "5.321" in page and THERE.title in page
    assert ("/staff/lead?" in page) == (who in ("admin", "tinh")), "a list of persons only for who may see persons"


def test_a_chart_styles_itself_and_does_nothing_else(office: Office) -> None:
    joined(office, at(2026, 3, 3), organisation="<script>alert(1)</script>")
    answer = office.signed_in("tinh").get("/staff/chi-tieu/theo-nhom.svg?theo=organisation")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'"
    assert "<script" not in answer.text and "&lt;script" in answer.text and "xml-stylesheet" not in answer.text


@pytest.mark.parametrize("query", ["tu=x", "den=2026-13-01", "tu=2026-02-01&den=2026-01-01", "tu=0001-01-01"])
def test_days_that_cannot_be_are_refused(office: Office, query: str) -> None:
    assert office.signed_in("tinh").get(f"/staff/chi-tieu/nhom?{query}").status_code == 400


def test_two_people_who_set_the_same_target_make_one_row(everywhere: Office) -> None:
    everywhere.signed_in("tinh")
    with writing(everywhere.engine) as connection:
        row = {"commune_code": HERE.code, "year": 2026, "goal": 5, "base": 1, "updated_at": 0.0, "updated_by": "x"}
        connection.execute(insert(targets).values(**row))
    assert reader(everywhere).put(everywhere.people["tinh"], [Target(HERE.code, 2026, 9, 1)]) == (0, 1)
    assert [row["goal"] for row in everywhere.rows(targets)] == [9]


def test_every_finder_of_imports_is_whole_after_charts_are_loaded() -> None:
    import sys

    import bot.staff.charts  # noqa: F401

    assert all(hasattr(finder, "find_spec") for finder in sys.meta_path)


def test_the_consoles_day_is_that_of_vietnam(office: Office) -> None:
    console = Console(
        office.engine, b"k" * 32, load_communes(), assets=Assets(), clock=lambda: at(2026, 11, 29, 1), hasher=CHEAP
    )
    assert console.today() == date(2026, 11, 29)  # which is the evening of the 28th in Greenwich
