"""What a file would become, before anything is published: who it is, its provisions, what a person should look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from ingest.alerts import Alert
from ingest.header import identify
from ingest.hidden import seal
from ingest.lint import Finding, Stored, lint
from ingest.manifest import ManifestRow
from ingest.pipeline import provisions_of
from ingest.quarantine import MACHINE, checked
from ingest.readers import Limits, read_document
from knowledge.law import DocumentIdentity, DocumentStatus, Provision
from knowledge.passages import make_passages


@dataclass(frozen=True, slots=True)
class Preview:
    """`status` is what `ingest` would make of the file; `reason`, `message` and `remedy` say why it would be kept out.

    A document that is only held for its sentences to a machine is shown whole: whoever confirms must see what it says.
    """

    name: str
    status: DocumentStatus
    reason: str = ""
    message: str = ""
    remedy: str = ""
    identity: DocumentIdentity | None = None
    pages: int = 0
    ocr_pages: int = 0
    passages: int = 0
    provisions: Sequence[Provision] = ()
    warnings: tuple[str, ...] = ()
    findings: list[Finding] = field(default_factory=list)
    alerts: tuple[Alert, ...] = ()

    @property
    def seal(self) -> str:
        """The code by which a person confirms to have seen the warnings among `alerts`; empty without warnings."""
        return seal(self.alerts)

    @property
    def articles(self) -> tuple[str, ...]:
        """Numbers of the articles (điều), in reading order."""
        return tuple(dict.fromkeys(p.coordinate.article for p in self.provisions if p.coordinate.article))


def preview(
    path: Path, row: ManifestRow | None, today: date, held: Sequence[Stored] = (), limits: Limits | None = None
) -> Preview:
    """What `ingest` would make of `path` with `row` of its manifest, beside the documents `held`. Raises UnreadableFile."""
    document = read_document(path, limits)
    who = checked(identify(document, row), document.alerts, row)
    alerts = tuple(document.alerts)
    pages, scanned = document.pages, len(document.ocr_pages)
    held_for_machine = who.reason == MACHINE
    if (who.status is not DocumentStatus.ACCEPTED and not held_for_machine) or who.identity is None:
        return Preview(
            path.name, who.status, who.reason, who.message, who.remedy, who.identity, pages, scanned,
            warnings=(*who.warnings, *document.notes), alerts=alerts,
        )  # fmt: skip
    provisions, odd = provisions_of(who, who.identity)
    made = Preview(
        path.name, who.status, who.reason, who.message, who.remedy, who.identity, pages, scanned,
        passages=len(make_passages(provisions, who.identity.in_force)), provisions=provisions,
        warnings=(*who.warnings, *document.notes, *odd), alerts=alerts,
    )  # fmt: skip
    ends = [p.in_force.until for p in provisions if p.in_force and p.in_force.until]
    stored = Stored(
        path.name, DocumentStatus.ACCEPTED, identity=who.identity, articles=made.articles, ocr_pages=scanned,
        until=max(ends, default=None),
    )  # fmt: skip
    others = [s for s in held if s.identity is None or s.identity.number != who.identity.number]
    known = {(f.code, f.where) for f in lint(others, today)}
    made.findings.extend(f for f in lint([*others, stored], today) if (f.code, f.where) not in known)
    return made
