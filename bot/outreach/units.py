"""The units of the 34 provinces since 1/7/2025 and what they were made of, from `data/communes.csv`."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from bot.errors import BotError
from knowledge.vietnamese import clean, fold

HOME = "Quảng Ngãi"
"""The province that is served when no other is set."""


class UnknownProvince(BotError):
    """Raised when a province is named that is none of the 34."""


@dataclass(frozen=True, slots=True)
class OldUnit:
    """A commune before 1/7/2025, or a whole district (kind `huyện`) that had none. `whole` is false when it was divided."""

    kind: str
    name: str
    district: str
    province: str
    whole: bool = True

    @property
    def title(self) -> str:
        """`thị trấn Châu Ổ`."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Commune:
    """A unit of today with its official code, and what it was made of."""

    code: str
    name: str
    kind: str
    province: str
    formerly: tuple[OldUnit, ...] = ()

    @property
    def title(self) -> str:
        """`xã Ba Tơ`, `đặc khu Lý Sơn`."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Found:
    """What a text names: `sure`, or `choices` to ask back with (best first; `more` were left off), or nothing.

    `area` is the district or province that was named without a commune, `other_province` the province of today in which the
    named place lies when that is not ours.
    """

    sure: Commune | None = None
    choices: tuple[Commune, ...] = ()
    more: int = 0
    area: str = ""
    other_province: str | None = None

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to offer."""
        return self.sure is None and not self.choices


@lru_cache(maxsize=1)
def _table() -> dict[str, tuple[dict[str, str], ...]]:
    text = resources.files("bot.outreach").joinpath("data/communes.csv").read_text(encoding="utf-8")
    found: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(text.splitlines()):
        found.setdefault(row["province"], []).append(row)
    return {province: tuple(rows) for province, rows in found.items()}


def provinces() -> tuple[str, ...]:
    """The names of the 34 provinces of today."""
    return tuple(_table())


def official_province(name: str) -> str:
    """`tinh quang ngai` → `Quảng Ngãi`. Raises UnknownProvince."""
    wanted = " ".join(fold(clean(name)).replace(".", " ").split())
    for kind in ("tinh ", "thanh pho ", "tp "):
        wanted = wanted.removeprefix(kind)
    for province in provinces():
        if fold(province) == wanted:
            return province
    raise UnknownProvince(f"Không có tỉnh, thành phố {name!r}.", "Ghi tên một trong 34 tỉnh, ví dụ Quảng Ngãi.")


def units_of(province: str) -> Iterator[Commune]:
    """The units of a province by its official name."""
    for row in _table()[province]:
        yield Commune(row["code"], row["name"], row["kind"], province, tuple(_formerly(row["formerly"])))


def _formerly(written: str) -> Iterator[OldUnit]:
    """`huyện Trà Bồng / Quảng Ngãi: xã Trà Tân, xã Trà Bùi*` (`*`: divided); districts with `; ` between."""
    for group in written.split("; "):
        where, _, communes = group.partition(":")
        district, _, province = where.partition(" / ")
        for title in communes.strip().split(", ") if communes.strip() else [district]:
            kind, name = split_title(title.removesuffix("*"))
            yield OldUnit(kind, name, district, province, not title.endswith("*"))


def split_title(title: str) -> tuple[str, str]:
    """`thị trấn Châu Ổ` → (`thị trấn`, `Châu Ổ`)."""
    words = title.split()
    size = 2 if words[0] in ("thị", "thành", "đặc") else 1
    return " ".join(words[:size]), " ".join(words[size:])
