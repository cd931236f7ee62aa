"""Gathers what may be claimed: from clauses, rates, results of calculators, coordinates and the citizen's own words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from knowledge.answering.claim_reader import claims_of_source, read_claims
from knowledge.answering.claims_dates import less_precise
from knowledge.answering.claims_groups import GroupValues, groups_hinted
from knowledge.answering.claims_law import bare
from knowledge.answering.claims_model import Claim, ClaimKind, Value
from knowledge.answering.claims_numbers import MEASURES
from knowledge.calculators.model import HouseholdGroup
from knowledge.calculators.model import Result as Calculated
from knowledge.law import Coordinate
from knowledge.rates import Rate

Given: TypeAlias = tuple[ClaimKind, Value]

_SAID = frozenset(
    {
        ClaimKind.TERM,
        ClaimKind.AMOUNT,
        ClaimKind.DATE,
        ClaimKind.MONTH,
        ClaimKind.YEAR,
        ClaimKind.NUMBER,
        ClaimKind.GROUP,
    }
)
_CLAUSE_MARK = re.compile(r"^[ \t]*(\d{1,2}[a-zđ]?)\.[ \t]", re.MULTILINE)
_POINT_MARK = re.compile(r"^[ \t]*([a-zđ]\d?)\)[ \t]", re.MULTILINE)
MONTHS_OF_AGE = MEASURES["tuổi"][0]
MONTHS = MEASURES["tháng"][0]
_TIMES, _PEOPLE = MEASURES["lần"][0], MEASURES["người"][0]
_PARTS = frozenset(
    {"percent", "year", "month", "years", "months", "times"}
)  # parts of the names of fields that are no đồng
# Amounts of a payment that depend on the group; the others are the same for everyone.
_OF_GROUP = ("state_subsidy", "local_subsidy", "net_monthly", "total")


class Book:
    """Collects what clauses, rates, results, coordinates and the citizen say, each by its own rules (see `Grounds.of`)."""

    def __init__(self) -> None:
        self.typed: set[Given] = set()
        self.loose: set[Decimal] = set()
        self.documents: set[str] = set()
        self.articles: set[tuple[str, str, str, str]] = set()
        self.coordinates: dict[Coordinate, None] = {}
        self.clauses: set[str] = set()
        self.points: set[str] = set()
        self.said_shares: set[Value] = set()
        self.texts: list[str] = []
        self.by_group: dict[str, set[Given]] = {}
        self.common: set[Given] = set()

    def text(self, text: str) -> None:
        self.texts.append(text)
        for claim in claims_of_source(text):
            self._claim(claim)
        self.typed |= {(ClaimKind.GROUP, group.value) for group in groups_hinted(text)}
        self.clauses.update(_CLAUSE_MARK.findall(text))
        self.points.update(_POINT_MARK.findall(text))

    def rate(self, rate: Rate) -> None:
        values = list(_of_rate(rate))
        for kind, value in values:
            self._add(kind, value)
        for day in (rate.since, rate.until):
            if day is not None:
                self._add(ClaimKind.DATE, (day.year, day.month, day.day))
        group = rate.where.get("group")
        if group:
            self.typed.add((ClaimKind.GROUP, group))
            self.by_group.setdefault(group, set()).update(values)
        else:
            self.common.update(values)
        if rate.where.get("year", "").isdigit():
            self._add(ClaimKind.YEAR, int(rate.where["year"]))
        for where in rate.basis:
            self.coordinate(where)

    def result(self, result: Any) -> None:
        if isinstance(result, bool) or result is None:
            return
        if isinstance(result, date):
            self._add(ClaimKind.DATE, (result.year, result.month, result.day))
        elif isinstance(result, str):
            self.typed |= {(ClaimKind.GROUP, result)} if result in set(HouseholdGroup) else set()
            for claim in read_claims(result):
                self._claim(claim)
        elif isinstance(result, int | Decimal):
            self.loose.add(Decimal(result))
            if isinstance(result, Decimal):
                # A share as a fraction; above one, calculators give percent ("rate_percent").
                self._add(ClaimKind.PERCENT, result * 100 if abs(result) <= 1 else result)
        elif is_dataclass(result):
            self._calculated(result)

    def coordinate(self, where: Coordinate) -> None:
        self.coordinates[where] = None
        self.documents.add(bare(where.document))
        # A document without a number goes by its title, which may have a day; a section may be "II.3" or "Phụ lục 2".
        for name in (where.document, where.section):
            for claim in claims_of_source(name):
                self._claim(claim)

    def contact(self, contact: str) -> None:
        self.typed |= {(claim.kind, claim.value) for claim in claims_of_source(contact)}

    def said(self, words: str) -> None:
        for claim in read_claims(words) if words else ():
            if claim.kind is ClaimKind.PERCENT:
                self.said_shares.add(claim.value)
            elif claim.kind in _SAID:
                self._claim(claim)
                if claim.kind is ClaimKind.NUMBER and isinstance(claim.value, Decimal):
                    self.loose.add(claim.value)

        self.typed |= {(ClaimKind.GROUP, group.value) for group in groups_hinted(words)}

    def of_groups(self) -> GroupValues:
        """Values known of a group only, and those of them that also hold for everyone."""
        tied = {given for held in self.by_group.values() for given in held}
        return GroupValues(
            {group: frozenset(held) for group, held in self.by_group.items()}, frozenset(self.common & tied)
        )

    def _claim(self, claim: Claim) -> None:
        if claim.kind is ClaimKind.DOCUMENT:
            self.documents.add(str(claim.value))
        elif claim.kind is ClaimKind.ARTICLE and isinstance(claim.value, tuple):
            self.articles.add((claim.document, *claim.value))
        else:
            self._add(claim.kind, claim.value)

    def _add(self, kind: ClaimKind, value: Value) -> None:
        self.typed.add((kind, value))
        self.typed.update(less_precise(kind, value))
        if kind is ClaimKind.AMOUNT:
            self.typed.add((ClaimKind.NUMBER, value))
        elif kind is ClaimKind.NUMBER and isinstance(value, Decimal) and value >= 1000:
            self.typed.add((ClaimKind.AMOUNT, value))  # formulas and tables name the đồng once
        elif kind is ClaimKind.TERM and isinstance(value, tuple) and value[0] in (_TIMES, _PEOPLE):
            self.typed.add((ClaimKind.NUMBER, value[1]))

    def _calculated(self, result: Any) -> None:
        """The fields of a calculator's result, by what their names say they are."""
        if isinstance(result, Calculated):
            self.text(result.formula)
            for rate in result.used:
                self.rate(rate)
        held = {f.name: getattr(result, f.name) for f in fields(result) if f.name not in ("formula", "used")}
        tied: set[Given] = set()
        for name, value in held.items():
            for item in value if isinstance(value, tuple) else (value,):
                if isinstance(item, int | Decimal) and not isinstance(item, bool):
                    for given in _of_field(name, Decimal(item)):
                        self._add(*given)
                        (tied if name in _OF_GROUP else self.common).add(given)
                else:
                    self.result(item)
        for year, month in ((f"{name[:-5]}_year", name) for name in held if name.endswith("_month")):
            if isinstance(held.get(year), int):
                self._add(ClaimKind.MONTH, (held[year], held[month]))
        if isinstance(held.get("years"), int) and isinstance(held.get("months"), int):  # an age: 61 years and 6 months
            for unit in (MONTHS, MONTHS_OF_AGE):
                self._add(ClaimKind.TERM, (unit, Decimal(held["years"] * 12 + held["months"])))
        group = held.get("group")
        if isinstance(group, HouseholdGroup):
            self.by_group.setdefault(group.value, set()).update(tied)
        else:
            self.common |= tied


def _of_field(name: str, number: Decimal) -> Iterator[Given]:
    """What a number in the field `name` of a result says: percent, years, months, times, a year, else đồng."""
    part = next((p for p in reversed(name.split("_")) if p in _PARTS), "")
    if part == "percent":
        yield ClaimKind.PERCENT, number
    elif part == "year" and number == int(number):
        yield ClaimKind.YEAR, int(number)
    elif part in ("years", "months"):
        for unit in (MONTHS, MONTHS_OF_AGE):
            yield ClaimKind.TERM, (unit, number * (12 if part == "years" else 1))
    elif part == "times":
        yield ClaimKind.TERM, (_TIMES, number)
    elif not part:
        yield ClaimKind.AMOUNT, number
    yield ClaimKind.NUMBER, number


def _of_rate(rate: Rate) -> Iterator[Given]:
    """The value of a row in its unit."""
    value = rate.value
    if isinstance(value, date):
        yield ClaimKind.DATE, (value.year, value.month, value.day)
        return
    number = Decimal(str(value))
    if rate.unit.startswith("đồng"):
        yield ClaimKind.AMOUNT, number
    elif rate.unit == "phần":
        yield ClaimKind.PERCENT, number * 100
    elif rate.unit in MEASURES:
        unit, each = MEASURES[rate.unit]
        yield ClaimKind.TERM, (unit, number * each)
        if unit == MONTHS and "tuổi" in rate.title.lower():  # an age kept in months
            yield ClaimKind.TERM, (MONTHS_OF_AGE, number * each)
        yield ClaimKind.NUMBER, number
    else:  # hệ số, số đơn vị
        yield ClaimKind.NUMBER, number
        yield ClaimKind.TERM, (_TIMES, number)
