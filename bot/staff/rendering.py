"""Renders the pages of the console; everything put into them is escaped."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

import jinja2
import phonenumbers
import yaml
from starlette.responses import HTMLResponse, Response

from bot.outreach.communes import Communes
from bot.staff.access import ROLE_NAMES, Right
from bot.staff.durations import span
from bot.staff.visit import Visit
from bot.time_zone import TIME_ZONE
from bot.web.assets import Assets


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the menu."""

    path: str
    name: str
    right: Right


MENU = (
    Entry("/staff", "Cần gọi", Right.LEADS),
    Entry("/staff/lead", "Người quan tâm", Right.LEADS),
    Entry("/staff/tro-chuyen", "Trò chuyện", Right.CONVERSATIONS),
    Entry("/staff/gop-y", "Góp ý, thiếu sót", Right.REVIEWS),
    Entry("/staff/kien-thuc", "Kiến thức", Right.KNOWLEDGE),
    Entry("/staff/chi-tieu", "Chỉ tiêu", Right.FIGURES),
    Entry("/staff/bao-cao", "Báo cáo", Right.FIGURES),
    Entry("/staff/phan-tich", "Phân tích", Right.FIGURES),
    Entry("/staff/chien-dich", "Vận động", Right.CAMPAIGNS),
    Entry("/staff/cai-dat", "Cài đặt", Right.SETTINGS),
    Entry("/staff/can-bo", "Cán bộ", Right.STAFF),
    Entry("/staff/nhat-ky", "Nhật ký", Right.AUDIT),
)


@cache
def texts() -> Mapping[str, Any]:
    """What pages say after something was done, by key, and the names of codes: `said`, `status`, `channel` …"""
    loaded: dict[str, Any] = yaml.safe_load(files("bot.staff").joinpath("texts.yaml").read_text(encoding="utf-8"))
    return loaded


class Templates:
    """The templates of `bot/staff/templates`."""

    def __init__(self, assets: Assets, communes: Communes) -> None:
        self._pages = jinja2.Environment(
            loader=jinja2.PackageLoader("bot.staff"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._pages.globals.update(
            asset=assets.url, Right=Right, roles=ROLE_NAMES, names=texts(), province=communes.province,
        )  # fmt: skip
        self._pages.filters.update(
            day=day,
            moment=moment,
            phone=phone,
            dial=str,
            ago=ago,
            number=number,
            percent=percent,
            query=with_query,
            isoday=isoday,
            rate=rate,
            seconds=seconds,
        )
        self._pages.filters["span"] = span
        self._communes = communes
        self._pages.filters["commune"] = self._commune
        self.present: set[str] = set()  # paths of the menu that this installation has

    def page(self, visit: Visit, name: str, code: int = 200, **values: Any) -> Response:
        """A page for somebody who is signed in; `code` is the HTTP status."""
        said = texts()["said"].get(visit.asked("da"), "")
        values = {
            "visit": visit, "person": visit.person, "csrf": visit.session.csrf, "menu": self.menu(visit), "said": said,
            "here": visit.url.partition("?")[0],
        } | values  # fmt: skip
        return self.bare(name, code, **values)

    def menu(self, visit: Visit) -> list[Entry]:
        """The entries that this person may open and this installation has."""
        return [e for e in MENU if e.path in self.present and visit.may(e.right)]

    def bare(self, name: str, code: int = 200, **values: Any) -> Response:
        """A page for anybody."""
        return HTMLResponse(self._pages.get_template(name).render(values), status_code=code)

    def error(self, visit: Visit, status: int, line: str, remedy: str = "") -> Response:
        """One sentence, what to do, and the way back."""
        return self.page(visit, "error.html", status, line=line, remedy=remedy, status=status)

    def _commune(self, code: str) -> str:
        found = self._communes.by_code(code)
        return found.title if found else "chưa rõ xã, phường"


def day(value: date | float | None) -> str:
    """`28/11/2026`, empty for None."""
    if value is None:
        return ""
    local = value if isinstance(value, date) else datetime.fromtimestamp(value, TIME_ZONE).date()
    return f"{local.day}/{local.month}/{local.year}"


def isoday(value: str) -> str:
    """`1/1/2027` for `2027-01-01`."""
    return day(date.fromisoformat(value)) if value else ""


def rate(value: int | str, unit: str) -> str:
    """A rate as its proposal has it: `10%` for `0.1`, `1.500.000 đồng/tháng`, `1/7/2026`."""
    if unit == "mốc":
        return isoday(str(value))
    if unit == "phần":
        return f"{format((Decimal(str(value)) * 100).normalize(), 'f')}%".replace(".", ",")
    whole = Decimal(str(value))
    return f"{number(float(whole)) if whole == whole.to_integral_value() else str(whole).replace('.', ',')} {unit}"


def moment(value: float | None) -> str:
    """`9:05 ngày 28/11/2026` in our time zone, empty for None."""
    if value is None:
        return ""
    local = datetime.fromtimestamp(value, TIME_ZONE)
    return f"{local.hour}:{local.minute:02d} ngày {day(local.date())}"


def ago(value: float | None, now: float | None = None) -> str:
    """`5 phút trước`; empty for None."""
    if value is None:
        return ""
    seconds = (time.time() if now is None else now) - value
    if seconds < 60:
        return "vừa xong"
    for most, size, name in ((3_600, 60, "phút"), (86_400, 3_600, "giờ"), (86_400 * 60, 86_400, "ngày")):
        if seconds < most:
            return f"{int(seconds // size)} {name} trước"
    return day(value)


def phone(value: str) -> str:
    """`0905 123 456` for an E.164 number of Việt Nam; others stay as they are."""
    try:
        parsed = phonenumbers.parse(value, "VN")
    except phonenumbers.NumberParseException:
        return value
    if parsed.country_code != 84:
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)


def number(value: float | None) -> str:
    """`1.234`; a dash for None."""
    return "–" if value is None else f"{value:,.0f}".replace(",", ".")


def percent(part: float | None, whole: float | None = 1.0) -> str:
    """`12,5 %` of `part` in `whole`; a dash when there is no whole."""
    return "–" if part is None or not whole else f"{100 * part / whole:.1f} %".replace(".", ",")


def seconds(value: float | None) -> str:
    """`0,42 giây`; a dash for None."""
    return "–" if value is None else f"{value:.2f} giây".replace(".", ",")


def with_query(values: Mapping[str, object] | Iterable[tuple[str, object]], **changed: object) -> str:
    """A query string of the values that are not empty, some changed."""
    merged = dict(values) | changed
    kept = {name: str(value) for name, value in merged.items() if value not in ("", None, False)}
    return f"?{urlencode(kept)}" if kept else "?"
