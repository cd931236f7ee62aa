"""Vectors of cards, kept between starts by text: a card that staff change costs its own texts, not those of all cards."""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from knowledge.embedding import Embedder

_MANY = 500  # ways of asking that take long enough to say so
log = logging.getLogger("knowledge.cards")


def card_vectors(
    asks: list[str],
    answers: list[str],
    embedder: Embedder,
    folder: Path | None,
    report: Callable[[str], None] = lambda line: None,
    name: str = "cards",
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Vectors of ways of asking (as questions) and of answers (as passages), kept in `folder` between starts.

    `report` gets a line when it will take a while. `name` begins the name of the file.
    """
    marks = [_mark(text, kind) for kind, texts in (("ask", asks), ("answer", answers)) for text in texts]
    model = hashlib.sha256(embedder.fingerprint.encode()).hexdigest()[:16]
    kept = folder / f"{name}-{model}.npz" if folder is not None else None
    known = _kept(kept, embedder.dimension) if kept is not None else {}
    # One changed card costs its own texts, not all two thousand.
    new_asks = list(dict.fromkeys(t for t, m in zip(asks, marks, strict=False) if m not in known))
    new_answers = list(dict.fromkeys(t for t, m in zip(answers, marks[len(asks) :], strict=True) if m not in known))
    if len(new_asks) > _MANY:
        report("Chuẩn bị thẻ trả lời, khoảng nửa phút, chỉ làm một lần …")
    if new_asks:
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:  # one text a core
            made = pool.map(embedder.embed_query, new_asks)
            known |= {_mark(text, "ask"): vector for text, vector in zip(new_asks, made, strict=True)}
    if new_answers:
        vectors = embedder.embed_documents(new_answers)
        known |= {_mark(text, "answer"): vector for text, vector in zip(new_answers, vectors, strict=True)}
    if kept is not None and (new_asks or new_answers):
        _keep({mark: known[mark] for mark in marks}, kept)
    all_ = np.array([known[mark] for mark in marks], dtype=np.float32).reshape(len(marks), embedder.dimension)
    return all_[: len(asks)], all_[len(asks) :]


def _mark(text: str, kind: str) -> str:
    """What a kept vector is found by."""
    return hashlib.sha256(f"{kind}\n{text}".encode()).hexdigest()[:32]


def _kept(path: Path, dimension: int) -> dict[str, NDArray[np.float32]]:
    """Vectors of `path` by their marks; empty when there are none to be read."""
    if not path.is_file():
        return {}
    try:
        with np.load(path, allow_pickle=False) as file:
            marks, vectors = file["marks"].tolist(), file["vectors"]
        if vectors.dtype == np.float32 and vectors.shape == (len(marks), dimension):
            return dict(zip(marks, vectors, strict=True))
    except (OSError, ValueError, KeyError, BadZipFile):
        log.warning("kept card vectors cannot be read; they are made again")
    return {}


def _keep(vectors: dict[str, NDArray[np.float32]], path: Path) -> None:
    """Writes aside and renames: two processes may start at once."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as file:
            np.savez(file, marks=np.array(list(vectors)), vectors=np.stack(list(vectors.values())).astype(np.float32))
        Path(file.name).replace(path)
        for old in path.parent.glob("cards-*.npy"):  # the form before this one
            old.unlink(missing_ok=True)
    except OSError as error:
        log.warning("card vectors cannot be kept: %s", type(error).__name__)
