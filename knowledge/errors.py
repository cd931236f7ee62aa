"""Errors of `knowledge`: one line for the reader, with what to do."""

from __future__ import annotations


class KnowledgeError(Exception):
    """Base of all errors of this package. `str(error)` is one Vietnamese line; `remedy` says what to do."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy


class ModelChanged(KnowledgeError):
    """Raised when the stored vectors were made by another embedding model or dimension."""


class ModelMissing(KnowledgeError):
    """Raised when the embedding model cannot be found or its files fail their checksum."""


class IndexBroken(KnowledgeError):
    """Raised when a vector index generation cannot be opened or does not find its own vectors."""


class BadInput(KnowledgeError):
    """Raised when a file or option given by a person cannot be used; names what and where."""
