"""Is the nearest card near enough to answer with? The weights are measured (docs/decisions.md)."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from knowledge.answering.by_clause import Chosen
from knowledge.answers import AnswerStatus
from knowledge.cards.matching import Match
from knowledge.law import DocumentKind
from knowledge.questions import Question
from knowledge.understanding.wanted import wants

# Logistic weights, fitted (balanced) on ways of asking left out of the cards in turn, against questions about other laws and matters.
_BIAS, _NEAR, _CENTRE, _ANSWER, _COVERED = -139.42, 6.90, 114.14, 33.45, 9.91
# Without an embedding words alone decide, more strictly.
_NEAR_WORDS, _COVERED_WORDS = 0.45, 0.6
THRESHOLD = 0.4
_SURE, _MORE_COVERED, _SOME_COVERED = 0.8, 0.25, 0.1
SURE_OF_PART = 0.75  # a part of a question, when the whole is not near enough to any card
TWO_IN_ONE = 0.55  # each part of a question that asks two things must be this near to its card
_SAME = 0.85  # so near that the question is one of the card's own
# "năm còn thiếu", "còn lại", "còn phải đóng" go on; "còn vợ tôi thì sao" asks anew.
_GOES_ON = "thiếu|lại|được|nữa|phải|có|bao|mấy|nhiêu|không|hạn|nợ|sống|nhỏ|kịp|trẻ|khỏe|đang|đóng|hiệu"
_PARTS = re.compile(rf"\s*[,;?.!]+\s*|\s+(?:và|rồi|còn(?!\s+(?:{_GOES_ON})\b)|hay là)\s+", re.IGNORECASE)


def strength(match: Match) -> float:
    """How sure it is that the card of `match` answers, 0 to 1."""
    if match.centre <= 0:
        return float(match.near >= _NEAR_WORDS and match.covered >= _COVERED_WORDS)
    x = (
        _BIAS + _NEAR * match.near + _CENTRE * match.centre + _ANSWER * match.answer + _COVERED * match.covered
    )  # the cosines of one model: another model needs other weights
    return 1 / (1 + math.exp(-x))


def enough_for_card(matches: Sequence[Match]) -> bool:
    """True when the first of `matches` (best first) may answer."""
    return bool(matches) and strength(matches[0]) >= THRESHOLD


def without_mistaken(matches: Sequence[Match]) -> list[Match]:
    """`matches` for a question that is surely honest: a card that answers goes before one that hands over and is only near."""
    kept = [m for m in matches if m.card.status is not AnswerStatus.HANDOFF or m.near >= _SAME]
    return kept if enough_for_card(kept) else list(matches)


def says_more(clause: Chosen, card: Match) -> bool:
    """True when a clause of a document that was brought in speaks of what is asked and the card of something near it only."""
    if clause.passage.kind is DocumentKind.HANDBOOK or clause.strength < _SURE:
        return False
    more = clause.covered - card.covered
    return more >= _MORE_COVERED or (more >= _SOME_COVERED and clause.strength > strength(card))


def speaks_for(question: Question, clause: Chosen, card: Match) -> bool:
    """True when `clause` is of the document that the question names by its number, and `card` does not rest on that one."""
    named = question.named.document.upper() if question.named else ""
    own = clause.passage.number
    if "/" not in named or not (own.upper() == named or own.upper().startswith(f"{named}/")):
        return False
    return not any(where.document == own for where in card.card.basis)


_CONCLUDES = re.compile(r"(?:vậy|thế|như vậy|vậy là|thì)\b", re.IGNORECASE)
_SUBJECT = re.compile(
    r"\b(?:đóng|nộp tiền|hưu|rút|sinh|sanh|thai|mai táng|tuất|mất|chết|hỗ trợ|y tế|bhxh|bảo hiểm|tham gia|đăng ký|sổ|trợ cấp|"
    r"tai nạn|thất nghiệp|mua|tổng đài|điện thoại|lương|thu nhập|mức|lừa)\b",
    re.IGNORECASE,
)
_OF_WHATEVER = frozenset({"papers", "place", "when", "span", "who"})


def asks_alone(part: str) -> bool:
    """Whether `part` asks something that can be told without the rest: "vậy có được không" draws on what was told before."""
    return not _CONCLUDES.match(part)


def names_a_matter(part: str) -> bool:
    """Whether `part` says what it is about; "được trả mấy phần trăm" does not, so that nothing of another topic answers it."""
    return _SUBJECT.search(part) is not None


def leans(part: str) -> bool:
    """Whether `part` asks for papers, a place or a term of what the rest is about: "…, cần giấy tờ gì"."""
    return _SUBJECT.search(part) is None and bool(wants(part) & _OF_WHATEVER)


def parts_of(text: str) -> list[str]:
    """The parts of a question that may ask things of their own: "làm cách nào, mức đóng là bao nhiêu?" has two."""
    parts = [part.strip() for part in _PARTS.split(text)]
    return [part for part in parts if len(part.split()) >= 3]
