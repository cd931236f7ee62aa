"""Texts that officers choose from when they answer: those of the office, and those that come along (`canned.yaml`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sqlalchemy import Engine, select

from bot.outreach.campaign_tables import office_settings
from bot.outreach.office import CANNED, canned_of
from knowledge.store import reading
from knowledge.yaml_files import load_yaml


@dataclass(frozen=True, slots=True)
class Canned:
    """One text. `officer` and `place` are filled in."""

    key: str
    title: str
    text: str

    def filled(self, officer: str, place: str) -> str:
        """The text as this officer says it."""
        return self.text.replace("{officer}", officer).replace("{place}", place)


@cache
def canned() -> Sequence[Canned]:
    """The texts that come along, in the order of the file."""
    loaded = load_yaml(files("bot.staff").joinpath("canned.yaml").read_text(encoding="utf-8"))
    return tuple(Canned(row["key"], row["title"], row["text"]) for row in loaded)


def choices(engine: Engine) -> list[Canned]:
    """The office's own texts first, then those that come along; an own text takes the place of one with its title."""
    with reading(engine) as connection:
        stored = connection.execute(select(office_settings.c.value).where(office_settings.c.key == CANNED)).scalar()
    own = [Canned(f"rieng-{n}", text.title, text.text) for n, text in enumerate(canned_of(stored), 1)]
    taken = {text.title for text in own}
    return [*own, *(text for text in canned() if text.title not in taken)]
