"""Vectors that are gone without an error: is each such index found out before it answers?

python -m tests.soak.losses [--rounds 20]

In turn: one vector in a hundred is missing, is another passage's, or lies under the wrong passage (the count stays right); the folder of
the graph is gone; two processes wrote into one folder. The probe that runs at a build and the one that runs at a start must each refuse
the folder. What two writers left sound by chance is not counted. Status 1 when one was not found out.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.errors import IndexBroken
from knowledge.index.children import PROBE, run_child
from knowledge.index.chroma import COLLECTION, build_chroma, open_client, open_folder
from knowledge.index.folder import Manifest, chroma_path, read_manifest, write_manifest
from knowledge.index.live import SAMPLES
from tests.knowledge.index.worlds import World, articles, directions, open_world

KINDS = ("missing", "strangers", "swapped", "graph gone", "two writers")
PASSAGES = 1_200


def with_other_chroma(world: World, ids: list[str], matrix: np.ndarray[Any, Any]) -> Path:
    """The live folder with a Chroma part made of `ids` and `matrix`, and a manifest that cannot tell."""
    folder = _without_graph(world)
    build_chroma(chroma_path(folder), ids, matrix)
    return folder


def _without_graph(world: World) -> Path:
    folder = world.folder()
    manifest = read_manifest(folder)
    shutil.rmtree(chroma_path(folder))
    write_manifest(folder, Manifest(**{n: getattr(manifest, n) for n in Manifest.__slots__} | {"graph_hash": ""}))
    return folder


def lose(world: World, kind: str, seed: int) -> Path | None:
    """Damages the live folder of `world` silently; None when two writers have done no harm this time."""
    ids, matrix = world.vectors()
    lost = np.random.default_rng(seed).choice(len(ids), len(ids) // 100, replace=False)
    if kind == "graph gone":
        folder = world.folder()
        manifest = read_manifest(folder)
        (header,) = chroma_path(folder).glob("*/header.bin")
        shutil.rmtree(header.parent)
        write_manifest(folder, Manifest(**{n: getattr(manifest, n) for n in Manifest.__slots__} | {"graph_hash": ""}))
        return folder
    if kind == "two writers":
        return _two_writers(world, ids, matrix)
    if kind == "missing":
        kept = np.setdiff1d(np.arange(len(ids)), lost)
        ids, matrix = [ids[i] for i in kept], matrix[kept]
    elif kind == "strangers":
        gone = set(lost.tolist())
        ids = [f"{i:032x}" if i in gone else passage_id for i, passage_id in enumerate(ids)]
        matrix[lost] = directions(len(lost))
    else:
        matrix[lost] = matrix[np.roll(lost, 1)]
    return with_other_chroma(world, ids, matrix)


def _two_writers(world: World, ids: list[str], matrix: np.ndarray[Any, Any]) -> Path | None:
    folder = _without_graph(world)
    build_chroma(chroma_path(folder), ids[:10], matrix[:10])
    context = multiprocessing.get_context("spawn")
    half = len(ids) // 2
    parts = ((ids[10:half], matrix[10:half]), (ids[half:], matrix[half:]))
    writers = [context.Process(target=_add, args=(chroma_path(folder), *part)) for part in parts]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    found = context.Queue()
    reader = context.Process(target=_missed, args=(chroma_path(folder), ids, matrix, found))
    reader.start()
    reader.join(120)
    return None if reader.exitcode == 0 and not found.empty() and found.get() == 0 else folder


def _add(path: Path, ids: list[str], matrix: np.ndarray[Any, Any]) -> None:
    collection = open_client(path).get_collection(COLLECTION, embedding_function=None)
    for begin in range(0, len(ids), 50):
        part = slice(begin, begin + 50)
        collection.add(ids=ids[part], embeddings=matrix[part], documents=ids[part])


def _missed(path: Path, ids: list[str], matrix: np.ndarray[Any, Any], found: Any) -> None:
    """How many vectors do not find themselves: counted without the program's probe."""
    _, collection = open_folder(path)
    answers = collection.query(query_embeddings=matrix, n_results=5)["ids"]
    found.put(sum(passage not in near for passage, near in zip(ids, answers, strict=True)))


def found_out(folder: Path, samples: int | None) -> bool:
    """Whether a probe refuses `folder`."""
    try:
        run_child(PROBE, [str(folder), *([str(samples)] if samples else [])], seconds=120)
    except IndexBroken:
        return True
    return False


def trial(folder: Path, rounds: int) -> dict[str, Any]:
    """The figures of `rounds` losses."""
    world = open_world(folder / "whole")
    world.publish(articles(PASSAGES))
    world.build()
    world.store.engine.dispose()
    begun, lost, at_build, at_start = time.monotonic(), 0, 0, 0
    unseen: list[str] = []
    for number in range(rounds):
        kind = KINDS[number % len(KINDS)]
        damaged = lose(world.copy_to(folder / f"r{number}"), kind, seed=number)
        if damaged is None:
            continue
        seen = found_out(damaged, None), found_out(damaged, SAMPLES)
        lost, at_build, at_start = lost + 1, at_build + seen[0], at_start + seen[1]
        unseen += [] if all(seen) else [f"{number}: {kind}"]
        shutil.rmtree(folder / f"r{number}")
    return {
        "rounds": rounds, "lost": lost, "found_at_build": at_build, "found_at_start": at_start, "unseen": unseen,
        "seconds": round(time.monotonic() - begun, 1),
    }  # fmt: skip


def main() -> int:
    """Prints one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = trial(Path(folder), told.rounds)
    sys.stdout.write(json.dumps(found | {"target": "all found at build and at start"}, ensure_ascii=False) + "\n")
    return int(bool(found["unseen"]) or not found["lost"])


if __name__ == "__main__":
    sys.exit(main())
