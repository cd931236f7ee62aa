"""The monthly pension (lương hưu). Law 41/2024/QH15, Articles 5.6, 98 to 100, 104."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from knowledge.calculators.figures import amount, grouped, int_of, one_of, percent, plain, share_of, span, whole
from knowledge.calculators.model import BadCase, Result, Sex, certain
from knowledge.rates import Rate, Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class Pension(Result):
    """`rate_percent` in percent (40 to 75); `monthly_pension` in đồng a month; `lump_sum` for years beyond the cap, once, in đồng.

    `months` as given; `months_counted` and `years_counted` with the odd months made half a year or a year.
    """

    sex: Sex
    months: int
    months_counted: int
    years_counted: Decimal
    rate_percent: Decimal
    average_income: int
    monthly_pension: int
    lump_sum: int


@dataclass(frozen=True, slots=True)
class PensionShare:
    """The share of the average income that a pension is, with its words and rows."""

    share: Decimal
    years: Decimal
    words: str
    used: tuple[Rate, ...]


def pension(*, sex: Sex, months: int, average_income: int, rates: Rates, on: date) -> Pension:
    """The pension of a person with `months` of contributions and `average_income` đồng a month (already adjusted, Article 104).

    The age is not looked at. Raises BadCase below the least time of contributions or for an average that is not positive.
    """
    sex = one_of(Sex, sex)
    found = pension_share(sex=sex, months=months, rates=rates, on=on)
    amount(average_income, "Mức bình quân thu nhập")
    monthly = whole(found.share * average_income)
    lump_sum, extra = _lump_sum(sex, found.years, average_income, rates, on)
    text = (
        f"{span(months)} tính {plain(found.years)} năm. {found.words}"
        f" Lương hưu {percent(found.share)} × {grouped(average_income)} = {grouped(monthly)} đồng/tháng."
    )
    if extra:
        over = plain(found.years - int_of(extra[0]))
        text += (
            f" Thêm trợ cấp một lần {over} năm × {plain(share_of(extra[1]))} × {grouped(average_income)}"
            f" = {grouped(lump_sum)} đồng cho phần đóng vượt {int_of(extra[0])} năm."
        )
    rows = (*found.used, *extra)
    return Pension(
        formula=text,
        used=rows,
        estimate=not certain(rows),
        sex=sex,
        months=months,
        months_counted=int(found.years * 12),
        years_counted=found.years,
        rate_percent=found.share * 100,
        average_income=average_income,
        monthly_pension=monthly,
        lump_sum=lump_sum,
    )


def pension_share(*, sex: Sex, months: int, rates: Rates, on: date) -> PensionShare:
    """The share for `months` of contributions. Raises BadCase below the least full years, saying what is missing, and above 60 years."""
    least = rates.at("pension_least_years", on)
    if months < int_of(least) * 12:
        raise BadCase(
            f"Cần đủ {int_of(least)} năm đóng mới có lương hưu; {span(months)} thì còn thiếu"
            f" {span(int_of(least) * 12 - max(0, months))}.",
            "Đóng tiếp cho đủ.",
        )
    if months > 60 * 12:
        raise BadCase("Thời gian đóng không thể quá 60 năm.", "Kiểm tra lại số năm.")
    years, half = counted_years(months, rates, on)
    share, words, used = _share(Sex(sex), years, rates, on)
    return PensionShare(share, years, words, (least, half, *used))


def counted_years(months: int, rates: Rates, on: date) -> tuple[Decimal, Rate]:
    """Years as sums count them: 1 to 6 odd months are half a year, 7 to 11 a year (Article 5.6)."""
    half = rates.at("half_year_most_months", on)
    full, odd = divmod(months, 12)
    part = Decimal(0) if odd == 0 else Decimal("0.5") if odd <= int_of(half) else Decimal(1)
    return Decimal(full) + part, half


def _share(sex: Sex, years: Decimal, rates: Rates, on: date) -> tuple[Decimal, str, list[Rate]]:
    base_years = rates.at("pension_base_years", on, sex=sex.value)
    over = years - int_of(base_years)
    if over < 0:  # men between 15 and 20 years
        least = rates.at("pension_least_years", on)
        short = rates.at("pension_short_share", on, sex=sex.value)
        step = rates.at("pension_short_step", on, sex=sex.value)
        past = years - int_of(least)
        share = share_of(short) + past * share_of(step)
        return share, _words(sex, short, int_of(least), past, step, share, capped=False), [short, step]
    base, step, cap = (
        rates.at("pension_base_share", on, sex=sex.value),
        rates.at("pension_step", on),
        rates.at("pension_cap", on),
    )
    free = share_of(base) + over * share_of(step)
    share = min(free, share_of(cap))
    words = _words(sex, base, int_of(base_years), over, step, share, capped=free > share)
    return share, words, [base_years, base, step, cap]


def _words(sex: Sex, base: Rate, years: int, over: Decimal, step: Rate, share: Decimal, *, capped: bool) -> str:
    """Nữ: 45% cho 15 năm đầu + 2,5 năm × 2% = 50%."""
    words = f"{'Nữ' if sex is Sex.FEMALE else 'Nam'}: {percent(share_of(base))} cho {years} năm đầu"
    if over:
        words += f" + {plain(over)} năm × {percent(share_of(step))}"
    return f"{words}, tối đa {percent(share)}." if capped else f"{words} = {percent(share)}."


def _lump_sum(sex: Sex, years: Decimal, average_income: int, rates: Rates, on: date) -> tuple[int, list[Rate]]:
    """For years beyond those of the highest rate, all paid before the retirement age (Article 100)."""
    start, times = rates.at("extra_years_from", on, sex=sex.value), rates.at("extra_year_times", on)
    over = years - int_of(start)
    if over <= 0:
        return 0, []
    return whole(over * share_of(times) * average_income), [start, times]
