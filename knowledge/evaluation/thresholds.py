"""What the figures must reach: `thresholds.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from knowledge.errors import BadInput


@dataclass(frozen=True, slots=True)
class Threshold:
    """A bound of one figure: `least`, the lowest that passes, or `most`, the highest."""

    figure: str
    least: float | None = None
    most: float | None = None

    def passed(self, value: float | None) -> bool:
        """True when `value` keeps the bound, or when nothing measured it."""
        if value is None:
            return True
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    def __str__(self) -> str:
        return f"ít nhất {self.least:g}" if self.least is not None else f"nhiều nhất {self.most:g}"


@dataclass(frozen=True, slots=True)
class Missed:
    """A threshold that a set of questions did not keep."""

    where: str
    threshold: Threshold
    value: float

    def __str__(self) -> str:
        return f"{self.where}: {self.threshold.figure} {self.value:g}, {self.threshold}"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The bounds for the graded sets and for the questions of two days."""

    answers: tuple[Threshold, ...]
    locked: tuple[Threshold, ...]  # of questions nobody tunes on
    two_days: tuple[Threshold, ...]


def load_thresholds(path: Path | None = None) -> Thresholds:
    """The thresholds of `path`, by default those that come along. Raises BadInput naming the group."""
    path = path or Path(__file__).with_name("thresholds.yaml")
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadInput(f"{path.name}: không đọc được ({type(error).__name__}).", "Sửa cú pháp tệp.") from error
    groups = raw if isinstance(raw, dict) else {}
    return Thresholds(*(_group(groups, name, path.name) for name in ("answers", "locked", "two_days")))


def missed(where: str, figures: Mapping[str, float | int | None], thresholds: tuple[Threshold, ...]) -> list[Missed]:
    """The thresholds that `figures` of the set `where` do not keep."""
    found = []
    for threshold in thresholds:
        value = figures.get(threshold.figure)
        if value is not None and not threshold.passed(value):
            found.append(Missed(where, threshold, value))
    return found


def _group(groups: dict[str, Any], name: str, file: str) -> tuple[Threshold, ...]:
    bounds = groups.get(name)
    if not isinstance(bounds, dict) or not set(bounds) <= {"least", "most"}:
        raise BadInput(f"{file}, {name}: cần least, most hoặc cả hai.", "Xem thresholds.yaml đi kèm.")
    found = []
    for side, figures in bounds.items():
        for figure, value in (figures or {}).items():
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise BadInput(f"{file}, {name}, {figure}: phải là số.", "Sửa ngưỡng đó.")
            found.append(Threshold(str(figure), **{str(side): float(value)}))
    return tuple(found)
