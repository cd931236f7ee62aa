"""What a channel is, and the plain values that travel between channels and the rest.

A channel knows one platform's wire format and nothing else: no database, no dialogue, no retries. `verify` and `read` are pure
and quick, for they run before the platform gets its 200; `send` makes one attempt and says what came of it by a result or by
one of the errors below, which decide what the sender does next.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable

from bot.errors import BotError
from bot.messages import Button

PATHS = {"telegram": "/webhooks/telegram", "zalo_oa": "/webhooks/zalo-oa", "zalo_bot": "/webhooks/zalo-bot"}
"""Webhook path of each channel."""


class Kind(StrEnum):
    """What a person did."""

    TEXT = "text"  # typed words; also a numbered choice
    BUTTON = "button"  # pressed a button: `text` is its value
    START = "start"  # opened the conversation by a start command or link: `text` is the code, may be empty
    CONTACT = "contact"  # shared name and phone by the platform's own way
    FOLLOW = "follow"  # followed or unblocked the account without a word
    STOP = "stop"  # unfollowed or blocked: nothing may be sent any more
    STAFF = "staff"  # an officer wrote to the person in the platform's own tool: a person has taken over
    OTHER = "other"  # photo, sticker, voice, file, location: `text` is its caption, `what` its name


@dataclass(frozen=True, slots=True)
class ContactShare:
    """A phone and a name shared by the platform's own way. `phone` is as the platform gives it, not yet checked."""

    phone: str
    name: str = ""
    own: bool = True  # False: somebody else's contact was passed on, never the person's own number
    place: str = ""  # address words, when the form of the platform asks for them


@dataclass(frozen=True, slots=True)
class Inbound:
    """One thing a person did, the same for every channel.

    `event_id` is the platform's own id of the event or, where it has none, a hash of the body: it is the same in every repeat
    and differs between events of one channel. `order` sorts the events of one conversation (update number or milliseconds).
    """

    channel: str
    event_id: str
    conversation: str  # the platform's id of the chat; where answers go
    person: str  # the platform's id of the person
    kind: Kind
    text: str = ""
    order: int = 0
    name: str = ""  # display name, may be empty
    message_id: str = ""  # the platform's id of the message
    contact: ContactShare | None = None
    what: str = ""  # of Kind.OTHER: "photo", "sticker", "voice", "file", "location", "unknown"
    acknowledge: str = ""  # something the platform wants answered at once, e.g. the id of a button press
    group: bool = False  # said in a group, to the bot


class Ask(StrEnum):
    """Something a piece asks for with the platform's own form."""

    NOTHING = ""
    CONTACT = "contact"  # "share my phone number"
    FORGET_KEYBOARD = "forget_keyboard"  # take the form away again


@dataclass(frozen=True, slots=True)
class Piece:
    """One message as it goes to a platform: already cut to its limit, plain text, never markup.

    `text` is what the person reads; `strong` marks spans of it (start, end; code points) shown bold where the platform can.
    `picture` is a public https address.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    ask: Ask = Ask.NOTHING
    picture: str = ""
    strong: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """A message the platform has taken. `note` says what the platform told beside, e.g. which quota it used."""

    message_id: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` messages in `seconds`."""

    count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform can do. Lengths are in the platform's unit, `text_length` measures it."""

    text_limit: int
    utf16: bool  # lengths are in UTF-16 code units
    buttons: int = 0  # most buttons of one message, 0: numbered choices in the text
    button_label: int = 0  # longest label in characters
    button_value: int = 0  # longest value in bytes of UTF-8
    contact_form: bool = False
    pictures: bool = False
    typing_seconds: float = 0.0  # how long one typing sign lasts, 0: there is none
    menu: bool = False  # commands or a menu can be set by us
    start_payload: bool = False  # a link can carry a campaign code
    rate: Rate = field(default_factory=lambda: Rate(20, 1.0))  # all conversations together
    conversation_rate: Rate = field(default_factory=lambda: Rate(1, 1.0))  # one conversation
    free_hours: float = 0.0  # hours after the person's last word in which answers cost nothing, 0: no such limit
    reach_hours: float = 0.0  # hours after which the platform refuses, 0: no such limit

    def text_length(self, text: str) -> int:
        """Length of `text` in the unit of `text_limit`."""
        return len(text.encode("utf-16-le")) // 2 if self.utf16 else len(text)


class ChannelError(BotError):
    """Base of what can go wrong between us and a platform. `code` is the platform's, kept for staff."""

    def __init__(self, message: str, remedy: str = "", *, code: str = "") -> None:
        super().__init__(message, remedy)
        self.code = code


class Refused(ChannelError):
    """Raised by `verify` when a webhook call does not carry the platform's proof."""


class Later(ChannelError):
    """Raised when the platform did not take the message and it may be tried again.

    `after` seconds must pass first when the platform says so (None: the sender chooses). `everyone` tells that the limit is that
    of the whole account, so all sending waits.
    """

    def __init__(self, message: str, *, after: float | None = None, everyone: bool = False, code: str = "") -> None:
        super().__init__(message, code=code)
        self.after = after
        self.everyone = everyone


class Unclear(ChannelError):
    """Raised when the request went out and no answer came: the message may have arrived. Repeated at most once."""


class Unreachable(ChannelError):
    """Raised when this person cannot be written to (blocked, unfollowed, window closed); `until_they_write` ends it.

    `left` is True when the person has stopped us (blocked, unfollowed): consent is off as well.
    """

    def __init__(self, message: str, *, left: bool = False, code: str = "") -> None:
        super().__init__(message, code=code)
        self.left = left


class Rejected(ChannelError):
    """Raised when the platform will never take this message: our mistake; staff see it, nobody tries again."""


class Misconfigured(ChannelError):
    """Raised when the account, token or permission is wrong: nothing can be sent until a person mends it (`remedy`)."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of `tuvan doctor`."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""


@runtime_checkable
class Drafting(Protocol):
    """A channel that shows an answer while it is still being written."""

    async def draft(self, conversation: str, text: str, number: int) -> None:
        """Shows `text` in the place of the draft `number` (not 0); never raises."""
        ...


class Channel(Protocol):
    """One platform. Opened once by the process that sends (`async with channel.opened()`); `verify` and `read` need no opening."""

    name: str  # "telegram", "zalo_oa", "zalo_bot"
    capabilities: Capabilities

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raises Refused unless the webhook call comes from the platform. Header names are in small letters."""
        ...

    def read(self, body: bytes) -> Sequence[Inbound]:
        """The events of a webhook body or of one polled update, as JSON bytes; none for what does not concern us.

        Raises ValueError when the body is not what the platform sends.
        """
        ...

    def opened(self) -> AbstractAsyncContextManager[None]:
        """Connections for sending and polling, closed at the end."""
        ...

    async def send(self, conversation: str, piece: Piece) -> Sent:
        """One attempt. Raises Later, Unclear, Unreachable, Rejected, Misconfigured."""
        ...

    async def typing(self, conversation: str) -> None:
        """Shows that an answer is being written; never raises, nothing where there is no such sign."""
        ...

    async def acknowledge(self, event: Inbound) -> None:
        """Answers what the platform wants answered at once (`Inbound.acknowledge`); never raises."""
        ...

    async def start(self, webhook: str | None) -> None:
        """Sets commands and menus; registers the address `webhook`, takes the webhook away when it is empty (polling), leaves it as
        it is when None (somebody has set it by hand).

        Raises Later, Misconfigured.
        """
        ...

    def poll(self) -> AsyncGenerator[bytes, None]:
        """Updates one by one as JSON bytes, for ever. An update is confirmed when the next one is asked for.

        Waits by itself between calls and after failures; raises Misconfigured only (wrong token, a second poller).
        """
        ...

    async def checks(self, webhook: str) -> list[Check]:
        """What `tuvan doctor` asks: the token works, the webhook is the one we expect, and so on. Never raises."""
        ...
