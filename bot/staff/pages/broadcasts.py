"""Messages to many: written with a preview, approved by somebody else, sent in the background, stopped at any time."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.responses import Response

from bot.channels.contract import Capabilities
from bot.outreach.broadcasts import LONGEST, Audience, worded
from bot.outreach.campaigns import Campaigns
from bot.staff.access import Right
from bot.staff.broadcasting import BadBroadcast, Broadcasting, Preview
from bot.staff.console import Console, go
from bot.staff.visit import NotThere, Visit

LIST = "/staff/tin-nhom"
EVERYBODY = Audience()


def pages(console: Console) -> APIRouter:
    """The routes."""
    router = APIRouter(include_in_schema=False)

    def can() -> Mapping[str, Capabilities]:
        runtime = console.parts.get("runtime")
        return runtime.abilities() if runtime is not None else {}

    sending = Broadcasting(console.engine, console.audit, can, console.clock)
    campaigns = Campaigns(console.engine, console.clock)

    def page(
        visit: Visit,
        status: int = 200,
        *,
        text: str = "",
        wanted: Audience = EVERYBODY,
        preview: Preview | None = None,
        error: str = "",
    ) -> Response:
        scope, number = visit.person.scope, visit.asked("trang", 4)
        at = max(1, int(number)) if number.isdecimal() else 1
        rows, count = sending.rows(scope, at)
        return console.templates.page(
            visit, "broadcasts.html", status, rows=rows, at=min(at, count), page_count=count,
            channels=sorted(can()), text=text, wanted=wanted,
            preview=preview, shown=worded(text) if text else "", error=error, longest=LONGEST,
            units=[u for u in console.communes.units if scope.holds(u.code)],
            campaigns=[c for c in campaigns.figures(scope.codes) if c.active] if visit.may(Right.CAMPAIGNS_EDIT) else [],
        )  # fmt: skip

    @console.route(router, "GET", LIST, Right.CAMPAIGNS)
    def listed(visit: Visit) -> Response:
        return page(visit)

    @console.route(router, "POST", LIST, Right.CAMPAIGNS_EDIT)
    def write(visit: Visit) -> Response:
        text, wanted = visit.text("text"), _audience(visit, console)
        try:
            if visit.text("save", 5) != "1":
                preview = sending.preview(visit.person.scope, text, wanted)
                return page(visit, text=text, wanted=wanted, preview=preview)
            number = sending.draft(visit.person, text, wanted)
        except BadBroadcast as error:
            return page(visit, 400, text=text, wanted=wanted, error=f"{error} {error.remedy}")
        return go(f"{LIST}/{number}", "broadcast_drafted")

    @console.route(router, "GET", LIST + "/{number:int}", Right.CAMPAIGNS)
    def show(visit: Visit) -> Response:
        return one(visit)

    def one(visit: Visit, status: int = 200, error: str = "") -> Response:
        row, came = sending.one(visit.person.scope, visit.number("number"))
        preview = sending.now(row) if row["state"] == "draft" else None
        return console.templates.page(
            visit, "broadcast.html", status, row=row, came=came, preview=preview, shown=worded(row["text"]), error=error
        )

    @console.route(router, "POST", LIST + "/{number:int}/duyet", Right.CAMPAIGNS_EDIT)
    def approve(visit: Visit) -> Response:
        try:
            sending.approve(visit.person, visit.number("number"))
        except BadBroadcast as error:
            return one(visit, 400, f"{error} {error.remedy}")
        return go(f"{LIST}/{visit.number('number')}", "broadcast_approved")

    @console.route(router, "POST", LIST + "/{number:int}/dung", Right.CAMPAIGNS_EDIT)
    def stop(visit: Visit) -> Response:
        try:
            sending.stop(visit.person, visit.number("number"))
        except BadBroadcast as error:
            return one(visit, 400, f"{error} {error.remedy}")
        return go(f"{LIST}/{visit.number('number')}", "broadcast_stopped")

    return router


def _audience(visit: Visit, console: Console) -> Audience:
    commune = visit.text("commune", 10)
    if commune and (console.communes.by_code(commune) is None or not visit.person.scope.holds(commune)):
        raise NotThere("Không có xã, phường này, hoặc anh/chị không phụ trách.")
    return Audience(commune, visit.text("channel", 20), visit.text("campaign", 40))
