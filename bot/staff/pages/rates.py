"""Rates and local top-ups by day: all of them, one with its rows, and proposals of a row or to take one back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from fastapi import APIRouter
from starlette.responses import Response

from bot.errors import BotError
from bot.staff.access import Right
from bot.staff.approvals import desk_of
from bot.staff.console import Console, go
from bot.staff.pages.documents import PROPOSALS, day_of
from bot.staff.rate_proposals import CERTAINTIES, TOPUP, Wanted
from bot.staff.rendering import texts
from bot.staff.visit import NotThere, Visit
from knowledge.calculators.model import HouseholdGroup
from knowledge.cards.words import day as said_day
from knowledge.cards.words import number as said_number
from knowledge.cards.words import percent as said_percent
from knowledge.errors import KnowledgeError
from knowledge.rates import Rate, Rates
from knowledge.vietnamese import fold

RATES = "/staff/kien-thuc/tham-so"


def pages(console: Console) -> APIRouter:
    """The routes."""
    router = APIRouter(include_in_schema=False)
    desk = desk_of(console)

    @console.route(router, "GET", RATES, Right.KNOWLEDGE)
    def listed(visit: Visit) -> Response:
        words, on = visit.asked("tim"), _asked_day(visit, console.today())
        rates = desk.holdings.rates()
        keys = [key for key in _keys(rates) if _has(rates, key, words)]
        rows = [(key, rates.rows(key)) for key in keys]
        shown = [
            {
                "key": key, "title": held[0].title, "now": [r for r in held if on in r], "count": len(held),
                "next": next((r for r in sorted(held, key=lambda r: r.since) if r.since > on), None),
            }
            for key, held in rows
        ]  # fmt: skip
        return console.page(
            visit, "rates.html", rates=shown, words=words, on=on, told=told, place=place, topup=TOPUP,
            waiting=desk.proposals.waiting(), today=console.today(),
        )  # fmt: skip

    @console.route(router, "GET", RATES + "/{key}", Right.KNOWLEDGE)
    def show(visit: Visit) -> Response:
        return page(visit, _key(visit))

    def page(visit: Visit, key: str, error: str = "", status: int = 200) -> Response:
        rows = desk.holdings.rates().rows(key)
        names = list(dict.fromkeys(name for row in rows for name in row.where))
        choices = {n: sorted({row.where[n] for row in rows if n in row.where}) for n in names}
        if "province" in choices:
            choices["province"] = sorted({*choices["province"], console.communes.province})
        if "group" in choices:
            choices["group"] = [g.value for g in HouseholdGroup]
        approved = desk.rates.approved()
        shown = sorted(rows, key=lambda r: (r.where.get("province", ""), sorted(r.where.items()), r.since))
        own = {
            _name(row): approved.get((row.key, row.since.isoformat(), tuple(sorted(row.where.items())))) for row in rows
        }
        return console.templates.page(
            visit, "rate.html", status, key=key, rows=shown, title=rows[0].title, unit=rows[0].unit, own=own, name_of=_name,
            choices=choices, certainties=CERTAINTIES, told=told, place=place,
            error=error, today=console.today(), province=console.communes.province, form=visit.form,
            waiting=desk.proposals.waiting(), past=desk.proposals.find(kind="rate", subject=key).rows[:20],
        )  # fmt: skip

    @console.route(router, "POST", RATES + "/{key}", Right.KNOWLEDGE_EDIT)
    def propose(visit: Visit) -> Response:
        key = _key(visit)
        names = dict.fromkeys(name for row in desk.holdings.rates().rows(key) for name in row.where)
        where = {name: visit.text(f"where_{name}", 80) for name in names}
        try:
            since, until = day_of(visit, "since"), day_of(visit, "until")
            wanted = Wanted(
                key, visit.text("value", 40), since.isoformat() if since else "", until.isoformat() if until else "",
                tuple(line.strip() for line in visit.text("basis", 600).split("\n") if line.strip()),
                visit.text("certainty", 20) or "confirmed", visit.text("row_note", 300), where,
            )  # fmt: skip
            if not all(where.values()):
                return page(visit, key, "Chưa chọn dòng này cho ai. Chọn đủ các ô.", 400)
            number = desk.rates.propose(visit.person, wanted, visit.text("note", 1_000))
        except (BotError, KnowledgeError) as error:
            return page(visit, key, f"{error} {error.remedy}".strip(), 400)
        desk.weigh_later(number)
        return go(f"{PROPOSALS}/{number}", "proposed")

    @console.route(router, "POST", RATES + "/{key}/go", Right.KNOWLEDGE_EDIT)
    def take_back(visit: Visit) -> Response:
        key = _key(visit)
        try:
            number = desk.rates.propose_removal(visit.person, visit.number("of"), visit.text("note", 1_000))
        except (BotError, KnowledgeError) as error:
            if isinstance(error, NotThere):
                raise
            return page(visit, key, f"{error} {error.remedy}".strip(), 400)
        desk.weigh_later(number)
        return go(f"{PROPOSALS}/{number}", "proposed")

    def _key(visit: Visit) -> str:
        key = str(visit.path["key"])
        if key not in _keys(desk.holdings.rates()):
            raise NotThere("Không có tham số này.")
        return key

    return router


def told(row: Rate) -> str:
    """A rate's value for people: `1.500.000 đồng/tháng`, `22%`, `1/7/2025`."""
    value = row.value
    if isinstance(value, date):
        return said_day(value)
    if row.unit == "phần":
        return said_percent(Decimal(value))
    return f"{said_number(value)} {row.unit}".replace(" đồng/tháng", " đồng/tháng")


def place(row: Rate) -> str:
    """For whom a row is: `hộ nghèo, Quảng Ngãi`."""
    return ", ".join(texts()["rate_value"].get(value, value) for _, value in sorted(row.where.items()))


def _name(row: Rate) -> str:
    return f"{row.key} {row.since.isoformat()} {sorted(row.where.items())}"


def _keys(rates: Rates) -> list[str]:
    return list(dict.fromkeys(row.key for row in rates.rows()))


def _has(rates: Rates, key: str, words: str) -> bool:
    if not words:
        return True
    row = rates.rows(key)[0]
    text = fold(f"{row.title} {key} {' '.join(str(b) for b in row.basis)}")
    return all(part in text for part in fold(words).split())


def _asked_day(visit: Visit, default: date) -> date:
    try:
        return date.fromisoformat(visit.asked("ngay", 10))
    except ValueError:
        return default
