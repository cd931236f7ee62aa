"""An officer links a chat of their own by a code and is told there, through the emulators of the platforms; what cannot go is not lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.delivery.runtime import Parts, Runtime
from bot.delivery.tables import conversations, inbox, outbox
from bot.delivery.windows import until_morning
from bot.staff.access import Role
from bot.staff.accounts import Accounts, BadAccount, Person
from bot.staff.audit import Audit
from bot.staff.linking import MINUTES, Choices
from bot.staff.notice_tables import link_codes, notices
from bot.staff.tables import mails, staff
from knowledge.store import writing
from tests.bot.channels.drivers import person_on, until
from tests.bot.dialogue.people import Answers
from tests.bot.staff.office import CHEAP, HERE

WAYS = ("telegram polling", "zalo_oa webhook", "zalo_bot polling")
HOURS = 3_600.0


class Desk:
    """The console's side of an installation that a person on a platform writes to."""

    def __init__(self, person: Any) -> None:
        self.engine = person.house.engine
        audit = Audit(self.engine, b"k" * 32)
        accounts = Accounts(self.engine, audit, hasher=CHEAP)
        accounts.add("lan.bato", "Lan", Role.COMMUNE, [HERE.code], by="test")
        self.officer: Person = accounts.everybody()[0]
        self.choices = Choices(self.engine, audit)
        self.platform = "telegram" if person.name == "telegram" else "zalo"

    def rows(self, table: Any) -> list[dict[str, Any]]:
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(select(table)).mappings()]

    def tell(self, runtime: Runtime, text: str) -> None:
        with writing(self.engine) as connection:
            row = connection.execute(select(staff)).mappings().one()
            runtime.notices.tell(connection, row, text)

    def silent_for(self, hours: float) -> None:
        """The officer wrote so long ago."""
        with writing(self.engine) as connection:
            connection.execute(update(conversations).values(heard_at=conversations.c.heard_at - hours * HOURS))


@pytest.fixture(params=WAYS)
def person(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    with person_on(request.param, tmp_path, Answers()) as driver:
        yield driver


@pytest.fixture
def on_oa(tmp_path: Path) -> Iterator[Any]:
    with person_on("zalo_oa webhook", tmp_path, Answers()) as driver:
        yield driver


def linked(person: Any, desk: Desk) -> None:
    before = len(person.heard("lan"))
    person.say("lan", desk.choices.begin(desk.officer, desk.platform))
    assert "Đã liên kết" in person.wait("lan", before + 1)[-1]


def test_a_code_links_the_chat_that_sends_it_once_and_notices_go_there(person: Any) -> None:
    desk = Desk(person)
    code = desk.choices.begin(desk.officer, desk.platform)
    person.say("lan", f" {code.lower()} ")
    (answer,) = person.wait("lan", 1)
    assert "Đã liên kết" in answer and ("48 giờ" in answer) == (person.name == "zalo_oa")
    choice = desk.choices.of(desk.officer)
    assert (choice.by, choice.to) == (person.name, str(person.id("lan")))
    assert desk.rows(link_codes) == []
    assert [row["outcome"] for row in desk.rows(inbox)] == ["officer_code"], "no question, no campaign"

    person.say("hoa", code)
    assert "không đúng" in person.wait("hoa", 1)[0], "it works once"
    assert desk.choices.of(desk.officer).to == choice.to
    desk.tell(person.runtime, "Hôm nay anh/chị có 2 việc đến hẹn.")
    night = until_morning(time.time()) if person.name == "zalo_oa" else 0.0
    if night > 60:  # whoever runs this between 22:00 and 6:00 sees the other promise kept: it waits for the morning
        until(lambda: desk.rows(outbox)[-1]["due_at"] > time.time() + night - 60)
        assert len(person.heard("lan")) == 1
        return
    assert person.wait("lan", 2)[1] == "Hôm nay anh/chị có 2 việc đến hẹn."
    until(lambda: person.runtime.notices.round() == 0 and desk.rows(notices) == [], what="what was sent is forgotten")


def test_a_code_that_is_old_replaced_made_up_or_of_another_platform_links_nobody(person: Any) -> None:
    desk = Desk(person)
    replaced = desk.choices.begin(desk.officer, desk.platform)
    wrong = desk.choices.begin(desk.officer, "zalo" if desk.platform == "telegram" else "telegram")
    for n, code in enumerate((replaced, "CANBO-ABCD-2345", wrong), 1):
        person.say("lan", code)
        assert "không đúng" in person.wait("lan", n)[-1]
    old = desk.choices.begin(desk.officer, desk.platform)
    with writing(desk.engine) as connection:
        connection.execute(update(link_codes).values(expires_at=link_codes.c.expires_at - MINUTES * 60 - 1))
    person.say("lan", old)
    assert "không đúng" in person.wait("lan", 4)[-1]
    assert desk.choices.of(desk.officer).by == ""


def test_an_account_that_was_closed_cannot_be_linked(person: Any) -> None:
    desk = Desk(person)
    code = desk.choices.begin(desk.officer, desk.platform)
    with writing(desk.engine) as connection:
        connection.execute(update(staff).values(active=False))
    person.say("lan", code)
    assert "không đúng" in person.wait("lan", 1)[0]
    assert desk.choices.of(desk.officer).by == ""


def test_words_around_a_code_and_codes_of_campaigns_are_no_link(person: Any) -> None:
    desk = Desk(person)
    code = desk.choices.begin(desk.officer, desk.platform)
    person.say("lan", f"mã của tôi là {code} phải không")
    assert "liên kết" not in person.wait("lan", 1)[0].lower()
    assert desk.choices.of(desk.officer).by == "" and len(desk.rows(link_codes)) == 1


def test_the_web_chat_is_no_place_for_a_code(tmp_path: Path) -> None:
    with person_on("web", tmp_path, Answers()) as person:
        person.say("lan", "CANBO-ABCD-2345")
        assert "Zalo hoặc Telegram" in person.heard("lan")[0]


def test_a_closed_window_shows_the_notice_in_the_console_and_a_word_of_the_officer_opens_it(on_oa: Any) -> None:
    desk, runtime = Desk(on_oa), on_oa.runtime
    linked(on_oa, desk)
    desk.silent_for(49)
    assert "48 giờ" in runtime.notices.reach("zalo_oa", on_oa.id("lan")).why
    desk.tell(runtime, "Anh/chị có 3 việc quá hạn.")
    (shown,) = runtime.notices.shown(desk.officer.id)
    assert shown.text == "Anh/chị có 3 việc quá hạn." and "48 giờ" in shown.why
    assert [row["kind"] for row in desk.rows(outbox)] == ["notice"], "nothing was queued for the platform"
    (told,) = runtime.notices.everybody()
    assert (told.by, told.instead) == ("zalo_oa", "console") and told.why
    on_oa.say("lan", "mức đóng?")
    on_oa.wait("lan", 2)
    assert runtime.notices.reach("zalo_oa", on_oa.id("lan")).why == ""
    runtime.notices.seen(desk.officer.id)
    assert runtime.notices.shown(desk.officer.id) == []


def test_a_closed_window_sends_the_mail_in_reserve(on_oa: Any) -> None:
    desk = Desk(on_oa)
    linked(on_oa, desk)
    desk.choices.set(desk.officer, "zalo_oa", "", mail="lan@vi.du.vn")
    desk.silent_for(49)
    runtime = Runtime(
        desk.engine, on_oa.house.channels.by_name, Answers(), parts=Parts(False, False, False), post=lambda *mail: None
    )
    desk.tell(runtime, "Anh/chị có 3 việc quá hạn.")
    assert [(row["to"], row["subject"]) for row in desk.rows(mails)] == [("lan@vi.du.vn", "Anh/chị có 3 việc quá hạn")]
    assert desk.rows(notices) == []


def test_a_window_that_closes_before_sending_loses_nothing(on_oa: Any) -> None:
    desk = Desk(on_oa)
    linked(on_oa, desk)
    heard = len(on_oa.heard("lan"))
    on_oa.down()
    stopped = Runtime(desk.engine, on_oa.house.channels.by_name, Answers(), parts=Parts(False, False, False))
    desk.tell(stopped, "Hôm nay anh/chị có 1 việc đến hẹn.")
    assert [row["state"] for row in desk.rows(notices)] == ["queued"]
    desk.silent_for(49)
    on_oa.up()
    until(lambda: desk.rows(outbox)[-1]["state"] == "cancelled")
    assert on_oa.runtime.notices.round() == 1 and on_oa.runtime.notices.round() == 0
    (shown,) = on_oa.runtime.notices.shown(desk.officer.id)
    assert shown.text == "Hôm nay anh/chị có 1 việc đến hẹn." and "48 giờ" in shown.why
    assert len(on_oa.heard("lan")) == heard


def test_a_chat_that_was_erased_is_told_of_in_the_console(on_oa: Any) -> None:
    desk, runtime = Desk(on_oa), on_oa.runtime
    linked(on_oa, desk)
    on_oa.say("lan", "/xoa")
    on_oa.wait("lan", 2)
    until(lambda: any(row["key"].startswith("erased:") for row in desk.rows(conversations)))
    desk.tell(runtime, "Anh/chị có 3 việc quá hạn.")
    (shown,) = runtime.notices.shown(desk.officer.id)
    assert "liên kết" in shown.why


def test_zalo_is_never_typed_and_a_mail_in_reserve_is_checked(on_oa: Any) -> None:
    desk = Desk(on_oa)
    for by, to, mail in (
        ("zalo_oa", on_oa.id("lan"), ""),
        ("zalo_bot", "x", ""),
        ("fax", "1", ""),
        ("telegram", "1234567", "x@"),
    ):
        with pytest.raises(BadAccount):
            desk.choices.set(desk.officer, by, to, mail=mail)
    assert desk.choices.of(desk.officer).by == ""
