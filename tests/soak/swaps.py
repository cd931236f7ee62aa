"""Moves the pointer to another generation again and again while questions are asked.

python -m tests.soak.swaps [--swaps 1000] [--threads 4]

Two generations of different passages lie on disk. After each move the following search opens the other one, every fiftieth time with
Chroma behind it. Each answer must come from one of the two alone, and nothing may fail. Status 1 otherwise.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from knowledge.index import LiveIndex, open_live
from knowledge.live import LiveSearch
from knowledge.store import StoreState
from tests.knowledge.index.worlds import DIMENSION, World, articles, directions, open_world

PASSAGES = 600
_CHROMA_EVERY = 51  # now of the one, now of the other


def two_generations(folder: Path, passages: int = PASSAGES) -> tuple[World, list[tuple[int, set[str]]]]:
    """A world with two finished generations on disk that share no passage: (id, passages) of each."""
    world = open_world(folder)
    made = []
    for number in (1, 2):
        world.publish(articles(passages, start=number * passages), number=f"{number}/2030/NĐ-CP")
        if number == 2:
            world.store.withdraw("1/2030/NĐ-CP")
        world.build()
        live = world.store.live_generation()
        assert live is not None
        made.append((live.id, set(world.store.vector_ids(world.embedder.fingerprint))))
    assert not made[0][1] & made[1][1]
    return world, made


def trial(
    folder: Path, swaps: int, threads: int, passages: int = PASSAGES, chroma_every: int = _CHROMA_EVERY
) -> dict[str, Any]:
    """The figures of `swaps` swaps under the questions of `threads` threads."""
    world, made = two_generations(folder, passages)
    questions, stop = directions(50), threading.Event()
    mixed, errors, asked, stale = [0] * threads, list[str](), [0] * threads, 0
    with_chroma = [False]

    def opened(_state: StoreState) -> LiveIndex | None:
        index = open_live(
            world.store, world.indexes, world.embedder.fingerprint, DIMENSION, repair=False, chroma=with_chroma[0]
        )
        if index is not None and with_chroma[0]:
            index.settled(60)
        return index

    live = LiveSearch(world.store, world.indexes, world.embedder, opened, check_every=0)  # type: ignore[arg-type]

    def ask(who: int) -> None:
        while not stop.is_set():
            try:
                index = live.current()._index
                assert index is not None
                found = {hit.passage_id for hit in index.search(questions[asked[who] % len(questions)], 10)}
                if not any(found and found <= passages for _, passages in made):
                    mixed[who] += 1
                asked[who] += 1
            except Exception as error:
                errors.append(f"{type(error).__name__}: {error}")

    live.refresh()
    begun = time.perf_counter()
    people = [threading.Thread(target=ask, args=(who,)) for who in range(threads)]
    for person in people:
        person.start()
    chroma = 0
    for number in range(swaps):
        generation, passages_of_it = made[number % 2]
        with_chroma[0] = number % chroma_every == chroma_every - 1
        world.store.make_live(generation)
        live.refresh()
        index = live.current()._index
        assert index is not None
        stale += not {hit.passage_id for hit in index.search(questions[0], 10)} <= passages_of_it
        chroma += with_chroma[0] and getattr(index, "uses_chroma", False)
    stop.set()
    for person in people:
        person.join()
    live.close()
    return {
        "swaps": swaps, "with_chroma": chroma, "asked": sum(asked), "errors": len(errors), "mixed": sum(mixed), "stale": stale,
        "seconds": round(time.perf_counter() - begun, 1), **({"first_error": errors[0]} if errors else {}),
    }  # fmt: skip


def main() -> int:
    """Prints one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--swaps", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=4)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = trial(Path(folder), told.swaps, told.threads)
        sys.stdout.write(json.dumps(found | {"target": "0 errors, 0 mixed, 0 stale"}) + "\n")
        sys.stdout.flush()
    return int(bool(found["errors"] or found["mixed"] or found["stale"]))


if __name__ == "__main__":
    sys.exit(main())
