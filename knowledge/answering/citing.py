"""From coordinates to citations: quoted where we hold the clause, in our own words where we do not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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

    def words_at(self, coordinates: Iterable[Coordinate], on: date) -> Mapping[Coordinate, list[Provision]]:
        """Provisions at or inside each of `coordinates` (that name an article or a section) that hold on `on`."""
        ...

    def titles_of(self, numbers: Iterable[str]) -> Mapping[str, str]:
        """Titles of the live documents among these numbers."""
        ...


def cite(
    places: Sequence[Coordinate], on: date, sources: Sources, own_words: str, source_of_words: str
) -> tuple[Citation, ...]:
    """A citation of each place: its own words when we hold them on `on`, else `own_words`, told as those of `source_of_words`."""
    words = sources.words_at(places, on)
    titles = sources.titles_of(where.document for where in places)
    found = []
    for where in places:
        quote = shortened(words.get(where, []))
        title = titles.get(where.document, "")
        held = bool(quote)
        if not held:
            quote = own_words
            title = f"{title or document_name(where.document, '')} (theo {source_of_words})"
        found.append(
            Citation(where.document, title, where.article, where.clause, where.point, where.section, quote, held)
        )
    return tuple(found)


def names_of(citations: Iterable[Citation]) -> str:
    """The clauses of `citations` as people cite them, each once; a document is named behind the last of its own in a row."""
    named = list(dict.fromkeys(_named(c) for c in citations))
    parts = []
    for at, (place, document) in enumerate(named):
        last = at + 1 == len(named) or named[at + 1][1] != document or not (place and named[at + 1][0])
        parts.append(f"{place} {document}; ".lstrip() if last else f"{place}, ")
    return "".join(parts).removesuffix("; ")


def _named(citation: Citation) -> tuple[str, str]:
    """(place inside the document, the document) as people name them."""
    c = citation
    title = c.title.split(" (theo ")[0]
    document = document_name(c.document, title)
    whole = clause_name(Coordinate(c.document, c.article, c.clause, c.point, c.section), title)
    return whole.removesuffix(document).rstrip(), document


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
