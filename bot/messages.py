"""What the bot says, whatever the channel: replies with buttons and citations.

`Answerer` is the door between a channel and the dialogue: a channel gives it the words of one person and shows what
comes back. Values here are plain data, safe to copy and compare.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

CANNOT_REACH_SOURCES = "cannot_reach_sources"
"""Reason of an `unknown` answer that failed on our side: asking again may help, unlike "no rule found"."""


@dataclass(frozen=True, slots=True)
class Button:
    """One choice offered with a reply: `label` is read by people, `value` is sent back when it is chosen."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Citation:
    """The provision (quy định) a reply rests on.

    `document` is the official number (số hiệu), `quote` the clause verbatim, `coordinate` the place as people read it
    ("khoản 2 Điều 36 Luật Bảo hiểm xã hội 41/2024/QH15"; worked out from the parts when empty), `effective` a sentence
    in Vietnamese ("Theo quy định có hiệu lực ngày 22/11/2026"), `section` the place in a document without articles.
    """

    document: str
    title: str
    article: str = ""
    clause: str = ""
    point: str = ""
    quote: str = ""
    coordinate: str = ""
    effective: str = ""
    section: str = ""

    @property
    def place(self) -> str:
        """The place in one line for people; never empty when the document is named."""
        if self.coordinate:
            return self.coordinate
        parts = [
            self.point and f"điểm {self.point}",
            self.clause and f"khoản {self.clause}",
            self.article and f"Điều {self.article}",
            self.section if not self.article else "",
        ]
        where = " ".join(p for p in parts if p)
        document = self.title if self.document in self.title else f"{self.title} {self.document}".strip()
        return " ".join(p for p in (where, document) if p)


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to the citizen: plain text (line breaks and "- " lists kept), never markup."""

    text: str
    buttons: tuple[Button, ...] = ()
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class ChatReply:
    """What one turn says. `status` is an answer status (`answered`, `clarify`, `unknown`, `handoff`, …).

    `trace` are the steps to the answer, for staff who take it apart; no words of the citizen are in it. `past` is what the next
    question may lean on, `about` what the person has said of themself so far: both are kept with the conversation and given back
    (`MemoryAnswerer`).
    """

    status: str
    replies: tuple[Reply, ...]
    reason: str = ""
    trace: tuple[Mapping[str, Any], ...] = ()
    past: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)


Show = Callable[[str], None]
"""Is given all that may be shown so far of an answer that is still being made; must not block and not raise."""


class Answerer(Protocol):
    """Answers one message of one conversation; may block, and is called from several threads at once.

    Calls of one session never overlap. `text` is what was typed, or the value of the chosen button.
    """

    def answer(self, text: str, *, session: str) -> ChatReply: ...


@runtime_checkable
class ShowingAnswerer(Answerer, Protocol):
    """An answerer that shows what is sure of an answer while it is still being made."""

    def answer_aloud(self, text: str, *, session: str, show: Show) -> ChatReply:
        """As `answer`; `show` is called from the same thread."""
        ...


@runtime_checkable
class MemoryAnswerer(Answerer, Protocol):
    """An answerer that completes questions from the turn before, and fills cards for forms."""

    def follow(
        self,
        text: str,
        *,
        session: str,
        past: Mapping[str, str],
        about: Mapping[str, Any] | None = None,
        show: Show | None = None,
    ) -> ChatReply:
        """As `answer`, with the `past` and `about` of the reply before. `show` may be given what is sure of an answer still being made."""
        ...

    def explain(self, card: str, text: str) -> ChatReply | None:
        """The answer of one approved card to `text`; None when it does not hold."""
        ...
