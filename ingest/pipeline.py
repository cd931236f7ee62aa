"""Files in, knowledge out: reads, identifies, cuts and publishes, file by file.

Each file is one transaction of the store; a kill between two files leaves the first one in and the second one out. A file
whose bytes, manifest row and parser are as they were is not read again.
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from ingest import structure
from ingest.alerts import Alert
from ingest.errors import UnreadableFile
from ingest.header import Identified, identify
from ingest.manifest import Manifest, ManifestRow, read_manifest
from ingest.quarantine import checked, in_words
from ingest.readers import ReadDocument, read_document
from ingest.sandbox import Limits
from knowledge.law import DocumentIdentity, DocumentKind, DocumentStatus, InForce, Provision
from knowledge.passages import make_passages
from knowledge.store import DocumentRow, KnowledgeStore, NewDocument, PublishOutcome, SourceFile, SourceFileRow

PARSER = "10"  # one more whenever a reader or the structure changes what comes out of the same file
SUFFIXES = frozenset(
    {
        ".pdf",
        ".docx",
        ".doc",
        ".rtf",
        ".html",
        ".htm",
        ".md",
        ".markdown",
        ".txt",
        ".png",
        ".jpg",
        ".jpeg",
        ".tif",
        ".tiff",
    }
)
# Refusals that may go away without the file changing: a program was installed since.
_TRY_AGAIN = frozenset({"scan_without_ocr", "no_office", "missing", "time_limit", "memory_limit"})
_PARALLEL = 2


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file. `outcome` is a DocumentStatus, or `unchanged`; `message` and `remedy` are Vietnamese.

    `warnings` has the `alerts` (hidden text, sentences for a machine) in words too: instructions first, harmless hidden text last.
    """

    path: str
    name: str
    outcome: str
    reason: str = ""
    message: str = ""
    remedy: str = ""
    number: str = ""
    title: str = ""
    pages: int = 0
    articles: int = 0
    provisions: int = 0
    passages: int = 0
    warnings: tuple[str, ...] = ()
    alerts: tuple[Alert, ...] = ()

    @property
    def failed(self) -> bool:
        """True when nothing of the file can be found and a person should look."""
        return self.outcome in (DocumentStatus.REFUSED.value, DocumentStatus.QUARANTINED.value)


@dataclass(slots=True)
class IngestReport:
    """All files of one run."""

    files: list[FileReport] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)  # ingested before from these folders, not there any more

    def count(self, outcome: str) -> int:
        """How many files ended so."""
        return sum(f.outcome == outcome for f in self.files)


def find_files(paths: Iterable[Path]) -> list[Path]:
    """Files named in `paths` and those in folders below, in a stable order; README files, manifests and hidden files left out.

    A file that is named itself is always taken, whatever its ending, so that its refusal can be told.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if not path.is_dir():
            found[path.absolute()] = None
            continue
        for inside in sorted(path.absolute().rglob("*")):
            relative = inside.relative_to(path.absolute())
            if inside.is_dir() or any(part.startswith((".", "~$")) for part in relative.parts):
                continue
            if inside.stem.lower() == "readme" or inside.suffix.lower() not in SUFFIXES:
                continue
            found[inside] = None
    return list(found)


def ingest(
    paths: Sequence[Path],
    store: KnowledgeStore,
    *,
    progress: Callable[[int, int, str], None] | None = None,
    name_of: Callable[[Path], str] = str,
    restore: bool = False,
    supersede: bool = False,
    prune: bool = False,
) -> IngestReport:
    """Brings `paths` into `store`; never raises for a bad file.

    `name_of` gives the name by which a file is known from run to run; `restore` and `supersede` as in
    `KnowledgeStore.publish`; `prune` withdraws documents whose file is gone from the given folders.
    `progress(done, total, name)` is called after each file.
    """
    files = find_files(paths)
    manifests = {folder: read_manifest(folder) for folder in {f.parent for f in files}}
    known = {row.path: row for row in store.source_files()}
    names = {path: _storable(name_of(path)) for path in files}
    gone = _gone(paths, set(names.values()), store)
    report = IngestReport(missing=[document.path for document in gone])
    # A file under a new name takes the place of the one that is gone; withdrawn first, its number would be barred.
    free = {document.identity.number for document in gone} if prune else set()
    for number, (path, work) in enumerate(_in_order(names, manifests, known, free, force=restore or supersede), 1):
        done = _finish(work(), store, free, restore=restore, supersede=supersede)
        report.files.append(done)
        if done.outcome == DocumentStatus.ACCEPTED.value:
            free.discard(done.number)
        if progress:
            progress(number, len(files), path.name)
    if prune:
        for path_gone in report.missing:
            store.withdraw(path_gone)
    return report


@dataclass(frozen=True, slots=True)
class _Read:
    """A file after reading, before publishing; exactly one of `report`, `error`, `document` is set."""

    source: SourceFile
    version: str
    row: ManifestRow | None = None
    report: FileReport | None = None
    error: UnreadableFile | None = None
    document: ReadDocument | None = None


def _in_order(
    names: dict[Path, str],
    manifests: dict[Path, Manifest],
    known: dict[str, SourceFileRow],
    free: set[str],
    *,
    force: bool,
) -> Iterator[tuple[Path, Callable[[], _Read]]]:
    """Reads ahead in a few threads (each waits for its parser process), gives results in the order of `names`."""
    with ThreadPoolExecutor(_PARALLEL, thread_name_prefix="reader") as pool:
        waiting: list[tuple[Path, Future[_Read]]] = []
        for path, name in names.items():
            row = manifests[path.parent].row_for(path.name)
            before = known.get(name)
            again = force or (before is not None and before.number in free)
            waiting.append((path, pool.submit(_read, path, row, before, name, again)))
            if len(waiting) > 2 * _PARALLEL:
                yield waiting[0][0], waiting.pop(0)[1].result
        while waiting:
            yield waiting[0][0], waiting.pop(0)[1].result


def _read(path: Path, row: ManifestRow | None, known: SourceFileRow | None, name: str, force: bool) -> _Read:
    version = f"{PARSER}:{hashlib.sha256(repr(row).encode()).hexdigest()[:12]}"
    shown = _printable(path.name)
    source = SourceFile(name, _sha256(path), shown)
    if (
        known
        and not force
        and known.sha256 == source.sha256
        and known.parser_version == version
        and known.reason not in _TRY_AGAIN
    ):
        live = known.status is DocumentStatus.ACCEPTED
        outcome = "unchanged" if live else known.status.value
        told = FileReport(
            name, shown, outcome, known.reason, known.message, known.remedy, known.number, known.title, known.pages
        )
        return _Read(source, version, report=told)
    try:
        document = read_document(path)
    except UnreadableFile as error:
        return _Read(source, version, row, error=error)
    source = SourceFile(name, document.sha256 or source.sha256, shown, document.pages, len(document.ocr_pages))
    return _Read(source, version, row, document=document)


def _finish(read: _Read, store: KnowledgeStore, free: set[str], *, restore: bool, supersede: bool) -> FileReport:
    """Publishes what was read; `free` are the numbers whose file is gone and may be taken over."""
    source = read.source
    if read.report is not None:
        return read.report
    if read.error is not None:
        e = read.error
        store.record_refusal(source, reason=e.reason, message=e.message, remedy=e.remedy, parser_version=read.version)
        return FileReport(source.path, source.name, DocumentStatus.REFUSED.value, e.reason, e.message, e.remedy)
    assert read.document is not None
    alerts = read.document.alerts
    who = checked(identify(read.document, read.row), alerts, read.row)
    if who.status is not DocumentStatus.ACCEPTED or who.identity is None:
        return _kept_out(who, source, read.version, store, alerts)
    provisions, warnings = provisions_of(who, who.identity)
    in_force = who.identity.in_force
    passages = make_passages(provisions, in_force)
    new = NewDocument(source, who.identity, provisions, passages, read.version)
    result = store.publish(new, restore=restore, supersede=supersede or who.identity.number in free)
    outcome = DocumentStatus.ACCEPTED.value if result.outcome is PublishOutcome.PUBLISHED else result.outcome.value
    recorded = store.source_file(source.path)
    return FileReport(
        path=source.path,
        name=source.name,
        outcome=outcome,
        reason=outcome if recorded is None else recorded.reason,
        message=result.message,
        remedy=result.remedy,
        number=who.identity.number,
        title=who.identity.title,
        pages=source.pages,
        articles=len({(p.coordinate.document, p.coordinate.article) for p in provisions if p.coordinate.article}),
        provisions=len(provisions),
        passages=len(passages),
        warnings=in_words(alerts, (*who.warnings, *read.document.notes, *warnings)),
        alerts=tuple(alerts),
    )


def _kept_out(
    who: Identified, source: SourceFile, version: str, store: KnowledgeStore, alerts: Sequence[Alert]
) -> FileReport:
    number, title = (who.identity.number, who.identity.title) if who.identity else ("", "")
    store.record_refusal(
        source,
        reason=who.reason,
        message=who.message,
        remedy=who.remedy,
        status=who.status,
        title=title,
        number=number,
        parser_version=version,
    )
    return FileReport(
        source.path,
        source.name,
        who.status.value,
        who.reason,
        who.message,
        who.remedy,
        number,
        title,
        source.pages,
        warnings=in_words(alerts, who.warnings),
        alerts=tuple(alerts),
    )


def provisions_of(who: Identified, identity: DocumentIdentity) -> tuple[list[Provision], list[str]]:
    """The provisions of a document that was identified, with their own days, and what was odd about its structure."""
    parsed = structure.parse(who.body, identity.number, identity.kind)
    provisions = parsed.provisions
    if identity.kind is DocumentKind.CODIFICATION and who.until is not None:
        provisions = [_bounded(p, who.until) for p in provisions]
    if who.parts and identity.in_force is not None:
        provisions = [_from_own_day(p, who.parts, identity.in_force) for p in provisions]
    return provisions, [f"{w.where}: {w.message}" for w in parsed.warnings]


def _from_own_day(provision: Provision, parts: Sequence[tuple[str, str, date]], held: InForce) -> Provision:
    """`provision` with the first day that the text gives to its article or clause, when it gives one."""
    where = provision.coordinate
    days = [day for article, clause, day in parts if where.article == article and clause in ("", where.clause)]
    if not days or where.section or (held.until is not None and held.until < max(days)):
        return provision
    return replace(provision, in_force=InForce(max(days), held.until))


def _bounded(provision: Provision, until: date) -> Provision:
    """`provision` of a codification, ending on the last day the codification can vouch for."""
    own = provision.in_force
    if own is None or own.since > until or (own.until is not None and own.until <= until):
        return provision
    return replace(provision, in_force=InForce(own.since, until))


def _gone(paths: Sequence[Path], here: set[str], store: KnowledgeStore) -> list[DocumentRow]:
    """Live documents whose file stood in the given folders and is gone, also where its last version was refused."""
    folders = tuple(_storable(str(p.absolute())) + "/" for p in paths if p.is_dir())
    live = [document for document in store.documents() if document.status is DocumentStatus.ACCEPTED]
    return [document for document in live if document.path not in here and document.path.startswith(folders)]


def _storable(name: str) -> str:
    """`name` with bytes that are no UTF-8 written out as `\\xff`: a database and a terminal take only text."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _printable(name: str) -> str:
    """`name` for people, without line breaks, colours and signs that turn the reading direction."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in _storable(name))


def _sha256(path: Path) -> str:
    """Hash of a file's bytes; empty for what is no regular file (a pipe never ends) or too large to be read anyway."""
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > Limits().input_bytes:
            return ""
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return ""
