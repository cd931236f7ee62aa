"""What only comes as a repeat is taken, and two bots by mistake are one."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from bot.channels.registry import channels_of
from bot.delivery.runtime import Parts, Runtime
from bot.delivery.tables import conversations, inbox, outbox
from knowledge.store import writing
from tests.bot.channels.drivers import person_on, until
from tests.bot.channels.test_storms import WEBHOOKS, Echo
from tests.emulators import Fault
from tests.processes import free_port


@pytest.mark.parametrize("way", WEBHOOKS)
def test_what_arrives_only_as_a_repeat_is_taken_once(way: str, tmp_path: Path) -> None:
    """The first copy is lost on its way; what comes says that it is a repeat where the platform does so."""
    echo = Echo()
    with person_on(way, tmp_path, echo, parts=Parts(send=False)) as person:
        hook = person.emulator.webhook
        hook.scale = 0.0
        here, hook.url = hook.url, f"http://127.0.0.1:{free_port()}/nobody"
        for n in range(60):
            person.say(f"p{n % 12}", f"câu {n}")
        assert not [d for d in hook.deliveries if d.accepted]
        hook.url = here
        until(lambda: not hook.retry_due() and hook.pending == 0, 60)
        until(lambda: person.runtime.inbox.waiting() == 0, 60)
        with person.house.engine.connect() as connection:
            stored = connection.execute(select(func.count()).select_from(inbox)).scalar_one()
            said = connection.execute(select(func.count()).select_from(outbox)).scalar_one()
    assert (stored, said) == (60, 60)
    assert set(echo.asked.values()) == {1} and len(echo.asked) == 60


def test_a_second_bot_over_the_same_database_stands_by_and_takes_over(tmp_path: Path) -> None:
    echo = Echo()
    with person_on("telegram polling", tmp_path, echo) as person:
        person.say("lan", "câu 0")
        person.wait("lan", 1)
        channels = channels_of(person.house.settings, person.house.engine)
        second = Runtime(
            person.house.engine, channels.by_name, echo, polled=channels.polled, per_minute=10_000, workers=2
        )
        second.start()
        try:
            for n in range(1, 41):
                person.say(f"p{n % 8}", f"câu {n}")
            until(lambda: len(echo.asked) == 41 and second.inbox.waiting() == 0, 60)
            until(lambda: not second.outbox.count("waiting") and not second.outbox.count("sending"), 60)
            person.down()
            person.say("lan", "câu 41")
            until(lambda: any(t.endswith("câu 41") for t in person.heard("lan")), 60, "nobody took over")
        finally:
            second.stop()
        heard = [text for n in range(8) for text in person.heard(f"p{n}")] + person.heard("lan")
        polls = person.emulator.calls("getUpdates")
        assert set(echo.asked.values()) == {1}
        assert sorted(text.rsplit("đáp: ", 1)[-1] for text in heard) == sorted(f"câu {n}" for n in range(42))
        assert polls and not any(call.status == 409 for call in polls), "both asked the platform at once"
        person.up()  # the driver ends what it has begun


@pytest.mark.parametrize("way", ["telegram webhook", "zalo_oa webhook", "zalo_bot polling"])
def test_an_answer_that_was_taken_and_whose_word_was_lost_is_repeated_once(way: str, tmp_path: Path) -> None:
    echo = Echo()
    with person_on(way, tmp_path, echo) as person:
        method = "message/cs" if "oa" in way else "sendMessage"
        person.emulator.faults.add(method, *[Fault("reset", applied=True)] * 20)
        for n in range(20):
            person.say(f"p{n}", f"câu {n}")
        until(lambda: person.runtime.inbox.waiting() == 0, 60)
        until(lambda: len(person.emulator.calls(method)) >= 20 and not person.runtime.outbox.count("sending"), 60)
        assert person.runtime.outbox.count("waiting") == 20, "nobody knows whether they arrived"
        with writing(person.house.engine) as connection:  # as if the wait before the repeat were over
            connection.execute(update(outbox).values(due_at=0.0))
            connection.execute(update(conversations).where(conversations.c.outbox_due > 0).values(outbox_due=0.0))
        until(lambda: person.runtime.outbox.count("sent") == 20, 60)
        heard = [len(person.heard(f"p{n}")) for n in range(20)]
        marked = person.runtime.outbox.letters(states=["sent"])
        assert heard == [2] * 20 and set(echo.asked.values()) == {1}
        assert len(marked) == 20 and all("có thể đã gửi hơn một lần" in letter.problem for letter in marked)
