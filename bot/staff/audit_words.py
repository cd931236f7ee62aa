"""The audit in words: deeds, things and details as staff read them; an unknown code stands as it is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from knowledge.yaml_files import load_yaml


def deed(action: str) -> str:
    """`lead.view` as "xem người quan tâm"."""
    noun, _, verb = action.partition(".")
    words = _words()
    if noun not in words["nouns"] or verb not in words["verbs"]:
        return action
    named, done = words["nouns"][noun], words["verbs"][verb]
    return f"{named} {done}" if done.startswith("bị ") else f"{done} {named}"


def thing(subject: str) -> str:
    """`lead:12` as "người quan tâm 12", `lead:*` as "người quan tâm"."""
    noun, _, number = subject.partition(":")
    named = _words()["nouns"].get(noun)
    return subject if named is None else f"{named} {number}".removesuffix(" *").strip()


def detail(data: Mapping[str, Any]) -> str:
    """What is noted beside a deed."""
    return "; ".join(f"{_words()['details'].get(key, key)}: {_value(value)}" for key, value in data.items())


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(_words()["yes" if value else "no"])
    if isinstance(value, list | tuple):
        return ", ".join(map(_value, value))
    return str(value)


@cache
def _words() -> dict[str, Any]:
    loaded: dict[str, Any] = load_yaml(files("bot.staff").joinpath("audit.yaml").read_text("utf-8"))
    return loaded
