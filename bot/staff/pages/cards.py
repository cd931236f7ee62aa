"""Answer cards: all of them, one as a citizen reads it on any day, and proposals to write or change one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from bot.errors import BotError
from bot.staff.access import Right
from bot.staff.approvals import desk_of
from bot.staff.card_proposals import BadCard, entry_of
from bot.staff.console import Console, go
from bot.staff.pages.documents import PROPOSALS, page_of
from bot.staff.rendering import texts
from bot.staff.visit import NotThere, Visit
from knowledge.answers import Answer
from knowledge.cards.model import NEEDS, TOPICS, Card
from knowledge.vietnamese import fold

CARDS = "/staff/kien-thuc/the"
NEW = "/staff/kien-thuc/the-moi"
PAGE = 50
_LONG = 12_000
NEED_NAMES = {
    "sex": "nam hay nữ", "income": "thu nhập", "group": "nhóm hộ", "months": "số năm đã đóng", "born": "tháng năm sinh",
    "wished_pension": "lương hưu mong muốn", "payment": "số tiền đóng",
}  # fmt: skip
STATUS_NAMES = {
    "answered": "trả lời", "handoff": "chuyển cán bộ", "declined": "từ chối", "clarify": "hỏi lại",
    "unknown": "chưa có thông tin",
}  # fmt: skip


def pages(console: Console) -> APIRouter:
    """The routes."""
    router = APIRouter(include_in_schema=False)
    desk = desk_of(console)

    @console.route(router, "GET", CARDS, Right.KNOWLEDGE)
    def listed(visit: Visit) -> Response:
        words, topic = visit.asked("tim"), visit.asked("chu_de", 30)
        own, wanted, names = desk.cards.own(), fold(words).split(), texts()["topic"]
        found = [
            card
            for card in desk.holdings.cards().cards
            if (not topic or card.topic == topic or (topic == "own" and card.id in own)) and _has(card, wanted)
        ]
        found.sort(key=lambda card: (card.id not in own, names.get(card.topic, card.topic), card.id))
        count = max(1, -(-len(found) // PAGE))
        at = min(max(1, page_of(visit)), count)
        return console.page(
            visit, "cards.html", cards=found[(at - 1) * PAGE : at * PAGE], total=len(found), at=at, count=count,
            words=words, topic=topic, topics=names, own=own, status_names=STATUS_NAMES,
            waiting=desk.proposals.waiting(),
        )  # fmt: skip

    @console.route(router, "GET", CARDS + "/{card_id}", Right.KNOWLEDGE)
    def show(visit: Visit) -> Response:
        card = _card(visit)
        on, question = _day(visit, console.today()), visit.asked("hoi", 300)
        asked, answer, error = _shown(card, question, on)
        now = _shown(card, question, console.today())[1] if on != console.today() else None
        return console.page(
            visit, "card.html", card=card, on=on, question=question, asked=asked, answer=answer, error=error, now=now,
            today=console.today(), topics=texts()["topic"], needs=NEED_NAMES, status_names=STATUS_NAMES,
            own=card.id in desk.cards.own(), versions=desk.cards.versions(card.id), waiting=desk.proposals.waiting(),
        )  # fmt: skip

    @console.route(router, "GET", CARDS + "/{card_id}/sua", Right.KNOWLEDGE_EDIT)
    def edit(visit: Visit) -> Response:
        card, version = _card(visit), visit.asked("ban", 10)
        entry = entry_of(card)
        if version.isascii() and version.isdecimal():
            row = desk.proposals.one(int(version))
            if row["kind"] != "card" or row["subject"] != card.id or not row["payload"].get("entry"):
                raise NotThere("Không có bản này.")
            entry = row["payload"]["entry"]
        return form(visit, entry, CARDS + f"/{card.id}/sua")

    @console.route(router, "POST", CARDS + "/{card_id}/sua", Right.KNOWLEDGE_EDIT)
    def change(visit: Visit) -> Response:
        card = _card(visit)
        return proposed(visit, _entry(visit, card.id, console.today()), CARDS + f"/{card.id}/sua")

    @console.route(router, "GET", NEW, Right.KNOWLEDGE_EDIT)
    def blank(visit: Visit) -> Response:
        today = console.today().isoformat()
        entry = {"id": "", "topic": "muc_dong", "asks": [], "answer": "", "basis": [], "from": today, "reviewed": today}
        return form(visit, entry, NEW)

    @console.route(router, "POST", NEW, Right.KNOWLEDGE_EDIT)
    def write(visit: Visit) -> Response:
        entry = _entry(visit, visit.text("id", 60), console.today())
        if any(card.id == entry["id"] for card in desk.holdings.cards().cards):
            return form(visit, entry, NEW, ["Mã thẻ này đã có. Đặt mã khác, hoặc mở thẻ đó để sửa."], status=400)
        return proposed(visit, entry, NEW)

    @console.route(router, "POST", CARDS + "/{card_id}/go", Right.KNOWLEDGE_EDIT)
    def remove(visit: Visit) -> Response:
        number = desk.cards.propose_removal(visit.person, _card(visit).id, visit.text("note", 1_000))
        return go(f"{PROPOSALS}/{number}", "proposed")

    def form(
        visit: Visit, entry: Mapping[str, Any], action: str, faults: list[str] | None = None, status: int = 200,
        tried: list[dict[str, Any]] | None = None, advice: list[str] | None = None,
    ) -> Response:  # fmt: skip
        return console.templates.page(
            visit, "card_form.html", status, entry=entry, action=action, faults=faults or [], tried=tried or [],
            advice=advice or [], topics={t: texts()["topic"].get(t, t) for t in sorted(TOPICS)}, needs=NEED_NAMES,
            need_codes=NEEDS, status_names=STATUS_NAMES, waiting=desk.proposals.waiting(), on=visit.text("ngay", 10),
            note=visit.text("note", 1_000),
        )  # fmt: skip

    def proposed(visit: Visit, entry: Mapping[str, Any], action: str) -> Response:
        try:
            if visit.text("try", 1):
                card, _, advice = desk.cards.tried(entry)
                days = dict.fromkeys((console.today(), _form_day(visit, console.today())))
                tried = [{"on": on, "answer": _shown(card, "", on)[1]} for on in days]
                return form(visit, entry, action, tried=tried, advice=advice)
            number = desk.cards.propose(visit.person, entry, visit.text("note", 1_000))
        except BadCard as error:
            return form(visit, entry, action, list(error.faults), status=400)
        return go(f"{PROPOSALS}/{number}", "proposed")

    def _card(visit: Visit) -> Card:
        found = next((c for c in desk.holdings.cards().cards if c.id == visit.path["card_id"]), None)
        if found is None:
            raise NotThere("Không có thẻ này.")
        return found

    def _shown(card: Card, question: str, on: date) -> tuple[str, Answer | None, str]:
        if not card.holds(on):
            return question or card.asks[0], None, "Thẻ này không dùng trong ngày đó."
        try:
            asked, answer = desk.cards.show(card, question, on)
        except Exception as error:  # a template of staff may fail in any way
            remedy = error.remedy if isinstance(error, BotError) else ""
            return question or card.asks[0], None, f"Không điền được thẻ: {error} {remedy}".strip()
        held = "Câu trả lời bị giữ lại vì có con số không rõ nguồn." if answer is None else ""
        return asked, answer, held

    return router


def _entry(visit: Visit, card_id: str, today: date) -> dict[str, Any]:
    """A card as its form has it."""

    def lines(name: str) -> list[str]:
        return [line.strip() for line in visit.text(name, _LONG).split("\n") if line.strip()]

    entry: dict[str, Any] = {"id": card_id, "topic": visit.text("topic", 30), "asks": lines("asks")}
    status = visit.text("status", 20)
    if status and status != "answered":
        entry["status"] = status
    if visit.text("unsure", 1):
        entry["unsure"] = True
    if needs := [n for n in visit.texts("needs", 10) if n]:
        entry["needs"] = needs
    entry["answer"] = visit.text("answer", _LONG) + "\n"
    if change := visit.text("change", _LONG):
        entry["change"] = change + "\n"
    entry |= {"basis": lines("basis"), "from": visit.text("from", 10)}
    if until := visit.text("until", 10):
        entry["until"] = until
    return entry | {"reviewed": today.isoformat()}


def _has(card: Card, wanted: list[str]) -> bool:
    if not wanted:
        return True
    text = fold(" ".join((card.id, *card.asks, card.answer)))
    return all(word in text for word in wanted)


def _day(visit: Visit, default: date) -> date:
    return _parsed(visit.asked("ngay", 10), default)


def _form_day(visit: Visit, default: date) -> date:
    return _parsed(visit.text("ngay", 10), default)


def _parsed(typed: str, default: date) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return default
