"""Vectors in SQL: one for each different search text and embedding model, float32 bytes, length 1."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, Insert, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from knowledge.errors import KnowledgeError, ModelChanged
from knowledge.store.database import reading, writing
from knowledge.store.tables import passages, vectors

Matrix = NDArray[np.float32]
_PAGE = 512
_BATCH = 4_096
_SHORTEST = 1e-6  # below this length a vector says nothing about its text


class Vectors:
    """The vectors of `KnowledgeStore`.

    `fingerprint` names the embedding model and everything that changes its output.
    """

    engine: Engine

    def count_missing_vectors(self, fingerprint: str) -> tuple[int, int]:
        """(different search texts without a vector, different search texts in all)."""
        query = select(
            func.count(passages.c.search_hash.distinct()) - func.count(vectors.c.search_hash.distinct()),
            func.count(passages.c.search_hash.distinct()),
        ).select_from(passages.outerjoin(vectors, _same(fingerprint)))
        with reading(self.engine) as connection:
            missing, total = connection.execute(query).one()
        return int(missing), int(total)

    def vector_models(self) -> dict[str, int]:
        """Dimension of the stored vectors by fingerprint; reads all rows."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(vectors.c.fingerprint, vectors.c.dimension).distinct()).all()
        return {row.fingerprint: row.dimension for row in rows}

    def missing_vectors(self, fingerprint: str) -> Iterator[tuple[str, str]]:
        """(hash, search text) of the texts of live passages that have no vector yet, each once.

        Reads page by page in short transactions, so vectors may be saved while it runs.
        """
        last = ""
        while True:
            query = (
                select(passages.c.search_hash, func.min(passages.c.search_text).label("search_text"))
                .select_from(passages.outerjoin(vectors, _same(fingerprint)))
                .where(vectors.c.search_hash.is_(None), passages.c.search_hash > last)
                .group_by(passages.c.search_hash)
                .order_by(passages.c.search_hash)
                .limit(_PAGE)
            )
            with reading(self.engine) as connection:
                page = connection.execute(query).all()
            yield from ((row.search_hash, row.search_text) for row in page)
            if len(page) < _PAGE:
                return
            last = page[-1][0]

    def save_vectors(self, fingerprint: str, hashes: Sequence[str], matrix: Matrix) -> None:
        """Store one vector (row of `matrix`) for each hash, in one transaction; those already stored stay as they are.

        Raises `ModelChanged` when vectors of another dimension are stored under `fingerprint`, `KnowledgeError` when a
        vector is not finite or the counts differ.
        """
        if matrix.ndim != 2 or len(matrix) != len(hashes):
            raise KnowledgeError(
                f"Mô hình nhúng trả {matrix.shape} cho {len(hashes)} đoạn.", "Kiểm tra EMBEDDING_MODEL."
            )
        if not len(hashes):
            return
        if not np.isfinite(matrix).all():
            raise KnowledgeError("Mô hình nhúng trả giá trị không phải số.", "Kiểm tra EMBEDDING_MODEL.")
        lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
        rows = (matrix / np.maximum(lengths, _SHORTEST)).astype("<f4")
        # One without length is kept as no bytes: it says nothing, but its text is not embedded again and again.
        blobs = [row.tobytes() if length > _SHORTEST else b"" for row, (length,) in zip(rows, lengths, strict=True)]
        with writing(self.engine) as connection:
            stored = connection.execute(
                select(vectors.c.dimension).where(vectors.c.fingerprint == fingerprint).limit(1)
            ).scalar()
            if stored is not None and stored != matrix.shape[1]:
                raise model_changed(f"vector đã lưu có {stored} chiều, mô hình cho {matrix.shape[1]} chiều")
            connection.execute(
                self._insert_new(),
                [
                    {
                        "search_hash": search_hash,
                        "fingerprint": fingerprint,
                        "dimension": matrix.shape[1],
                        "vector": blob,
                    }
                    for search_hash, blob in zip(hashes, blobs, strict=True)
                ],
            )

    def vector_ids(self, fingerprint: str) -> Iterator[str]:
        """Ids of all live passages that have a vector, as `vector_batches` gives them, without reading vectors."""
        with reading(self.engine) as connection:
            query = select(passages.c.id).join(vectors, _usable(fingerprint)).order_by(passages.c.id)
            yield from connection.execution_options(yield_per=_BATCH).execute(query).scalars()

    def vector_batches(self, fingerprint: str, dimension: int) -> Iterator[tuple[list[str], Matrix]]:
        """(passage ids, vectors) of all live passages that have a vector, by id, some thousands at a time.

        Passages whose vector has no length are left out: no direction, no cosine. Raises `ModelChanged` when a stored
        vector has another dimension.
        """
        query = (
            select(passages.c.id, vectors.c.dimension, vectors.c.vector)
            .join(vectors, _usable(fingerprint))
            .order_by(passages.c.id)
        )
        with reading(self.engine) as connection:
            result = connection.execution_options(yield_per=_BATCH).execute(query)
            for batch in result.partitions():
                if any(row.dimension != dimension for row in batch):
                    raise model_changed(f"vector đã lưu không có {dimension} chiều")
                yield [row.id for row in batch], _matrix([row.vector for row in batch], dimension)

    def vectors_for(
        self, fingerprint: str, dimension: int, ids: Sequence[str] | None = None
    ) -> tuple[list[str], Matrix]:
        """(passage ids, float32 matrix of n x `dimension`) for `ids` or for all live passages, ordered by id.

        Passages without a vector are left out. Raises `ModelChanged` when a stored vector has another dimension.
        """
        wanted = set(ids) if ids is not None else None
        found: list[str] = []
        parts: list[Matrix] = []
        for batch_ids, matrix in self.vector_batches(fingerprint, dimension):
            if wanted is None:
                found += batch_ids
                parts.append(matrix)
                continue
            keep = [i for i, passage_id in enumerate(batch_ids) if passage_id in wanted]
            found += [batch_ids[i] for i in keep]
            parts.append(matrix[keep])
        return found, np.concatenate(parts) if parts else np.empty((0, dimension), np.float32)

    def forget_unused_vectors(self) -> int:
        """Delete vectors whose text no live passage has any more; returns how many."""
        used = select(passages.c.search_hash).where(passages.c.search_hash == vectors.c.search_hash).exists()
        with writing(self.engine) as connection:
            return connection.execute(delete(vectors).where(~used)).rowcount

    def _insert_new(self) -> Insert:
        dialect: Any = postgresql if self.engine.dialect.name == "postgresql" else sqlite
        insert: Insert = dialect.insert(vectors).on_conflict_do_nothing()
        return insert


def model_changed(detail: str) -> ModelChanged:
    """The error for stored vectors that the running embedding model did not make."""
    return ModelChanged(
        f"Mô hình nhúng đã đổi: {detail}.",
        "Đặt lại EMBEDDING_MODEL như cũ, hoặc chạy: tuvan ingest lại để lập chỉ mục mới.",
    )


def _same(fingerprint: str) -> Any:
    return (vectors.c.search_hash == passages.c.search_hash) & (vectors.c.fingerprint == fingerprint)


def _usable(fingerprint: str) -> Any:
    return _same(fingerprint) & (func.length(vectors.c.vector) > 0)


def _matrix(blobs: list[bytes], dimension: int) -> Matrix:
    matrix = np.frombuffer(b"".join(blobs), dtype="<f4").reshape(len(blobs), dimension)
    return matrix if sys.byteorder == "little" else matrix.astype(np.float32)
