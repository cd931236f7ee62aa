"""From a delivery to what the person reads, through the real inbox, dialogue and outbox."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select

from bot.channels.contract import Inbound, Kind
from bot.delivery.accepting import CannotStore
from bot.delivery.inbox import MOST_ATTEMPTS
from bot.delivery.runtime import Parts, Runtime
from bot.delivery.tables import conversations, inbox
from bot.dialogue.texts import say
from bot.messages import Button, ChatReply, Reply
from tests.bot.delivery.plain import PlainChannel, body


class Echo:
    """Answers with the question; "hỏng" breaks it, "chậm" takes a while, "chọn" offers choices."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def answer(self, text: str, *, session: str) -> ChatReply:
        self.asked.append(text)
        if "hỏng" in text:
            raise ValueError("0900000123 hỏng")
        if "chậm" in text:
            time.sleep(0.05)
        buttons = (
            (Button("Một", "Câu hỏi dài thứ nhất?"), Button("Hai", "Câu hỏi dài thứ hai?")) if "chọn" in text else ()
        )
        past = {"question": text, "topic": "luong_huu"} if "hưu" in text else {}
        return ChatReply("answered", (Reply(f"đáp: {text}", buttons),), "card", past=past)


def runtime(engine: Engine, channel: PlainChannel, answerer: Echo, **kwargs: object) -> Runtime:
    return Runtime(engine, {channel.name: channel}, answerer, **{"per_minute": 10_000, **kwargs})  # type: ignore[arg-type]


def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends, "it did not come to pass in time"
        time.sleep(0.02)


async def accepted(made: Runtime, channel: PlainChannel, delivery: bytes) -> list[bool]:
    """Delivers as platforms do: again when it could not be stored in time, as may happen on a busy machine."""
    for _ in range(20):
        try:
            return await made.acceptor.accept(channel, delivery)
        except CannotStore:
            continue
    pytest.fail("a delivery was refused 20 times")


def deliver(made: Runtime, channel: PlainChannel, *bodies: bytes) -> None:
    async def all_of_them() -> None:
        await asyncio.gather(*(accepted(made, channel, b) for b in bodies))

    asyncio.run(all_of_them())


def texts(channel: PlainChannel, conversation: str) -> list[str]:
    return [text for c, text in channel.delivered if c == conversation]


def test_a_question_is_answered_and_the_first_answer_says_it_is_a_machine(engine: Engine) -> None:
    channel, echo = PlainChannel(), Echo()
    made = runtime(engine, channel, echo)
    made.start()
    try:
        deliver(made, channel, body("1", "c", "mức đóng?"))
        until(lambda: len(channel.delivered) == 1)
        deliver(made, channel, body("2", "c", "còn nữa?"), body("1", "c", "mức đóng?"))
        until(lambda: len(channel.delivered) == 2)
    finally:
        made.stop()
    first, second = texts(channel, "c")
    assert first == f"{say('machine')}\n\nđáp: mức đóng?" and second == "đáp: còn nữa?"
    assert echo.asked == ["mức đóng?", "còn nữa?"]
    with engine.connect() as connection:
        assert set(connection.execute(select(inbox.c.state, inbox.c.outcome)).all()) == {("done", "answered:card")}
        assert connection.execute(select(conversations.c.inbox_due, conversations.c.outbox_due)).all() == [(None, None)]


def test_the_topic_of_an_answer_is_kept_with_its_question_and_with_nothing_else(engine: Engine) -> None:
    channel = PlainChannel()
    made = runtime(engine, channel, Echo())
    made.start()
    try:
        deliver(made, channel, body("1", "c", "lương hưu bao nhiêu?", 1), body("2", "c", "còn gì nữa?", 2))
        deliver(made, channel, body("3", "c", "/help", 3))
        until(lambda: len(channel.delivered) == 3)
        made.direct.answer("lương hưu bao nhiêu?", session="trang-web-1")
    finally:
        made.stop()
    with engine.connect() as connection:
        kept = connection.execute(select(inbox.c.channel, inbox.c.topic, inbox.c.state).order_by(inbox.c.id)).all()
    assert kept == [
        ("plain", "luong_huu", "done"), ("plain", "", "done"), ("plain", "", "done"), ("web", "luong_huu", "done")
    ]  # fmt: skip


def test_a_button_pressed_late_means_what_it_said(engine: Engine) -> None:
    channel, echo = PlainChannel(), Echo()
    sent: list[tuple[Button, ...]] = []
    plain_send = channel.send

    async def send(conversation: str, piece):  # type: ignore[no-untyped-def]
        sent.append(piece.buttons)
        return await plain_send(conversation, piece)

    channel.send = send  # type: ignore[method-assign]
    made = runtime(engine, channel, echo)
    made.start()
    try:
        deliver(made, channel, body("1", "c", "chọn đi"))
        until(lambda: len(sent) == 1)
        deliver(made, channel, body("2", "c", "chọn lại"))
        until(lambda: len(sent) == 2)
        early, late = sent[0][0].value, sent[1][0].value
        assert early != late and len(early.encode()) <= 64
        deliver(made, channel, body("3", "c", early, kind=Kind.BUTTON))
        until(lambda: len(sent) == 3)
        deliver(made, channel, body("4", "c", "#zzz.1", kind=Kind.BUTTON))
        until(lambda: len(sent) == 4)
    finally:
        made.stop()
    assert echo.asked[2:] == ["Câu hỏi dài thứ nhất?"]
    assert texts(channel, "c")[-1].startswith(say("choice_gone"))


def test_a_restart_in_the_middle_loses_and_doubles_nothing(engine: Engine) -> None:
    channel, echo = PlainChannel(), Echo()
    first = runtime(engine, channel, echo, parts=Parts(answer=False, send=False, poll=False))
    first.start()
    deliver(first, channel, *(body(str(n), f"c{n % 5}", f"câu {n}", order=n) for n in range(30)))
    first.stop()
    for _ in range(3):  # stopped again and again while it works
        made = runtime(engine, channel, echo, workers=2)
        made.start()
        time.sleep(0.6)
        made.stop()
    made = runtime(engine, channel, echo)
    made.start()
    try:
        until(lambda: len(channel.delivered) >= 30)
        time.sleep(0.3)
    finally:
        made.stop()
    for c in range(5):
        assert [t.split("\n")[-1] for t in texts(channel, f"c{c}")] == [f"đáp: câu {n}" for n in range(c, 30, 5)]


def test_a_message_that_breaks_the_answer_gets_an_apology_and_the_next_one_its_answer(engine: Engine) -> None:
    channel, echo = PlainChannel(), Echo()
    made = runtime(engine, channel, echo)
    made.start()
    try:
        deliver(made, channel, body("1", "c", "hỏng", order=1), body("2", "c", "lành", order=2))
        until(lambda: len(channel.delivered) == 2, seconds=90)
    finally:
        made.stop()
    assert [t.split("\n")[-1] for t in texts(channel, "c")] == [say("trouble").split("\n")[-1], "đáp: lành"]
    assert echo.asked.count("hỏng") == MOST_ATTEMPTS


def test_somebody_who_floods_is_told_once_and_others_are_answered(engine: Engine) -> None:
    channel, echo = PlainChannel(), Echo()
    made = runtime(engine, channel, echo, per_minute=15)
    made.start()
    try:
        flood = [body(f"f{n}", "flooder", f"câu {n}", order=n) for n in range(200)]
        others = [body(f"o{n}", f"other{n}", "hỏi") for n in range(10)]
        deliver(made, channel, *flood, *others)
        until(lambda: made.inbox.waiting() == 0)
        until(lambda: len(channel.delivered) >= 26)
        time.sleep(0.5)
    finally:
        made.stop()
    told = texts(channel, "flooder")
    assert len(told) == 16 and told.count(say("too_fast")) == 1
    assert all(len(texts(channel, f"other{n}")) == 1 for n in range(10))


@pytest.mark.parametrize("kind", [Kind.STOP, Kind.STAFF])
def test_nothing_is_said_to_who_left_or_whom_a_person_has_taken(engine: Engine, kind: Kind) -> None:
    channel, echo = PlainChannel(), Echo()
    made = runtime(engine, channel, echo)
    made.start()
    try:
        deliver(made, channel, body("1", "c", "", order=1, kind=kind))
        until(lambda: made.inbox.waiting() == 0)
        deliver(made, channel, body("2", "c", "alo", order=2))
        until(lambda: made.inbox.waiting() == 0)
        time.sleep(2.0)  # a sender that has just started waits a second
    finally:
        made.stop()
    # who writes again after leaving is answered again; whom an officer has taken is left to the officer
    assert len(channel.delivered) == (1 if kind is Kind.STOP else 0)


def test_a_channel_that_is_off_says_so_once_and_keeps_what_came(engine: Engine) -> None:
    channel, echo = PlainChannel(), Echo()
    made = runtime(engine, channel, echo)
    made.states.switch("plain", on=False, by="a", reason="thử", message="Tạm nghỉ đến 14 giờ.")
    made.start()
    try:
        deliver(made, channel, body("1", "c", "một", 1), body("2", "c", "hai", 2))
        until(lambda: made.inbox.waiting() == 0)
        until(lambda: len(channel.delivered) == 1)
        made.states.switch("plain", on=True, by="a", reason="xong")
        time.sleep(1.1)  # states are read once a second
        deliver(made, channel, body("3", "c", "ba", 3))
        until(lambda: len(channel.delivered) == 2)
    finally:
        made.stop()
    assert texts(channel, "c")[0] == "Tạm nghỉ đến 14 giờ."
    assert echo.asked == ["ba"]


def test_many_deliveries_repeated_and_shuffled_have_one_effect_each(engine: Engine) -> None:
    channel, echo = PlainChannel(), Echo()
    made = runtime(engine, channel, echo)
    made.start()
    events = [body(f"e{n}", f"c{n % 50}", f"câu {n}", order=n) for n in range(300)] * 5
    random.Random(5).shuffle(events)
    results: list[bool] = []
    lock = threading.Lock()

    def some(part: list[bytes]) -> None:
        async def main() -> None:
            for b in part:
                new = await accepted(made, channel, b)
                with lock:
                    results.extend(new)

        asyncio.run(main())

    threads = [threading.Thread(target=some, args=(events[i::8],)) for i in range(8)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        until(lambda: made.inbox.waiting() == 0, 120)
        until(lambda: len(channel.delivered) >= 300, 120)
        time.sleep(0.3)
    finally:
        made.stop()
    assert (len(results), sum(results)) == (1500, 300)
    heard: dict[str, int] = defaultdict(int)
    for _, text in channel.delivered:
        heard[text.split("đáp: ")[-1]] += 1
    assert dict(heard) == {f"câu {n}": 1 for n in range(300)}


def test_an_event_is_stored_before_anything_is_worked_out(engine: Engine) -> None:
    channel, echo = PlainChannel(), Echo()
    made = runtime(engine, channel, echo, parts=Parts(answer=False, send=False, poll=False))
    made.start()
    deliver(made, channel, body("1", "c", "câu"))
    made.stop()
    assert made.inbox.waiting() == 1 and echo.asked == []
    with engine.connect() as connection:
        stored = connection.execute(select(inbox.c.event)).scalar_one()
    assert Inbound(**{**stored, "kind": Kind(stored["kind"])}).text == "câu"


def test_who_waits_long_sees_a_sign_of_life(engine: Engine) -> None:
    class Slow(Echo):
        def answer(self, text: str, *, session: str) -> ChatReply:
            time.sleep(2.0 if "lâu" in text else 0.0)
            return super().answer(text, session=session)

    channel = PlainChannel()
    signs: list[str] = []

    async def typing(conversation: str) -> None:
        signs.append(conversation)

    channel.typing = typing  # type: ignore[method-assign]
    made = runtime(engine, channel, Slow())
    made.start()
    try:
        deliver(made, channel, body("1", "c1", "hỏi lâu"), body("2", "c2", "hỏi nhanh"))
        until(lambda: len(channel.delivered) == 2)
    finally:
        made.stop()
    assert signs == ["c1"]
