"""The answer from a clause in force, or from the handbook: quoted, shortened, never rewritten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

from knowledge.answering.basis import split_basis
from knowledge.answering.citing import Sources, cite, names_of
from knowledge.answering.claims import Grounds, unfounded
from knowledge.answering.evidence import Evidence
from knowledge.answering.extract import MOST_WORDS, Extract, extract, first_sentence
from knowledge.answering.texts import say
from knowledge.answers import Answer, AnswerStatus, Citation, Material
from knowledge.law import Coordinate, DocumentKind
from knowledge.questions import Question
from knowledge.search import Found, Searcher
from knowledge.shorthand import write_out_abbreviations
from knowledge.speech import clause_name, day, document_name
from knowledge.store.records import PassageRow

NOTICE_DAYS = 60  # a change this near is told
_NEAR = 0.93  # a handbook section this close to the best law clause is shown instead: it is written for citizens
_MOST_CITATIONS = 4


@dataclass(frozen=True, slots=True)
class Chosen:
    """A passage good enough to answer with, and what speaks for it (0 to 1; 1 for a clause that was named)."""

    found: Found
    passage: PassageRow
    strength: float
    covered: float  # share of the question's rare words that it has


def choose(searcher: Searcher, question: Question, found: list[tuple[Found, PassageRow]]) -> Chosen | None:
    """The best passage with enough evidence, a handbook section before a law clause as good; None when none has."""
    judged = [(f, p, evidence(searcher, question, f, p)) for f, p in found]
    enough = [Chosen(f, p, 1.0 if f.exact else e.strength, e.covered) for f, p, e in judged if f.exact or e.enough]
    if not enough:
        return None
    best = enough[0]
    if best.found.exact or best.passage.kind is DocumentKind.HANDBOOK:
        return best
    return next(
        (
            c
            for c in enough[1:4]
            if c.passage.kind is DocumentKind.HANDBOOK and c.found.score >= _NEAR * best.found.score
        ),
        best,
    )


def evidence(searcher: Searcher, question: Question, found: Found, passage: PassageRow) -> Evidence:
    """What speaks for `passage` as an answer."""
    words = f"{passage.number} {write_out_abbreviations(passage.title)}\n{passage.search_text}"
    meaning = found.meaning if searcher.calibrated else 0.0
    return Evidence(searcher.snapshot.lexical.covered(question.search_text, words), meaning)


def compose(
    searcher: Searcher,
    question: Question,
    chosen: Chosen,
    as_of: date,
    sources: Sources,
    found_all: Sequence[tuple[Found, PassageRow]] = (),
) -> Answer | None:
    """The answer from `chosen`; None when its text fails the claim check.

    When the question names a whole article, its other clauses among `found_all` are quoted too, as far as they fit.
    """
    found, passage = chosen.found, chosen.passage
    body, basis = split_basis(passage.text)
    handbook = passage.kind is DocumentKind.HANDBOOK
    # Who names a clause wants to read all of it; a section of the handbook is short and answers as a whole.
    asked_for = "" if found.exact or handbook else question.search_text
    shown = extract(body, passage.coordinate, asked_for, searcher.snapshot.lexical.covered)
    clauses = _article_of(question, chosen, found_all)
    if len(clauses) > 1:
        shown = _whole_article(clauses)
    citations = _of_handbook(passage, body, basis, as_of, sources) if handbook else _of_law(passage, shown)
    # A handbook answers its own question, which may not be quite the citizen's: both are shown, so a "Có" is not misread.
    words = f"{passage.heading}\n{shown.text}" if handbook and passage.heading else shown.text
    article = replace(passage.coordinate, clause="", point="")
    named = clause_name(article, passage.title) if len(clauses) > 1 else names_of(citations)
    lines = [words, "", say("basis", clauses=named, day=day(as_of))]
    if handbook and not basis:
        lines[-1] = say("basis", clauses=document_name(passage.number, passage.title), day=day(as_of))
    if not shown.whole and not handbook:
        where = article if len(clauses) > 1 else passage.coordinate
        lines.append(say("more", clause=clause_name(where, passage.title)))
    end = passage.effective_to
    if end is not None and as_of <= end <= as_of + timedelta(days=NOTICE_DAYS):
        lines.append(say("change_ahead", day=day(end)))
    text = "\n".join(lines)
    grounds_of = partial(
        Grounds.of,
        texts=[*map(_numbered, clauses), passage.heading, passage.title, *(c.quote for c in citations)],
        results=[as_of, *([end] if end else [])],
        coordinates=[*(p.coordinate for p in clauses), *basis],
        said="",
    )
    if unfounded(text, grounds_of()):
        return None
    reason = "exact_clause" if found.exact else "handbook" if handbook else "clause_quoted"
    quotes = (c.quote for c in citations if c.quote not in shown.text)
    # A clause is the law's own words and stays as it is; a handbook is ours, and may be put otherwise.
    material = Material(shown.text, (shown.text, *quotes), (grounds_of,), beside=not handbook)
    return Answer(AnswerStatus.ANSWERED, reason, text, as_of, citations, material=material)


def _article_of(question: Question, chosen: Chosen, found: Sequence[tuple[Found, PassageRow]]) -> list[PassageRow]:
    """The passages to quote: those of the whole article where the question names it without a clause, else the chosen one."""
    own = chosen.passage
    if not chosen.found.exact or question.named is None or question.named.clause:
        return [own]
    article = (own.document_id, own.number, own.article, own.section)
    return [p for f, p in found if f.exact and (p.document_id, p.number, p.article, p.section) == article] or [own]


def _whole_article(clauses: Sequence[PassageRow]) -> Extract:
    """`clauses` with their numbers, up to MOST_WORDS; the first one always."""
    texts: list[str] = []
    quotes: list[tuple[Coordinate, str]] = []
    words = 0
    for clause in clauses:
        size = len(clause.text.split())
        if texts and (words + size > MOST_WORDS or len(quotes) == _MOST_CITATIONS):
            break
        words += size
        texts.append(_numbered(clause))
        quotes.append((clause.coordinate, clause.text))
    return Extract("\n".join(texts), tuple(quotes), len(texts) == len(clauses))


def _numbered(clause: PassageRow) -> str:
    """The words of `clause` behind its number, as they are printed."""
    return f"{clause.clause}. {clause.text}" if clause.clause else clause.text


def _of_handbook(
    passage: PassageRow, body: str, basis: tuple[Coordinate, ...], as_of: date, sources: Sources
) -> tuple[Citation, ...]:
    """The clauses a handbook section stands on."""
    own = first_sentence(body)
    citations = cite(basis[:_MOST_CITATIONS], as_of, sources, own, passage.title)
    return citations or (Citation(passage.number, passage.title, section=passage.section, quote=own),)


def _of_law(passage: PassageRow, shown: Extract) -> tuple[Citation, ...]:
    return tuple(
        Citation(where.document, passage.title, where.article, where.clause, where.point, where.section, quote)
        for where, quote in shown.quotes[:_MOST_CITATIONS]
    )
