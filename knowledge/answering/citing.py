"""From coordinates to citations: quoted where we hold the clause, in our own words where we do not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Protocol

from knowledge.answers import Citation
from knowledge.law import Coordinate, Provision
from knowledge.speech import clause_name, document_name
from knowledge.store.records import PassageRow

_QUOTE_WORDS = 80


class Sources(Protocol):
    """Where the words of passages and clauses come from (`KnowledgeStore`)."""

    def passages_with(self, ids: Iterable[str]) -> Mapping[str, PassageRow]:
        """Live passages by id."""
        ...

    def provisions_at(self, coordinate: Coordinate, on: date) -> list[Provision]:
        """Provisions at or inside `coordinate` that hold on `on`."""
        ...

    def title_of(self, number: str) -> str:
        """Title of the live document with this number, empty when there is none."""
        ...


def cite(where: Coordinate, on: date, sources: Sources, own_words: str, source_of_words: str) -> Citation:
    """The citation of `where`: its own words when we hold them on `on`, else `own_words`, told as those of `source_of_words`."""
    precise = where.article or where.section
    quote = shortened(sources.provisions_at(where, on)) if precise else ""
    title = sources.title_of(where.document)
    held = bool(quote)
    if not held:
        quote = own_words
        title = f"{title or document_name(where.document, '')} (theo {source_of_words})"
    return Citation(where.document, title, where.article, where.clause, where.point, where.section, quote, held)


def names_of(citations: Iterable[Citation]) -> str:
    """The clauses of `citations` as people cite them, each once."""
    names = [
        clause_name(Coordinate(c.document, c.article, c.clause, c.point, c.section), c.title.split(" (theo ")[0])
        for c in citations
    ]
    return "; ".join(dict.fromkeys(names))


def shortened(provisions: list[Provision]) -> str:
    """The words of `provisions` up to about _QUOTE_WORDS, whole provisions only; the first one always."""
    taken: list[str] = []
    words = 0
    for provision in provisions:
        if not provision.text or not provision.quotable:
            continue
        text = (
            f"{provision.coordinate.point}) {provision.text}"
            if provision.coordinate.point and len(provisions) > 1
            else provision.text
        )
        size = len(text.split())
        if taken and words + size > _QUOTE_WORDS:
            break
        taken.append(text)
        words += size
    return "\n".join(taken)
