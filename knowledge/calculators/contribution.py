"""What a month of voluntary social insurance costs, and what the State and the province pay of it.

Law 41/2024/QH15, Articles 31.2, 32.2, 36; Decree 159/2025/NĐ-CP, Articles 5 to 7. All amounts in whole đồng.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from knowledge.calculators.model import BadCase, HouseholdGroup, Method, Result, certain
from knowledge.rates import Rate, Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution(Result):
    """A payment. Monthly amounts are of one subsidised month; `total` is what the person pays for `months` months."""

    income: int
    group: HouseholdGroup
    method: Method
    months: int
    monthly_contribution: int
    state_subsidy: int
    local_subsidy: int
    net_monthly: int
    gross_total: int
    total: int
    subsidised_months: int


def contribution(
    *,
    income: int,
    group: HouseholdGroup,
    method: Method = Method.MONTHLY,
    months: int | None = None,
    province: str | None = None,
    subsidised_months: int = 0,
    rates: Rates,
    on: date,
) -> Contribution:
    """What is paid for `income` đồng a month by `group`, from `on`.

    `months` is needed for `ahead` (24 to 60) and `back` (1 to 60). `subsidised_months` were already subsidised before. Raises BadCase for
    an income out of bounds or an impossible number of months, NoRate when a rate is not known for `on`.
    """
    group, method = HouseholdGroup(group), Method(method)
    rate, line, ceiling = _bounds(income, rates, on)
    count = _months(method, months, rates, on)
    monthly = whole(Decimal(income) * share_of(rate))
    lowest = Decimal(int_of(line)) * share_of(rate)
    share, most = rates.at("subsidy_share", on, group=group.value), rates.at("subsidy_months", on)
    state = min(whole(lowest * share_of(share)), monthly)
    topup = rates.find("local_topup", on, province=province, group=group.value) if province else None
    local = min(whole(lowest * share_of(topup)), monthly - state) if topup else 0
    left = max(0, min(count, int_of(most) - subsidised_months))
    used = [rate, line, *ceiling, share, most, *([topup] if topup else [])]
    gross, extra = _gross(method, income, rate, count, rates, on)
    used += extra
    # Decree 159 names no subsidy for missing years that were not paid in time.
    paid_for_him = 0 if method is Method.BACK else left * (state + local)
    words = _words(income, rate, monthly, line, share, state, topup, local, province)
    words += _whole_payment(method, count, gross, paid_for_him, extra)
    return Contribution(
        formula=words,
        used=tuple(used),
        estimate=not certain(tuple(used)) or method in (Method.AHEAD, Method.BACK),
        income=income,
        group=group,
        method=method,
        months=count,
        monthly_contribution=monthly,
        state_subsidy=state if left else 0,
        local_subsidy=local if left else 0,
        net_monthly=monthly - (state + local if left else 0),
        gross_total=gross,
        total=max(0, gross - paid_for_him),
        subsidised_months=0 if method is Method.BACK else left,
    )


def income_bounds(rates: Rates, on: date) -> tuple[int, int]:
    """The lowest and highest income that may be chosen on `on`, đồng a month."""
    line = rates.at("poverty_line_rural", on)
    level, times = rates.at("reference_level", on), rates.at("income_ceiling_times", on)
    return int_of(line), int_of(level) * int_of(times)


def whole(amount: Decimal) -> int:
    """Whole đồng, halves up."""
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def share_of(rate: Rate) -> Decimal:
    """The value of a share or factor as Decimal."""
    return Decimal(str(rate.value))


def int_of(rate: Rate) -> int:
    """The value of an amount or term as int."""
    return int(Decimal(str(rate.value)))


def grouped(value: int) -> str:
    """`1500000` → "1.500.000"."""
    return f"{value:,}".replace(",", ".")


def percent(value: Decimal) -> str:
    """`0.22` → "22%"."""
    number = (value * 100).normalize()
    return f"{number:f}%".replace(".", ",")


def _bounds(income: int, rates: Rates, on: date) -> tuple[Rate, Rate, list[Rate]]:
    rate, line = rates.at("contribution_rate", on), rates.at("poverty_line_rural", on)
    ceiling = [rates.at("reference_level", on), rates.at("income_ceiling_times", on)]
    low, high = income_bounds(rates, on)
    if not isinstance(income, int) or isinstance(income, bool) or not low <= income <= high:
        raise BadCase(
            f"Thu nhập chọn đóng phải từ {grouped(low)} đồng (chuẩn nghèo nông thôn) đến {grouped(high)} đồng một tháng"
            f" ({int_of(ceiling[1])} lần mức tham chiếu).",
            "Chọn mức trong khoảng đó.",
        )
    return rate, line, ceiling


def _months(method: Method, months: int | None, rates: Rates, on: date) -> int:
    if method in (Method.AHEAD, Method.BACK):
        least = int_of(rates.at("ahead_least_months", on)) if method is Method.AHEAD else 1
        most = int_of(rates.at("ahead_most_months" if method is Method.AHEAD else "back_most_months", on))
        if months is None or not least <= months <= most:
            what = (
                "Đóng trước một lần cho nhiều năm" if method is Method.AHEAD else "Đóng một lần cho thời gian còn thiếu"
            )
            raise BadCase(f"{what} được từ {least} đến {most} tháng mỗi lần.", "Ghi số tháng trong khoảng đó.")
        return months
    fixed = int_of(rates.at("method_months", on, method=method.value))
    if months is not None and months != fixed:
        raise BadCase(f"Phương thức này đóng {fixed} tháng mỗi lần.", "Bỏ số tháng, hoặc chọn phương thức khác.")
    return fixed


def _gross(method: Method, income: int, rate: Rate, count: int, rates: Rates, on: date) -> tuple[int, list[Rate]]:
    """The whole payment before subsidy (Decree 159, Articles 6 and 7)."""
    plain = Decimal(income) * share_of(rate)
    if method not in (Method.AHEAD, Method.BACK):
        return whole(plain * count), []
    interest = rates.at("investment_rate", on)
    growth = 1 + share_of(interest)
    if method is Method.AHEAD:
        total = sum((plain / growth ** (i - 1) for i in range(1, count + 1)), Decimal(0))
    else:
        total = sum((plain * growth**i for i in range(1, count + 1)), Decimal(0))
    return whole(total), [interest]


def _words(
    income: int,
    rate: Rate,
    monthly: int,
    line: Rate,
    share: Rate,
    state: int,
    topup: Rate | None,
    local: int,
    province: str | None,
) -> str:
    words = (
        f"Đóng {percent(share_of(rate))} × {grouped(income)} = {grouped(monthly)} đồng/tháng. Nhà nước hỗ trợ"
        f" {percent(share_of(share))} × {percent(share_of(rate))} × {grouped(int_of(line))} = {grouped(state)} đồng/tháng"
    )
    if topup is not None:
        words += (
            f", địa phương hỗ trợ thêm {percent(share_of(topup))} của mức đóng thấp nhất = {grouped(local)} đồng/tháng"
        )
    elif province:
        words += f" (chưa có thông tin về mức hỗ trợ thêm của {province})"
    return words + f". Tự đóng {grouped(monthly - state - local)} đồng/tháng."


def _whole_payment(method: Method, count: int, gross: int, paid_for_him: int, extra: list[Rate]) -> str:
    if method is Method.MONTHLY:
        return ""
    if method in (Method.AHEAD, Method.BACK):
        interest = percent(share_of(extra[0]))
        how = "chiết khấu" if method is Method.AHEAD else "cộng lãi"
        net = "" if method is Method.BACK else f", sau khi trừ hỗ trợ còn {grouped(max(0, gross - paid_for_him))} đồng"
        return (
            f" Ước tính một lần cho {count} tháng, {how} {interest} một tháng: {grouped(gross)} đồng{net};"
            " cơ quan BHXH tính số chính thức."
        )
    return f" Một lần đóng {count} tháng: {grouped(gross)} − {grouped(paid_for_him)} = {grouped(max(0, gross - paid_for_him))} đồng."
