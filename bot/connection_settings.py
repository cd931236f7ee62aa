"""Settings of connections, a part of `bot.settings.Settings`: in production nothing crosses a network open unless somebody said so.

Encrypted with whoever answers counts as open. So PostgreSQL on another machine is asked for its certificate (`sslmode=verify-full` or
`verify-ca`), and mail without TLS from the first byte must offer STARTTLS (`bot.staff.mailing`).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field
from pydantic_settings import BaseSettings
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

_CHECKED = ("verify-full", "verify-ca")
_ADDRESSES = ("telegram_api_url", "zalo_oa_api_url", "zalo_oa_oauth_url", "zalo_bot_api_url", "llm_base_url")
REMEDY = "dùng kết nối có mã hoá, hoặc ghi {host} vào TUVAN_PLAIN_HOSTS khi máy ấy ở trong mạng riêng"


class ConnectionSettings(BaseSettings):
    """Which hosts may be spoken to without TLS."""

    plain_hosts: str = Field(
        "",
        validation_alias="TUVAN_PLAIN_HOSTS",
        description="Máy trong mạng riêng mà kết nối không mã hoá được chấp nhận khi TUVAN_ENV=production (db,10.0.0.7), cách nhau dấu "
        "phẩy; ghi 0.0.0.0 khi máy chủ web lắng nghe cả mạng. Để trống là chỉ trong chính máy này.",
    )

    @property
    def plain(self) -> frozenset[str]:
        """Hosts that may be spoken to without TLS, beside this machine."""
        return frozenset(p.strip().lower() for p in self.plain_hosts.split(",") if p.strip())


def stays_here(host: str) -> bool:
    """Whether `host` is this machine: a socket in the file system, its own name, or a loopback address."""
    name = host.strip("[]").lower().rstrip(".")
    if name in ("", "localhost") or name.startswith("/"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def database_hosts(url: str) -> list[str]:
    """The machines that an SQLAlchemy address names; none for SQLite and for what cannot be read."""
    try:
        parsed = make_url(url) if url else None
    except (ArgumentError, ValueError):
        return []  # opening it says what is wrong
    if parsed is None or not parsed.get_backend_name().startswith("postgres"):
        return []
    more = parsed.query.get("host", ())
    several = [parsed.host or "", *([more] if isinstance(more, str) else more)]
    return [re.sub(r":\d+$", "", host) for part in several for host in part.split(",") if host]


def unencrypted(settings: Any) -> Iterator[tuple[str, str]]:
    """(setting, host) of each connection that would cross a network without TLS and that nobody has excepted."""
    excepted: Collection[str] = settings.plain
    checked = str(_query(settings.database_url).get("sslmode", "")) in _CHECKED
    found = [] if checked else [("DATABASE_URL", host) for host in database_hosts(settings.database_url)]
    for name in _ADDRESSES:
        parts = urlsplit(getattr(settings, name))
        if parts.scheme == "http":
            found.append((name.upper(), parts.hostname or ""))
    found.append(("TUVAN_HOST", settings.host))
    yield from ((name, host) for name, host in found if not stays_here(host) and host.lower() not in excepted)


def _query(url: str) -> Any:
    try:
        return make_url(url).query if url else {}
    except (ArgumentError, ValueError):
        return {}
