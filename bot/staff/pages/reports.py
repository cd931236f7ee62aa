"""Reports: which were made, one of them with how its numbers were counted, its files, and making a new one."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.responses import Response

from bot.staff.access import Right
from bot.staff.console import Console, go
from bot.staff.downloads import DOCX, XLSX, download
from bot.staff.figures import FIRST_YEAR, LAST_YEAR
from bot.staff.rendering import texts
from bot.staff.report_content import KINDS, Block
from bot.staff.reports import PAGE, Reports
from bot.staff.visit import Visit

LIST = "/staff/bao-cao"
_FILTERS = {"channel": "kenh", "campaign": "dot", "organisation": "to_chuc", "commune": "xa"}
_MARKS = {"Để lại số": "created", "Đã liên hệ": "contacted", "Đã tham gia": "joined", "Mới trong kỳ": "joined"}


def pages(console: Console) -> APIRouter:
    """The routes."""
    router = APIRouter(include_in_schema=False)
    reports = Reports(console.engine, console.communes, console.audit, console.clock)

    @console.route(router, "GET", LIST, Right.FIGURES)
    def listed(visit: Visit) -> Response:
        asked = visit.asked("trang", 6)
        page = max(1, int(asked)) if asked.isdecimal() else 1
        rows, total = reports.listed(visit.person.scope, page)
        scope, today = visit.person.scope, console.today()
        return console.page(
            visit, "reports.html", rows=rows, total=total, page=page, pages=max(1, -(-total // PAGE)), kinds=KINDS,
            units=[u for u in console.communes.units if scope.holds(u.code)], whole=scope.whole, today=today,
            years=range(min(today.year, LAST_YEAR), FIRST_YEAR - 1, -1),
        )  # fmt: skip

    @console.route(router, "POST", LIST, Right.FIGURES)
    def make(visit: Visit) -> Response:
        number = reports.make(
            visit.person, visit.text("kind", 10), visit.number("year"), visit.text("commune", 10), console.today()
        )
        return go(f"{LIST}/{number}", "report_made")

    @console.route(router, "GET", f"{LIST}/{{report_id:int}}", Right.FIGURES)
    def show(visit: Visit) -> Response:
        made, content = reports.one(visit.person.scope, visit.number("report_id"))
        return console.page(visit, "report.html", made=made, content=content, period=content.period, link=_link)

    @console.route(router, "GET", f"{LIST}/{{report_id:int}}/tep.{{kind}}", Right.FIGURES)
    def file(visit: Visit) -> Response:
        number, kind = visit.number("report_id"), str(visit.path["kind"])
        content = reports.file(visit.person, number, kind)
        made, _ = reports.one(visit.person.scope, number)
        unit = console.communes.by_code(made.commune_code)
        place = unit.title if unit else console.communes.province
        name = f"{texts()['report'][made.kind]} {made.year} {place}.{kind}"
        return download(content, DOCX if kind == "docx" else XLSX, name)

    return router


def _link(block: Block, row: int, column: int) -> Mapping[str, str] | None:
    """What of the list of people stands behind a number of a table; None when there is no such list."""
    if not isinstance(block.rows[row][column], int) or row >= len(block.keys):
        return None
    key = block.keys[row]
    if block.narrow == "moc":
        return {"moc": key} if column == 1 else None
    mark = _MARKS.get(block.header[column])
    if mark is None or block.narrow not in _FILTERS or not key:
        return None
    return {"moc": mark, _FILTERS[block.narrow]: key}
