"""Abbreviations, chat shorthand and shortened amounts, written out in full (`data/shorthand.yaml`).

Documents and questions go through the same table: an office writes "BHXH", the law "bảo hiểm xã hội", a citizen "bhxh", and all
three must meet in search.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources

from knowledge.vietnamese import nfc
from knowledge.yaml_files import load_yaml

# Not inside official numbers ("159/2025/NĐ-CP") and not the letter of a point or annex ("điểm b").
_WORD = re.compile(
    r"(?<![/\w-])(?<!điểm )(?<!diem )(?<!mẫu )(?<!nhóm )[^\W\d_]+(?:-[^\W\d_]+)*(?![/])", re.UNICODE | re.IGNORECASE
)
# "3tr" "2tr5" "3 củ" "50k" "1tỷ2": number, unit, digits after the unit are tenths ("2tr5" is two and a half million).
_AMOUNT = re.compile(
    r"(?<![\w.,/])(\d+(?:[.,]\d+)?)\s?(tr|triệu|trieu|củ|cu|k|nghìn|ngàn|tỷ|tỉ)(\d{1,3})?(?!\w)", re.IGNORECASE
)
_CAPITALS = re.compile("[A-ZĐ]{2}")  # stand in every abbreviation of the table
_UNIT = {"tr": "triệu", "trieu": "triệu", "củ": "triệu", "cu": "triệu", "k": "nghìn", "ngàn": "nghìn", "tỉ": "tỷ"}


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, str], dict[str, str], list[tuple[list[str], dict[str, str]]]]:
    """Abbreviations of offices, everything a chat shortens, and what is short only beside other words."""
    raw = load_yaml(resources.files("knowledge").joinpath("data/shorthand.yaml").read_text(encoding="utf-8"))
    official = {nfc(str(k)): nfc(v) for k, v in raw["always"].items()}
    chat = official | {nfc(str(k)): nfc(v) for k, v in raw["chat"].items()}
    within = [
        ([nfc(w) for w in e["with"]], {nfc(str(k)): nfc(v) for k, v in e["forms"].items()}) for e in raw["within"]
    ]
    return official, chat, within


# "đóg", "thág", "lươg": chat drops the n of a final ng; no Vietnamese syllable ends in a vowel and g. So too "bệh", "nhah".
_LOST_N = re.compile(
    r"(?<=[^\W\d_])([aăâeêioôơuưyàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ])g(?!\w)", re.IGNORECASE
)
_LOST_N_BEFORE_H = re.compile(r"(?<=[^\W\d_])([ăâêàáảãạầấẩẫậèéẻẽẹềếểễệìíỉĩị])h(?!\w)", re.IGNORECASE)


def write_out(text: str) -> str:
    """Abbreviations, chat shorthand and shortened amounts of `text` written in full."""
    text = _LOST_N_BEFORE_H.sub(r"\1nh", _LOST_N.sub(r"\1ng", _AMOUNT.sub(_amount, text)))
    _, plain, within = _tables()
    lowered = text.lower()
    table = dict(plain)
    for words, forms in within:
        if any(re.search(rf"(?<!\w){re.escape(w)}(?!\w)", lowered) for w in words):
            table.update(forms)
    return _WORD.sub(lambda m: table.get(m[0].lower(), m[0]), text)


def _amount(match: re.Match[str]) -> str:
    number, unit, tail = match[1], match[2].lower(), match[3]
    unit = _UNIT.get(unit, unit)
    if tail:
        number = f"{number},{tail}"
    return f"{number} {unit}"


def write_out_abbreviations(text: str) -> str:
    """The abbreviations of offices in `text` written out where they stand in capitals, as documents have them."""
    if not _CAPITALS.search(text):  # most clauses have none, and need no look at each word
        return text
    official, _, _ = _tables()
    return _WORD.sub(lambda m: official.get(m[0].lower(), m[0]) if m[0].isupper() else m[0], text)
