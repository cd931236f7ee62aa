"""What people write, and everything that may be read from it: a fact read wrongly becomes a wrong amount, a missing one a question back.

`python -m tests.knowledge.understanding.test_fact_cases` prints the figures; `--misses` what went wrong.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field, fields
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.calculators.model import HouseholdGroup
from knowledge.restore import MarksRestorer
from knowledge.shorthand import write_out
from knowledge.understanding.facts import Facts, read_facts
from knowledge.vietnamese import fold

TODAY = date(2026, 11, 22)
# Set: the least share of sentences read exactly as typed, and with their marks lost and put back. No fact may be wrong in either.
LEAST = {"fact_cases": (0.99, 0.95), "fact_cases_locked": (0.98, 0.92)}
# Each has tests of its own.
_BY_THE_WAY = {"years", "months", "withdrew", "workers", "share_of", "claimed"}
_FACTS = [f.name for f in fields(Facts) if f.name not in _BY_THE_WAY]


@dataclass
class Score:
    """Sentences read exactly, those without a wrong fact, and per fact what was right, wrong and missing."""

    cases: int = 0
    exact: int = 0
    safe: int = 0
    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)


@lru_cache(maxsize=1)
def _restorer() -> MarksRestorer:
    sources = Path(__file__).parents[3] / "knowledge" / "starter" / "sources"
    return MarksRestorer.train(path.read_text(encoding="utf-8") for path in sorted(sources.glob("*.md")))


def read_as_asked(text: str, *, unmarked: bool = False) -> Facts:
    """The facts as the service reads them: shorthand written out, marks put back; `unmarked`: typed without any."""
    typed = fold(text) if unmarked else text
    return read_facts(_restorer().restore(write_out(typed.lower())).lower().capitalize(), TODAY)


def expected(case: dict[str, Any]) -> dict[str, Any]:
    """Every fact with what it must be; those that are open are left out."""
    wanted = {name: case.get(name) for name in _FACTS}
    wanted["groups"] = frozenset(HouseholdGroup(g) for g in case.get("groups", ()))
    for name in ("incomes", "spans"):
        if name in wanted:
            wanted[name] = tuple(case.get(name, ()))
    return {name: value for name, value in wanted.items() if name not in case.get("open", ())}


def measure(name: str, *, unmarked: bool = False) -> Score:
    """How the set `name` is read."""
    score = Score()
    empty: Any
    for case in yaml.safe_load(Path(__file__).with_name(f"{name}.yaml").read_text(encoding="utf-8")):
        got = read_as_asked(case["say"], unmarked=unmarked)
        bad, lost = [], []
        for fact, value in expected(case).items():
            read, empty = getattr(got, fact), (None, frozenset(), ())
            if read == value:
                score.right[fact] += value not in empty
            elif read in empty:
                score.missing[fact] += 1
                lost.append(fact)
            else:
                score.wrong[fact] += 1
                bad.append(f"{fact}={read} not {value}")
        score.cases += 1
        score.exact += not bad and not lost
        score.safe += not bad
        if bad or lost:
            score.told.append(
                f"{case['say']}\n      wrong: {'; '.join(bad) or '-'}   missing: {', '.join(lost) or '-'}"
            )
    return score


@pytest.mark.parametrize("name", list(LEAST))
@pytest.mark.parametrize("unmarked", [False, True])
def test_what_people_write_is_read(name: str, unmarked: bool) -> None:
    score = measure(name, unmarked=unmarked)
    assert score.safe == score.cases, "\n".join(score.told)
    assert score.exact / score.cases >= LEAST[name][unmarked], "\n".join(score.told)


def test_cases_name_only_facts() -> None:
    known = {*_FACTS, "say", "open"}
    for name in LEAST:
        for case in yaml.safe_load(Path(__file__).with_name(f"{name}.yaml").read_text(encoding="utf-8")):
            assert set(case) <= known, case
            assert set(case.get("open", ())) <= known, case


def _print(name: str, misses: bool, unmarked: bool) -> None:
    score = measure(name, unmarked=unmarked)
    print(
        f"{name}{' without marks' if unmarked else ''}: {score.cases} sentences, exact {score.exact}, no wrong fact {score.safe}"
    )
    for fact in _FACTS:
        if score.right[fact] + score.wrong[fact] + score.missing[fact]:
            print(
                f"  {fact:22} right {score.right[fact]:3}  wrong {score.wrong[fact]:3}  missing {score.missing[fact]:3}"
            )
    if misses:
        print("\n".join(f"    {line}" for line in score.told))


if __name__ == "__main__":
    for unmarked in (False, True):
        for name in [a for a in sys.argv[1:] if not a.startswith("-")] or LEAST:
            _print(name, "--misses" in sys.argv, unmarked)
