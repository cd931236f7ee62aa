"""Leads in the console: what is found, changed, undone; and that nobody touches another commune's people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from bot.outreach.tables import lead_events, leads
from bot.staff.lead_changes import BadChange, Change, LeadChanges
from bot.staff.leads import PAGE, Filters, Leads
from bot.staff.tables import audit
from bot.staff.visit import NotThere
from tests.bot.staff.office import HERE, THERE, Office

HOUR, DAY = 3_600.0, 86_400.0


def names(office: Office, who: str, **filters: object) -> list[str]:
    person = office.people[who]
    found = Leads(office.engine, office.hands).find(person.scope, Filters(**filters), person.id)  # type: ignore[arg-type]
    assert found.total == len(found.rows)
    return [row["name"] for row in found.rows]


def changes(office: Office) -> LeadChanges:
    return LeadChanges(office.engine, office.console.audit, office.hands)


def test_who_to_call_now_comes_in_the_order_of_need(everywhere: Office) -> None:
    office, now = everywhere, everywhere.hands.now
    office.lead("Mới", created_at=now - HOUR)
    office.lead("Chờ lâu", created_at=now - 30 * HOUR)
    office.lead("Quá hạn", status="contacted", due_at=now - 2 * DAY)
    office.lead("Hẹn hôm nay", status="appointed", due_at=now)
    office.lead("Hẹn tuần sau", status="appointed", due_at=now + 7 * DAY)
    office.lead("Đã tham gia", status="joined")
    assert names(office, "here", view="call") == ["Quá hạn", "Chờ lâu", "Hẹn hôm nay", "Mới"]
    assert names(office, "here", view="open") == ["Quá hạn", "Chờ lâu", "Hẹn hôm nay", "Mới", "Hẹn tuần sau"]
    assert names(office, "here", view="late") == ["Chờ lâu"]
    counts = Leads(office.engine, office.hands).counts(office.people["here"].scope, office.people["here"].id)
    assert (counts["call"], counts["overdue"], counts["today"], counts["late"], counts["all"]) == (4, 1, 1, 1, 6)


@pytest.mark.parametrize(
    "typed",
    [
        "Nguyễn Thị Lan",
        "nguyen thi lan",
        "lan",
        "0900 123 456",
        "+84900123456",
        "84900123456",
        "123456",
        "LAN thị",
        "lan 0900.123.456",
    ],
)
def test_a_person_is_found_however_they_are_typed(everywhere: Office, typed: str) -> None:
    everywhere.lead("Nguyễn Thị Lan", phone="+84900123456")
    everywhere.lead("Trần Văn Hùng", phone="+84900999888")
    assert names(everywhere, "here", words=typed) == ["Nguyễn Thị Lan"]


def test_a_search_takes_no_wildcards(office: Office) -> None:
    office.lead("Nguyễn Thị Lan")
    assert names(office, "here", words="%") == ["Nguyễn Thị Lan"], "nothing but signs narrows nothing"
    assert names(office, "here", words="q_q") == names(office, "here", words="%x%") == []


def test_filters_narrow_together(office: Office) -> None:
    here = office.people["here"]
    office.lead("Một", channel="zalo_oa", campaign="PN", organisation="Hội Phụ nữ", assigned_to=here.id)
    office.lead("Hai", channel="zalo_oa")
    office.lead("Ba", status="interested")
    assert names(office, "here", channel="zalo_oa") == ["Một", "Hai"]
    assert names(office, "here", channel="zalo_oa", campaign="PN", organisation="Hội Phụ nữ") == ["Một"]
    assert names(office, "here", assigned="me") == ["Một"]
    assert names(office, "here", assigned="nobody") == ["Hai", "Ba"]
    assert names(office, "here", status="interested") == ["Ba"]


def test_pages_hold_everybody_once(office: Office) -> None:
    for n in range(PAGE + 7):
        office.lead(f"Người {n}")
    reader, scope = Leads(office.engine, office.hands), office.people["here"].scope
    first, second = (reader.find(scope, Filters(page=n), 0) for n in (1, 2))
    seen = [row["id"] for row in (*first.rows, *second.rows)]
    assert (first.pages, first.total, len(seen), len(set(seen))) == (2, PAGE + 7, PAGE + 7, PAGE + 7)
    assert [row["id"] for row in reader.find(scope, Filters(page=999), 0).rows] == [row["id"] for row in second.rows]


def test_a_change_is_stored_told_and_taken_back(everywhere: Office) -> None:
    office = everywhere
    number = office.lead()
    here = office.people["here"]
    batch = changes(office).change(
        here,
        number,
        0,
        Change(status="appointed", due_at=office.hands.now + DAY, note="gọi buổi sáng", household="poor"),
    )
    row = office.rows(leads)[0]
    assert (row["status"], row["household"], row["version"]) == ("appointed", "poor", 1)
    assert row["contacted_at"] == pytest.approx(office.hands.now) and row["closed_at"] is None
    told = office.rows(lead_events)[-1]
    assert told["by"] == "here" and told["data"]["note"] == "gọi buổi sáng"
    kept = office.rows(audit)[-1]
    assert (kept["action"], kept["subject"], kept["by"]) == ("lead.change", f"lead:{number}", "here")
    assert "gọi buổi sáng" not in str(kept)
    assert changes(office).undo(here, batch) == 1
    back = office.rows(leads)[0]
    assert (back["status"], back["household"], back["due_at"], back["contacted_at"]) == ("new", "", None, None)
    with pytest.raises(BadChange):
        changes(office).undo(here, batch)


def test_nobody_overwrites_what_they_have_not_seen(office: Office) -> None:
    number = office.lead()
    changes(office).change(office.people["tinh"], number, 0, Change(status="contacted"))
    with pytest.raises(BadChange, match="vừa cập nhật"):
        changes(office).change(office.people["here"], number, 0, Change(status="declined", reason="x"))
    assert office.rows(leads)[0]["status"] == "contacted"


def test_many_change_together_or_not_at_all(office: Office) -> None:
    mine = [office.lead(f"Người {n}") for n in range(5)]
    foreign = office.lead("Người xã khác", THERE.code)
    with pytest.raises(NotThere):
        changes(office).change_many(office.people["here"], [*mine, foreign], Change(status="contacted"))
    assert {row["status"] for row in office.rows(leads)} == {"new"}
    batch, count = changes(office).change_many(office.people["here"], mine, Change(status="contacted"))
    assert count == 5 and [row["status"] for row in office.rows(leads)] == ["contacted"] * 5 + ["new"]
    assert changes(office).undo(office.people["here"], batch) == 5
    assert {row["status"] for row in office.rows(leads)} == {"new"}


def test_an_undo_takes_back_one_s_own_only_and_nothing_that_came_after(office: Office) -> None:
    number = office.lead()
    batch = changes(office).change(office.people["here"], number, 0, Change(status="contacted"))
    with pytest.raises(BadChange, match="Không còn gì"):
        changes(office).undo(office.people["tinh"], batch)
    changes(office).change(office.people["tinh"], number, 1, Change(status="interested"))
    with pytest.raises(BadChange, match="sau đó"):
        changes(office).undo(office.people["here"], batch)
    assert office.rows(leads)[0]["status"] == "interested"


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (Change(status="declined"), "lý do"),
        (Change(status="appointed"), "ngày hẹn"),
        (Change(status="withdrawn"), "không có"),
        (Change(household="rich"), "không có"),
        (Change(assigned_to=10_000), "không phụ trách"),
    ],
)
def test_a_change_that_makes_no_sense_is_one_clear_line(office: Office, wanted: Change, why: str) -> None:
    number = office.lead()
    with pytest.raises(BadChange, match=why):
        changes(office).change(office.people["here"], number, 0, wanted)
    assert office.rows(leads)[0]["version"] == 0


def test_who_withdrew_is_not_worked_on_nor_is_their_phone_shown(office: Office) -> None:
    number = office.lead("Đã Rút Lui", phone="+84900777666", status="withdrawn")
    with pytest.raises(BadChange, match="rút lại"):
        changes(office).change(office.people["here"], number, 0, Change(status="contacted"))
    browser = office.signed_in("here")
    for path in (f"/staff/lead/{number}", "/staff/lead?xem=all"):
        page = browser.get(path).text
        assert "Đã Rút Lui" in page and "777666" not in page.replace(" ", "")


def test_another_officer_is_nobody_for_this_commune(office: Office) -> None:
    number = office.lead()
    with pytest.raises(BadChange):
        changes(office).change(office.people["tinh"], number, 0, Change(assigned_to=office.people["there"].id))
    changes(office).change(office.people["tinh"], number, 0, Change(assigned_to=office.people["here"].id))
    assert office.rows(leads)[0]["assigned_to"] == office.people["here"].id


def test_joining_closes_and_reopening_takes_the_joining_away(office: Office) -> None:
    number = office.lead(due_at=1.0)
    changes(office).change(office.people["here"], number, 0, Change(status="joined"))
    row = office.rows(leads)[0]
    assert row["joined_at"] == row["closed_at"] == pytest.approx(office.hands.now) and row["due_at"] is None
    changes(office).change(office.people["here"], number, 1, Change(status="interested"))
    row = office.rows(leads)[0]
    assert (row["joined_at"], row["closed_at"]) == (None, None)


def test_an_officer_sees_works_on_and_counts_their_own_commune_only(office: Office) -> None:
    mine, foreign, nowhere = office.lead("Của tôi"), office.lead("Xã khác", THERE.code), office.lead("Không rõ", "")
    browser = office.signed_in("here")
    listed = browser.get("/staff/lead?xem=all").text
    assert "Của tôi" in listed and "Xã khác" not in listed and "Không rõ" not in listed
    assert "Xã khác" not in browser.get("/staff").text
    assert "Xã khác" not in browser.get(f"/staff/lead?xem=all&xa={THERE.code}").text
    assert "Xã khác" not in browser.post("/staff/lead/tim", {"xem": "all", "chu": "xa khac"}).text
    assert "Của tôi" in browser.post("/staff/lead/tim", {"xem": "all", "chu": "cua toi"}).text
    assert browser.client.get("/staff/lead/moi").json() == {"newest": mine}
    for number in (foreign, nowhere, 999_999):
        assert browser.get(f"/staff/lead/{number}").status_code == 404
        answer = browser.post(f"/staff/lead/{number}", {"version": 0, "status": "contacted"})
        assert answer.status_code == 404
    assert browser.post("/staff/lead/nhieu", {"id": [mine, foreign], "status": "contacted"}).status_code == 404
    assert {row["status"] for row in office.rows(leads)} == {"new"}
    tried = [row for row in office.rows(audit) if row["action"] == "not_there"]
    assert len(tried) == 7 and {row["by"] for row in tried} == {"here"}
    assert "Xã khác" in office.signed_in("tinh").get("/staff/lead?xem=all").text


def test_the_whole_path_by_forms_alone(office: Office) -> None:
    number = office.lead("Lê Thị Mai")
    browser = office.signed_in("here")
    assert "Lê Thị Mai" in browser.get("/staff").text
    browser.get(f"/staff/lead/{number}")
    saved = browser.post(
        f"/staff/lead/{number}",
        {
            "version": 0,
            "status": "appointed",
            "due": "2026-12-01",
            "note": "gọi lại sáng mai",
            "household": "near_poor",
        },
    )
    assert "Đã lưu" in saved.text and "gọi lại sáng mai" in saved.text and "1/12/2026" in saved.text
    batch = saved.url.query.decode().split("lan=")[1]
    undone = browser.post("/staff/lead/hoan-tac", {"lan": batch, "ve": f"/staff/lead/{number}"})
    assert "Đã hoàn tác" in undone.text and office.rows(leads)[0]["status"] == "new"
    seen = [row["action"] for row in office.rows(audit) if row["subject"] == f"lead:{number}"]
    assert seen.count("lead.view") >= 3 and "lead.change" in seen and "lead.undo" in seen


def test_a_bad_form_is_one_clear_line_and_changes_nothing(office: Office) -> None:
    number = office.lead()
    browser = office.signed_in("here")
    browser.get(f"/staff/lead/{number}")
    for fields in (
        {"version": "x", "status": "contacted"},
        {"version": 0, "due": "mai"},
        {"version": 0, "due": "0001-01-01"},
        {"version": 0, "status": "contacted", "note": "x" * 2_001},
        {"version": 0, "assigned_to": "9" * 30},
        {"version": 9, "status": "contacted"},
    ):
        answer = browser.post(f"/staff/lead/{number}", fields)
        assert answer.status_code == 400 and 'role="alert"' in answer.text, fields
    assert office.rows(leads)[0]["version"] == 0


def test_a_new_lead_gets_the_officer_with_least_to_do(everywhere: Office) -> None:
    from bot.outreach.tables import leads as table
    from bot.staff.access import Role
    from bot.staff.arrivals import arrived
    from bot.staff.linking import Choices
    from knowledge.store import writing

    office = everywhere
    other = office.hire("here2", Role.COMMUNE, HERE.code)
    office.lead("Việc cũ", assigned_to=office.people["here"].id)
    number = office.lead("Mới đến")
    told: list[tuple[str, str, str]] = []

    def tell(_: object, officer: Mapping[Any, Any], words: str) -> None:
        told.append((officer["notify_by"], officer["notify_to"], words))

    Choices(office.engine, office.console.audit).set(other, "telegram", "123456789")
    with writing(office.engine) as connection:
        arrived(connection, number, tell=tell, address="https://vi.du")
    assert next(row for row in office.rows(table) if row["id"] == number)["assigned_to"] == other.id
    assert [(by, to) for by, to, _ in told] == [("telegram", "123456789")]
    assert HERE.title in told[0][2] and f"https://vi.du/staff/lead/{number}" in told[0][2]
    assert "Mới đến" not in told[0][2] and "0900" not in told[0][2]
