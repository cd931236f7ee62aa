"""Maternity, funeral, survivors, the monthly allowance of Article 23, voluntary accident insurance.

Law 41/2024/QH15, Articles 23, 95, 109, 110; Decree 159/2025/NĐ-CP, Article 14; Decree 143/2024/NĐ-CP.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from knowledge.calculators.figures import amount as checked
from knowledge.calculators.figures import grouped, int_of, one_of, percent, plain, share_of, span_given, whole
from knowledge.calculators.model import BadCase, Result, Sex, certain
from knowledge.calculators.pension import counted_years
from knowledge.calculators.withdrawal import times_of
from knowledge.rates import Certainty, Rate, Rates


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
    """Article 23: `months` full months of `monthly` đồng; `top_up` đồng that would carry it to the age of the social pension (0 when
    it lasts).
    """

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
    """The allowance (trợ cấp thai sản) for `children` born together on `on`. Raises BadCase below 1 and above 10."""
    if not 1 <= children <= 10:
        raise BadCase("Số con phải từ 1 đến 10.", "Ghi số con trong lần sinh này.")
    rate = rates.at("maternity_per_child", on)
    sum_ = children * int_of(rate)
    return Amount(
        formula=f"{children} con × {grouped(int_of(rate))} = {grouped(sum_)} đồng.",
        used=(rate,),
        estimate=not certain((rate,)),
        amount=sum_,
    )


def funeral(*, rates: Rates, on: date) -> Amount:
    """The funeral allowance (trợ cấp mai táng) when the death is on `on`."""
    times, level = rates.at("funeral_times", on), rates.at("reference_level", on)
    sum_ = whole(share_of(times) * int_of(level))
    return Amount(
        formula=f"{plain(share_of(times))} × mức tham chiếu {grouped(int_of(level))} = {grouped(sum_)} đồng.",
        used=(times, level),
        estimate=not certain((times, level)),
        amount=sum_,
    )


def survivors(
    *,
    months_before_2014: int,
    months_from_2014: int,
    average_income: int,
    paid: int | None = None,
    mixed: bool = False,
    rates: Rates,
    on: date,
) -> Survivors:
    """The lump sum after the death of someone who was paying or had stopped (Article 110.2).

    Below the least time it is what was `paid` (left out: an estimate from the average). `mixed`: paid both compulsory and
    voluntary insurance, so at least three times the average (110.3). Raises BadCase for impossible spans.
    """
    found = times_of(months_before_2014, months_from_2014, "survivor_times", rates, on)
    checked(average_income, "Mức bình quân thu nhập")
    months = months_before_2014 + months_from_2014
    least = rates.at("survivor_least_months", on)
    used, estimate = (*found.used, least), False
    if months >= int_of(least):
        sum_ = whole(found.times * average_income)
        words = f"({found.words}) × {grouped(average_income)} = {grouped(sum_)} đồng."
    else:
        rate = rates.at("contribution_rate", on)
        used, estimate = (least, rate), paid is None
        sum_ = whole(share_of(rate) * average_income * months) if paid is None else checked(paid, "Đã đóng", least=0)
        how = f"ước tính {months} tháng × {percent(share_of(rate))} × {grouped(average_income)} = " if estimate else ""
        words = f"Đóng dưới {int_of(least)} tháng: bằng số tiền đã đóng, {how}{grouped(sum_)} đồng."
    if mixed:
        floor = rates.at("survivor_mixed_least_times", on)
        used = (*used, floor)
        if (most := whole(share_of(floor) * average_income)) > sum_:
            sum_ = most
            words += f" Có cả hai loại bảo hiểm nên ít nhất {plain(share_of(floor))} × {grouped(average_income)} = {grouped(sum_)} đồng."
    return Survivors(
        formula=words,
        used=used,
        estimate=estimate or not certain(used),
        amount=sum_,
        times=(Decimal(sum_) / average_income).quantize(Decimal("0.01")),
    )


def survivors_of_pensioner(*, pension: int, months_drawn: int, rates: Rates, on: date) -> Survivors:
    """The lump sum after the death of a pensioner in the `months_drawn`-th month of a pension of `pension` đồng a month (110.4)."""
    checked(pension, "Lương hưu")
    span_given(months_drawn, "Thời gian đã hưởng lương hưu")
    first, full = rates.at("survivor_pension_months", on), rates.at("survivor_pension_full_months", on)
    less, least = rates.at("survivor_pension_less", on), rates.at("survivor_pension_least", on)
    over = max(0, months_drawn - int_of(full))
    left = share_of(first) - over * share_of(less)
    times = max(left, share_of(least))
    sum_ = whole(times * pension)
    words = f"{int_of(first)}" + (f" − {over} × {plain(share_of(less))}" if over else "")
    words = f"không dưới {plain(times)}" if left < times else words if not over else f"{words} = {plain(times)}"
    return Survivors(
        formula=f"Chết ở tháng hưởng thứ {months_drawn}: {words} tháng lương hưu × {grouped(pension)} = {grouped(sum_)} đồng.",
        used=(first, full, less, least),
        estimate=not certain((first, full, less, least)),
        amount=sum_,
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
    Raises BadCase for 15 years and more (a pension then) or when the age of the social pension is reached.
    """
    social, age = rates.at("social_pension", on), rates.at("social_pension_age", on)
    times, least = rates.at("allowance_times", on), rates.at("pension_least_years", on)
    span_given(months)
    checked(average_income, "Mức bình quân thu nhập")
    if months >= int_of(least) * 12:
        raise BadCase(f"Trợ cấp này dành cho người đóng chưa đủ {int_of(least)} năm.", "Đủ năm thì hưởng lương hưu.")
    years, half = counted_years(months, rates, on)
    to_go, from_age = _to_go(sex, months_to_social_pension, age, rates, on)
    level, fund = int_of(social), share_of(times) * average_income * years
    lasts = fund / level
    monthly = max(level, whole(fund / to_go))  # Article 14: SP + (T − Tđ) × SP / Tđ, that is T × SP / Tđ
    top_up = max(0, whole(to_go * level - fund))
    text = (
        f"Ước tính: {grouped(average_income)} × {plain(share_of(times))} × {plain(years)} năm = {grouped(whole(fund))} đồng;"
        f" chia {grouped(level)} đồng/tháng được {int(lasts)} tháng."
    )
    if top_up:
        text += f" Muốn hưởng đến {int_of(age)} tuổi ({to_go} tháng) thì đóng thêm một lần {grouped(top_up)} đồng."
    else:
        text += f" Đủ đến {int_of(age)} tuổi ({to_go} tháng), mỗi tháng {grouped(monthly)} đồng."
    if social.certainty is Certainty.UNCERTAIN:
        text += " Mức trợ cấp hưu trí xã hội này chưa được đối chiếu, cần hỏi lại cơ quan BHXH."
    return MonthlyAllowance(
        formula=text,
        used=(social, age, times, least, half, *from_age),
        estimate=True,
        monthly=monthly,
        months=min(int(lasts), to_go),
        months_to_social_pension=to_go,
        top_up=top_up,
    )


def _to_go(sex: Sex | None, told: int | None, age: Rate, rates: Rates, on: date) -> tuple[int, list[Rate]]:
    """Months until the age of the social pension, and the row they were worked out with."""
    if told is not None:
        if told < 1:
            raise BadCase(f"Trợ cấp này chỉ hưởng đến {int_of(age)} tuổi.", "Từ tuổi đó hỏi về trợ cấp hưu trí xã hội.")
        return span_given(told, "Thời gian còn lại"), []
    if sex is None:
        raise BadCase(
            "Cần biết nam hay nữ, hoặc số tháng còn lại đến tuổi trợ cấp hưu trí xã hội.", "Thêm một trong hai."
        )
    start = rates.at("retirement_age", on, sex=one_of(Sex, sex).value)
    return int_of(age) * 12 - int_of(start), [start]


def accident(*, half_years: int = 0, years: int = 0, rates: Rates, on: date) -> Accident:
    """Voluntary accident insurance for so many half-years and years. With neither, prices only."""
    if not 0 <= half_years <= 100 or not 0 <= years <= 60:
        raise BadCase("Số kỳ đóng phải từ 0 và không quá 60 năm.", "Ghi số kỳ 6 tháng hoặc số năm.")
    wage = rates.at("minimum_wage", on, region="IV")
    half, year = rates.at("accident_half_year_share", on), rates.at("accident_year_share", on)
    times = rates.at("accident_death_times", on)
    half_amount, year_amount = whole(share_of(half) * int_of(wage)), whole(share_of(year) * int_of(wage))
    total = half_years * half_amount + years * year_amount
    death = whole(share_of(times) * int_of(wage))
    words = (
        f"{percent(share_of(half))} × {grouped(int_of(wage))} = {grouped(half_amount)} đồng mỗi 6 tháng;"
        f" {percent(share_of(year))} × {grouped(int_of(wage))} = {grouped(year_amount)} đồng mỗi năm."
    )
    terms = [(half_years, "kỳ 6 tháng"), (years, "năm")]
    if total:
        words += f" Đóng {' và '.join(f'{n} {what}' for n, what in terms if n)}: {grouped(total)} đồng."
    words += f" Chết do tai nạn lao động: {plain(share_of(times))} × {grouped(int_of(wage))} = {grouped(death)} đồng."
    return Accident(
        formula=words,
        used=(wage, half, year, times),
        estimate=not certain((wage, half, year, times)),
        half_yearly=half_amount,
        yearly=year_amount,
        total=total,
        death_benefit=death,
    )
