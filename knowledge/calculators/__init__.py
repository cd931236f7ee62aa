"""Calculators: pure and dated. Each takes the rates and a day, and returns a result with its formula, rows and clauses."""

from knowledge.calculators.average import average_income
from knowledge.calculators.benefits import (
    accident,
    funeral,
    maternity,
    monthly_allowance,
    survivors,
    survivors_of_pensioner,
)
from knowledge.calculators.contribution import contribution, highest_group, income_bounds
from knowledge.calculators.model import BadCase, HouseholdGroup, Method, Result, Sex
from knowledge.calculators.pension import pension
from knowledge.calculators.planning import (
    cost_until_pension,
    income_for_pension,
    income_from_payment,
    join_now_or_later,
    years_for_pension,
)
from knowledge.calculators.retirement import retirement
from knowledge.calculators.withdrawal import withdrawal, withdrawal_day

__all__ = [
    "BadCase",
    "HouseholdGroup",
    "Method",
    "Result",
    "Sex",
    "accident",
    "average_income",
    "contribution",
    "cost_until_pension",
    "funeral",
    "highest_group",
    "income_bounds",
    "income_for_pension",
    "income_from_payment",
    "join_now_or_later",
    "maternity",
    "monthly_allowance",
    "pension",
    "retirement",
    "survivors",
    "survivors_of_pensioner",
    "withdrawal",
    "withdrawal_day",
    "years_for_pension",
]
