"""What is due is told to who has it: once for each due date, in working hours, by counts alone."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest
from sqlalchemy import update

from bot.delivery.outbox import Outbox
from bot.outreach import erasure
from bot.outreach.hours import Hours
from bot.outreach.tables import leads
from bot.staff.access import Role
from bot.staff.accounts import Person
from bot.staff.due_notices import DueNotices
from bot.staff.linking import Choices
from bot.staff.mailing import Mails
from bot.staff.notice_tables import due_told
from bot.staff.notices import Notices
from bot.staff.tables import mails
from bot.time_zone import TIME_ZONE
from knowledge.store import writing
from tests.bot.staff.office import HERE, THERE, Office

DAY = 86_400.0
MORNING = datetime(2026, 12, 1, 7, 40, tzinfo=TIME_ZONE).timestamp()  # a Tuesday
NINE = datetime(2026, 12, 1, 9, 0, tzinfo=TIME_ZONE).timestamp()


def no_post(to: str, subject: str, text: str) -> None:
    raise AssertionError("nothing is sent here, only queued")


def due(office: Office, address: str = "https://vi.du") -> DueNotices:
    post = Mails(office.engine, no_post, office.hands)
    told = Notices(office.engine, Outbox(office.engine, office.hands), post, dict, office.hands)
    hours = Hours.parse("1-5 07:30-11:30,13:30-17:00")
    return DueNotices(office.engine, told.tell, lambda: hours, address=address, clock=office.hands)


def wants(office: Office, person: Person, on: bool = True) -> None:
    Choices(office.engine, office.console.audit).set(person, "email", f"{person.login}@vi.du.vn", due=on)


def told(office: Office, who: str) -> list[str]:
    return [row["text"] for row in office.rows(mails) if row["to"] == f"{who}@vi.du.vn"]


def test_an_officer_is_told_once_of_what_is_due_by_counts_alone(everywhere: Office) -> None:
    office = everywhere
    office.hands.now = MORNING
    wants(office, office.people["here"])
    own = office.people["here"].id
    for name, at in (("Lan", NINE), ("Hùng", NINE + 3600), ("Mai", NINE - DAY), ("Nam", NINE + DAY)):
        office.lead(name, status="appointed", assigned_to=own, due_at=at)
    office.lead("Xong", status="joined", assigned_to=own, due_at=NINE)
    assert due(office).round() == 1
    (text,) = told(office, "here")
    assert text == (
        "Hôm nay anh/chị có 2 việc đến hẹn, 1 việc quá hạn. Xem danh sách: https://vi.du/staff/lead?xem=call&phu_trach=me"
    )
    assert not any(name in text for name in ("Lan", "Hùng", "Mai", "0900"))
    office.hands.now += 3600
    assert due(office).round() == 0, "another process, or a restart"
    office.hands.now = MORNING + DAY
    assert due(office).round() == 1, "Nam has become due"
    assert told(office, "here")[1].startswith("Hôm nay anh/chị có 1 việc đến hẹn, 3 việc quá hạn.")
    office.hands.now = MORNING + 2 * DAY
    assert due(office).round() == 0, "nothing new: the same due dates are not told again"


def test_a_new_due_date_of_the_same_person_is_told_again(office: Office) -> None:
    office.hands.now = MORNING
    wants(office, office.people["here"])
    number = office.lead(status="appointed", assigned_to=office.people["here"].id, due_at=NINE)
    assert due(office).round() == 1
    with writing(office.engine) as connection:
        connection.execute(update(leads).where(leads.c.id == number).values(due_at=NINE + DAY))
    assert due(office).round() == 0, "one a day"
    office.hands.now += DAY
    assert due(office).round() == 1
    assert told(office, "here")[1].startswith("Hôm nay anh/chị có 1 việc đến hẹn.")


@pytest.mark.parametrize("at", [MORNING - 1200, NINE + 3 * 3600, NINE + 12 * 3600, NINE + 4 * DAY])
def test_nobody_is_told_outside_working_hours(office: Office, at: float) -> None:
    wants(office, office.people["here"])
    office.lead(status="appointed", assigned_to=office.people["here"].id, due_at=MORNING)
    office.hands.now = at
    assert due(office).round() == 0 and office.rows(due_told) == []


def test_who_switched_it_off_or_chose_nowhere_is_not_told(office: Office) -> None:
    office.hands.now = MORNING
    wants(office, office.people["here"], on=False)
    for who in ("here", "there"):
        code = HERE.code if who == "here" else THERE.code
        office.lead(who, code, status="appointed", assigned_to=office.people[who].id, due_at=NINE)
    assert due(office).round() == 0 and office.rows(mails) == [] and office.rows(due_told) == []
    wants(office, office.people["here"])
    assert due(office).round() == 1, "what was not told stays to be told"


def test_what_nobody_has_is_told_to_the_officers_of_the_commune_and_else_to_the_province(everywhere: Office) -> None:
    office = everywhere
    office.hands.now = MORNING
    second = office.hire("here2", Role.COMMUNE, HERE.code)
    gone = office.hire("gone", Role.COMMUNE, HERE.code)
    everybody = ("here", "there", "tinh", "admin", "bientap", "lanhdao")
    for person in (*(office.people[who] for who in everybody), second, gone):
        wants(office, person)
    office.console.accounts.disable("gone", by="test")
    office.lead("Chưa giao", status="appointed", due_at=NINE)
    office.lead("Người giữ đã nghỉ", status="appointed", due_at=NINE - DAY, assigned_to=gone.id)
    office.lead("Không rõ xã", "", status="appointed", due_at=NINE)
    office.lead("Của xã khác", THERE.code, status="appointed", due_at=NINE, assigned_to=office.people["there"].id)
    assert due(office).round() == 4
    for who in ("here", "here2"):
        (text,) = told(office, who)
        assert text.startswith("Hôm nay anh/chị có 1 việc đến hẹn, 1 việc quá hạn.") and text.endswith("?xem=call")
    assert [t[:37] for t in told(office, "tinh")] == ["Hôm nay anh/chị có 1 việc đến hẹn. Xe"]
    assert len(told(office, "there")) == 1
    assert not any(told(office, who) for who in ("admin", "bientap", "lanhdao", "gone"))


def test_an_officer_who_no_longer_has_the_commune_is_not_told_of_its_people(office: Office) -> None:
    office.hands.now = MORNING
    for who in ("here", "there"):
        wants(office, office.people[who])
    office.lead("Lan", HERE.code, status="appointed", due_at=NINE, assigned_to=office.people["there"].id)
    assert due(office).round() == 1
    assert told(office, "there") == [] and len(told(office, "here")) == 1


def test_processes_that_look_at_once_tell_it_once(everywhere: Office) -> None:
    office = everywhere
    office.hands.now = MORNING
    wants(office, office.people["here"])
    for n in range(5):
        office.lead(f"Người {n}", status="appointed", due_at=NINE, assigned_to=office.people["here"].id)
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(due(office).round())) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counts) == 5 and sum(counts) == 1
    assert len(told(office, "here")) == 1 and len(office.rows(due_told)) == 5


def test_a_process_that_ends_in_the_middle_has_told_nothing_and_noted_nothing(office: Office) -> None:
    office.hands.now = MORNING
    wants(office, office.people["here"])
    office.lead(status="appointed", due_at=NINE, assigned_to=office.people["here"].id)
    made = due(office)

    def ends(*_: object) -> None:
        raise RuntimeError("power cut")

    whole, made._tell = made._tell, ends  # type: ignore[assignment]
    with pytest.raises(RuntimeError):
        made.round()
    assert office.rows(due_told) == []
    made._tell = whole
    assert made.round() == 1 and len(told(office, "here")) == 1


def test_an_erased_person_leaves_no_row_and_without_an_address_the_page_is_named(everywhere: Office) -> None:
    office = everywhere
    office.hands.now = MORNING
    wants(office, office.people["here"])
    office.lead(status="appointed", due_at=NINE, assigned_to=office.people["here"].id)
    assert due(office, address="").round() == 1
    assert told(office, "here") == [
        "Hôm nay anh/chị có 1 việc đến hẹn. Xem danh sách ở mục “Cần gọi” của trang cán bộ."
    ]
    assert len(office.rows(due_told)) == 1
    with writing(office.engine) as connection:
        erasure.erase(connection, 1)
    assert office.rows(due_told) == []
