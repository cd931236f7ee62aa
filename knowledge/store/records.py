"""What goes into the knowledge store and what comes out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from knowledge.law import (
    Coordinate,
    DocumentIdentity,
    DocumentKind,
    DocumentStatus,
    InForce,
    Provision,
)

# Kinds whose number is not theirs alone: many handbooks have none, and a codification comes as several files.
SHARED_NUMBER_KINDS = frozenset({DocumentKind.HANDBOOK, DocumentKind.CODIFICATION})


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as a person gave it: `path` names it from run to run, `sha256` is of its bytes."""

    path: str
    sha256: str
    name: str = ""  # for people; the last part of `path` when empty
    pages: int = 0
    ocr_pages: int = 0


@dataclass(frozen=True, slots=True)
class Passage:
    """One unit of search: what is shown (`text`) and what is searched (`search_text`)."""

    coordinate: Coordinate
    heading: str
    breadcrumb: tuple[str, ...]
    text: str
    search_text: str
    quotable: bool
    in_force: InForce


@dataclass(frozen=True, slots=True)
class NewDocument:
    """One file turned into knowledge, ready to be published."""

    source: SourceFile
    identity: DocumentIdentity
    provisions: Sequence[Provision]
    passages: Sequence[Passage]
    parser_version: str

    def content_hash(self) -> str:
        """SHA-256 (hex) over identity, provisions, passages and parser version; the file's name and bytes are not in
        it.
        """
        digest = hashlib.sha256()
        for part in (self.parser_version, self.identity, *self.provisions, "—", *self.passages):
            digest.update(repr(part).encode())
            digest.update(b"\0")
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A passage of a live document. `number` is of its own coordinate, `title` and `kind` are the document's."""

    id: str
    document_id: int
    position: int
    number: str
    article: str
    clause: str
    point: str
    section: str
    heading: str
    breadcrumb: tuple[str, ...]
    text: str
    search_text: str
    effective_from: date
    effective_to: date | None
    quotable: bool
    title: str
    kind: DocumentKind

    @property
    def coordinate(self) -> Coordinate:
        """Where it stands."""
        return Coordinate(self.number, self.article, self.clause, self.point, self.section)

    @property
    def in_force(self) -> InForce:
        """When it holds."""
        return InForce(self.effective_from, self.effective_to)


@dataclass(frozen=True, slots=True)
class SourceFileRow:
    """What became of a file. `reason` is a word for statistics; `message` and `remedy` are Vietnamese lines."""

    id: int
    path: str
    name: str
    sha256: str
    status: DocumentStatus
    reason: str
    message: str
    remedy: str
    title: str
    number: str
    pages: int
    ocr_pages: int
    parser_version: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A stored document with the file it came from and the number of its provisions and searchable passages."""

    id: int
    path: str
    identity: DocumentIdentity
    status: DocumentStatus
    parser_version: str
    content_hash: str
    provisions: int
    passages: int


class PublishOutcome(StrEnum):
    """What `KnowledgeStore.publish` did."""

    PUBLISHED = "published"  # new, or replaced the older version of the same file
    UNCHANGED = "unchanged"  # nothing was written
    DUPLICATE = "duplicate"  # the same document is live from another file
    QUARANTINED = "quarantined"  # kept out of search: a person must look
    WITHDRAWN = "withdrawn"  # was withdrawn by a person; comes back only when asked for


@dataclass(frozen=True, slots=True)
class PublishResult:
    """Outcome with its reason for people; `document_id` is None when no document is stored for the file."""

    outcome: PublishOutcome
    document_id: int | None = None
    message: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class StoreState:
    """Compare two of these to learn whether a server must reload: `version` for passages, `live_generation` for
    vectors.
    """

    version: int
    live_generation: int | None
