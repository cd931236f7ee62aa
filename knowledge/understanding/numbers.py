"""Numbers as Vietnamese writes and says them: "3tr5", "hai triệu rưỡi", "1.500.000", "mười lăm", "chục rưỡi".

Words are matched without marks, so a text typed either way reads the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

_UNITS = {
    "khong": 0, "linh": 0, "le": 0, "mot": 1, "mot'": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "nham": 5,
    "sau": 6, "bay": 7, "tam": 8, "chin": 9,
}  # fmt: skip
_TENS = {"muoi", "chuc"}
_SCALES = {
    "nghin": 1_000,
    "ngan": 1_000,
    "k": 1_000,
    "trieu": 1_000_000,
    "tr": 1_000_000,
    "cu": 1_000_000,
    "ty": 10**9,
    "ti": 10**9,
}
SCALES = frozenset(_SCALES)
# "năm" is five and year, "ba" three and father, "tư" four and private, "sáu", "tám"… stand alone only before a unit of measure.
AMBIGUOUS = frozenset({"nam", "ba", "tu", "le", "linh", "khong", "bay", "sau", "tam", "cu"})
_DIGITS = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:[.,]\d+)?")


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a row of folded words: `start` to `end` (exclusive) and its `value`; `scaled` when a nghìn/triệu/tỷ was said."""

    start: int
    end: int
    value: Decimal
    scaled: bool
    digits: bool


def numeral(text: str) -> Decimal | None:
    """The value of digits as typed: "1.500.000", "1,5", "2.5", "500"; None for anything else."""
    if not _DIGITS.fullmatch(text):
        return None
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", text):
        text = text.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"\d{1,3}(?:,\d{3}){2,}|\d{1,3},\d{3}", text):
        text = text.replace(",", "")
    else:
        text = text.replace(",", ".")
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


_SPELT = frozenset(
    [
        "không",
        "linh",
        "lẻ",
        "một",
        "mốt",
        "hai",
        "ba",
        "bốn",
        "tư",
        "năm",
        "lăm",
        "nhăm",
        "sáu",
        "bảy",
        "bẩy",
        "tám",
        "chín",
        "mười",
        "mươi",
        "chục",
        "trăm",
        "nghìn",
        "ngàn",
        "triệu",
        "tỷ",
        "tỉ",
        "củ",
        "rưỡi",
    ]
)
_ALL = frozenset(_UNITS) | _TENS | SCALES | {"tram", "ruoi"}


def spelt_numbers(plain: tuple[str, ...], typed: tuple[str, ...]) -> list[str]:
    """`plain` with the words that their marks show to be no numbers ("từ", "sau", "bà") made unreadable.

    "sau mười năm" is no sixty; "một triệu bày trăm" had its marks put back wrongly.
    """
    found = []
    for i, (p, t) in enumerate(zip(plain, typed, strict=True)):
        following = typed[i + 1] if i + 1 < len(typed) else ""
        before = plain[i - 1] if i else ""
        if t == "mốt":
            found.append("mot'")
        elif p in _UNITS and p in AMBIGUOUS and following == "mười":
            found.append("·")
        elif p in _UNITS and before in _SCALES and following in ("trăm", "tram"):
            found.append(p)
        else:
            found.append("·" if p in _ALL and t != p and t not in _SPELT else p)
    return found


def read_numbers(words: list[str]) -> list[Number]:
    """The numbers in `words` (folded, digits as typed), left to right, none overlapping."""
    found: list[Number] = []
    at = 0
    while at < len(words):
        number = _number_at(words, at)
        if number is None:
            at += 1
            continue
        found.append(number)
        at = number.end
    return found


def _number_at(words: list[str], at: int) -> Number | None:
    total, end, scaled, digits = Decimal(0), at, False, False
    last_scale = 0
    while end < len(words):
        part = _part(words, end)
        if part is None:
            break
        value, after, typed = part
        if scaled and typed and not (last_scale and value < last_scale):
            break
        if scaled and not typed and after < len(words) and words[after] not in _SCALES and value < 10 and last_scale:
            # "hai triệu ba" is 2.3 million, "triệu mốt" 1.1; "2 triệu 3 con", "1,5 triệu một bên" are not.
            if (
                (words[end] == "mot" and words[after] != "mot")
                or total != total.to_integral_value()
                or total % last_scale
            ):
                break
            if _counts(words, after):
                break
            total += value * last_scale / 10
            end = after
            break
        if after < len(words) and words[after] in _SCALES:
            last_scale = _SCALES[words[after]]
            total += value * last_scale
            end, scaled, digits = after + 1, True, digits or typed
            if end < len(words) and words[end] == "ruoi":
                total += Decimal(last_scale) / 2
                end += 1
                break
            continue
        counted = _counts(words, after)
        if scaled and typed and value < 10 and last_scale and not counted:  # "2 tr 5", but "5 tr 1 tháng"
            total += value * last_scale / 10
            end = after
            break
        if last_scale == 1_000_000 and 100 <= value < 1000 and not counted:  # "2 triệu 200", "một triệu hai trăm"
            total += value * 1000
            end = after
            break
        if scaled:
            break
        total, end, digits = value, after, typed
        break
    return Number(at, end, total, scaled, digits) if end > at else None


def _part(words: list[str], at: int) -> tuple[Decimal, int, bool] | None:
    """A number below a thousand in words, or one in digits, at `at`: (value, end, typed in digits)."""
    typed = numeral(words[at])
    if typed is not None:
        if at + 1 < len(words) and words[at + 1] == "chuc":
            return typed * 10, at + 2, True
        return typed, at + 1, True
    return _hundreds(words, at)


def _hundreds(words: list[str], at: int) -> tuple[Decimal, int, bool] | None:
    start, total, end = at, 0, at
    if words[at] in _UNITS and at + 1 < len(words) and words[at + 1] == "tram":
        total, end = _UNITS[words[at]] * 100, at + 2
        if end < len(words) and words[end] == "ruoi":
            return Decimal(total + 50), end + 1, False
    rest = _tens(words, end)
    # "một triệu hai trăm một tháng" is 200, not 201, which is "hai trăm lẻ một"
    lone = (
        rest is not None and end > start and rest[0] < 10 and (rest[1] >= len(words) or words[rest[1]] not in _SCALES)
    )
    if rest is not None and not lone:
        total, end = total + rest[0], rest[1]
    return (Decimal(total), end, False) if end > start else None


def _tens(words: list[str], at: int) -> tuple[int, int] | None:
    if at >= len(words):
        return None
    if words[at] in _TENS:  # mười, mười lăm, chục
        ones = _UNITS.get(words[at + 1]) if at + 1 < len(words) and words[at + 1] != "nam" else None
        ones = ones if (at + 1 < len(words) and words[at + 1] not in ("ba",)) or _measured(words, at + 2) else None
        return (10 + ones, at + 2) if ones else (10, at + 1)
    if words[at] in _UNITS:
        if at + 1 < len(words) and words[at + 1] in _TENS:
            tens = _UNITS[words[at]] * 10
            follow = words[at + 2] if at + 2 < len(words) else ""
            if follow in _UNITS and follow != "nam" and follow != "khong":
                return tens + _UNITS[follow], at + 3
            return tens, at + 2
        # "hai lăm", "ba mốt": tens without the word
        follow = words[at + 1] if at + 1 < len(words) else ""
        if follow in ("lam", "nham") and _UNITS[words[at]]:
            return _UNITS[words[at]] * 10 + 5, at + 2
        if words[at] == "tu" or (words[at] in AMBIGUOUS and not _measured(words, at + 1)):
            return None
        return _UNITS[words[at]], at + 1
    return None


# What a number behind an amount may count: "mức 2 triệu, hai vợ chồng" is no 2.2 million.
_COUNTED = {
    "thang", "nam", "quy", "nguoi", "con", "chau", "be", "dua", "lan", "suat", "vo", "me", "cha", "bo", "ong", "chi", "anh", "em", "ben",
}  # fmt: skip
_PERSONS = {"em", "anh", "chi", "me", "cha", "bo", "ong", "vo", "con", "chau"}
_DOES = {"chon", "dong", "nop", "muon", "khai", "dinh", "tinh", "duoc", "phai", "dang", "se"}


def _counts(words: list[str], at: int) -> bool:
    """True when the number before the word at `at` counts it: "2 triệu 2 con", but "2 triệu 2 em chọn" goes on with who chooses."""
    if at >= len(words) or words[at] not in _COUNTED:
        return False
    return not (words[at] in _PERSONS and at + 1 < len(words) and words[at + 1] in _DOES)


_MEASURES = SCALES | {"nam", "thang", "tuoi", "ngay", "con", "be", "dua", "chau", "tram", "lan"}


def _measured(words: list[str], at: int) -> bool:
    """True when the word at `at` is what a number counts."""
    if at >= len(words) or words[at] not in _MEASURES:
        return False
    # "sau năm 2014": a year is named, not counted.
    return not (words[at] == "nam" and at + 1 < len(words) and words[at + 1].isdecimal() and len(words[at + 1]) == 4)
