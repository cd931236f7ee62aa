"""The average of a person's own incomes, each year adjusted by its published coefficient.

Law 41/2024/QH15, Article 104; Decree 159/2025/NĐ-CP, Article 10.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from knowledge.calculators.figures import amount, grouped, plain, share_of, whole
from knowledge.calculators.model import BadCase, Result, certain
from knowledge.rates import Rate, Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class AverageIncome(Result):
    """`average` đồng a month to the hundredth; `average_income` whole đồng, as the calculators take it; `total` the adjusted sum."""

    average: Decimal
    average_income: int
    total: Decimal
    months: int


def average_income(*, years: Sequence[tuple[int, int, int]], rates: Rates, on: date) -> AverageIncome:
    """The average of (year, months paid in it, income đồng a month), settled on `on`; a year may come more than once.

    A year to come counts with coefficient 1 and makes the result an estimate in today's money: coefficients are published yearly.
    Raises BadCase for an empty list or impossible months, NoRate for a year of settlement or a past year without coefficient.
    """
    _check(years)
    table = rates.at("income_coefficient", on, year=str(on.year))  # no table, no average
    used: list[Rate] = []
    total, parts = Decimal(0), []
    for year, months, income in years:
        row = None if year > on.year else rates.at("income_coefficient", on, year=str(year))
        factor = share_of(row) if row else Decimal(1)
        if row:
            used.append(row)
        total += months * income * factor
        parts.append(f"{months} × {grouped(income)} × {plain(factor)}")
    count = sum(months for _, months, _ in years)
    average = (total / count).quantize(Decimal("0.01"), ROUND_HALF_UP)
    rows = tuple(used) or (table,)
    future = any(year > on.year for year, _, _ in years)
    return AverageIncome(
        formula=f"({' + '.join(parts)}) / {count} tháng = {grouped(whole(total / count))} đồng/tháng"
        + (" (ước tính: năm chưa tới lấy hệ số 1)." if future else "."),
        used=rows,
        estimate=future or not certain(rows),
        average=average,
        average_income=whole(total / count),
        total=total,
        months=count,
    )


def _check(years: Sequence[tuple[int, int, int]]) -> None:
    paid: Counter[int] = Counter()
    for year, months, income in years:
        amount(income, f"Thu nhập năm {year}")
        paid[year] += months if months > 0 else 13
    if not paid or max(paid.values()) > 12:
        raise BadCase("Cần ít nhất một năm, mỗi năm đóng từ 1 đến 12 tháng.", "Kiểm tra lại bảng năm, tháng, thu nhập.")
