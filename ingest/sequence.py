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
    if skipped <= 0:
        return 0.0
    return 0.8 + 0.5 * skipped if skipped < 9 else 5.0


# Last position read → (cost, chosen positions as a linked list). The order is kept: of equal costs the first one counts.
_States = dict[float, tuple[float, object]]
_BEATEN: tuple[float, object] = (math.inf, None)


def align(labels: Sequence[Label]) -> list[float | None]:
    """The position of each label in the cheapest strictly increasing reading, None where the label is only text."""
    if (clean := _clean_run(labels)) is not None:
        return clean
    states: _States = {0.0: (0.0, None)}
    for label, least in zip(labels, _least_after(labels), strict=True):
        following: _States = {}
        for last, (cost, chain) in states.items():
            if cost == math.inf:  # leads nowhere, but what it would lead to keeps its place among equals
                for position in (last, *(p for p, _ in label.readings)):
                    following.setdefault(position, _BEATEN)
                continue
            kept = cost + label.drop_cost
            if last not in following or kept < following[last][0]:
                following[last] = (kept, (None, chain))
            for position, reading_cost in label.readings:
                if position <= last:
                    continue
                taken = cost + reading_cost + (0.0 if label.after_gap else _gap_cost(last, position))
                if position not in following or taken < following[position][0]:
                    following[position] = (taken, (position, chain))
        states = _without_beaten(following, least)
    _, chain = min(states.values(), key=lambda state: state[0])
    chosen: list[float | None] = []
    while isinstance(chain, tuple):
        chosen.append(chain[0])
        chain = chain[1]
    return chosen[::-1]


def _clean_run(labels: Sequence[Label]) -> list[float | None] | None:
    """The positions where all labels are as they should be, as nearly everywhere: nothing else can cost nothing too."""
    run: list[float | None] = []
    before = 0.0
    for label in labels:
        exact = [position for position, cost in label.readings if not cost]
        if len(exact) != 1 or exact[0] <= before or not (label.after_gap or not _gap_cost(before, exact[0])):
            return None
        before = exact[0]
        run.append(before)
    return run


def _least_after(labels: Sequence[Label]) -> list[float]:
    """For each label the least position that any label behind it can have."""
    least, found = math.inf, []
    for label in reversed(labels):
        found.append(least)
        least = min(least, *(position for position, _ in label.readings), math.inf)
    return found[::-1]


def _without_beaten(states: _States, least: float) -> _States:
    """`states` without those that cannot win any more: one with a later position, below all that is to come, costs less.

    Without it a law of n clean articles takes n² steps, for each article might be the last one that is real. The first of
    the beaten keeps its place: all positions to come are behind it, as they are behind the others.
    """
    best, beaten = math.inf, set[float]()
    for last in sorted((position for position in states if position < least), reverse=True):
        cost = states[last][0]
        if cost > best + 1e-6:  # sums of the same costs in another order may differ in their last bit
            beaten.add(last)
        best = min(best, cost)
    if not beaten:
        return states
    first = next(last for last in states if last in beaten)
    return {last: _BEATEN if last == first else s for last, s in states.items() if last == first or last not in beaten}


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
