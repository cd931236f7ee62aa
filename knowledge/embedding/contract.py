"""What the rest of the program knows of an embedding model."""

from __future__ import annotations

import re
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.vietnamese import nfc

Vectors = NDArray[np.float32]

MAX_TOKENS = 512
# More than 512 tokens of any text; a message of a hundred thousand characters costs no more than a long article.
MAX_CHARACTERS = 20_000
_BLANKS = re.compile(r"[\s\x00]+")


class Embedder(Protocol):
    """Turns text into vectors of length 1; the dot product of two is their cosine. Thread-safe.

    Never raises on any text: what cannot be encoded is replaced, what is too long is cut at the model's limit. NFC and
    NFD forms of a text give the same vector.
    """

    @property
    def fingerprint(self) -> str:
        """Names the weights, the prompts and the precision: vectors of different fingerprints must never be mixed."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    def embed_documents(self, texts: list[str]) -> Vectors:
        """Vectors of passages, (len(texts), dimension) float32, in the order of `texts`."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """Vector of a question, (dimension,) float32."""
        ...


def encodable(text: str) -> str:
    """`text` as every tokenizer takes it: NFC, blanks and NUL one space, no lone surrogates, MAX_CHARACTERS at most."""
    valid = text[: 8 * MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8")
    return nfc(_BLANKS.sub(" ", valid).strip())[:MAX_CHARACTERS]
