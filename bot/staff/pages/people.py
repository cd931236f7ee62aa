"""Accounts of staff and the audit, for the administrator."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from bot.errors import BotError
from bot.staff.access import IDENTITY_NAMES, Identity, Right, Role
from bot.staff.accounts import BadAccount
from bot.staff.audit_words import deed, detail, thing
from bot.staff.console import Console, go
from bot.staff.visit import NotThere, Visit

_PAGE = 100


def pages(console: Console) -> APIRouter:
    """The routes."""
    router = APIRouter(include_in_schema=False)

    def page(visit: Visit, status: int = 200, **values: object) -> Response:
        shown = {"error": "", "made": "", "password": ""} | values
        return console.templates.page(
            visit, "people.html", status, people=console.accounts.everybody(), units=console.communes.units,
            all_roles=list(Role), identities=IDENTITY_NAMES, **shown,
        )  # fmt: skip

    @console.route(router, "GET", "/staff/can-bo", Right.STAFF)
    def everybody(visit: Visit) -> Response:
        return page(visit)

    @console.route(router, "POST", "/staff/can-bo", Right.STAFF)
    def add(visit: Visit) -> Response:
        login = visit.text("login", 80)
        try:
            password = console.accounts.add(
                login, visit.text("name", 200), _role(visit), _communes(visit, console), by=visit.person.login
            )
        except BotError as error:
            return page(visit, 400, error=f"{error} {error.remedy}")
        return page(visit, made=login.lower(), password=password)

    @console.route(router, "POST", "/staff/can-bo/{staff_id:int}/{what}", Right.STAFF)
    def change(visit: Visit) -> Response:
        try:
            person = console.accounts.by_id(visit.number("staff_id"))
        except BadAccount as error:
            raise NotThere(str(error)) from None
        match visit.path["what"]:
            case "khoa":
                console.accounts.disable(person.login, by=visit.person.login)
                return go("/staff/can-bo", "staff_disabled")
            case "cap-lai":
                password = console.accounts.reset(person.login, by=visit.person.login)
                return page(visit, made=person.login, password=password)
            case "bo-hai-lop":
                password = console.accounts.reset(person.login, by=visit.person.login, identity=_identity(visit))
                return page(visit, made=person.login, password=password)
            case "sua":
                communes = _communes(visit, console)
                console.accounts.change(person.login, _role(visit), communes, by=visit.person.login)
                return go("/staff/can-bo", "staff_changed")
        raise NotThere("Không có việc này.")

    @console.route(router, "GET", "/staff/nhat-ky", Right.AUDIT)
    def trail(visit: Visit) -> Response:
        number = visit.asked("trang", 6)
        at = max(1, int(number)) if number.isdecimal() else 1
        wanted = {"by": visit.asked("ai", 60), "action": visit.asked("viec", 40), "subject": visit.asked("dong", 80)}
        rows = console.audit.rows(**wanted, limit=_PAGE + 1, offset=(at - 1) * _PAGE)
        checked = console.audit.troubles() if visit.asked("kiem", 1) else None
        return console.page(
            visit, "trail.html", rows=rows[:_PAGE], more=len(rows) > _PAGE, at=at, wanted=wanted, checked=checked,
            length=console.audit.length(), deed=deed, thing=thing, detail=detail,
        )  # fmt: skip

    return router


def _role(visit: Visit) -> Role:
    try:
        return Role(visit.text("role", 20))
    except ValueError:
        raise BadAccount("Vai trò này không có.", "Chọn một vai trò trong danh sách.") from None


def _identity(visit: Visit) -> Identity:
    try:
        return Identity(visit.text("identity", 20))
    except ValueError:
        raise BadAccount(
            "Chưa ghi đã nhận ra người này bằng cách nào.", "Gặp trực tiếp, hoặc chờ văn bản của thủ trưởng đơn vị."
        ) from None


def _communes(visit: Visit, console: Console) -> list[str]:
    codes = [code for code in visit.texts("communes") if code]
    if any(console.communes.by_code(code) is None for code in codes):
        raise BadAccount("Có xã, phường không thuộc tỉnh này.", "Chọn trong danh sách.")
    return codes
