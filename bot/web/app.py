"""The web application, put together."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import JSONResponse, Response

from bot.channels.contract import Channel
from bot.delivery.accepting import Acceptor
from bot.dialogue.privacy import Keeping
from bot.dialogue.values import OFFICE
from bot.door_settings import Network
from bot.messages import Answerer
from bot.outreach.hours import Hours
from bot.watching.figures import Figure
from bot.web.api import chat_router
from bot.web.assets import Assets
from bot.web.desk import TEXT_LIMIT, Desk
from bot.web.doors import OwnHost, StaffDoor
from bot.web.health import Readiness, health_router
from bot.web.metrics import Metrics
from bot.web.middleware import LimitedBody, Observed, wants_page
from bot.web.pages import Pages, Source, pages_router
from bot.web.refusals import Refused
from bot.web.texts import say
from bot.web.webhooks import webhooks_router

if TYPE_CHECKING:
    from bot.staff.console import Console

BODY_LIMIT = 16 * 1024  # bytes: TEXT_LIMIT characters, decomposed and \\u-escaped, fit
STAFF_LIMIT = 32 * 1024 * 1024  # bytes: a scanned document fits; for who is signed in
WEBHOOK_LIMIT = 1024 * 1024  # bytes: a quoted message, a form and attachments' addresses fit


@dataclass(frozen=True, slots=True)
class Doors:
    """Who is let in: host names that are ours (empty: any), the console's own, networks (empty: any) and hours of the console.

    `lifted` says until when (seconds since 1970) networks and hours are not asked about.
    """

    hosts: Collection[str] = ()
    networks: Sequence[Network] = ()
    hours: Hours | None = None
    lifted: Callable[[], float] = lambda: 0.0
    clock: Callable[[], float] = time.time
    staff_host: str = ""


def create_app(
    answerer: Answerer,
    *,
    ready: Callable[[], Readiness] = lambda: Readiness(True),
    figures: Callable[[], Iterable[Figure]] | None = None,
    sources: Callable[[], Sequence[Source]] = tuple,
    metrics_token: str = "",
    https: bool = False,
    workers: int = 4,
    waiting: int = 64,
    timeout: float = 20.0,
    per_session: int = 15,
    per_address: int = 300,
    channels: Mapping[str, Channel] | None = None,
    acceptor: Acceptor | None = None,
    keeping: Callable[[], Keeping] | None = None,
    console: Callable[[Assets], Console] | None = None,
    doors: Doors | None = None,
) -> FastAPI:
    """The web chat over `answerer`, with nothing started yet.

    `ready` and `sources` (the documents named on the page about the bot) are called in threads and may block or raise.
    `figures` are those of the installation that `/metrics` shows beside the web chat's.
    `/metrics` is read from this machine, or with `metrics_token` from others. `https` says that the public address is
    https, so browsers are told to stay with it. `channels` deliver by webhook into `acceptor`. `keeping` says
    what the privacy notice says of the office, and may block. `console` makes the staff console, and
    `doors` says who is let in. The other arguments are those of `Desk`.
    """
    metrics = Metrics(figures)
    desk = Desk(
        answerer, workers=workers, waiting=waiting, timeout=timeout, per_session=per_session, per_address=per_address
    )
    assets = Assets()
    pages = Pages(assets)
    app = FastAPI(
        title=say("name"),
        version=_version(),
        description="Hỏi đáp về BHXH tự nguyện, có trích dẫn. Questions on voluntary social insurance, cited answers.",
        docs_url=None,  # both pages of documentation load scripts from other hosts
        redoc_url=None,
    )
    app.include_router(chat_router(desk, metrics))
    app.include_router(health_router(ready, metrics, token=metrics_token))
    app.include_router(pages_router(desk, metrics, pages, sources, keeping or (lambda: OFFICE.keeping)))
    if channels and acceptor is not None:
        app.include_router(webhooks_router(channels, acceptor, metrics))
    if console is not None:
        from bot.staff.console import add_console  # which itself uses parts of this package
        from bot.staff.pages.all import MODULES

        add_console(app, console(assets), MODULES)
    app.add_middleware(GZipMiddleware, minimum_size=1024)
    app.add_middleware(
        LimitedBody,
        limit=BODY_LIMIT,
        too_large=say("too_large", limit=f"{TEXT_LIMIT:,}".replace(",", ".")),
        limits={"/webhooks/": WEBHOOK_LIMIT, "/staff/": STAFF_LIMIT},
    )
    doors = doors or Doors()
    app.add_middleware(
        StaffDoor,
        networks=doors.networks,
        hours=doors.hours,
        lifted=doors.lifted,
        clock=doors.clock,
        metrics=metrics,
    )
    app.add_middleware(OwnHost, hosts=doors.hosts, metrics=metrics, staff_host=doors.staff_host)
    app.add_middleware(Observed, metrics=metrics, https=https)  # the last one added is the outermost

    def refuse(request: Request, status: int, line: str, headers: dict[str, str] | None = None) -> Response:
        if wants_page(request.scope):
            return pages.error(line, status, headers)
        return JSONResponse({"detail": line}, status_code=status, headers=headers)

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> Response:
        metrics.refusal(error.key)
        return refuse(request, error.status, str(error), error.headers)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        not_json = any(e["type"] == "json_invalid" for e in error.errors())
        key = "bad_json" if not_json else "bad_fields"
        metrics.refusal(key)
        return refuse(request, 400 if not_json else 422, say(key))

    @app.exception_handler(HTTPException)
    async def no_route(request: Request, error: HTTPException) -> Response:
        key = {404: "not_found", 405: "not_allowed", 400: "bad_json"}.get(error.status_code, "broken")
        return refuse(request, error.status_code, say(key), dict(error.headers or {}))

    return app


def _version() -> str:
    try:
        return version("tuvan-bhxh")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "0"
