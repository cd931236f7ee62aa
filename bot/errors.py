"""Errors of `bot`: one line for the reader, with what to do."""

from __future__ import annotations


class BotError(Exception):
    """Base of all errors of this package."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy


class BadSettings(BotError):
    """Raised when a setting is missing or wrong; names the variable and the remedy."""
