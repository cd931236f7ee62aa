"""Brute force: the cosine with every vector. Exact, and fast enough to answer alone (1 ms at 10,000, 20 ms at 100,000).

Trap: reading a mapped file that was cut short kills the process (SIGBUS), so its length is looked at before every use.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from knowledge.errors import IndexBroken
from knowledge.index.contract import DECIMALS, Hit, Matrix, Vector, direction, unit_length
from knowledge.index.folder import check_exact_files, ids_of, read_manifest, vectors_path


class BruteForceIndex:
    """Searches `matrix` (n x d float32), row i of which belongs to `ids[i]`; ties come in the order of `ids`."""

    def __init__(self, ids: Sequence[str], matrix: Matrix) -> None:
        self._ids = list(ids)
        self._matrix: Matrix = unit_length(np.asarray(matrix, np.float32))
        self._row_of = {passage_id: row for row, passage_id in enumerate(self._ids)}
        self._intact: Callable[[], None] = lambda: None
        self._release: Callable[[], None] = lambda: None
        if len(self._row_of) != len(self._matrix):
            raise ValueError(f"{len(self._row_of)} different ids for {len(self._matrix)} vectors")

    @classmethod
    def open(cls, folder: Path) -> BruteForceIndex:
        """The vectors of a generation folder, mapped: 100,000 x 384 take no memory of the process's own.

        Raises `IndexBroken` when a file is missing, cut short or altered.
        """
        manifest = read_manifest(folder)
        check_exact_files(folder, manifest)
        index = cls.__new__(cls)
        index._ids = ids_of(folder)
        index._row_of = {passage_id: row for row, passage_id in enumerate(index._ids)}
        index._intact = index._release = lambda: None
        if not manifest.passages:
            index._matrix = np.empty((0, manifest.dimension), np.float32)
            return index
        path, size = vectors_path(folder), manifest.passages * manifest.dimension * 4
        file = path.open("rb")
        # The mapping keeps the file itself, so the same open file tells whether its end is still there.
        index._matrix = np.memmap(file, dtype="<f4", mode="r", shape=(manifest.passages, manifest.dimension))

        def intact() -> None:
            if os.fstat(file.fileno()).st_size < size:
                raise IndexBroken(f"Tệp vector {path.parent.name}/{path.name} bị cụt khi đang dùng.")

        index._intact, index._release = intact, file.close
        return index

    @property
    def ids(self) -> Sequence[str]:
        """The passages, in the order of the rows."""
        return self._ids

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        return int(self._matrix.shape[1])

    def search(self, vector: Vector, k: int) -> list[Hit]:
        """As `VectorIndex.search`. Raises `IndexBroken` when the mapped file was cut short."""
        query = direction(vector, self.dimension)
        if query is None or k < 1 or not self._ids:
            return []
        self._intact()
        return self._best(np.arange(len(self._ids)), self._matrix @ query, k)

    def best_of(self, vector: Vector, ids: Sequence[str], k: int) -> list[Hit]:
        """`search` among `ids` only; unknown ones are left out."""
        query = direction(vector, self.dimension)
        if query is None or k < 1:
            return []
        rows = np.array(sorted({row for i in ids if (row := self._row_of.get(i)) is not None}), dtype=np.intp)
        if not len(rows):
            return []
        self._intact()
        return self._best(rows, self._matrix[rows] @ query, k)

    def similarities(self, vector: Vector, ids: Sequence[str]) -> Vector:
        """As `VectorIndex.similarities`. Raises `IndexBroken` when the mapped file was cut short."""
        query = direction(vector, self.dimension)
        found = np.full(len(ids), np.nan, np.float32)
        places = [(at, row) for at, i in enumerate(ids) if (row := self._row_of.get(i)) is not None]
        if query is None or not places:
            return found
        self._intact()
        at, rows = np.array(places, dtype=np.intp).T
        found[at] = np.clip(np.round(self._matrix[rows] @ query, DECIMALS), -1, 1)
        return found

    def count(self) -> int:
        """As `VectorIndex.count`."""
        return len(self._ids)

    def close(self) -> None:
        """As `VectorIndex.close`."""
        self._release()
        self._ids, self._row_of = [], {}
        self._matrix = np.empty((0, self.dimension), np.float32)

    def _best(self, rows: np.ndarray[tuple[int], np.dtype[np.intp]], cosines: Vector, k: int) -> list[Hit]:
        rounded = np.clip(np.round(cosines, DECIMALS), -1, 1)
        if k < len(rounded):
            last = np.partition(rounded, len(rounded) - k)[len(rounded) - k]
            kept = np.flatnonzero(rounded >= last)
            rows, rounded = rows[kept], rounded[kept]
        order = np.lexsort((rows, -rounded))[:k]
        return [Hit(self._ids[rows[i]], round(float(rounded[i]), DECIMALS)) for i in order]
