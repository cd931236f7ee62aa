"""Words for citizens, from `texts.yaml`."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import Any

from knowledge.yaml_files import load_yaml


@lru_cache(maxsize=1)
def _texts() -> dict[str, Any]:
    loaded: dict[str, Any] = load_yaml(
        resources.files("knowledge.answering").joinpath("texts.yaml").read_text(encoding="utf-8")
    )
    return loaded


def say(key: str, **parts: str) -> str:
    """The text of `key` with its parts filled in. Raises KeyError for an unknown key or a missing part."""
    return str(_texts()[key]).format(**parts)


def reasons() -> dict[str, str]:
    """Every reason with its Vietnamese label for staff."""
    return dict(_texts()["reasons"])


def button_choices(need: str) -> list[tuple[str, str]]:
    """(label, phrase) of the buttons offered when `need` is asked back."""
    return [(b["label"], b["phrase"]) for b in _texts()["buttons"][need]]
