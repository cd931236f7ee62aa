"""Proposals on knowledge: the list, one with what it would change, and the steps until it is decided."""

from __future__ import annotations

import difflib
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import yaml
from fastapi import APIRouter
from sqlalchemy import RowMapping
from starlette.responses import Response

from bot.staff.access import Right
from bot.staff.approvals import desk_of
from bot.staff.card_proposals import entry_of
from bot.staff.console import Console, go
from bot.staff.documents import Documents
from bot.staff.knowledge_files import cards_text
from bot.staff.pages.documents import PROPOSALS, declared_of, page_of
from bot.staff.proposals import OPEN, BadProposal, Kind, State, sendable
from bot.staff.visit import NotThere, Visit

_PATIENCE = 3.0  # seconds that a page waits for what was approved to be done


def pages(console: Console) -> APIRouter:
    """The routes."""
    router = APIRouter(include_in_schema=False)
    desk = desk_of(console)
    proposals, documents = desk.proposals, Documents(desk.holdings.store)

    @console.route(router, "GET", PROPOSALS, Right.KNOWLEDGE)
    def listed(visit: Visit) -> Response:
        view = visit.asked("xem", 10)
        states = () if view == "all" else tuple(s.value for s in OPEN)
        found = proposals.find(states=states, page=page_of(visit))
        return console.page(visit, "proposals.html", found=found, view=view, waiting=proposals.waiting())

    @console.route(router, "GET", PROPOSALS + "/{number:int}", Right.KNOWLEDGE)
    def show(visit: Visit) -> Response:
        return page(visit, proposals.one(visit.number("number")))

    def page(visit: Visit, row: RowMapping, error: str = "", status: int = 200) -> Response:
        values: dict[str, Any] = {
            "old": None,
            "people": [],
            "people_count": 0,
            "old_yaml": "",
            "new_yaml": "",
            "diff": [],
        }
        match row["kind"]:
            case Kind.DOCUMENT:
                number = row["preview"].get("number", "")
                values["old"] = documents.of_number(number) if number else None
            case Kind.CARD:
                values |= _versions(row)
        told = row["checks"].get("told", {}).get("conversations", [])
        if told and visit.may(Right.LEADS):
            values["people"], values["people_count"] = desk.told.people(visit.person.scope, told)
            console.note(visit, "lead.list", f"proposal:{row['id']}", shown=len(values["people"]))
        return console.templates.page(
            visit, "proposal.html", status, row=row, error=error, cut_off=proposals.cut_off(row),
            at_work=proposals.working(row),
            sendable=sendable(row["preview"]),
            mine=row["by_id"] == visit.person.id, waiting=proposals.waiting(), whole=visit.person.scope.whole, **values,
        )  # fmt: skip

    def _versions(row: RowMapping) -> dict[str, Any]:
        held = next((c for c in desk.holdings.cards().cards if c.id == row["subject"]), None)
        entry = row["payload"].get("entry")
        old = _body(entry_of(held)) if held and row["state"] in OPEN else ""
        new = _body(entry) if entry else ""
        lines = difflib.ndiff(old.splitlines(), new.splitlines()) if old and new else []
        return {"old_yaml": old, "new_yaml": new, "diff": [line for line in lines if line[0] in "+-"]}

    @console.route(router, "GET", PROPOSALS + "/{number:int}/tep", Right.KNOWLEDGE)
    def file(visit: Visit) -> Response:
        row = proposals.one(visit.number("number"))
        name = quote(row["payload"].get("name", "tep"), safe="")
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "X-Content-Type-Options": "nosniff"}
        return Response(proposals.file_of(row["id"]), media_type="application/octet-stream", headers=headers)

    @console.route(router, "POST", PROPOSALS + "/{number:int}/{what}", Right.KNOWLEDGE_EDIT)
    def act(visit: Visit) -> Response:
        row = proposals.one(visit.number("number"))
        try:
            said = done(visit, row, visit.path["what"])
        except BadProposal as error:
            return page(visit, proposals.one(row["id"]), f"{error} {error.remedy}".strip(), 400)
        return go(f"{PROPOSALS}/{row['id']}", said)

    def done(visit: Visit, row: RowMapping, what: str) -> str:
        number, version = row["id"], visit.number("version")
        match what:
            case "gui":
                _alerts_are_seen(visit, row)
                proposals.send(visit.person, number, version, visit.text("note", 1_000))
                desk.weigh_later(number)
                return "proposed"
            case "doc-lai":
                changed = {
                    "declared": declared_of(visit), "replace": bool(visit.text("replace", 1)),
                    "restore": bool(visit.text("restore", 1)),
                }  # fmt: skip
                reading = desk.documents.read_again(visit.person, number, version, changed)
                with suppress(Exception):
                    reading.result(_PATIENCE)
                return "saved"
            case "bo":
                proposals.drop(visit.person, number, version)
                return "dropped"
            case "duyet":
                _worse_is_seen(visit, row)
                _alerts_are_seen(visit, row)
                doing = desk.approve(visit.person, number, version)
                with suppress(Exception):  # what goes wrong is noted in the proposal
                    doing.result(_PATIENCE)
                return "approved"
            case "tu-choi":
                proposals.reject(visit.person, number, version, visit.text("reason", 1_000))
                return "rejected"
            case "kiem-tra":
                if row["state"] != State.WAITING or not (row["checks"].get("skipped") or proposals.cut_off(row)):
                    raise BadProposal("Không cần kiểm tra lại.")
                desk.check_again(number)
                return "checking"
        raise NotThere("Không có việc này.")

    return router


def _alerts_are_seen(visit: Visit, row: RowMapping) -> None:
    """A document with instructions to a machine goes on only when the person says to have seen them."""
    if row["preview"].get("seal") and visit.text("seen_alerts", 20) != row["preview"]["seal"]:
        raise BadProposal(
            "Văn bản có câu ra lệnh cho máy mà anh/chị chưa xác nhận đã xem.",
            "Đọc các cảnh báo, đối chiếu bản gốc, rồi đánh dấu “Đã xem cảnh báo” nếu vẫn dùng.",
        )


def _worse_is_seen(visit: Visit, row: RowMapping) -> None:
    if row["checks"].get("worse") and not visit.text("seen", 1):
        raise BadProposal(
            f"Có {row['checks']['worse']} câu hỏi đang đúng sẽ thành chưa đúng.",
            "Xem các câu đó, rồi đánh dấu đã xem nếu vẫn duyệt.",
        )


def _body(entry: Any) -> str:
    return cards_text([entry]).partition("\n")[2] if entry else yaml.safe_dump({})
