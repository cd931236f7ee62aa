"""A person in a conversation that is only remembered, not stored: what they say, what they read, what it changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.channels.contract import Ask, ContactShare, Inbound, Kind
from bot.dialogue.forms.readers import FindPlace, FoundPlaces
from bot.dialogue.talk import OFFICE, Here, Said, Talk
from bot.messages import Answerer, ChatReply, Citation, Reply
from bot.outreach.effects import Agreed, Effect, Erased, Lead, Withdrawn
from bot.outreach.records import Campaign, Held

NOW = 1_795_000_000.0  # a Thursday morning in Việt Nam
TODAY = date(2026, 11, 22)


@dataclass(frozen=True, slots=True)
class Place:
    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Places:
    sure: Place | None = None
    choices: tuple[Place, ...] = ()
    other_province: str = ""


_PLACES = {
    "ba tơ": Places(Place("1", "xã Ba Tơ")),
    "bình minh": Places(choices=(Place("2", "xã Bình Minh"), Place("3", "xã Bình Chương"))),
    "huế": Places(other_province="thành phố Huế"),
}


def find_place(text: str) -> FoundPlaces:
    """Finds three places by their names."""
    return next((found for name, found in _PLACES.items() if name in text.lower()), Places())


class Nobody:
    """Nothing is kept of anybody; one campaign."""

    def __init__(self, held: Held | None = None) -> None:
        self.kept = held or Held()

    def held(self, conversation_id: int) -> Held:
        return self.kept

    def campaign(self, code: str) -> Campaign | None:
        if code.lower() != "ts25":
            return None
        return Campaign("TS25", "Hội Phụ nữ xã Ba Tơ", "Hội Phụ nữ xã chào chị em.", "Hội tặng thêm tháng đầu.")


class Answers:
    """Answers everything, cited, but what it does not know and what asks for a person."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def answer(self, text: str, *, session: str) -> ChatReply:
        self.asked.append(text)
        if "lạ" in text:
            return ChatReply("unknown", (Reply("Tôi chưa có thông tin."),), "weak_evidence", ({"name": "search"},))
        if "gặp cán bộ" in text:
            return ChatReply("handoff", (Reply("Anh/chị gọi 1900 9068."),), "speak_to_person")
        if "gọi lại" in text:
            return ChatReply("answered", (Reply("Được."),), "card:viec-nho-goi-lai")
        return ChatReply(
            "answered", (Reply(f"Đáp: {text}", (), (Citation("41/2024/QH15", "Luật BHXH", "36"),)),), "card:x"
        )


@dataclass
class Person:
    """One conversation. `effects` are all that its turns changed."""

    answers: Answerer = field(default_factory=Answers)
    kept: Nobody = field(default_factory=Nobody)
    places: FindPlace = find_place
    now: float = NOW
    state: dict[str, Any] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)
    last: Said = field(default_factory=lambda: Said((), ""))
    name: str = ""
    reminds: bool = True

    def says(self, text: str) -> str:
        """What is answered, all replies joined."""
        return self._take(Kind.TEXT, text)

    def presses(self, label: str) -> str:
        """Takes the choice with this label."""
        value = {b.label: b.value for r in self.last.replies for b in r.buttons}[label]
        return self._take(Kind.BUTTON, value)

    def shares(self, phone: str, name: str = "", own: bool = True) -> str:
        """Shares a contact card."""
        return self._take(Kind.CONTACT, "", ContactShare(phone, name, own))

    @property
    def offered(self) -> list[str]:
        return [b.label for r in self.last.replies for b in r.buttons]

    @property
    def asked_for_contact(self) -> bool:
        return self.last.ask is Ask.CONTACT

    @property
    def leads(self) -> list[Lead]:
        return [e for e in self.effects if isinstance(e, Lead)]

    @property
    def agreed(self) -> int:
        return sum(isinstance(e, Agreed) for e in self.effects)

    def ended(self) -> bool:
        """Whether the person took back what they had agreed to."""
        return any(isinstance(e, Withdrawn | Erased) for e in self.effects)

    def _take(self, kind: Kind, text: str, contact: ContactShare | None = None) -> str:
        talk = Talk(self.answers, self.kept, self.places, OFFICE, lambda: TODAY)
        event = Inbound("plain", "e", "c", "p", kind, text, contact=contact, name=self.name)
        kept: Mapping[str, Any] = {k: v for k, v in self.state.items() if k != "choices"}
        here = Here(event, 1, dict(kept), self.now, reminds=self.reminds)
        self.last = talk.take(here)
        self.state = here.state
        self.effects += self.last.effects
        return "\n".join(reply.text for reply in self.last.replies)
