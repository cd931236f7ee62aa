"""Erases people and looks for what is left of them in everything that was written.

python -m tests.bench.erasure [--people 100]

Each person asks, says things of themself, leaves a number, wants a reminder and an officer, complains of an answer; an officer answers.
All are exported once, erased, and exported again. Then every file of the installation is read byte by byte: database with its free pages,
write-ahead log, index, logs, the second export. Only the record of each erasure may be left. Status 1 when anything else is.
"""

from __future__ import annotations

import argparse
import csv
import json
import logging
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select

from bot.delivery.runtime import Parts, Runtime
from bot.delivery.tables import conversations, outbox
from bot.dialogue.answerer import KnowledgeAnswerer
from bot.messages import Answerer
from bot.outreach.erasure import finish
from bot.outreach.tables import consents, handoffs, lead_events, leads, reminders, requests, reviews
from bot.storage.migrate import migrate
from knowledge.store import open_engine
from tests.bot.delivery.plain import PlainChannel, body
from tests.bot.delivery.test_workers import deliver
from tests.bot.dialogue.people import Answers, find_place
from tests.models import prepared_models

PATIENCE = 600.0


def marks(person: int) -> dict[str, str]:
    """What can be known of a person: each is found nowhere else."""
    return {
        "key": f"khoa-{person:04d}-q7x", "name": f"Nguyễn Đặc Danh{chr(65 + person % 26)}{chr(97 + person // 26)}",
        "phone": f"0900{person:06d}", "question": f"câu riêng số {person:04d} của tôi", "story": f"chuyện lạ nhà {person:04d}",
        "staff": f"lời cán bộ {person:04d}",
    }  # fmt: skip


def talk(runtime: Runtime, channel: PlainChannel, person: int) -> None:
    """Everything one person says before they want to be forgotten."""
    mark = marks(person)
    said = [
        f"{mark['question']}, tôi hộ cận nghèo?", mark["story"], "@wrong", "/dangky", "đồng ý", mark["name"], mark["phone"], "ba tơ",
        "đúng rồi", "nhắc tôi hạn đóng hằng tháng", "đồng ý", "tôi muốn gặp cán bộ",
    ]  # fmt: skip
    say(runtime, channel, person, said)
    number = max(row.number for row in runtime.handover.rows())
    runtime.handover.take(number, "hoa")
    runtime.handover.say(number, "hoa", mark["staff"])


def say(runtime: Runtime, channel: PlainChannel, person: int, texts: list[str], start: int = 0) -> None:
    """The person writes; each message is handled before the next."""
    for n, text in enumerate(texts, start):
        deliver(runtime, channel, body(f"{person}-{n}", marks(person)["key"], text, n))
        while runtime._workers.step("w"):
            pass


def export(engine: Engine, file: Path) -> None:
    """What staff would export."""
    with engine.connect() as connection, file.open("w", encoding="utf-8") as out:
        writer = csv.writer(out)
        for table in (leads, lead_events, reviews, consents, handoffs, reminders, outbox, requests):
            writer.writerows([str(v) for v in row] for row in connection.execute(select(table)))


def traces(folder: Path, people: int, *, without: Path) -> dict[str, list[str]]:
    """For each file the marks that stand in it, as UTF-8, as escaped JSON or as UTF-16."""
    found: dict[str, list[str]] = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p != without):
        written = path.read_bytes()
        for person in range(people):
            for mark in marks(person).values():
                national = mark.removeprefix("0") if mark.isdecimal() else mark
                forms = (national.encode(), ascii(national)[1:-1].encode(), national.encode("utf-16-le"))
                if any(form in written for form in forms):
                    found.setdefault(path.relative_to(folder).as_posix(), []).append(mark)
    return found


def answerer_of(folder: Path) -> tuple[Answerer, Any]:
    """The real knowledge in the same folder, so that its index and vectors are looked through as well."""
    from tests.quality.gate import starter_system

    (folder / "models").symlink_to(prepared_models(), target_is_directory=True)
    system = starter_system(folder)
    return KnowledgeAnswerer(system.knowledge, system.clock), system


def main() -> int:
    """Runs it; 0 when nothing is left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--plain", action="store_true", help="answer without the real knowledge (faster, no index)")
    given = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        handler = logging.FileHandler(folder / "bot.log", encoding="utf-8")
        logging.getLogger().addHandler(handler)
        logging.getLogger().setLevel(logging.DEBUG)
        answerer, system = (Answers(), None) if given.plain else answerer_of(folder)
        engine = open_engine(f"sqlite:///{folder / 'tuvan.sqlite3'}")
        migrate(engine)
        channel = PlainChannel()
        quiet = Parts(answer=False, send=True, poll=False)
        runtime = Runtime(engine, {"plain": channel}, answerer, parts=quiet, per_minute=10_000, find_place=find_place)
        runtime.start()
        for person in range(given.people):
            talk(runtime, channel, person)
        wait(engine)
        export(engine, folder / "before.csv")
        kept = traces(folder, given.people, without=folder / "bot.log")
        for person in range(given.people):
            say(runtime, channel, person, ["/xoa"], start=90)
        wait(engine)
        finish(engine, time.time())
        (folder / "before.csv").unlink()  # an export is a file of whoever made it
        export(engine, folder / "after.csv")
        with engine.connect() as connection:
            records = connection.execute(
                select(func.count()).select_from(requests).where(requests.c.kind == "erase")
            ).scalar_one()
            people = connection.execute(
                select(func.count()).select_from(conversations).where(conversations.c.person != "")
            ).scalar_one()
        runtime.stop()
        engine.dispose()
        if system is not None:
            system.close()
        handler.close()
        left = traces(folder, given.people, without=folder / "none")
    print(json.dumps({
        "people": given.people, "marks": 6 * given.people, "files with marks before": sorted(kept), "files with traces after": left,
        "traces": sum(map(len, left.values())), "records of erasure": records, "people still named": people,
        "seconds": round(time.monotonic() - begun, 1),
    }, indent=2, ensure_ascii=False))  # fmt: skip
    sound = "before.csv" in kept and "tuvan.sqlite3" in kept and records == given.people
    return int(bool(left) or bool(people) or not sound)


def wait(engine: Engine) -> None:
    """Until every message has been sent: receipts too."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        with engine.connect() as connection:
            waiting = connection.execute(
                select(func.count()).select_from(outbox).where(outbox.c.state.in_(("waiting", "sending")))
            ).scalar_one()
        if not waiting:
            return
        time.sleep(0.1)
    raise TimeoutError("messages are still waiting")


if __name__ == "__main__":
    sys.exit(main())
