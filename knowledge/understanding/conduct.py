"""Messages that must not simply be answered. (Stub: everything is an ordinary message.)"""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.answers import AnswerStatus


@dataclass(frozen=True, slots=True)
class Conduct:
    label: str
    status: AnswerStatus
    remainder: str
    text: str


def judge(typed: str, restored: str) -> Conduct:
    return Conduct("", AnswerStatus.ANSWERED, typed, "")


def english_topic(text: str) -> str:
    return ""
