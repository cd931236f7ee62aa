"""Settings of the office: the off switch of each channel, working hours and the like, canned answers, requests of people for their data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from bot.channels.contract import PATHS
from bot.delivery.inbox import DIRECT
from bot.delivery.leases import ChannelStates
from bot.delivery.outbox import Outbox
from bot.outreach.hours import Hours
from bot.outreach.office import BadValue
from bot.settings import load_settings
from bot.staff.access import Right
from bot.staff.console import Console, Handler, go
from bot.staff.office_changes import KINDS, OfficeChanges
from bot.staff.pages.notices import notices_of
from bot.staff.visit import NotThere, Visit

PAGE = "/staff/cai-dat"
CHANNELS = (*PATHS, DIRECT)
_SHOWN = 10  # switches of a channel


def pages(console: Console) -> APIRouter:
    """The routes."""
    router = APIRouter(include_in_schema=False)
    system = console.parts.get("system")
    base = system.settings if system is not None else load_settings()
    office = OfficeChanges(console.engine, console.audit, base, console.clock)
    states, box = ChannelStates(console.engine, console.clock), Outbox(console.engine, console.clock)

    def route(method: str, path: str) -> Callable[[Handler], Handler]:
        """Settings hold for the whole province: who works for some communes does not change them."""

        def register(handler: Handler) -> Handler:
            def guarded(visit: Visit) -> Response:
                if not visit.person.scope.whole:
                    return console.templates.error(visit, 403, "Cài đặt dành cho người phụ trách cả tỉnh.")
                return handler(visit)

            console.route(router, method, path, Right.SETTINGS)(guarded)
            return handler

        return register

    def channels() -> list[dict[str, Any]]:
        runtime = console.parts.get("runtime")
        configured = {DIRECT, *(runtime.channels if runtime is not None else ())}
        return [
            {"name": name, "state": states.of(name), "configured": name in configured, "waiting": box.count("waiting", name),
             "dead": box.count("dead", name) + box.count("maybe", name), "history": states.history(name)[:_SHOWN]}
            for name in CHANNELS
        ]  # fmt: skip

    def page(visit: Visit, status: int = 200, error: str = "", receipt: str = "") -> Response:
        settings = office.all()
        hours = next(s.value for s in settings if s.key == "working_hours")
        return console.templates.page(
            visit, "office.html", status, channels=channels(), settings=settings, hours=Hours.parse(hours).in_words(),
            canned=office.canned(), requests=office.requests(), kinds=KINDS, now=console.clock(), error=error,
            receipt=receipt, told=notices_of(console).everybody(),
        )  # fmt: skip

    @route("GET", PAGE)
    def show(visit: Visit) -> Response:
        return page(visit)

    @route("POST", PAGE + "/kenh/{name}")
    def switch(visit: Visit) -> Response:
        name, reason = str(visit.path["name"]), visit.text("reason", 300)
        if name not in CHANNELS:
            raise NotThere("Không có kênh này.")
        if not reason:
            return page(visit, 400, "Chưa ghi lý do tắt hoặc bật kênh.")
        on = visit.text("on", 1) == "1"
        states.switch(name, on=on, by=visit.person.login, reason=reason, message=visit.text("message", 400))
        console.note(visit, "channel.on" if on else "channel.off", f"channel:{name}")
        return go(PAGE, "channel_on" if on else "channel_off")

    @route("POST", PAGE + "/dat/{key}")
    def put(visit: Visit) -> Response:
        key = str(visit.path["key"])
        try:
            if visit.text("reset", 1):
                office.reset(visit.person, key)
                return go(PAGE, "setting_reset")
            office.set(visit.person, key, visit.text("value", 300))
        except BadValue as error:
            return page(visit, 400, f"{error} {error.remedy}".strip())
        return go(PAGE, "setting_saved")

    @route("POST", PAGE + "/cau-mau")
    def put_canned(visit: Visit) -> Response:
        text = "" if visit.text("drop", 1) else visit.text("text", 1_200)
        try:
            if not text and not visit.text("drop", 1):
                raise BadValue("Chưa ghi nội dung câu trả lời mẫu.")
            office.set_canned(visit.person, visit.text("title", 80), text, old=visit.text("old", 80))
        except BadValue as error:
            return page(visit, 400, f"{error} {error.remedy}".strip())
        return go(PAGE, "saved")

    @route("POST", PAGE + "/yeu-cau")
    def receive(visit: Visit) -> Response:
        try:
            return page(visit, receipt=office.receive(visit.person, visit.text("kind", 10)))
        except BadValue as error:
            return page(visit, 400, f"{error} {error.remedy}".strip())

    @route("POST", PAGE + "/yeu-cau/{number:int}")
    def done(visit: Visit) -> Response:
        try:
            office.done(visit.person, visit.number("number"), visit.text("result", 400))
        except BadValue as error:
            return page(visit, 400, f"{error} {error.remedy}".strip())
        return go(PAGE, "request_done")

    return router
