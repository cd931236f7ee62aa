"""What every vector index promises, the same tests for each."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from knowledge.errors import ModelChanged
from knowledge.index import BruteForceIndex, ChromaIndex, Hit, ResilientIndex, VectorIndex
from knowledge.index.chroma import build_chroma
from knowledge.index.folder import write_exact_files, write_manifest
from tests.knowledge.index.worlds import DIMENSION, directions

COUNT = 500
IDS = [f"{i:032x}" for i in range(COUNT)]
MATRIX = directions(COUNT, seed=1)
TWINS = (7, 8, 9)  # three passages with one vector
MATRIX[list(TWINS)] = MATRIX[TWINS[0]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("contract") / "g000001"
    batches = [(IDS[:300], MATRIX[:300]), (IDS[300:], MATRIX[300:])]
    write_manifest(made, write_exact_files(made, "thử", DIMENSION, batches))
    build_chroma(made / "chroma", IDS, MATRIX)
    return made


@pytest.fixture(params=["memory", "mapped", "chroma", "resilient"])
def index(request: pytest.FixtureRequest, folder: Path) -> Iterator[VectorIndex]:
    opened: VectorIndex
    if request.param == "memory":
        opened = BruteForceIndex(IDS, MATRIX)
    elif request.param == "mapped":
        opened = BruteForceIndex.open(folder)
    elif request.param == "chroma":
        opened = ChromaIndex(folder / "chroma", DIMENSION)
    else:
        opened = ResilientIndex(BruteForceIndex.open(folder), lambda: BruteForceIndex(IDS, MATRIX))
        assert opened.promote(ChromaIndex(folder / "chroma", DIMENSION))
    yield opened
    opened.close()


def test_the_nearest_are_those_of_the_definition_of_cosine(index: VectorIndex) -> None:
    for question in directions(200):
        cosines = MATRIX.astype(np.float64) @ question
        truth = sorted(range(COUNT), key=lambda i: (-round(float(cosines[i]), 6), IDS[i]))[:10]
        found = index.search(question * 7, 10)
        names = [hit.passage_id for hit in found]
        if isinstance(index, ChromaIndex):  # of equals it may give any, and only where they stand last
            names = [IDS[TWINS[0]] if IDS.index(name) in TWINS else name for name in names]
            truth = [TWINS[0] if i in TWINS else i for i in truth]
        assert names == [IDS[i] for i in truth]
        assert [hit.similarity for hit in found] == pytest.approx([cosines[i] for i in truth], abs=3e-6)


def test_every_vector_finds_itself_and_its_equals_in_order(index: VectorIndex) -> None:
    for row in range(0, COUNT, 7):
        assert index.search(MATRIX[row], 1)[0].similarity == pytest.approx(1, abs=2e-6)
    assert [hit.passage_id for hit in index.search(MATRIX[8], 3)] == [IDS[i] for i in TWINS]


def test_asking_for_more_than_there_is_gives_all(index: VectorIndex) -> None:
    found = index.search(directions(1)[0], 10 * COUNT)
    assert sorted(hit.passage_id for hit in found) == IDS
    assert [hit.similarity for hit in found] == sorted((hit.similarity for hit in found), reverse=True)
    assert index.count() == COUNT


@pytest.mark.parametrize("k", [0, -3])
def test_asking_for_none_gives_none(index: VectorIndex, k: int) -> None:
    assert index.search(MATRIX[0], k) == []


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf])
def test_a_question_that_points_nowhere_finds_nothing(index: VectorIndex, value: float) -> None:
    question = np.full(DIMENSION, value, np.float32)
    assert index.search(question, 5) == []
    assert np.isnan(index.similarities(question, IDS[:2])).all()


@pytest.mark.parametrize("shape", [(DIMENSION + 1,), (1, DIMENSION), (0,)])
def test_another_dimension_is_refused_with_what_to_do(index: VectorIndex, shape: tuple[int, ...]) -> None:
    for ask in (lambda v: index.search(v, 3), lambda v: index.similarities(v, IDS[:1])):
        with pytest.raises(ModelChanged) as caught:
            ask(np.ones(shape, np.float32))
        assert "tuvan ingest" in caught.value.remedy


def test_similarities_are_exact_and_unknown_passages_are_told(index: VectorIndex) -> None:
    question = directions(1)[0]
    asked = [IDS[3], "không có", IDS[1], IDS[3]]
    cosines = index.similarities(question * 2, asked)
    assert cosines.dtype == np.float32
    wanted = [MATRIX[3] @ question, np.nan, MATRIX[1] @ question, MATRIX[3] @ question]
    assert cosines == pytest.approx(wanted, abs=2e-6, nan_ok=True)
    assert index.similarities(question, []).shape == (0,)


def test_similarities_agree_with_search(index: VectorIndex) -> None:
    question = directions(1, seed=9)[0]
    found = index.search(question, 20)
    cosines = index.similarities(question, [hit.passage_id for hit in found])
    assert cosines == pytest.approx([hit.similarity for hit in found], abs=3e-6)


def test_threads_may_ask_at_once(index: VectorIndex) -> None:
    questions = directions(40, seed=3)
    alone = [index.search(q, 5) for q in questions]
    together: dict[int, list[Hit]] = {}

    def ask(start: int) -> None:
        for i in range(start, len(questions), 4):
            together[i] = index.search(questions[i], 5)

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[i] for i in range(len(questions))] == alone


def test_closing_twice_is_no_mistake(index: VectorIndex) -> None:
    index.close()
    index.close()


def test_vectors_of_any_length_are_compared_by_direction() -> None:
    index = BruteForceIndex(["a", "b", "không hướng"], np.array([[3, 0], [0, 0.2], [0, 0]], np.float32))
    assert index.search(np.array([1, 1], np.float32), 3) == [
        Hit("a", 0.707107), Hit("b", 0.707107), Hit("không hướng", 0.0),
    ]  # fmt: skip


def test_an_index_without_vectors_finds_nothing() -> None:
    index = BruteForceIndex([], np.empty((0, 4), np.float32))
    assert index.search(np.ones(4, np.float32), 3) == []
    assert index.count() == 0


def test_ids_and_vectors_must_go_together() -> None:
    with pytest.raises(ValueError, match="2 different ids for 1 vectors"):
        BruteForceIndex(["a", "b"], np.ones((1, 2), np.float32))
    with pytest.raises(ValueError, match="1 different ids for 2 vectors"):
        BruteForceIndex(["a", "a"], np.ones((2, 2), np.float32))
