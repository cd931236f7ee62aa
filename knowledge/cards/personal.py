"""What this very person pays, in one sentence that any card can end with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from knowledge.calculators.model import HouseholdGroup, Method
from knowledge.cards.words import FILTERS
from knowledge.understanding.facts import Facts

_TERMS = (Method.QUARTERLY, Method.HALF_YEARLY, Method.YEARLY)


def own_payment(facts: Facts, contribution: Callable[..., Any], record: Callable[[Any], Any]) -> str:
    """What is paid for the income, household group and way of paying that were named; what was left open is the lowest income, a
    person of no group, a month. `contribution` is the calculator filled with `facts`; `record` puts a sum on record.
    """
    dong, dong_thang = FILTERS["dong"], FILTERS["dong_thang"]
    method = facts.method if facts.method in _TERMS else Method.MONTHLY
    paid = contribution(method=method)
    who = "người không thuộc diện ưu tiên" if paid.group is HouseholdGroup.OTHER else FILTERS["group"](paid.group)
    helped = dong(record(paid.gross_total - paid.total))
    chosen = f"Chọn thu nhập {dong(paid.income)}, {who}"
    if method is Method.MONTHLY:
        return f"{chosen} tự đóng {dong_thang(paid.total)} ({dong(paid.gross_total)} trừ hỗ trợ {helped})."
    return (
        f"{chosen} đóng {FILTERS['months'](paid.months)} một lần thì tự đóng {dong(paid.total)}"
        f" ({paid.months} × {dong(paid.monthly_contribution)}, trừ hỗ trợ {helped})."
    )
