"""`tuvan calculate …` turned round: which income or how many years for a wished pension, joining now or later, one's own average."""

from __future__ import annotations

import re
from typing import Annotated

import typer

import knowledge.calculators as calculators
from bot.cli.answers import AsJson, OnDay
from bot.cli.app import calculate
from bot.cli.calculate import Average, Income, OddMonths, SexOption, province_of, show, span_of
from knowledge.calculators import BadCase, HouseholdGroup

Wished = Annotated[int, typer.Option("--wished", help="Lương hưu mong muốn, đồng một tháng.")]
Group = Annotated[HouseholdGroup, typer.Option("--group", help="Nhóm hộ.")]
Province = Annotated[str | None, typer.Option("--province", help="Tỉnh, thành phố, để tính hỗ trợ thêm.")]
_SHOWN = ("income", "months", "monthly_contribution", "monthly_pension", "rate_percent", "total", "state_total")
_YEAR = re.compile(r"(\d{4}):(\d{1,2}):(\d+)", re.ASCII)


@calculate.command("income-for-pension")
def income_for_pension(
    sex: SexOption,
    years: Annotated[int, typer.Option("--years", help="Số năm sẽ đóng.")],
    wished: Wished,
    months: OddMonths = 0,
    group: Group = HouseholdGroup.OTHER,
    province: Province = None,
    on: OnDay = None,
    as_json: AsJson = False,
) -> None:
    """Thu nhập nên chọn để có lương hưu mong muốn, ước tính."""
    show(
        lambda rates, day: calculators.income_for_pension(
            sex=sex,
            months=span_of(years, months),
            wished=wished,
            group=group,
            province=province_of(province),
            rates=rates,
            on=day,
        ),
        on,
        as_json,
        _SHOWN,
    )


@calculate.command("years-for-pension")
def years_for_pension(
    sex: SexOption,
    average_income: Average,
    wished: Wished,
    group: Group = HouseholdGroup.OTHER,
    province: Province = None,
    on: OnDay = None,
    as_json: AsJson = False,
) -> None:
    """Số năm cần đóng để có lương hưu mong muốn, ước tính."""
    show(
        lambda rates, day: calculators.years_for_pension(
            sex=sex,
            average_income=average_income,
            wished=wished,
            group=group,
            province=province_of(province),
            rates=rates,
            on=day,
        ),
        on,
        as_json,
        _SHOWN,
    )


@calculate.command("join-now-or-later")
def join_now_or_later(
    income: Income, group: Group = HouseholdGroup.OTHER, on: OnDay = None, as_json: AsJson = False
) -> None:
    """Tiền đóng trước và sau lần đổi mức sắp tới đã ban hành."""
    show(
        lambda rates, day: calculators.join_now_or_later(income=income, group=group, rates=rates, on=day),
        on,
        as_json,
        ("now_income", "now_contribution", "now_subsidy", "now_net",
         "later_income", "later_contribution", "later_subsidy", "later_net"),
        lambda r: {"change": r.change.isoformat() if r.change else None},
    )  # fmt: skip


@calculate.command("average-income")
def average_income(
    year: Annotated[
        list[str],
        typer.Option("--year", help="Năm:số tháng đóng:thu nhập chọn, ví dụ 2020:12:1500000; ghi lại cho từng năm."),
    ],
    on: OnDay = None,
    as_json: AsJson = False,
) -> None:
    """Mức bình quân thu nhập của một người, từng năm nhân hệ số điều chỉnh đã công bố."""

    def parts() -> list[tuple[int, int, int]]:
        found = [_YEAR.fullmatch(part) for part in year]
        if wrong := [part for part, match in zip(year, found, strict=True) if match is None]:
            raise BadCase(f"Không đọc được {wrong[0]!r}.", "Ghi năm:số tháng:thu nhập, ví dụ 2020:12:1500000.")
        return [(int(m[1]), int(m[2]), int(m[3])) for m in found if m is not None]

    show(
        lambda rates, day: calculators.average_income(years=parts(), rates=rates, on=day),
        on,
        as_json,
        ("average_income", "average", "total", "months"),
    )
