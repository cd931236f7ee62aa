"""Cuts the power again and again while people leave their numbers (SQLite).

python -m tests.soak.power [--cuts 200] [--people 4] [--journal wal|delete] [--synchronous NORMAL] [--seed 1]

One process holds the dialogues and has everything recorded that SQLite writes and syncs (`recording`). Then, for each cut, the files are
made as a disk leaves them whose power went at that moment, and the program goes on with them: what was acknowledged must be there, the
database sound, and once the platform has delivered the rest again everybody is one lead. `--synchronous NORMAL` shows that the trial
would notice. Status 1 when anything was lost, doubled or unsound.
"""

from __future__ import annotations

import argparse
import json
import pickle
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Engine, event, select

from bot.delivery.tables import inbox
from bot.storage.migrate import migrate
from knowledge.store import open_engine, reading, sqlite_module
from tests.bench.kill_leads import BAD, house, judged, mixed
from tests.bot.delivery.plain import PlainChannel
from tests.bot.delivery.test_workers import deliver
from tests.soak.recording import Op, install, moments

NAME = "leads.sqlite3"
_OLD = (3, 40, 1)  # of a library that gets the rollback journal


def opened(folder: Path, journal: str, synchronous: str = "") -> Engine:
    """The program's own engine, as it is with a library that gets this journal."""
    real = sqlite_module()
    told = {"sqlite_version_info": _OLD} if journal == "delete" else {}
    module: Any = SimpleNamespace(**{name: getattr(real, name) for name in dir(real)} | told)
    engine = open_engine(f"sqlite:///{folder / NAME}", module=module)
    if synchronous:
        event.listen(engine, "connect", lambda c, _: c.execute(f"PRAGMA synchronous={synchronous}").close())
    return engine


def record(folder: Path, people: int, journal: str, synchronous: str, seed: int) -> None:
    """Holds the dialogues of `people` and writes down everything that was done. For a process of its own."""
    ops: list[Op] = []
    install(ops.append)
    engine = opened(folder, journal, synchronous)
    migrate(engine)
    channel = PlainChannel()
    runtime = house(engine, channel)
    runtime.acceptor.start()
    ops.append(Op("mark", ""))
    for one in mixed(range(people), random.Random(seed)):
        deliver(runtime, channel, one)
        ops.append(Op("mark", "acknowledged", data=one))
        while runtime._workers.step("w"):
            pass
    runtime.acceptor.stop()
    (folder / "ops.pickle").write_bytes(pickle.dumps(ops))


def recorded(folder: Path, people: int, journal: str = "wal", synchronous: str = "", seed: int = 1) -> list[Op]:
    """What `record` wrote down."""
    words = [str(folder), "--people", str(people), "--journal", journal, "--synchronous", synchronous]
    command = [sys.executable, "-m", "tests.soak.power", "--seed", str(seed), "--record", *words]
    subprocess.run(command, check=True, cwd=Path(__file__).parents[2])
    found: list[Op] = pickle.loads((folder / "ops.pickle").read_bytes())
    return found


def trial(
    folder: Path, cuts: int, people: int, journal: str = "wal", synchronous: str = "", seed: int = 1
) -> dict[str, Any]:
    """The figures of `cuts` power cuts."""
    ops = recorded(folder, people, journal, synchronous, seed)
    chance = random.Random(seed)
    lost = unsound = leads = wrong = 0
    everything = list(mixed(range(people), random.Random(seed)))
    for number, (done, disk) in enumerate(moments(ops, cuts, chance)):
        place = folder / f"cut{number}"
        place.mkdir()
        disk.cut(place, chance, kept=(0.0, 0.5, 0.9)[number % 3])
        acknowledged = [op.data for op in ops[:done] if op.name == "acknowledged"]
        found = after(place, journal, acknowledged, everything)
        lost += found["lost_acknowledged"]
        unsound += found["integrity"] != "ok"
        leads += found["leads"]
        wrong += sum(found[key] for key in BAD if key != "lost_acknowledged")
        for file in place.iterdir():
            file.unlink()
    syncs = sum(op.kind == "sync" for op in ops)
    return {
        "journal": journal, "cuts": cuts, "ops": len(ops), "syncs": syncs, "people": people, "lost_acknowledged": lost,
        "unsound": unsound, "leads": leads, "wrong_in_the_end": wrong,
    }  # fmt: skip


def after(folder: Path, journal: str, acknowledged: list[bytes], everything: list[bytes]) -> dict[str, Any]:
    """The program starts again on what the cut left; the platform delivers what had no answer."""
    engine = opened(folder, journal)
    with reading(engine) as connection:
        sound = connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
    migrate(engine)  # as each start does; where nothing was synced not even the tables are there
    with reading(engine) as connection:
        stored = set(connection.execute(select(inbox.c.event_id)).scalars())
    lost = sum(json.loads(one)["id"] not in stored for one in acknowledged)
    channel = PlainChannel()
    runtime = house(engine, channel)
    runtime.acceptor.start()
    if not lost:
        for one in everything[len(acknowledged) :]:
            deliver(runtime, channel, one)
    runtime.acceptor.stop()
    engine.dispose()
    people = len({json.loads(one)["chat"] for one in everything})
    found = judged(str(engine.url), people) if not lost else dict.fromkeys(("leads", *BAD), 0)
    return found | {"lost_acknowledged": lost, "integrity": sound if sound != "ok" else found.get("integrity", "ok")}


def main() -> int:
    """Prints one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cuts", type=int, default=200)
    parser.add_argument("--people", type=int, default=4)
    parser.add_argument("--journal", choices=("wal", "delete"), default="wal")
    parser.add_argument("--synchronous", default="")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--record", type=Path, help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.record:
        record(told.record, told.people, told.journal, told.synchronous, told.seed)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        found = trial(Path(folder), told.cuts, told.people, told.journal, told.synchronous, told.seed)
    sys.stdout.write(json.dumps(found | {"target": "0 lost, 0 unsound, 0 wrong in the end"}) + "\n")
    return int(any(found[key] for key in ("lost_acknowledged", "unsound", "wrong_in_the_end")))


if __name__ == "__main__":
    sys.exit(main())
