"""The answer without a chat model: the clause in force that answers, in its own words."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Protocol

from knowledge.answering.answer import Answer, AnswerStatus, Citation
from knowledge.answering.basis import split_basis
from knowledge.answering.evidence import Evidence
from knowledge.answering.extract import Extract, extract, first_sentence
from knowledge.answering.smalltalk import smalltalk
from knowledge.answering.speech import clause_name, day, document_name
from knowledge.answering.texts import say
from knowledge.law import Coordinate, DocumentKind, Provision
from knowledge.questions import Question
from knowledge.search import Found, Searcher
from knowledge.shorthand import write_out_abbreviations
from knowledge.store.records import PassageRow
from knowledge.vietnamese import clean

log = logging.getLogger("knowledge.answering")

NOTICE_DAYS = 60  # a change this near is told
_NEAR = 0.93  # a handbook section this close to the best law clause is shown instead: it is written for citizens
_MOST_CITATIONS = 4
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


class Search(Protocol):
    """Gives the searcher of the moment (`LiveSearch`)."""

    def current(self) -> Searcher:
        """The searcher over what is known now."""
        ...


class Knowledge:
    """Answers questions from what is known. Thread-safe."""

    def __init__(self, search: Search, sources: Sources) -> None:
        self._search = search
        self._sources = sources

    def find(self, text: str, *, today: date, on: date | None = None, k: int = 10) -> list[tuple[Found, PassageRow]]:
        """The best `k` passages for `text` that hold on `on` (`today` when None), best first."""
        searcher = self._search.current()
        question = searcher.read(text, today)
        found = searcher.search(question, on or question.on or today, k)
        return self._with_words(searcher, found)

    def answer(self, text: str, *, today: date, on: date | None = None) -> Answer:
        """One answer; never raises. `on` fixes the day, else a future day in the question does, else `today`."""
        try:
            return self._answer(text, today, on)
        except Exception as error:
            log.error("answering failed: %s", type(error).__name__)  # never the words of a citizen
            return Answer(
                AnswerStatus.UNKNOWN, "cannot_reach_sources", say("cannot_reach_sources"), on or today, call_back=True
            )

    def _answer(self, text: str, today: date, on: date | None) -> Answer:
        if not clean(text):
            return Answer(AnswerStatus.CLARIFY, "empty", say("empty"), on or today)
        if kind := smalltalk(text):
            return Answer(AnswerStatus.SMALLTALK, kind, say(kind), on or today)
        searcher = self._search.current()
        question = searcher.read(text, today)
        as_of = on or question.on or today
        found = self._with_words(searcher, searcher.search(question, as_of, 6))
        named = question.named is not None and bool(question.named.article) and bool(question.named.document)
        if named and not (found and found[0][0].exact):
            return Answer(
                AnswerStatus.UNKNOWN, "clause_not_held", say("clause_not_held", day=day(as_of)), as_of, call_back=True
            )
        chosen = self._choose(searcher, question, found)
        if chosen is None:
            reason = "weak_evidence" if found else "no_knowledge"
            return Answer(AnswerStatus.UNKNOWN, reason, say("unknown"), as_of, call_back=True)
        return self._compose(searcher, question, chosen, as_of)

    def _choose(
        self, searcher: Searcher, question: Question, found: list[tuple[Found, PassageRow]]
    ) -> tuple[Found, PassageRow] | None:
        """The passage to answer with: the best with enough evidence, a handbook section before a law clause as good."""
        enough = [(f, p) for f, p in found if f.exact or self.evidence(searcher, question, f, p).enough]
        if not enough:
            return None
        best = enough[0]
        if best[0].exact:
            return best
        plain = next(
            ((f, p) for f, p in enough[1:4] if p.kind is DocumentKind.HANDBOOK and f.score >= _NEAR * best[0].score),
            None,
        )
        return plain if plain and best[1].kind is not DocumentKind.HANDBOOK else best

    @staticmethod
    def evidence(searcher: Searcher, question: Question, found: Found, passage: PassageRow) -> Evidence:
        """What speaks for `passage` as an answer."""
        words = f"{write_out_abbreviations(passage.title)}\n{passage.search_text}"
        meaning = found.meaning if searcher.calibrated else 0.0
        return Evidence(searcher.snapshot.lexical.covered(question.search_text, words), meaning)

    def _compose(self, searcher: Searcher, question: Question, chosen: tuple[Found, PassageRow], as_of: date) -> Answer:
        found, passage = chosen
        body, basis = split_basis(passage.text)
        handbook = passage.kind is DocumentKind.HANDBOOK
        # Who names a clause wants to read all of it; a section of the handbook is short and answers as a whole.
        asked_for = "" if found.exact or handbook else question.search_text
        shown = extract(body, passage.coordinate, asked_for, searcher.snapshot.lexical.covered)
        citations = self._of_handbook(passage, body, basis, as_of) if handbook else _of_law(passage, shown)
        # A handbook answers its own question, which may not be quite the citizen's: both are shown, so a "Có" is not misread.
        words = f"{passage.heading}\n{shown.text}" if handbook and passage.heading else shown.text
        lines = [words, "", say("basis", clauses=_clauses(citations), day=day(as_of))]
        if handbook and not basis:
            lines[-1] = say("basis", clauses=document_name(passage.number, passage.title), day=day(as_of))
        if not shown.whole and not handbook:
            lines.append(say("more", clause=clause_name(passage.coordinate, passage.title)))
        end = passage.effective_to
        if end is not None and as_of <= end <= as_of + timedelta(days=NOTICE_DAYS):
            lines.append(say("change_ahead", day=day(end)))
        reason = "exact_clause" if found.exact else "handbook" if handbook else "clause_quoted"
        return Answer(AnswerStatus.ANSWERED, reason, "\n".join(lines), as_of, citations)

    def _of_handbook(
        self, passage: PassageRow, body: str, basis: tuple[Coordinate, ...], as_of: date
    ) -> tuple[Citation, ...]:
        """The clauses a handbook section stands on, quoted where we hold them, else by the handbook's own first sentence."""
        citations = []
        for where in basis[:_MOST_CITATIONS]:
            quote = _shortened(self._sources.provisions_at(where, as_of)) if where.article else ""
            title = self._sources.title_of(where.document)
            held = bool(quote)
            if not held:
                quote = first_sentence(body)
                title = f"{title or document_name(where.document, '')} (theo {passage.title})"
            citations.append(
                Citation(where.document, title, where.article, where.clause, where.point, where.section, quote, held)
            )
        if not citations:
            citations = [Citation(passage.number, passage.title, section=passage.section, quote=first_sentence(body))]
        return tuple(citations)

    def _with_words(self, searcher: Searcher, found: list[Found]) -> list[tuple[Found, PassageRow]]:
        ids = [searcher.snapshot.catalogue.ids[f.row] for f in found]
        rows = self._sources.passages_with(ids)
        # A document withdrawn a moment ago is gone from SQL before the snapshot is made again.
        return [(f, rows[i]) for f, i in zip(found, ids, strict=True) if i in rows]


def _of_law(passage: PassageRow, shown: Extract) -> tuple[Citation, ...]:
    return tuple(
        Citation(where.document, passage.title, where.article, where.clause, where.point, where.section, quote)
        for where, quote in shown.quotes[:_MOST_CITATIONS]
    )


def _clauses(citations: tuple[Citation, ...]) -> str:
    names = [
        clause_name(Coordinate(c.document, c.article, c.clause, c.point, c.section), c.title.split(" (theo ")[0])
        for c in citations
    ]
    return "; ".join(dict.fromkeys(names))


def _shortened(provisions: list[Provision]) -> str:
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
