"""What a month of voluntary social insurance costs, and what the State and the province pay of it.

Law 41/2024/QH15, Articles 31.2, 32.2, 36; Decree 159/2025/NĐ-CP, Articles 5 to 7. All amounts in whole đồng, each rounded once, halves up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from knowledge.calculators.figures import day, grouped, int_of, one_of, percent, share_of, whole
from knowledge.calculators.model import BadCase, HouseholdGroup, Method, Result, certain
from knowledge.rates import Rate, Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution(Result):
    """A payment. The subsidies and `net_monthly` are of one month that is subsidised by this payment (none: 0); `total` is what the
    person pays for all `months`, of which `subsidised_months` are subsidised.
    """

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


@dataclass(frozen=True, slots=True)
class _Help:
    """What others pay of one month, and for how many months."""

    share: Rate
    state: int
    topup: Rate | None
    local: int
    most: Rate
    months: int

    @property
    def monthly(self) -> int:
        return self.state + self.local if self.months else 0


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
    """What is paid for `income` đồng a month by `group`, paid on `on` for the months from that one on.

    `months` is needed for `ahead` (24 to 60) and `back` (1 to 60); `subsidised_months` were subsidised before. Raises BadCase for
    an income out of bounds or an impossible number of months, NoRate when a rate is not known for `on`.
    """
    group, method = one_of(HouseholdGroup, group), one_of(Method, method)
    rate, line, ceiling = _bounds(income, rates, on)
    count, terms = _months(method, months, rates, on)
    monthly = whole(Decimal(income) * share_of(rate))
    help_ = _help(group, province, Decimal(int_of(line)) * share_of(rate), count, subsidised_months, rates, on)
    interest = rates.at("investment_rate", on) if method in (Method.AHEAD, Method.BACK) else None
    gross = _gross(method, Decimal(income) * share_of(rate), count, interest)
    # Decree 159 names no subsidy for missing years paid late, so none is taken off.
    helped = 0 if method is Method.BACK else help_.months
    by = (help_.share, help_.most, help_.topup) if method is not Method.BACK else ()
    total = gross - min(gross, helped * help_.monthly)
    change = _change_inside(method, income, count, rates, on)
    found = (rate, line, *ceiling, *by, *terms, interest, change)
    used = tuple(row for row in found if row is not None)
    words = f"Đóng {percent(share_of(rate))} × {grouped(income)} = {grouped(monthly)} đồng/tháng."
    if method is not Method.BACK:
        words += _words_of_help(help_, rate, line, monthly, count, province)
    words += _words_of_payment(method, count, gross, helped * help_.monthly, interest)
    if change is not None:
        words += (
            f" Từ {day(change.since)} thu nhập thấp nhất là {grouped(int_of(change))} đồng; khoản này tính theo mức của ngày đóng,"
            " có phải đóng thêm hay không thì hỏi cơ quan BHXH."
        )
    return Contribution(
        formula=words,
        used=used,
        estimate=not certain(used) or interest is not None or change is not None,
        income=income,
        group=group,
        method=method,
        months=count,
        monthly_contribution=monthly,
        state_subsidy=help_.state if helped else 0,
        local_subsidy=help_.local if helped else 0,
        net_monthly=monthly - (help_.monthly if helped else 0),
        gross_total=gross,
        total=total,
        subsidised_months=helped,
    )


def income_bounds(rates: Rates, on: date) -> tuple[int, int]:
    """The lowest and highest income that may be chosen on `on`, đồng a month."""
    line = rates.at("poverty_line_rural", on)
    level, times = rates.at("reference_level", on), rates.at("income_ceiling_times", on)
    return int_of(line), int_of(level) * int_of(times)


def highest_group(groups: Iterable[HouseholdGroup], *, rates: Rates, on: date) -> HouseholdGroup:
    """Of several household groups the one with the highest State subsidy: only that one counts (Decree 159, Article 5).

    Raises BadCase for no group at all.
    """
    known = sorted({one_of(HouseholdGroup, group) for group in groups}, key=list(HouseholdGroup).index)
    if not known:
        raise BadCase("Chưa biết nhóm hộ.", "Nêu ít nhất một nhóm.")
    return max(known, key=lambda group: share_of(rates.at("subsidy_share", on, group=group.value)))


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


def _months(method: Method, months: int | None, rates: Rates, on: date) -> tuple[int, list[Rate]]:
    """How many months one payment covers, and the rows that say so."""
    if method not in (Method.AHEAD, Method.BACK):
        row = rates.at("method_months", on, method=method.value)
        if months is not None and months != int_of(row):
            raise BadCase(
                f"Phương thức này đóng {int_of(row)} tháng mỗi lần.", "Bỏ số tháng, hoặc chọn phương thức khác."
            )
        return int_of(row), [row]
    if method is Method.AHEAD:
        what, first = "Đóng trước một lần cho nhiều năm về sau", [rates.at("ahead_least_months", on)]
        most = rates.at("ahead_most_months", on)
    else:
        what, first, most = "Đóng một lần cho thời gian còn thiếu", [], rates.at("back_most_months", on)
    least = int_of(first[0]) if first else 1
    if months is None or not least <= months <= int_of(most):
        raise BadCase(f"{what} được từ {least} đến {int_of(most)} tháng mỗi lần.", "Ghi số tháng trong khoảng đó.")
    return months, [*first, most]


def _help(
    group: HouseholdGroup, province: str | None, lowest: Decimal, count: int, before: int, rates: Rates, on: date
) -> _Help:
    """The State's part and the province's, both of the contribution at the lowest income and together never more than it."""
    if before < 0:
        raise BadCase("Số tháng đã được hỗ trợ không được âm.", "Kiểm tra lại số tháng.")
    share, most = rates.at("subsidy_share", on, group=group.value), rates.at("subsidy_months", on)
    state = min(whole(lowest * share_of(share)), whole(lowest))
    topup = rates.find("local_topup", on, province=province, group=group.value) if province else None
    local = min(whole(lowest * share_of(topup)), whole(lowest) - state) if topup else 0
    return _Help(share, state, topup, local, most, max(0, min(count, int_of(most) - before)))


def _gross(method: Method, monthly: Decimal, count: int, interest: Rate | None) -> int:
    """The whole payment before subsidy (Decree 159, Articles 6 and 7)."""
    if interest is None:
        return whole(monthly * count)
    growth = 1 + share_of(interest)
    if method is Method.AHEAD:
        return whole(sum((monthly / growth ** (i - 1) for i in range(1, count + 1)), Decimal(0)))
    return whole(sum((monthly * growth**i for i in range(1, count + 1)), Decimal(0)))


def _change_inside(method: Method, income: int, count: int, rates: Rates, on: date) -> Rate | None:
    """The known new poverty line above `income` that begins within the months paid for.

    Whether such a payment is looked at again is not settled: the law says "at the time of payment" (Article 31.2).
    """
    change = rates.next_change("poverty_line_rural", on)
    if method is Method.BACK or change is None or income >= int_of(change):
        return None
    away = (change.since.year - on.year) * 12 + change.since.month - on.month
    return change if away < count else None


def _words_of_help(help_: _Help, rate: Rate, line: Rate, monthly: int, count: int, province: str | None) -> str:
    if not help_.months:
        return f" Đã được hỗ trợ đủ {int_of(help_.most)} tháng nên tự đóng toàn bộ {grouped(monthly)} đồng/tháng."
    words = (
        f" Nhà nước hỗ trợ {percent(share_of(help_.share))} × {percent(share_of(rate))} × {grouped(int_of(line))}"
        f" = {grouped(help_.state)} đồng/tháng"
    )
    if help_.topup is not None:
        share = percent(share_of(help_.topup))
        words += f", địa phương hỗ trợ thêm {share} mức đóng thấp nhất = {grouped(help_.local)} đồng/tháng"
    elif province:
        words += f" (chưa có thông tin về mức hỗ trợ thêm của {province})"
    words += f". Tự đóng {grouped(monthly - help_.monthly)} đồng/tháng."
    if help_.months < count:
        words += f" Chỉ còn {help_.months} tháng được hỗ trợ."
    return words


def _words_of_payment(method: Method, count: int, gross: int, help_: int, interest: Rate | None) -> str:
    if method is Method.MONTHLY:
        return ""
    left = grouped(gross - min(gross, help_))
    if interest is None:
        return f" Một lần đóng {count} tháng: {grouped(gross)} − {grouped(help_)} = {left} đồng."
    rate = percent(share_of(interest))
    if method is Method.AHEAD:
        return (
            f" Ước tính đóng trước một lần {count} tháng, chiết khấu {rate} một tháng: {grouped(gross)} đồng; trừ"
            f" {grouped(min(gross, help_))} đồng hỗ trợ còn {left} đồng. Cơ quan BHXH tính số chính thức."
        )
    return (
        f" Ước tính đóng một lần {count} tháng còn thiếu, cộng lãi {rate} một tháng: {grouped(gross)} đồng, chưa trừ khoản hỗ trợ nào."
        " Cơ quan BHXH tính số chính thức."
    )
