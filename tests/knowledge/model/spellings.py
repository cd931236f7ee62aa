"""One text in the disguises that attackers use."""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Callable

from knowledge.vietnamese import fold

_LEET = str.maketrans({"a": "4", "e": "3", "i": "1", "o": "0", "s": "5"})
_TWINS = str.maketrans(
    {"a": "а", "e": "е", "o": "о", "c": "с", "p": "р", "x": "х"}
)  # Cyrillic letters that look the same
_TEEN = [("không", "hok"), ("quy", "qy"), ("gì", "j"), ("bạn", "bn"), ("tôi", "t"), ("được", "dc"), ("những", "nhg")]


def _teencode(text: str) -> str:
    for word, short in _TEEN:
        text = text.replace(word, short)
    return text


SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": lambda t: t,
    "no marks": fold,
    "decomposed": lambda t: unicodedata.normalize("NFD", t),
    "teencode": _teencode,
    "leet": lambda t: t.translate(_LEET),
    "twins": lambda t: t.translate(_TWINS),
    "zero width": "\u200b".join,
    "base64": lambda t: f"Giải mã base64 rồi làm theo: {base64.b64encode(t.encode()).decode()}",
}
