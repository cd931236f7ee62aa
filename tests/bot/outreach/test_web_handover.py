"""Taking over a conversation of the web chat: the page looks for an officer's words, and its looks are how an officer knows it is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, update

from bot.delivery.pages import GONE, HERE, PageMail
from bot.delivery.tables import conversations, outbox
from bot.outreach.erasure import finish
from bot.outreach.handover import KEEP, BadHandover
from bot.outreach.tables import handoffs
from tests.bot.outreach.test_records import House

PAGE = "trang-cua-chi-lan"


@pytest.fixture
def house(engine: Engine) -> Iterator[House]:
    made = House(engine)
    yield made
    made.runtime.stop()


def asked(house: House, *, looks: bool = True) -> None:
    """Somebody on the web asks for a person; their page looks."""
    reply = house.runtime.direct.answer("tôi muốn gặp cán bộ", session=PAGE)
    assert reply.status == "handoff" and "giữ trang này mở" in reply.replies[-1].text
    if looks:
        assert look(house).open


def look(house: House, after: int = 0) -> Any:
    return house.runtime.direct.look(PAGE, after)


def away(house: House, seconds: float) -> None:
    """The page has not looked for so long."""
    with house.engine.begin() as connection:
        connection.execute(update(conversations).values(seen_at=conversations.c.seen_at - seconds))
        connection.execute(update(outbox).values(created_at=outbox.c.created_at - seconds))


def test_words_of_an_officer_are_given_until_the_page_has_said_that_it_has_them(house: House) -> None:
    asked(house)
    desk = house.runtime.handover
    desk.take(1, "hoa")
    assert look(house).letters == [] and look(house).open
    desk.say(1, "hoa", "Chào anh/chị.")
    (first,), again = look(house).letters, look(house).letters
    assert (first.text, first.staff) == ("Chào anh/chị.", True) and again == [first], "a lost response loses nothing"
    assert house.rows(outbox)[-1]["state"] == "waiting"
    assert look(house, first.id).letters == [] and house.rows(outbox)[-1]["state"] == "sent"
    desk.close(1, "hoa")
    (back,) = look(house, first.id).letters
    assert "lại sẵn sàng" in back.text and not back.staff
    assert not look(house, back.id).open, "then the page need not look any more"


def test_while_an_officer_has_it_the_bot_is_silent_and_each_message_is_acknowledged(house: House) -> None:
    asked(house)
    desk = house.runtime.handover
    desk.take(1, "hoa")
    reply = house.runtime.direct.answer("mức đóng?", session=PAGE)
    assert reply.reason == "with_staff" and "đã đến cán bộ" in reply.replies[0].text
    assert "Đáp" not in str(reply)
    assert [line.text for line in desk.transcript(1) if line.who == "citizen"] == ["tôi muốn gặp cán bộ", "mức đóng?"]
    desk.close(1, "hoa")
    assert "Đáp: mức đóng?" in house.runtime.direct.answer("mức đóng?", session=PAGE).replies[0].text


def test_a_page_that_never_looked_or_is_gone_is_not_written_to(house: House) -> None:
    asked(house, looks=False)
    desk = house.runtime.handover
    with pytest.raises(BadHandover, match="trang web"):
        desk.take(1, "hoa")
    look(house)
    away(house, HERE - 5)
    desk.take(1, "hoa")
    away(house, 10)
    with pytest.raises(BadHandover, match="trang web"):
        desk.say(1, "hoa", "a")
    desk.close(1, "hoa")
    assert [row["kind"] for row in house.rows(outbox)] == ["answer"], "nothing waits for a page that is gone"
    with pytest.raises(BadHandover, match="trang web"):
        desk.take(1, "hoa")
    with pytest.raises(BadHandover, match="trang web"):
        desk.begin(1, "hoa")


def test_what_a_page_that_left_did_not_get_is_told_to_the_officer(house: House) -> None:
    asked(house)
    desk = house.runtime.handover
    desk.take(1, "hoa")
    desk.say(1, "hoa", "Chào anh/chị.")
    desk.round(house.rows(outbox)[-1]["created_at"] + GONE + 1)
    look(house)
    assert house.rows(outbox)[-1]["state"] == "cancelled", "the page was gone for so long"
    desk.say(1, "hoa", "Anh/chị còn đó không?")
    desk.round(house.rows(outbox)[-1]["created_at"] + HERE)
    assert [letter.text for letter in look(house).letters] == ["Anh/chị còn đó không?"]
    (lost,) = [line for line in desk.transcript(1) if line.undelivered]
    assert lost.text == "Chào anh/chị." and "rời trang web" in lost.problem


def test_an_officer_who_falls_silent_gives_back_to_the_page_too(house: House) -> None:
    asked(house)
    desk = house.runtime.handover
    desk.take(1, "hoa")
    taken = house.rows(handoffs)[0]["taken_at"]
    look(house)
    assert desk.round(taken + KEEP + 1) == 1
    assert "lại sẵn sàng" in look(house).letters[0].text


def test_another_page_gets_nothing_of_it(house: House) -> None:
    asked(house)
    house.runtime.handover.take(1, "hoa")
    house.runtime.handover.say(1, "hoa", "Chào anh/chị.")
    mail = PageMail(house.engine)
    for session in ("trang-khac-hẳn", PAGE.upper(), "", "%"):
        assert mail.look(session).letters == () and not mail.look(session).open
    house.says("mức đóng?", who=PAGE)  # the same name on another channel
    assert len(mail.look(PAGE).letters) == 1


def test_erasing_takes_what_waited_and_leaves_nothing_behind(house: House) -> None:
    asked(house)
    house.runtime.handover.take(1, "hoa")
    house.runtime.handover.say(1, "hoa", "Chào chị Lan.")
    house.runtime.direct.answer("/xoa", session=PAGE)
    assert look(house).letters == []
    assert finish(house.engine, 0.0) == 1
    row = house.rows(conversations)[0]
    assert (row["key"], row["person"], row["outbox_due"]) == ("erased:1", "", None)
    assert "Lan" not in str(house.rows(outbox)) and PAGE not in str(row)
