"""Words for staff about hand-overs, and the names of channels, reasons and states, from the data file `handover.yaml`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from knowledge.yaml_files import load_yaml


def text_of(key: str) -> str:
    """A text for staff."""
    return str(_loaded()[key]).strip()


def channel_name(channel: str) -> str:
    """A channel as staff call it."""
    return str(_loaded()["channels"].get(channel, channel))


def reason_name(reason: str) -> str:
    """Why a person is wanted, in words."""
    return str(_loaded()["reasons"].get(reason, reason))


def state_name(state: str) -> str:
    """The state of a hand-over, in words."""
    return str(_loaded()["states"].get(state, state))


@cache
def _loaded() -> dict[str, Any]:
    loaded: dict[str, Any] = load_yaml(files("bot.outreach").joinpath("handover.yaml").read_text("utf-8"))
    return loaded
