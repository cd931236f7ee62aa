"""The rules that raise an alert, read from `rules.yaml`, judged here or written down for Prometheus."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.watching.figures import Figure
from bot.watching.names import HELP

_COMPARE = {"<": operator.lt, ">": operator.gt}


@dataclass(frozen=True, slots=True)
class Rule:
    """An alert while the figure is beyond the bound."""

    name: str
    figure: str
    sign: str
    bound: float
    lasting: str
    severity: str
    says: str
    remedy: str
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def expression(self) -> str:
        """The rule in Prometheus's language."""
        labels = ",".join(f'{name}="{value}"' for name, value in self.labels.items())
        return (
            f"{self.figure}{{{labels}}} {self.sign} {self.bound:g}"
            if labels
            else f"{self.figure} {self.sign} {self.bound:g}"
        )

    def judges(self, figure: Figure) -> bool:
        """Whether the rule is about this figure."""
        return figure.name == self.figure and all(figure.labels.get(k) == v for k, v in self.labels.items())


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing that is wrong now."""

    name: str
    severity: str
    says: str
    remedy: str


@cache
def rules() -> tuple[Rule, ...]:
    """All rules."""
    rows: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("rules.yaml").read_text(encoding="utf-8"))
    found = tuple(
        Rule(r["name"], r["figure"], r["is"], float(r["bound"]), r["for"], r["severity"], r["says"], r["remedy"],
             r.get("labels", {}))
        for r in rows
    )  # fmt: skip
    assert all(rule.figure in HELP and rule.sign in _COMPARE for rule in found)
    return found


def alerts(figures: Iterable[Figure]) -> Iterator[Alert]:
    """What is wrong by these figures, in the order of the rules."""
    known = list(figures)
    for rule in rules():
        for figure in known:
            if rule.judges(figure) and _COMPARE[rule.sign](figure.value, rule.bound):
                told = {"value": f"{figure.value:g}", "channel": figure.labels.get("channel", "")}
                yield Alert(rule.name, rule.severity, rule.says.format(**told), rule.remedy)
