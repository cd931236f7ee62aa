"""The privacy notice (thông báo xử lý dữ liệu cá nhân): one text for `/quyenriengtu` and for the page, with what the office has set."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from knowledge.yaml_files import load_yaml

VERSION = "2026-11-28"
"""Changes with the words of the notice."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """What an office has set: its name, whom to ask about personal data (may be empty), how many days things are kept, and whether a
    chat model helps ("home", or "abroad" when it stands outside Việt Nam; empty when there is none)."""

    office: str
    contact: str
    lead_days: int
    conversation_days: int
    model: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the notice; `text` is plain, "- " lines are a list."""

    heading: str
    text: str


def notice(kept: Keeping) -> tuple[Part, ...]:
    """The notice, part by part."""
    loaded = _loaded()
    blanks = {
        "office": kept.office,
        "contact": kept.contact or str(loaded["no_contact"]).format(office=kept.office),
        "lead_days": kept.lead_days,
        "conversation_days": kept.conversation_days,
        "model": f"\n{loaded['model'][kept.model]}" if kept.model else "",
    }
    return tuple(Part(str(p["heading"]), str(p["text"]).strip().format(**blanks)) for p in loaded["parts"])


def as_message(kept: Keeping) -> str:
    """The notice as one text of a conversation."""
    parts = [f"{part.heading}\n{part.text}" for part in notice(kept)]
    return "\n\n".join([str(_loaded()["title"]), *parts])


@cache
def _loaded() -> dict[str, Any]:
    loaded: dict[str, Any] = load_yaml(files("bot.dialogue").joinpath("privacy.yaml").read_text("utf-8"))
    return loaded
