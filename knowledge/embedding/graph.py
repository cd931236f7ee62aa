"""A BERT encoder as an ONNX graph, written node by node from the unpacked weights: no torch, no tracing.

Input `word_vectors` (1, n, hidden) float32, the rows of the word table; output `mean` (1, hidden) float32, not yet of
length 1. One text per run, so there is no padding and no mask: a text's vector never depends on its neighbours in a
batch, which quantisation over a padded batch cannot promise. The word table stays outside, in a file mapped to memory:
it is four fifths of the model, and a question touches some thirty of its 250,000 rows.

Linear weights are int8 with one scale per output column, activations are quantised anew in each run; everything else is
float32. The nodes are ONNX Runtime's fused CPU kernels (domain com.microsoft).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

PRECISION = "int8"
Array = NDArray[Any]
Tensors = dict[str, NDArray[np.float32]]
_FUSED = "com.microsoft"


def encoder_graph(tensors: Tensors, layers: int, heads: int, epsilon: float = 1e-12) -> onnx.ModelProto:
    """The encoder of `layers` transformer layers, ready to serialise; `tensors` by their Hugging Face names."""
    return _Graph(tensors, heads, epsilon).encoder(layers)


def int8_rows(weight: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Symmetric int8 with one scale per row: (rows, columns) int8 and (rows,) float32."""
    scale = np.maximum(np.abs(weight).max(axis=1) / 127.0, 1e-12).astype(np.float32)
    return np.clip(np.rint(weight / scale[:, None]), -127, 127).astype(np.int8), scale


class _Graph:
    """Collects nodes and weights."""

    def __init__(self, tensors: Tensors, heads: int, epsilon: float) -> None:
        self.tensors, self.heads, self.epsilon = tensors, heads, epsilon
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def encoder(self, layers: int) -> onnx.ModelProto:
        hidden = self.tensors["embeddings.word_embeddings.weight"].shape[1]
        x = self._embeddings()
        for layer in range(layers):
            x = self._layer(x, f"encoder.layer.{layer}.")
        axes = self._weight("tokens", np.array([1], np.int64))
        self._node("ReduceMean", [x, axes], "mean", keepdims=0)
        graph = helper.make_graph(
            self.nodes,
            "encoder",
            [helper.make_tensor_value_info("word_vectors", TensorProto.FLOAT, [1, "n", hidden])],
            [helper.make_tensor_value_info("mean", TensorProto.FLOAT, [1, hidden])],
            self.weights,
        )
        opsets = [helper.make_opsetid("", 20), helper.make_opsetid(_FUSED, 1)]
        model = helper.make_model(graph, opset_imports=opsets, producer_name="tuvan-bhxh")
        model.ir_version = 10
        return model

    def _weight(self, name: str, values: Array) -> str:
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _tensor(self, name: str) -> str:
        return self._weight(name, self.tensors[name])

    def _node(self, kind: str, inputs: list[str], name: str, domain: str = "", **attributes: object) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, domain=domain, **attributes))
        return name

    def _embeddings(self) -> str:
        # Position and the single token type are one table: row i is what position i adds.
        places = self.tensors["embeddings.position_embeddings.weight"]
        places = places + self.tensors["embeddings.token_type_embeddings.weight"][0]
        self._node("Shape", ["word_vectors"], "length", start=1, end=2)
        self._node(
            "Slice", [self._weight("places", places), self._weight("zero", np.array([0], np.int64)), "length"], "here"
        )
        self._node("Add", ["word_vectors", "here"], "embedded")
        norm = "embeddings.LayerNorm."
        weight, bias = self._tensor(norm + "weight"), self._tensor(norm + "bias")
        return self._node("LayerNormalization", ["embedded", weight, bias], "normed", axis=-1, epsilon=self.epsilon)

    def _layer(self, x: str, at: str) -> str:
        t = self.tensors
        parts = [f"{at}attention.self.{part}" for part in ("query", "key", "value")]
        # Query, key and value read the same input: one product of three times the width.
        qkv = self._linear(
            x,
            at + "qkv",
            np.concatenate([t[part + ".weight"] for part in parts]),
            np.concatenate([t[part + ".bias"] for part in parts]),
        )
        self.nodes.append(helper.make_node("Split", [qkv], parts, axis=-1, num_outputs=3))
        mixed = self._node("MultiHeadAttention", parts, at + "mixed", _FUSED, num_heads=self.heads)
        x = self._add_norm(self._dense(mixed, at + "attention.output.dense"), x, at + "attention.output.LayerNorm")
        active = self._node("Gelu", [self._dense(x, at + "intermediate.dense")], at + "gelu")
        return self._add_norm(self._dense(active, at + "output.dense"), x, at + "output.LayerNorm")

    def _dense(self, x: str, name: str) -> str:
        return self._linear(x, name, self.tensors[name + ".weight"], self.tensors[name + ".bias"])

    def _linear(self, x: str, name: str, weight: NDArray[np.float32], bias: NDArray[np.float32]) -> str:
        """x · weightᵀ + bias; weight (out, in)."""
        rows, scale = int8_rows(weight)
        inputs = [
            x,
            self._weight(name + ".w", rows.T),
            self._weight(name + ".s", scale),
            self._weight(name + ".z", np.zeros(len(scale), np.int8)),
            self._weight(name + ".b", bias),
        ]
        return self._node("DynamicQuantizeMatMul", inputs, name, _FUSED)

    def _add_norm(self, out: str, x: str, norm: str) -> str:
        inputs = [out, x, self._tensor(norm + ".weight"), self._tensor(norm + ".bias")]
        return self._node("SkipLayerNormalization", inputs, norm, _FUSED, epsilon=self.epsilon)
