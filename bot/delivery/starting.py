"""Delivery of an installation, put together from its settings."""

from __future__ import annotations

import time

from bot.bootstrap import System
from bot.channels.registry import channels_of
from bot.delivery.runtime import Parts, Runtime
from bot.dialogue.talk import Office
from bot.outreach.communes import load_communes
from bot.outreach.hours import Hours
from bot.outreach.retention import sweep
from bot.settings import Settings
from bot.staff.mailing import Smtp


def runtime_of(system: System, parts: Parts) -> Runtime:
    """The runtime of `system`; not started. Channels without a token are not in it."""
    found = channels_of(system.settings, system.engine)
    return Runtime(
        system.engine,
        found.by_name,
        system.answerer,
        polled=found.polled,
        webhooks=found.webhooks,
        parts=parts,
        workers=system.settings.workers,
        per_minute=system.settings.messages_per_minute,
        office=office_of(system.settings),
        find_place=load_communes(system.settings.province).find,
        staff_chats=system.settings.staff_chats,
        address=system.settings.public_url,
        post=Smtp(smtp, system.settings.smtp_from) if (smtp := system.settings.smtp_url.get_secret_value()) else None,
        today=system.clock.today,
        tidy=lambda: sweep(
            system.engine,
            time.time(),
            lead_days=system.settings.lead_days,
            conversation_days=system.settings.conversation_days,
        ),
    )


def office_of(settings: Settings) -> Office:
    """Who runs the installation, and when people are at work there."""
    return Office(
        settings.office,
        settings.lead_days,
        Hours.parse(settings.working_hours),
        settings.conversation_days,
        settings.privacy_contact,
    )
