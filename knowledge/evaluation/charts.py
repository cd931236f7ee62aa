"""Bar charts as inline SVG; this module works out the geometry, `templates/bars.svg` draws it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.evaluation.answers import GroupFigures

ROW = 26  # pixels a bar takes, with its gap
LABEL = 190  # pixels for the names on the left
WIDE = 420  # pixels of a bar at 100 %
RIGHT = 110  # pixels for the figures on the right


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `y` and `width` in pixels, `note` stands beside it."""

    label: str
    note: str
    y: int
    width: float
    full: bool


@dataclass(frozen=True, slots=True)
class BarChart:
    """A chart ready to be drawn; sizes in pixels. `grid` are (x, name) of the lines behind the bars."""

    title: str
    width: int
    height: int
    bars: tuple[Bar, ...]
    grid: tuple[tuple[float, str], ...]


def share_chart(title: str, groups: Sequence[GroupFigures]) -> BarChart:
    """The share of right answers in each of `groups`, the worst first."""
    ordered = sorted(groups, key=lambda g: (g.share, g.name))
    bars = tuple(
        Bar(
            g.name,
            f"{percent(g.share)} ({g.correct}/{g.questions})",
            number * ROW + 24,
            round(g.share * WIDE, 1),
            g.correct == g.questions,
        )
        for number, g in enumerate(ordered)
    )
    grid = tuple((LABEL + WIDE * part / 4, f"{part * 25}%") for part in range(5))
    return BarChart(title, LABEL + WIDE + RIGHT, len(bars) * ROW + 32, bars, grid)


def percent(share: float) -> str:
    """`0.9467` → `94,7%`, as Vietnamese readers write it."""
    return f"{100 * share:.1f}".removesuffix(".0").replace(".", ",") + "%"
