"""One answer taken apart: its steps in words, with scores, what became of the claim check, and where the time went. Pure.

A trace holds labels, ids and scores (`knowledge.answering.trace`), never what the citizen wrote.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from knowledge.answering.texts import reasons
from knowledge.yaml_files import load_yaml

_SCORED = re.compile(r"(?P<id>\S+) (?P<score>-?\d+(?:\.\d+)?)/(?P<sure>-?\d+(?:\.\d+)?)$")
_ONE = re.compile(r"(?P<what>.+?)(?: (?P<sure>-?\d+\.\d+))?(?P<held>, held back)?$")
_ABOUT = re.compile(r"(?P<card>\S+) is not about (?P<other>.+)$")
_LESS = re.compile(r"(?P<card>\S+) says less than (?P<other>.+)$")
_COUNTED = re.compile(r"(?P<n>\d+) passages$")
_OF_A_CARD = ("part", "card", "second card", "card of clause")
NameOf = Callable[[str], str]
"""The first way of asking of a card, empty when it is not known."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate: `score` orders, `sure` (0 to 1) is how much speaks for it."""

    id: str
    name: str
    score: float
    sure: float


@dataclass(frozen=True, slots=True)
class Opened:
    """One step in words. `share` is its part of the whole time, in percent."""

    name: str
    result: str
    milliseconds: float
    share: float
    scored: tuple[Scored, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an answer ended, in words; `card` is the id of the card it came from, `code` what the database says."""

    status: str
    reason: str
    card: str
    code: str


def opened(trace: Sequence[Mapping[str, Any]], name_of: NameOf = lambda card: "") -> list[Opened]:
    """The steps of `trace` in order."""
    whole = sum(_seconds(step) for step in trace)
    found = []
    for step in trace:
        name, result = str(step.get("name", "")), str(step.get("result", ""))
        said, scored = _result(name, result, name_of)
        share = 100 * _seconds(step) / whole if whole else 0.0
        found.append(Opened(_words("steps").get(name, name), said, 1000 * _seconds(step), share, scored))
    return found


def outcome_of(kept: str) -> Outcome:
    """`answered:card:muc-dong` in words."""
    status, _, reason = kept.partition(":")
    base, _, card = reason.partition(":")
    named = reasons().get(base) or _words("conduct").get(base) or base
    return Outcome(_words("statuses").get(status, status), named, card, kept)


def claim_check(trace: Sequence[Mapping[str, Any]], kept: str) -> str:
    """What became of the claim check: `passed`, `held` or `none`, by the trace and by how the answer ended."""
    made = [str(s.get("result", "")) for s in trace if s.get("name") in ("card", "card of clause", "clause")]
    written = [result for result in made if result not in ("weak evidence", "none")]
    if kept.startswith("unknown:held_back") or (written and written[-1].endswith("held back")):
        return "held"
    return "passed" if written and kept.startswith(("answered:", "clarify:", "declined:", "handoff:")) else "none"


def check_in_words(check: str) -> str:
    """The outcome of the claim check as staff read it."""
    return _words("checks")[check]


def _result(name: str, result: str, name_of: NameOf) -> tuple[str, tuple[Scored, ...]]:
    if name == "conduct":
        return _words("results").get(result) or _words("conduct").get(result, result), ()
    if name == "search" and (counted := _COUNTED.match(result)):
        return f"{counted['n']} đoạn còn hiệu lực", ()
    if name == "cards" and result != "none":
        return _cards(result, name_of)
    if name in (*_OF_A_CARD, "clause") and result not in _words("results") and (one := _ONE.match(result)):
        what = f"{one['what']}{_quoted(name_of(one['what'])) if name in _OF_A_CARD else ''}"
        sure = f", độ chắc {_decimal(one['sure'])}" if one["sure"] else ""
        return f"{what}{sure}{'; bị giữ lại vì không qua đối chiếu' if one['held'] else ''}", ()
    return _words("results").get(result, result), ()


def _cards(result: str, name_of: NameOf) -> tuple[str, tuple[Scored, ...]]:
    if found := _ABOUT.match(result):
        return f"thẻ {found['card']} không nói về văn bản {found['other']}, nên không dùng thẻ", ()
    if found := _LESS.match(result):
        return f"{found['other']} nói đúng điều được hỏi hơn thẻ {found['card']}, nên dùng điều khoản", ()
    scored = tuple(
        Scored(one["id"], name_of(one["id"]), float(one["score"]), float(one["sure"]))
        for part in result.split(", ") if (one := _SCORED.match(part))
    )  # fmt: skip
    return f"{len(scored)} thẻ gần nhất" if scored else result, scored


def _quoted(name: str) -> str:
    return f" (“{name}”)" if name else ""


def _decimal(number: str) -> str:
    return number.replace(".", ",")


def _seconds(step: Mapping[str, Any]) -> float:
    value = step.get("seconds", 0.0)
    return float(value) if isinstance(value, int | float) else 0.0


@cache
def _loaded() -> Mapping[str, Mapping[str, str]]:
    text = files("bot.staff").joinpath("taken_apart.yaml").read_text(encoding="utf-8")
    loaded: Mapping[str, Mapping[str, str]] = load_yaml(text)
    return loaded


def _words(kind: str) -> Mapping[str, str]:
    return _loaded()[kind]
