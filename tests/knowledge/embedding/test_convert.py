from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge.embedding.card import marks_of, read_card
from knowledge.embedding.export import LEAST_COSINE, compare
from knowledge.embedding.graph import int8_rows
from knowledge.embedding.onnx_embedder import OnnxEmbedder
from knowledge.embedding.prepare import write_default_model
from knowledge.embedding.reference import reference_vectors
from knowledge.embedding.source import BertWeights
from knowledge.errors import ModelMissing
from tests.knowledge.embedding.texts import ORDINARY
from tests.knowledge.embedding.tiny import tiny_weights


def test_the_same_weights_give_the_same_bytes(weights: BertWeights, tiny_folder: Path, tmp_path: Path) -> None:
    again, other = tmp_path / "again", tmp_path / "other"
    again.mkdir()
    other.mkdir()
    write_default_model(weights, again)
    write_default_model(tiny_weights(seed=8), other)
    assert marks_of(again) == marks_of(tiny_folder)
    assert (again / "model-card.json").read_bytes() == (tiny_folder / "model-card.json").read_bytes()
    assert marks_of(other)["model.safetensors"] != marks_of(again)["model.safetensors"]
    assert marks_of(other)["onnx/encoder.onnx"] != marks_of(again)["onnx/encoder.onnx"]


def test_the_card_lists_every_file(tiny_folder: Path) -> None:
    card = read_card(tiny_folder)
    assert card is not None
    there = {p.relative_to(tiny_folder).as_posix() for p in tiny_folder.rglob("*") if p.is_file()}
    assert set(card.files) == there - {"model-card.json"}
    assert card.checks["cosine_least"] >= LEAST_COSINE


def test_three_encoders_agree(weights: BertWeights, tiny_folder: Path) -> None:
    """PyTorch through the folder, plain NumPy, and the int8 graph."""
    from knowledge.embedding.transformer_embedder import SentenceTransformerEmbedder

    quick, full = OnnxEmbedder(tiny_folder), SentenceTransformerEmbedder(tiny_folder)
    texts = ["query: " + text.replace("\n", " ") for text in ORDINARY]
    plain = reference_vectors(weights, [quick.token_ids(text) for text in texts])
    for text, vector in zip(ORDINARY, plain, strict=True):
        assert full.embed_query(text) @ vector > 0.99999
        assert quick.embed_query(text) @ vector > LEAST_COSINE
    assert np.diag(full.embed_documents(ORDINARY) @ quick.embed_documents(ORDINARY).T).min() > LEAST_COSINE


def test_the_default_model_was_exported_within_its_bound(models_folder: Path) -> None:
    card = read_card(models_folder / "multilingual-e5-small")
    assert card is not None
    assert card.checks["probes"] >= 40
    assert card.checks["cosine_least"] >= LEAST_COSINE
    assert card.checks["cosine_mean"] >= 0.995


def test_an_export_that_computes_something_else_is_refused(weights: BertWeights, tiny_folder: Path) -> None:
    name = "encoder.layer.0.output.dense.weight"
    other = replace(weights, tensors={**weights.tensors, name: -weights.tensors[name]})
    card = read_card(tiny_folder)
    assert card is not None
    with pytest.raises(ModelMissing, match="không khớp"):
        compare(other, tiny_folder / card.runtime, card)


def test_int8_is_within_half_a_step() -> None:
    values = np.random.default_rng(3).normal(size=(5, 64)).astype(np.float32)
    values[2] = 0
    rows, scale = int8_rows(values)
    assert rows.dtype == np.int8
    assert (np.abs(rows * scale[:, None] - values) <= scale[:, None] * 0.501).all()
    assert not rows[2].any()


def test_any_tool_of_that_family_finds_prompts_limit_and_pooling(tiny_folder: Path) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(tiny_folder), device="cpu", local_files_only=True)
    assert model.prompts["query"] == "query: " and model.prompts["document"] == "passage: "
    assert model.max_seq_length == 512
    quick = OnnxEmbedder(tiny_folder)
    assert model.encode_query(ORDINARY[0]) @ quick.embed_query(ORDINARY[0]) > LEAST_COSINE
    typed = model.tokenizer("a </s> b")["input_ids"]
    assert typed.count(2) == 1
