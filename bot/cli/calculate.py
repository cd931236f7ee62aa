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
OddMonths = Annotated[int, typer.Option("--months", help="Số tháng lẻ, từ 0 đến 11.")]
Paid = Annotated[int | None, typer.Option("--paid", help="Số tiền đã đóng, đồng; dùng khi thời gian đóng còn ngắn.")]
SexOption = Annotated[Sex, typer.Option("--sex", help="Giới tính.")]


@calculate.command()
def contribution(
    income: Income,
    group: Annotated[HouseholdGroup, typer.Option("--group", help="Nhóm hộ.")] = HouseholdGroup.OTHER,
    method: Annotated[Method, typer.Option("--method", help="Phương thức đóng.")] = Method.MONTHLY,
    months: Annotated[int | None, typer.Option("--months", help="Số tháng, khi đóng trước hoặc đóng bù.")] = None,
    province: Annotated[str | None, typer.Option("--province", help="Tỉnh, thành phố, để tính hỗ trợ thêm.")] = None,
    subsidised: Annotated[int, typer.Option("--subsidised-months", help="Số tháng đã được Nhà nước hỗ trợ.")] = 0,
    on: OnDay = None,
    as_json: AsJson = False,
) -> None:
    """Tiền đóng và tiền Nhà nước, địa phương hỗ trợ."""
    show(
        lambda rates, day: calculators.contribution(
            income=income,
            group=group,
            method=method,
            months=months,
            province=province_of(province),
            subsidised_months=subsidised,
            rates=rates,
            on=day,
        ),
        on,
        as_json,
        ("monthly_contribution", "state_subsidy", "local_subsidy", "net_monthly", "months", "gross_total", "total"),
    )


@calculate.command()
def pension(
    sex: SexOption,
    years: Annotated[int, typer.Option("--years", help="Số năm đóng.")],
    average_income: Average,
    months: OddMonths = 0,
    on: OnDay = None,
    as_json: AsJson = False,
) -> None:
    """Tỷ lệ và mức lương hưu hằng tháng."""
    show(
        lambda rates, day: calculators.pension(
            sex=sex, months=span_of(years, months), average_income=average_income, rates=rates, on=day
        ),
        on,
        as_json,
        ("rate_percent", "monthly_pension", "lump_sum"),
    )


@calculate.command("retirement-age")
def retirement_age(
    sex: SexOption,
    born: Annotated[str, typer.Option("--born", help="Tháng sinh, ví dụ 1970-09.")],
    on: OnDay = None,
    as_json: AsJson = False,
) -> None:
    """Tuổi nghỉ hưu và tháng đầu được hưởng lương hưu (from), liền sau tháng đủ tuổi."""

    def work(rates: Rates, day: date) -> Result:
        match = re.fullmatch(r"(\d{4})-(\d{1,2})", born, re.ASCII)
        if match is None:
            raise BadCase("Tháng sinh không hợp lệ.", "Ghi như 1970-09.")
        return calculators.retirement(sex=sex, born_year=int(match[1]), born_month=int(match[2]), rates=rates)

    show(work, on, as_json, ("years", "months"), lambda r: {"from": f"{r.from_year:04d}-{r.from_month:02d}"})


@calculate.command()
def withdrawal(
    average_income: Average,
    years_before_2014: Before2014 = 0,
    years_from_2014: From2014 = 0,
    subsidy: Annotated[int, typer.Option("--subsidy", help="Tiền Nhà nước đã hỗ trợ, đồng; bị trừ.")] = 0,
    paid: Paid = None,
    on: OnDay = None,
    as_json: AsJson = False,
) -> None:
    """Bảo hiểm xã hội một lần."""
    show(
        lambda rates, day: calculators.withdrawal(
            months_before_2014=_months(years_before_2014),
            months_from_2014=_months(years_from_2014),
            average_income=average_income,
            paid=paid,
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
    show(lambda rates, day: calculators.maternity(children=children, rates=rates, on=day), on, as_json, ("amount",))


@calculate.command()
def funeral(on: OnDay = None, as_json: AsJson = False) -> None:
    """Trợ cấp mai táng khi chết vào một ngày."""
    show(lambda rates, day: calculators.funeral(rates=rates, on=day), on, as_json, ("amount",))


@calculate.command()
def survivors(
    average_income: Annotated[
        int | None, typer.Option("--average-income", help="Mức bình quân thu nhập, đồng một tháng.")
    ] = None,
    years_before_2014: Before2014 = 0,
    years_from_2014: From2014 = 0,
    pension: Annotated[int | None, typer.Option("--pension", help="Lương hưu đang hưởng, đồng một tháng.")] = None,
    months_drawn: Annotated[int | None, typer.Option("--months-drawn", help="Chết trong tháng hưởng thứ mấy.")] = None,
    paid: Paid = None,
    on: OnDay = None,
    as_json: AsJson = False,
) -> None:
    """Trợ cấp tuất một lần: của người đang đóng hoặc bảo lưu, hay của người đang hưởng lương hưu."""

    def work(rates: Rates, day: date) -> Result:
        if pension is not None and months_drawn is not None and average_income is None:
            return calculators.survivors_of_pensioner(pension=pension, months_drawn=months_drawn, rates=rates, on=day)
        if average_income is None or pension is not None or months_drawn is not None:
            raise BadCase(
                "Thiếu dữ liệu, hoặc nêu cả hai trường hợp.",
                "Người đang đóng, bảo lưu: --average-income; người hưởng lương hưu: --pension và --months-drawn.",
            )
        return calculators.survivors(
            months_before_2014=_months(years_before_2014),
            months_from_2014=_months(years_from_2014),
            average_income=average_income,
            paid=paid,
            rates=rates,
            on=day,
        )

    show(work, on, as_json, ("amount", "times"))


@calculate.command("monthly-allowance")
def monthly_allowance(
    sex: SexOption,
    years: Annotated[int, typer.Option("--years", help="Số năm đóng.")],
    average_income: Average,
    months: OddMonths = 0,
    to_go: Annotated[
        int | None,
        typer.Option("--months-to-social-pension", help="Số tháng còn lại; bỏ trống là từ tuổi nghỉ hưu."),
    ] = None,
    on: OnDay = None,
    as_json: AsJson = False,
) -> None:
    """Trợ cấp hằng tháng của người đủ tuổi mà chưa đủ năm đóng (Điều 23), ước tính."""
    show(
        lambda rates, day: calculators.monthly_allowance(
            sex=sex,
            months=span_of(years, months),
            average_income=average_income,
            months_to_social_pension=to_go,
            rates=rates,
            on=day,
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
    show(
        lambda rates, day: calculators.accident(half_years=half_years, years=years, rates=rates, on=day),
        on,
        as_json,
        ("half_yearly", "yearly", "total", "death_benefit"),
    )


def show(
    work: Callable[[Rates, date], Any],
    on: str | None,
    as_json: bool,
    shown: tuple[str, ...],
    more: Callable[[Any], dict[str, Any]] | None = None,
) -> None:
    """Works it out and prints the fields `shown`; an impossible case is exit status 2 with one line."""
    settings = load_settings()
    rates = load_rates(settings.tuvan_data / "rates")
    try:
        result = work(rates, parse_day(on) or clock_for(settings).today())
    except (BadCase, NoRate) as error:
        complain(str(error), error.remedy)
        sys.exit(2)
    except typer.BadParameter as error:  # of parse_day: here too one line
        complain(error.message)
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


def province_of(name: str | None) -> str | None:
    """The province by its name of today. Raises BadCase for a name that is none: a top-up of 0 would look like knowledge."""
    found = read_province(Words.of(f"tỉnh {name}")) if name else None
    if name and found is None:
        raise BadCase(f"Không có tỉnh, thành phố nào tên {name!r}.", "Ghi tên tỉnh, ví dụ Quảng Ngãi.")
    return found


def span_of(years: int, months: int) -> int:
    """Whole months of full years and odd months. Raises BadCase where they are none."""
    if years < 0 or not 0 <= months < 12:
        raise BadCase("Số năm phải từ 0, số tháng lẻ từ 0 đến 11.", "Kiểm tra lại số năm, số tháng.")
    return years * 12 + months


def _months(years: float) -> int:
    """Whole months of a number of years. Raises BadCase for one that is no number of months."""
    months = Decimal(str(years)) * 12
    if not months.is_finite() or months < 0 or abs(months - round(months)) > Decimal("0.05"):
        raise BadCase("Số năm phải từ 0, lẻ theo tháng, ví dụ 2.5 là hai năm sáu tháng.", "Kiểm tra lại số năm.")
    return round(months)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.value if isinstance(value, StrEnum) else value
