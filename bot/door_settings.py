"""Settings of the doors: which host names are ours, and from where and when the console may be used.

Part of `bot.settings.Settings`. Decision 742/QĐ-BTTTT asks that administration be possible only from listed addresses and in listed hours.
"""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

from bot.outreach.hours import Hours

LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")
"""Names of this machine itself, which are always ours."""
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]+\]", re.ASCII)
_EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104  (compared with, not listened at)


class DoorSettings(BaseSettings):
    """Host names, networks, hours and the second factor of the console."""

    hosts: str = Field(
        "",
        validation_alias="TUVAN_HOSTS",
        description="Tên miền, địa chỉ mà trình duyệt dùng để vào, cách nhau dấu phẩy; để trống là tên trong PUBLIC_URL. "
        "Yêu cầu gửi tới tên khác bị từ chối.",
    )
    staff_host: str = Field(
        "",
        validation_alias="TUVAN_STAFF_HOST",
        description="Tên miền riêng của trang cán bộ (canbo.example): chỉ ở đó mới có /staff, và ở đó không có gì khác. Để trống là "
        "chung tên miền với trang hỏi đáp.",
    )
    staff_networks: str = Field(
        "",
        validation_alias="TUVAN_STAFF_NETWORKS",
        description="Mạng được vào trang cán bộ (10.0.0.0/8,203.0.113.7), cách nhau dấu phẩy; để trống là mọi nơi.",
    )
    staff_hours: str = Field(
        "",
        validation_alias="TUVAN_STAFF_HOURS",
        description="Ngày, giờ được vào trang cán bộ, viết như giờ làm việc (1-6 06:00-21:00); để trống là mọi lúc.",
    )
    clamd: Path | None = Field(
        None,
        validation_alias="TUVAN_CLAMD",
        description="Cổng nội bộ (socket) của ClamAV, ví dụ /run/clamav/clamd.ctl: tệp tải lên được quét trước khi đọc; không quét được "
        "thì không nhận. Để trống là không quét.",
    )
    staff_second_factor: bool = Field(
        False,
        validation_alias="TUVAN_STAFF_SECOND_FACTOR",
        description="true: mọi cán bộ phải bật xác thực hai lớp trước khi làm việc.",
    )

    @field_validator("hosts")
    @classmethod
    def _hosts(cls, value: str) -> str:
        for name in parts_of(value):
            if not _HOST.fullmatch(name.lower()):
                raise ValueError(f"“{name}” không phải tên miền; ghi tên, không ghi https:// hay cổng")
        return value

    @field_validator("staff_host")
    @classmethod
    def _staff_host(cls, value: str) -> str:
        if value and not _HOST.fullmatch(value.lower()):
            raise ValueError(f"“{value}” không phải tên miền; ghi tên, không ghi https:// hay cổng")
        return value.lower()

    @field_validator("staff_networks")
    @classmethod
    def _networks(cls, value: str) -> str:
        networks_of(value)
        return value

    @field_validator("staff_hours")
    @classmethod
    def _staff_hours(cls, value: str) -> str:
        if value:
            Hours.parse(value)
        return value


def parts_of(value: str) -> list[str]:
    """The parts of a list with commas."""
    return [part.strip() for part in value.split(",") if part.strip()]


def networks_of(value: str) -> tuple[Network, ...]:
    """The networks of a list. Raises ValueError, which says how they are written."""
    try:
        return tuple(ipaddress.ip_network(part) for part in parts_of(value))
    except ValueError:
        raise ValueError("viết dạng 10.0.0.0/8,203.0.113.7 (phần sau dấu / phải khớp địa chỉ)") from None


def own_hosts(hosts: str, public_url: str, listens_at: str) -> frozenset[str]:
    """The host names that requests may be for; empty when nobody said which and all of the network is listened to."""
    named = {part.lower() for part in parts_of(hosts)}
    public = urlsplit(public_url).hostname or ""
    named |= {f"[{public}]" if ":" in public else public} - {""}
    if not named and listens_at in _EVERYWHERE:
        return frozenset()
    here = {f"[{listens_at}]" if ":" in listens_at else listens_at.lower()} if listens_at not in _EVERYWHERE else set()
    return frozenset(named | here | set(LOCAL_HOSTS))
