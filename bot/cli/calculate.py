"""`tuvan calculate …`: the calculators from the command line."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

import typer

import knowledge.calculators as calculators
from bot.cli.answers import AsJson, OnDay
from bot.cli.app import calculate
from bot.cli.output import complain, console, parse_day, print_json
from bot.clock import clock_for
from bot.settings import load_settings
from knowledge.calculators import BadCase, HouseholdGroup, Method, Result, Sex
from knowledge.rates import NoRate, Rates, load_rates
from knowledge.understanding.places import read_province
from knowledge.understanding.words import Words

Income = Annotated[int, typer.Option("--income", help="Thu nhập chọn đóng, đồng một tháng.")]
Average = Annotated[int, typer.Option("--average-income", help="Mức bình quân thu nhập đã điều chỉnh, đồng một tháng.")]
Before2014 = Annotated[float, typer.Option("--years-before-2014", help="Số năm đóng trước 2014, ví dụ 3 hoặc 2.5.")]
From2014 = Annotated[float, typer.Option("--years-from-2014", help="Số năm đóng từ 2014.")]
SexOption = Annotated[Sex, typer.Option("--sex", help="Giới tính.")]
_BASE = ("formula", "used", "estimate")


@calculate.command()
def contribution(
    income: Income,
    group: Annotated[HouseholdGroup, typer.Option("--group", help="Nhóm hộ.")] = HouseholdGroup.OTHER,
    method: Annotated[Method, typer.Option("--method", help="Phương thức đóng.")] = Method.MONTHLY,
    months: Annotated[int | None, typer.Option("--months", help="Số tháng, khi đóng trước hoặc đóng bù.")] = None,
    province: Annotated[str | None, typer.Option("--province", help="Tỉnh, thành phố, để tính hỗ trợ thêm.")] = None,
    on: OnDay = None,
    as_json: AsJson = False,
) -> None:
    """Tiền đóng và tiền Nhà nước, địa phương hỗ trợ."""
    place = read_province(Words.of(f"tỉnh {province}")) or province if province else None
    _run(
        lambda rates, day: calculators.contribution(
            income=income, group=group, method=method, months=months, province=place, rates=rates, on=day
        ),
        on,
        as_json,
        ("monthly_contribution", "state_subsidy", "local_subsidy", "net_monthly", "total"),
    )


@calculate.command()
def pension(
    sex: SexOption,
    years: Annotated[int, typer.Option("--years", help="Số năm đóng.")],
    average_income: Average,
    months: Annotated[int, typer.Option("--months", min=0, max=11, help="Số tháng lẻ.")] = 0,
    on: OnDay = None,
    as_json: AsJson = False,
) -> None:
    """Tỷ lệ và mức lương hưu hằng tháng."""
    _run(
        lambda rates, day: calculators.pension(
            sex=sex, months=years * 12 + months, average_income=average_income, rates=rates, on=day
        ),
        on,
        as_json,
        ("rate_percent", "monthly_pension", "lump_sum"),
    )


@calculate.command("retirement-age")
def retirement_age(
    sex: SexOption,
    born: Annotated[str, typer.Option("--born", help="Tháng sinh, ví dụ 1970-09.")],
    as_json: AsJson = False,
) -> None:
    """Tuổi nghỉ hưu và tháng đầu tiên đủ tuổi để hưởng lương hưu (tháng liền sau tháng đủ tuổi)."""
    match = re.fullmatch(r"(\d{4})-(\d{1,2})", born)
    if match is None:
        raise typer.BadParameter("--born ghi như 1970-09.")
    year, month = int(match[1]), int(match[2])

    def work(rates: Rates, day: date) -> Result:
        return calculators.retirement(sex=sex, born_year=year, born_month=month, rates=rates)

    _run(work, None, as_json, ("years", "months"), lambda r: {"from": f"{r.from_year:04d}-{r.from_month:02d}"})


@calculate.command()
def withdrawal(
    average_income: Average,
    years_before_2014: Before2014 = 0,
    years_from_2014: From2014 = 0,
    subsidy: Annotated[int, typer.Option("--subsidy", help="Tiền Nhà nước đã hỗ trợ, đồng; bị trừ.")] = 0,
    on: OnDay = None,
    as_json: AsJson = False,
) -> None:
    """Bảo hiểm xã hội một lần."""
    _run(
        lambda rates, day: calculators.withdrawal(
            months_before_2014=_months(years_before_2014),
            months_from_2014=_months(years_from_2014),
            average_income=average_income,
            subsidy=subsidy,
            rates=rates,
            on=day,
        ),
        on,
        as_json,
        ("amount", "gross", "subsidy", "times"),
    )


@calculate.command()
def maternity(
    children: Annotated[int, typer.Option("--children", help="Số con trong lần sinh này.")] = 1,
    on: OnDay = None,
    as_json: AsJson = False,
) -> None:
    """Trợ cấp thai sản."""
    _run(lambda rates, day: calculators.maternity(children=children, rates=rates, on=day), on, as_json, ("amount",))


@calculate.command()
def funeral(on: OnDay = None, as_json: AsJson = False) -> None:
    """Trợ cấp mai táng khi chết vào một ngày."""
    _run(lambda rates, day: calculators.funeral(rates=rates, on=day), on, as_json, ("amount",))


@calculate.command()
def survivors(
    average_income: Annotated[
        int | None, typer.Option("--average-income", help="Mức bình quân thu nhập, đồng một tháng.")
    ] = None,
    years_before_2014: Before2014 = 0,
    years_from_2014: From2014 = 0,
    pension: Annotated[int | None, typer.Option("--pension", help="Lương hưu đang hưởng, đồng một tháng.")] = None,
    months_drawn: Annotated[int | None, typer.Option("--months-drawn", help="Chết trong tháng hưởng thứ mấy.")] = None,
    on: OnDay = None,
    as_json: AsJson = False,
) -> None:
    """Trợ cấp tuất một lần: của người đang đóng hoặc bảo lưu, hay của người đang hưởng lương hưu."""
    if (average_income is None) == (pension is None):
        raise typer.BadParameter("Cần --average-income (đang đóng, bảo lưu) hoặc --pension và --months-drawn.")

    def work(rates: Rates, day: date) -> Result:
        if pension is not None:
            return calculators.survivors_of_pensioner(
                pension=pension, months_drawn=months_drawn or 0, rates=rates, on=day
            )
        assert average_income is not None
        return calculators.survivors(
            months_before_2014=_months(years_before_2014),
            months_from_2014=_months(years_from_2014),
            average_income=average_income,
            rates=rates,
            on=day,
        )

    _run(work, on, as_json, ("amount", "times"))


@calculate.command("monthly-allowance")
def monthly_allowance(
    sex: SexOption,
    years: Annotated[int, typer.Option("--years", help="Số năm đóng.")],
    average_income: Average,
    months: Annotated[int, typer.Option("--months", min=0, max=11, help="Số tháng lẻ.")] = 0,
    on: OnDay = None,
    as_json: AsJson = False,
) -> None:
    """Trợ cấp hằng tháng của người đủ tuổi mà chưa đủ năm đóng (Điều 23), ước tính."""
    _run(
        lambda rates, day: calculators.monthly_allowance(
            sex=sex, months=years * 12 + months, average_income=average_income, rates=rates, on=day
        ),
        on,
        as_json,
        ("monthly", "months", "months_to_social_pension", "top_up"),
    )


@calculate.command()
def accident(
    half_years: Annotated[int, typer.Option("--half-years", help="Số kỳ 6 tháng.")] = 0,
    years: Annotated[int, typer.Option("--years", help="Số năm.")] = 0,
    on: OnDay = None,
    as_json: AsJson = False,
) -> None:
    """Bảo hiểm tai nạn lao động tự nguyện."""
    _run(
        lambda rates, day: calculators.accident(half_years=half_years, years=years, rates=rates, on=day),
        on,
        as_json,
        ("half_yearly", "yearly", "total", "death_benefit"),
    )


def _run(
    work: Callable[[Rates, date], Any],
    on: str | None,
    as_json: bool,
    shown: tuple[str, ...],
    more: Callable[[Any], dict[str, Any]] | None = None,
) -> None:
    """Works it out and prints it; an impossible case is exit status 2 with one line."""
    settings = load_settings()
    rates = load_rates(settings.tuvan_data / "rates")
    day = parse_day(on) or clock_for(settings).today()
    try:
        result = work(rates, day)
    except (BadCase, NoRate) as error:
        complain(str(error), error.remedy)
        sys.exit(2)
    except OverflowError:
        complain("Con số quá lớn.", "Kiểm tra lại số đã nhập.")
        sys.exit(2)
    if as_json:
        values = {name: _plain(getattr(result, name)) for name in shown} | (more(result) if more else {})
        basis = [str(where) for where in result.basis]
        print_json(values | {"formula": result.formula, "basis": basis, "estimate": result.estimate})
        return
    console.print(result.formula, markup=False)
    console.print("Căn cứ: " + "; ".join(str(where) for where in result.basis) + ".", markup=False)
    if result.estimate:
        console.print("Đây là ước tính; cơ quan BHXH tính số chính thức.", markup=False)


def _months(years: float) -> int:
    """Whole months of a number of years. Raises BadParameter for a span that is no number of months."""
    months = Decimal(str(years)) * 12
    if months < 0 or abs(months - round(months)) > Decimal("0.05"):
        raise typer.BadParameter("Số năm phải từ 0, lẻ theo tháng, ví dụ 2.5 là hai năm sáu tháng.")
    return round(months)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.value if isinstance(value, StrEnum) else value
