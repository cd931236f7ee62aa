"""What a chat model is to us: words in, words out, in a bounded time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from knowledge.errors import KnowledgeError


class Why(StrEnum):
    """Why no words of a model were had."""

    TIME = "time"  # it did not end within its time
    UNREACHABLE = "unreachable"  # no connection, or it was cut
    REFUSED = "refused"  # the server answered with an error
    EMPTY = "empty"
    TOO_LONG = "too_long"
    GARBAGE = "garbage"  # words that are not of the form asked for
    RESTING = "resting"  # it failed too often a moment ago
    BUSY = "busy"  # as many calls as allowed are under way
    SPENT = "spent"  # the day's allowance of this person or of all is used up


class ModelFailed(KnowledgeError):
    """Raised when a model gave nothing that can be used; `why` is the class of failure, never the model's words."""

    def __init__(self, why: Why, told: str = "") -> None:
        super().__init__(f"{why.value} {told}".strip())
        self.why = why


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is given: `rules` are ours, `material` holds everything that came from elsewhere, as data."""

    rules: str
    material: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call. Estimated from the length where the server does not tell them."""

    tokens_in: int = 0
    tokens_out: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(self.tokens_in + other.tokens_in, self.tokens_out + other.tokens_out)


NOTHING_USED = Usage()
"""No call was made."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a model said, and what it used."""

    text: str
    usage: Usage


Hear = Callable[[str], bool]
"""Takes the next piece of a text that is being said; False when the rest is not wanted any more."""


class ChatModel(Protocol):
    """A model behind a provider. Thread-safe."""

    @property
    def name(self) -> str:
        """`provider:model`, as staff see it; no address and no key."""
        ...

    def say(self, prompt: Prompt, hear: Hear) -> Said:
        """The whole text; each piece of it is given to `hear` as it comes. Blocks. Raises ModelFailed."""
        ...


class Meter(Protocol):
    """Counts what persons and days have used (`bot.model_use`). Thread-safe."""

    def allows(self, person: str, day: date) -> bool:
        """Whether one more call may be made for `person` on `day`."""
        ...

    def used(self, person: str, day: date, usage: Usage) -> None:
        """Notes a call that was made, whatever came of it."""
        ...
