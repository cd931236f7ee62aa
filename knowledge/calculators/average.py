"""The average of a person's own incomes, each year adjusted by its published coefficient.

Law 41/2024/QH15, Article 104; Decree 159/2025/NĐ-CP, Article 10.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from knowledge.calculators.contribution import grouped, share_of
from knowledge.calculators.model import BadCase, Result
from knowledge.rates import Rate, Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class AverageIncome(Result):
    """`average` đồng a month to the hundredth; `average_income` whole đồng, as the calculators take it."""

    average: Decimal
    average_income: int
    months: int


def average_income(*, years: Sequence[tuple[int, int, int]], rates: Rates, on: date) -> AverageIncome:
    """The average of (year, months paid in it, income đồng a month), settled on `on`.

    A year without a coefficient counts with 1 and makes the result an estimate: coefficients are published yearly.
    Raises BadCase for an empty list or impossible months, NoRate when no coefficients are known for the year of `on`.
    """
    if not years or any(not 1 <= months <= 12 or income <= 0 for _, months, income in years):
        raise BadCase(
            "Cần ít nhất một năm; mỗi năm từ 1 đến 12 tháng, thu nhập lớn hơn 0.",
            "Kiểm tra lại bảng năm, tháng, thu nhập.",
        )
    rates.at("income_coefficient", on, year=str(on.year))  # NoRate: no table is published for this year
    used: list[Rate] = []
    total, count, guessed = Decimal(0), 0, False
    parts: list[str] = []
    for year, months, income in years:
        row = rates.find("income_coefficient", on, year=str(year))
        factor = share_of(row) if row else Decimal(1)
        guessed = guessed or row is None
        if row:
            used.append(row)
        total += months * income * factor
        count += months
        parts.append(f"{months} × {grouped(income)} × {f'{factor:f}'.replace('.', ',')}")
    average = (total / count).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return AverageIncome(
        formula=f"({' + '.join(parts)}) / {count} tháng.",
        used=tuple(used),
        estimate=guessed,
        average=average,
        average_income=int(average.quantize(Decimal(1), ROUND_HALF_UP)),
        months=count,
    )
