"""How leads are found: by name, phone or commune, whatever marks, spaces or country code are typed. Pure."""

from __future__ import annotations

import re

from knowledge.vietnamese import fold

_PHONE = re.compile(r"[+\d][\d .\-()]{2,}")


def search_key(name: str, phone: str, commune: str) -> str:
    """What of a lead is searched: folded words, and the phone's digits without country code or leading zero."""
    return f" {_words(name)} {_words(commune)} {_national(phone)} "


def search_words(typed: str) -> list[str]:
    """The parts of `typed` that must all occur in a `search_key`."""
    phones = [_national(found) for found in _PHONE.findall(typed)]
    rest = _PHONE.sub(" ", typed)
    return [*_words(rest).split(), *(p for p in phones if p)]


def _words(text: str) -> str:
    return " ".join(re.sub(r"[^0-9a-z]+", " ", fold(text)).split())


def _national(phone: str) -> str:
    digits = re.sub(r"\D", "", phone)
    if phone.strip().startswith("+84") or (digits.startswith("84") and len(digits) > 10):
        digits = digits[2:]
    return digits.lstrip("0")
