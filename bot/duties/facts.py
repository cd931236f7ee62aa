"""What the dossiers say, taken from settings, code and database of the installation; nothing here is a guess, unknown is None."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Engine, func, select

from bot.model_settings import abroad
from bot.settings import Settings
from bot.staff.access import ROLE_NAMES, Right, Role, may
from bot.staff.audit import Audit
from bot.storage.migrate import TABLES
from bot.supply import BadSupply, inventory
from knowledge.store import reading
from knowledge.yaml_files import load_yaml


@dataclass(frozen=True, slots=True)
class Held:
    """Personal data of one table."""

    table: str
    whose: str
    what: tuple[str, ...]
    purpose: str
    kept: str
    rows: int


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody to whom personal data goes, with the host that gets it."""

    name: str
    host: str
    what: str
    outside: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """An installation."""

    settings: Settings
    held: tuple[Held, ...]
    purposes: tuple[str, ...]
    receivers: tuple[Receiver, ...]
    roles: tuple[tuple[str, int, int], ...]  # name, rights, accounts
    second_factors: tuple[int, int]  # accounts with one, accounts
    audit_rows: int
    audit_troubles: tuple[str, ...]
    packages: int | None

    @property
    def outside(self) -> tuple[Receiver, ...]:
        """Who is outside Việt Nam."""
        return tuple(r for r in self.receivers if r.outside)


def gather(settings: Settings, engine: Engine, key: bytes) -> Facts:
    """The facts of the installation whose settings in force these are."""
    tables = {name: table for metadata in TABLES for name, table in metadata.tables.items()}
    with reading(engine) as connection:
        rows = {
            name: connection.execute(select(func.count()).select_from(tables[name])).scalar_one()
            for name in personal()["personal"]
        }
        staff = tables["staff"]
        accounts = connection.execute(select(staff.c.role, staff.c.totp_on).where(staff.c.active)).all()
    chain = Audit(engine, key)
    return Facts(
        settings,
        tuple(_held(name, row, rows[name], settings) for name, row in personal()["personal"].items()),
        tuple(personal()["purposes"].values()),
        receivers(settings),
        tuple((ROLE_NAMES[r], sum(may(r, right) for right in Right), sum(a.role == r for a in accounts)) for r in Role),
        (sum(bool(a.totp_on) for a in accounts), len(accounts)),
        chain.length(),
        tuple(chain.troubles()),
        _packages(),
    )


def receivers(settings: Settings) -> tuple[Receiver, ...]:
    """Who gets personal data beside the office, by what is switched on."""
    found = []
    if settings.telegram_bot_token.get_secret_value():
        found.append(_receiver("Telegram", settings.telegram_api_url, "tin nhắn hai chiều, mã người dùng"))
    if settings.zalo_oa:
        found.append(_receiver("Zalo Official Account", settings.zalo_oa_api_url, "tin nhắn hai chiều, mã người dùng"))
    if settings.zalo_bot_token.get_secret_value():
        found.append(_receiver("Zalo Bot", settings.zalo_bot_api_url, "tin nhắn hai chiều, mã người dùng"))
    if settings.llm_model:
        host = urlsplit(settings.llm_base_url).hostname or settings.llm_model.partition(":")[0]
        outside = abroad(host) and not settings.llm_in_vietnam
        what = "câu hỏi đã che số điện thoại, số định danh, thư, tên, địa chỉ"
        found.append(Receiver(f"Mô hình ngôn ngữ {settings.llm_model}", host, what, outside))
    return tuple(found)


@cache
def personal() -> Mapping[str, Any]:
    """The table of personal data."""
    loaded: Mapping[str, Any] = load_yaml(files("bot.duties").joinpath("personal.yaml").read_text("utf-8"))
    return loaded


def _held(name: str, row: Mapping[str, Any], count: int, settings: Settings) -> Held:
    kept = personal()["kept"][row["kept"]].format(
        lead_days=settings.lead_days, conversation_days=settings.conversation_days
    )
    return Held(name, row["whose"], tuple(row["columns"].values()), row["purpose"], kept, count)


_ZALO = (".zalo.me", ".zaloapp.com", ".zaloplatforms.com")  # of a company in Việt Nam


def _receiver(name: str, address: str, what: str) -> Receiver:
    host = urlsplit(address).hostname or ""
    return Receiver(name, host, what, abroad(host) and not host.endswith(_ZALO))


def _packages() -> int | None:
    try:
        return len(inventory())
    except BadSupply:
        return None
