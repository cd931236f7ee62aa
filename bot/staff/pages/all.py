"""All pages of the console, in the order of its menu."""

from __future__ import annotations

from bot.staff.console import Module
from bot.staff.pages import analytics, leads, people, reports, sign_in, targets

MODULES: tuple[Module, ...] = (sign_in.pages, leads.pages, targets.pages, reports.pages, analytics.pages, people.pages)
