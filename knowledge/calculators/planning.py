"""Looking ahead: what to choose for a wished pension, what it costs until then, whether to wait for a known change.

All of these are estimates in today's money: rates of coming years are not known, and past incomes are adjusted when a pension is
settled (Law 41/2024/QH15, Articles 99, 104; Decree 159/2025/NĐ-CP, Articles 5, 10).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from knowledge.calculators.contribution import contribution, income_bounds
from knowledge.calculators.figures import amount, day, grouped, int_of, percent, share_of, span, span_given, whole
from knowledge.calculators.model import BadCase, HouseholdGroup, Result, Sex, certain
from knowledge.calculators.pension import pension, pension_share
from knowledge.rates import Rates

_ROUND = 1000  # incomes found here are told in whole thousands of đồng: what people write down, not law


@dataclass(frozen=True, slots=True, kw_only=True)
class WishedPension(Result):
    """The `income` to choose and the `months` to pay, what comes out of it, and what it costs: `total` đồng by the person himself,
    `state_total` by the State and the province.
    """

    income: int
    months: int
    monthly_contribution: int
    monthly_pension: int
    rate_percent: Decimal
    total: int
    state_total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCost(Result):
    """What a person pays himself over `months`, đồng; the State's part ends after its most months."""

    months: int
    subsidised_months: int
    total: int
    state_total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomeChoice(Result):
    """The income whose contribution is `monthly_contribution`, of which the person pays `net_monthly` while he is subsidised."""

    income: int
    monthly_contribution: int
    net_monthly: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NowOrLater(Result):
    """What one pays before and from `change` (None: no change is known); `later_income` is raised where the new lowest is higher."""

    change: date | None
    now_income: int
    now_contribution: int
    now_subsidy: int
    now_net: int
    later_income: int
    later_contribution: int
    later_subsidy: int
    later_net: int


def income_for_pension(
    *,
    sex: Sex,
    months: int,
    wished: int,
    group: HouseholdGroup = HouseholdGroup.OTHER,
    province: str | None = None,
    rates: Rates,
    on: date,
) -> WishedPension:
    """The lowest income to choose for all `months` so that the pension is at least `wished`, and the cost for `group`.

    Raises BadCase when the highest income does not reach it, or `months` are too few for a pension.
    """
    amount(wished, "Lương hưu mong muốn")
    share = pension_share(sex=sex, months=months, rates=rates, on=on).share
    low, high = income_bounds(rates, on)
    income = max(low, _thousands(wished / share, ROUND_CEILING))
    if income > high:
        income = high  # the last step of a thousand may lie past the bound
    if pension(sex=sex, months=months, average_income=income, rates=rates, on=on).monthly_pension < wished:
        most = whole(share * high)
        raise BadCase(
            f"Đóng {span(months)} thì lương hưu cao nhất khoảng {grouped(most)} đồng/tháng.",
            "Chọn mức mong muốn thấp hơn hoặc đóng lâu hơn.",
        )
    return _wished(sex, months, income, group, province, rates, on)


def years_for_pension(
    *,
    sex: Sex,
    average_income: int,
    wished: int,
    group: HouseholdGroup = HouseholdGroup.OTHER,
    province: str | None = None,
    rates: Rates,
    on: date,
) -> WishedPension:
    """The fewest full years at `average_income` so that the pension is at least `wished`, and the cost for `group`.

    Raises BadCase for an income out of bounds, or when the highest rate does not reach it.
    """
    amount(wished, "Lương hưu mong muốn")
    contribution(income=average_income, group=group, rates=rates, on=on)  # BadCase for an income out of bounds
    cap = share_of(rates.at("pension_cap", on))
    if whole(cap * average_income) < wished:
        raise BadCase(
            f"Với thu nhập {grouped(average_income)} đồng, lương hưu cao nhất là {percent(cap)}, bằng"
            f" {grouped(whole(cap * average_income))} đồng/tháng.",
            "Chọn mức thu nhập cao hơn.",
        )
    months = int_of(rates.at("pension_least_years", on)) * 12
    while pension(sex=sex, months=months, average_income=average_income, rates=rates, on=on).monthly_pension < wished:
        months += 12
    return _wished(sex, months, average_income, group, province, rates, on)


def cost_until_pension(
    *,
    income: int,
    group: HouseholdGroup,
    months: int | None = None,
    province: str | None = None,
    subsidised_months: int = 0,
    rates: Rates,
    on: date,
) -> PlannedCost:
    """What `months` (left out: those a pension needs) cost the person at the rates of `on`, the subsidy ending at its most months,
    of which `subsidised_months` are gone already.
    """
    if months is None:
        months = int_of(rates.at("pension_least_years", on)) * 12
    span_given(months)
    one = contribution(
        income=income, group=group, province=province, subsidised_months=subsidised_months, rates=rates, on=on
    )
    most = rates.at("subsidy_months", on)
    helped = max(0, min(months, int_of(most) - subsidised_months))
    monthly = one.state_subsidy + one.local_subsidy
    total = months * one.monthly_contribution - helped * monthly
    words = (
        f"Ước tính theo mức hiện nay: {months} tháng × {grouped(one.monthly_contribution)}"
        f" − {helped} tháng được hỗ trợ × {grouped(monthly)} = {grouped(total)} đồng."
    )
    if change := rates.next_change("poverty_line_rural", on):
        words += f" Từ {day(change.since)} chuẩn nghèo đổi nên số này đổi theo."
    return PlannedCost(
        formula=words,
        used=(*one.used, most),
        estimate=True,
        months=months,
        subsidised_months=helped,
        total=total,
        state_total=helped * monthly,
    )


def income_from_payment(*, payment: int, group: HouseholdGroup, rates: Rates, on: date) -> IncomeChoice:
    """The income to choose so that the person himself pays at most `payment` đồng a month after the State's part, in thousands.

    Raises BadCase when even the lowest contribution costs more, or the highest less.
    """
    amount(payment, "Số tiền muốn đóng")
    low, high = income_bounds(rates, on)
    lowest = contribution(income=low, group=group, rates=rates, on=on)
    highest = contribution(income=high, group=group, rates=rates, on=on)
    if not lowest.net_monthly <= payment <= highest.net_monthly:
        raise BadCase(
            f"Sau hỗ trợ của Nhà nước, tiền tự đóng từ {grouped(lowest.net_monthly)} đồng đến {grouped(highest.net_monthly)} đồng"
            " một tháng.",
            "Chọn số tiền trong khoảng đó.",
        )
    rate = rates.at("contribution_rate", on)
    income = max(low, _thousands((payment + lowest.state_subsidy) / share_of(rate), ROUND_FLOOR))
    got = contribution(income=income, group=group, rates=rates, on=on)
    return IncomeChoice(
        formula=f"({grouped(payment)} + {grouped(lowest.state_subsidy)}) / {percent(share_of(rate))} ≈ {grouped(income)} đồng."
        f" {got.formula}",
        used=got.used,
        estimate=not certain(got.used),
        income=income,
        monthly_contribution=got.monthly_contribution,
        net_monthly=got.net_monthly,
    )


def join_now_or_later(*, income: int, group: HouseholdGroup, rates: Rates, on: date) -> NowOrLater:
    """What the next known change of the poverty line does to someone at `income`, who must raise it where the new lowest is higher."""
    now = contribution(income=income, group=group, rates=rates, on=on)
    change = rates.next_change("poverty_line_rural", on)
    later = now
    if change is None:
        words = f"Chưa có thay đổi nào được ban hành. {now.formula}"
    else:
        low, _ = income_bounds(rates, change.since)
        later = contribution(income=max(income, low), group=group, rates=rates, on=change.since)
        raised = f" thu nhập thấp nhất là {grouped(low)} đồng." if low > income else ""
        words = f"Nay: {now.formula} Từ {day(change.since)}:{raised} {later.formula}"
    return NowOrLater(
        formula=words,
        used=now.used if later is now else (*now.used, *later.used),
        estimate=now.estimate or later.estimate,
        change=change.since if change else None,
        now_income=now.income,
        now_contribution=now.monthly_contribution,
        now_subsidy=now.state_subsidy,
        now_net=now.net_monthly,
        later_income=later.income,
        later_contribution=later.monthly_contribution,
        later_subsidy=later.state_subsidy,
        later_net=later.net_monthly,
    )


def _wished(
    sex: Sex, months: int, income: int, group: HouseholdGroup, province: str | None, rates: Rates, on: date
) -> WishedPension:
    got = pension(sex=sex, months=months, average_income=income, rates=rates, on=on)
    one = contribution(income=income, group=group, province=province, rates=rates, on=on)
    cost = cost_until_pension(income=income, group=group, months=months, province=province, rates=rates, on=on)
    return WishedPension(
        formula=f"Ước tính: {got.formula} {one.formula} {cost.formula}",
        used=(*got.used, *cost.used),
        estimate=True,
        income=income,
        months=months,
        monthly_contribution=one.monthly_contribution,
        monthly_pension=got.monthly_pension,
        rate_percent=got.rate_percent,
        total=cost.total,
        state_total=cost.state_total,
    )


def _thousands(value: Decimal, rounding: str) -> int:
    return int((value / _ROUND).quantize(Decimal(1), rounding)) * _ROUND
