"""Words of clauses and titles as the store has them, kept while nothing that may be found has changed.

The same few clauses stand behind most answers; to ask for them anew takes four queries each time. The store's version, one cheap number,
is read at each call: a document withdrawn a moment ago is not cited any more.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date
from threading import Lock
from typing import Any, TypeVar, cast

from knowledge.law import Coordinate, Provision
from knowledge.store import KnowledgeStore
from knowledge.store.records import PassageRow

_MOST = 5_000  # clauses and titles; far more than cards name
_K = TypeVar("_K", bound=Hashable)


class KeptSources:
    """`Sources` over a store. Thread-safe."""

    def __init__(self, store: KnowledgeStore) -> None:
        self._store = store
        self._lock = Lock()
        self._version = -1
        self._kept: dict[Hashable, Any] = {}

    def passages_with(self, ids: Iterable[str]) -> Mapping[str, PassageRow]:
        """Live passages by id; these are many and not kept."""
        return self._store.passages_with(ids)

    def words_at(self, coordinates: Iterable[Coordinate], on: date) -> Mapping[Coordinate, list[Provision]]:
        """As `KnowledgeStore.words_at`."""
        wanted = [where for where in dict.fromkeys(coordinates) if where.article or where.section]
        found: dict[tuple[Coordinate, date], list[Provision]] = self._all(
            [(where, on) for where in wanted],
            lambda missing: {(w, on): p for w, p in self._store.words_at([w for w, _ in missing], on).items()},
        )
        return {where: found[where, on] for where in wanted}

    def titles_of(self, numbers: Iterable[str]) -> Mapping[str, str]:
        """As `KnowledgeStore.titles_of`."""

        def look(missing: list[str]) -> dict[str, str]:
            titles = self._store.titles_of(missing)
            return {number: titles.get(number, "") for number in missing}

        found: dict[str, str] = self._all(list(dict.fromkeys(numbers)), look)
        return {number: title for number, title in found.items() if title}

    def _all(self, keys: list[_K], look: Callable[[list[_K]], dict[_K, Any]]) -> dict[_K, Any]:
        version = self._store.passages_version()  # read first: what is looked up below is at least as new
        with self._lock:
            if version != self._version or len(self._kept) > _MOST:
                self._kept, self._version = {}, version
            kept = self._kept
        found = {key: kept[key] for key in keys if key in kept}
        if missing := [key for key in keys if key not in found]:
            looked = look(missing)
            kept.update(cast("dict[Hashable, Any]", looked))
            found |= looked
        return found
