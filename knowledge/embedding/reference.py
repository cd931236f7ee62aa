"""The encoder once more in plain NumPy, float32: slow, and independent of the graph it checks at export."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge.embedding.source import BertWeights

Array = NDArray[np.float32]
_EPSILON = np.float32(1e-12)


def reference_vectors(weights: BertWeights, texts: Sequence[Sequence[int]]) -> Array:
    """Vectors (len(texts), hidden) of length 1 of texts given by their token ids, as full precision has them."""
    # All tokens go through a layer as one matrix: small products lose most of their time to waiting threads.
    t = weights.tensors
    ends = np.cumsum([len(ids) for ids in texts])
    spans = [slice(end - len(ids), end) for end, ids in zip(ends, texts, strict=True)]
    places = np.concatenate([np.arange(len(ids)) for ids in texts])
    x = (
        t["embeddings.word_embeddings.weight"][np.concatenate(texts)]
        + t["embeddings.position_embeddings.weight"][places]
    )
    x = _norm(x + t["embeddings.token_type_embeddings.weight"][0], t, "embeddings.LayerNorm")
    for layer in range(weights.layers):
        at = f"encoder.layer.{layer}."
        q, k, v = (_linear(x, t, f"{at}attention.self.{name}") for name in ("query", "key", "value"))
        mixed = np.concatenate([_attention(q[span], k[span], v[span], weights.heads) for span in spans])
        x = _norm(x + _linear(mixed, t, at + "attention.output.dense"), t, at + "attention.output.LayerNorm")
        wide = _gelu(_linear(x, t, at + "intermediate.dense"))
        x = _norm(x + _linear(wide, t, at + "output.dense"), t, at + "output.LayerNorm")
    means = np.stack([x[span].mean(axis=0) for span in spans])
    vectors: Array = means / np.linalg.norm(means, axis=1, keepdims=True)
    return vectors


def _linear(x: Array, t: dict[str, Array], name: str) -> Array:
    return x @ t[name + ".weight"].T + t[name + ".bias"]


def _norm(x: Array, t: dict[str, Array], name: str) -> Array:
    centred = x - x.mean(axis=-1, keepdims=True)
    spread = np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + _EPSILON)
    result: Array = centred / spread * t[name + ".weight"] + t[name + ".bias"]
    return result


def _attention(query: Array, key: Array, value: Array, heads: int) -> Array:
    """Every token of one text mixed from all its tokens, head by head."""
    length, hidden = query.shape
    q, k, v = (part.reshape(length, heads, -1).swapaxes(0, 1) for part in (query, key, value))
    scores = q @ k.swapaxes(1, 2) / np.float32(np.sqrt(hidden // heads))
    weight: Array = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed: Array = ((weight / weight.sum(axis=-1, keepdims=True)) @ v).swapaxes(0, 1).reshape(length, hidden)
    return mixed


def _gelu(x: Array) -> Array:
    result: Array = np.float32(0.5) * x * (1 + _erf(x / np.float32(np.sqrt(2))))
    return result


def _erf(x: Array) -> Array:
    """Abramowitz and Stegun 7.1.26, off by 1.5e-7 at most."""
    s = 1 / (1 + np.float32(0.3275911) * np.abs(x))
    series = np.zeros_like(x)
    for factor in np.array([1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592], np.float32):
        series = (series + factor) * s
    result: Array = np.sign(x) * (1 - series * np.exp(-x * x))
    return result
