"""The pages for people: the chat at `/`, `/gioi-thieu`, `/quyen-rieng-tu`, static files.

Without script a form post gives the page with its answer.

The conversation lives in the page: its name is made anew with each page and travels in the form, so there is no cookie.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qs

import jinja2
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from bot.delivery.pages import Letter
from bot.dialogue.privacy import VERSION, Keeping, notice
from bot.messages import ChatReply
from bot.web.assets import Assets
from bot.web.blocks import blocks
from bot.web.desk import BUTTON_LIMIT, SESSION, TEXT_LIMIT, Desk, checked_button, checked_text
from bot.web.metrics import Metrics
from bot.web.refusals import Refused
from bot.web.texts import about, examples, say, texts
from knowledge.vietnamese import clean

log = logging.getLogger("bot.web")

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{1,39}", re.ASCII)
_HOTLINE = re.compile(r"(1900[ .]?9068)")


@dataclass(frozen=True, slots=True)
class Source:
    """A document answers may come from, for the page about the bot; `since` and `until` are its first and last day."""

    number: str
    title: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """What was asked (as typed, or the label of the chosen button) and what the bot said."""

    asked: str
    reply: ChatReply
    letters: Sequence[Letter] = ()  # what an officer wrote meanwhile


class Pages:
    """Renders templates; everything put into them is escaped."""

    def __init__(self, assets: Assets) -> None:
        self.assets = assets
        self._templates = jinja2.Environment(
            loader=jinja2.PackageLoader("bot.web"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(t=texts(), asset=assets.url, text_limit=TEXT_LIMIT)
        self._templates.filters.update(blocks=blocks, hotline_parts=_HOTLINE.split, day=_day)

    def chat(
        self, *, session: str = "", turn: Turn | None = None, draft: str = "", error: str = "", status: int = 200
    ) -> HTMLResponse:
        """The chat, empty or with one turn; `draft` stays in the box when `error` says why it was not taken."""
        return self._render(
            "chat.html",
            status,
            session=session or new_session(),
            turn=turn,
            draft=draft,
            error=error,
            examples=examples(),
        )

    def about(self, sources: Sequence[Source]) -> HTMLResponse:
        """The page about the bot."""
        return self._render("about.html", 200, about=about(), sources=sources)

    def privacy(self, kept: Keeping) -> HTMLResponse:
        """The privacy notice."""
        return self._render("privacy.html", 200, parts=notice(kept), version=VERSION)

    def error(self, line: str, status: int, headers: dict[str, str] | None = None) -> HTMLResponse:
        """A page with one sentence and the way back."""
        page = self._render("error.html", status, line=line)
        page.headers.update(headers or {})
        return page

    def _render(self, name: str, status: int, **values: object) -> HTMLResponse:
        return HTMLResponse(self._templates.get_template(name).render(values), status_code=status)


def new_session() -> str:
    """A name for a conversation that nobody can guess."""
    return secrets.token_urlsafe(18)


def pages_router(
    desk: Desk, metrics: Metrics, pages: Pages, sources: Callable[[], Sequence[Source]], kept: Callable[[], Keeping]
) -> APIRouter:
    """The routes for people over `desk`; `kept` is what the privacy notice says of the office."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/", methods=["GET", "HEAD"])
    async def home(ma: str = "") -> Response:
        # The code of a campaign is put into the box, to be sent by who reads it: a page that is only opened changes nothing.
        return pages.chat(draft=f"#{ma}" if _CODE.fullmatch(ma) else "")

    @router.post("/")
    async def ask(request: Request) -> Response:
        form = _form(await request.body())
        session = form.get("session", "")
        if not SESSION.fullmatch(session):  # a page from before, or a hand-made form: begin anew
            session = new_session()
        typed, chosen = form.get("text", ""), form.get("button", "")
        try:
            if request.headers.get("sec-fetch-site") == "cross-site":
                raise Refused(403, "cross_site")
            text = checked_button(chosen) if chosen else checked_text(typed)
            reply = await desk.ask(text, session=session, address=request.client.host if request.client else "")
        except Refused as error:
            metrics.refusal(error.key)
            page = pages.chat(session=session, draft=typed, error=str(error), status=error.status)
            page.headers.update(error.headers)
            return page
        metrics.answer(reply.status, reply.reason)
        letters = await _letters(desk, session, form.get("after", ""))
        asked = clean(form.get("label", ""))[:BUTTON_LIMIT] if chosen else text
        return pages.chat(session=session, turn=Turn(asked, reply, letters))

    @router.api_route("/gioi-thieu", methods=["GET", "HEAD"])
    async def introduction() -> Response:
        try:
            known = await run_in_threadpool(sources)
        except Exception as error:
            log.error("sources cannot be listed: %s", type(error).__name__)
            known = ()
        return pages.about(known)

    @router.api_route("/quyen-rieng-tu", methods=["GET", "HEAD"])
    async def privacy() -> Response:
        return pages.privacy(await run_in_threadpool(kept))

    @router.api_route("/static/{name}", methods=["GET", "HEAD"])
    async def static(name: str, request: Request) -> Response:
        return pages.assets.respond(name, request) or _missing(pages)

    @router.api_route("/favicon.ico", methods=["GET", "HEAD"])
    async def icon(request: Request) -> Response:
        return pages.assets.respond("icon.svg", request) or _missing(pages)

    return router


async def _letters(desk: Desk, session: str, after: str) -> Sequence[Letter]:
    """What an officer wrote meanwhile, for a page without script: it can only look when it is sent."""
    try:
        return (
            await desk.look(session, int(after) if after.isascii() and after.isdecimal() and len(after) < 10 else 0)
        ).letters
    except Refused:
        return ()


def _missing(pages: Pages) -> Response:
    return pages.error(say("not_found"), 404)


def _form(body: bytes) -> dict[str, str]:
    """The first value of each field of an urlencoded form; broken bytes become U+FFFD."""
    try:
        fields = parse_qs(body.decode("ascii", "replace"), errors="replace", max_num_fields=20)
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}


def _day(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year}"
