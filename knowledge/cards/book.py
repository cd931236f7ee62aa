"""What a template may name: the person's facts, dated rates, calculators; and the account of all that was used.

Traps: every value that a template shows is recorded, so that the claim check can hold the text against what was really worked out; a
calculator called without a fact it cannot do without asks back for it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import knowledge.calculators as calculators
from knowledge.calculators.model import HouseholdGroup, Sex
from knowledge.cards.model import CardsError
from knowledge.cards.personal import own_payment
from knowledge.cards.spans import around_2014, last_paid, month_of, months_drawn, paid_before, started
from knowledge.cards.templates import filled
from knowledge.cards.words import FILTERS
from knowledge.law import Coordinate
from knowledge.rates import Certainty, NoRate, Rate, Rates
from knowledge.speech import document_name
from knowledge.understanding.facts import Facts

HOTLINE = "1900 9068"  # tổng đài BHXH Việt Nam
EMERGENCY = "115"  # cấp cứu
_LEAST_AMOUNT = 1000  # đồng
_CALCULATORS = [
    "contribution",
    "pension",
    "retirement",
    "withdrawal",
    "withdrawal_day",
    "maternity",
    "funeral",
    "survivors",
    "survivors_of_pensioner",
    "monthly_allowance",
    "accident",
    "average_income",
    "income_for_pension",
    "years_for_pension",
    "cost_until_pension",
    "income_from_payment",
    "join_now_or_later",
]
_ASKED_BACK = {
    "sex": "sex",
    "average_income": "income",
    "income": "income",
    "months": "months",
    "born_year": "born",
    "born_month": "born",
    "wished": "wished_pension",
    "payment": "payment",
}


class MissingFact(Exception):
    """Raised inside a template when a calculator needs a fact that the person did not say; `fact` is one of NEEDS."""

    def __init__(self, fact: str) -> None:
        super().__init__(fact)
        self.fact = fact


class Book:
    """Fills templates and keeps account of what was used."""

    def __init__(self, facts: Facts, rates: Rates, on: date, today: date, unsure: bool) -> None:
        self.facts, self._table, self._on, self._today, self._unsure = facts, rates, on, today, unsure
        self.rates: list[Rate] = []
        self.values: list[Any] = [on]
        self.formulas: list[str] = []
        self.named: list[Coordinate] = []
        self.estimate = False

    def fill(self, template: str, place: str) -> str:
        """The text of `template`, which stands at `place`. Raises MissingFact, NoRate, BadCase, CardsError."""
        names: dict[str, Any] = {name: self._calculator(name) for name in _CALCULATORS}
        names |= {
            "facts": self.facts,
            "rate": self._rate,
            "unsure_rate": self._unsure_rate,
            "on": self._on,
            "today": self._today,
            "at": self._day,
            "law": self._law,
            "article": self._article,
            "hotline": HOTLINE,
            "emergency": EMERGENCY,
            "rate_row": self._row,
            "known": lambda key, **where: self._table.find(key, self._on, **where) is not None,
            "household": self._household,
            "topup": self._topup,
            "worked": self._worked,
            "pays": lambda: own_payment(self.facts, self._calculator("contribution"), self._worked),
            "span_paid": self._span_paid,
            "last_paid": lambda: last_paid(self.facts, self._today),
            "around_2014": lambda: around_2014(self.facts),
            "started": lambda: started(self.facts),
            "paid_before": lambda day: paid_before(self.facts, day, self._today),
            "month_of": month_of,
            "drawn": lambda: months_drawn(self.facts, self._on),
            "of_age": self._of_age,
            "lowest_income": self._bound("lowest"),
            "highest_income": self._bound("highest"),
        }
        try:
            return filled(template, names, place)
        finally:
            # Bounds are plain numbers in the template; what of them it shows must be on record too.
            self.values += [v for v in (names["lowest_income"], names["highest_income"]) if v is not None]

    def _bound(self, which: str) -> int | None:
        try:
            line = self._table.at("poverty_line_rural", self._on)
            if which == "lowest":
                return int(line.value)  # type: ignore[arg-type]
            level, times = self._table.at("reference_level", self._on), self._table.at("income_ceiling_times", self._on)
        except NoRate:
            return None
        return int(level.value * times.value)  # type: ignore[operator]

    def _rate(self, key: str, on: date | None = None, **where: str) -> Any:
        row = self._table.at(key, on or self._on, **{k: str(v) for k, v in where.items()})
        if row.certainty is Certainty.UNCERTAIN:
            raise NoRate(key, on or self._on, where)
        self.rates.append(row)
        return row.value

    def _unsure_rate(self, key: str, on: date | None = None, **where: str) -> Any:
        if not self._unsure:
            raise CardsError(
                f"unsure_rate({key!r}) chỉ dùng trong thẻ có unsure: true.", "Thêm unsure: true hoặc dùng rate()."
            )
        row = self._table.at(key, on or self._on, **where)
        self.rates.append(row)
        return row.value

    def _household(self, name: str) -> str:
        """A household group named where nothing is counted."""
        self.formulas.append(words := FILTERS["group"](name))
        return str(words)

    def _row(self, key: str, on: date | None = None, **where: str) -> Rate:
        """The whole row, for its days."""
        row = self._table.at(key, on or self._on, **where)
        self.rates.append(row)
        return row

    def _topup(self, province: str, group: str) -> Any:
        """The local top-up of a province as a fraction, None where nothing is known."""
        row = self._table.find("local_topup", self._on, province=province, group=group)
        if row is None:
            return None
        self.rates.append(row)
        share = self._table.at("subsidy_share", self._on, group=group)
        self.values.append(Decimal(str(row.value)) + Decimal(str(share.value)))
        return row.value

    def _span_paid(self) -> int | None:
        """Months in all that the pension is asked for: a supposed total, else those paid, and those left until retirement."""
        f = self.facts
        if f.years_planned:
            return f.years_planned * 12
        if not (f.until_retirement and f.sex and (f.age is not None or f.born_year)):
            return f.months_paid
        # Of an age alone the birthday is not known: it is taken as today's.
        born = f.born_year or self._today.year - (f.age or 0)
        month = f.born_month or (6 if f.born_year else self._today.month)
        end = calculators.retirement(sex=f.sex, born_year=born, born_month=month, rates=self._table)
        self.rates.extend(end.used)
        left = (end.reached_year - self._today.year) * 12 + end.reached_month - self._today.month
        return max(0, left) // 12 * 12 + (f.months_paid or 0)

    def _of_age(self) -> bool | None:
        """Whether the person has reached the retirement age; None when age or sex leave it open."""
        age = self.facts.age_in(self._today)
        if age is None:
            return self.facts.reached_retirement
        sexes = [self.facts.sex] if self.facts.sex else list(Sex)
        needed = [int(self._table.at("retirement_age", self._on, sex=s).value) for s in sexes]  # type: ignore[arg-type]
        least, most = age * 12, age * 12 + 11  # "61 tuổi" may be 61 years and eleven months
        if self.facts.odd_months:
            least = most = age * 12 + self.facts.odd_months
        if self.facts.born_year is not None and self.facts.born_month is not None:
            least = (self._today.year - self.facts.born_year) * 12 + self._today.month - self.facts.born_month
            most = least
        if all(least >= months for months in needed):
            return True
        return False if all(most < months for months in needed) else self.facts.reached_retirement

    def _worked(self, value: Any) -> Any:
        """A sum, difference or product of values that calls gave, put on record."""
        self.values.append(value)
        return value

    def _day(self, text: str) -> date:
        self.values.append(day := date.fromisoformat(text))
        return day

    def _law(self, number: str) -> str:
        self.named.append(Coordinate(number))
        return "Luật BHXH 2024" if number == "41/2024/QH15" else document_name(number, "")

    def _article(self, number: str, article: str, clause: str = "", point: str = "") -> str:
        where = Coordinate(number, article, clause, point)
        self.named.append(where)
        parts = [point and f"điểm {point}", clause and f"khoản {clause}", f"Điều {article}", self._law(number)]
        return " ".join(part for part in parts if part)

    def _calculator(self, name: str) -> Callable[..., Any]:
        function = getattr(calculators, name)
        wanted = _parameters(name)

        def call(**given: Any) -> Any:
            given = dict(given)
            if "on" in wanted:
                given.setdefault("on", self._on)
            if "rates" in wanted:
                given.setdefault("rates", self._table)
            for parameter in wanted.values():
                if parameter.name in given:
                    continue
                value = self._said(parameter.name, name)
                if value is not None:
                    given[parameter.name] = value
                elif parameter.default is inspect.Parameter.empty:
                    raise MissingFact(_ASKED_BACK.get(parameter.name, parameter.name))
            result = function(**given)
            self._record(result, given)
            return result

        return call

    def _said(self, parameter: str, calculator: str) -> Any:
        """The value of `parameter` from what the person said."""
        f = self.facts
        if parameter == "income":
            if f.income is not None:
                return f.income
            if f.payment is not None and calculator == "contribution":
                # The income behind what he pays a month; the group does not matter for it.
                rate = self._table.at("contribution_rate", self._on)
                behind = int(Decimal(f.payment) / Decimal(str(rate.value)))
                lowest, highest = self._bound("lowest"), self._bound("highest")
                if f.payment == lowest and f.group not in (None, HouseholdGroup.OTHER):
                    return lowest  # "hộ cận nghèo đóng 1,5 triệu" names the lowest income, not a payment beyond their means
                return behind if lowest and highest and lowest <= behind <= highest else lowest
            return (
                self._bound("lowest")
                if calculator in ("contribution", "cost_until_pension", "join_now_or_later")
                else None
            )
        if parameter == "group":
            return f.group or HouseholdGroup.OTHER
        if parameter == "months" and calculator in ("pension", "income_for_pension", "monthly_allowance"):
            return self._span_paid()
        simple = {
            "sex": f.sex,
            "province": f.province,
            "average_income": f.income,
            "born_year": f.born_year,
            "born_month": f.born_month,
            "wished": f.wished_pension,
            "payment": f.payment,
            "children": f.children,
            "months_before_2014": f.months_before_2014,
            "months_from_2014": f.months_from_2014,
            "months_drawn": months_drawn(f, self._on),
            "pension": f.pension_amount,
        }
        return simple.get(parameter)

    def _record(self, result: Any, given: dict[str, Any]) -> None:
        self.rates.extend(getattr(result, "used", ()))
        if formula := getattr(result, "formula", ""):
            self.formulas.append(formula)
        self.estimate = self.estimate or bool(getattr(result, "estimate", False))
        # Smaller numbers that were given are spans, which the result carries under their own names.
        self.values.extend(
            v for v in given.values() if isinstance(v, int) and not isinstance(v, bool) and v >= _LEAST_AMOUNT
        )
        self.values.append(result)


@cache
def _parameters(calculator: str) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(getattr(calculators, calculator)).parameters
