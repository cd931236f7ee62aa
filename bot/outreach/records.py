"""Carries out the effects of turns inside their transaction, and answers what is kept of a person.

Traps: a lead is one for each phone, whoever asks again and on whatever channel; a consent that was withdrawn a moment ago counts, so
it is looked up in the transaction that stores the lead.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, update

from bot.delivery.inbox import Taken
from bot.errors import BotError
from bot.outreach import erasure, reminders
from bot.outreach.campaign_tables import campaign_visits
from bot.outreach.consent import Purpose
from bot.outreach.effects import (
    Agreed,
    CameBy,
    Effect,
    Erased,
    Lead,
    Left,
    NoReminders,
    OfficerCode,
    PersonWanted,
    Remind,
    Reported,
    Seen,
    Withdrawn,
)
from bot.outreach.requests import register
from bot.outreach.searching import search_key
from bot.outreach.tables import campaigns, consents, handoffs, lead_events, leads, reviews
from knowledge.store import reading, writing

log = logging.getLogger("bot.outreach")

OPEN_STATES = ("new", "contacted", "interested", "appointed", "unreachable")


Announce = Callable[[Connection, int, str, str], None]
"""Tells staff that a person is wanted, in the same transaction: number of the hand-over, channel, reason."""
Arrived = Callable[[Connection, int], None]
"""What is to be done for a lead that came in or came back, in the same transaction."""
Linked = Callable[[Connection, Taken, str], None]
"""What is to be done with an officer's code that was sent in a conversation, in the same transaction."""


class NoConsent(BotError):
    """Raised when something would be stored for which no consent holds."""


@dataclass(frozen=True, slots=True)
class Held:
    """What is kept of the person of a conversation."""

    messages: int = 0
    name: str = ""
    phone: str = ""
    commune: str = ""
    status: str = ""
    consents: tuple[str, ...] = ()  # purposes that hold
    reminders: tuple[str, ...] = ()  # what the person is going to be reminded of, in words


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign by whose code somebody came."""

    code: str
    organisation: str
    greeting: str
    top_up: str


class Records:
    """Outreach in SQL."""

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], float] = time.time,
        announce: Announce = lambda *wanted: None,
        arrived: Arrived = lambda *came: None,
        linked: Linked = lambda *sent: None,
    ) -> None:
        self._engine, self._clock = engine, clock
        self._announce, self._arrived, self._linked = announce, arrived, linked

    def apply(self, connection: Connection, taken: Taken, effects: Iterable[Effect]) -> None:
        """Stores `effects` of a turn. Raises NoConsent."""
        for effect in effects:
            match effect:
                case Agreed():
                    self._agree(connection, taken, effect)
                case Lead():
                    self._lead(connection, taken, effect)
                case CameBy():
                    _came(connection, taken.conversation.id, effect.code, self._clock())
                case Remind():
                    self._remind(connection, taken, effect)
                case NoReminders():
                    self._no_reminders(connection, taken.conversation.id)
                case Withdrawn():
                    self.withdraw(connection, taken.conversation.id)
                    register(connection, "withdraw", taken.conversation.channel, effect.receipt, self._clock())
                case Left():
                    self.withdraw(connection, taken.conversation.id)
                case Erased():
                    gone = erasure.erase(connection, taken.conversation.id, keep_inbox=taken.inbox_id)
                    register(
                        connection, "erase", taken.conversation.channel, effect.receipt, self._clock(), result=gone
                    )
                case Seen():
                    register(connection, "see", taken.conversation.channel, effect.receipt, self._clock())
                case PersonWanted():
                    self._wanted(connection, taken, effect)
                case Reported():
                    self._reported(connection, taken, effect)
                case OfficerCode():
                    self._linked(connection, taken, effect.code)

    def held(self, conversation_id: int) -> Held:
        """What is kept of the person."""
        with reading(self._engine) as connection:
            lead = connection.execute(
                select(leads).where(leads.c.conversation_id == conversation_id).order_by(leads.c.id.desc()).limit(1)
            ).mappings().first()  # fmt: skip
            purposes = connection.execute(
                select(consents.c.purpose)
                .where(consents.c.conversation_id == conversation_id, consents.c.withdrawn_at.is_(None))
                .distinct()
            ).scalars()
            found = tuple(sorted(purposes))
            messages = erasure.messages(connection, conversation_id)
            coming = reminders.waiting(connection, conversation_id)
        if lead is None:
            return Held(messages, consents=found, reminders=coming)
        return Held(messages, lead["name"], lead["phone"], lead["commune"], lead["status"], found, coming)

    def campaign(self, code: str) -> Campaign | None:
        """The active campaign of `code`, whatever its case; None when there is none."""
        with reading(self._engine) as connection:
            row = connection.execute(
                select(campaigns).where(campaigns.c.key == code.lower(), campaigns.c.active)
            ).mappings().first()  # fmt: skip
        return Campaign(row["code"], row["organisation"], row["greeting"], row["top_up"]) if row else None

    def withdraw(self, connection: Connection, conversation_id: int) -> None:
        """Ends every consent of the conversation at once; its leads are closed, its reminders end."""
        now = self._clock()
        reminders.stop(connection, conversation_id)
        connection.execute(
            update(consents)
            .where(consents.c.conversation_id == conversation_id, consents.c.withdrawn_at.is_(None))
            .values(withdrawn_at=now)
        )
        ended = connection.execute(
            update(leads)
            .where(leads.c.conversation_id == conversation_id, leads.c.status.in_(OPEN_STATES))
            .values(status="withdrawn", updated_at=now, closed_at=now, due_at=None, version=leads.c.version + 1)
            .returning(leads.c.id)
        ).scalars()
        for lead_id in list(ended):
            _note(connection, lead_id, now, "withdrawn", "citizen", {})

    def left(self, conversation_id: int) -> None:
        """The platform says that the person has stopped us: consents end."""
        with writing(self._engine) as connection:
            self.withdraw(connection, conversation_id)

    def _agree(self, connection: Connection, taken: Taken, effect: Agreed) -> None:
        connection.execute(
            insert(consents).values(
                conversation_id=taken.conversation.id, channel=taken.conversation.channel, person=taken.event.person,
                purpose=effect.words.purpose.value, version=effect.words.version, text_hash=effect.words.hash,
                event_id=taken.event.event_id, given_at=self._clock(), withdrawn_at=None,
            )
        )  # fmt: skip

    def _lead(self, connection: Connection, taken: Taken, lead: Lead) -> None:
        consent = _consent(connection, taken, Purpose.CALL_BACK)
        if consent is None:
            raise NoConsent("Chưa có sự đồng ý còn hiệu lực cho việc gọi lại.")
        now = self._clock()
        organisation = ""
        if lead.campaign:
            found = connection.execute(
                select(campaigns.c.organisation).where(campaigns.c.key == lead.campaign.lower())
            ).scalar()
            organisation = found or ""
        fresh: dict[str, Any] = {
            "conversation_id": taken.conversation.id, "consent_id": consent, "name": lead.name,
            "commune_code": lead.commune_code, "commune": lead.commune, "need": lead.need, "best_time": lead.best_time,
            "channel": taken.conversation.channel, "person": taken.event.person, "question": lead.question,
            "answer": lead.answer, "citations": [dict(c) for c in lead.citations], "updated_at": now,
            "search_key": search_key(lead.name, lead.phone, lead.commune),
        }  # fmt: skip
        if lead.campaign:
            fresh |= {"campaign": lead.campaign, "organisation": organisation}
        known = connection.execute(
            select(leads.c.id, leads.c.status, leads.c.version).where(leads.c.phone == lead.phone)
        ).first()
        if known is None:
            first = {
                "phone": lead.phone,
                "status": "new",
                "created_at": now,
                "closed_at": None,
                "campaign": "",
                "organisation": "",
                "reason": "",
                "household": "",
                "version": 0,
            }
            made = connection.execute(insert(leads).values(**(first | fresh)).returning(leads.c.id)).scalar_one()
            _note(connection, made, now, "created", "citizen", {"channel": taken.conversation.channel})
            self._arrived(connection, made)
            return
        if known.status not in OPEN_STATES:  # somebody who had left or had joined asks again
            fresh |= {"status": "new", "closed_at": None, "reason": ""}
        fresh["version"] = known.version + 1
        connection.execute(update(leads).where(leads.c.id == known.id).values(**fresh))
        _note(connection, known.id, now, "asked_again", "citizen", {"channel": taken.conversation.channel})
        self._arrived(connection, known.id)

    def _remind(self, connection: Connection, taken: Taken, wanted: Remind) -> None:
        consent = _consent(connection, taken, Purpose.NEWS)
        if consent is None:
            raise NoConsent("Chưa có sự đồng ý còn hiệu lực cho việc nhắc.")
        reminders.store(connection, taken.conversation.id, consent, wanted)

    def _no_reminders(self, connection: Connection, conversation_id: int) -> None:
        reminders.stop(connection, conversation_id)
        connection.execute(
            update(consents)
            .where(
                consents.c.conversation_id == conversation_id,
                consents.c.purpose.in_((Purpose.NEWS.value, Purpose.BULLETIN.value)),
                consents.c.withdrawn_at.is_(None),
            )
            .values(withdrawn_at=self._clock())
        )

    def _wanted(self, connection: Connection, taken: Taken, effect: PersonWanted) -> None:
        waiting = connection.execute(
            select(func.count())
            .select_from(handoffs)
            .where(handoffs.c.conversation_id == taken.conversation.id, handoffs.c.state != "closed")
        ).scalar_one()
        if not waiting:
            number = connection.execute(
                insert(handoffs)
                .values(
                    conversation_id=taken.conversation.id, reason=effect.reason[:40], state="waiting",
                    asked_at=self._clock(), taken_by="", taken_at=None, closed_at=None,
                )
                .returning(handoffs.c.id)
            ).scalar_one()  # fmt: skip
            self._announce(connection, number, taken.conversation.channel, effect.reason)

    def _reported(self, connection: Connection, taken: Taken, effect: Reported) -> None:
        connection.execute(
            insert(reviews).values(
                conversation_id=taken.conversation.id, inbox_id=taken.inbox_id, kind=effect.kind,
                question=effect.question, answer=effect.answer, reason=effect.reason[:60],
                trace=[dict(t) for t in effect.trace], state="open", at=self._clock(),
            )
        )  # fmt: skip


def _came(connection: Connection, conversation_id: int, code: str, now: float) -> None:
    """Once for each code: who comes again is no second person. The conversation is with one worker, so nobody else inserts it."""
    key = {"campaign_key": code.lower(), "conversation_id": conversation_id}
    known = [campaign_visits.c[name] == value for name, value in key.items()]
    if connection.execute(select(campaign_visits.c.at).where(*known)).first() is None:
        connection.execute(insert(campaign_visits).values(**key, at=now))


def _consent(connection: Connection, taken: Taken, purpose: Purpose) -> int | None:
    """The consent of this conversation to `purpose` that holds now."""
    found: int | None = connection.execute(
        select(consents.c.id)
        .where(
            consents.c.conversation_id == taken.conversation.id,
            consents.c.purpose == purpose.value,
            consents.c.withdrawn_at.is_(None),
        )
        .order_by(consents.c.id.desc())
        .limit(1)
    ).scalar()
    return found


def _note(connection: Connection, lead_id: int, at: float, kind: str, by: str, data: dict[str, Any]) -> None:
    connection.execute(insert(lead_events).values(lead_id=lead_id, at=at, kind=kind, by=by, data=data))
