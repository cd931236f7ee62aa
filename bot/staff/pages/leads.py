"""People who left their number: who to call now, the list, one of them, and what staff change."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from bot.staff.access import Right
from bot.staff.console import Console, go
from bot.staff.lead_changes import HOUSEHOLDS, SETTABLE, Change, LeadChanges, officers_of
from bot.staff.leads import STATUSES, VIEWS, Filters, Leads
from bot.staff.pages.notices import notices_of
from bot.staff.rendering import with_query
from bot.staff.seeking import with_words
from bot.staff.visit import BadRequest, Visit
from bot.time_zone import TIME_ZONE
from knowledge.store import reading

LIST = "/staff/lead"
_CALLING_HOUR = 9  # when a date without a time is due


def pages(console: Console) -> APIRouter:
    """The routes."""
    router = APIRouter(include_in_schema=False)
    leads, changes = Leads(console.engine, console.clock), LeadChanges(console.engine, console.audit, console.clock)
    notices = notices_of(console)

    @console.route(router, "GET", "/staff", Right.SIGNED_IN)
    def home(visit: Visit) -> Response:
        if not visit.may(Right.LEADS):
            shown = [e for e in console.templates.menu(visit) if e.path != "/staff"]
            return go(shown[0].path if shown else "/staff/tai-khoan")
        found = leads.find(visit.person.scope, Filters(view="call"), visit.person.id, limit=20)
        console.note(visit, "lead.list", "lead:*", shown=len(found.rows))
        return console.page(
            visit, "today.html", shown=notices.shown(visit.person.id), found=found,
            counts=leads.counts(visit.person.scope, visit.person.id), newest=leads.newest(visit.person.scope), now=console.clock(),
        )  # fmt: skip

    @console.route(router, "GET", LIST, Right.LEADS)
    def listed(visit: Visit) -> Response:
        filters = filters_of(visit)
        found = leads.find(visit.person.scope, filters, visit.person.id)
        console.note(visit, "lead.list", "lead:*", shown=len(found.rows), searched=bool(filters.words))
        units = [u for u in console.communes.units if visit.person.scope.holds(u.code)]
        return console.page(
            visit, "leads.html", found=found, filters=filters, gone=leads.gone(visit.person.scope, filters),
            statuses=STATUSES, settable=SETTABLE, views=VIEWS,
            units=units, choices=leads.choices(visit.person.scope), now=console.clock(),
            counts=leads.counts(visit.person.scope, visit.person.id), batch=visit.asked("lan", 16),
            forgotten=bool(visit.asked("tim")) and not filters.words,
        )  # fmt: skip

    @console.route(router, "POST", "/staff/lead/tim", Right.LEADS)
    def search(visit: Visit) -> Response:
        filters, words = filters_of(visit, form=True), visit.text("chu", 200)
        name, cookie = with_words(visit.sought, words) if words else ("", "")
        found = go(LIST + with_query(replace(filters, sought=name).query))
        if words:
            console.seek(found, cookie)
        return found

    @console.route(router, "GET", "/staff/lead/moi", Right.LEADS)
    def newest(visit: Visit) -> Response:
        return JSONResponse({"newest": leads.newest(visit.person.scope)})

    @console.route(router, "GET", "/staff/lead/{lead_id:int}", Right.LEADS)
    def show(visit: Visit) -> Response:
        return page_of(visit, visit.number("lead_id"))

    def page_of(visit: Visit, lead_id: int, error: str = "", status: int = 200) -> Response:
        row = leads.one(visit.person.scope, lead_id)
        console.note(visit, "lead.view", f"lead:{lead_id}")
        with reading(console.engine) as connection:
            officers = officers_of(connection, row["commune_code"])
        return console.templates.page(
            visit, "lead.html", status, lead=row, events=leads.history(lead_id), officers=officers, error=error,
            settable=SETTABLE, households=HOUSEHOLDS, now=console.clock(), batch=visit.asked("lan", 16),
            handoff=leads.handoff_of(row["conversation_id"]), alike=leads.alike(visit.person.scope, row),
        )  # fmt: skip

    @console.route(router, "POST", "/staff/lead/{lead_id:int}", Right.LEADS)
    def change(visit: Visit) -> Response:
        lead_id = visit.number("lead_id")
        batch = changes.change(visit.person, lead_id, visit.number("version"), change_of(visit))
        return go(f"{LIST}/{lead_id}", "saved", lan=batch)

    @console.route(router, "POST", "/staff/lead/nhieu", Right.LEADS)
    def change_many(visit: Visit) -> Response:
        wanted = change_of(visit)
        if wanted.empty:
            raise BadRequest("Chưa chọn việc cần làm.", "Chọn trạng thái, ngày gọi hoặc người phụ trách mới.")
        batch, _ = changes.change_many(visit.person, visit.numbers("id"), wanted)
        return go(LIST + with_query(filters_of(visit, form=True).query), "saved", lan=batch)

    @console.route(router, "POST", "/staff/lead/hoan-tac", Right.LEADS)
    def undo(visit: Visit) -> Response:
        changes.undo(visit.person, visit.text("lan", 16))
        back = visit.text("ve", 300)
        return go(back if back.startswith(LIST) and "//" not in back else LIST, "undone")

    return router


def filters_of(visit: Visit, *, form: bool = False) -> Filters:
    """What of the list is wanted, from the address or from a form that carries it."""

    def value(name: str) -> str:
        return visit.text(name, 200) if form else visit.asked(name)

    page, sought = value("trang"), value("tim")
    words = visit.sought.get(sought, "")
    return Filters(
        value("xem") or "open", value("trang_thai"), value("xa"), value("kenh"), value("dot"), value("to_chuc"),
        value("phu_trach"), words, int(page) if page.isdecimal() and len(page) < 7 else 1,
        value("moc"), value("tu"), value("den"), sought if words else "",
    )  # fmt: skip


def change_of(visit: Visit) -> Change:
    """What a form wants changed: a field that is not in it, or an empty choice, leaves things as they are. Raises BadRequest."""
    values: dict[str, Any] = {"note": visit.text("note", 2_000)}
    status, officer, due = visit.text("status", 20), visit.text("assigned_to", 12), visit.text("due", 20)
    if status:
        values["status"] = status
    if "household" in visit.form:
        values["household"] = visit.text("household", 20)
    if visit.text("reason", 500):
        values["reason"] = visit.text("reason", 500)
    if officer == "nobody":
        values["nobody"] = True
    elif officer:
        values["assigned_to"] = visit.number("assigned_to")
    if due:
        values["due_at"] = instant_of(due)
    elif visit.text("no_due", 5):
        values["no_due"] = True
    return Change(**values)


def instant_of(day: str) -> float:
    """Seconds since 1970 of `2026-11-28` (nine in the morning) or `2026-11-28T14:30`. Raises BadRequest."""
    try:
        found = datetime.fromisoformat(day)
    except ValueError:
        raise BadRequest("Ngày gọi lại không đọc được.", "Viết dạng 2026-11-28.") from None
    if "T" not in day:
        found = found.replace(hour=_CALLING_HOUR)
    if not 2020 <= found.year <= 2100:
        raise BadRequest("Ngày gọi lại không hợp lý.")
    return found.replace(tzinfo=TIME_ZONE).timestamp()
