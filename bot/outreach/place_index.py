"""All that can be meant in one province: its units, what they were, its districts, and the provinces around it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from bot.outreach.place_names import Gazetteer, Level, Name, words_of
from bot.outreach.units import Commune, provinces, split_title, units_of
from knowledge.vietnamese import nfc
from knowledge.yaml_files import load_yaml


@lru_cache(maxsize=1)
def place_words() -> dict[str, Any]:
    """The words around names, from `data/places.yaml`."""
    text = resources.files("bot.outreach").joinpath("data/places.yaml").read_text(encoding="utf-8")
    return dict(load_yaml(nfc(text)))


@lru_cache(maxsize=1)
def spellings() -> dict[str, str]:
    """Other spellings of a syllable, to the one compared by."""
    return {other: one for one, others in place_words()["spellings"].items() for other in others}


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where the communes of all other provinces lie, for a name that is none of ours."""

    names: Gazetteer

    @classmethod
    @lru_cache(maxsize=4)
    def around(cls, province: str) -> Elsewhere:
        """All communes of today and before of the provinces but `province`."""
        names = Gazetteer(spellings())
        for other in provinces():
            if other != province:
                for unit in units_of(other):
                    for kind, text in {(unit.kind, unit.name), *((o.kind, o.name) for o in unit.formerly)}:
                        names.add(text, Name(text, kind, Level.ELSEWHERE, frozenset(), other))
        return cls(names)


def names_of(province: str, units: tuple[Commune, ...]) -> Gazetteer:
    """The names of a province and of what lies around it."""
    found = Gazetteer(spellings())
    local = place_words()["local"].get(province, {})
    short = local.get("short", {})
    for name in (*_of_today(province, units), *_before(units), *_by_hand(local, units)):
        found.add(name.text, name)
        if name.level in (Level.DISTRICT, Level.PROVINCE):
            for typed in short.get(name.text.lower(), ()):
                found.add(typed, name)
    for text, name in _elsewhere(province, units):
        found.add(text, name)
    return found


def _of_today(province: str, units: tuple[Commune, ...]) -> Iterator[Name]:
    yield Name(province, "tỉnh", Level.PROVINCE, frozenset(unit.code for unit in units))
    for unit in units:
        yield Name(unit.name, unit.kind, Level.UNIT, frozenset({unit.code}))


def _before(units: tuple[Commune, ...]) -> Iterator[Name]:
    """Old communes, each of its district; districts; old provinces."""
    communes: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)
    districts: dict[str, set[str]] = defaultdict(set)
    old_provinces: dict[str, set[str]] = defaultdict(set)
    for unit in units:
        for old in unit.formerly:
            if old.title != old.district:
                communes[old.kind, old.name, old.district, old.province].add(unit.code)
            districts[old.district].add(unit.code)
            old_provinces[old.province].add(unit.code)
    for (kind, text, _, _), codes in communes.items():
        yield Name(text, kind, Level.OLD, frozenset(codes))
    for title, codes in districts.items():
        kind, text = split_title(title)
        yield Name(text, kind, Level.DISTRICT, frozenset(codes))
    if len(old_provinces) > 1:
        for text, codes in old_provinces.items():
            if text != units[0].province:  # its name stayed, and now means all of it
                yield Name(text, "tỉnh", Level.PROVINCE, frozenset(codes))


def _by_hand(local: dict[str, Any], units: tuple[Commune, ...]) -> Iterator[Name]:
    codes = {unit.title: unit.code for unit in units}
    for part, level in (("once", Level.ONCE), ("districts", Level.DISTRICT), ("wider", Level.WIDER)):
        for row in local.get(part, ()):
            yield Name(row["name"], row["kind"], level, frozenset(codes[title] for title in row["now"]))


def _elsewhere(province: str, units: tuple[Commune, ...]) -> Iterator[tuple[str, Name]]:
    """Other provinces by all their names, and districts that lie in only one of them."""
    ours = {title for unit in units for old in unit.formerly for title in (old.district, "tỉnh " + old.province)}
    ours.add("tỉnh " + province)
    where: dict[str, set[str]] = defaultdict(set)
    for other in provinces():
        if other == province:
            continue
        where["tỉnh " + other].add(other)
        for unit in units_of(other):
            for old in unit.formerly:
                where["tỉnh " + old.province].add(other)
                where[old.district].add(other)
    own_names = {split_title(title)[1] for title in ours}
    by_name: dict[str, set[str]] = defaultdict(set)
    for title, places in where.items():
        by_name[split_title(title)[1]] |= places
    for title, places in where.items():
        kind, text = split_title(title)
        if (
            len(places) == 1
            and text not in own_names
            and (kind == "tỉnh" or len(by_name[text]) == 1)
            and not text.isdigit()
        ):
            yield text, Name(text, kind, Level.ELSEWHERE, frozenset(), next(iter(places)))
    for other, shorts in place_words()["provinces"].items():
        if other != province:
            for text in shorts:
                yield text, Name(other, "tỉnh", Level.ELSEWHERE, frozenset(), other)


def phrases(texts: list[str]) -> frozenset[tuple[str, ...]]:
    """Phrases of `places.yaml` word by word, with all marks and with none."""
    words = [words_of(text) for text in texts]
    return frozenset(tuple(getattr(word, form) for word in phrase) for phrase in words for form in ("typed", "plain"))
