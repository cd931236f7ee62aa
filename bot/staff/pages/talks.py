"""Conversations: who waits for a person, one of them with its messages, and what could not be delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from bot.delivery.inbox import DIRECT
from bot.delivery.outbox import Outbox
from bot.outreach.handover import LONGEST, BadHandover, Handover
from bot.outreach.handover_texts import reason_name
from bot.staff.access import Right
from bot.staff.canned import choices
from bot.staff.console import Console, go, safe_path
from bot.staff.leads import Leads
from bot.staff.talk_desk import TalkDesk
from bot.staff.talks import MOST_LINES, STATES, Talk, Talks
from bot.staff.visit import NotThere, Visit

if TYPE_CHECKING:
    from bot.delivery.runtime import Runtime

LIST = "/staff/tro-chuyen"
FAILED = f"{LIST}/chua-gui-duoc"


def pages(console: Console) -> APIRouter:
    """The routes."""
    router = APIRouter(include_in_schema=False)
    talks, leads, desk = Talks(console.engine, console.clock), Leads(console.engine, console.clock), desk_of(console)

    @console.route(router, "GET", LIST, Right.CONVERSATIONS)
    def listed(visit: Visit) -> Response:
        state = visit.asked("xem") if visit.asked("xem") in STATES else "waiting"
        found = talks.find(visit.person.scope, state, page_number(visit))
        console.note(visit, "conversation.list", "handoff:*", shown=len(found.rows))
        return console.page(
            visit, "talks.html", found=found, state=state, states=STATES, counts=talks.counts(visit.person.scope),
            newest=talks.newest(visit.person.scope), now=console.clock(), reason_of=reason_name,
        )  # fmt: skip

    @console.route(router, "GET", f"{LIST}/moi", Right.CONVERSATIONS)
    def newest(visit: Visit) -> Response:
        return JSONResponse({"newest": talks.newest(visit.person.scope)})

    @console.route(router, "GET", FAILED, Right.CONVERSATIONS)
    def undelivered(visit: Visit) -> Response:
        found = talks.undelivered(visit.person.scope, page_number(visit))
        console.note(visit, "message.list", "message:*", shown=len(found.rows))
        counts = talks.counts(visit.person.scope)
        return console.page(visit, "undelivered.html", found=found, states=STATES, counts=counts)

    @console.route(router, "POST", f"{LIST}/gui-lai", Right.CONVERSATIONS)
    def resend(visit: Visit) -> Response:
        desk.resend(visit.person, visit.number("id"))
        back = safe_path(visit.text("ve", 300))
        return go(back if back.startswith(("/staff/lead/", LIST)) else FAILED, "resent")

    @console.route(router, "GET", f"{LIST}/{{number:int}}", Right.CONVERSATIONS)
    def show(visit: Visit) -> Response:
        return page_of(visit, visit.number("number"))

    def page_of(visit: Visit, number: int, *, draft: str = "", error: str = "", status: int = 200) -> Response:
        talk = talks.one(visit.person.scope, number)
        console.note(visit, "conversation.view", f"handoff:{number}")
        mine = talk.state == "taken" and talk.taken_by == visit.person.login
        kept = talk.state == "taken" and not mine and talk.staff_until > console.clock()
        values = shown(visit, talk)
        draft = draft or next((text for key, _, text in values["canned"] if key == visit.asked("mau", 40)), "")
        return console.templates.page(
            visit, "talk.html", status, mine=mine, kept=kept, draft=draft, error=error, **values
        )

    def shown(visit: Visit, talk: Talk) -> dict[str, Any]:
        """What both pages of one conversation show."""
        place = talk.people[0]["commune"] if talk.people and talk.people[0]["commune"] else console.communes.province
        texts = [(text.key, text.title, text.filled(visit.person.name, place)) for text in choices(console.engine)]
        return {
            "talk": talk, "reach": desk.reach(talk), "heard": talks.heard(talk.conversation_id), "canned": texts,
            "now": console.clock(), "direct": talk.channel == DIRECT, "longest": LONGEST, "cut": len(talk.lines) >= MOST_LINES,
            "reason_of": reason_name, "callable": [lead for lead in talk.people if lead["status"] != "withdrawn"],
        }  # fmt: skip

    @console.route(router, "GET", f"{LIST}/{{number:int}}/moi", Right.CONVERSATIONS)
    def heard(visit: Visit) -> Response:
        home = talks.conversation_of(visit.person.scope, visit.number("number"))
        return JSONResponse({"newest": talks.heard(home)})

    @console.route(router, "POST", f"{LIST}/{{number:int}}/nhan", Right.CONVERSATIONS)
    def take(visit: Visit) -> Response:
        number = visit.number("number")
        try:
            desk.take(visit.person, number)
        except BadHandover as error:
            return page_of(visit, number, error=f"{error} {error.remedy}", status=400)
        return go(f"{LIST}/{number}#tra-loi", "talk_taken")

    @console.route(router, "POST", f"{LIST}/{{number:int}}/tra-loi", Right.CONVERSATIONS)
    def say(visit: Visit) -> Response:
        number, text = visit.number("number"), visit.text("text")
        try:
            desk.say(visit.person, number, text)
        except BadHandover as error:
            return page_of(visit, number, draft=text, error=f"{error} {error.remedy}", status=400)
        return go(f"{LIST}/{number}#tra-loi", "talk_said")

    @console.route(router, "POST", f"{LIST}/{{number:int}}/xong", Right.CONVERSATIONS)
    def close(visit: Visit) -> Response:
        number = visit.number("number")
        try:
            desk.close(visit.person, number)
        except BadHandover as error:
            return page_of(visit, number, error=f"{error} {error.remedy}", status=400)
        return go(f"{LIST}/{number}", "talk_closed")

    @console.route(router, "GET", "/staff/lead/{lead_id:int}/tro-chuyen", Right.CONVERSATIONS)
    def of_lead(visit: Visit) -> Response:
        return page_of_lead(visit, visit.number("lead_id"))

    def page_of_lead(visit: Visit, lead_id: int, *, error: str = "", status: int = 200) -> Response:
        lead = leads.one(visit.person.scope, lead_id)
        talk = talks.of_conversation(visit.person.scope, conversation_of(lead["conversation_id"]))
        console.note(visit, "conversation.view", f"lead:{lead_id}")
        values = shown(visit, talk) | {"lead": lead, "handoff": leads.handoff_of(talk.conversation_id)}
        return console.templates.page(visit, "lead_talk.html", status, error=error, **values)

    @console.route(router, "POST", "/staff/lead/{lead_id:int}/tro-chuyen", Right.CONVERSATIONS)
    def begin(visit: Visit) -> Response:
        lead_id = visit.number("lead_id")
        home = conversation_of(leads.one(visit.person.scope, lead_id)["conversation_id"])
        try:
            number = desk.begin(visit.person, lead_id, home)
        except BadHandover as error:
            return page_of_lead(visit, lead_id, error=f"{error} {error.remedy}", status=400)
        return go(f"{LIST}/{number}#tra-loi", "talk_taken")

    return router


def desk_of(console: Console) -> TalkDesk:
    """The desk over the running delivery, or over the database alone when nothing is delivered here: then nobody can be written to."""
    runtime: Runtime | None = console.parts.get("runtime")
    if runtime is None:
        box = Outbox(console.engine, console.clock)
        return TalkDesk(console.engine, console.audit, Handover(console.engine, box, clock=console.clock), box, dict,
                        console.clock)  # fmt: skip
    return TalkDesk(
        console.engine,
        console.audit,
        runtime.handover,
        runtime.outbox,
        lambda: {name: channel.capabilities for name, channel in runtime.channels.items()},
        console.clock,
    )


def conversation_of(conversation_id: int | None) -> int:
    """The conversation of a lead that has one. Raises NotThere."""
    if conversation_id is None:
        raise NotThere("Người này không có cuộc trò chuyện nào: nhập từ danh sách, hoặc nội dung đã xoá.")
    return conversation_id


def page_number(visit: Visit) -> int:
    """The page of a list that is asked for, 1 when it cannot be read."""
    asked = visit.asked("trang", 6)
    return int(asked) if asked.isascii() and asked.isdecimal() else 1
