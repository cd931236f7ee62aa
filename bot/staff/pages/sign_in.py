"""Signing in and out, the second factor, one's own account."""

from __future__ import annotations

import secrets

import pyotp
import segno
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from bot.errors import BotError
from bot.staff.access import Right
from bot.staff.accounts import CannotSignIn, TooManyTries
from bot.staff.console import (
    HOME,
    OWN_ACCOUNT,
    SECOND_FACTOR,
    SIGN_IN,
    SIGN_OUT,
    Console,
    Forged,
    check_origin,
    go,
    read_form,
    safe_path,
)
from bot.staff.rendering import texts
from bot.staff.visit import Visit

_ISSUER = "tuvan-bhxh"


def pages(console: Console) -> APIRouter:
    """The routes."""
    router = APIRouter(include_in_schema=False)

    def form_page(
        request: Request, status: int = 200, error: str = "", login: str = "", following: str = ""
    ) -> Response:
        token = request.cookies.get(console.before) or secrets.token_urlsafe(24)
        said = texts()["said"].get(request.query_params.get("da", ""), "")
        page = console.templates.bare(
            "sign_in.html", status, error=error, login=login, token=token, said=said,
            following=following or safe_path(request.query_params.get("tiep", HOME)),
        )  # fmt: skip
        page.set_cookie(console.before, token, path="/", secure=console.https, httponly=True, samesite="strict")
        return page

    @router.get(SIGN_IN)
    async def ask(request: Request) -> Response:
        return form_page(request)

    @router.post(SIGN_IN)
    async def sign_in(request: Request) -> Response:
        form = await read_form(request)
        login, following = str(form.get("login", ""))[:80], safe_path(str(form.get("tiep", HOME)))
        try:
            check_origin(request)
            token = request.cookies.get(console.before, "")
            if not token or not secrets.compare_digest(token.encode(), str(form.get("csrf", "")).encode()):
                raise Forged("Trang đăng nhập đã cũ.", "Thử đăng nhập lại.")
            address = request.client.host if request.client else ""
            person = await run_in_threadpool(console.accounts.sign_in, login, str(form.get("password", "")), address)
        except TooManyTries as error:
            page = form_page(request, 429, f"{error} {error.remedy}", login, following)
            page.headers["Retry-After"] = str(max(1, round(error.seconds)))
            return page
        except BotError as error:
            status = 403 if isinstance(error, Forged) else 401
            return form_page(request, status, f"{error} {error.remedy}", login, following)
        old = console.sessions.find(request.cookies.get(console.cookie, ""))
        if old is not None:
            await run_in_threadpool(console.sessions.end, old.id)
        cookie = await run_in_threadpool(console.sessions.begin, person.id, second=not person.second_factor)
        gone = RedirectResponse(SECOND_FACTOR if person.second_factor else following, 303)
        console.remember(gone, cookie)
        gone.delete_cookie(console.before, path="/", secure=console.https, httponly=True, samesite="strict")
        return gone

    @console.route(router, "POST", SIGN_OUT, Right.SIGNED_IN)
    def sign_out(visit: Visit) -> Response:
        console.sessions.end(visit.session.id)
        gone = go(SIGN_IN, "signed_out")
        console.forget(gone)
        gone.headers["Clear-Site-Data"] = '"cache"'
        return gone

    @console.route(router, "GET", SECOND_FACTOR, Right.SIGNED_IN)
    def ask_code(visit: Visit) -> Response:
        return go(HOME) if visit.session.second else console.page(visit, "second_factor.html", error="")

    @console.route(router, "POST", SECOND_FACTOR, Right.SIGNED_IN)
    def take_code(visit: Visit) -> Response:
        try:
            console.accounts.second_factor(visit.person, visit.text("code", 20))
        except (CannotSignIn, TooManyTries) as error:
            status = 429 if isinstance(error, TooManyTries) else 401
            return console.templates.page(visit, "second_factor.html", status, error=f"{error} {error.remedy}")
        console.sessions.end(visit.session.id)  # another cookie from here on
        gone = go(HOME)
        console.remember(gone, console.sessions.begin(visit.person.id, second=True))
        return gone

    @console.route(router, "GET", OWN_ACCOUNT, Right.SIGNED_IN)
    def own_account(visit: Visit) -> Response:
        return console.page(
            visit, "account.html", error="", secret="", sessions=console.sessions.count(visit.person.id)
        )

    @console.route(router, "POST", OWN_ACCOUNT, Right.SIGNED_IN)
    def change_password(visit: Visit) -> Response:
        fields = [str(visit.form.get(name, "")) for name in ("old", "new", "again")]
        try:
            console.accounts.set_password(visit.person, *fields)
        except BotError as error:
            return console.templates.page(visit, "account.html", 400, error=f"{error} {error.remedy}", secret="")
        gone = go(SIGN_IN, "password")
        console.forget(gone)
        return gone

    @console.route(router, "POST", "/staff/tai-khoan/phien", Right.SIGNED_IN)
    def end_others(visit: Visit) -> Response:
        console.accounts.confirm(visit.person, str(visit.form.get("old", "")))
        console.sessions.end_others(visit.session)
        return go(OWN_ACCOUNT, "others_ended")

    @console.route(router, "POST", "/staff/tai-khoan/hai-lop", Right.SIGNED_IN)
    def set_up(visit: Visit) -> Response:
        secret = console.accounts.begin_second_factor(visit.person, str(visit.form.get("old", "")))
        address = pyotp.TOTP(secret).provisioning_uri(name=visit.person.login, issuer_name=_ISSUER)
        return console.page(visit, "account.html", error="", secret=secret, qr=_qr(address))

    @console.route(router, "POST", "/staff/tai-khoan/hai-lop/bat", Right.SIGNED_IN)
    def turn_on(visit: Visit) -> Response:
        console.accounts.second_factor(visit.person, visit.text("code", 20), turn_on=True)
        console.sessions.end_others(visit.session)
        return go(OWN_ACCOUNT, "second_on")

    return router


def _qr(text: str) -> str:
    """An SVG of the QR code as a data address, which the content security policy lets images have."""
    return str(segno.make(text, error="m").svg_data_uri(scale=5, border=4))
