"""Requests that get no answer: one polite line, one HTTP status."""

from __future__ import annotations

from bot.web.texts import say


class WebError(Exception):
    """Base of the errors of `bot.web`."""


class Refused(WebError):
    """Raised when a request cannot be put to the bot. `str(error)` is one Vietnamese line for the person.

    `retry_after` is in whole seconds, 0 when waiting does not help.
    """

    def __init__(self, status: int, key: str, *, retry_after: int = 0, **values: object) -> None:
        super().__init__(say(key, seconds=retry_after, **values))
        self.status = status
        self.key = key
        self.retry_after = retry_after

    @property
    def headers(self) -> dict[str, str]:
        """HTTP headers that go with the refusal."""
        return {"Retry-After": str(self.retry_after)} if self.retry_after else {}
