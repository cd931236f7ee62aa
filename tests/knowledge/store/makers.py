"""Documents for tests of the store and the index."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from knowledge.law import Coordinate, DocumentIdentity, DocumentKind, InForce, Provision, ProvisionKind
from knowledge.store import NewDocument, Passage, SourceFile

HELD = InForce(date(2025, 7, 1))
DECREE = "7/2030/NĐ-CP"


def decree(
    words: Sequence[str] = ("Mức đóng.", "Mức hưởng."),
    *,
    number: str = DECREE,
    path: str = "hồ sơ/a.docx",
    sha256: str = "",
    kind: DocumentKind = DocumentKind.DECREE,
    in_force: InForce | None = HELD,
    parser: str = "1",
) -> NewDocument:
    """A document with one article for each of `words`."""
    provisions = [
        Provision(Coordinate(number, str(i)), ProvisionKind.ARTICLE, text, f"Điều số {i}", ("Chương I",))
        for i, text in enumerate(words, 1)
    ]
    passages = [
        Passage(p.coordinate, p.heading, p.breadcrumb, p.text, f"{p.heading}\n{p.text}", True, in_force or HELD)
        for p in provisions
    ]
    identity = DocumentIdentity(number, kind, "Nghị định Thử", "Chính phủ", date(2025, 5, 1), in_force)
    return NewDocument(SourceFile(path, sha256 or f"{hash_of(words)}"), identity, provisions, passages, parser)


def hash_of(words: Sequence[str]) -> str:
    """Stands for the hash of the bytes of a file with these words."""
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


def moved(document: NewDocument, path: str) -> NewDocument:
    """The same document from another file."""
    return replace(document, source=replace(document.source, path=path))
