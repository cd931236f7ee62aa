"""Delivery of an installation, put together from its settings."""

from __future__ import annotations

import time

from bot.assisting import model_use_of
from bot.backup.before import forget_old
from bot.bootstrap import System
from bot.channels.registry import channels_of
from bot.delivery.runtime import Parts, Runtime
from bot.outreach.communes import load_communes
from bot.outreach.office import LiveOffice, LiveSettings
from bot.outreach.retention import sweep
from bot.settings import Settings
from bot.staff.audit import Audit, audit_key
from bot.staff.mailing import Smtp
from bot.staff.reports import Reports


def runtime_of(system: System, parts: Parts) -> Runtime:
    """The runtime of `system`; not started. Channels without a token are not in it."""
    found = channels_of(system.settings, system.engine)
    live = LiveSettings(system.engine, system.settings)
    return Runtime(
        system.engine,
        found.by_name,
        system.answerer,
        polled=found.polled,
        webhooks=found.webhooks,
        parts=parts,
        workers=system.settings.workers,
        per_minute=system.settings.messages_per_minute,
        office=LiveOffice(live),
        find_place=load_communes(system.settings.province).find,
        staff_chats=system.settings.staff_chats,
        address=system.settings.staff_address,
        post=_post(system.settings),
        today=system.clock.today,
        tidy=lambda: tidied(system, live()),
    )


def _post(settings: Settings) -> Smtp | None:
    address = settings.smtp_url.get_secret_value()
    return Smtp(address, settings.smtp_from, plain=settings.plain) if address else None


def tidied(system: System, office: Settings) -> None:
    """What is done once a day: old data goes, reports that are due are made."""
    now = time.time()
    sweep(system.engine, now, lead_days=office.lead_days, conversation_days=office.conversation_days)
    model_use_of(office, system.engine).forget(system.clock.today())
    forget_old(system.settings.tuvan_data, now)
    chain = Audit(system.engine, audit_key(system.settings.tuvan_data))
    Reports(system.engine, load_communes(system.settings.province), chain).make_due(now)
