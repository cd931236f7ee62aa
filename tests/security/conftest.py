"""The office of the console's tests."""

from __future__ import annotations

from tests.bot.staff.conftest import made_once, office

__all__ = ["made_once", "office"]
