"""All pages of the console, in the order of its menu."""

from __future__ import annotations

from bot.staff.console import Module
from bot.staff.pages import lead_lists, leads, people, reviews, sign_in, talks

MODULES: tuple[Module, ...] = (
    sign_in.pages, lead_lists.pages, leads.pages, talks.pages, reviews.pages, people.pages,
)  # fmt: skip
