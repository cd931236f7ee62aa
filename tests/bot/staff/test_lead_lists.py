"""Leads as files, duplicates, and what people ask of their data through an officer."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from openpyxl import load_workbook

from bot.outreach.counted import counted
from bot.outreach.tables import consents, leads, past_leads, requests
from bot.staff.lead_lists import HEADER
from bot.staff.spreadsheets import Sheet, write_csv, write_xlsx
from bot.staff.tables import audit
from knowledge.store import reading
from tests.bot.staff.office import HERE, THERE, Browser, Office

GOOD = ["Lê Thị Mai", "0900 111 222", HERE.title, "hỏi mức đóng", "buổi sáng", "gặp ở họp thôn"]


def listed(*rows: list[str], header: tuple[str, ...] = HEADER) -> dict[str, Any]:
    return {"list": ("danh-sach.xlsx", write_xlsx([Sheet("A", header, rows)]))}


def preview(browser: Browser, *rows: list[str]) -> str:
    browser.get("/staff/lead/nhap")
    answer = browser.post("/staff/lead/nhap", files=listed(*rows))
    assert answer.status_code == 200, answer.text
    return answer.text


def confirm(browser: Browser, *rows: list[str], **fields: str) -> Any:
    preview(browser, *rows)
    again = io.StringIO()
    csv.writer(again).writerows([list(HEADER), *rows])
    wanted = {"again": again.getvalue(), "confirmed": "1", "given": "2026-11-20", "kept": "sổ tiếp dân, quyển 2"}
    return browser.post("/staff/lead/nhap", wanted | fields)


def test_a_list_is_shown_before_anything_is_stored_and_stored_once(everywhere: Office) -> None:
    office = everywhere
    browser = office.signed_in("here")
    page = preview(browser, GOOD)
    assert "Lê Thị Mai" in page and "nhập được" in page and office.rows(leads) == []
    assert "Đã nhập danh sách" in confirm(browser, GOOD).text
    (lead,), (consent,) = office.rows(leads), office.rows(consents)
    assert (lead["name"], lead["phone"], lead["commune_code"], lead["channel"]) == (
        "Lê Thị Mai",
        "+84900111222",
        HERE.code,
        "import",
    )
    assert lead["assigned_to"] == office.people["here"].id and lead["consent_id"] == consent["id"]
    assert consent["channel"] == "import" and len(consent["text_hash"]) == 64 and consent["person"] == "here"
    assert "đã có" in preview(browser, GOOD)
    confirm(browser, GOOD)
    assert len(office.rows(leads)) == 1
    found = [row for row in office.rows(audit) if row["action"] == "lead.import"]
    assert found[0]["data"]["rows"] == 1 and "Mai" not in str(found)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({0: ""}, "thiếu họ tên"),
        ({1: "12"}, "số điện thoại không đúng"),
        ({1: "+1 202 555 0100"}, "số điện thoại không đúng"),
        ({2: ""}, "thiếu xã, phường"),
        ({2: "xã Không Có Thật"}, "không rõ xã, phường"),
        ({2: THERE.title}, "không thuộc phạm vi"),
        ({5: "cccd 001099012345"}, "số định danh"),
    ],
)
def test_a_line_with_an_error_says_which_and_is_left_out(office: Office, change: dict[int, str], why: str) -> None:
    bad = [change.get(n, cell) for n, cell in enumerate(GOOD)]
    other = ["Võ Văn Hùng", "0900 333 444", *GOOD[2:]]
    browser = office.signed_in("here")
    page = preview(browser, bad, other)
    assert why in page
    confirm(browser, bad, other)
    assert [row["name"] for row in office.rows(leads)] == ["Võ Văn Hùng"]


def test_the_same_phone_twice_in_a_list_is_told(office: Office) -> None:
    page = preview(office.signed_in("here"), GOOD, ["Người Khác", "+84 900 111 222", *GOOD[2:]])
    assert "trùng số điện thoại với dòng 2" in page


def test_nobody_comes_in_without_the_words_about_their_consent(office: Office) -> None:
    browser = office.signed_in("here")
    for fields in ({"confirmed": ""}, {"given": ""}, {"given": "hôm qua"}, {"kept": " "}):
        assert confirm(browser, GOOD, **fields).status_code == 400, fields
    assert office.rows(leads) == [] and office.rows(consents) == []


def test_a_file_that_is_no_list_is_one_clear_line(office: Office) -> None:
    browser = office.signed_in("here")
    browser.get("/staff/lead/nhap")
    for files in (
        {"list": ("a.pdf", b"%PDF-1.7 x\x00")},
        {"list": ("a.xlsx", b"PK\x03\x04rubbish")},
        {"list": ("a.csv", b"")},
        listed(["1"], header=("Một",)),
        {"list": ("a.csv", write_csv(HEADER, [GOOD] * 1_100))},
    ):
        answer = browser.post("/staff/lead/nhap", files=files)
        assert answer.status_code == 400 and 'role="alert"' in answer.text
    assert browser.post("/staff/lead/nhap").status_code == 400
    assert office.rows(leads) == []


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_an_export_holds_what_the_filter_and_the_scope_let_through(everywhere: Office, form: str) -> None:
    office = everywhere
    office.lead("=Lan()", phone="+84900000001", need="+cmd", status="interested")
    office.lead("Đã rút", status="withdrawn")
    office.lead("Xã khác", THERE.code, status="interested")
    office.lead("Mới")
    browser = office.signed_in("here")
    answer = browser.get(f"/staff/lead/tai?xem=all&trang_thai=interested&dang={form}")
    assert f'filename="nguoi-quan-tam.{form}"' in answer.headers["content-disposition"]
    if form == "xlsx":
        page = load_workbook(io.BytesIO(answer.content)).active
        assert page is not None
        rows = [[cell.value for cell in row] for row in page.iter_rows()]
        assert {cell.data_type for row in page.iter_rows() for cell in row if cell.value is not None} == {"s"}
    else:
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 2 and rows[1][2:4] == ["'=Lan()", "0900 000 001"] and rows[1][5] == "'+cmd"
    kept = [row for row in office.rows(audit) if row["action"] == "lead.export"]
    assert kept[0]["data"] == {"rows": 1, "form": form}
    everybody = office.signed_in("tinh").get("/staff/lead/tai?xem=all&dang=csv").content.decode("utf-8-sig")
    assert "Xã khác" in everybody and "Đã rút" not in everybody


def test_two_that_are_one_are_merged_and_parted_again(everywhere: Office) -> None:
    office = everywhere
    keep = office.lead("Nguyễn Thị Lan", phone="+84900000001")
    other = office.lead("Nguyễn Thị Lan", phone="+84900000002", need="hỏi cho mẹ", household="poor")
    browser = office.signed_in("here")
    assert "0900 000 002" in browser.get(f"/staff/lead/{keep}").text
    merged = browser.post(f"/staff/lead/{keep}/gop", {"other": other})
    assert "Đã gộp" in merged.text
    first, second = office.rows(leads)
    assert (first["status"], first["need"], first["household"]) == ("new", "hỏi cho mẹ", "poor")
    assert second["status"] == "merged"
    with reading(office.engine) as connection:
        assert len(connection.execute(counted().select()).all()) == 1
    assert "0900 000 002" not in browser.get("/staff/lead").text
    batch = merged.url.query.decode().split("lan=")[1]
    browser.post("/staff/lead/hoan-tac", {"lan": batch})
    assert [row["status"] for row in office.rows(leads)] == ["new", "new"]


def test_a_withdrawal_told_by_phone_ends_everything_at_once(everywhere: Office) -> None:
    office = everywhere
    number = office.lead(due_at=1.0)
    browser = office.signed_in("here")
    browser.get(f"/staff/lead/{number}")
    assert browser.post(f"/staff/lead/{number}/rut").status_code == 400, "only with the box ticked"
    page = browser.post(f"/staff/lead/{number}/rut", {"sure": "1"})
    (lead,), (consent,), (request,) = office.rows(leads), office.rows(consents), office.rows(requests)
    assert (lead["status"], lead["due_at"]) == ("withdrawn", None)
    assert consent["withdrawn_at"] == pytest.approx(office.hands.now)
    assert request["kind"] == "withdraw" and request["receipt"] in page.text
    assert "tel:" not in page.text


@pytest.mark.parametrize("brought_in", [False, True], ids=["from a chat", "from a list"])
def test_an_erasure_asked_for_by_phone_leaves_counts_and_a_receipt(everywhere: Office, brought_in: bool) -> None:
    office = everywhere
    number = office.lead("Nguyễn Thị Lan", question="chuyện riêng", phone="+84900765432")
    if brought_in:
        with office.engine.begin() as connection:
            connection.execute(leads.update().values(conversation_id=None))
            connection.execute(consents.update().values(conversation_id=None))
    browser = office.signed_in("here")
    browser.get(f"/staff/lead/{number}")
    page = browser.post(f"/staff/lead/{number}/xoa", {"sure": "1"})
    assert office.rows(leads) == [] and office.rows(consents) == []
    (request,), (past,) = office.rows(requests), office.rows(past_leads)
    assert request["kind"] == "erase" and request["receipt"] in page.text and past["commune_code"] == HERE.code
    from tests.bot.staff.test_doors import content

    assert "765432" not in str(content(office)) and "chuyện riêng" not in str(content(office))


def test_nothing_of_this_reaches_another_commune(office: Office) -> None:
    mine, foreign = office.lead("Của tôi"), office.lead("Xã khác", THERE.code)
    browser = office.signed_in("here")
    browser.get("/staff/lead")
    for path, fields in (
        (f"/staff/lead/{mine}/gop", {"other": foreign}),
        (f"/staff/lead/{foreign}/gop", {"other": mine}),
        (f"/staff/lead/{foreign}/rut", {"sure": "1"}),
        (f"/staff/lead/{foreign}/xoa", {"sure": "1"}),
    ):
        assert browser.post(path, fields).status_code == 404, path
    assert [row["status"] for row in office.rows(leads)] == ["new", "new"]
    assert "Xã khác" not in browser.get("/staff/lead/tai?xem=all&dang=csv").text
