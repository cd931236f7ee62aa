"""The clock of a machine jumps an hour or a day, forward or back: nothing is lost or doubled, and nothing waits longer than it should."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter

import pytest
from sqlalchemy import Engine, select, update

from bot.channels.contract import Later
from bot.channels.zalo_oa_tokens import TokenStore
from bot.delivery.inbox import DIRECT, LEASE_SECONDS, Inbox
from bot.delivery.leases import ChannelStates
from bot.delivery.outbox import Outbox
from bot.delivery.pages import is_open
from bot.delivery.sender import Sender
from bot.delivery.tables import conversations, outbox, tokens
from bot.delivery.tables import inbox as inbox_table
from bot.outreach.handover import KEEP, Handover
from knowledge.store import writing
from tests.bot.delivery.plain import PlainChannel
from tests.bot.delivery.test_inbox import Clock, finish, said
from tests.bot.delivery.test_outbox import all_done, people, queue
from tests.emulators import ZaloOAEmulator, serving

HOUR, DAY = 3600.0, 86_400.0
JUMPS = [HOUR, -HOUR, DAY, -DAY]
BACK = [-HOUR, -DAY]


class Hands(Clock):
    """A clock that goes on by itself, as a machine's does, and can be put back or forward."""

    def __init__(self) -> None:
        super().__init__(0.0)

    def __call__(self) -> float:
        return time.time() + self.now


def test_repeats_with_days_between_their_clocks_have_one_effect_each(engine: Engine) -> None:
    chance, clock = random.Random(4), Clock()
    box = Inbox(engine, clock)
    begun = clock.now
    # The platform's own order is by its clock, which may be a day away from ours.
    events = [said(f"e{n}", f"c{n % 20}", order=n + chance.choice([0, 86_400, -86_400])) for n in range(120)] * 5
    chance.shuffle(events)
    new = 0
    for at in range(0, len(events), 15):
        clock.now = begun + at + chance.choice([0.0, *JUMPS])
        new += sum(box.store(events[at : at + 15]))
    assert new == 120
    done: Counter[str] = Counter()
    for _ in range(2_000):
        clock.now = begun + chance.choice([0.0, *JUMPS])
        if (taken := box.take("w")) is None:
            if not box.waiting():
                break
            continue
        finish(engine, box, taken)
        done[taken.event.event_id] += 1
    assert dict(done) == {f"e{n}": 1 for n in range(120)}


@pytest.mark.parametrize("jump", JUMPS)
def test_what_came_before_the_jump_is_taken_at_once(engine: Engine, jump: float) -> None:
    clock = Clock()
    box = Inbox(engine, clock)
    box.store([said("1")])
    clock.now += jump
    assert box.take("w") is not None


@pytest.mark.parametrize("jump", JUMPS)
def test_the_lease_of_a_worker_that_died_ends_soon_after_the_jump(engine: Engine, jump: float) -> None:
    clock = Clock()
    box = Inbox(engine, clock)
    box.store([said("1"), said("2", "c2", channel=DIRECT)])
    assert box.take("dead") is not None
    with writing(engine) as connection:
        connection.execute(
            update(conversations)
            .where(conversations.c.channel == DIRECT)
            .values(worker_until=clock.now + LEASE_SECONDS)
        )
    clock.now += jump + 2 * LEASE_SECONDS
    assert box.take("next") is not None
    begun = time.monotonic()
    assert box.open(said("3", "c2", channel=DIRECT), worker="page", patience=60) is not None
    assert time.monotonic() - begun < 30, "a web turn waited for the lease of another time"


@pytest.mark.parametrize("jump", JUMPS)
def test_nobody_is_taken_for_a_flooder_because_of_what_was_said_at_another_time(engine: Engine, jump: float) -> None:
    clock = Clock()
    box = Inbox(engine, clock)
    box.store([said(str(n), order=n) for n in range(40)])
    with writing(engine) as connection:
        connection.execute(update(inbox_table).values(state="done"))
    clock.now += jump
    box.store([said("after", order=99)])
    taken = box.take("w")
    assert taken is not None and taken.event.event_id == "after"
    assert taken.recent == 0


@pytest.mark.parametrize("jump", JUMPS)
def test_the_right_to_send_passes_on_after_the_jump(engine: Engine, jump: float) -> None:
    clock = Clock()
    states = ChannelStates(engine, clock)
    assert states.hold("plain", "died", 60.0)
    clock.now += jump + 61
    assert states.hold("plain", "next")
    assert not states.hold("plain", "died")


@pytest.mark.parametrize("jump", JUMPS)
def test_messages_go_out_although_the_clock_jumps_while_they_wait(engine: Engine, jump: float) -> None:
    """One waits for its next try, one behind it, one in another conversation, when the clock jumps under a running sender."""
    hands = Hands()
    homes = people(engine, 2, hands)
    box = Outbox(engine, hands)
    queue(engine, box, homes[0], "một", "hai")
    troubles: list[Exception | None] = [Later("bận", after=1.5)]
    channel = PlainChannel(trouble=lambda: troubles.pop() if troubles else None)

    async def main() -> None:
        stop = asyncio.Event()
        sender = Sender(channel, box, ChannelStates(engine, hands), "test", clock=hands)
        task = asyncio.create_task(sender.run(stop))
        ends = time.monotonic() + 60
        while not channel.calls and time.monotonic() < ends:
            await asyncio.sleep(0.02)
        while box.count("sending") and time.monotonic() < ends:  # the refusal is written down
            await asyncio.sleep(0.02)
        await asyncio.to_thread(queue, engine, box, homes[1], "ba")
        hands.now += jump
        while not all_done(box) and time.monotonic() < ends:
            await asyncio.sleep(0.05)
        stop.set()
        sender.wake()
        await task

    asyncio.run(main())
    assert Counter(channel.delivered) == Counter([("c0", "một"), ("c0", "hai"), ("c1", "ba")])
    assert channel.early == 0 or jump > 0, "a wait that was told is over by a clock that was put forward, once"


@pytest.mark.parametrize("jump", BACK)
def test_what_a_process_of_the_wrong_time_has_queued_is_sent_after_a_start(engine: Engine, jump: float) -> None:
    hands = Hands()
    (home,) = people(engine, 1, hands)
    queue(engine, Outbox(engine, hands), home, "một")
    hands.now += jump
    box = Outbox(engine, hands)
    box.clock_was_put_back("plain")
    with engine.connect() as connection:
        (due,) = connection.execute(select(outbox.c.due_at)).scalars()
        (home_due,) = connection.execute(select(conversations.c.outbox_due)).scalars()
    assert due <= hands() and home_due <= hands()
    assert [m.piece.text for m in box.take("plain", 5)] == ["một"]


def test_a_message_that_must_wait_is_not_sent_early_by_a_clock_that_is_right(engine: Engine) -> None:
    hands = Hands()
    (home,) = people(engine, 1, hands)
    box = Outbox(engine, hands)
    queue(engine, box, home, "một")
    (message,) = box.take("plain", 5)
    box.put_back(message, 600.0)
    box.clock_was_put_back("plain")
    assert box.take("plain", 5) == []


@pytest.mark.parametrize("jump", BACK)
def test_an_officer_who_has_a_conversation_does_not_keep_it_for_longer(engine: Engine, jump: float) -> None:
    now = 1_795_000_000.0
    (home,) = people(engine, 1, lambda: now)
    with writing(engine) as connection:
        connection.execute(update(conversations).values(staff_until=now + KEEP))
    now += jump
    desk = Handover(engine, Outbox(engine, lambda: now), clock=lambda: now)
    desk.round(now)
    desk.round(now + KEEP + 60)
    with engine.connect() as connection:
        assert connection.execute(select(conversations.c.staff_until)).scalar_one() == 0.0
    assert home


@pytest.mark.parametrize("jump", BACK)
def test_a_claim_on_the_tokens_that_was_left_behind_is_taken_over(engine: Engine, jump: float) -> None:
    emulator = ZaloOAEmulator()
    with serving(emulator):
        store = TokenStore(
            engine, emulator.app_id, app_secret=emulator.app_secret, oauth_url=emulator.url,
            seed_access=emulator.oauth.access_token, seed_refresh=emulator.oauth.refresh_token,
        )  # fmt: skip
        first = asyncio.run(store.current())
        with writing(engine) as connection:  # claimed by a process of the wrong time that died
            connection.execute(update(tokens).values(refreshing_since=time.time() - jump))
        renewed = asyncio.run(asyncio.wait_for(store.refused(first), 40))
        assert renewed == emulator.oauth.access_token != first


@pytest.mark.parametrize("jump", JUMPS)
def test_a_page_that_looked_at_another_time_is_not_open(jump: float) -> None:
    assert is_open(1_795_000_000.0, 1_795_000_000.0 + 10)
    assert not is_open(1_795_000_000.0, 1_795_000_000.0 + jump)
