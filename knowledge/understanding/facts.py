"""What a question says about the person: age, sex, years paid, household group, income, place, day.

Traps: "đóng" (to pay) and "đồng" (the currency), "năm" (year, five) and "nam" (man) are one word without marks; "ba" is three and
father; a number is read once only, so an age is never also a span paid.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache

from knowledge.calculators.model import HouseholdGroup, Method, Sex
from knowledge.questions import asked_day
from knowledge.understanding.numbers import read_numbers, spelt_numbers
from knowledge.understanding.people import read_groups, read_sex, read_whom
from knowledge.understanding.places import place_words, read_province
from knowledge.understanding.quantities import Kind, read_quantities
from knowledge.understanding.words import Words

_ORDER = (
    HouseholdGroup.POOR,
    HouseholdGroup.ISLAND,
    HouseholdGroup.NEAR_POOR,
    HouseholdGroup.ETHNIC_MINORITY,
    HouseholdGroup.OTHER,
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What was said; None or empty is not said. Spans in months, amounts in đồng (a month where it is an income or a pension)."""

    age: int | None = None
    born_year: int | None = None
    born_month: int | None = None
    sex: Sex | None = None
    months_paid: int | None = None  # of both kinds together
    voluntary_months: int | None = None
    compulsory_months: int | None = None
    months_before_2014: int | None = None
    months_from_2014: int | None = None
    years_planned: int | None = None  # "nếu đóng 20 năm": a supposed total
    started_year: int | None = None
    stopped_months: int | None = None
    missing_months: int | None = None
    groups: frozenset[HouseholdGroup] = frozenset()
    income: int | None = None
    payment: int | None = None
    wished_pension: int | None = None
    method: Method | None = None
    months_at_once: int | None = None
    children: int | None = None
    pension_months: int | None = None
    province: str | None = None
    on: date | None = None
    happened: date | None = None  # a past day of a death or birth
    for_whom: str | None = None

    @property
    def group(self) -> HouseholdGroup | None:
        """The group said with the highest subsidy: several give the highest only (Decree 159/2025/NĐ-CP, Article 5)."""
        return next((group for group in _ORDER if group in self.groups), None)

    @property
    def says_anything(self) -> bool:
        """True when the question says anything about the person."""
        return any(
            getattr(self, f.name) not in (None, frozenset())
            for f in fields(self)
            if f.name not in ("on", "happened", "for_whom")
        )

    def age_in(self, today: date) -> int | None:
        """The age in full years on `today`, told or worked out from the birth."""
        if self.age is not None or self.born_year is None:
            return self.age
        before = self.born_month is not None and today.month < self.born_month
        return today.year - self.born_year - before


def read_facts(text: str, today: date) -> Facts:
    """The facts of `text` (marks restored and shorthand written out where they can be). Never raises on text."""
    words = Words.of(text)
    said: dict[str, object] = {}
    for found in read_quantities(words, today):
        _note(said, found.kind, found.value)
    if "months_paid" not in said and ("voluntary_months" in said or "compulsory_months" in said):
        parts = [said.get("voluntary_months"), said.get("compulsory_months")]
        said["months_paid"] = sum(part for part in parts if isinstance(part, int))
    said["sex"] = read_sex(words)
    said["for_whom"] = read_whom(words)
    said["groups"] = read_groups(words)
    said["province"] = read_province(words)
    said["on"] = asked_day(text, today)
    said["happened"] = _happened(words, today)
    return Facts(**said)  # type: ignore[arg-type]


_EVENTS = {"mat", "chet", "doi", "sinh", "de"}


def _happened(words: Words, today: date) -> date | None:
    """The past day or month of a death or birth: "mất tháng 5/2026", "sinh con ngày 3/8/2026"."""
    for i, word in enumerate(words.plain):
        parts = [int(p) for p in re.split(r"[/-]", word) if p.isdecimal()] if word[:1].isdecimal() else []
        if len(parts) not in (2, 3) or not 2024 <= parts[-1] <= today.year or not 1 <= parts[-2] <= 12:
            continue
        if _EVENTS & set(words.before(i, 5)):
            last = 28 if len(parts) == 2 else min(parts[0], 28)
            day = date(parts[-1], parts[-2], last)
            return day if day <= today else None
    return None


def without_facts(text: str) -> str:
    """`text` without numbers and names of places; units stay ("tôi tuổi đóng năm"): what is left is what is asked."""
    words = Words.of(text)
    numbers = read_numbers(spelt_numbers(words.plain, words.typed))
    # "một lần", "một năm", "mỗi tháng một": small words of a way of asking, not of a person.
    counted = {i for n in numbers if n.scaled or n.digits or n.value > 1 for i in range(n.start, n.end)}
    dropped = counted | place_words(words)
    kept = [w for i, w in enumerate(words.typed) if i not in dropped and not re.fullmatch(r"[\d.,/%-]*\d[\d.,/%-]*", w)]
    return " ".join(kept)


def _note(said: dict[str, object], kind: Kind, value: object) -> None:
    """Keeps the first reading of each fact; a later one of the same kind is about something else."""
    pair = value if isinstance(value, tuple) else (None, None)
    if kind is Kind.BIRTH:
        said.setdefault("born_year", pair[1])
        if pair[0]:
            said.setdefault("born_month", pair[0])
    elif kind is Kind.METHOD:
        said.setdefault("method", pair[0])
        if pair[1]:
            said.setdefault("months_at_once", pair[1])
    elif kind is not Kind.NOTHING:
        said.setdefault(kind.value, value)


@lru_cache(maxsize=1)
def names() -> frozenset[str]:
    """The names of all facts."""
    return frozenset(f.name for f in fields(Facts))
