"""Leads as files, duplicates, and what people ask of their data through an officer."""

from __future__ import annotations

import csv
import io
from datetime import date

from fastapi import APIRouter
from starlette.responses import Response

from bot.staff.access import Right
from bot.staff.console import Console, go
from bot.staff.lead_changes import LeadChanges
from bot.staff.lead_lists import HEADER, BadList, LeadLists, export, understand
from bot.staff.lead_rights import LeadRights
from bot.staff.leads import Leads
from bot.staff.pages.leads import LIST, filters_of
from bot.staff.spreadsheets import BadTable, Sheet, read_table, write_csv, write_xlsx
from bot.staff.visit import BadRequest, Visit

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST_AGAIN = 600_000  # characters of a list that is sent back with its confirmation


def pages(console: Console) -> APIRouter:
    """The routes."""
    router = APIRouter(include_in_schema=False)
    reader = Leads(console.engine, console.clock)
    changes = LeadChanges(console.engine, console.audit, console.clock)
    lists = LeadLists(console.engine, console.audit, console.clock)
    rights = LeadRights(console.engine, console.audit, console.clock)

    @console.route(router, "GET", "/staff/lead/tai", Right.LEADS_EXPORT)
    def download(visit: Visit) -> Response:
        header, rows = export(reader, visit.person.scope, filters_of(visit), visit.person.id)
        wanted = "csv" if visit.asked("dang", 4) == "csv" else "xlsx"
        console.note(visit, "lead.export", "lead:*", rows=len(rows), form=wanted)
        if wanted == "csv":
            return as_file(write_csv(header, rows), "nguoi-quan-tam.csv", "text/csv; charset=utf-8")
        return as_file(write_xlsx([Sheet("Người quan tâm", header, rows)]), "nguoi-quan-tam.xlsx", XLSX)

    @console.route(router, "GET", "/staff/lead/mau", Right.LEADS)
    def template(visit: Visit) -> Response:
        example = ["Nguyễn Văn A", "0900 000 000", "xã Ba Tơ", "muốn biết mức đóng", "buổi sáng", ""]
        return as_file(write_xlsx([Sheet("Danh sách", HEADER, [example])]), "mau-danh-sach.xlsx", XLSX)

    @console.route(router, "GET", "/staff/lead/nhap", Right.LEADS)
    def ask(visit: Visit) -> Response:
        return shown(visit)

    def shown(visit: Visit, code: int = 200, **values: object) -> Response:
        about = {"lines": None, "again": "", "error": "", "header": HEADER} | values
        return console.templates.page(visit, "lead_list.html", code, **about)

    @console.route(router, "POST", "/staff/lead/nhap", Right.LEADS)
    def take(visit: Visit) -> Response:
        file, again = visit.file("list"), str(visit.form.get("again", ""))
        try:
            if file is not None:
                table = read_table(file.filename or "danh sách", file.file.read(), most_rows=1_500)
            elif again and len(again) <= _MOST_AGAIN:
                table = list(csv.reader(io.StringIO(again)))
            else:
                raise BadList("Chưa chọn tệp.", "Chọn tệp .xlsx hoặc .csv.")
            lines = understand(table, visit.person.scope, console.communes, console.engine)
        except (BadList, BadTable) as error:
            return shown(visit, 400, error=f"{error} {error.remedy}")
        if file is not None or not visit.text("confirmed", 5):
            written = io.StringIO()
            csv.writer(written).writerows(table)
            if len(written.getvalue()) > _MOST_AGAIN:
                return shown(visit, 400, error="Danh sách quá dài. Chia thành nhiều tệp.")
            said = "" if file is not None else "Đánh dấu ô xác nhận để nhập."
            return shown(visit, 200 if file is not None else 400, lines=lines, again=written.getvalue(), error=said)
        try:
            lists.store(visit.person, lines, _given(visit), _kept(visit))
        except (BadList, BadRequest) as error:
            return shown(visit, 400, lines=lines, again=again, error=f"{error} {error.remedy}")
        return go(LIST, "imported")

    @console.route(router, "POST", "/staff/lead/{lead_id:int}/gop", Right.LEADS)
    def merge(visit: Visit) -> Response:
        lead_id = visit.number("lead_id")
        batch = changes.merge(visit.person, lead_id, visit.number("other"))
        return go(f"{LIST}/{lead_id}", "merged", lan=batch)

    @console.route(router, "POST", "/staff/lead/{lead_id:int}/rut", Right.LEADS)
    def withdraw(visit: Visit) -> Response:
        lead_id = visit.number("lead_id")
        _sure(visit)
        receipt = rights.withdraw(visit.person, lead_id)
        return go(f"{LIST}/{lead_id}", "withdrawn", bien_nhan=receipt)

    @console.route(router, "POST", "/staff/lead/{lead_id:int}/xoa", Right.LEADS)
    def erase(visit: Visit) -> Response:
        lead_id = visit.number("lead_id")
        _sure(visit)
        return go(LIST, "erased", bien_nhan=rights.erase(visit.person, lead_id))

    return router


def as_file(content: bytes, name: str, media_type: str) -> Response:
    """`content` as a file to be saved."""
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _sure(visit: Visit) -> None:
    if not visit.text("sure", 5):
        raise BadRequest("Chưa đánh dấu ô xác nhận.", "Việc này không hoàn tác được: đọc lại rồi đánh dấu.")


def _given(visit: Visit) -> str:
    try:
        found = date.fromisoformat(visit.text("given", 10))
    except ValueError:
        raise BadRequest("Thiếu ngày người dân đồng ý.", "Chọn ngày trên phiếu hoặc tin nhắn.") from None
    return f"{found.day}/{found.month}/{found.year}"


def _kept(visit: Visit) -> str:
    kept = visit.text("kept", 200)
    if len(kept) < 4:
        raise BadRequest("Thiếu nơi lưu sự đồng ý.", "Ví dụ: sổ tiếp dân của xã, quyển 2.")
    return kept
