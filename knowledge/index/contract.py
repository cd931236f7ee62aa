"""What every vector index promises, whatever stands behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import ModelChanged

Vector = NDArray[np.float32]
Matrix = NDArray[np.float32]

DECIMALS = 6  # cosines that agree to here are ties: beyond it float32 sums depend on how many rows were multiplied
SHORTEST = 1e-6  # below this length a vector points nowhere


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with the cosine (-1 to 1) between it and what was asked."""

    passage_id: str
    similarity: float


class VectorIndex(Protocol):
    """Nearest passages by cosine. Safe for several threads."""

    def search(self, vector: Vector, k: int) -> list[Hit]:
        """The nearest `k` passages, best first, equals by id. A vector of length zero, or `k` below 1, finds nothing.

        `vector` has the shape (dimension,). Raises `ModelChanged` when its dimension is another one.
        """
        ...

    def similarities(self, vector: Vector, ids: Sequence[str]) -> Vector:
        """Exact cosine for each of `ids`, shape (len(ids),); NaN for a passage without a vector here.

        Raises `ModelChanged` as `search` does.
        """
        ...

    def count(self) -> int:
        """How many passages can be found."""
        ...

    def close(self) -> None:
        """Release files and memory; may be called twice, nothing may be asked afterwards."""
        ...


def direction(vector: Vector, dimension: int) -> Vector | None:
    """`vector` at length 1, or None when it points nowhere. Raises `ModelChanged` for a shape but (dimension,)."""
    given = np.asarray(vector, np.float32)
    if given.shape != (dimension,):
        raise ModelChanged(
            f"Mô hình nhúng đã đổi: chỉ mục có {dimension} chiều, câu hỏi có {given.size} chiều.",
            "Đặt lại EMBEDDING_MODEL như cũ, hoặc chạy: tuvan ingest lại để lập chỉ mục mới.",
        )
    length = float(np.linalg.norm(given))
    return (given / length).astype(np.float32) if np.isfinite(length) and length > SHORTEST else None


def unit_length(matrix: Matrix) -> Matrix:
    """Rows at length 1; the same array when they are already. A row that points nowhere becomes zeros."""
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    if np.all(np.abs(lengths - 1) < 1e-4):
        return matrix
    return np.where(lengths > SHORTEST, matrix / np.maximum(lengths, SHORTEST), 0).astype(np.float32)
