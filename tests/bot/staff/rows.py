"""Rows of every kind with a text of the test's choice, and the pages that show them."""

from __future__ import annotations

import re

from sqlalchemy import insert, select

from bot.delivery.leases import ChannelStates
from bot.delivery.tables import conversations, inbox, outbox
from bot.outreach.campaign_tables import broadcasts
from bot.outreach.tables import campaigns, handoffs, lead_events, leads, requests, reviews
from bot.settings import Settings
from bot.staff.console import SECOND_FACTOR, SIGN_OUT
from bot.staff.office_changes import MOST_CANNED, OfficeChanges
from knowledge.store import writing
from tests.bot.staff.office import HERE, Office

SETTINGS = Settings(_env_file=None, public_url="https://vi.du")  # type: ignore[call-arg]


def of_a_person(office: Office, text: str, code: str = HERE.code) -> int:
    """A lead of the commune with a row of each kind that belongs to it, `text` wherever somebody may have written it; its number."""
    number = office.lead(
        text, code, need=text, best_time=text, question=text, answer=text, reason=text, status="declined", campaign=text[:40],
        organisation=text, commune=text, citations=[{"document": text, "article": text, "clause": text}],
    )  # fmt: skip
    now = office.hands.now
    with writing(office.engine) as connection:
        home = connection.execute(select(leads.c.conversation_id).where(leads.c.id == number)).scalar_one()
        connection.execute(conversations.update().where(conversations.c.id == home).values(name=text))
        connection.execute(
            insert(lead_events).values(
                lead_id=number, at=now, kind="changed", by=text,
                data={"note": text, "after": {"status": text, "reason": text, "household": text}},
            )
        )  # fmt: skip
        connection.execute(
            insert(inbox).values(
                channel="telegram", event_id=f"x{number}", conversation_id=home, order_key=1.0, received_at=now,
                event={"kind": "text", "text": text}, state="done", attempts=0, outcome="unknown:weak", done_at=now,
            )
        )  # fmt: skip
        connection.execute(
            insert(outbox).values(
                channel="telegram", conversation_id=home, inbox_id=None, piece={"text": text, "buttons": []},
                kind="answer", created_at=now, due_at=now, state="dead", attempts=8, unclear=0, message_id="",
                problem=text, sent_at=None,
            )
        )  # fmt: skip
        connection.execute(
            insert(handoffs).values(conversation_id=home, reason=text[:40], state="waiting", asked_at=now, taken_by=text,
                                    taken_at=None, closed_at=None)
        )  # fmt: skip
        for kind in ("wrong", "gap"):
            connection.execute(
                insert(reviews).values(conversation_id=home, inbox_id=None, kind=kind, question=text, answer=text,
                                       reason=text[:60], trace=[{"step": text, "what": text}], state="open", at=now)
            )  # fmt: skip
        connection.execute(
            insert(campaigns).values(code=f"M{number}", key=f"m{number}", name=text, organisation=text, commune_code=code,
                                     greeting=text, top_up=text, active=True, created_at=now, created_by=text)
        )  # fmt: skip
    return number


def of_the_office(office: Office, text: str, number: int) -> None:
    """A row of each kind that belongs to nobody's lead, `text` in it."""
    now = office.hands.now
    with writing(office.engine) as connection:
        connection.execute(
            insert(broadcasts).values(text=text, commune_code="", channel=text[:20], campaign=text[:40], state="draft", created_at=now,
                                      created_by=text, approved_at=now, approved_by=text, ended_at=now, ended_by=text)
        )  # fmt: skip
        connection.execute(
            insert(requests).values(receipt=f"R{number}", kind=text[:10], channel="office", received_at=now, answer_by=now,
                                    finish_by=now, done_at=now, result=text)
        )  # fmt: skip
    states = ChannelStates(office.engine)
    states.switch("telegram", on=False, by=text, reason=text, message=text)
    states.note("telegram", problem=text)
    made = OfficeChanges(office.engine, office.console.audit, SETTINGS)
    for key in ("office", "privacy_contact"):
        made.set(office.people["admin"], key, text)
    kept = made.canned()
    made.set_canned(office.people["admin"], text[:60], text, old=kept[0].title if len(kept) == MOST_CANNED else "")


def everything(office: Office, text: str) -> None:
    """A row of each kind that has `text` wherever somebody may have written it."""
    of_the_office(office, text, of_a_person(office, text))


def pages(office: Office, numbers: range) -> list[str]:
    """Every page that can be read, those of single rows for each of `numbers`."""
    found: list[str] = []
    for route in office.console.routes:
        if route.method != "GET" or route.path in (SECOND_FACTOR, SIGN_OUT):
            continue
        if ":int}" in route.path:
            found += [re.sub(r"\{\w+:int\}", str(n), route.path) for n in numbers]
        elif "{code}" in route.path:
            found += [route.path.replace("{code}", f"M{n}") for n in numbers]
        elif "{" not in route.path:
            found.append(route.path)
    return found
