"""The console of an installation, put together from its settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, func, select

from bot.assisting import model_use_of
from bot.outreach.communes import load_communes
from bot.outreach.office import LiveSettings
from bot.staff.access import Role
from bot.staff.accounts import Accounts
from bot.staff.approvals import desk_of
from bot.staff.audit import Audit, audit_key
from bot.staff.console import Console
from bot.staff.scanning import Scanner
from bot.staff.tables import staff
from bot.web.assets import Assets
from knowledge.store import reading

if TYPE_CHECKING:
    from bot.bootstrap import System
    from bot.delivery.runtime import Runtime

FIRST = "admin"
"""The login of the first account."""


def accounts_of(engine: Engine, data: Path) -> Accounts:
    """The accounts of the installation whose data folder is `data`."""
    return Accounts(engine, Audit(engine, audit_key(data)))


def first_account(accounts: Accounts, engine: Engine) -> str:
    """The first password of a new administrator when there is none, else empty."""
    with reading(engine) as connection:
        if connection.execute(select(func.count()).where(staff.c.role == Role.ADMIN.value)).scalar_one():
            return ""
    return accounts.add(FIRST, "Quản trị", Role.ADMIN, by="tuvan")


def console_of(system: System, runtime: Runtime | None) -> Callable[[Assets], Console]:
    """What makes the console of `system` when the application has its static files."""

    def make(assets: Assets) -> Console:
        settings = system.settings
        console = Console(
            system.engine,
            audit_key(settings.tuvan_data),
            load_communes(settings.province),
            assets=assets,
            https=settings.public_url.startswith("https://"),
            idle=settings.staff_idle_minutes * 60.0,
            second_factor=settings.staff_second_factor,
            scan=Scanner(settings.clamd) if settings.clamd is not None else None,
            today=system.clock.today,
            parts={
                "system": system,
                "runtime": runtime,
                "live": LiveSettings(system.engine, settings),
                "model": model_use_of(settings, system.engine),
            },
        )
        desk = desk_of(console)
        desk.holdings.later(desk.files.sync)
        return console

    return make
