"""The console put together: what its pages work with, and the one door every request passes.

A route is registered with the right it needs (`route`); nothing reaches a page without a session that holds, and nothing is written
without the session's token from our own page. `routes` lists them all, so that tests can try every one with everybody.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO
from urllib.parse import quote, urlsplit

from argon2 import PasswordHasher
from fastapi import APIRouter, FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Engine
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException
from starlette.responses import RedirectResponse, Response

from bot.errors import BotError
from bot.outreach.communes import Communes
from bot.staff.access import Right
from bot.staff.accounts import COSTLY, Accounts
from bot.staff.audit import Audit
from bot.staff.rendering import Templates
from bot.staff.seeking import kept
from bot.staff.sessions import Sessions
from bot.staff.visit import NotThere, Visit
from bot.time_zone import TIME_ZONE
from bot.web.assets import Assets

log = logging.getLogger("bot.staff")

HOME = "/staff"
SIGN_IN = "/staff/dang-nhap"
SIGN_OUT = "/staff/dang-xuat"
OWN_ACCOUNT = "/staff/tai-khoan"
SECOND_FACTOR = "/staff/xac-thuc"
Handler = Callable[[Visit], Response]


class Forged(BotError):
    """Raised when a form did not come from our own page."""


@dataclass(frozen=True, slots=True)
class Route:
    """One route of the console."""

    method: str
    path: str
    right: Right


class Console:
    """What pages share. `https` gives cookies that only travel encrypted; `second_factor` asks it of everybody;
    `scan` raises for an upload that is not to be read; `parts` has what single pages need beside.
    """

    def __init__(
        self,
        engine: Engine,
        key: bytes,
        communes: Communes,
        *,
        assets: Assets,
        https: bool = False,
        idle: float = 1800.0,
        hasher: PasswordHasher = COSTLY,
        second_factor: bool = False,
        scan: Callable[[BinaryIO], None] | None = None,
        parts: Mapping[str, Any] | None = None,
        today: Callable[[], date] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.engine, self.communes, self.clock, self.https = engine, communes, clock, https
        # Not `date.today`: the machine may keep another time, and at night it would be yesterday.
        self.today = today or (lambda: datetime.fromtimestamp(clock(), TIME_ZONE).date())
        self.second_factor, self.scan = second_factor, scan
        self.audit = Audit(engine, key, clock)
        self.accounts = Accounts(engine, self.audit, clock, hasher)
        self.sessions = Sessions(engine, idle=idle, clock=clock)
        self.parts = dict(parts or {})
        self.templates = Templates(assets, communes)
        self.routes: list[Route] = []
        self.cookie = "__Host-staff" if https else "staff"
        self.before = "__Host-staff-before" if https else "staff-before"
        self.sought = "__Host-staff-sought" if https else "staff-sought"

    def route(self, router: APIRouter, method: str, path: str, right: Right) -> Callable[[Handler], Handler]:
        """Registers a page. It runs in a thread, with a `Visit` of somebody who has `right`."""

        def register(handler: Handler) -> Handler:
            async def endpoint(request: Request) -> Response:
                form = await read_form(request) if method == "POST" else FormData()
                try:
                    return await run_in_threadpool(self._serve, request, form, method, path, right, handler)
                finally:
                    await form.close()

            router.add_api_route(path, endpoint, methods=[method], include_in_schema=False, name=f"{method} {path}")
            self.routes.append(Route(method, path, right))
            if method == "GET":
                self.templates.present.add(path)
            return handler

        return register

    def _serve(
        self, request: Request, form: FormData, method: str, path: str, right: Right, handler: Handler
    ) -> Response:
        session = self.sessions.find(request.cookies.get(self.cookie, ""))
        if session is None:
            return self._to_sign_in(request, method)
        person = self.accounts.by_id(session.staff_id)
        address = request.client.host if request.client else ""
        sought = kept(request.cookies.get(self.sought, ""))
        visit = Visit(
            person, session, address, request.path_params, request.query_params, form, _local(request), sought
        )
        try:
            if method == "POST":
                check_origin(request)
                if not secrets.compare_digest(str(form.get("csrf", "")).encode(), session.csrf.encode()):
                    raise Forged("Trang đã cũ hoặc biểu mẫu không phải của hệ thống.", "Tải lại trang rồi làm lại.")
            if not session.second and path not in (SECOND_FACTOR, SIGN_OUT):
                return RedirectResponse(SECOND_FACTOR, 303)
            if person.must_change and path not in (SECOND_FACTOR, SIGN_OUT, OWN_ACCOUNT):
                return RedirectResponse(OWN_ACCOUNT, 303)
            free = path.startswith((SECOND_FACTOR, SIGN_OUT, OWN_ACCOUNT))
            if self.second_factor and not person.second_factor and not free:
                return RedirectResponse(OWN_ACCOUNT, 303)
            if not person.may(right):
                self.audit.noted("refused", f"route:{path}"[:80], by=person.login, staff_id=person.id)
                return self.templates.error(visit, 403, "Tài khoản này không có quyền vào trang đó.")
            if self.scan is not None:
                for upload in (v for _, v in form.multi_items() if isinstance(v, UploadFile) and v.filename):
                    self.scan(upload.file)
            return handler(visit)
        except NotThere as error:
            self.audit.noted("not_there", f"route:{path}"[:80], by=person.login, staff_id=person.id)
            return self.templates.error(visit, 404, str(error), error.remedy)
        except Forged as error:
            self.audit.noted("forged", f"route:{path}"[:80], by=person.login, staff_id=person.id)
            return self.templates.error(visit, 403, str(error), error.remedy)
        except BotError as error:
            return self.templates.error(visit, 400, str(error), error.remedy)

    def _to_sign_in(self, request: Request, method: str) -> Response:
        wanted = _local(request)
        come_back = f"?tiep={quote(wanted, safe='')}" if method == "GET" and wanted != HOME else ""
        gone = RedirectResponse(SIGN_IN + come_back, 303)
        if request.cookies.get(self.cookie):
            self.forget(gone)
        return gone

    def remember(self, response: Response, cookie: str) -> None:
        """Sets the session cookie: not for scripts, not from other sites, gone with the browser."""
        response.set_cookie(self.cookie, cookie, path="/", secure=self.https, httponly=True, samesite="strict")

    def forget(self, response: Response) -> None:
        """Takes the session cookie away, and what was searched for."""
        for name in (self.cookie, self.sought):
            response.delete_cookie(name, path="/", secure=self.https, httponly=True, samesite="strict")

    def seek(self, response: Response, cookie: str) -> None:
        """Keeps what was searched for in the browser, beside the session's own cookie."""
        response.set_cookie(self.sought, cookie, path="/", secure=self.https, httponly=True, samesite="strict")

    def page(self, visit: Visit, name: str, **values: Any) -> Response:
        """A page of the console."""
        return self.templates.page(visit, name, **values)

    def note(self, visit: Visit, action: str, subject: str, **data: Any) -> None:
        """Puts a view or an export of personal data into the audit."""
        self.audit.noted(action, subject, by=visit.person.login, staff_id=visit.person.id, **data)


async def read_form(request: Request) -> FormData:
    """The form of a request, empty when it cannot be read: it then lacks its token."""
    try:
        return await request.form(max_files=4, max_fields=2_000, max_part_size=1024 * 1024)
    except (MultiPartException, ValueError, AssertionError, KeyError) as error:
        log.warning("form cannot be read: %s", type(error).__name__)
        return FormData()
    except Exception as error:  # starlette turns a broken multipart body into an HTTPException of its own
        log.warning("form cannot be read: %s", type(error).__name__)
        return FormData()


def check_origin(request: Request) -> None:
    """Raises Forged when the browser says that the form was sent from another site.

    Trap: under our own `Referrer-Policy: no-referrer` browsers send `Origin: null` with forms of our own pages.
    """
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin", "")
    host = request.headers.get("host", "")
    if site not in ("same-origin", "none") or (origin not in ("", "null") and urlsplit(origin).netloc != host):
        raise Forged("Biểu mẫu được gửi từ trang khác nên không nhận.", "Mở lại trang cán bộ rồi làm lại.")


def go(path: str, said: str = "", **more: object) -> Response:
    """On to another page after something was written, where `said` (a key of texts.yaml) is told; `path` may name a place in it."""
    path, mark, place = path.partition("#")
    parts = [f"da={quote(said)}"] if said else []
    parts += [f"{name}={quote(str(value))}" for name, value in more.items()]
    joint = "&" if "?" in path else "?"
    return RedirectResponse(path + (joint + "&".join(parts) if parts else "") + mark + place, 303)


def safe_path(wanted: str) -> str:
    """`wanted` when it is a page of the console, else its first page: nobody is sent elsewhere after signing in."""
    plain = wanted.startswith(HOME) and not set(wanted) & set("\\\r\n\t") and "//" not in wanted.partition("?")[0]
    return wanted if plain and wanted[len(HOME) : len(HOME) + 1] in ("", "/", "?") else HOME


def _local(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


Module = Callable[[Console], APIRouter]


def add_console(app: FastAPI, console: Console, modules: Sequence[Module]) -> None:
    """Puts the pages of `modules` into the application."""
    for module in modules:
        app.include_router(module(console))
