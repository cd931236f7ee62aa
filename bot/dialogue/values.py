"""The plain values that a turn of the dialogue takes and gives."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol

from bot.channels.contract import Ask, Inbound
from bot.dialogue.privacy import Keeping
from bot.messages import Button, ChatReply, Reply, Show
from bot.outreach.effects import Effect
from bot.outreach.hours import Hours
from bot.outreach.records import Campaign, Held

LEAD, PERSON, WRONG, DATA, ERASE, WITHDRAW = "@lead", "@person", "@wrong", "@data", "@erase", "@withdraw"
CALCULATOR, ELIGIBILITY, REMIND, PRIVACY = "@calculator", "@eligibility", "@remind", "@privacy"
BULLETIN = "@bulletin"
"""Values of buttons that do something rather than ask."""


class People(Protocol):
    """What is kept of people, and campaigns."""

    def held(self, conversation_id: int) -> Held: ...

    def campaign(self, code: str) -> Campaign | None: ...


@dataclass(frozen=True, slots=True)
class Office:
    """Who runs this installation: `name` is told as who sees the data, `contact` as whom to ask about them.

    `days` is how long a lead is kept after it is closed, `conversation_days` a conversation after the person's last word.
    """

    name: str
    days: int
    hours: Hours
    conversation_days: int = 365
    contact: str = ""

    @property
    def keeping(self) -> Keeping:
        """What the privacy notice says of it."""
        return Keeping(self.name, self.contact, self.days, self.conversation_days)


class OfficeNow(Protocol):
    """An `Office`, or one whose values are read anew each time because staff may change them."""

    @property
    def name(self) -> str: ...

    @property
    def days(self) -> int: ...

    @property
    def hours(self) -> Hours: ...

    @property
    def keeping(self) -> Keeping: ...


OFFICE = Office("cơ quan vận hành trợ lý này", 90, Hours.parse("1-5 07:30-11:30,13:30-17:00"))
"""What is told where nothing else is set."""


@dataclass(frozen=True, slots=True)
class Said:
    """The outcome: what is said, its name for statistics, what changes, and what is asked for by the platform's own form."""

    replies: tuple[Reply, ...]
    outcome: str
    effects: tuple[Effect, ...] = ()
    ask: Ask = Ask.NOTHING
    topic: str = ""  # of the card that answered, for statistics


@dataclass(slots=True)
class Here:
    """One turn: the event, the conversation's id, what it remembers (changed in place), and the time."""

    event: Inbound
    conversation_id: int
    state: dict[str, Any]
    now: float
    buttons: bool = True  # the platform shows buttons
    reminds: bool = True  # the platform takes messages that nobody asked for, months later
    show: Show | None = None  # where what is sure of an answer still being made may be shown


def with_buttons(said: ChatReply, buttons: tuple[Button, ...]) -> tuple[Reply, ...]:
    """The replies of `said`, the last with further buttons."""
    if not said.replies:
        return ()
    *before, last = said.replies
    return (*before, replace(last, buttons=last.buttons + buttons))
