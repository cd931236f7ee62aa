"""Texts that officers choose from when they answer, from `canned.yaml`; they are edited before they are sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from knowledge.yaml_files import load_yaml


@dataclass(frozen=True, slots=True)
class Canned:
    """One text. `officer` and `place` are filled in."""

    key: str
    title: str
    text: str

    def filled(self, officer: str, place: str) -> str:
        """The text as this officer says it."""
        return self.text.format(officer=officer, place=place)


@cache
def canned() -> Sequence[Canned]:
    """All texts, in the order of the file."""
    loaded = load_yaml(files("bot.staff").joinpath("canned.yaml").read_text(encoding="utf-8"))
    return tuple(Canned(row["key"], row["title"], row["text"]) for row in loaded)
