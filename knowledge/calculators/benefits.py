"""Maternity, funeral, survivors, the monthly allowance of Article 23, voluntary accident insurance.

Law 41/2024/QH15, Articles 23, 95, 109 to 111; Decree 159/2025/NĐ-CP, Article 14; Decree 143/2024/NĐ-CP.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from knowledge.calculators.contribution import grouped, int_of, percent, share_of, whole
from knowledge.calculators.model import BadCase, Result, Sex, certain
from knowledge.calculators.pension import counted_years
from knowledge.calculators.withdrawal import times_of
from knowledge.rates import Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount(Result):
    """One sum in đồng."""

    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Survivors(Result):
    """The lump sum for survivors (tuất một lần) in đồng; `times` the average income, or months of pension."""

    amount: int
    times: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyAllowance(Result):
    """Article 23: `months` of `monthly` đồng; `top_up` đồng that would carry it to the age of the social pension (0 when it lasts)."""

    monthly: int
    months: int
    months_to_social_pension: int
    top_up: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Accident(Result):
    """Premiums in đồng: `half_yearly`, `yearly`, `total` for the terms asked; `death_benefit` once."""

    half_yearly: int
    yearly: int
    total: int
    death_benefit: int


def maternity(*, children: int = 1, rates: Rates, on: date) -> Amount:
    """The allowance for `children` born together. Raises BadCase below 1."""
    if not 1 <= children <= 10:
        raise BadCase("Số con phải từ 1 trở lên.", "Ghi số con trong lần sinh này.")
    rate = rates.at("maternity_per_child", on)
    amount = children * int_of(rate)
    return Amount(
        formula=f"{children} con × {grouped(int_of(rate))} = {grouped(amount)} đồng.", used=(rate,), amount=amount
    )


def funeral(*, rates: Rates, on: date) -> Amount:
    """The funeral allowance when the death is on `on`."""
    times, level = rates.at("funeral_times", on), rates.at("reference_level", on)
    amount = int_of(times) * int_of(level)
    return Amount(
        formula=f"{int_of(times)} × mức tham chiếu {grouped(int_of(level))} = {grouped(amount)} đồng.",
        used=(times, level),
        amount=amount,
    )


def survivors(
    *, months_before_2014: int, months_from_2014: int, average_income: int, rates: Rates, on: date
) -> Survivors:
    """The lump sum after the death of someone who was paying or had stopped. Below the least time it is what was paid."""
    times, _before, _since, used = times_of(months_before_2014, months_from_2014, "survivor_times", rates, on)
    if average_income <= 0:
        raise BadCase("Mức bình quân thu nhập phải lớn hơn 0.", "Ghi số đồng một tháng.")
    months = months_before_2014 + months_from_2014
    least = rates.at("survivor_least_months", on)
    if months < int_of(least):
        rate = rates.at("contribution_rate", on)
        amount = whole(share_of(rate) * average_income * months)
        return Survivors(
            formula=f"Đóng dưới {int_of(least)} tháng: bằng số tiền đã đóng, ước tính {months} tháng × {percent(share_of(rate))}"
            f" × {grouped(average_income)} = {grouped(amount)} đồng.",
            used=(least, rate),
            estimate=True,
            amount=amount,
            times=(Decimal(amount) / average_income).quantize(Decimal("0.01")),
        )
    amount = whole(times * average_income)
    return Survivors(
        formula=f"{_plain(times)} × {grouped(average_income)} = {grouped(amount)} đồng.",
        used=(*used, least),
        estimate=not certain((*used, least)),
        amount=amount,
        times=times,
    )


def survivors_of_pensioner(*, pension: int, months_drawn: int, rates: Rates, on: date) -> Survivors:
    """The lump sum after the death of a pensioner in the `months_drawn`-th month of a pension of `pension` đồng a month."""
    if pension <= 0 or months_drawn < 1:
        raise BadCase("Lương hưu phải lớn hơn 0, số tháng đã hưởng từ 1.", "Ghi số đồng một tháng và số tháng.")
    first, full = rates.at("survivor_pension_months", on), rates.at("survivor_pension_full_months", on)
    less, least = rates.at("survivor_pension_less", on), rates.at("survivor_pension_least", on)
    over = max(0, months_drawn - int_of(full))
    times = max(share_of(first) - over * share_of(less), share_of(least))
    amount = whole(times * pension)
    floor = "" if share_of(first) - over * share_of(less) >= times else ", không dưới mức thấp nhất"
    return Survivors(
        formula=f"{int_of(first)} − {over} × {_plain(share_of(less))}{floor} = {_plain(times)} tháng lương hưu"
        f" × {grouped(pension)} = {grouped(amount)} đồng (ít nhất {int_of(least)} tháng).",
        used=(first, full, less, least),
        amount=amount,
        times=times,
    )


def monthly_allowance(
    *,
    months: int,
    average_income: int,
    sex: Sex | None = None,
    months_to_social_pension: int | None = None,
    rates: Rates,
    on: date,
) -> MonthlyAllowance:
    """The allowance of Article 23 for `months` of contributions, always an estimate.

    `months_to_social_pension` from now; when left out it counts from the retirement age of `sex` in the year of `on`.
    Raises BadCase for 15 years and more (a pension then), NoRate when the level of the social pension is not known.
    """
    social, age = rates.at("social_pension", on), rates.at("social_pension_age", on)
    times, least = rates.at("allowance_times", on), rates.at("pension_least_years", on)
    if not 0 < months < int_of(least) * 12:
        raise BadCase(f"Trợ cấp này dành cho người đóng chưa đủ {int_of(least)} năm.", "Đủ năm thì hưởng lương hưu.")
    used = [social, age, times, least]
    if months_to_social_pension is None:
        if sex is None:
            raise BadCase(
                "Cần biết nam hay nữ, hoặc số tháng còn lại đến tuổi trợ cấp hưu trí xã hội.", "Thêm một trong hai."
            )
        start = rates.at("retirement_age", on, sex=Sex(sex).value)
        used.append(start)
        months_to_social_pension = int_of(age) * 12 - int_of(start)
    years, _ = counted_years(months, rates, on)
    level = int_of(social)
    fund = share_of(times) * average_income * years
    lasts = int(fund / level)
    to_go = max(0, months_to_social_pension)
    monthly = level + (whole(Decimal(lasts - to_go) * level / to_go) if lasts > to_go > 0 else 0)
    top_up = max(0, to_go - lasts) * level
    text = (
        f"Ước tính: {grouped(average_income)} × {_plain(share_of(times))} × {_plain(years)} năm = {grouped(whole(fund))} đồng;"
        f" chia {grouped(level)} đồng/tháng được {min(lasts, to_go) if lasts > to_go else lasts} tháng."
    )
    if top_up:
        text += f" Muốn hưởng đến {int_of(age)} tuổi ({to_go} tháng) thì đóng thêm {grouped(top_up)} đồng."
    elif lasts > to_go:
        text += f" Đủ đến {int_of(age)} tuổi, mỗi tháng {grouped(monthly)} đồng."
    return MonthlyAllowance(
        formula=text,
        used=tuple(used),
        estimate=True,
        monthly=monthly,
        months=min(lasts, to_go),
        months_to_social_pension=to_go,
        top_up=top_up,
    )


def accident(*, half_years: int = 0, years: int = 0, rates: Rates, on: date) -> Accident:
    """Voluntary accident insurance for so many half-years and years. With neither, prices only."""
    if half_years < 0 or years < 0:
        raise BadCase("Số kỳ đóng không được âm.", "Ghi số kỳ 6 tháng hoặc số năm.")
    wage = rates.at("minimum_wage", on, region="IV")
    half, year = rates.at("accident_half_year_share", on), rates.at("accident_year_share", on)
    times = rates.at("accident_death_times", on)
    half_amount, year_amount = whole(share_of(half) * int_of(wage)), whole(share_of(year) * int_of(wage))
    return Accident(
        formula=f"{percent(share_of(half))} × {grouped(int_of(wage))} = {grouped(half_amount)} đồng mỗi 6 tháng;"
        f" {percent(share_of(year))} × {grouped(int_of(wage))} = {grouped(year_amount)} đồng mỗi năm.",
        used=(wage, half, year, times),
        half_yearly=half_amount,
        yearly=year_amount,
        total=half_years * half_amount + years * year_amount,
        death_benefit=whole(share_of(times) * int_of(wage)),
    )


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",")
