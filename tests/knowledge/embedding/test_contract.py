"""What every embedder promises, real or fake."""

from __future__ import annotations

import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from knowledge.embedding import CachedEmbedder, Embedder, HashingEmbedder
from knowledge.embedding.onnx_embedder import OnnxEmbedder
from tests.knowledge.embedding.texts import HOSTILE, ORDINARY

KINDS = ["fake", "cached", "onnx, tiny", "onnx, default", "sentence-transformers"]


@pytest.fixture(scope="module", params=KINDS)
def embedder(request: pytest.FixtureRequest) -> Embedder:
    return make(request.param, request)


def make(kind: str, request: pytest.FixtureRequest) -> Embedder:
    if kind == "fake":
        return HashingEmbedder()
    if kind == "cached":
        return CachedEmbedder(HashingEmbedder())
    if kind == "onnx, default":
        default: Embedder = request.getfixturevalue("default_embedder")
        return default
    folder: Path = request.getfixturevalue("tiny_folder")
    if kind == "onnx, tiny":
        return OnnxEmbedder(folder)
    from knowledge.embedding.transformer_embedder import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(folder)


def test_vectors_have_the_promised_shape_and_length_one(embedder: Embedder) -> None:
    matrix = embedder.embed_documents(ORDINARY)
    query = embedder.embed_query(ORDINARY[0])
    assert matrix.shape == (len(ORDINARY), embedder.dimension) and matrix.dtype == np.float32
    assert query.shape == (embedder.dimension,) and query.dtype == np.float32
    assert np.allclose(np.linalg.norm([*matrix, query], axis=1), 1, atol=1e-5)


def test_no_documents_give_no_vectors(embedder: Embedder) -> None:
    assert embedder.embed_documents([]).shape == (0, embedder.dimension)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_breaks_it(embedder: Embedder, name: str) -> None:
    vectors = [embedder.embed_query(HOSTILE[name]), *embedder.embed_documents([HOSTILE[name], "tiếp theo"])]
    assert np.isfinite(vectors).all()
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_composed_and_decomposed_accents_are_the_same_text(embedder: Embedder) -> None:
    decomposed = [unicodedata.normalize("NFD", text) for text in ORDINARY]
    assert decomposed != ORDINARY
    assert np.allclose(embedder.embed_documents(decomposed), embedder.embed_documents(ORDINARY), atol=1e-6)
    assert np.allclose(embedder.embed_query(decomposed[0]), embedder.embed_query(ORDINARY[0]), atol=1e-6)


def test_a_vector_does_not_depend_on_its_neighbours(embedder: Embedder) -> None:
    together = embedder.embed_documents([*ORDINARY, "dài " * 600])
    alone = [embedder.embed_documents([text])[0] for text in ORDINARY]
    assert np.allclose(together[: len(ORDINARY)], alone, atol=1e-5)


def test_different_texts_have_different_vectors(embedder: Embedder) -> None:
    matrix = embedder.embed_documents(ORDINARY)
    assert (matrix @ matrix.T)[~np.eye(len(ORDINARY), dtype=bool)].max() < 0.9999


def test_many_threads_get_what_one_gets(embedder: Embedder) -> None:
    questions = [f"{text} {number}" for number in range(8) for text in ORDINARY]
    expected = [embedder.embed_query(question) for question in questions]
    with ThreadPoolExecutor(4) as pool:
        assert np.allclose(list(pool.map(embedder.embed_query, questions)), expected, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_model_has_the_same_fingerprint_and_vectors_every_time(
    kind: str, request: pytest.FixtureRequest
) -> None:
    one, other = make(kind, request), make(kind, request)
    assert one.fingerprint == other.fingerprint != ""
    assert np.array_equal(one.embed_query(ORDINARY[0]), other.embed_query(ORDINARY[0]))


def test_different_models_have_different_fingerprints(request: pytest.FixtureRequest) -> None:
    found = {make(kind, request).fingerprint for kind in KINDS if kind not in {"cached", "onnx, tiny"}}
    assert len({*found, HashingEmbedder(name="another").fingerprint, HashingEmbedder(65).fingerprint}) == 5
