"""Targets of communes and how far they have come: the province, one commune, groups; changed by form or from a table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from fastapi import APIRouter
from starlette.responses import Response

from bot.errors import BotError
from bot.outreach.communes import Commune
from bot.staff.access import Right
from bot.staff.charts import bars, height, picture
from bot.staff.console import Console, go
from bot.staff.downloads import XLSX, download
from bot.staff.figures import FIRST_YEAR, GROUPS, LAST_YEAR, Figures, Period, Tally, year_of
from bot.staff.rendering import texts
from bot.staff.spreadsheets import read_table
from bot.staff.target_tables import HEADER, MOST_ROWS, pack, read_targets, template, unpack
from bot.staff.targets import Target, Targets, checked, together
from bot.staff.visit import BadRequest, NotThere, Visit

HERE = "/staff/chi-tieu"
YEARS = range(FIRST_YEAR, LAST_YEAR + 1)
_SHOWN = 15  # bars of a chart by group; the table has all


def pages(console: Console) -> APIRouter:
    """The routes."""
    router = APIRouter(include_in_schema=False)
    targets, figures = Targets(console.engine, console.audit, console.clock), Figures(console.engine)

    def units(visit: Visit) -> list[Commune]:
        return [unit for unit in console.communes.units if visit.person.scope.holds(unit.code)]

    def unit_of(visit: Visit, code: str) -> Commune:
        unit = console.communes.by_code(code)
        if unit is None or not visit.person.scope.holds(code):
            raise NotThere("Không có xã, phường này, hoặc không thuộc phạm vi của anh/chị.")
        return unit

    def wanted(visit: Visit) -> Commune | None:
        code = visit.asked("xa", 10)
        return unit_of(visit, code) if code else None

    def year(visit: Visit) -> int:
        asked = visit.asked("nam", 4)
        return (
            int(asked)
            if asked.isdecimal() and int(asked) in YEARS
            else min(max(console.today().year, YEARS[0]), YEARS[-1])
        )

    def by_year(visit: Visit, unit: Commune | None) -> list[tuple[int, Target | None, int]]:
        scope = visit.person.scope
        goals = targets.of_commune(scope, unit.code) if unit else targets.totals(scope)
        joined = figures.joined_by_year(scope, unit.code if unit else "")
        return [(y, goals.get(y), joined[y]) for y in YEARS]

    @console.route(router, "GET", HERE, Right.FIGURES)
    def province(visit: Visit) -> Response:
        rows = targets.progress(visit.person.scope, (u.code for u in units(visit)), year(visit), console.today())
        order = visit.asked("xep", 10)
        if order in _ORDERS:
            rows.sort(key=_ORDERS[order])
        return console.page(
            visit, "targets.html", rows=rows, all=together(rows), year=year(visit), years=YEARS, by_year=by_year(visit, None),
            period=year_of(year(visit), console.today()), order=order, this_year=console.today().year,
        )  # fmt: skip

    @console.route(router, "GET", f"{HERE}/theo-nam.svg", Right.FIGURES)
    def chart_of_years(visit: Visit) -> Response:
        rows = by_year(visit, wanted(visit))
        series: Mapping[str, list[float | None]] = {
            "Chỉ tiêu cuối năm": [goal.goal if goal else None for _, goal, _ in rows],
            "Đầu năm và tham gia mới": [
                goal.base + joined if goal and y <= console.today().year else None for y, goal, joined in rows
            ],
        }
        return picture(bars("Số người theo năm", [str(y) for y, _, _ in rows], series))

    @console.route(router, "GET", f"{HERE}/theo-thang.svg", Right.FIGURES)
    def chart_of_months(visit: Visit) -> Response:
        unit, at = wanted(visit), year(visit)
        code = unit.code if unit else ""
        series = {str(y): figures.joined_by_month(visit.person.scope, y, code) for y in (at - 1, at)}
        return picture(bars("Số người tham gia mới theo tháng", [f"T{m}" for m in range(1, 13)], series))

    @console.route(router, "GET", f"{HERE}/theo-nhom.svg", Right.FIGURES)
    def chart_of_groups(visit: Visit) -> Response:
        rows = grouped(visit)[2][:_SHOWN]
        series = {"Để lại số": [t.leads for _, _, t in rows], "Đã tham gia": [t.joined for _, _, t in rows]}
        return picture(bars("Người quan tâm và người tham gia", [name for _, name, _ in rows], series, lying=True))

    def grouped(visit: Visit) -> tuple[str, Period, list[tuple[str, str, Tally]]]:
        group = visit.asked("theo", 20) or GROUPS[0]
        if group not in GROUPS:
            raise NotThere("Không có cách chia nhóm này.")
        period, unit = days_of(visit, year_of(console.today().year, console.today())), wanted(visit)
        found = figures.by_group(group, visit.person.scope, period, unit.code if unit else "")
        names = _names(group, figures)
        rows = [(value, names.get(value, value) or _NONE[group], tally) for value, tally in found.items()]
        return group, period, sorted(rows, key=lambda row: (-row[2].joined, -row[2].leads, row[1]))

    @console.route(router, "GET", f"{HERE}/nhom", Right.FIGURES)
    def groups(visit: Visit) -> Response:
        group, period, rows = grouped(visit)
        return console.page(
            visit, "groups.html", group=group, groups=GROUPS, period=period, rows=rows, unit=wanted(visit), units=units(visit),
            all=sum((tally for _, _, tally in rows), Tally()), shown=_SHOWN, height=height(rows[:_SHOWN], {"a": 1, "b": 2}),
        )  # fmt: skip

    @console.route(router, "GET", f"{HERE}/mau.xlsx", Right.TARGETS_EDIT)
    def blank(visit: Visit) -> Response:
        known = targets.of_year(visit.person.scope, year(visit))
        return download(template(units(visit), year(visit), known), XLSX, f"Chỉ tiêu {year(visit)}.xlsx")

    @console.route(router, "GET", f"{HERE}/nhap", Right.TARGETS_EDIT)
    def choose(visit: Visit) -> Response:
        return console.page(visit, "targets_import.html", years=YEARS, year=year(visit), header=HEADER, error="")

    @console.route(router, "POST", f"{HERE}/nhap", Right.TARGETS_EDIT)
    def preview(visit: Visit) -> Response:
        file = visit.file("file")
        try:
            if file is None:
                raise BadRequest("Chưa chọn tệp.", "Chọn tệp .xlsx hoặc .csv.")
            rows = read_table(file.filename or "", file.file.read(), most_rows=MOST_ROWS)
            read = read_targets(rows, console.communes, visit.person.scope)
        except BotError as error:
            return console.templates.page(
                visit, "targets_import.html", 400, years=YEARS, year=year(visit), header=HEADER, error=f"{error} {error.remedy}",
            )  # fmt: skip
        known = {t.year: targets.of_year(visit.person.scope, t.year) for t in read.targets}
        lines = [(target, known[target.year].get(target.commune_code)) for target in read.targets]
        return console.page(
            visit, "targets_preview.html", lines=lines, wrong=read.wrong, packed=pack(read.targets),
            changing=sum(target != before for target, before in lines), file=file.filename,
        )  # fmt: skip

    @console.route(router, "POST", f"{HERE}/ghi", Right.TARGETS_EDIT)
    def store(visit: Visit) -> Response:
        rows = unpack(visit.text("rows", MOST_ROWS * 40), console.communes, visit.person.scope)
        if not rows:
            raise BadRequest("Không có dòng nào để ghi.", "Chọn lại tệp.")
        added, changed = targets.put(visit.person, rows)
        return go(HERE, "targets_stored" if added + changed else "targets_same", nam=rows[0].year)

    @console.route(router, "GET", f"{HERE}/{{code}}", Right.FIGURES)
    def commune(visit: Visit) -> Response:
        unit, at = unit_of(visit, visit.path["code"]), year(visit)
        scope, period = visit.person.scope, year_of(at, console.today())
        months = [figures.joined_by_month(scope, y, unit.code) for y in (at - 1, at)]
        return console.page(
            visit, "target.html", unit=unit, year=at, years=YEARS, by_year=by_year(visit, unit), period=period,
            months=list(zip(range(1, 13), *months, strict=True)), tally=figures.total(scope, period, unit.code),
            row=targets.progress(scope, [unit.code], at, console.today())[0], groups=GROUPS, this_year=console.today().year,
        )  # fmt: skip

    @console.route(router, "POST", f"{HERE}/{{code}}", Right.TARGETS_EDIT)
    def change(visit: Visit) -> Response:
        unit, at = unit_of(visit, visit.path["code"]), visit.number("year")
        if visit.text("remove", 5):
            targets.remove(visit.person, unit.code, at)
        else:
            targets.put(visit.person, [checked(unit.code, at, visit.number("goal"), visit.number("base"))])
        return go(f"{HERE}/{unit.code}", "saved", nam=at)

    return router


def days_of(visit: Visit, usual: Period) -> Period:
    """The days an address asks for (`tu`, `den`), the usual ones when it asks for none. Raises BadRequest."""
    try:
        first, last = (
            date.fromisoformat(text) if (text := visit.asked(name, 10)) else day
            for name, day in (("tu", usual.first), ("den", usual.last))
        )
    except ValueError:
        raise BadRequest("Ngày không đọc được.", "Viết dạng 2026-11-28.") from None
    if not date(2020, 1, 1) <= first <= last <= date(2100, 1, 1):
        raise BadRequest("Khoảng ngày không hợp lý.", "Ngày đầu phải trước ngày cuối.")
    return Period(first, last)


def _names(group: str, figures: Figures) -> Mapping[str, str]:
    if group == "campaign":
        return figures.campaign_names()
    return texts().get(group, {})  # type: ignore[no-any-return]


_NONE = {
    "channel": "chưa rõ kênh", "campaign": "không theo đợt vận động", "organisation": "không theo tổ chức",
    "household": "chưa rõ nhóm hộ",
}  # fmt: skip
_ORDERS = {
    "dat": lambda row: (row.goal is None, -(row.reached or 0) / (row.goal or 1)),
    "thieu": lambda row: -(row.missing or 0),
    "moi": lambda row: -row.joined,
}
