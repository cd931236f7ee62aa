"""Provinces and places named in a question, by today's 34 provinces."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import pairwise

from knowledge.understanding.words import Words
from knowledge.vietnamese import fold, same_tone_placement
from knowledge.yaml_files import load_yaml


@dataclass(frozen=True, slots=True)
class _Place:
    """A name: `spelt` with marks, `plain` without; `ordinary` when without marks it is also common words."""

    spelt: tuple[str, ...]
    plain: tuple[str, ...]
    province: str
    ordinary: bool


@lru_cache(maxsize=1)
def _names() -> tuple[_Place, ...]:
    """All names, longest first."""
    text = resources.files("knowledge.understanding").joinpath("data/provinces.yaml").read_text(encoding="utf-8")
    raw = load_yaml(text)
    ordinary = set(raw["ordinary"])
    made = [
        _Place(tuple(same_tone_placement(name).split()), tuple(fold(name).split()), province, name in ordinary)
        for province, names in raw["places"].items()
        for name in names
    ]
    return tuple(sorted(made, key=lambda place: -len(place.plain)))


@lru_cache(maxsize=1)
def _starting_with() -> dict[str, tuple[_Place, ...]]:
    """Names by their first word, longest first."""
    found: dict[str, list[_Place]] = {}
    for place in _names():
        found.setdefault(place.plain[0], []).append(place)
    return {word: tuple(places) for word, places in found.items()}


_HOMOGRAPHS = {("cao", "bằng")}  # "đóng cao bằng lương": common words even with their marks
_BEFORE = {
    "o",
    "tai",
    "tinh",
    "xa",
    "huyen",
    "phuong",
    "thanh",
    "pho",
    "que",
    "quan",
    "dac",
    "khu",
    "song",
    "bhxh",
    "tp",
}


def read_province(words: Words) -> str | None:
    """The province of the first place named, by its name of today; None when no place is named."""
    places = _places(words)
    found = [place for place in places if not _of_others(words, place[1], places)]
    if len({province for _, _, province in found}) > 1:  # one comes from there and lives here
        found = (
            [place for place in found if _lives(words, place[0])]
            or [place for place in found if not {"que", "goc", "tu", "cu"} & set(words.before(place[0], 3))]
            or found
        )
    return found[0][2] if found else None


_LIVING = {"khau", "tru", "song", "chuyen", "len", "vo", "vao", "ra", "lap"}


def _lives(words: Words, start: int) -> bool:
    """ "nhập khẩu Hà Nội", "tạm trú ở Bình Dương", "vô Sài Gòn sống": where one lives, not where one comes from."""
    first = max([0, start - 4, *(b for b in words.breaks if b <= start)])
    near = words.plain[first:start]
    return bool(_LIVING & set(near)) and not {"que", "goc", "cu", "truoc"} & set(near)


_HOMES = {
    ("que", "minh"),
    ("que", "toi"),
    ("que", "tui"),
    ("que", "em"),
    ("tinh", "minh"),
    ("ben", "minh"),
    ("cho", "minh"),
}


def _of_others(words: Words, end: int, places: list[tuple[int, int, str]]) -> bool:
    """ "ở Hà Nội người ta được 100%, quê mình có không", "Hà Nội có, còn Quảng Ngãi": the place is held against one's own."""
    if any(start > end and "con" in words.before(start, 3) and start - 1 >= end for start, _, _ in places):
        return True
    homes = [i for i, pair in enumerate(pairwise(words.plain)) if i >= end and pair in _HOMES]
    return bool(homes) and (words.after(end, 2) == ("nguoi", "ta") or words.at(homes[0] - 1) == "con")


def place_words(words: Words) -> set[int]:
    """Positions of the words that name places."""
    return {i for start, end, _ in _places(words) for i in range(start, end)}


def _places(words: Words) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    at = 0
    while at < len(words):
        for place in _starting_with().get(words.plain[at], ()):
            end = at + len(place.plain)
            if words.plain[at:end] == place.plain and _is_place(words, at, place):
                found.append((at, end, place.province))
                at = end - 1
                break
        at += 1
    return found


def _is_place(words: Words, at: int, place: _Place) -> bool:
    typed = tuple(same_tone_placement(w) for w in words.typed[at : at + len(place.plain)])
    if typed == place.spelt and typed != place.plain and place.spelt not in _HOMOGRAPHS:
        return True
    if typed not in (place.plain, place.spelt):  # other marks: other words ("đóng thấp")
        return False
    return not place.ordinary or words.at(at - 1) in _BEFORE
