"""Nearest passages by meaning: exact vectors and Chroma in generations that can be made again from SQL."""

from knowledge.index.building import build_generation
from knowledge.index.chroma import ChromaIndex
from knowledge.index.contract import Hit, VectorIndex
from knowledge.index.embedding import embed_missing
from knowledge.index.exact import BruteForceIndex
from knowledge.index.live import LiveIndex, open_live
from knowledge.index.locks import IndexBusy
from knowledge.index.resilient import ResilientIndex

__all__ = [
    "BruteForceIndex",
    "ChromaIndex",
    "Hit",
    "IndexBusy",
    "LiveIndex",
    "ResilientIndex",
    "VectorIndex",
    "build_generation",
    "embed_missing",
    "open_live",
]
