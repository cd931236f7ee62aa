"""Provinces and places named in a question, by today's 34 provinces."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

import yaml

from knowledge.understanding.words import Words


@lru_cache(maxsize=1)
def _names() -> tuple[tuple[tuple[str, ...], str], ...]:
    """(plain words, province), longest first."""
    text = resources.files("knowledge.understanding").joinpath("data/provinces.yaml").read_text(encoding="utf-8")
    pairs = [(tuple(name.split()), province) for province, names in yaml.safe_load(text).items() for name in names]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


# Places whose plain form is also ordinary words: taken only behind a word that says it is a place, or spelt as the name.
_ORDINARY = {
    ("hue",): ("huế",), ("ba", "to"): ("ba", "tơ"), ("son", "ha"): ("sơn", "hà"), ("son", "tay"): ("sơn", "tây"),
    ("tra", "bong"): ("trà", "bồng"), ("minh", "long"): ("minh", "long"), ("an", "giang"): ("an", "giang"),
    ("thai", "binh"): ("thái", "bình"), ("hoa", "binh"): ("hòa", "bình"), ("binh", "son"): ("bình", "sơn"),
    ("son", "la"): ("sơn", "la"), ("ha", "nam"): ("hà", "nam"), ("long", "an"): ("long", "an"), ("son", "my"): ("sơn", "mỹ"),
    ("ba", "ria"): ("bà", "rịa"), ("mo", "duc"): ("mộ", "đức"), ("ha", "giang"): ("hà", "giang"),
}  # fmt: skip
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
    "ve",
    "dac",
    "khu",
    "song",
    "bhxh",
    "tp",
}


def read_province(words: Words) -> str | None:
    """The province of the first place named, by its name of today; None when no place is named."""
    found = _places(words)
    return found[0][2] if found else None


def place_words(words: Words) -> set[int]:
    """Positions of the words that name places."""
    return {i for start, end, _ in _places(words) for i in range(start, end)}


def _places(words: Words) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    at = 0
    while at < len(words):
        for name, province in _names():
            if words.plain[at : at + len(name)] == name and _is_place(words, at, name):
                found.append((at, at + len(name), province))
                at += len(name) - 1
                break
        at += 1
    return found


def _is_place(words: Words, at: int, name: tuple[str, ...]) -> bool:
    spelt = _ORDINARY.get(name)
    if spelt is None:
        return True
    typed = words.typed[at : at + len(name)]
    return (typed == spelt and typed != name) or words.at(at - 1) in _BEFORE
