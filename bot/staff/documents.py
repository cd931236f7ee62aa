"""Documents as staff read them: all that were ever given with what became of them, and one with its provisions and what is odd."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.staff.visit import NotThere
from ingest.lint import Finding, Stored, lint
from knowledge.law import DocumentStatus, Provision
from knowledge.store import Decided, DocumentRow, KnowledgeStore, SourceFileRow
from knowledge.vietnamese import fold

STATUSES = ("accepted", "quarantined", "refused", "duplicate", "withdrawn")
PAGE = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """A file and, where it is in use, its document."""

    file: SourceFileRow
    document: DocumentRow | None

    @property
    def number(self) -> str:
        """The official number, empty where there is none."""
        return self.document.identity.number if self.document else self.file.number

    @property
    def title(self) -> str:
        """The title, or the file's name."""
        return (self.document.identity.title if self.document else self.file.title) or self.file.name

    def holds(self, on: date) -> bool:
        """Whether it is in use and in force on `on`."""
        held = self.document.identity.in_force if self.document else None
        return self.document is not None and (held is None or on in held)


@dataclass(frozen=True, slots=True)
class FoundDocuments:
    """One page of the list, with how many of each status there are in all."""

    rows: Sequence[Listed]
    total: int
    page: int
    counts: dict[str, int]

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True, slots=True)
class Shown:
    """One document with all that is known of it."""

    listed: Listed
    provisions: Sequence[Provision]
    findings: Sequence[Finding]
    replaces: Sequence[tuple[str, int]]  # number, and the file's id where it is held (0 where not)
    replaced_by: Sequence[tuple[str, int]]
    decided: Decided | None


class Documents:
    """Documents in the store, for reading."""

    def __init__(self, store: KnowledgeStore) -> None:
        self._store = store

    def find(self, *, status: str = "", words: str = "", page: int = 1) -> FoundDocuments:
        """A page of all files, those to be looked at first, then by number."""
        every = self._all()
        counts = {name: sum(one.file.status.value == name for one in every) for name in STATUSES}
        if status:
            every = [one for one in every if one.file.status.value == status]
        parts = fold(words).split()
        if parts:
            every = [one for one in every if _has(one, parts)]
        order = {"quarantined": 0, "refused": 1}
        every.sort(key=lambda one: (order.get(one.file.status.value, 2), fold(one.number or one.title), one.file.id))
        page = min(max(1, page), max(1, -(-len(every) // PAGE)))
        return FoundDocuments(every[(page - 1) * PAGE : page * PAGE], len(every), page, counts)

    def one(self, file_id: int, today: date) -> Shown:
        """One file with its document. Raises NotThere."""
        every = self._all()
        found = next((one for one in every if one.file.id == file_id), None)
        if found is None:
            raise NotThere("Không có văn bản này.")
        document = found.document
        provisions = self._store.provisions_of(document.id) if document else []
        ends = [p.in_force.until for p in provisions if p.in_force and p.in_force.until]
        stored = Stored(
            found.file.name, found.file.status, found.file.reason, found.file.message, found.file.remedy,
            document.identity if document else None,
            tuple(dict.fromkeys(p.coordinate.article for p in provisions if p.coordinate.article)),
            found.file.ocr_pages, max(ends, default=None),
        )  # fmt: skip
        findings = [f for f in lint([stored], today) if f.message != found.file.message]
        by_number = {one.number: one.file.id for one in every if one.document and one.number}
        replaces = [(n, by_number.get(n, 0)) for n in (document.identity.replaces if document else ())]
        newer = [
            (one.number, one.file.id)
            for one in every
            if one.document and document and found.number and found.number in one.document.identity.replaces
        ]
        decided = self._store.decided_validity(document.id) if document else None
        return Shown(found, provisions, findings, replaces, newer, decided)

    def of_number(self, number: str) -> Listed | None:
        """The document in use with this official number."""
        wanted = number.upper()
        return next((one for one in self._all() if one.document and one.number.upper() == wanted), None)

    def _all(self) -> list[Listed]:
        live = {d.path: d for d in self._store.documents() if d.status is DocumentStatus.ACCEPTED}
        return [Listed(file, live.get(file.path)) for file in self._store.source_files()]


def _has(one: Listed, parts: Sequence[str]) -> bool:
    text = fold(f"{one.number} {one.title} {one.file.name}")
    return all(part in text for part in parts)
