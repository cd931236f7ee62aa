"""Taking everything out at once (BHXH một lần). Law 41/2024/QH15, Article 102; Decree 159/2025/NĐ-CP, Article 9."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from knowledge.calculators.contribution import grouped, percent, share_of, whole
from knowledge.calculators.model import BadCase, Result, certain
from knowledge.calculators.pension import counted_years
from knowledge.rates import Rate, Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal(Result):
    """`amount` đồng, once, after the State's `subsidy` is taken off; `times` the average income."""

    amount: int
    gross: int
    subsidy: int
    times: Decimal
    years_before: Decimal
    years_from: Decimal


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
    """The sum for the months before and from 2014 at `average_income` đồng a month.

    Under one year in all it is what was paid (`paid`, else worked out from the average), at most twice the average. `subsidy` đồng
    of the State are taken off. Raises BadCase for negative or empty spans.
    """
    times, before, since, used = times_of(months_before_2014, months_from_2014, "withdrawal_times", rates, on)
    if average_income <= 0 or subsidy < 0:
        raise BadCase("Mức bình quân thu nhập phải lớn hơn 0, số tiền hỗ trợ không được âm.", "Ghi số đồng.")
    months = months_before_2014 + months_from_2014
    if months < 12:
        rate, most = rates.at("contribution_rate", on), rates.at("withdrawal_times", on)
        told = paid if paid is not None else whole(share_of(rate) * average_income * months)
        gross = min(told, whole(share_of(most) * average_income))
        used = (rate, most)
        times = (Decimal(gross) / average_income).quantize(Decimal("0.01"))
        words = (
            f"Đóng chưa đủ một năm: bằng số tiền đã đóng, {grouped(told)} đồng, nhiều nhất"
            f" {_plain(share_of(most))} lần mức bình quân {grouped(average_income)} đồng."
        )
        if paid is None:
            words += f" (Tạm tính {months} tháng × {percent(share_of(rate))}.)"
    else:
        gross = whole(times * average_income)
        first, later = rates.at("withdrawal_times_before_2014", on), rates.at("withdrawal_times", on)
        parts = [
            f"{_plain(before)} năm × {_plain(share_of(first))}" if before else "",
            f"{_plain(since)} năm × {_plain(share_of(later))}" if since else "",
        ]
        words = (
            f"({' + '.join(p for p in parts if p)}) × {grouped(average_income)}"
            f" = {_plain(times)} × {grouped(average_income)} = {grouped(gross)} đồng."
        )
    if subsidy:
        words += f" Trừ {grouped(subsidy)} đồng Nhà nước đã hỗ trợ."
    return Withdrawal(
        formula=words,
        used=used,
        estimate=not certain(used) or (months < 12 and paid is None),
        amount=max(0, gross - subsidy),
        gross=gross,
        subsidy=subsidy,
        times=times,
        years_before=before,
        years_from=since,
    )


def times_of(
    before: int, since: int, key: str, rates: Rates, on: date
) -> tuple[Decimal, Decimal, Decimal, tuple[Rate, ...]]:
    """(times the average income, years before 2014, years from 2014, rows). Odd months before 2014 move to the time from 2014
    when there is any (Articles 102.2.a, 110.2).
    """
    if before < 0 or since < 0 or before + since == 0 or before + since > 60 * 12:
        raise BadCase("Thời gian đóng phải từ 1 tháng đến 60 năm.", "Kiểm tra lại số năm, số tháng.")
    if since:
        before, since = before - before % 12, since + before % 12
    years_before, half = counted_years(before, rates, on)
    years_since, _ = counted_years(since, rates, on)
    first, later = rates.at(f"{key}_before_2014", on), rates.at(key, on)
    times = years_before * share_of(first) + years_since * share_of(later)
    used = tuple(r for r in (first if years_before else None, later if years_since else None, half) if r is not None)
    return times, years_before, years_since, used


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",")
