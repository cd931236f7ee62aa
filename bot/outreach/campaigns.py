"""Campaigns: a code for each commune, event or organisation, by which people come and from which they are counted."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

import segno
from sqlalchemy import Engine, func, insert, select, update

from bot.errors import BotError
from bot.outreach.campaign_tables import campaign_visits
from bot.outreach.counted import counted
from bot.outreach.tables import campaigns, leads
from knowledge.store import reading, writing

_CODE = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9][A-Za-z0-9_-]{2,39}", re.ASCII)


class BadCampaign(BotError):
    """Raised when a code cannot be used, is taken, or is not there."""


@dataclass(frozen=True, slots=True)
class Row:
    """A campaign with what came of it."""

    code: str
    name: str
    organisation: str
    active: bool
    leads: int


@dataclass(frozen=True, slots=True)
class Figures:
    """A campaign with what came of it, as far as somebody may count: `visits` (conversations) is None where they may not."""

    code: str
    name: str
    organisation: str
    commune_code: str
    greeting: str
    top_up: str
    active: bool
    created_at: float
    created_by: str
    visits: int | None
    leads: int
    joined: int


class Campaigns:
    """Campaigns in SQL."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine, self._clock = engine, clock

    def add(
        self,
        code: str,
        name: str,
        *,
        by: str,
        organisation: str = "",
        commune: str = "",
        greeting: str = "",
        top_up: str = "",
    ) -> None:
        """Adds a campaign. Raises BadCampaign."""
        if not _CODE.fullmatch(code):
            raise BadCampaign(
                f"Mã “{code}” không dùng được.",
                "Mã dài 3–40 ký tự A–Z a–z 0–9 _ -, có ít nhất một chữ cái, ví dụ PN-BaTo.",
            )
        values = {
            "code": code, "key": code.lower(), "name": name, "organisation": organisation, "commune_code": commune,
            "greeting": greeting, "top_up": top_up, "active": True, "created_at": self._clock(), "created_by": by,
        }  # fmt: skip
        with writing(self._engine) as connection:
            if connection.execute(select(campaigns.c.id).where(campaigns.c.key == code.lower())).first():
                raise BadCampaign(f"Mã “{code}” đã có.", "Chọn mã khác, hoặc xem bằng `tuvan campaign list`.")
            connection.execute(insert(campaigns).values(**values))

    def end(self, code: str) -> None:
        """Ends a campaign: its code is an ordinary word again, its figures stay. Raises BadCampaign."""
        with writing(self._engine) as connection:
            ended = connection.execute(update(campaigns).where(campaigns.c.key == code.lower()).values(active=False))
        if not ended.rowcount:
            raise BadCampaign(f"Không có mã “{code}”.", "Xem các mã bằng `tuvan campaign list`.")

    def rows(self) -> list[Row]:
        """All campaigns, newest first, with their leads."""
        counted = select(func.lower(leads.c.campaign).label("key"), func.count().label("n")).group_by("key").subquery()
        query = (
            select(campaigns, func.coalesce(counted.c.n, 0).label("leads"))
            .join_from(campaigns, counted, counted.c.key == campaigns.c.key, isouter=True)
            .order_by(campaigns.c.id.desc())
        )
        with reading(self._engine) as connection:
            found = connection.execute(query).mappings()
            return [Row(r["code"], r["name"], r["organisation"], r["active"], r["leads"]) for r in found]

    def figures(self, codes: frozenset[str] | None, code: str = "") -> list[Figures]:
        """Campaigns of the communes `codes` and those of no commune, newest first, or the one of `code`; None is the whole province.

        Leads are counted in those communes alone. Who came and left nothing is in no commune, so such visits are told only for a
        campaign of one's own commune, or to who sees the whole province.
        """
        ever = counted()
        key = func.lower(ever.c.campaign)
        people = select(
            key.label("key"), func.count().label("leads"), func.count(ever.c.joined_at).label("joined")
        ).select_from(ever).where(ever.c.campaign != "").group_by(key)  # fmt: skip
        query = select(campaigns)
        if codes is not None:
            people = people.where(ever.c.commune_code.in_(sorted(codes)), ever.c.commune_code != "")
            query = query.where(campaigns.c.commune_code.in_(["", *sorted(codes)]))
        if code:
            query = query.where(campaigns.c.key == code.lower())
        visited = select(campaign_visits.c.campaign_key, func.count()).group_by(campaign_visits.c.campaign_key)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(campaigns.c.active.desc(), campaigns.c.id.desc())).mappings().all()
            came = {row[0]: row[1] for row in connection.execute(visited)}
            left = {found.key: (found.leads, found.joined) for found in connection.execute(people)}
        made = []
        for row in rows:
            may_count = codes is None or row["commune_code"] in codes
            number, joined = left.get(row["key"], (0, 0))
            made.append(
                Figures(
                    row["code"], row["name"], row["organisation"], row["commune_code"], row["greeting"], row["top_up"],
                    row["active"], row["created_at"], row["created_by"], came.get(row["key"], 0) if may_count else None,
                    number, joined,
                )
            )  # fmt: skip
        return made


def link(code: str, *, telegram_name: str = "", public_url: str = "") -> dict[str, str]:
    """What brings people in with `code`: a link of Telegram, one of the web page, and the words for Zalo, which has no such link."""
    found = {"zalo": f"Nhắn {code} cho trang Zalo"}
    if telegram_name:
        found["telegram"] = f"https://t.me/{telegram_name}?start={code}"
    if public_url:
        found["web"] = f"{public_url}/?ma={code}"
    return found


def qr_svg(text: str) -> str:
    """The QR code of `text` as a data address for an image of a page."""
    return str(segno.make(text, error="m", micro=False).svg_data_uri(scale=8, border=4))


def qr_png(text: str, scale: int = 12) -> bytes:
    """A PNG of the QR code of `text`, error correction M, with the quiet zone of the standard."""
    made = io.BytesIO()
    segno.make(text, error="m", micro=False).save(made, kind="png", scale=scale, border=4)
    return made.getvalue()
