"""The claims of a text that can be checked: amounts, percentages, dates, terms, official numbers, articles, household groups.

A claim is a value of a kind, written one way: "1,5 triệu đồng" and "1.500.000 đồng/tháng" are one amount, "5 năm" and "60 tháng"
one term.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from knowledge.understanding.numbers import numeral
from knowledge.vietnamese import nfc


class ClaimKind(StrEnum):
    """What a claim is about."""

    AMOUNT = "amount"  # đồng
    PERCENT = "percent"
    DATE = "date"
    TERM = "term"  # a number with what it counts
    NUMBER = "number"
    DOCUMENT = "document"
    ARTICLE = "article"
    GROUP = "group"
    CONTACT = "contact"  # a telephone number or address on the network


@dataclass(frozen=True, slots=True)
class Claim:
    """`value` in its normal form; `start` and `end` are positions in the text."""

    kind: ClaimKind
    value: str
    text: str
    start: int
    end: int


_N = r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?"
_WORDS = {
    "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10,
    "mười hai": 12, "mười lăm": 15, "hai mươi": 20,
}  # fmt: skip
_COUNTED = "ngày làm việc|năm|tháng|ngày|tuổi|lần|tuần|người|quý|giờ|đơn vị|xã|phường|đặc khu"
_PATTERNS: tuple[tuple[ClaimKind, re.Pattern[str]], ...] = (
    (
        ClaimKind.CONTACT,
        re.compile(r"https?://\S+|(?<![\w@])(?:[a-z0-9-]+\.)+(?:vn|com|gov|org|net|me|link)(?![\w])\S*", re.IGNORECASE),
    ),
    (ClaimKind.DOCUMENT, re.compile(r"\b\d{1,4}(?:\.\d{1,3})?/(?:\d{4}/)?[A-ZĐ][A-ZĐ0-9]*(?:-[A-ZĐ0-9]+)*")),
    (ClaimKind.DATE, re.compile(r"(?<![\d/])(?:ngày\s+)?(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)", re.IGNORECASE)),
    (ClaimKind.DATE, re.compile(r"\bngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})", re.IGNORECASE)),
    (ClaimKind.DATE, re.compile(r"(?<![\d/])(?:tháng\s+)?(\d{1,2})[/](\d{4})(?![\d/])", re.IGNORECASE)),
    (ClaimKind.DATE, re.compile(r"\btháng\s+(\d{1,2})\s+năm\s+(\d{4})", re.IGNORECASE)),
    (
        ClaimKind.CONTACT,
        re.compile(r"(?<!\d)(?:1[89]00[ .]?\d{4}|1[89]00[ .]?\d{2,4}|(?:\+84|0)\d(?:[ .]?\d){8,9})(?![\d.])"),
    ),
    (
        ClaimKind.ARTICLE,
        re.compile(
            r"(?:điểm\s+(?P<point>[a-zđ])\s+)?(?:khoản\s+(?P<clause>\d{1,2}[a-zđ]?)\s+)?Điều\s+(?P<article>\d{1,3}[a-zđ]?)(?![\w])"
            r"|khoản\s+(?P<only>\d{1,2})(?!\w)",
            re.IGNORECASE,
        ),
    ),
    (ClaimKind.PERCENT, re.compile(rf"(?<![\d.,])({_N})\s*(?:%|phần trăm)", re.IGNORECASE)),
    (ClaimKind.AMOUNT, re.compile(rf"(?<![\d.,/])({_N})\s*(tỷ|tỉ|triệu|nghìn|ngàn)(?:\s+đồng)?(?!\w)", re.IGNORECASE)),
    (ClaimKind.AMOUNT, re.compile(rf"(?<![\d.,/])({_N})\s*(?:đồng|VND|đ)(?!\w)", re.IGNORECASE)),
    (ClaimKind.TERM, re.compile(rf"(?<![\d.,/])({_N})\s+({_COUNTED})(?!\w)", re.IGNORECASE)),
    (
        ClaimKind.TERM,
        re.compile(
            rf"(?<!\w)({'|'.join(sorted(_WORDS, key=len, reverse=True))})\s+(năm|tháng|ngày|tuổi|phần trăm)(?!\w)",
            re.IGNORECASE,
        ),
    ),
    (ClaimKind.NUMBER, re.compile(rf"(?<![\w.,/])({_N})(?![\w/]|[.,]\d)")),
)
_GROUPS = (
    ("near_poor", re.compile(r"cận nghèo", re.IGNORECASE)),
    ("poor", re.compile(r"(?<!cận )(?:hộ|người|nhà) nghèo", re.IGNORECASE)),
    ("ethnic_minority", re.compile(r"dân tộc thiểu số", re.IGNORECASE)),
    ("island", re.compile(r"xã đảo|đặc khu(?! trực)|Lý Sơn", re.IGNORECASE)),
)
_MARKER = re.compile(r"(?:^|\n)\s*(?:\d{1,2}[.)]|[a-zđ]\))(?=\s)")
_SCALE = {"tỷ": 10**9, "tỉ": 10**9, "triệu": 10**6, "nghìn": 10**3, "ngàn": 10**3}
_UNIT = {"quý": ("tháng", 3), "năm": ("tháng", 12), "tháng": ("tháng", 1)}


def read_claims(text: str) -> tuple[Claim, ...]:
    """The claims of `text`, in order. Markers of a list are none. Never raises on text."""
    text = nfc(text)
    taken = [(m.start(), m.end()) for m in _MARKER.finditer(text)]
    found: list[Claim] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            value = _value(kind, match)
            if value is None:
                continue
            taken.append((match.start(), match.end()))
            found.append(Claim(kind, value, match[0].strip(), match.start(), match.end()))
    found += _groups(text)
    return tuple(sorted(found, key=lambda c: c.start))


def term(number: Decimal, unit: str) -> str:
    """A term in its normal form: years and quarters are months, "tuổi" and the others as they are."""
    name, times = _UNIT.get(unit.lower(), (unit.lower(), 1))
    return f"{plain(number * times)} {name}"


def plain(number: Decimal) -> str:
    """A number in its normal form: no trailing zeros, no exponent."""
    return f"{number.normalize():f}"


def _value(kind: ClaimKind, match: re.Match[str]) -> str | None:
    if kind is ClaimKind.DATE:
        parts = [int(group) for group in match.groups()]
        if len(parts) == 3:
            return f"{parts[2]:04d}-{parts[1]:02d}-{parts[0]:02d}"
        return f"{parts[1]:04d}-{parts[0]:02d}" if 1 <= parts[0] <= 12 else None
    if kind in (ClaimKind.DOCUMENT, ClaimKind.CONTACT):
        return (
            re.sub(r"[\s.]+(?=\d)", "", match[0]).upper().rstrip(".,;:)")
            if kind is ClaimKind.CONTACT
            else match[0].upper()
        )
    if kind is ClaimKind.ARTICLE:
        if match["only"]:
            return f"||{match['only']}"
        return f"{match['article'].lower()}|{match['clause'] or ''}|{(match['point'] or '').lower()}"
    number = numeral(match[1]) if match[1][0].isdigit() else Decimal(_WORDS[match[1].lower()])
    if number is None:
        return None
    if kind is ClaimKind.AMOUNT:
        unit = match[2].lower() if match.lastindex and match.lastindex > 1 and match[2] else ""
        return plain(number * _SCALE.get(unit, 1))
    if kind is ClaimKind.TERM:
        return plain(number) if match[2].lower() == "phần trăm" else term(number, match[2])
    return plain(number)


def _groups(text: str) -> Iterator[Claim]:
    for name, pattern in _GROUPS:
        for match in pattern.finditer(text):
            yield Claim(ClaimKind.GROUP, name, match[0], match.start(), match.end())
