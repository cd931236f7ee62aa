"""Which lines of an article start a clause (khoản) or a point (điểm)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.marks import CLAUSE, GAP, GAP_START, POINT, WORN_CLAUSE, WORN_POINT
from ingest.readers.model import Line
from ingest.sequence import MISREAD, Label, align, fill_gaps, number_readings, point_readings


@dataclass(frozen=True, slots=True)
class Mark:
    """A label that was read: its position in the run, where its text begins, and what is printed."""

    position: float
    end: int
    printed: str


def clause_marks(lines: Sequence[Line], quoted: Sequence[bool]) -> dict[int, Mark]:
    """Line index → mark for the lines that start a clause."""
    found: list[tuple[int, Label]] = []
    worn: list[int] = []
    gap = False
    for index, line in enumerate(lines):
        gap = gap or bool(GAP.match(line.text))
        if line.table or quoted[index]:
            continue
        match = CLAUSE.match(line.text)
        if match and (readings := number_readings(match[1])):
            penalty = MISREAD if line.text[match.end()].islower() else 0.0
            found.append((index, Label(tuple((p, c + penalty) for p, c in readings), after_gap=gap)))
            gap = False
        if WORN_CLAUSE.match(line.text):
            worn.append(index)
    return _marks(lines, found, worn, CLAUSE, WORN_CLAUSE)


def point_marks(lines: Sequence[Line], quoted: Sequence[bool], begin: int, end: int) -> dict[int, Mark]:
    """Line index → mark for the lines from `begin` to `end` that start a point."""
    found: list[tuple[int, Label]] = []
    worn: list[int] = []
    gap = False
    for index in range(begin, end):
        line = lines[index]
        gap = gap or bool(GAP.match(line.text)) or (bool(GAP_START.search(line.text)) and not POINT.match(line.text))
        if line.table or quoted[index]:
            continue
        match = POINT.match(line.text)
        if match and (readings := point_readings(match[1] or match[2] or "")):
            found.append((index, Label(readings, after_gap=gap, drop_cost=4.0 if match[1] else 2.0)))
            gap = False
        if WORN_POINT.match(line.text):
            worn.append(index)
    return _marks(lines, found, worn, POINT, WORN_POINT)


def _marks(
    lines: Sequence[Line],
    found: list[tuple[int, Label]],
    worn: list[int],
    label: re.Pattern[str],
    worn_label: re.Pattern[str],
) -> dict[int, Mark]:
    positions = align([label for _, label in found])
    taken = {index: position for (index, _), position in zip(found, positions, strict=True) if position is not None}
    left_out = bool(worn) and any(GAP_START.search(line.text) for line in lines)
    filled = {} if left_out else fill_gaps(taken, worn)
    made = {}
    for index, position in {**taken, **filled}.items():
        match = (label if index in taken else worn_label).match(lines[index].text)
        assert match is not None
        made[index] = Mark(position, match.end(), next((g for g in match.groups() if g), ""))
    return made
