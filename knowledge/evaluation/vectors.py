"""Keeps the vectors of evaluation corpora on disk, so that a second run does not embed again."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.embedding.contract import Embedder

_BATCH = 256


class VectorCache:
    """Vectors by text and model in `folder`. Saved after every few batches, so that an interrupted run goes on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def vectors(
        self, embedder: Embedder, texts: Sequence[str], report: Callable[[int, int], None] | None = None
    ) -> NDArray[np.float32]:
        """Document vectors of `texts`, shape (len(texts), dimension); `report(done, total)` is called as new ones are made."""
        path = self._folder / f"{hashlib.sha256(embedder.fingerprint.encode()).hexdigest()[:16]}.npz"
        known = _read(path, embedder.dimension)
        keys = [hashlib.sha256(t.encode()).hexdigest()[:32] for t in texts]
        wanted = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        for begin in range(0, len(wanted), _BATCH):
            part = dict(list(wanted.items())[begin : begin + _BATCH])
            known |= zip(part, embedder.embed_documents(list(part.values())), strict=True)
            if report:
                report(min(begin + _BATCH, len(wanted)), len(wanted))
            if begin // _BATCH % 8 == 7:
                _write(path, known)
        if wanted:
            _write(path, known)
        return np.stack([known[key] for key in keys]) if keys else np.empty((0, embedder.dimension), np.float32)


def _read(path: Path, dimension: int) -> dict[str, NDArray[np.float32]]:
    try:
        with np.load(path, allow_pickle=False) as z:
            keys, matrix = z["keys"], z["matrix"]
    except (OSError, ValueError, KeyError):
        return {}
    return dict(zip(map(str, keys), matrix, strict=True)) if matrix.shape == (len(keys), dimension) else {}


def _write(path: Path, known: dict[str, NDArray[np.float32]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    work = path.with_name(f".{uuid.uuid4().hex}.npz")
    np.savez(work, keys=np.array(list(known)), matrix=np.stack(list(known.values())))
    work.replace(path)
