"""How long the console's pages take on a made-up province (`tuvan demo`): 96 communes, 5,000 leads, 50,000 conversations.

python -m tests.bench.console [--rounds 40]

Requests go through the application in this process, one at a time, signed in as the administrator: rendering and SQL, no network.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import tempfile
import time
from pathlib import Path

from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from bot.messages import ChatReply, Reply
from bot.outreach.communes import load_communes
from bot.staff.access import Role
from bot.staff.console import SECOND_FACTOR, Console
from bot.staff.demo import fill
from bot.staff.seeking import with_words
from bot.storage.migrate import migrate
from bot.web.app import create_app
from bot.web.assets import Assets
from knowledge.store import open_engine

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "một câu dài dễ nhớ"
SOUGHT = with_words({}, "nguyen thi")
"""The address holds a name of the search, a cookie what was typed."""
MORE = (
    "/staff/lead?xem=all", f"/staff/lead?xem=all&tim={SOUGHT[0]}", "/staff/lead?xem=all&trang=60", "/staff/lead/100",
)  # fmt: skip


class Nobody:
    """Answers everything alike."""

    def answer(self, text: str, *, session: str) -> ChatReply:
        return ChatReply("answered", (Reply("đáp"),), "card")


def measure(folder: Path, rounds: int) -> dict[str, dict[str, float]]:
    """Milliseconds (p50, p95) and bytes of each page."""
    engine = open_engine(f"sqlite:///{folder / 'demo.sqlite3'}")
    migrate(engine)
    units = load_communes()
    fill(engine, units.units, time.time())
    made: list[Console] = []

    def console(assets: Assets) -> Console:
        made.append(Console(engine, b"k" * 32, units, assets=assets, hasher=CHEAP))
        return made[0]

    client = TestClient(create_app(Nobody(), console=console), base_url="http://testserver")
    accounts = made[0].accounts
    first = accounts.add("admin", "Quản trị", Role.ADMIN, by="bench")
    accounts.set_password(next(p for p in accounts.everybody() if p.login == "admin"), first, PASSWORD, PASSWORD)
    token = re.search(r'name="csrf" value="([^"]+)"', client.get("/staff/dang-nhap").text)
    assert token is not None
    client.post("/staff/dang-nhap", data={"csrf": token[1], "login": "admin", "password": PASSWORD})
    client.cookies.set(made[0].sought, SOUGHT[1])
    paths = [r.path for r in made[0].routes if r.method == "GET" and "{" not in r.path and r.path != SECOND_FACTOR]
    found: dict[str, dict[str, float]] = {}
    for path in [*paths, *MORE]:
        took, size = [], 0
        for _ in range(rounds):
            started = time.perf_counter()
            answer = client.get(path, headers={"accept": "text/html"})
            took.append((time.perf_counter() - started) * 1000)
            assert answer.status_code < 500, path
            size = len(answer.content)
        took.sort()
        found[path] = {
            "p50_ms": round(statistics.median(took), 1), "p95_ms": round(took[int(len(took) * 0.95) - 1], 1), "bytes": size
        }  # fmt: skip
    engine.dispose()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.console", description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(Path(folder), arguments.rounds), indent=1))


if __name__ == "__main__":
    main()
