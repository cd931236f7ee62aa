"""Numbering read as a sequence: which labels are real, which are misread, which are only text.

Scans give `2)` for `a)` and `đ)` for `d)`; running text gives a line that merely starts with "Điều 5". One label alone
cannot be judged, a whole run of them can: the cheapest increasing reading of all labels wins.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

POINTS = "abcdđeghiklmnopqrstuvxy"

# What a scan shows for a letter; the reverse of each pair is not implied.
_MISREAD_POINTS = {
    "d": "đ", "đ": "dg", "2": "a", "3": "a", "4": "ađ", "8": "agbe", "1": "il", "l": "i", "i": "l", "t": "i", "í": "i", "ï": "i",
    "¡": "i", "j": "i", "6": "bđ", "e": "c", "c": "e", "ce": "c", "cc": "c", "ec": "c",
    "đd": "đd", "dđ": "đd", "dd": "đd", "đđ": "đd", "ð": "đ",
    "ø": "g", "q": "g", "g": "q", "9": "gq", "h": "b", "b": "h", "n": "hm", "m": "n", "0": "o", "ö": "o", "ô": "o", "ó": "o",
    "ä": "a", "à": "a", "á": "a", "â": "a", "ã": "a", "ă": "a", "é": "e", "è": "e", "ê": "e", "v": "yu", "ỉ": "i", "ì": "i", "€": "c",
    "": POINTS,
}  # fmt: skip
_MISREAD_DIGITS = str.maketrans({"l": "1", "I": "1", "O": "0", "o": "0", "S": "5", "$": "5", "B": "8", "Z": "2"})

MISREAD = 1.0
DROP = 4.0


@dataclass(frozen=True, slots=True)
class Label:
    """A possible label: `readings` are (position, cost); `after_gap` when the text itself says that something is left out."""

    readings: tuple[tuple[float, float], ...]
    after_gap: bool = False
    drop_cost: float = DROP


def point_readings(token: str) -> tuple[tuple[float, float], ...]:
    """Positions (1 = a) that the letter or misread sign before `)` may stand for; empty when it can be none."""
    token = token.lower()
    if len(token) == 2 and token[0] in POINTS and token[1].isdigit() and token[1] != "0":
        # "a1)" was put between a and b by an amendment; a scan may also have torn the digit from somewhere else.
        return ((POINTS.index(token[0]) + 1 + int(token[1]) / 100, 0.0),)
    exact = POINTS.find(token) + 1 if len(token) == 1 else 0
    readings = [(float(exact), 0.0)] if exact else []
    readings += [(float(POINTS.index(c) + 1), MISREAD) for c in _MISREAD_POINTS.get(token, "")]
    return tuple(readings)


def number_readings(token: str) -> tuple[tuple[float, float], ...]:
    """Positions that a printed number may stand for. `5a` lies between 5 and 6; `4S` and `l` are misread digits."""
    if token.isdigit():
        return ((float(token), 0.0),)
    if " " in token:  # "Điều 1 0"
        return ((float(token.replace(" ", "")), MISREAD),)
    digits, letter = token[:-1], token[-1:].lower()
    if digits.isdigit() and letter in POINTS:
        inserted = (float(digits) + (POINTS.index(letter) + 1) / 100, 0.0)
        misread = token.translate(_MISREAD_DIGITS)
        return (inserted, (float(misread), 2.0)) if misread.isdigit() else (inserted,)
    misread = token.translate(_MISREAD_DIGITS)
    return ((float(misread), MISREAD),) if misread.isdigit() else ()


def number_name(position: float) -> str:
    """`5.01` → `5a`, `12.0` → `12`."""
    whole = math.floor(position)
    inserted = round((position - whole) * 100)
    return f"{whole}{POINTS[inserted - 1] if inserted else ''}"


def point_name(position: float) -> str:
    """`5.0` → `đ`, `1.02` → `a2`."""
    whole = math.floor(position)
    inserted = round((position - whole) * 100)
    return f"{POINTS[whole - 1]}{inserted or ''}"


def _gap_cost(before: float, position: float) -> float:
    skipped = math.ceil(position) - math.floor(before) - 1
    return 0.0 if skipped <= 0 else min(0.8 + 0.5 * skipped, 5.0)


def align(labels: Sequence[Label]) -> list[float | None]:
    """The position of each label in the cheapest strictly increasing reading, None where the label is only text."""
    # state: last position -> (cost, chosen positions as a linked list)
    states: dict[float, tuple[float, object]] = {0.0: (0.0, None)}
    for label in labels:
        following: dict[float, tuple[float, object]] = {}
        for last, (cost, chain) in states.items():
            kept = cost + label.drop_cost
            if last not in following or kept < following[last][0]:
                following[last] = (kept, (None, chain))
            for position, reading_cost in label.readings:
                if position <= last:
                    continue
                taken = cost + reading_cost + (0.0 if label.after_gap else _gap_cost(last, position))
                if position not in following or taken < following[position][0]:
                    following[position] = (taken, (position, chain))
        states = following
    _, chain = min(states.values(), key=lambda state: state[0])
    chosen: list[float | None] = []
    while isinstance(chain, tuple):
        chosen.append(chain[0])
        chain = chain[1]
    return chosen[::-1]


def fill_gaps(taken: dict[int, float], worn: Sequence[int]) -> dict[int, float]:
    """Positions for the lines `worn` whose labels a scan wore away: where 4 and 6 are known and one such line stands between, it is 5."""
    filled: dict[int, float] = {}
    before_index, before = -1, 0.0
    for index in sorted(taken):
        lost = [w for w in worn if before_index < w < index and w not in taken]
        missing = math.ceil(taken[index]) - math.floor(before) - 1
        if missing and len(lost) == missing:
            filled.update((w, math.floor(before) + 1.0 + i) for i, w in enumerate(lost))
        before_index, before = index, taken[index]
    return filled
