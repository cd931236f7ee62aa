"""What a question says about the person: age, sex, years paid, household group, income, place, day.

Traps: "đóng" (to pay) and "đồng" (the currency), "năm" (year, five) and "nam" (man) are one word without marks; "ba" is three and
father; a number is read once only, so an age is never also a span paid.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from itertools import pairwise

from knowledge.calculators.model import HouseholdGroup, Method, Sex
from knowledge.questions import asked_day
from knowledge.understanding.calendar import read_months, read_years
from knowledge.understanding.households import read_groups
from knowledge.understanding.kinds import Kind
from knowledge.understanding.numbers import read_numbers, spelt_numbers
from knowledge.understanding.people import read_people, read_sex, read_whom
from knowledge.understanding.places import place_words, read_province
from knowledge.understanding.premises import read_premise
from knowledge.understanding.quantities import read_quantities
from knowledge.understanding.situation import (
    Ground,
    asks_whether_enough,
    read_ground,
    read_odd_months,
    read_paying_until,
    read_percent,
    read_reached,
    read_until_retirement,
    read_withdrew,
    read_workers,
)
from knowledge.understanding.standing import (
    read_ceiling,
    read_daily_income,
    read_died,
    read_draws,
    read_old_without_pension,
)
from knowledge.understanding.totals import fold_quantities, person_of
from knowledge.understanding.words import Words
from knowledge.vietnamese import nfc

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
    started_month: int | None = None
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
    pension_since: date | None = None  # the first day of the month from which a pension is drawn
    weeks: int | None = None  # of a pregnancy
    province: str | None = None
    on: date | None = None
    happened: date | None = None  # a past day of a death or birth
    for_whom: str | None = None
    percent: int | None = None  # a share that was heard of: "được 80% phải không?"
    ground: Ground | None = None  # why somebody may withdraw without waiting (Law 41/2024/QH15, Article 102.1)
    until_retirement: bool | None = None  # "đóng tới lúc hưu"
    last_paid: date | None = None  # the first day of the last month that was paid
    pension_amount: int | None = None  # a pension that is drawn now, neither wished nor an income
    incomes: tuple[
        int, ...
    ] = ()  # incomes held against each other ("mức 2 triệu hay 5 triệu"); `income` is then left empty
    spans: tuple[int, ...] = ()  # spans held against each other ("15 năm hay 20 năm"), in months
    people: int | None = None  # how many persons would pay: "vợ chồng tôi" → 2
    reached_retirement: bool | None = None  # "đủ tuổi hưu rồi"
    odd_months: int | None = None  # above `age`: "61 tuổi 8 tháng"
    withdrew: bool | None = None  # "năm 2022 rút một lần rồi"
    workers: int | None = None  # of a firm
    died: bool | None = None  # the person asked about
    ceiling_heard: int | None = None  # "trần 48,6 triệu đúng không"
    draws: bool | None = None  # a pension already: "ba tôi lãnh lương hưu mấy năm nay"
    no_pension: bool | None = None  # old, and without one
    share_of: int | None = None  # what a share is thought to be worked out from: "20% của 2 triệu 2"; see `premises`
    claimed: int | None = None  # what it is thought to come to
    years: tuple[int, ...] = ()  # named, whatever they are of; `calendar`
    months: tuple[date, ...] = ()  # the same, the first days of months

    def started_before(self, day: date) -> bool | None:
        """Whether the first month paid lies before `day`; None when it was not said, or not exactly enough."""
        if self.started_year is None or (self.started_year == day.year and self.started_month is None):
            return None
        return (self.started_year, self.started_month or 1) < (day.year, day.month)

    @property
    def group(self) -> HouseholdGroup | None:
        """The group said with the highest subsidy: several give the highest only (Decree 159/2025/NĐ-CP, Article 5)."""
        return next((group for group in _ORDER if group in self.groups), None)

    @property
    def says_anything(self) -> bool:
        """True when the question says anything about the person."""
        return any(
            getattr(self, f.name) not in (None, frozenset(), ())
            for f in fields(self)
            if f.name
            not in (
                "on",
                "happened",
                "for_whom",
                "percent",
                "years",
                "months",
                "workers",
                "share_of",
                "claimed",
                "ceiling_heard",
                "died",
            )
        )

    def age_in(self, today: date) -> int | None:
        """The age in full years on `today`, told or worked out from the birth."""
        if self.age is not None or self.born_year is None:
            return self.age
        before = self.born_month is not None and today.month < self.born_month
        return today.year - self.born_year - before


@lru_cache(maxsize=256)  # the steps of one answer read the same words some six times
def read_facts(text: str, today: date) -> Facts:
    """The facts of `text` (marks restored and shorthand written out where they can be). Never raises on text."""
    # Four syllables that say nothing here would push apart what belongs together.
    words = Words.of(_LONG_NAME.sub("bhxh", nfc(text)))
    quantities = read_quantities(words, today)
    premise = read_premise(words, quantities)
    if premise is not None:
        quantities = [q for q in quantities if q.start not in premise.taken]
    until = read_paying_until(words)
    # "đóng đến 62 tuổi thì đủ 15 năm không": the years follow from the age, and whether they are enough is asked.
    if until:
        quantities = [q for q in quantities if q.kind is not Kind.PLANNED or not asks_whether_enough(words, q)]
    said = fold_quantities(words, quantities, today)
    if premise is not None:
        said["share_of"], said["claimed"] = premise.of, premise.claimed
        if premise.chosen:
            said.setdefault("income", premise.of)
    said["sex"] = read_sex(words)
    said["for_whom"] = read_whom(words)
    said["age"], whom = person_of(words, quantities, read_whom(words))
    if whom != said["for_whom"]:
        said["for_whom"], said["sex"] = whom, read_sex(words, by_kin=False)
    said["people"] = said.get("people") or read_people(words)
    if (said["people"] or 1) > 1:
        said["sex"] = said["for_whom"] = None
    if said["age"] is not None:
        said["odd_months"] = read_odd_months(words, said["age"])
    if until and said["age"] is not None and until > said["age"] and "years_planned" not in said:
        paid = said.get("months_paid") or 0
        if paid % 12 == 0 and not said.get("spans"):
            said["years_planned"] = until - said["age"] + paid // 12
    said["reached_retirement"] = read_reached(words)
    said["groups"] = read_groups(words)
    said["percent"], said["ground"] = read_percent(words), read_ground(words)
    said["withdrew"], said["workers"] = read_withdrew(words), read_workers(words)
    said["draws"], said["no_pension"] = read_draws(words), read_old_without_pension(words, said["age"])
    said["died"] = read_died(words)
    said["ceiling_heard"] = read_ceiling(words)
    if said["ceiling_heard"] is not None and said.get("income") == said["ceiling_heard"]:
        del said["income"]  # asked about, not chosen
    if (daily := read_daily_income(words)) and said.get("income") in (None, daily[0]):
        said["income"] = daily[1]
        if said.get("payment") == daily[0]:
            del said["payment"]
    said["until_retirement"] = read_until_retirement(words)
    said["province"] = read_province(words)
    said["on"] = asked_day(text, today)
    said["happened"] = _happened(words, today)
    said["years"], said["months"] = read_years(words), read_months(words, today)
    said["pension_since"] = since = _pension_since(words)
    if since is not None and since <= today and "pension_amount" not in said and "wished_pension" in said:
        said["pension_amount"] = said.pop("wished_pension")
    return Facts(**said)


_LONG_NAME = re.compile(r"\bbảo hiểm xã hội\b|\bbao hiem xa hoi\b", re.IGNORECASE)
_EVENTS = {"mat", "chet", "doi", "sinh", "sanh", "de"}


def _happened(words: Words, today: date) -> date | None:
    """The past day or month of a death or birth: "mất tháng 5/2026", "sinh con ngày 3/8/2026"."""
    for i, word in enumerate(words.plain):
        parts = [int(p) for p in re.split(r"[/-]", word) if p.isdecimal()] if word[:1].isdecimal() else []
        if len(parts) not in (2, 3) or not 2024 <= parts[-1] <= today.year or not 1 <= parts[-2] <= 12:
            continue
        if _EVENTS & set(words.before(i, 6)):
            last = 28 if len(parts) == 2 else min(parts[0], 28)
            day = date(parts[-1], parts[-2], last)
            return day if day <= today else None
    return None


def _pension_since(words: Words) -> date | None:
    """From when a pension is drawn: "nhận lương hưu từ tháng 9/2026", "hưởng hưu từ năm 2024"."""
    for i, word in enumerate(words.plain):
        parts = [int(p) for p in word.split("/") if p.isdecimal()] if word[:1].isdecimal() else []
        before = words.before(i, 9)
        if len(parts) == 1 and before[-1:] == ("nam",) and words.at(i - 2).isdecimal() and words.at(i - 3) == "thang":
            parts, before = [int(words.at(i - 2)), *parts], before[:-3]
        named = "huu" in before or ("quyet", "dinh") in pairwise(before)
        if not parts or not 1990 <= parts[-1] <= 2100 or "tu" not in before[-3:] or not named:
            continue
        if not {"nhan", "huong", "linh", "lanh", "nghi"} & set(before):
            continue
        month = parts[-2] if len(parts) > 1 else 1
        if 1 <= month <= 12:
            return date(parts[-1], month, 1)
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


@lru_cache(maxsize=1)
def names() -> frozenset[str]:
    """The names of all facts."""
    return frozenset(f.name for f in fields(Facts))
