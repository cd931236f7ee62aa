"""Is this answer right? Facts are looked up in the words, with no model as judge.

Traps: an answer that repeats the question would hold facts that only the question gave, so the echo is taken out first;
`57 tuổi` is not `57 tuổi 4 tháng`; `75%` is not `5%`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from knowledge.answers import Answer, AnswerStatus, Citation
from knowledge.evaluation.graded import Behaviour, Clause, GradedQuestion
from knowledge.vietnamese import nfc

_DECIMAL_POINT = re.compile(r"(?<![\d./])(\d+)\.(\d{1,2})(?![\d./])")
_IN_WORDS = re.compile(r"(?<![\d,])(\d+)(?:,(\d{1,3}))?\s*(nghìn|ngàn|k|triệu|tr)\b")
_GROUPING = re.compile(r"(?<=\d)[.,](?=\d{3}(?!\d))")
_DAY_IN_WORDS = re.compile(r"ngày (\d{1,2}) tháng (\d{1,2}) năm (\d{4})")
_EVERY = re.compile(r"\bhàng (tháng|năm|quý|ngày)\b")
_PERCENT = re.compile(r"(?<=\d)\s*(?:%|phần trăm)")
_LEADING_ZEROS = re.compile(r"\b0+(?=\d)")
_SPACES = re.compile(r"\s+")


class Verdict(StrEnum):
    """How an answer fared."""

    CORRECT = "correct"
    INCOMPLETE = "incomplete"  # a fact is missing
    WRONG_AMOUNT = "wrong_amount"  # a forbidden fact is in it, whatever else is
    FALSE_REFUSAL = "false_refusal"  # should have been answered
    UNNEEDED_CLARIFY = "unneeded_clarify"  # asked back although the question says enough
    ANSWERED_OUT_OF_SCOPE = "answered_out_of_scope"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its reasons. `cited` is None when no clause was owed."""

    verdict: Verdict
    missing: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    cited: bool | None = None


def judge(question: GradedQuestion, answer: Answer) -> Judgement:
    """The judgement of `answer`, by its words, its status and its citations alone."""
    text = own_words(answer, question.question)
    missing = missing_facts(question.expected_facts, text)
    forbidden = tuple(fact for fact in question.forbidden_facts if has_fact(fact, text))
    verdict = Verdict.WRONG_AMOUNT if forbidden else _verdict(question, answer.status, complete=not missing)
    return Judgement(verdict, missing, forbidden, _cited(question, answer))


def _verdict(question: GradedQuestion, status: AnswerStatus, *, complete: bool) -> Verdict:
    told = Verdict.CORRECT if complete else Verdict.INCOMPLETE
    # Without a fact to look for, an answer to a question that should not be answered outright proves nothing.
    proven = complete and bool(question.expected_facts)
    match question.behaviour:
        case Behaviour.ANSWER:
            if status is AnswerStatus.ANSWERED:
                return told
            return Verdict.UNNEEDED_CLARIFY if status is AnswerStatus.CLARIFY else Verdict.FALSE_REFUSAL
        case Behaviour.ANSWER_WITH_UNCERTAINTY:
            open_minded = status in {AnswerStatus.ANSWERED, AnswerStatus.UNKNOWN, AnswerStatus.HANDOFF}
            return told if open_minded else Verdict.INCOMPLETE
        case Behaviour.CLARIFY:
            answered = status in {AnswerStatus.ANSWERED, AnswerStatus.HANDOFF} and proven
            return Verdict.CORRECT if status is AnswerStatus.CLARIFY or answered else Verdict.INCOMPLETE
        case Behaviour.HANDOFF:
            if status is AnswerStatus.CLARIFY:
                return Verdict.UNNEEDED_CLARIFY
            return told if status is not AnswerStatus.ANSWERED or proven else Verdict.INCOMPLETE
        case Behaviour.REFUSE | Behaviour.DEESCALATE:
            return Verdict.ANSWERED_OUT_OF_SCOPE if status is AnswerStatus.ANSWERED else told
        case Behaviour.CORRECT | Behaviour.REDIRECT:
            return told


def own_words(answer: Answer, question: str) -> str:
    """The normalised text of `answer` without an echo of `question`."""
    return normalise(answer.text).replace(normalise(question), " ")


def missing_facts(facts: Iterable[str], text: str) -> tuple[str, ...]:
    """The `facts` that are not in `text`, which must be normalised."""
    return tuple(fact for fact in facts if not has_fact(fact, text))


def has_fact(fact: str, text: str) -> bool:
    """True when one wording of `fact` stands in the normalised `text` as whole numbers and words."""
    return any(_pattern(wording).search(text) for wording in fact.split("|"))


def normalise(text: str) -> str:
    """`text` with case, number grouping, leading zeros and ways to write amounts and days made one."""
    text = nfc(text).lower().replace("\u00a0", " ")
    text = _DECIMAL_POINT.sub(r"\1,\2", text)  # 1.5 → 1,5; days and amounts stay
    text = _IN_WORDS.sub(_in_full, text)  # 2,5 triệu → 2500000
    text = _GROUPING.sub("", text)  # 330.000 → 330000
    text = _DAY_IN_WORDS.sub(r"\1/\2/\3", text)
    text = _EVERY.sub(r"hằng \1", text)
    text = _PERCENT.sub("%", text)
    text = _LEADING_ZEROS.sub("", text)  # 06 tháng → 6 tháng, 01/07 → 1/7
    return _SPACES.sub(" ", text)


def _in_full(match: re.Match[str]) -> str:
    whole, part, unit = match[1], match[2] or "", match[3]
    zeros = 6 if unit in {"triệu", "tr"} else 3
    return str(int(whole + part) * 10 ** (zeros - len(part)))


@lru_cache(maxsize=4096)
def _pattern(wording: str) -> re.Pattern[str]:
    wanted = normalise(wording.strip())
    left = r"(?<![\d,.])" if wanted[0].isdigit() else r"(?<!\w)"
    # A number must not go on; a percent sign ends itself; a word must not go on either.
    ends = {True: r"(?!\d|[.,]\d)", False: "" if wanted[-1] == "%" else r"(?!\w)"}
    right = ends[wanted[-1].isdigit()]
    if wanted.endswith("tuổi"):
        right += r"(?!\s+\d+ tháng)"
    return re.compile(left + re.escape(wanted) + right)


def _cited(question: GradedQuestion, answer: Answer) -> bool | None:
    if not question.in_scope or not question.clauses:
        return None
    if question.behaviour is Behaviour.ANSWER_WITH_UNCERTAINTY and answer.status is not AnswerStatus.ANSWERED:
        return None  # who says "we do not know" owes no clause
    return any(_is_cited(clause, answer.citations) for clause in question.clauses)


def _is_cited(clause: Clause, citations: Iterable[Citation]) -> bool:
    # Letters without a number are cited by their title, which names the resolution they carry out.
    return any(
        clause.document.casefold() in nfc(c.document).casefold() and clause.article in {"", c.article}
        for c in citations
    )
