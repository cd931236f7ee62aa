"""Looking ahead: what to choose for a wished pension, what it costs until then, whether to wait for a known change.

All of these are estimates in today's money: rates of coming years are not known, and past ones are adjusted when a pension is settled.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil

from knowledge.calculators.contribution import contribution, grouped, income_bounds, int_of, percent, share_of, whole
from knowledge.calculators.model import BadCase, HouseholdGroup, Result, Sex
from knowledge.calculators.pension import pension
from knowledge.rates import Rates

_STEP = 50_000  # incomes are chosen in steps of this many đồng above the lowest (Decree 159/2025/NĐ-CP leaves the step to practice)


@dataclass(frozen=True, slots=True, kw_only=True)
class WishedPension(Result):
    """Either the `income` to choose for `months`, or the `months` to pay at `income`; both đồng a month, and what comes out."""

    income: int
    months: int
    monthly_contribution: int
    monthly_pension: int
    rate_percent: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCost(Result):
    """What a person pays himself over `months`, đồng; the State's part ends after its most months."""

    months: int
    total: int
    state_total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomeChoice(Result):
    """The income whose contribution is `monthly_contribution`."""

    income: int
    monthly_contribution: int
    net_monthly: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NowOrLater(Result):
    """The lowest contribution before and from `change` (None: no change is known)."""

    change: date | None
    now_contribution: int
    now_net: int
    later_contribution: int
    later_net: int
    now_subsidy: int
    later_subsidy: int


def income_for_pension(*, sex: Sex, months: int, wished: int, rates: Rates, on: date) -> WishedPension:
    """The lowest income to choose for `months` so that the pension is at least `wished`. Raises BadCase when no income may."""
    sample = pension(sex=sex, months=months, average_income=100_000_000, rates=rates, on=on)
    low, high = income_bounds(rates, on)
    needed = max(low, ceil(Decimal(wished) * 100 / sample.rate_percent / _STEP) * _STEP)
    if wished <= 0 or needed > high:
        most = pension(sex=sex, months=months, average_income=high, rates=rates, on=on).monthly_pension
        raise BadCase(
            f"Với thời gian này lương hưu cao nhất khoảng {grouped(most)} đồng/tháng.", "Chọn mức mong muốn thấp hơn."
        )
    return _wished(sex, months, needed, rates, on)


def years_for_pension(*, sex: Sex, average_income: int, wished: int, rates: Rates, on: date) -> WishedPension:
    """The fewest full years at `average_income` so that the pension is at least `wished`. Raises BadCase when the cap is below it."""
    income_bounds(rates, on)
    least = int_of(rates.at("pension_least_years", on))
    for years in range(least, 51):
        got = pension(sex=sex, months=years * 12, average_income=average_income, rates=rates, on=on)
        if got.monthly_pension >= wished:
            return _wished(sex, years * 12, average_income, rates, on)
    cap = rates.at("pension_cap", on)
    most = whole(share_of(cap) * average_income)
    raise BadCase(
        f"Với thu nhập {grouped(average_income)} đồng, lương hưu cao nhất là {percent(share_of(cap))} = {grouped(most)} đồng/tháng.",
        "Chọn mức thu nhập cao hơn.",
    )


def cost_until_pension(
    *,
    income: int,
    group: HouseholdGroup,
    months: int | None = None,
    province: str | None = None,
    rates: Rates,
    on: date,
) -> PlannedCost:
    """What `months` (default: those a pension needs) cost the person at the rates of `on`, the subsidy ending at its most months."""
    months = months or int_of(rates.at("pension_least_years", on)) * 12
    one = contribution(income=income, group=group, province=province, rates=rates, on=on)
    most = rates.at("subsidy_months", on)
    helped = min(months, int_of(most))
    state = helped * (one.state_subsidy + one.local_subsidy)
    total = months * one.monthly_contribution - state
    return PlannedCost(
        formula=f"Ước tính theo mức hiện nay: {months} tháng × {grouped(one.monthly_contribution)} − {helped} tháng được hỗ trợ ×"
        f" {grouped(one.state_subsidy + one.local_subsidy)} = {grouped(total)} đồng.",
        used=(*one.used, most),
        estimate=True,
        months=months,
        total=total,
        state_total=state,
    )


def income_from_payment(*, payment: int, group: HouseholdGroup, rates: Rates, on: date) -> IncomeChoice:
    """The income to choose so that the person himself pays at most `payment` đồng a month after the State's part.

    Raises BadCase when even the lowest contribution costs more, or the highest less.
    """
    low, high = income_bounds(rates, on)
    lowest = contribution(income=low, group=group, rates=rates, on=on)
    rate = rates.at("contribution_rate", on)
    help_ = lowest.state_subsidy
    if payment < lowest.net_monthly:
        raise BadCase(
            f"Mức đóng thấp nhất sau hỗ trợ là {grouped(lowest.net_monthly)} đồng/tháng.",
            "Chọn số tiền từ mức đó trở lên.",
        )
    income = min(high, int(Decimal(payment + help_) / share_of(rate) / 1000) * 1000)
    income = max(low, income)
    got = contribution(income=income, group=group, rates=rates, on=on)
    return IncomeChoice(
        formula=f"({grouped(payment)} + {grouped(help_)}) / {percent(share_of(rate))} ≈ {grouped(income)} đồng. {got.formula}",
        used=got.used,
        income=income,
        monthly_contribution=got.monthly_contribution,
        net_monthly=got.net_monthly,
    )


def join_now_or_later(*, income: int, group: HouseholdGroup, rates: Rates, on: date) -> NowOrLater:
    """What the next known change of the poverty line does to someone at `income` (raised to the new lowest where it must be)."""
    now = contribution(income=income, group=group, rates=rates, on=on)
    change = rates.next_change("poverty_line_rural", on)
    if change is None:
        return NowOrLater(
            formula=f"Chưa có thay đổi nào được ban hành. {now.formula}",
            used=now.used,
            change=None,
            now_contribution=now.monthly_contribution,
            now_net=now.net_monthly,
            later_contribution=now.monthly_contribution,
            later_net=now.net_monthly,
            now_subsidy=now.state_subsidy,
            later_subsidy=now.state_subsidy,
        )
    low, _ = income_bounds(rates, change.since)
    later = contribution(income=max(income, low), group=group, rates=rates, on=change.since)
    return NowOrLater(
        formula=f"Nay: {now.formula} Từ {change.since.day}/{change.since.month}/{change.since.year}: {later.formula}",
        used=(*now.used, *later.used),
        change=change.since,
        now_contribution=now.monthly_contribution,
        now_net=now.net_monthly,
        later_contribution=later.monthly_contribution,
        later_net=later.net_monthly,
        now_subsidy=now.state_subsidy,
        later_subsidy=later.state_subsidy,
    )


def _wished(sex: Sex, months: int, income: int, rates: Rates, on: date) -> WishedPension:
    got = pension(sex=sex, months=months, average_income=income, rates=rates, on=on)
    rate = rates.at("contribution_rate", on)
    pays = whole(share_of(rate) * income)
    return WishedPension(
        formula=f"Ước tính: {got.formula} Mỗi tháng đóng {percent(share_of(rate))} × {grouped(income)} = {grouped(pays)} đồng.",
        used=(*got.used, rate),
        estimate=True,
        income=income,
        months=months,
        monthly_contribution=pays,
        monthly_pension=got.monthly_pension,
        rate_percent=got.rate_percent,
    )
