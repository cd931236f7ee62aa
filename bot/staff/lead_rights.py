"""What a person asks an officer for instead of the bot: to withdraw their consent, to have everything about them erased.

The same as in the chat (`bot.dialogue.rights`): at once, with a receipt and a row in the register. Law 91/2025/QH15, Article 4.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update

from bot.outreach import erasure, reminders
from bot.outreach.counted import remember
from bot.outreach.requests import new_receipt, register
from bot.outreach.tables import consents, lead_events, leads
from bot.staff.accounts import Person
from bot.staff.audit import Audit
from bot.staff.lead_changes import found_lead
from knowledge.store import writing


class LeadRights:
    """Carries requests out in SQL."""

    def __init__(self, engine: Engine, audit: Audit, clock: Callable[[], float] = time.time) -> None:
        self._engine, self._audit, self._clock = engine, audit, clock

    def withdraw(self, person: Person, lead_id: int) -> str:
        """Nobody calls any more, reminders end; the receipt. Raises NotThere."""
        now = self._clock()
        receipt = new_receipt(now)
        with writing(self._engine) as connection:
            _hold(connection, lead_id)
            lead = found_lead(connection, person, lead_id)
            home = lead["conversation_id"]
            which = consents.c.id == lead["consent_id"]
            if home is not None:
                which = which | (consents.c.conversation_id == home)
                reminders.stop(connection, home)
            connection.execute(
                update(consents).where(which, consents.c.withdrawn_at.is_(None)).values(withdrawn_at=now)
            )
            values: dict[str, Any] = {"status": "withdrawn", "due_at": None, "closed_at": now, "updated_at": now}
            connection.execute(update(leads).where(leads.c.id == lead_id).values(**values, version=lead["version"] + 1))
            connection.execute(
                insert(lead_events).values(lead_id=lead_id, at=now, kind="withdrawn", by=person.login, data={})
            )
            register(connection, "withdraw", lead["channel"], receipt, now)
            self._note(connection, person, "lead.withdraw", lead_id)
        return receipt

    def erase(self, person: Person, lead_id: int) -> str:
        """Everything about the person goes, their conversation too; the receipt. Raises NotThere."""
        now = self._clock()
        receipt = new_receipt(now)
        with writing(self._engine) as connection:
            _hold(connection, lead_id)
            lead = found_lead(connection, person, lead_id)
            gone = ""
            if lead["conversation_id"] is not None:
                gone = erasure.erase(connection, lead["conversation_id"])
                erasure.anonymise(connection, lead["conversation_id"])
            else:
                remember(connection, leads.c.id == lead_id)
                connection.execute(delete(leads).where(leads.c.id == lead_id))
                connection.execute(delete(consents).where(consents.c.id == lead["consent_id"]))
            register(connection, "erase", lead["channel"], receipt, now, result=gone)
            self._note(connection, person, "lead.erase", lead_id)
        return receipt

    def _note(self, connection: Connection, person: Person, action: str, lead_id: int) -> None:
        self._audit.note(connection, action, f"lead:{lead_id}", by=person.login, staff_id=person.id)


def _hold(connection: Connection, lead_id: int) -> None:
    """The conversation before the lead, in the order in which turns take them: else the two could wait for each other."""
    home = connection.execute(select(leads.c.conversation_id).where(leads.c.id == lead_id)).scalar()
    if home is not None:
        reminders.hold(connection, home)
