"""Puts questions to the knowledge, and remembers what the next turn may lean on: the turn before, and what the person said of themself.

What a person says of themself lives in the state of the conversation and nowhere else: `/dulieu` shows it, `/xoa` forgets it with the rest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bot.dialogue.forms.readers import FindPlace, looks_like_a_question
from bot.dialogue.texts import say
from bot.dialogue.values import Here
from bot.messages import Answerer, ChatReply, MemoryAnswerer
from knowledge.about import About
from knowledge.vietnamese import fold

_KEPT_TEXT = 1_500  # characters of the last answer that are kept for whoever calls back
_LIVES = re.compile(
    r"(?:^|[,.;?!]\s*|\b(?:da|hien|vi|do|oi|nhung|ma)\s+)(?:toi|em|minh|chau)\s+(?:dang\s+|hien\s+)?(?:song\s+|cu tru\s+)?(?:o|tai)\s+"
    r"(?=(?:xa|phuong|dac khu|thi tran)\s)"
)
"""Somebody names the commune they live in; other places have no bearing on who calls."""
_PLACE_ENDS = re.compile(r"[,.;?!\n]|\s(?:thì|thi|muốn|muon|có|co|được|duoc|đóng|dong|là|la)\s")
_FORGET = re.compile(
    r"\b(?:quen|bo|dung nho)\b.*\b(?:dieu|thong tin|nhung gi|cai)\b.*\b(?:toi|em|minh)\b.*\b(?:da noi|vua noi|noi)\b"
)
_RECALL = re.compile(
    r"\b(?:nho|ghi nho|ghi nhan|biet)\b.*\b(?:gi|nhung gi|dieu gi)\b.*\b(?:ve|cua)\s+(?:toi|em|minh)\b"
)


class Questions:
    """Asks, and keeps what was asked."""

    def __init__(self, answerer: Answerer, find_place: FindPlace) -> None:
        self._answerer, self._find_place = answerer, find_place

    def ask(self, here: Here, text: str) -> ChatReply:
        """The answer to `text`, with what the conversation remembers."""
        session = f"{here.event.channel}:{here.event.conversation}"
        if isinstance(self._answerer, MemoryAnswerer):
            kept = {} if here.event.group else here.state.get("about", {})  # in a group many people speak
            said = self._answerer.follow(
                text, session=session, past=here.state.get("past", {}), about=kept, show=here.show
            )
            if not here.event.group:
                self._learn(here, text, said)
        else:
            said = self._answerer.answer(text, session=session)
        if said.status in ("answered", "clarify", "unknown"):
            here.state["past"] = dict(said.past)
        elif said.status != "smalltalk":  # what was declined is never carried along
            here.state.pop("past", None)
        if said.status in ("answered", "unknown") and said.replies:
            remember(here, text, said)
        return said

    def explain(self, card: str, text: str) -> ChatReply:
        """The answer of one card, or whatever answers `text` where there are no cards."""
        found = self._answerer.explain(card, text) if isinstance(self._answerer, MemoryAnswerer) else None
        return found or self._answerer.answer(text, session="form")

    def _learn(self, here: Here, text: str, said: ChatReply) -> None:
        """Keeps what the answer says is known of the person now, and the commune they say they live in."""
        about = dict(said.about)
        before = here.state.get("about", {})
        place: Mapping[str, str] = {n: before[n] for n in ("commune", "commune_title") if n in before}
        if said.status != "declined" and (named := self._lives_in(text)):
            place = named
        here.state.pop("about", None)
        if about or place:
            here.state["about"] = {**about, **place}

    def _lives_in(self, text: str) -> Mapping[str, str]:
        """The commune in "tôi ở xã Ba Tơ", when there is no doubt which."""
        found = _LIVES.search(fold(text))
        if found is None or len(fold(text)) != len(text):
            return {}
        place = _PLACE_ENDS.split(text[found.end() :], maxsplit=1)[0].strip()
        sure = self._find_place(place).sure if place and not looks_like_a_question(place) else None
        return {"commune": sure.code, "commune_title": sure.title} if sure is not None else {}


def remember(here: Here, text: str, said: ChatReply) -> None:
    """Keeps the last question with its answer: for who calls back, and for who looks at a wrong one."""
    reply = said.replies[-1]
    here.state["last"] = {
        "question": text, "answer": reply.text[:_KEPT_TEXT], "reason": f"{said.status}:{said.reason}",
        "citations": [{k: v for k, v in asdict(c).items() if v} for c in reply.citations][:4],
        "trace": [dict(t) for t in said.trace],
    }  # fmt: skip


def told_of(state: Mapping[str, Any]) -> str:
    """What the person said of themself, in words; empty when nothing is kept."""
    kept = state.get("about", {})
    place = say("about_commune", commune=kept["commune_title"]) if kept.get("commune_title") else ""
    return ", ".join(part for part in (About.of(kept).in_words(), place) if part)


def wants_recall(text: str) -> bool:
    """Whether somebody asks what is remembered of them."""
    return _RECALL.search(fold(text)) is not None


def wants_forgetting(text: str) -> bool:
    """Whether somebody wants what they said of themself forgotten, and nothing else."""
    return _FORGET.search(fold(text)) is not None


__all__ = ["Questions", "remember", "told_of", "wants_forgetting", "wants_recall"]
