"""Taking everything out at once (BHXH một lần). Law 41/2024/QH15, Article 102; Decree 159/2025/NĐ-CP, Article 9."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from knowledge.calculators.figures import amount, grouped, int_of, percent, plain, share_of, span_given, whole
from knowledge.calculators.model import Result, certain
from knowledge.calculators.pension import counted_years
from knowledge.rates import Rate, Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal(Result):
    """`amount` đồng, once, is `gross` less the State's `subsidy`; `times` the average income, `years_…` as they were counted."""

    amount: int
    gross: int
    subsidy: int
    times: Decimal
    years_before: Decimal
    years_from: Decimal


@dataclass(frozen=True, slots=True)
class Times:
    """How many times the average income a lump sum is, with the years it counts, its words and rows."""

    times: Decimal
    years_before: Decimal
    years_from: Decimal
    words: str
    used: tuple[Rate, ...]


def withdrawal(
    *,
    months_before_2014: int,
    months_from_2014: int,
    average_income: int,
    paid: int | None = None,
    subsidy: int = 0,
    rates: Rates,
    on: date,
) -> Withdrawal:
    """The sum for the months before and from 2014 at `average_income` đồng a month. Whether one may withdraw is not looked at.

    Under one year in all it is what was `paid` (left out: an estimate from the average), at most twice the average. `subsidy` đồng
    that the State paid are taken off. Raises BadCase for negative or empty spans.
    """
    found = times_of(months_before_2014, months_from_2014, "withdrawal_times", rates, on)
    amount(average_income, "Mức bình quân thu nhập")
    amount(subsidy, "Số tiền Nhà nước đã hỗ trợ", least=0)
    months = months_before_2014 + months_from_2014
    times, used = found.times, found.used
    if months < 12:
        gross, words, used = _first_year(months, average_income, paid, rates, on)
        times = (Decimal(gross) / average_income).quantize(Decimal("0.01"))
    else:
        gross = whole(times * average_income)
        words = f"({found.words}) × {grouped(average_income)} = {plain(times)} × {grouped(average_income)} = {grouped(gross)} đồng."
    left = max(0, gross - subsidy)
    if subsidy:
        words += f" Trừ {grouped(subsidy)} đồng Nhà nước đã hỗ trợ còn {grouped(left)} đồng."
    return Withdrawal(
        formula=words,
        used=used,
        estimate=not certain(used) or (months < 12 and paid is None),
        amount=left,
        gross=gross,
        subsidy=subsidy,
        times=times,
        years_before=found.years_before,
        years_from=found.years_from,
    )


def times_of(before: int, since: int, key: str, rates: Rates, on: date) -> Times:
    """The times for `before` months before 2014 and `since` months from 2014, by the rows `key` and `key`_before_2014.

    Odd months before 2014 move to the time from 2014 when there is any (Article 102.2.a). Raises BadCase for impossible spans.
    """
    span_given(before, "Thời gian đóng trước 2014", least=0)
    span_given(since, "Thời gian đóng từ 2014", least=0)
    span_given(before + since)
    if since:
        before, since = before - before % 12, since + before % 12
    first, later = rates.at(f"{key}_before_2014", on), rates.at(key, on)
    years_before, half = counted_years(before, rates, on)
    years_since, _ = counted_years(since, rates, on)
    stages = [(years, row) for years, row in ((years_before, first), (years_since, later)) if years]
    return Times(
        sum((years * share_of(row) for years, row in stages), Decimal(0)),
        years_before,
        years_since,
        " + ".join(f"{plain(years)} năm × {plain(share_of(row))}" for years, row in stages),
        (*(row for _, row in stages), half),
    )


def _first_year(
    months: int, average_income: int, paid: int | None, rates: Rates, on: date
) -> tuple[int, str, tuple[Rate, ...]]:
    """Article 102.2.c: (đồng, words, rows) for less than a year."""
    rate, most = rates.at("contribution_rate", on), rates.at("withdrawal_first_year_times", on)
    if paid is None:
        told = whole(share_of(rate) * average_income * months)
        how = f"ước tính {months} tháng × {percent(share_of(rate))} × {grouped(average_income)} = {grouped(told)} đồng"
    else:
        told, how = amount(paid, "Số tiền đã đóng", least=0), f"{grouped(paid)} đồng"
    gross = min(told, whole(share_of(most) * average_income))
    words = f"Đóng chưa đủ một năm: bằng số tiền đã đóng, {how}, không quá {plain(share_of(most))} lần mức bình quân."
    return gross, words if gross == told else f"{words} Được {grouped(gross)} đồng.", (most, rate)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstDay(Result):
    """`day`: the first day on which one who stopped may withdraw; `last`: the first day of the last month that was paid."""

    day: date
    last: date


def withdrawal_day(*, last: date, rates: Rates, on: date) -> FirstDay:
    """When the wait after the last month paid (any day in it: `last`) is over: Article 102.1.đ, counted from its end (107.2)."""
    wait = rates.at("withdrawal_stopped_months", on)
    months = last.year * 12 + last.month - 1 + int_of(wait) + 1
    day = date(months // 12, months % 12 + 1, 1)
    return FirstDay(
        formula=f"Hết tháng {last.month}/{last.year} và {int_of(wait)} tháng sau đó: từ ngày {day.day}/{day.month}/{day.year}.",
        used=(wait,),
        estimate=not certain((wait,)),
        day=day,
        last=last.replace(day=1),
    )
