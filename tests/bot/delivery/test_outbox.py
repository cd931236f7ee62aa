"""The outbox: sent in order, within limits, through failures, and nothing forgotten."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, event, select

from bot.channels.contract import Inbound, Kind, Later, Misconfigured, Piece, Rate, Rejected, Sent, Unreachable
from bot.delivery.inbox import Inbox
from bot.delivery.leases import ChannelStates
from bot.delivery.outbox import MOST_ATTEMPTS, MOST_UNCLEAR, UNCLEAR_WAITS, Outbox, Outgoing
from bot.delivery.sender import Sender, back_off
from bot.delivery.tables import conversations
from bot.delivery.windows import Purpose
from knowledge.store import writing
from tests.bot.delivery.plain import PlainChannel


def people(engine: Engine, count: int, clock: Callable[[], float] = time.time) -> list[int]:
    """Conversations c0, c1, …; their ids."""
    Inbox(engine, clock).store([Inbound("plain", f"e{n}", f"c{n}", f"c{n}", Kind.TEXT) for n in range(count)])
    with engine.connect() as connection:
        ids = {row.key: row.id for row in connection.execute(select(conversations.c.key, conversations.c.id))}
    return [ids[f"c{n}"] for n in range(count)]


def queue(engine: Engine, box: Outbox, home: int, *texts: str, purpose: Purpose = Purpose.ANSWER) -> None:
    with writing(engine) as connection:
        box.add(connection, home, "plain", [Piece(text) for text in texts], purpose)


def run(
    engine: Engine, channel: PlainChannel, seconds: float, *, until: Callable[[Outbox], bool] | None = None
) -> Outbox:
    """Lets a sender run until `until` holds or `seconds` have passed."""
    box = Outbox(engine)

    async def main() -> None:
        stop = asyncio.Event()
        sender = Sender(channel, box, ChannelStates(engine), "test")
        task = asyncio.create_task(sender.run(stop))
        ends = time.monotonic() + seconds
        while time.monotonic() < ends and not (until is not None and until(box)):
            await asyncio.sleep(0.05)
        stop.set()
        sender.wake()
        await task

    asyncio.run(main())
    return box


def all_done(box: Outbox) -> bool:
    return not box.count("waiting") and not box.count("sending")


def test_messages_of_a_conversation_go_out_in_order_and_once(engine: Engine) -> None:
    homes = people(engine, 3)
    for n, home in enumerate(homes):
        queue(engine, Outbox(engine), home, *(f"{n}.{k}" for k in range(4)))
    channel = PlainChannel()
    channel.seconds = 0.02
    box = run(engine, channel, 20, until=all_done)
    for n in range(3):
        assert [text for c, text in channel.delivered if c == f"c{n}"] == [f"{n}.{k}" for k in range(4)]
    assert box.count("sent") == 12
    assert box.ours("plain", "m1") and not box.ours("plain", "m999") and not box.ours("plain", "")


def test_a_failure_is_tried_again_and_later_messages_wait_behind_it(engine: Engine) -> None:
    (home,) = people(engine, 1)
    queue(engine, Outbox(engine), home, "một", "hai")
    troubles: list[Exception | None] = [Later("bận", after=0.3)]
    channel = PlainChannel(trouble=lambda: troubles.pop() if troubles else None)
    run(engine, channel, 20, until=all_done)
    assert channel.delivered == [("c0", "một"), ("c0", "hai")]
    assert channel.early == 0


def test_a_message_that_always_fails_is_left_to_staff_who_can_send_it_again(engine: Engine) -> None:
    (home,) = people(engine, 1)
    box = Outbox(engine)
    queue(engine, box, home, "một")
    for attempt in range(MOST_ATTEMPTS):
        with writing(engine) as connection:
            connection.exec_driver_sql("UPDATE outbox SET due_at = 0")
            connection.exec_driver_sql("UPDATE conversations SET outbox_due = 0")
        (message,) = box.take("plain", 5)
        assert box.later(message, "500", 1.0) is (attempt == MOST_ATTEMPTS - 1)
    assert box.take("plain", 5) == []
    (letter,) = box.letters()
    assert (letter.text, letter.state, letter.attempts, letter.conversation) == ("một", "dead", MOST_ATTEMPTS, "c0")
    assert box.resend([letter.id]) == 1
    channel = PlainChannel()
    run(engine, channel, 10, until=all_done)
    assert channel.delivered == [("c0", "một")]
    assert box.letters() == []


def test_a_message_nobody_knows_of_is_repeated_ever_later_and_then_left_to_staff(engine: Engine) -> None:
    now = [1_795_000_000.0]
    (home,) = people(engine, 1, lambda: now[0])
    box = Outbox(engine, lambda: now[0])
    queue(engine, box, home, "một", "hai")
    for attempt in range(MOST_UNCLEAR):
        (message,) = box.take("plain", 5)
        assert (message.piece.text, message.unclear) == ("một", attempt)
        assert box.unclear(message, "mất kết nối") is (attempt == MOST_UNCLEAR - 1)
        if attempt < MOST_UNCLEAR - 1:
            now[0] += UNCLEAR_WAITS[attempt] - 1
            assert box.take("plain", 5) == []
            now[0] += 2
    (after,) = box.take("plain", 5)  # the next message is not held up for ever
    assert after.piece.text == "hai"
    box.sent(after, Sent("m1"))
    assert [(letter.text, letter.state) for letter in box.letters()] == [("một", "maybe")]


def test_a_repeat_that_arrives_is_marked_as_perhaps_doubled(engine: Engine) -> None:
    (home,) = people(engine, 1)
    box = Outbox(engine)
    queue(engine, box, home, "một")
    (message,) = box.take("plain", 5)
    box.unclear(message, "hết giờ")
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE outbox SET due_at = 0")
        connection.exec_driver_sql("UPDATE conversations SET outbox_due = 0")
    (again,) = box.take("plain", 5)
    box.sent(again, Sent("m1"))
    (letter,) = box.letters(states=["sent"])
    assert letter.problem == "có thể đã gửi hơn một lần"


def test_what_was_under_way_when_a_process_died_is_repeated_once(engine: Engine) -> None:
    (home,) = people(engine, 1)
    box = Outbox(engine)
    queue(engine, box, home, "một")
    assert len(box.take("plain", 5)) == 1  # marked as under way, then the process dies
    assert box.recover("plain") == 1
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE outbox SET due_at = 0")
        connection.exec_driver_sql("UPDATE conversations SET outbox_due = 0")
    channel = PlainChannel()
    run(engine, channel, 15, until=all_done)
    assert channel.delivered == [("c0", "một")]
    assert box.count("sent") == 1


@pytest.mark.parametrize("trouble", [None, Rejected("sai tham số", code="-201")], ids=["sent", "refused"])
def test_an_outcome_that_cannot_be_written_down_is_not_forgotten(engine: Engine, trouble: Exception | None) -> None:
    """The database is away when the platform has answered: written down once it is back, nothing sent twice, nobody held up."""
    away = [False]

    class Leaving(PlainChannel):
        async def send(self, conversation: str, piece: Piece) -> Sent:
            away[0] = piece.text == "một"
            asyncio.get_running_loop().call_later(2.5, lambda: away.__setitem__(0, False))
            return await super().send(conversation, piece)

    def fail(*_: object) -> None:
        if away[0]:
            raise OSError("the database is away")

    (home,) = people(engine, 1)
    queue(engine, Outbox(engine), home, "một", "hai")
    troubles = [None, trouble]
    event.listen(engine, "before_cursor_execute", fail)
    try:
        channel = Leaving(trouble=lambda: troubles.pop() if troubles else None)
        # nothing is asked of the database while it is away, but by the sender
        box = run(engine, channel, 40, until=lambda box: not away[0] and all_done(box))
    finally:
        event.remove(engine, "before_cursor_execute", fail)
    assert [text for _, text in channel.delivered] == (["một", "hai"] if trouble is None else ["hai"])
    assert len(channel.calls) == 2
    assert (box.count("sent"), box.count("dead")) == ((2, 0) if trouble is None else (1, 1))


@pytest.mark.parametrize(("left", "told"), [(True, 1), (False, 0)])
def test_a_person_who_blocked_us_gets_nothing_more(engine: Engine, left: bool, told: int) -> None:
    homes = people(engine, 2)
    box = Outbox(engine)
    queue(engine, box, homes[0], "một", "hai")
    channel = PlainChannel(trouble=lambda: Unreachable("chặn", left=left))
    stopped: list[Outgoing] = []

    async def main() -> None:
        stop = asyncio.Event()
        sender = Sender(channel, box, ChannelStates(engine), "test", on_unreachable=stopped.append)
        task = asyncio.create_task(sender.run(stop))
        for _ in range(100):
            await asyncio.sleep(0.05)
            if all_done(box):
                break
        stop.set()
        sender.wake()
        await task

    asyncio.run(main())
    assert len(channel.calls) == 1
    assert box.count("cancelled") == 2
    assert len(stopped) == told
    queue(engine, box, homes[0], "ba")
    run(engine, PlainChannel(), 10, until=all_done)
    assert box.count("cancelled") == 3


def test_a_refused_message_does_not_hold_up_the_next(engine: Engine) -> None:
    (home,) = people(engine, 1)
    queue(engine, Outbox(engine), home, "hỏng", "tốt")
    troubles: list[Exception | None] = [None, Rejected("sai tham số", code="-201")]
    channel = PlainChannel(trouble=lambda: troubles.pop() if troubles else None)
    box = run(engine, channel, 10, until=all_done)
    assert channel.delivered == [("c0", "tốt")]
    assert [letter.problem for letter in box.letters()] == ["-201: sai tham số"]


def test_an_account_that_is_wrong_stops_sending_and_loses_nothing(engine: Engine) -> None:
    (home,) = people(engine, 1)
    queue(engine, Outbox(engine), home, "một")
    channel = PlainChannel(trouble=lambda: Misconfigured("Mã đã bị thu hồi.", "Lấy mã mới."))
    box = run(engine, channel, 1.5)
    assert len(channel.calls) == 1
    assert (box.count("waiting"), box.count("dead")) == (1, 0)
    assert ChannelStates(engine).of("plain").problem == "Mã đã bị thu hồi. Lấy mã mới."


def test_a_conversation_that_a_person_has_taken_gets_no_answer_of_the_bot(engine: Engine) -> None:
    (home,) = people(engine, 1)
    box = Outbox(engine)
    queue(engine, box, home, "máy nói")
    queue(engine, box, home, "cán bộ nói", purpose=Purpose.STAFF)
    with writing(engine) as connection:
        connection.exec_driver_sql(f"UPDATE conversations SET staff_until = {time.time() + 600}")
    channel = PlainChannel()
    run(engine, channel, 10, until=all_done)
    assert channel.delivered == [("c0", "cán bộ nói")]


def test_hundreds_of_messages_arrive_through_failures_within_the_limits(engine: Engine) -> None:
    homes = people(engine, 100)
    for n, home in enumerate(homes):
        queue(engine, Outbox(engine), home, f"{n}.0", f"{n}.1")
    chance = random.Random(11)

    def trouble() -> Exception | None:
        if chance.random() > 0.2:
            return None
        return chance.choice([Later("429", after=0.4), Later("500"), Later("503")])

    channel = PlainChannel(rate=Rate(40, 1.0), conversation_rate=Rate(1, 0.3), trouble=trouble)
    box = run(engine, channel, 60, until=all_done)
    heard = channel.heard()
    assert set(heard) == {(f"c{n}", f"{n}.{k}") for n in range(100) for k in range(2)}
    assert max(heard.values()) == 1
    assert channel.early == 0
    assert box.count("dead") == 0
    for n in range(100):
        texts = list(dict.fromkeys(text for c, text in channel.delivered if c == f"c{n}"))
        assert texts == [f"{n}.0", f"{n}.1"]
    times = sorted(when for when, _ in channel.calls)
    assert max(sum(1 for t in times if start <= t < start + 1.0) for start in times) <= 40
    for n in range(100):
        own = [when for when, c in channel.calls if c == f"c{n}"]
        assert all(b - a >= 0.3 for a, b in itertools.pairwise(own))


def test_only_one_process_sends_and_another_takes_over(engine: Engine) -> None:
    states = ChannelStates(engine)
    assert states.hold("plain", "one")
    assert not states.hold("plain", "two")
    assert states.hold("plain", "one")
    states.let_go("plain", "two")
    assert not states.hold("plain", "two")
    states.let_go("plain", "one")
    assert states.hold("plain", "two", seconds=0.05)
    time.sleep(0.1)
    assert states.hold("plain", "one")


def test_waiting_grows_and_differs() -> None:
    assert back_off(0) < 2 < back_off(3) <= 10
    assert back_off(30) <= 75
    assert len({back_off(2) for _ in range(20)}) > 10


def test_the_off_switch_keeps_who_and_why(engine: Engine) -> None:
    now = [1000.0]
    states = ChannelStates(engine, lambda: now[0])
    assert states.of("plain").off_since is None
    states.switch("plain", on=False, by="quản trị", reason="bảo trì", message="Tạm nghỉ đến 14 giờ.")
    assert (states.of("plain").off_since, states.of("plain").off_message) == (1000.0, "Tạm nghỉ đến 14 giờ.")
    now[0] = 2000.0
    states.switch("plain", on=True, by="quản trị", reason="xong")
    assert states.of("plain").off_since is None
    assert states.history("plain") == [(2000.0, True, "quản trị", "xong"), (1000.0, False, "quản trị", "bảo trì")]
