"""Vectors in SQL: one a text and model, never of two kinds."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.errors import KnowledgeError, ModelChanged
from knowledge.store import KnowledgeStore
from tests.knowledge.store.makers import decree

MODEL = "mô hình A"


def fill(store: KnowledgeStore, fingerprint: str = MODEL, dimension: int = 4) -> dict[str, np.ndarray]:
    """A random vector of any length for each text; returns them by text."""
    random = np.random.default_rng(1)
    missing = list(store.missing_vectors(fingerprint))
    matrix = random.standard_normal((len(missing), dimension)).astype(np.float32) * 3
    store.save_vectors(fingerprint, [h for h, _ in missing], matrix)
    return {text: row for (_, text), row in zip(missing, matrix, strict=True)}


def test_equal_texts_share_one_vector(store: KnowledgeStore) -> None:
    store.publish(decree(["Một.", "Hai."], path="a"))
    first = decree(["Một.", "Ba."], number="8/2030/NĐ-CP", path="b")
    store.publish(first)
    assert len(store.live_passages()) == 4
    assert store.count_missing_vectors(MODEL) == (3, 3)
    given = fill(store)
    assert len(given) == 3
    ids, matrix = store.vectors_for(MODEL, 4)
    assert len(ids) == 4
    text_of = {p.id: p.search_text for p in store.live_passages()}
    for passage_id, row in zip(ids, matrix, strict=True):
        vector = given[text_of[passage_id]]
        assert row == pytest.approx(vector / np.linalg.norm(vector), abs=1e-6)


def test_a_new_version_needs_vectors_only_for_new_texts(store: KnowledgeStore) -> None:
    store.publish(decree(["Một.", "Hai."]))
    fill(store)
    store.publish(decree(["Một.", "Mới."]))
    assert [text for _, text in store.missing_vectors(MODEL)] == ["Điều số 2\nMới."]
    assert store.count_missing_vectors(MODEL) == (1, 2)
    assert store.forget_unused_vectors() == 1
    assert store.count_missing_vectors(MODEL) == (1, 2)


def test_another_model_or_dimension_is_never_mixed_in(store: KnowledgeStore) -> None:
    store.publish(decree())
    fill(store)
    assert store.count_missing_vectors("mô hình B") == (2, 2)
    assert store.vectors_for("mô hình B", 4)[0] == []
    with pytest.raises(ModelChanged):
        store.save_vectors(MODEL, ["0" * 64], np.ones((1, 5), np.float32))
    with pytest.raises(ModelChanged):
        store.vectors_for(MODEL, 5)
    fill(store, "mô hình B", 6)
    assert store.vector_models() == {MODEL: 4, "mô hình B": 6}
    assert store.vectors_for(MODEL, 4)[1].shape == (2, 4)


def test_what_is_no_vector_is_refused_and_nothing_of_its_batch_is_stored(store: KnowledgeStore) -> None:
    store.publish(decree())
    hashes = [h for h, _ in store.missing_vectors(MODEL)]
    bad = np.array([[1, 0], [np.nan, 0]], np.float32)
    for matrix in (bad, np.ones((1, 2), np.float32), np.ones(2, np.float32)):
        with pytest.raises(KnowledgeError):
            store.save_vectors(MODEL, hashes, matrix)
    assert store.count_missing_vectors(MODEL) == (2, 2)


def test_a_vector_without_length_is_stored_but_never_found(store: KnowledgeStore) -> None:
    store.publish(decree())
    hashes = [h for h, _ in store.missing_vectors(MODEL)]
    store.save_vectors(MODEL, hashes, np.array([[0, 0], [0, 2]], np.float32))
    assert store.count_missing_vectors(MODEL) == (0, 2)
    ids, matrix = store.vectors_for(MODEL, 2)
    assert matrix.tolist() == [[0, 1]]
    assert list(store.vector_ids(MODEL)) == ids


def test_a_vector_that_is_stored_stays_as_it_is(store: KnowledgeStore) -> None:
    store.publish(decree(["Một."]))
    ((search_hash, _),) = store.missing_vectors(MODEL)
    store.save_vectors(MODEL, [search_hash], np.array([[1, 0]], np.float32))
    store.save_vectors(MODEL, [search_hash], np.array([[0, 1]], np.float32))
    assert store.vectors_for(MODEL, 2)[1].tolist() == [[1, 0]]


def test_vectors_of_chosen_passages_come_alone(store: KnowledgeStore) -> None:
    store.publish(decree(["Một.", "Hai.", "Ba."]))
    fill(store)
    ids, matrix = store.vectors_for(MODEL, 4)
    some, rows = store.vectors_for(MODEL, 4, [ids[2], "không có", ids[0]])
    assert some == [ids[0], ids[2]]
    assert np.array_equal(rows, matrix[[0, 2]])


def test_vectors_may_be_saved_while_the_missing_ones_are_listed(store: KnowledgeStore) -> None:
    store.publish(decree([f"Đoạn {i}." for i in range(1_200)]))
    seen = []
    for search_hash, text in store.missing_vectors(MODEL):
        seen.append(text)
        store.save_vectors(MODEL, [search_hash], np.ones((1, 2), np.float32)) if len(seen) % 100 == 0 else None
    assert len(seen) == len(set(seen)) == 1_200
    assert store.count_missing_vectors(MODEL) == (1_188, 1_200)
