"""What is learned of conduct: the ways of asking of the cards that answer against the examples of what is not simply answered."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from knowledge.cards.matching import CardIndex, bare
from knowledge.cards.vectors import card_vectors
from knowledge.embedding import Embedder
from knowledge.understanding.conduct_learned import ORDINARY, Learned, examples

_LEAST_DIMENSION = 128  # a stand-in of fewer knows no meaning


def learned_conduct(index: CardIndex, embedder: Embedder | None, folder: Path | None) -> Learned | None:
    """The classifier for the cards of `index`, from `folder` when nothing changed since it was learned; None without a model."""
    asked = index.answered()
    if embedder is None or asked is None or not asked[0] or embedder.dimension < _LEAST_DIMENSION:
        return None
    said = [(label, bare(text)) for label, text in examples()]
    texts = [text for _, text in said] + asked[0]
    labels = [label for label, _ in said] + [ORDINARY] * len(asked[0])
    known = "\n".join([Learned.version, embedder.fingerprint, *map("\t".join, zip(labels, texts, strict=True))])
    mark = hashlib.sha256(known.encode()).hexdigest()
    path = folder / f"conduct-{hashlib.sha256(embedder.fingerprint.encode()).hexdigest()[:16]}.npz" if folder else None
    if path is not None and (kept := Learned.kept(path, mark)):
        return kept
    vectors, _ = card_vectors([text for _, text in said], [], embedder, folder, name="examples")
    made = Learned.train(texts, labels, np.vstack([vectors, asked[1]]))
    if path is not None:
        made.keep(path, mark)
    return made
