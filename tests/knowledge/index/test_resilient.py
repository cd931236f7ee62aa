"""An index that always answers: what slow, failing and lying neighbours of the exact vectors may do to it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knowledge.errors import IndexBroken
from knowledge.index import BruteForceIndex, Hit, ResilientIndex
from knowledge.index.contract import Vector
from knowledge.index.folder import vectors_path, write_exact_files, write_manifest
from tests.knowledge.index.worlds import DIMENSION, directions

IDS = [f"{i:032x}" for i in range(300)]
MATRIX = directions(300, seed=1)
QUESTION = directions(1)[0]


class Scripted:
    """A vector index that does what it is told before it answers exactly."""

    def __init__(self, act: Callable[[], None] = lambda: None, shift: int = 0) -> None:
        self._exact = BruteForceIndex(IDS, MATRIX)
        self._act = act
        self._shift = shift
        self.asked = 0
        self.closed = False

    def search(self, vector: Vector, k: int) -> list[Hit]:
        self.asked += 1
        self._act()
        return self._exact.search(vector, k + self._shift)[max(0, self._shift) :]

    def similarities(self, vector: Vector, ids: Sequence[str]) -> Vector:
        return self._exact.similarities(vector, ids)

    def count(self) -> int:
        return self._exact.count()

    def close(self) -> None:
        self.closed = True


def resilient(on_failure: Callable[[str], None] = lambda why: None, **options: Any) -> ResilientIndex:
    return ResilientIndex(BruteForceIndex(IDS, MATRIX), lambda: BruteForceIndex(IDS, MATRIX), on_failure, **options)


TRUTH = BruteForceIndex(IDS, MATRIX).search(QUESTION, 5)


def test_until_chroma_is_there_and_after_it_failed_the_exact_vectors_answer() -> None:
    failures: list[str] = []

    def fail() -> None:
        raise RuntimeError("hnsw: Error finding id")

    index, chroma = resilient(failures.append), Scripted(fail)
    assert index.search(QUESTION, 5) == TRUTH
    assert index.promote(chroma) and index.uses_chroma
    assert [index.search(QUESTION, 5) for _ in range(3)] == [TRUTH] * 3
    assert chroma.asked == 1
    assert not index.uses_chroma
    assert failures == ["hnsw: Error finding id"]


def test_chroma_is_not_asked_where_the_exact_vectors_are_quicker_but_its_files_are_looked_at() -> None:
    failures: list[str] = []
    index, chroma = resilient(failures.append, exact_up_to=len(IDS), look_every=0), Scripted(shift=1)
    sound = True
    index.promote(chroma, lambda: sound)
    assert index.search(QUESTION, 5) == TRUTH
    assert (chroma.asked, failures) == (0, [])
    sound = False
    assert index.search(QUESTION, 5) == TRUTH
    assert len(failures) == 1 and not index.uses_chroma
    smaller, asked = resilient(exact_up_to=len(IDS) - 1), Scripted(shift=1)
    smaller.promote(asked)
    assert smaller.search(QUESTION, 4) == TRUTH[1:] and asked.asked == 1


def test_chroma_proposes_and_the_exact_vectors_judge() -> None:
    index = resilient()
    # Proposes the second to sixth nearest: what comes back is theirs, with exact cosines.
    index.promote(Scripted(shift=1))
    assert index.search(QUESTION, 4) == TRUTH[1:]


def test_a_slow_chroma_is_not_waited_for_and_given_up_after_three_times() -> None:
    release, failures = threading.Event(), list[str]()
    index, chroma = resilient(failures.append, deadline=0.05), Scripted(lambda: bool(release.wait(30)) or None)
    index.promote(chroma)
    begin = time.monotonic()
    assert [index.search(QUESTION, 5) for _ in range(5)] == [TRUTH] * 5
    assert time.monotonic() - begin < 20  # of 150 seconds that waiting would take
    assert chroma.asked == 3
    assert len(failures) == 1 and not index.uses_chroma
    release.set()


def test_a_chroma_that_is_slow_once_is_kept() -> None:
    slow = iter([True])
    index, chroma = resilient(deadline=0.2), Scripted(lambda: time.sleep(1) if next(slow, False) else None)
    index.promote(chroma)
    for _ in range(5):
        assert index.search(QUESTION, 5) == TRUTH
    assert index.uses_chroma and chroma.asked == 5


def test_a_chroma_that_lost_its_vectors_is_given_up() -> None:
    index, chroma = resilient(), Scripted(shift=-4)
    index.promote(chroma)
    assert [index.search(QUESTION, 5) for _ in range(4)] == [TRUTH] * 4
    assert chroma.asked == 3 and not index.uses_chroma


def test_files_that_change_under_chroma_are_a_reason_to_leave_it() -> None:
    sound, failures = [True], list[str]()
    index, chroma = resilient(failures.append, look_every=0.0), Scripted()
    index.promote(chroma, lambda: sound[0])
    index.search(QUESTION, 5)
    sound[0] = False
    assert index.search(QUESTION, 5) == TRUTH
    assert chroma.asked == 1 and len(failures) == 1


def test_chroma_is_not_asked_for_more_than_it_finds_quickly() -> None:
    index, chroma = resilient(), Scripted()
    index.promote(chroma)
    assert len(index.search(QUESTION, 4_000)) == len(IDS)
    assert chroma.asked == 0


def test_exact_vectors_cut_short_while_mapped_come_from_sql(tmp_path: Path) -> None:
    folder, failures = tmp_path / "g000001", list[str]()
    write_manifest(folder, write_exact_files(folder, "thử", DIMENSION, [(IDS, MATRIX)]))
    index = ResilientIndex(BruteForceIndex.open(folder), lambda: BruteForceIndex(IDS, MATRIX), failures.append)
    assert index.search(QUESTION, 5) == TRUTH
    with vectors_path(folder).open("r+b") as file:
        file.truncate(100)
    assert index.search(QUESTION, 5) == TRUTH
    assert index.similarities(QUESTION, [TRUTH[0].passage_id]) == pytest.approx([TRUTH[0].similarity])
    assert len(failures) == 1


@pytest.mark.parametrize("damage", ["cut", "altered", "ids", "manifest", "gone"])
def test_damaged_exact_files_are_not_opened(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "g000001"
    write_manifest(folder, write_exact_files(folder, "thử", DIMENSION, [(IDS, MATRIX)]))
    BruteForceIndex.open(folder).close()
    path = vectors_path(folder)
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-4])
    elif damage == "altered":
        content = bytearray(path.read_bytes())
        content[1_000] ^= 1
        path.write_bytes(content)
    elif damage == "ids":
        (folder / "ids.txt").write_text("\n".join(IDS[:-1]))
    elif damage == "manifest":
        (folder / "manifest.json").write_text("{")
    else:
        path.unlink()
    with pytest.raises(IndexBroken):
        BruteForceIndex.open(folder)


def test_a_closed_index_takes_no_chroma_and_closes_its_own() -> None:
    index, chroma = resilient(), Scripted()
    index.promote(chroma)
    index.close()
    assert chroma.closed
    assert not index.promote(Scripted())
    assert not index.uses_chroma


def test_swapping_under_load_never_fails_or_mixes() -> None:
    index, wrong, stop = resilient(), list[object](), threading.Event()

    def ask() -> None:
        while not stop.is_set():
            try:
                if index.search(QUESTION, 5) != TRUTH:
                    wrong.append("mixed")
            except Exception as error:
                wrong.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(200):
        index.promote(Scripted(), exact=BruteForceIndex(IDS, np.array(MATRIX)))
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []
