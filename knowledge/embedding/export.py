"""Writes the files that `OnnxEmbedder` reads and measures how far its vectors are from full precision."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np

from knowledge.embedding.card import ModelCard
from knowledge.embedding.contract import encodable
from knowledge.embedding.convert import PROMPTS
from knowledge.embedding.graph import encoder_graph, int8_rows
from knowledge.embedding.onnx_embedder import GRAPH_FILE, PIECES_FILE, SCALES_FILE, SCORES_FILE, WORDS_FILE, Encoder
from knowledge.embedding.reference import reference_vectors
from knowledge.embedding.source import BertWeights
from knowledge.errors import ModelMissing

# Measured 0.994 at least on the probes; a wrong node or scale falls far below.
LEAST_COSINE = 0.99


def write_runtime(weights: BertWeights, folder: Path) -> None:
    """Fill the empty `folder` with graph, word table and pieces. The same weights always give the same bytes."""
    graph = encoder_graph(weights.tensors, weights.layers, weights.heads)
    (folder / GRAPH_FILE).write_bytes(graph.SerializeToString(deterministic=True))
    rows, scales = int8_rows(weights.tensors["embeddings.word_embeddings.weight"])
    np.save(folder / WORDS_FILE, rows)
    np.save(folder / SCALES_FILE, scales)
    (folder / PIECES_FILE).write_bytes("\n".join(piece for piece, _ in weights.pieces).encode())
    np.save(folder / SCORES_FILE, np.array([score for _, score in weights.pieces], np.float32))


def probes() -> list[str]:
    """Sentences of the kinds the model meets, as questions and as passages in turn, prompts included."""
    lines = (files("knowledge.embedding") / "probes.txt").read_text(encoding="utf-8").splitlines()
    return [PROMPTS["document" if number % 2 else "query"] + encodable(line) for number, line in enumerate(lines)]


def compare(weights: BertWeights, runtime: Path, card: ModelCard) -> dict[str, float]:
    """Cosines of the probes between `runtime` and full precision.

    Raised when one is below LEAST_COSINE: `ModelMissing`; such vectors would rank wrongly.
    """
    encoder = Encoder(runtime, card)
    texts = probes()
    exact = reference_vectors(weights, [encoder.ids(text) for text in texts])
    cosines = [float(encoder.vector(text) @ vector) for text, vector in zip(texts, exact, strict=True)]
    if min(cosines) < LEAST_COSINE:
        raise ModelMissing(
            f"Mô hình chuyển đổi không khớp bản gốc (cosin {min(cosines):.3f}).",
            "Máy này tính sai với ONNX Runtime: cài lại onnxruntime đúng bản trong requirements.lock.",
        )
    return {
        "probes": len(texts),
        "cosine_least": round(min(cosines), 4),
        "cosine_mean": round(sum(cosines) / len(cosines), 4),
    }
