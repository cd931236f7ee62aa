"""Kills a process again and again while people leave their numbers; the platform delivers again what got no answer.

python -m tests.bench.kill_leads [--kills 1000] [--people 40]

After each kill the conversation must stand where its last finished turn left it, and in the end every person who confirmed is one
lead with a consent, every message has had one answer, and the database is sound. Status 1 when anything was lost or doubled.
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

STEPS = ["mức đóng?", "/dangky", "đồng ý", "Nguyễn Thị Lan", "{phone}", "ba tơ", "đúng rồi"]


def steps(person: int) -> list[bytes]:
    """What a person says, as the platform delivers it."""
    phone = f"09{person:08d}"
    return [body(f"{person}-{n}", f"p{person}", said.format(phone=phone), n) for n, said in enumerate(STEPS)]


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


def run(folder: Path, kills: int, people: int, seed: int = 1) -> dict[str, Any]:
    """The figures of `kills` kills over `people` dialogues, several rounds of people when they are used up."""
    url = f"sqlite:///{folder / 'leads.sqlite3'}"
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()
    chance, context = random.Random(seed), multiprocessing.get_context("fork")
    begun, killed, first = time.perf_counter(), 0, 0
    todo: list[bytes] = []
    while killed < kills or todo:
        if not todo:
            rows = [steps(n) for n in range(first, first + people)]
            first += people
            while any(rows):
                row = chance.choice([r for r in rows if r])
                todo.append(row.pop(0))
        answered = context.SimpleQueue()
        # sometimes it is let to the end, or the last people would never finish
        after = chance.uniform(0.001, 0.12) if killed < kills else 60.0
        process = context.Process(target=work, args=(url, todo, answered, after))
        process.start()
        process.join()
        killed += process.exitcode == -signal.SIGKILL
        done = set()
        while not answered.empty():
            done.add(answered.get())
        todo = [one for one in todo if one not in done]
    return judged(url, first) | {"kills": killed, "seconds": round(time.perf_counter() - begun, 1)}


def judged(url: str, people: int) -> dict[str, Any]:
    """What is in the database after the last dialogue has come to its end."""
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
        events = list(connection.execute(select(inbox.c.id)).scalars())
        open_forms = sum("form" in state for state in connection.execute(select(conversations.c.state)).scalars())
        sound = connection.execute(text("PRAGMA integrity_check")).scalar_one()
    engine.dispose()
    return {
        "people": people, "leads": len(found), "lost": people - len(found), "doubled": sum(n > 1 for n in found.values()),
        "without_consent": sum(agreed[p] != 1 for p in found), "unanswered": sum(answers[e] == 0 for e in events),
        "events": len(events), "left_in_a_form": open_forms, "integrity": sound,
    }  # fmt: skip


def main() -> int:
    """Prints one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--people", type=int, default=40)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = run(Path(folder), arguments.kills, arguments.people)
    sys.stdout.write(json.dumps(found) + "\n")
    bad = ("lost", "doubled", "without_consent", "unanswered", "left_in_a_form")
    return int(any(found[key] for key in bad) or found["integrity"] != "ok")


if __name__ == "__main__":
    sys.exit(main())
