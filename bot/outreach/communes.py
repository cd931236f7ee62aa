"""The communes (xã, phường, đặc khu) of a province since 1/7/2025, found by what a person types: new names, those before, or a
district that is no more.

A wrong commune would show one officer another's people, so `Communes.find` is sure only when one unit alone can be meant;
otherwise it gives choices to ask back with, or nothing. Communes of the same letters are told apart by typed marks alone.
"""

from __future__ import annotations

from functools import cached_property, lru_cache

from bot.outreach.place_reading import PlaceReader
from bot.outreach.units import HOME, Commune, Found, OldUnit, UnknownProvince, official_province, provinces, units_of

__all__ = [
    "HOME",
    "Commune",
    "Communes",
    "Found",
    "OldUnit",
    "UnknownProvince",
    "load_communes",
    "official_province",
    "provinces",
]


class Communes:
    """The units of one province."""

    def __init__(self, province: str, units: tuple[Commune, ...]) -> None:
        self.province = province
        self.units = units
        self._by_code = {unit.code: unit for unit in units}

    def by_code(self, code: str) -> Commune | None:
        """The unit with this official code."""
        return self._by_code.get(code)

    def find(self, text: str) -> Found:
        """What `text` names, as a person typed it. Never raises."""
        return self._reader.read(text)

    @cached_property
    def _reader(self) -> PlaceReader:
        return PlaceReader(self.province, self.units)


@lru_cache(maxsize=4)
def load_communes(province: str = HOME) -> Communes:
    """The communes of `province`. Raises UnknownProvince."""
    province = official_province(province)
    return Communes(province, tuple(units_of(province)))
