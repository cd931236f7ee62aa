"""All pages of the console, in the order of its menu."""

from __future__ import annotations

from bot.staff.console import Module
from bot.staff.pages import (
    analytics,
    broadcasts,
    campaigns,
    cards,
    documents,
    lead_lists,
    leads,
    notices,
    office,
    people,
    proposals,
    rates,
    reports,
    reviews,
    sign_in,
    talks,
    targets,
)

MODULES: tuple[Module, ...] = (
    sign_in.pages,
    notices.pages,
    lead_lists.pages,
    leads.pages,
    talks.pages,
    reviews.pages,
    documents.pages,
    proposals.pages,
    rates.pages,
    cards.pages,
    targets.pages,
    reports.pages,
    analytics.pages,
    campaigns.pages,
    broadcasts.pages,
    office.pages,
    people.pages,
)
