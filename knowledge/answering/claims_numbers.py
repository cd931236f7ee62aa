"""Numbers with what they count, in digits: "1,5 triệu đồng", "22 phần trăm", "61 tuổi 6 tháng".

Traps: a point groups thousands and a comma is the decimal mark; the unit of a range or list stands
once, behind its last number ("24–60 tháng", "3, 6 hoặc 12 tháng").
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from knowledge.answering.claims_model import ClaimKind, Found
from knowledge.answering.claims_words import SCALES, WORD, read_words

# Unit as written → unit of the value and how many of them one is.
MEASURES = {
    "năm": ("tháng", 12), "tháng": ("tháng", 1), "tuổi": ("tháng tuổi", 12), "ngày làm việc": ("ngày làm việc", 1), "ngày": ("ngày", 1),
    "tuần": ("tuần", 1), "lần": ("lần", 1), "người": ("người", 1), "giờ": ("giờ", 1), "phút": ("phút", 1),
}  # fmt: skip
_MONEY = {"đồng", "đ", "₫", "vnđ", "vnd"}

_LONGEST = 20  # characters; arithmetic with more digits would round or fail
_SPACED = re.compile(r"(?<![\d.,])\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?=\s*(?:đồng|đ|₫|vnđ|vnd)(?!\w))", re.IGNORECASE)
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?")
_ENGLISH = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+")
_PLAIN = re.compile(r"\d+(?:[.,]\d{1,2}|,\d+)?")

_UNIT = re.compile(
    rf"""(?:\s*\((?:\s*{WORD})+\s*\))?\)?\s*(?:
        (?P<percent>%|phần\ trăm(?!\w))
      | (?P<scale>nghìn|ngàn|triệu|tỷ|tỉ|tr|k)(?P<tail>\d{{1,3}})?(?!\w)
          (?:\s+(?:(?P<half>rưỡi)|(?P<more>\d{{1,3}})\s*(?P<small>triệu|nghìn|ngàn))(?!\w))?
          (?:\s*(?P<money>đồng|đ|₫|vnđ|vnd)(?!\w)|\s+(?P<people>người)(?!\w)
            |\s+(?P<other>lao\ động|lượt|hộ|thẻ|sổ|hồ\ sơ|đơn\ vị|thành\ viên)(?!\w))?
      | (?P<unit>đồng|đ|₫|vnđ|vnd|năm(?!\s+\d{{4}})|tháng|tuổi|ngày\ làm\ việc|ngày|tuần|lần|người|giờ|phút)(?!\w)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_HALF = re.compile(r"\s+rưỡi(?!\w)", re.IGNORECASE)
_ODD = re.compile(r"\s+(?:và\s+)?(?:lẻ\s+)?(\d{1,2})\s*tháng(?!\w)(?!\s*(?:/|một lần|1 lần))", re.IGNORECASE)
_JOINED = re.compile(
    r"\s*(?:[,;/–−~-]|đến|tới|hoặc|và|hay|cho đến)\s*(?:hoặc\s+|và\s+|hay\s+|từ\s+)?"
    r"(?:dưới|hết|khoảng|gần|đủ|trên|không quá|tối đa|chưa đủ)?\s*",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s*(?:[–−~-]|đến|tới|cho đến)\s*(?:dưới|hết|khoảng|gần|đủ|không quá|chưa đủ)?\s*", re.IGNORECASE)
_OF_A_LEVEL = re.compile(r"\s+(?:mức|lương|thu nhập|so với|tiền)(?!\w)", re.IGNORECASE)


@dataclass(slots=True)
class _Token:
    """A number in the text; `unit` is a measure, "%", "đồng", or "" while nothing says what it counts."""

    start: int
    end: int
    value: Decimal | str
    typed: str
    unit: str = ""
    scale: int = 1
    months: int = field(default=0)  # odd months of "61 tuổi 6 tháng"


def read_numbers(text: str, found: Found) -> None:
    """Tells `found` every number in `text` that is not masked, with what it counts."""
    text = _SPACED.sub(lambda m: re.sub(r"[ \u00a0\u202f]", ".", m[0]), text)
    tokens: list[_Token] = []
    covered = 0
    for m in _DIGITS.finditer(text):
        start, end = m.span()
        if start < covered or (start and text[start - 1].isupper()):
            continue  # part of "2 triệu 200 nghìn", or of a name: "A4", "H2"
        token = _typed(text, start, end)
        covered = token.end
        tokens.append(token)
    _share_units(tokens, text)
    for token in tokens:
        _tell(token, text, found)
    _tell_words(text, found)


@lru_cache(maxsize=4096)
def numeral(typed: str) -> Decimal | str:
    """The value of digits as Vietnamese writes them ("1.500.000", "1,5", "0,31"); `typed` itself when it is no numeral."""
    if len(typed) > _LONGEST:
        return typed
    if _GROUPED.fullmatch(typed):
        return Decimal(typed.replace(".", "").replace(",", "."))
    if _ENGLISH.fullmatch(typed):
        return Decimal(typed.replace(",", ""))
    if _PLAIN.fullmatch(typed):
        return Decimal(typed.replace(",", "."))
    return typed


def _typed(text: str, start: int, end: int) -> _Token:
    """The number in digits at `start`, with its unit when one follows."""
    token = _Token(start, end, numeral(text[start:end]), text[start:end])
    m = _UNIT.match(text, end)
    if m is None:
        return token
    token.end = m.end()
    if m["percent"]:
        token.unit = "%"
        if _ENGLISH.fullmatch(token.typed):
            token.value = Decimal(token.typed.replace(",", "."))
    elif m["scale"]:
        token.scale = SCALES[m["scale"].lower()]
        token.unit = "người" if m["people"] else "số" if m["other"] else "đồng"
        if isinstance(token.value, Decimal):
            token.value = token.value * token.scale + _tail(m, token.scale)
    else:
        unit = m["unit"].lower()
        token.unit = "đồng" if unit in _MONEY else unit
        if unit in ("năm", "tuổi"):
            _odd_months(token, text)
    return token


def _tail(m: re.Match[str], scale: int) -> Decimal:
    """What "3tr5", "2 triệu rưỡi", "2 triệu 200 nghìn" say behind the scale."""
    if m["tail"]:
        return Decimal(m["tail"]) * scale / Decimal(10) ** len(m["tail"])
    if m["half"]:
        return Decimal(scale) / 2
    return Decimal(m["more"]) * SCALES[m["small"].lower()] if m["more"] else Decimal(0)


def _odd_months(token: _Token, text: str) -> None:
    """Adds the months of "17 năm 4 tháng", "3 năm rưỡi" to `token`."""
    if m := _HALF.match(text, token.end):
        token.months, token.end = 6, m.end()
    elif m := _ODD.match(text, token.end):
        token.months, token.end = int(m[1]), m.end()


def _share_units(tokens: list[_Token], text: str) -> None:
    """Gives the unit behind the last number of a range or list to the numbers before it."""
    for token, after in zip(reversed(tokens[:-1]), reversed(tokens[1:]), strict=True):
        if token.unit or not after.unit or token.end == after.start or not isinstance(token.value, Decimal):
            continue
        gap = text[token.end : after.start]
        joined = _RANGE if _looks_like_year(token) else _JOINED
        if not joined.fullmatch(gap) or (after.unit == "lần" and "," in gap):
            continue
        token.unit = after.unit
        if after.scale > 1 and token.value < 1000:
            token.scale = after.scale
            token.value *= after.scale


def _looks_like_year(token: _Token) -> bool:
    return len(token.typed) == 4 and token.typed.isdigit() and 1900 <= int(token.typed) <= 2100


def _tell(token: _Token, text: str, found: Found) -> None:
    value, start, end = token.value, token.start, token.end
    if not token.unit:
        if _looks_like_year(token):
            found(ClaimKind.YEAR, int(token.typed), start, end)
        else:
            found(ClaimKind.NUMBER, value, start, end)
    elif token.unit == "%":
        found(ClaimKind.PERCENT, value, start, end)
    elif token.unit == "đồng":
        found(ClaimKind.AMOUNT, value, start, end)
    elif token.unit == "số":
        found(ClaimKind.NUMBER, value, start, end)
    elif isinstance(value, str):
        found(ClaimKind.TERM, (MEASURES[token.unit][0], value), start, end)
    elif not (token.unit == "lần" and value == 1 and not _OF_A_LEVEL.match(text, end)):  # "3 tháng 1 lần" is no claim
        unit, each = MEASURES[token.unit]
        found(ClaimKind.TERM, (unit, value * each + token.months), start, end)


def _tell_words(text: str, found: Found) -> None:
    for read in read_words(text):
        if read.unit == "%":
            found(ClaimKind.PERCENT, read.value, read.start, read.end)
        elif read.unit == "đồng":
            found(ClaimKind.AMOUNT, read.value, read.start, read.end)
        else:
            unit, each = MEASURES[read.unit]
            found(ClaimKind.TERM, (unit, read.value * each + read.months), read.start, read.end)
