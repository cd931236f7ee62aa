"""The answer from a clause in force, or from the handbook: quoted, shortened, never rewritten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.answering.basis import split_basis
from knowledge.answering.citing import Sources, cite, names_of
from knowledge.answering.claims import Grounds, unfounded
from knowledge.answering.evidence import Evidence
from knowledge.answering.extract import Extract, extract, first_sentence
from knowledge.answering.texts import say
from knowledge.answers import Answer, AnswerStatus, Citation
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
    words = f"{write_out_abbreviations(passage.title)}\n{passage.search_text}"
    meaning = found.meaning if searcher.calibrated else 0.0
    return Evidence(searcher.snapshot.lexical.covered(question.search_text, words), meaning)


def compose(searcher: Searcher, question: Question, chosen: Chosen, as_of: date, sources: Sources) -> Answer | None:
    """The answer from `chosen`; None when its text fails the claim check."""
    found, passage = chosen.found, chosen.passage
    body, basis = split_basis(passage.text)
    handbook = passage.kind is DocumentKind.HANDBOOK
    # Who names a clause wants to read all of it; a section of the handbook is short and answers as a whole.
    asked_for = "" if found.exact or handbook else question.search_text
    shown = extract(body, passage.coordinate, asked_for, searcher.snapshot.lexical.covered)
    citations = _of_handbook(passage, body, basis, as_of, sources) if handbook else _of_law(passage, shown)
    # A handbook answers its own question, which may not be quite the citizen's: both are shown, so a "Có" is not misread.
    words = f"{passage.heading}\n{shown.text}" if handbook and passage.heading else shown.text
    lines = [words, "", say("basis", clauses=names_of(citations), day=day(as_of))]
    if handbook and not basis:
        lines[-1] = say("basis", clauses=document_name(passage.number, passage.title), day=day(as_of))
    if not shown.whole and not handbook:
        lines.append(say("more", clause=clause_name(passage.coordinate, passage.title)))
    end = passage.effective_to
    if end is not None and as_of <= end <= as_of + timedelta(days=NOTICE_DAYS):
        lines.append(say("change_ahead", day=day(end)))
    text = "\n".join(lines)
    grounds = Grounds.of(
        texts=[passage.text, passage.heading, passage.title, *(c.quote for c in citations)],
        results=[as_of, *([end] if end else [])],
        coordinates=[passage.coordinate, *basis],
        said="",
    )
    if unfounded(text, grounds):
        return None
    reason = "exact_clause" if found.exact else "handbook" if handbook else "clause_quoted"
    return Answer(AnswerStatus.ANSWERED, reason, text, as_of, citations)


def _of_handbook(
    passage: PassageRow, body: str, basis: tuple[Coordinate, ...], as_of: date, sources: Sources
) -> tuple[Citation, ...]:
    """The clauses a handbook section stands on."""
    own = first_sentence(body)
    citations = tuple(cite(where, as_of, sources, own, passage.title) for where in basis[:_MOST_CITATIONS])
    return citations or (Citation(passage.number, passage.title, section=passage.section, quote=own),)


def _of_law(passage: PassageRow, shown: Extract) -> tuple[Citation, ...]:
    return tuple(
        Citation(where.document, passage.title, where.article, where.clause, where.point, where.section, quote)
        for where, quote in shown.quotes[:_MOST_CITATIONS]
    )
