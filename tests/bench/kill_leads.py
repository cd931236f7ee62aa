"""Kills a process again and again while people leave their numbers; the platform delivers again what got no answer.

python -m tests.bench.kill_leads [--kills 1000] [--people 40] [--backend sqlite|postgresql]

After each kill the conversation must stand where its last finished turn left it, and in the end every person who confirmed is one
lead with a consent, every message that was acknowledged is there and has had one answer, and the database is sound. Status 1 when
anything was lost or doubled.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select, text

from bot.delivery.runtime import Parts, Runtime
from bot.delivery.tables import conversations, inbox, outbox
from bot.outreach.tables import consents, leads
from bot.storage.migrate import migrate
from knowledge.store import open_engine
from tests.bot.delivery.plain import PlainChannel, body
from tests.bot.delivery.test_workers import deliver
from tests.bot.dialogue.people import Answers, find_place
from tests.knowledge.store.databases import empty_database

BAD = ("lost", "doubled", "lost_acknowledged", "without_consent", "without_outbox", "unanswered", "left_in_a_form")
"""Figures that must be 0."""
_LONGEST = {"sqlite": 0.12, "postgresql": 0.5}  # seconds until a kill: connecting to a server takes part of them
STEPS = ["mức đóng?", "/dangky", "đồng ý", "Nguyễn Thị Lan", "{phone}", "ba tơ", "đúng rồi"]


def steps(person: int) -> list[bytes]:
    """What a person says, as the platform delivers it."""
    phone = f"09{person:08d}"
    return [body(f"{person}-{n}", f"p{person}", said.format(phone=phone), n) for n, said in enumerate(STEPS)]


def mixed(people: Iterable[int], chance: random.Random) -> Iterator[bytes]:
    """What they all say, each in order, one among the others."""
    rows = [steps(n) for n in people]
    while any(rows):
        yield chance.choice([r for r in rows if r]).pop(0)


def house(engine: Engine, channel: PlainChannel) -> Runtime:
    """An installation whose worker is stepped by hand."""
    quiet = Parts(answer=False, send=False, poll=False)
    return Runtime(engine, {"plain": channel}, Answers(), parts=quiet, per_minute=10_000, find_place=find_place)


def work(url: str, todo: list[bytes], acknowledged: Any, after: float) -> None:
    """Takes deliveries and handles them until it is killed `after` seconds, in the middle of whatever it does."""
    signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    engine = open_engine(url)
    channel = PlainChannel()
    runtime = house(engine, channel)
    runtime.acceptor.start()
    signal.setitimer(signal.ITIMER_REAL, after)
    for one in todo:
        deliver(runtime, channel, one)
        acknowledged.put(one)
        while runtime._workers.step("w"):
            pass
    while runtime._workers.step("w"):
        pass
    os._exit(0)


def run(folder: Path, kills: int, people: int, seed: int = 1, backend: str = "sqlite") -> dict[str, Any]:
    """The figures of `kills` kills over `people` dialogues, several rounds of people when they are used up."""
    with empty_database(backend, folder) as engine:
        migrate(engine)
        url = engine.url.render_as_string(hide_password=False)
        engine.dispose()
        return {"backend": backend} | _killed(url, kills, people, random.Random(seed), _LONGEST[backend])


def _killed(url: str, kills: int, people: int, chance: random.Random, longest: float) -> dict[str, Any]:
    context = multiprocessing.get_context("fork")
    begun, killed, first = time.perf_counter(), 0, 0
    todo: list[bytes] = []
    acknowledged: set[str] = set()
    while killed < kills or todo:
        if not todo:
            todo = list(mixed(range(first, first + people), chance))
            first += people
        answered = context.SimpleQueue()
        # sometimes it is let to the end, or the last people would never finish
        after = chance.uniform(0.001, longest) if killed < kills else 60.0
        process = context.Process(target=work, args=(url, todo, answered, after))
        process.start()
        process.join()
        killed += process.exitcode == -signal.SIGKILL
        done = set()
        while not answered.empty():
            done.add(answered.get())
        acknowledged |= {json.loads(one)["id"] for one in done}
        todo = [one for one in todo if one not in done]
    found = judged(url, first, acknowledged)
    return found | {
        "acknowledged": len(acknowledged),
        "kills": killed,
        "seconds": round(time.perf_counter() - begun, 1),
    }


def judged(url: str, people: int, acknowledged: Iterable[str] = ()) -> dict[str, Any]:
    """What is in the database after the last dialogue has come to its end; `acknowledged` are the events the platform was told of."""
    engine = open_engine(url)
    runtime = house(engine, PlainChannel())
    with engine.begin() as connection:  # the lease of the worker that was killed last
        connection.execute(conversations.update().values(worker_until=0.0))
    while runtime._workers.step("end"):
        pass
    with engine.connect() as connection:
        found = Counter(connection.execute(select(leads.c.person)).scalars())
        agreed = Counter(connection.execute(select(consents.c.person)).scalars())
        answers = Counter(
            connection.execute(select(outbox.c.inbox_id).where(outbox.c.piece["text"].is_not(None))).scalars()
        )
        events = {row.event_id: row.id for row in connection.execute(select(inbox.c.id, inbox.c.event_id))}
        open_forms = sum("form" in state for state in connection.execute(select(conversations.c.state)).scalars())
        # PostgreSQL has no such question for its clients; what it kept is counted all the same.
        sqlite = engine.dialect.name == "sqlite"
        sound = connection.execute(text("PRAGMA integrity_check")).scalar_one() if sqlite else "ok"
    engine.dispose()
    last = len(STEPS) - 1  # the event that made the lead
    return {
        "people": people, "leads": len(found), "lost": people - len(found), "doubled": sum(n > 1 for n in found.values()),
        "lost_acknowledged": sum(e not in events for e in acknowledged), "without_consent": sum(agreed[p] != 1 for p in found),
        "without_outbox": sum(answers[events.get(f"{p[1:]}-{last}", -1)] == 0 for p in found),
        "unanswered": sum(answers[e] == 0 for e in events.values()), "events": len(events), "left_in_a_form": open_forms,
        "integrity": sound,
    }  # fmt: skip


def main() -> int:
    """Prints one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--backend", choices=("sqlite", "postgresql"), default="sqlite")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = run(Path(folder), arguments.kills, arguments.people, backend=arguments.backend)
    sys.stdout.write(json.dumps(found) + "\n")
    return int(any(found[key] for key in BAD) or found["integrity"] != "ok")


if __name__ == "__main__":
    sys.exit(main())
