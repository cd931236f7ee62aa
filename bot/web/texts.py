"""The web chat's own Vietnamese texts and example questions, read from the data files beside this module."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from knowledge.yaml_files import load_yaml


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the page about the bot; `text` is plain, with "- " lists."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class About:
    """The page about the bot: what it is, what it does not do, personal data."""

    lead: str
    sections: tuple[Section, ...]


@cache
def texts() -> dict[str, str]:
    """All canned texts by key."""
    return {str(key): str(value) for key, value in _load("texts.yaml").items()}


def say(key: str, **values: object) -> str:
    """The text `key` with its blanks filled; a missing key is a programming error (KeyError)."""
    return texts()[key].format(**values)


@cache
def examples() -> tuple[str, ...]:
    """Example questions for the first screen, in order."""
    return tuple(str(q) for q in _load("examples.yaml"))


@cache
def about() -> About:
    """The words of the page about the bot."""
    loaded = _load("about.yaml")
    return About(str(loaded["lead"]), tuple(Section(str(s["heading"]), str(s["text"])) for s in loaded["sections"]))


def _load(name: str) -> Any:
    return load_yaml(files("bot.web").joinpath(name).read_text("utf-8"))
