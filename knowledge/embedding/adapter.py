"""Our embedder as LangChain's, for langchain-chroma and chains."""

from __future__ import annotations

from langchain_core.embeddings import Embeddings

from knowledge.embedding.contract import Embedder


class LangChainEmbeddings(Embeddings):
    """`embedder` behind LangChain's interface: lists of floats instead of arrays."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector a text, in order."""
        vectors: list[list[float]] = self._embedder.embed_documents(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        vector: list[float] = self._embedder.embed_query(text).tolist()
        return vector
