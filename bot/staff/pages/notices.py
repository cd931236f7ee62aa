"""An officer's own notices: where they are told, a code to link a chat, what could not be sent."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from bot.delivery.outbox import Outbox
from bot.errors import BotError
from bot.staff.access import Right
from bot.staff.console import Console, go
from bot.staff.linking import MINUTES, PLATFORMS, Choices
from bot.staff.mailing import Mails
from bot.staff.notices import Notices
from bot.staff.visit import Visit

PAGE = "/staff/tai-khoan/thong-bao"


def notices_of(console: Console) -> Notices:
    """The notices of the installation; without its running part they are only shown."""
    runtime = console.parts.get("runtime")
    if runtime is not None:
        return Notices(console.engine, runtime.outbox, runtime.mails, runtime.abilities, console.clock)
    return Notices(console.engine, Outbox(console.engine), Mails(console.engine, None), dict, console.clock)


def pages(console: Console) -> APIRouter:
    """The routes."""
    router = APIRouter(include_in_schema=False)
    choices, notices = Choices(console.engine, console.audit, console.clock), notices_of(console)

    def page(visit: Visit, status: int = 200, error: str = "", code: str = "", platform: str = "") -> Response:
        runtime, choice = console.parts.get("runtime"), choices.of(visit.person)
        on = tuple(runtime.channels) if runtime is not None else ()
        chat = choice.by if choice.by and choice.by != "email" else ""
        return console.templates.page(
            visit, "notices.html", status, error=error, link_code=code, choice=choice, minutes=MINUTES,
            linkable={name: [c for c in channels if c in on] for name, channels in PLATFORMS.items()}, platform=platform,
            reach=notices.reach(chat, choice.to) if chat else None, shown=notices.shown(visit.person.id),
            mails=runtime is not None and runtime.mails.ready,
        )  # fmt: skip

    @console.route(router, "GET", PAGE, Right.LEADS)
    def show(visit: Visit) -> Response:
        return page(visit)

    @console.route(router, "POST", PAGE, Right.LEADS)
    def choose(visit: Visit) -> Response:
        try:
            choices.set(
                visit.person, visit.text("by", 20), visit.text("to", 120), mail=visit.text("mail", 120),
                due=visit.text("due", 1) == "1",
            )  # fmt: skip
        except BotError as error:
            return page(visit, 400, f"{error} {error.remedy}".strip())
        return go(PAGE, "notice")

    @console.route(router, "POST", PAGE + "/ma", Right.LEADS)
    def begin(visit: Visit) -> Response:
        platform = visit.text("platform", 12)
        try:
            return page(visit, code=choices.begin(visit.person, platform), platform=platform)
        except BotError as error:
            return page(visit, 400, f"{error} {error.remedy}".strip())

    @console.route(router, "POST", PAGE + "/da-doc", Right.LEADS)
    def read(visit: Visit) -> Response:
        notices.seen(visit.person.id)
        return go("/staff", "notice_seen")

    return router
