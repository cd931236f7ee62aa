"""Knowledge with vectors and built generations, for tests of the index."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.index import build_generation, embed_missing
from knowledge.store import KnowledgeStore, metadata, open_engine
from tests.knowledge.store.makers import decree

DIMENSION = 32


class HashEmbedder:
    """Every text has a direction of its own, the same in every process."""

    def __init__(self, fingerprint: str = "thử", dimension: int = DIMENSION) -> None:
        self.fingerprint = fingerprint
        self.dimension = dimension
        self.calls: list[int] = []

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.calls.append(len(texts))
        return np.stack([self.direction(text) for text in texts])

    def direction(self, text: str) -> NDArray[np.float32]:
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
        vector = np.random.default_rng(seed).standard_normal(self.dimension)
        return (vector / np.linalg.norm(vector)).astype(np.float32)


@dataclass(frozen=True)
class World:
    """A store and its folder of indexes, both below `root`."""

    root: Path
    store: KnowledgeStore
    embedder: HashEmbedder

    @property
    def indexes(self) -> Path:
        return self.root / "indexes"

    def publish(self, words: Sequence[str], number: str = "7/2030/NĐ-CP") -> None:
        """Publishes and embeds a document with these articles."""
        self.store.publish(decree(words, number=number, path=number))
        embed_missing(self.store, self.embedder)

    def build(self) -> bool:
        """True when a generation was made."""
        return build_generation(self.store, self.indexes, self.embedder.fingerprint, DIMENSION) is not None

    def vectors(self) -> tuple[list[str], NDArray[np.float32]]:
        """What SQL holds."""
        return self.store.vectors_for(self.embedder.fingerprint, DIMENSION)

    def folder(self) -> Path:
        """The one finished generation folder."""
        (found,) = self.folders()
        return found

    def folders(self) -> list[Path]:
        return sorted(p for p in self.indexes.iterdir() if p.is_dir())

    def copy_to(self, root: Path) -> World:
        """The same world elsewhere; the database must be at rest."""
        shutil.copytree(self.root, root, dirs_exist_ok=True)
        return open_world(root)


def open_world(root: Path) -> World:
    """The world at `root`, with empty tables where there is none."""
    engine = open_engine(f"sqlite:///{root / 'knowledge.sqlite3'}")
    metadata.create_all(engine)
    return World(root, KnowledgeStore(engine), HashEmbedder())


def articles(count: int, start: int = 0) -> list[str]:
    """Different texts."""
    return [f"Quy định thứ {i}." for i in range(start, start + count)]


def directions(count: int, seed: int = 5) -> NDArray[np.float32]:
    """Random questions, shape (count, DIMENSION)."""
    made = np.random.default_rng(seed).standard_normal((count, DIMENSION))
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)
