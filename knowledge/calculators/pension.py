"""The monthly pension (lương hưu). Law 41/2024/QH15, Articles 5.6, 98 to 100, 104."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from knowledge.calculators.contribution import grouped, int_of, percent, share_of, whole
from knowledge.calculators.model import BadCase, Result, Sex, certain
from knowledge.rates import Rate, Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class Pension(Result):
    """`rate_percent` in percent (45 to 75); `monthly_pension` in đồng a month; `lump_sum` for years beyond the cap, once, in đồng."""

    sex: Sex
    months: int
    years_counted: Decimal
    rate_percent: Decimal
    average_income: int
    monthly_pension: int
    lump_sum: int


def pension(*, sex: Sex, months: int, average_income: int, rates: Rates, on: date) -> Pension:
    """The pension of a person with `months` of contributions and `average_income` đồng a month (already adjusted).

    Raises BadCase below the least time of contributions or for an average that is not positive.
    """
    sex = Sex(sex)
    least = rates.at("pension_least_years", on)
    if months < int_of(least) * 12:
        raise BadCase(
            f"Cần ít nhất {int_of(least)} năm đóng mới có lương hưu; {_span(months)} thì còn thiếu"
            f" {_span(int_of(least) * 12 - max(0, months))}.",
            "Đóng tiếp cho đủ.",
        )
    if months > 60 * 12:
        raise BadCase("Thời gian đóng không thể quá 60 năm.", "Kiểm tra lại số năm.")
    if average_income <= 0:
        raise BadCase("Mức bình quân thu nhập phải lớn hơn 0.", "Ghi số đồng một tháng.")
    years, half = counted_years(months, rates, on)
    share, words, used = _share(sex, years, rates, on)
    amount = whole(share * average_income)
    extra, extra_used = _extra(sex, years, average_income, rates, on)
    rows = (least, half, *used, *extra_used)
    text = (
        f"{_span(months)} tính {_decimal(years)} năm. {words}"
        f" Lương hưu {percent(share)} × {grouped(average_income)} = {grouped(amount)} đồng/tháng."
    )
    if extra:
        text += f" Thêm trợ cấp một lần {grouped(extra)} đồng cho phần đóng vượt."
    return Pension(
        formula=text,
        used=rows,
        estimate=not certain(rows),
        sex=sex,
        months=months,
        years_counted=years,
        rate_percent=share * 100,
        average_income=average_income,
        monthly_pension=amount,
        lump_sum=extra,
    )


def counted_years(months: int, rates: Rates, on: date) -> tuple[Decimal, Rate]:
    """Years as the rate counts them: 1 to 6 odd months are half a year, 7 to 11 a year (Article 5.6)."""
    half = rates.at("half_year_most_months", on)
    full, odd = divmod(months, 12)
    part = Decimal(0) if odd == 0 else Decimal("0.5") if odd <= int_of(half) else Decimal(1)
    return Decimal(full) + part, half


def _share(sex: Sex, years: Decimal, rates: Rates, on: date) -> tuple[Decimal, str, list[Rate]]:
    base_years, base = (
        rates.at("pension_base_years", on, sex=sex.value),
        rates.at("pension_base_share", on, sex=sex.value),
    )
    step, cap = rates.at("pension_step", on), rates.at("pension_cap", on)
    used = [base_years, base, step, cap]
    over = years - int_of(base_years)
    if over < 0:  # men between 15 and 20 years
        short, short_step = (
            rates.at("pension_short_share", on, sex=sex.value),
            rates.at("pension_short_step", on, sex=sex.value),
        )
        least = rates.at("pension_least_years", on)
        past = years - int_of(least)
        share = share_of(short) + past * share_of(short_step)
        used = [short, short_step, *used]
        words = f"Nam: {percent(share_of(short))} cho {int_of(least)} năm đầu" + (
            f" + {_decimal(past)} × {percent(share_of(short_step))}" if past else ""
        )
        return share, f"{words} = {percent(share)}.", used
    share = min(share_of(base) + over * share_of(step), share_of(cap))
    who = "Nữ" if sex is Sex.FEMALE else "Nam"
    words = f"{who}: {percent(share_of(base))} cho {int_of(base_years)} năm đầu" + (
        f" + {_decimal(over)} × {percent(share_of(step))}" if over else ""
    )
    if share_of(base) + over * share_of(step) > share_of(cap):
        words += ", cao nhất"
    return share, f"{words} = {percent(share)}.", used


def _extra(sex: Sex, years: Decimal, average_income: int, rates: Rates, on: date) -> tuple[int, list[Rate]]:
    """The lump sum for years beyond those of the highest rate (Article 100)."""
    start, times = rates.at("extra_years_from", on, sex=sex.value), rates.at("extra_year_times", on)
    over = years - int_of(start)
    if over <= 0:
        return 0, []
    return whole(over * share_of(times) * average_income), [start, times]


def _span(months: int) -> str:
    full, odd = divmod(max(0, months), 12)
    return " ".join(p for p in (f"{full} năm" if full else "", f"{odd} tháng" if odd or not full else "") if p)


def _decimal(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",")
