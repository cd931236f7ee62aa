"""What the office has set in the console, before what stands in the environment; taken up by every process within seconds.

A row is a value as the settings hold it; it is checked by the very validators of `bot.settings` when it is written, and again when it is
read: a row that no longer passes (an older program wrote it) is left aside and logged.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Engine, select

from bot.dialogue.privacy import Keeping
from bot.errors import BotError
from bot.outreach.campaign_tables import office_settings
from bot.outreach.hours import Hours
from bot.settings import Settings
from knowledge.store import reading

log = logging.getLogger("bot.outreach")

EDITABLE = ("office", "privacy_contact", "working_hours", "lead_days", "conversation_days")
"""Settings that staff may change; the others (tokens, addresses, folders) belong to who runs the machine."""
CANNED = "canned"
"""Key of the short answers that officers choose from."""
_FRESH = 5.0  # seconds


class BadValue(BotError):
    """Raised when a setting cannot have this value; says why."""


@dataclass(frozen=True, slots=True)
class Canned:
    """An answer that officers need again and again."""

    title: str
    text: str


def checked(base: Settings, key: str, value: object) -> Any:
    """`value` as the settings would hold it. Raises BadValue with the reason that the environment would get."""
    if key not in EDITABLE:
        raise BadValue("Thiết lập này không đổi được ở đây.", "Đổi trong tệp .env.")
    name = Settings.model_fields[key].validation_alias or key
    try:
        copy = base.model_copy()
        Settings.__pydantic_validator__.validate_assignment(copy, key, value)
        return getattr(copy, key)
    except ValidationError as error:
        reason = "; ".join(e["msg"].removeprefix("Value error, ") for e in error.errors())
        raise BadValue(
            f"Giá trị không dùng được: {_told(reason)}.", f"Cách viết như biến {str(name).upper()}."
        ) from error


def _told(reason: str) -> str:
    """pydantic's own words for whole numbers, in Vietnamese."""
    for english, vietnamese in (
        ("Input should be a valid integer", "phải là một số nguyên"),
        ("Input should be greater than or equal to ", "phải từ "),
        ("Input should be less than or equal to ", "phải đến nhiều nhất là "),
    ):
        if reason.startswith(english):
            rest = reason.removeprefix(english)
            return vietnamese + (rest if rest.isdecimal() else "")
    return reason


class LiveSettings:
    """The settings in force now: those of the environment with what staff have changed. Thread-safe."""

    def __init__(
        self, engine: Engine, base: Settings, *, fresh: float = _FRESH, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._engine, self.base, self._fresh, self._clock = engine, base, fresh, clock
        self._known: tuple[float, Settings] = (-1e9, base)

    def __call__(self) -> Settings:
        """The settings, at most some seconds old; when the database is away, those known before."""
        at, known = self._known
        if self._clock() - at < self._fresh:
            return known
        try:
            known = merged(self.base, self.rows())
        except Exception as error:
            log.error("office settings cannot be read: %s", type(error).__name__)
        self._known = (self._clock(), known)
        return known

    def rows(self) -> dict[str, Any]:
        """What staff have set."""
        with reading(self._engine) as connection:
            found = connection.execute(select(office_settings.c.key, office_settings.c.value))
            return {row.key: row.value for row in found}

    def canned(self) -> list[Canned]:
        """The short answers of officers."""
        return canned_of(self.rows().get(CANNED))


def merged(base: Settings, rows: Mapping[str, Any]) -> Settings:
    """`base` with those of `rows` that are settings and pass."""
    changed = {}
    for key in EDITABLE:
        if key in rows:
            try:
                changed[key] = checked(base, key, rows[key])
            except BadValue:
                log.error("the stored setting %s does not pass and is left aside", key)
    return base.model_copy(update=changed)


def canned_of(value: object) -> list[Canned]:
    """Canned answers as they are stored; what is none is left out."""
    rows: Sequence[object] = value if isinstance(value, list) else ()
    return [
        Canned(str(r["title"]), str(r["text"])) for r in rows if isinstance(r, dict) and {"title", "text"} <= set(r)
    ]


class LiveOffice:
    """An office whose values are those in force now (`bot.dialogue.values.OfficeNow`)."""

    def __init__(self, settings: Callable[[], Settings]) -> None:
        self._settings = settings

    @property
    def name(self) -> str:
        """Who sees the data."""
        return self._settings().office

    @property
    def days(self) -> int:
        """How many days a lead is kept after it is closed."""
        return self._settings().lead_days

    @property
    def hours(self) -> Hours:
        """When people are at work."""
        return Hours.parse(self._settings().working_hours)

    @property
    def keeping(self) -> Keeping:
        """What the privacy notice says of it."""
        now = self._settings()
        return Keeping(now.office, now.privacy_contact, now.lead_days, now.conversation_days, now.model_stands)
