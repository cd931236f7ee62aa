"""All pages of the console, in the order of its menu."""

from __future__ import annotations

from bot.staff.console import Module
from bot.staff.pages import cards, documents, leads, people, proposals, rates, sign_in

MODULES: tuple[Module, ...] = (
    sign_in.pages,
    leads.pages,
    documents.pages,
    proposals.pages,
    rates.pages,
    cards.pages,
    people.pages,
)
