"""What a turn of a conversation changes beside the conversation itself: plain values, stored with it in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.outreach.consent import Words


@dataclass(frozen=True, slots=True)
class Agreed:
    """The person agreed to `words`; the message of this turn is the proof."""

    words: Words


@dataclass(frozen=True, slots=True)
class Lead:
    """The person confirmed: call them. Stored only under a consent to be called that still holds."""

    phone: str
    name: str
    commune_code: str
    commune: str
    need: str = ""
    best_time: str = ""
    campaign: str = ""
    question: str = ""
    answer: str = ""
    citations: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class CameBy:
    """The person came by the code of a campaign."""

    code: str


@dataclass(frozen=True, slots=True)
class Remind:
    """The person wants to be reminded. Stored only under a consent to news that still holds; `every_months` 0 is once."""

    topic: str
    due_at: float
    every_months: int = 0


@dataclass(frozen=True, slots=True)
class NoReminders:
    """All reminders and messages to many end now for this conversation, and the consents to them."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """All consents of this conversation end now; nobody calls any more. `receipt` is told to the person."""

    receipt: str


@dataclass(frozen=True, slots=True)
class Left:
    """The person blocked or unfollowed us: consents end as if withdrawn, without a receipt that nobody could be sent."""


@dataclass(frozen=True, slots=True)
class Erased:
    """Everything about the person goes. `receipt` stays."""

    receipt: str


@dataclass(frozen=True, slots=True)
class Seen:
    """The person saw what is kept of them."""

    receipt: str


@dataclass(frozen=True, slots=True)
class PersonWanted:
    """Staff are to take the conversation over."""

    reason: str


@dataclass(frozen=True, slots=True)
class Reported:
    """An answer that the person calls wrong (`wrong`), or a question without an answer (`gap`), with how it came about."""

    kind: str
    question: str
    answer: str
    reason: str
    trace: tuple[Mapping[str, Any], ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class OfficerCode:
    """An officer sent the code that links this chat to their account in the console; whether it holds is told when it is stored."""

    code: str


Effect = (
    Agreed
    | Lead
    | CameBy
    | Remind
    | NoReminders
    | Withdrawn
    | Left
    | Erased
    | Seen
    | PersonWanted
    | Reported
    | OfficerCode
)
