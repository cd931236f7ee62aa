"""A model of the default model's kind with random weights: two layers, 96 wide, pieces for every Vietnamese letter."""

from __future__ import annotations

import string
import struct
import unicodedata
from pathlib import Path

import numpy as np

from knowledge.embedding.source import BertWeights

HIDDEN, LAYERS, HEADS, WIDE, POSITIONS = 96, 2, 4, 192, 512
_LETTERS = "".join(
    dict.fromkeys(
        unicodedata.normalize("NFC", base + hat + tone)
        for base in "aeiouydAEIOUYD"
        for hat in ("", "\u0302", "\u0306", "\u031b")
        for tone in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
        if len(unicodedata.normalize("NFC", base + hat + tone)) == 1
    )
)


def tiny_weights(seed: int = 7) -> BertWeights:
    """The same seed gives the same weights."""
    pieces = _pieces()
    random = np.random.default_rng(seed)

    def drawn(
        *shape: int, around: float = 0.0, spread: float = 0.15
    ) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return random.normal(around, spread, shape).astype(np.float32)

    tensors = {
        "embeddings.word_embeddings.weight": drawn(len(pieces), HIDDEN),
        "embeddings.position_embeddings.weight": drawn(POSITIONS, HIDDEN, spread=0.02),
        "embeddings.token_type_embeddings.weight": drawn(2, HIDDEN, spread=0.02),
        "embeddings.LayerNorm.weight": drawn(HIDDEN, around=1.0),
        "embeddings.LayerNorm.bias": drawn(HIDDEN),
    }
    square = {"attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"}
    shapes = dict.fromkeys(square, (HIDDEN, HIDDEN))
    shapes |= {"intermediate.dense": (WIDE, HIDDEN), "output.dense": (HIDDEN, WIDE)}
    for layer in range(LAYERS):
        for name in sorted(shapes):
            tensors[f"encoder.layer.{layer}.{name}.weight"] = drawn(*shapes[name])
            tensors[f"encoder.layer.{layer}.{name}.bias"] = drawn(shapes[name][0])
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            tensors[f"encoder.layer.{layer}.{name}.weight"] = drawn(HIDDEN, around=1.0)
            tensors[f"encoder.layer.{layer}.{name}.bias"] = drawn(HIDDEN)
    marks = {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3}
    return BertWeights(
        HIDDEN, LAYERS, HEADS, WIDE, len(pieces), POSITIONS, 2, pieces, marks, tensors
    )  # fmt: skip


def write_e5s1(weights: BertWeights, path: Path) -> None:
    """`weights` as the package ships them: matrices in blocks of 32 four-bit values, the rest float32."""
    texts = [piece.encode() for piece, _ in weights.pieces]
    blob = b"".join(texts)
    head = b"E5S1" + bytes(4)
    head += struct.pack("<7i", weights.hidden, weights.layers, weights.heads, weights.intermediate,
                        weights.vocabulary, weights.positions, weights.token_types)  # fmt: skip
    head += struct.pack("<fi", 1e-12, 32) + struct.pack("<5i", len(texts), 0, 2, 1, 3) + struct.pack("<Q", len(blob))
    head += np.cumsum([0, *map(len, texts)], dtype="<u4").tobytes()
    head += np.array([score for _, score in weights.pieces], "<f4").tobytes() + blob
    head += struct.pack("<iI", 0, 3) + b"xyz"
    entries = [(_short_name(name), values) for name, values in weights.tensors.items()]
    at = len(head) + 4 + sum(2 + len(name) + 1 + 4 + 16 for name, _ in entries)
    body = b""
    head += struct.pack("<i", len(entries))
    for name, values in entries:
        four_bit = values.ndim == 2 and not name.startswith("emb.pos") and not name.startswith("emb.type")
        data = q4_bytes(values) if four_bit else values.astype("<f4").tobytes()
        head += (
            struct.pack("<H", len(name))
            + name.encode()
            + struct.pack("<BIQQ", int(four_bit), values.size, at, len(data))
        )
        at += len(data)
        body += data
    path.write_bytes(head + body)


def q4_bytes(values: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> bytes:
    """Q4_0: for 32 values a half-precision scale and 16 bytes, each with value i low and value i + 16 high."""
    blocks = values.reshape(-1, 32)
    scale = (np.abs(blocks).max(axis=1) / 7).astype("<f2")
    nibbles = (np.clip(np.rint(blocks / scale.astype(np.float32)[:, None]), -8, 7) + 8).astype(np.uint8)
    packed = nibbles[:, :16] | nibbles[:, 16:] << 4
    return b"".join(s.tobytes() + row.tobytes() for s, row in zip(scale, packed, strict=True))


def _pieces() -> list[tuple[str, float]]:
    letters = dict.fromkeys(string.printable.strip() + _LETTERS + "đĐ")
    words = "bảo hiểm xã hội tự nguyện đóng lương hưu query: passage: the tr ng nh"
    found = {"<s>": 0.0, "<pad>": 0.0, "</s>": 0.0, "<unk>": 0.0, "▁": -3.0}
    found |= {letter: -8.0 - number / 100 for number, letter in enumerate(letters)}
    found |= {f"▁{word}": -5.0 - number / 10 for number, word in enumerate(words.split())}
    found |= {word: -6.5 - number / 10 for number, word in enumerate(words.split()) if word not in found}
    return list(found.items())


def _short_name(name: str) -> str:
    fixed = {
        "embeddings.word_embeddings.weight": "emb.word",
        "embeddings.position_embeddings.weight": "emb.pos",
        "embeddings.token_type_embeddings.weight": "emb.type",
        "embeddings.LayerNorm.weight": "emb.ln.w",
        "embeddings.LayerNorm.bias": "emb.ln.b",
    }
    if name in fixed:
        return fixed[name]
    layer, _, rest = name.removeprefix("encoder.layer.").partition(".")
    part, _, kind = rest.rpartition(".")
    short = {
        "attention.self.query": "q", "attention.self.key": "k", "attention.self.value": "v",
        "attention.output.dense": "ao", "attention.output.LayerNorm": "aln",
        "intermediate.dense": "fi", "output.dense": "fo", "output.LayerNorm": "oln",
    }[part]  # fmt: skip
    return f"l{layer}.{short}.{kind[0]}"
