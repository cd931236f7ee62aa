"""The inbox: nothing lost, nothing doubled, one step at a time in order."""

from __future__ import annotations

import random
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, select

from bot.channels.contract import ContactShare, Inbound, Kind
from bot.delivery.inbox import DIRECT, MOST_ATTEMPTS, Inbox, LeaseLost, Taken
from bot.delivery.tables import inbox as inbox_table
from bot.delivery.tables import unread
from knowledge.store import writing


class Clock:
    def __init__(self, now: float = 1_795_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def said(event_id: str, conversation: str = "c1", text: str = "hỏi", order: int = 0, channel: str = "plain") -> Inbound:
    return Inbound(channel, event_id, conversation, conversation, Kind.TEXT, text, order)


def finish(engine: Engine, box: Inbox, taken: Taken, **changes: object) -> None:
    with writing(engine) as connection:
        box.finish(connection, taken, outcome="answered:card", changes=changes)


def test_a_repeat_is_known_by_its_id_whatever_else_it_says(engine: Engine) -> None:
    box = Inbox(engine)
    assert box.store([said("1"), said("1", text="khác")]) == [True, False]
    assert box.store([said("1", "c2"), said("2")]) == [False, True]
    assert box.store([said("1", channel="other")]) == [True]
    assert box.waiting() == 3
    assert box.store([]) == []


def test_an_event_comes_back_as_it_went_in(engine: Engine) -> None:
    event = Inbound(
        "plain", "9", "c", "p", Kind.CONTACT, "chữ", 7, "Lan", "m9", ContactShare("0900000001", "Lan"), "", "q"
    )
    box = Inbox(engine)
    box.store([event])
    taken = box.take("w")
    assert taken is not None
    assert taken.event == event
    assert (taken.conversation.key, taken.conversation.name, taken.recent) == ("c", "Lan", 0)


def test_one_conversation_is_worked_on_by_one_worker_in_the_platforms_order(engine: Engine) -> None:
    box = Inbox(engine)
    box.store([said("b", order=2), said("a", order=1), said("z", "c2", order=9)])
    first, second = box.take("w1"), box.take("w2")
    assert first is not None and second is not None
    assert {first.event.conversation, second.event.conversation} == {"c1", "c2"}
    assert box.take("w3") is None
    mine = first if first.event.conversation == "c1" else second
    assert mine.event.event_id == "a"
    finish(engine, box, mine)
    after = box.take("w3")
    assert after is not None and after.event.event_id == "b"


def test_a_worker_that_lost_its_lease_leaves_no_trace(engine: Engine) -> None:
    clock = Clock()
    box = Inbox(engine, clock)
    box.store([said("1")])
    slow = box.take("slow", lease=60)
    assert slow is not None
    assert box.take("other") is None
    clock.now += 61
    other = box.take("other")
    assert other is not None and other.event.event_id == "1"
    with pytest.raises(LeaseLost):
        finish(engine, box, slow, name="chậm")
    finish(engine, box, other, name="nhanh")
    with pytest.raises(LeaseLost):
        finish(engine, box, other)
    assert box.take("third") is None
    assert box.waiting() == 0


def test_an_event_that_cannot_be_handled_is_left_after_some_tries_and_the_next_one_goes_on(engine: Engine) -> None:
    clock = Clock()
    box = Inbox(engine, clock)
    box.store([said("bad", order=1), said("good", order=2)])
    waits = []
    for attempt in range(MOST_ATTEMPTS):
        taken = box.take("w")
        assert taken is not None and taken.event.event_id == "bad"
        assert box.fail(taken, "ValueError") is (attempt == MOST_ATTEMPTS - 1)
        before = clock.now
        while attempt < MOST_ATTEMPTS - 1 and clock.now - before < 100:
            clock.now += 1
            if (again := box.take("look")) is not None:
                waits.append(clock.now - before)
                with writing(engine) as connection:
                    connection.exec_driver_sql("UPDATE conversations SET worker = '', worker_until = 0")
                assert again.attempts == attempt + 1
                break
    assert waits == sorted(waits) and waits[-1] > waits[0]
    taken = box.take("w")
    assert taken is not None and taken.event.event_id == "good"


def test_what_comes_while_a_worker_is_busy_is_not_forgotten(engine: Engine) -> None:
    box = Inbox(engine)
    box.store([said("1", order=1)])
    taken = box.take("w")
    assert taken is not None
    box.store([said("2", order=2)])
    assert box.take("other") is None
    finish(engine, box, taken)
    after = box.take("other")
    assert after is not None and after.event.event_id == "2" and after.recent == 1


def test_ten_times_delivered_at_once_is_stored_once(engine: Engine) -> None:
    box = Inbox(engine)
    deliveries = [said(str(n), f"c{n % 40}", order=n) for n in range(200)] * 10
    random.Random(3).shuffle(deliveries)
    parts = [deliveries[i : i + 7] for i in range(0, len(deliveries), 7)]
    with ThreadPoolExecutor(8) as pool:
        new = [flag for flags in pool.map(box.store, parts) for flag in flags]
    assert sum(new) == 200
    assert box.waiting() == 200


def test_workers_never_overlap_in_a_conversation_and_keep_its_order(engine: Engine) -> None:
    box = Inbox(engine)
    events = [said(f"{c}-{n}", f"c{c}", order=n) for c in range(12) for n in range(10)]
    box.store(events)
    seen: dict[str, list[int]] = defaultdict(list)
    inside: set[str] = set()
    lock = threading.Lock()
    overlaps: list[str] = []

    def work(name: str) -> None:
        while (taken := box.take(name)) is not None:
            key = taken.conversation.key
            with lock:
                overlaps.extend([key] if key in inside else [])
                inside.add(key)
                seen[key].append(taken.event.order)
            with lock:
                inside.discard(key)
            finish(engine, box, taken)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, ["a", "b", "c", "d"]))
    assert overlaps == []
    assert box.waiting() == 0
    assert dict(seen) == {f"c{c}": list(range(10)) for c in range(12)}


def test_a_body_that_cannot_be_read_is_kept_once(engine: Engine) -> None:
    box = Inbox(engine)
    box.keep_unread("plain", "h" * 64, "{…")
    box.keep_unread("plain", "h" * 64, "{…")
    with engine.connect() as connection:
        assert len(connection.execute(select(unread)).all()) == 1
        assert connection.execute(select(inbox_table)).all() == []


def test_a_lease_that_is_renewed_outlives_its_first_end(engine: Engine) -> None:
    clock = Clock()
    box = Inbox(engine, clock)
    box.store([said("1")])
    slow = box.take("slow", lease=20)
    assert slow is not None
    clock.now += 15
    box.renew(["slow", "nobody"], lease=20)
    clock.now += 15
    assert box.take("other") is None
    finish(engine, box, slow)


def test_two_turns_of_one_web_session_follow_each_other(engine: Engine) -> None:
    """As with two servers behind a proxy: none of the two questions is dropped."""
    box = Inbox(engine)
    first = box.open(said("1", channel=DIRECT), worker="web:1")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(box.open, said("2", channel=DIRECT), worker="web:2")
        time.sleep(0.3)
        assert not waiting.done()
        finish(engine, box, first)
        second = waiting.result(5)
    finish(engine, box, second)
    with engine.connect() as connection:
        assert connection.execute(select(inbox_table.c.state)).scalars().all() == ["done", "done"]


def test_a_web_turn_whose_process_is_gone_holds_the_next_one_up_for_a_while_only(engine: Engine) -> None:
    box = Inbox(engine)
    gone = box.open(said("1", channel=DIRECT), worker="web:1")
    taken = box.open(said("2", channel=DIRECT), worker="web:2", patience=0.2)
    with pytest.raises(LeaseLost):
        finish(engine, box, gone)
    finish(engine, box, taken)


def test_a_web_turn_that_failed_holds_nobody_up(engine: Engine) -> None:
    box = Inbox(engine)
    box.let_go(box.open(said("1", channel=DIRECT), worker="web:1"))
    begun = time.monotonic()
    finish(engine, box, box.open(said("2", channel=DIRECT), worker="web:2", patience=30))
    assert time.monotonic() - begun < 15
