"""The conversation's own Vietnamese texts, read from the data file beside this module."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from bot.messages import Button
from knowledge.yaml_files import load_yaml


@dataclass(frozen=True, slots=True)
class Commands:
    """Commands of the menu by name: `said` names a text, `done` an action, `asked` is a question."""

    said: dict[str, str]
    done: dict[str, str]
    asked: dict[str, str]


@dataclass(frozen=True, slots=True)
class Action:
    """Something an answer offers to do; `instead` of the answer when nothing else was asked."""

    does: str
    label: str
    instead: bool = False


def say(key: str, **values: object) -> str:
    """The text `key` with its blanks filled; a missing key is a programming error (KeyError)."""
    return str(_loaded()[key]).strip().format(**values)


def thing(what: str) -> str:
    """A photo, a sticker … as people call it."""
    things = _loaded()["things"]
    return str(things.get(what, things["unknown"]))


def first_questions() -> tuple[Button, ...]:
    """Buttons under the greeting."""
    return tuple(Button(q["label"], q["ask"]) for q in _loaded()["first_questions"])


def commands() -> Commands:
    """What the commands of the menu do."""
    loaded = _loaded()
    return Commands(dict(loaded["say_for_command"]), dict(loaded["do_for_command"]), dict(loaded["ask_for_command"]))


def action_of(reason: str) -> Action | None:
    """What the answer with this reason offers to do; None for most."""
    found = _loaded()["actions"].get(reason)
    return Action(**found) if found else None


@cache
def _loaded() -> dict[str, Any]:
    loaded: dict[str, Any] = load_yaml(files("bot.dialogue").joinpath("texts.yaml").read_text("utf-8"))
    return loaded
