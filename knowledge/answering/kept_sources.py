"""Words of passages, clauses and titles as the store has them, kept while nothing that may be found has changed.

The same few stand behind most answers; to ask for them anew takes five queries each time. The store's version, one cheap number, is read
once for each answer: a document withdrawn before the question is not cited any more.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import TypeVar

from knowledge.law import Coordinate, Provision
from knowledge.store import KnowledgeStore
from knowledge.store.records import PassageRow

_MOST = 5_000  # passages, clauses and titles; far more than cards name
_K = TypeVar("_K", bound=Hashable)
_V = TypeVar("_V")


@dataclass(slots=True)
class _Kept:
    """What was read of one version of the store; None stands for what it does not have."""

    version: int = -1
    passages: dict[str, PassageRow | None] = field(default_factory=dict)
    words: dict[tuple[Coordinate, date], list[Provision] | None] = field(default_factory=dict)
    titles: dict[str, str | None] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.passages) + len(self.words) + len(self.titles)


class KeptSources:
    """Gives `Sources` over a store for one answer after the other. Thread-safe."""

    def __init__(self, store: KnowledgeStore) -> None:
        self._store = store
        self._lock = Lock()
        self._kept = _Kept()

    def moment(self) -> Moment:
        """The sources as they are now, for one answer. Raises what the database raises."""
        version = self._store.passages_version()  # read first: what is looked up afterwards is at least as new
        with self._lock:
            if version != self._kept.version or len(self._kept) > _MOST:
                self._kept = _Kept(version)
            return Moment(self._store, self._kept)


class Moment:
    """`Sources` of one answer."""

    def __init__(self, store: KnowledgeStore, kept: _Kept) -> None:
        self._store, self._kept = store, kept

    def passages_with(self, ids: Iterable[str]) -> Mapping[str, PassageRow]:
        """As `KnowledgeStore.passages_with`."""
        found = _all(self._kept.passages, list(dict.fromkeys(ids)), self._store.passages_with)
        return {key: row for key, row in found.items() if row is not None}

    def words_at(self, coordinates: Iterable[Coordinate], on: date) -> Mapping[Coordinate, list[Provision]]:
        """As `KnowledgeStore.words_at`."""
        wanted = [where for where in dict.fromkeys(coordinates) if where.article or where.section]

        def look(missing: list[tuple[Coordinate, date]]) -> dict[tuple[Coordinate, date], list[Provision]]:
            return {(where, on): held for where, held in self._store.words_at([w for w, _ in missing], on).items()}

        found = _all(self._kept.words, [(where, on) for where in wanted], look)
        return {where: found[where, on] or [] for where in wanted}

    def titles_of(self, numbers: Iterable[str]) -> Mapping[str, str]:
        """As `KnowledgeStore.titles_of`."""
        found = _all(self._kept.titles, list(dict.fromkeys(numbers)), self._store.titles_of)
        return {number: title for number, title in found.items() if title}


def _all(kept: dict[_K, _V | None], keys: list[_K], look: Callable[[list[_K]], Mapping[_K, _V]]) -> dict[_K, _V | None]:
    """The values of `keys`, those not kept yet looked up."""
    found = {key: kept[key] for key in keys if key in kept}
    if missing := [key for key in keys if key not in found]:
        looked = look(missing)
        fresh = {key: looked.get(key) for key in missing}
        kept.update(fresh)
        found |= fresh
    return found
