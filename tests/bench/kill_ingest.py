"""Kills ingestion with signal 9 at random moments: does the old index answer on, and does the next run complete?

python -m tests.bench.kill_ingest [--real] [--kills 200] [--seed 1]

With `--real` the command `tuvan ingest` itself is killed (`kill_real_ingest`). Without it each trial adds a few documents
to the same installation in a process of its own (publish, embed, build a generation), kills it somewhere, and asks 50
questions. Prints one line of JSON; ends with status 1 when a promise was broken.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from knowledge.index import open_live
from knowledge.store import reading
from tests.bench import kill_real_ingest
from tests.knowledge.index.worlds import DIMENSION, World, articles, directions, open_world

ARTICLES = 150  # of each document
_ROOT = Path(__file__).parents[2]
_INGEST = """
import sys
from pathlib import Path
from tests.bench.kill_ingest import ingest
ingest(Path(sys.argv[1]), int(sys.argv[2]))
"""


def ingest(root: Path, documents: int) -> None:
    """Brings in documents until there are `documents`, then builds."""
    world = open_world(root)
    for number in range(len(world.store.documents()), documents):
        world.publish(articles(ARTICLES, start=number * ARTICLES), number=f"{number + 1}/2030/NĐ-CP")
    world.build()


def answers(world: World) -> list[list[str]]:
    """The five nearest passages of 50 questions in the live generation."""
    index = open_live(world.store, world.indexes, world.embedder.fingerprint, DIMENSION, chroma=False)
    assert index is not None
    found = [[hit.passage_id for hit in index.search(q, 5)] for q in directions(50)]
    index.close()
    return found


def start(root: Path, documents: int) -> subprocess.Popen[bytes]:
    """An ingestion in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", _INGEST, str(root), str(documents)], env=os.environ | {"PYTHONPATH": str(_ROOT)}
    )


def trials(root: Path, kills: int, seed: int) -> dict[str, object]:
    """What happened in `kills` trials."""
    chance = random.Random(seed)
    world = open_world(root)
    begin = time.monotonic()
    ingest(root, 8)
    seconds = time.monotonic() - begin
    documents, changed, half, unfinished, folders, survived = 8, 0, 0, 0, 0, 0
    for _ in range(kills):
        before, live = answers(world), world.store.live_generation()
        documents += 2
        process = start(root, documents)
        time.sleep(chance.uniform(0.2, seconds + 1))
        process.send_signal(signal.SIGKILL)
        survived += process.wait() == 0  # it was done before the signal came
        if world.store.live_generation() == live:
            changed += answers(world) != before
        half += sum(row.passages != ARTICLES or row.provisions != ARTICLES for row in world.store.documents())
        if chance.random() < 0.2:  # a later run completes what several killed ones left
            unfinished += start(root, documents).wait() != 0
            final = world.store.live_generation()
            unfinished += final is None or final.passages != documents * ARTICLES
            folders = max(folders, len(world.folders()))
    ingest(root, documents)
    final = world.store.live_generation()
    unfinished += final is None or final.passages != documents * ARTICLES
    with reading(world.store.engine) as connection:
        sound = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
    return {
        "kills": kills - survived,
        "ended_before_the_kill": survived,
        "changed_answers": changed,
        "half_documents": half,
        "next_runs_that_did_not_complete": unfinished,
        "most_folders": max(folders, len(world.folders())),
        "integrity": sound,
    }


def main() -> int:
    """Runs the trials and prints the figures."""
    parser = argparse.ArgumentParser(description="Kill ingestion at random moments.")
    parser.add_argument("--real", action="store_true", help="the whole command over files")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = kill_real_ingest.trials if options.real else trials
        figures = run(Path(folder), options.kills, options.seed)
    print(json.dumps(figures, ensure_ascii=False))
    broken = ("changed_answers", "half_documents", "next_runs_that_did_not_complete")
    return int(any(figures[name] for name in broken) or figures["integrity"] != "ok" or figures["most_folders"] > 2)  # type: ignore[operator]


if __name__ == "__main__":
    sys.exit(main())
