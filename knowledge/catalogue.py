"""Everything search needs about each passage except its words: ids, coordinates, days in force, as columns.

A *snapshot* is a folder on disk with these columns, the keyword index and the marks model for one version of the
knowledge store. It is made again from SQL whenever the version differs, so it may be deleted at any time.
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.law import Coordinate, DocumentKind
from knowledge.lexical import LexicalIndex
from knowledge.restore import MarksRestorer, taught
from knowledge.shorthand import write_out_abbreviations

FORMAT = 4  # one more whenever a change of code makes old snapshots wrong
_FOREVER = np.iinfo(np.int32).max


class Searchable(Protocol):
    """What the catalogue reads of a passage (`PassageRow` has it)."""

    @property
    def id(self) -> str: ...
    @property
    def document_id(self) -> int: ...
    @property
    def coordinate(self) -> Coordinate: ...
    @property
    def title(self) -> str: ...
    @property
    def kind(self) -> DocumentKind: ...
    @property
    def search_text(self) -> str: ...
    @property
    def effective_from(self) -> date: ...
    @property
    def effective_to(self) -> date | None: ...
    @property
    def quotable(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Columns by row; all of one length. `article` numbers the article or section a row belongs to."""

    ids: Sequence[str]
    coordinates: Sequence[Coordinate]
    titles: Sequence[str]
    article: NDArray[np.int32]
    since: NDArray[np.int32]  # day ordinals
    until: NDArray[np.int32]
    quotable: NDArray[np.bool_]
    handbook: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.ids)

    def in_force(self, on: date) -> NDArray[np.bool_]:
        """Rows that may be quoted and hold on `on`."""
        day = on.toordinal()
        return np.asarray(self.quotable & (self.since <= day) & (day <= self.until))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One version of what may be found, ready to be searched by keyword."""

    version: int
    catalogue: Catalogue
    lexical: LexicalIndex
    restorer: MarksRestorer


def build_snapshot(version: int, passages: Iterable[Searchable]) -> Snapshot:
    """Reads `passages` once; nothing is written."""
    ids: list[str] = []
    coordinates: list[Coordinate] = []
    titles: list[str] = []
    articles: dict[tuple[int, str, str, str], int] = {}
    columns: list[tuple[int, int, int, bool, bool]] = []
    texts: list[str] = []
    written: dict[str, str] = {}  # titles without abbreviations; a document has one for all its passages
    for passage in passages:
        where = passage.coordinate
        key = (passage.document_id, where.document, where.article, "" if where.article else where.section)
        until = passage.effective_to.toordinal() if passage.effective_to else _FOREVER
        handbook = passage.kind is DocumentKind.HANDBOOK
        columns.append(
            (
                articles.setdefault(key, len(articles)),
                passage.effective_from.toordinal(),
                until,
                passage.quotable,
                handbook,
            )
        )
        ids.append(passage.id)
        coordinates.append(where)
        titles.append(passage.title)
        if passage.title not in written:
            written[passage.title] = write_out_abbreviations(passage.title)
        texts.append(f"{written[passage.title]}\n{passage.search_text}")
    table = np.array(columns, dtype=np.int32).reshape(-1, 5)
    catalogue = Catalogue(
        ids,
        coordinates,
        titles,
        table[:, 0].copy(),
        table[:, 1].copy(),
        table[:, 2].copy(),
        table[:, 3] != 0,
        table[:, 4] != 0,
    )
    return Snapshot(version, catalogue, LexicalIndex.build(texts), MarksRestorer.train(texts))


def save_snapshot(snapshot: Snapshot, indexes_folder: Path) -> Path:
    """Writes `snapshot` under `indexes_folder` at once or not at all, and removes those of other versions."""
    indexes_folder.mkdir(parents=True, exist_ok=True)
    final = _folder(indexes_folder, snapshot.version)
    work = indexes_folder / f".keyword-{uuid.uuid4().hex}"
    work.mkdir()
    try:
        c = snapshot.catalogue
        np.savez(
            work / "columns.npz",
            article=c.article,
            since=c.since,
            until=c.until,
            quotable=c.quotable,
            handbook=c.handbook,
        )
        titles = sorted(set(c.titles))
        title_at = {t: i for i, t in enumerate(titles)}
        words = {
            "ids": list(c.ids),
            "coordinates": [[w.document, w.article, w.clause, w.point, w.section] for w in c.coordinates],
            "titles": titles,
            "title_of": [title_at[t] for t in c.titles],
        }
        (work / "words.json").write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
        snapshot.lexical.save(work)
        snapshot.restorer.save(work)
        shutil.rmtree(final, ignore_errors=True)
        with suppress(OSError):  # another process finished the same version first
            work.replace(final)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    for other in indexes_folder.glob("keyword-*"):
        if other != final:
            shutil.rmtree(other, ignore_errors=True)
    return final


def load_snapshot(version: int, indexes_folder: Path) -> Snapshot | None:
    """The snapshot of `version`, or None when there is none or it cannot be read (it is then made again)."""
    folder = _folder(indexes_folder, version)
    if not folder.is_dir():
        return None
    try:
        words = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        with np.load(folder / "columns.npz", allow_pickle=False) as z:
            columns = {name: z[name] for name in z.files}
        catalogue = Catalogue(
            ids=words["ids"],
            coordinates=[Coordinate(*parts) for parts in words["coordinates"]],
            titles=[words["titles"][i] for i in words["title_of"]],
            **columns,
        )
        lexical, restorer = LexicalIndex.load(folder), MarksRestorer.load(folder)
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        shutil.rmtree(folder, ignore_errors=True)
        return None
    if len(lexical) != len(catalogue):
        shutil.rmtree(folder, ignore_errors=True)
        return None
    return Snapshot(version, catalogue, lexical, restorer)


def _folder(indexes_folder: Path, version: int) -> Path:
    # What the marks were learnt from besides: an upgrade that brings new phrases makes the snapshot again.
    return indexes_folder / f"keyword-{FORMAT}.{taught()}-{version}"
