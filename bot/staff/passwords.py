"""Passwords that are guessed first: made of words everybody knows here, rows of keys, repetition. Pure.

No list of stolen passwords comes along; long ones of twelve signs and more, which alone are taken, are nearly all of these kinds.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

from knowledge.yaml_files import load_yaml

_ROWS = (
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
    "0123456789",
    "1234567890",
    "1qaz2wsx3edc4rfv",
)
_FEWEST = 5  # different signs
_OWN = 4  # signs that no list explains
_LIKE = str.maketrans("013457@$!|", "oieastasil")


@cache
def words() -> tuple[str, ...]:
    """Words that make no password here, the longest first."""
    loaded = load_yaml(files("bot.staff").joinpath("passwords.yaml").read_text("utf-8"))
    return tuple(sorted({_plain(str(w)) for w in loaded["words"]}, key=lambda w: -len(w)))


def easily_guessed(password: str, login: str, name: str) -> bool:
    """Whether little is left of `password` without known words, its owner's name and login, rows of keys and repetition."""
    if login in password.lower() or len(set(password)) < _FEWEST:
        return True
    typed = re.sub(r"(?:19|20)\d\d", "\0", _plain(password))
    for left in (typed, typed.translate(_LIKE)):
        owners = [_plain(part) for part in (login, name, *re.split(r"[\s._-]+", f"{login} {name}")) if len(part) > 2]
        for word in sorted({*owners, *words()}, key=lambda w: -len(w)):
            if word:
                left = left.replace(word, "\0")
        left = re.sub(r"(.{1,6}?)\1{2,}", "\0", left)
        for row in _ROWS:
            for way in (row, row[::-1]):
                for length in range(len(way), 2, -1):
                    for start in range(len(way) - length + 1):
                        left = left.replace(way[start : start + length], "\0")
        if len(set(left) - {"\0"}) < _OWN or len(left.replace("\0", "")) < _OWN:
            return True
    return False


def _plain(text: str) -> str:
    """Small letters without marks, blanks and punctuation."""
    flat = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(c for c in flat if not unicodedata.combining(c) and (c.isalnum() or c in "@$!|"))
