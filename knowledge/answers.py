"""What an answer is: a status, words for the citizen, the clauses it stands on, and how it came about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from knowledge.about import NOTHING, About
from knowledge.understanding.followups import NO_PAST, Past

if TYPE_CHECKING:
    from knowledge.answering.claims import Grounds


class AnswerStatus(StrEnum):
    """The six ways an answer can end; reasons are finer and live in `texts.yaml`."""

    ANSWERED = "answered"
    CLARIFY = "clarify"
    UNKNOWN = "unknown"
    HANDOFF = "handoff"
    DECLINED = "declined"
    SMALLTALK = "smalltalk"


@dataclass(frozen=True, slots=True)
class Citation:
    """A clause the answer stands on. `document` is the official number (số hiệu), or the title of a document without one.

    `quote` is verbatim: the clause's own words, or, where the clause itself is not held, the handbook's words that name it.
    """

    document: str
    title: str
    article: str = ""
    clause: str = ""
    point: str = ""
    section: str = ""
    quote: str = ""
    verbatim: bool = True  # False: our own words, because we do not hold the clause itself


@dataclass(frozen=True, slots=True)
class Choice:
    """A button offered with a question asked back: `value` is a whole question that needs nothing said before."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way to an answer, for those who take it apart afterwards. Holds no words of the citizen."""

    name: str
    result: str
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Material:
    """What an answer was made of, for who words it anew: `body` is the part of the text that may be worded, `sources` are the texts it
    stands on, itself first, and `grounds` (made when asked for) what may be claimed. `beside`: a body in the law's own words, which stays.
    """

    body: str
    sources: tuple[str, ...]
    grounds: tuple[Callable[[], Grounds], ...]
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, whole. `text` is what the citizen reads; `as_of` the day it holds for."""

    status: AnswerStatus
    reason: str
    text: str
    as_of: date
    citations: tuple[Citation, ...] = ()
    call_back: bool = False  # the citizen should be offered a call
    choices: tuple[Choice, ...] = ()
    trace: tuple[Step, ...] = ()
    past: Past = NO_PAST  # what the next question may lean on; empty when nothing of this turn may be carried along
    about: About = NOTHING  # what the person has said of themself so far, this turn included
    material: Material | None = field(default=None, repr=False, compare=False)
