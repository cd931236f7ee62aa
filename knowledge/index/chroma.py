"""Chroma behind the contract of a vector index, embedded, through langchain-chroma.

Traps: `count` answers from SQLite and says nothing about the vectors; a damaged file kills the interpreter, so a
folder is probed in a child process first; vectors are only added while the folder is built and never afterwards; the
default sync threshold flushes all the while, and a kill in between can destroy the folder. The import costs a second
and 70 MB, so it happens inside the functions.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.errors import IndexBroken
from knowledge.index.contract import DECIMALS, Hit, Matrix, Vector, direction
from knowledge.index.folder import SMALL

COLLECTION = "passages"
# With these, 98 % of the nearest 60 of 10,000 random directions are found (the defaults: 48 %), in 3 ms instead of 2.
_GRAPH = {"space": "cosine", "max_neighbors": 32, "ef_construction": 200, "ef_search": 400}
_M_ARENA_MAX = -8  # from malloc.h
_NEVER = 1_000_000
_ADD_AT_ONCE = 1_000


def open_client(path: Path) -> Any:
    """An embedded client on `path` that reports nothing to anyone."""
    import chromadb
    from chromadb.config import Settings

    _c_library("mallopt", _M_ARENA_MAX, 2)
    return chromadb.PersistentClient(path=str(path), settings=Settings(anonymized_telemetry=False))


def build_chroma(
    path: Path, ids: Sequence[str], matrix: Matrix, report: Callable[[int], None] = lambda done: None
) -> None:
    """Makes a new Chroma folder at `path` with row i of `matrix` under `ids[i]`. Only for child processes.

    Everything is flushed once, by the last vector: until then nothing is written that a kill could tear, and the first
    query after opening does not replay the log (0.02 s instead of 1.7 s at 10,000). A small log is left to be replayed.
    """
    threshold = len(ids) if len(ids) >= SMALL else _NEVER
    client = open_client(path)
    collection = client.create_collection(
        COLLECTION, embedding_function=None, configuration={"hnsw": {**_GRAPH, "sync_threshold": threshold}}
    )
    for begin in range(0, len(ids), _ADD_AT_ONCE):
        part = slice(begin, begin + _ADD_AT_ONCE)
        # LangChain makes no result without a text.
        collection.add(ids=list(ids[part]), embeddings=np.asarray(matrix[part]), documents=list(ids[part]))
        report(min(begin + _ADD_AT_ONCE, len(ids)))
    client.close()


def open_folder(path: Path) -> tuple[Any, Any]:
    """(client, collection) of the Chroma folder at `path`. Raises `IndexBroken` when it cannot be opened."""
    if not path.is_dir():  # Chroma would make an empty one
        raise IndexBroken(f"Chỉ mục {path.parent.name}: thiếu thư mục Chroma.")
    client: Any = None
    try:
        client = open_client(path)
        return client, client.get_collection(COLLECTION, embedding_function=None)
    except Exception as error:
        if client is not None:
            client.close()
        raise IndexBroken(f"Chỉ mục {path.parent.name}: Chroma không mở được ({_first_line(error)}).") from error


class ChromaIndex:
    """Searches the Chroma folder at `path`; `dimension` is that of its vectors. The folder must have passed the probe.

    Raises `IndexBroken` when Chroma cannot open it.
    """

    def __init__(self, path: Path, dimension: int) -> None:
        from langchain_chroma import Chroma

        self.dimension = dimension
        self._client, self._collection = open_folder(path)
        try:
            self._store: Any = Chroma(
                COLLECTION, client=self._client, embedding_function=None, create_collection_if_not_exists=False
            )
            self._count = int(self._collection.count())
        except Exception as error:
            self.close()
            raise IndexBroken(f"Chỉ mục {path.parent.name}: Chroma không mở được ({_first_line(error)}).") from error

    def search(self, vector: Vector, k: int) -> list[Hit]:
        """As `VectorIndex.search`, approximate. Raises `IndexBroken` when Chroma fails."""
        query = direction(vector, self.dimension)
        if query is None or k < 1 or not self._count:
            return []
        try:
            found = self._store.similarity_search_by_vector_with_relevance_scores(query.tolist(), k=min(k, self._count))
        except Exception as error:
            raise IndexBroken(f"Chroma không tìm được ({_first_line(error)}).") from error
        hits = [Hit(document.id, round(min(1.0, 1 - distance), DECIMALS)) for document, distance in found]
        return sorted(hits, key=lambda hit: (-hit.similarity, hit.passage_id))

    def similarities(self, vector: Vector, ids: Sequence[str]) -> Vector:
        """As `VectorIndex.similarities`. Raises `IndexBroken` when Chroma fails."""
        query = direction(vector, self.dimension)
        found = np.full(len(ids), np.nan, np.float32)
        if query is None or not ids:
            return found
        try:
            got = self._collection.get(ids=list(dict.fromkeys(ids)), include=["embeddings"])
        except Exception as error:
            raise IndexBroken(f"Chroma không đọc được vector ({_first_line(error)}).") from error
        cosine = {
            i: float(np.asarray(v, np.float32) @ query) for i, v in zip(got["ids"], got["embeddings"], strict=True)
        }
        for at, passage_id in enumerate(ids):
            if passage_id in cosine:
                found[at] = min(1.0, max(-1.0, round(cosine[passage_id], DECIMALS)))
        return found

    def count(self) -> int:
        """As `VectorIndex.count`, as it was when the folder was opened."""
        return self._count

    def close(self) -> None:
        """As `VectorIndex.close`."""
        client, self._client = self._client, None
        if client is not None:
            client.close()
            _c_library("malloc_trim", 0)


def _c_library(function: str, *arguments: int) -> None:
    """Calls a function of the GNU C library; nothing elsewhere.

    Chroma's threads fill a heap each, and what a closed index gave back stays in them: thirty generations grew the
    process from 140 to 360 MB. With two heaps, trimmed after each closing, it stays at 140.
    """
    with suppress(OSError, AttributeError):
        getattr(ctypes.CDLL(None), function)(*arguments)


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__
