"""First passwords, codes of an authenticator, and passwords guessed first: words everybody knows here, rows of keys, repetition.

Of the most used passwords those of twelve signs and more, which alone are taken, stand in `common_passwords.txt`; a list of all that were
ever stolen does not come along, and nothing is asked over the network.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from functools import cache
from importlib.resources import files

import pyotp

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
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no letters that are read as others
_TOTP_STEP = 30
_FEWEST = 5  # different signs
_OWN = 4  # signs that no list explains
_LIKE = str.maketrans("013457@$!|", "oieastasil")


def new_password() -> str:
    """Sixteen letters and digits in groups, about 79 bits: easy to read out and to type."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


def step_of(secret: str, digits: str, now: float) -> int | None:
    """The time step whose code these digits are: the one of now, or the one before it, which is still being typed.

    A code of a step to come is none: it would hold for longer than it is shown.
    """
    if not secret or not re.fullmatch(r"\d{6}", digits):
        return None
    made = pyotp.TOTP(secret, interval=_TOTP_STEP)
    step = int(now // _TOTP_STEP)
    return next((s for s in (step, step - 1) if secrets.compare_digest(made.at(s * _TOTP_STEP), digits)), None)


@cache
def words() -> tuple[str, ...]:
    """Words that make no password here, the longest first."""
    loaded = load_yaml(files("bot.staff").joinpath("passwords.yaml").read_text("utf-8"))
    return tuple(sorted({_plain(str(w)) for w in loaded["words"]}, key=lambda w: -len(w)))


@cache
def common() -> frozenset[str]:
    """The most used long passwords, small letters, without marks and blanks."""
    lines = files("bot.staff").joinpath("common_passwords.txt").read_text("utf-8").splitlines()
    return frozenset(_plain(line) for line in lines if line and not line.startswith("# ") and line != "#")


def easily_guessed(password: str, login: str, name: str) -> bool:
    """Whether `password` is a common one, also with figures after it, or little is left of it without known words, its owner's name and
    login, rows of keys and repetition.
    """
    if login in password.lower() or len(set(password)) < _FEWEST:
        return True
    bare = _plain(password)
    if bare in common() or bare.rstrip("0123456789@$!|") in common():
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
