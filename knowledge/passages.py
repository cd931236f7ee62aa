"""Cuts provisions into passages: the units that are searched, embedded and quoted.

A passage is a clause (khoản) with its points, an article (điều) without clauses, or a section of a letter or handbook. What
is searched carries the title of the article and its opening words, because a clause alone seldom names what it is about;
the title of the document is added for keyword search only: in a vector it drowns what tells clauses apart (measured, see
docs/decisions.md). A long unit is cut between points or paragraphs, never inside a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from knowledge.law import Coordinate, InForce, Provision, ProvisionKind
from knowledge.shorthand import write_out_abbreviations
from knowledge.store.records import Passage

MAX_WORDS = 220
_LEAD_WORDS = 60

_OWN_UNIT = frozenset({ProvisionKind.TABLE, ProvisionKind.APPENDIX, ProvisionKind.FORM, ProvisionKind.SECTION})


def make_passages(provisions: Sequence[Provision], in_force: InForce | None) -> list[Passage]:
    """Passages of one document in reading order.

    `in_force` is the document's validity, for provisions that have none of their own. A provision with no validity at all
    makes no passage: it could be cited on any day.
    """
    passages: list[Passage] = []
    for _, article in groupby(provisions, key=_article_of):
        units = list(article)
        lead = next((p.text for p in units if p.kind is ProvisionKind.ARTICLE and not p.coordinate.point), "")
        has_clauses = any(p.coordinate.clause for p in units)
        for unit in _units(units):
            held = unit[0].in_force or in_force
            if held is not None:
                passages += _cut(unit, lead if has_clauses else "", held)
    return passages


def label(provision: Provision) -> str:
    """The text of `provision` behind its own letter where it is a point: `a) …`, as it is printed."""
    return (
        f"{provision.coordinate.point}) {provision.text}" if provision.kind is ProvisionKind.POINT else provision.text
    )


def _article_of(provision: Provision) -> tuple[str, str, str]:
    where = provision.coordinate
    return where.document, where.article, "" if where.article else where.section


def _units(provisions: Iterable[Provision]) -> Iterator[list[Provision]]:
    """Groups the provisions of one article: each clause with its points; tables, forms and sections by themselves."""
    group: list[Provision] = []
    for provision in provisions:
        alone = provision.kind in _OWN_UNIT
        if group and (alone or group[0].kind in _OWN_UNIT or group[0].coordinate.clause != provision.coordinate.clause):
            yield group
            group = []
        group.append(provision)
    if group:
        yield group


def _cut(unit: list[Provision], lead: str, in_force: InForce) -> Iterator[Passage]:
    first = unit[0]
    where = first.coordinate
    paragraphs: list[str] = []
    for provision in unit:
        paragraphs += [line for line in label(provision).split("\n") if line.strip()]
    if not paragraphs:
        return
    opening = paragraphs[0] if len(unit) > 1 and len(paragraphs[0].split()) <= _LEAD_WORDS else ""
    for number, text in enumerate(_pack(paragraphs)):
        context = [first.heading]
        if lead and where.clause and len(lead.split()) <= _LEAD_WORDS:
            context.append(lead)
        if number and opening:
            context.append(opening)
        if not where.article and first.breadcrumb:
            context += [c for c in first.breadcrumb if c not in context and len(c.split()) <= _LEAD_WORDS]
        yield Passage(
            coordinate=Coordinate(
                where.document, where.article, where.clause, where.point if len(unit) == 1 else "", where.section
            ),
            heading=first.heading,
            breadcrumb=first.breadcrumb,
            text=text,
            search_text=write_out_abbreviations(
                "\n".join([*([". ".join(c.rstrip(" .:;") for c in context if c)] if any(context) else []), text])
            ),
            quotable=all(p.quotable for p in unit),
            in_force=in_force,
        )


def _pack(paragraphs: list[str]) -> Iterator[str]:
    """Paragraphs joined up to MAX_WORDS; one that is longer alone is cut between sentences."""
    held: list[str] = []
    words = 0
    for paragraph in paragraphs:
        for piece in _sentences(paragraph) if len(paragraph.split()) > MAX_WORDS else [paragraph]:
            size = len(piece.split())
            if held and words + size > MAX_WORDS:
                yield "\n".join(held)
                held, words = [], 0
            held.append(piece)
            words += size
    if held:
        yield "\n".join(held)


def _sentences(paragraph: str) -> Iterator[str]:
    start = 0
    for i, sign in enumerate(paragraph):
        if sign in ".;" and paragraph[i + 1 : i + 2] == " " and len(paragraph[start:i].split()) >= MAX_WORDS // 2:
            yield paragraph[start : i + 1].strip()
            start = i + 1
    if rest := paragraph[start:].strip():
        yield rest
