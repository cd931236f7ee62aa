"""Numbers in Vietnamese words with their unit: "mười lăm năm", "năm mươi phần trăm", "hai triệu năm trăm nghìn đồng".

Traps: "năm" is five and year, so it counts as five only where nothing else is possible; "một lần", "hai cách", "ba bên" claim nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

SCALES = {"nghìn": 10**3, "ngàn": 10**3, "k": 10**3, "triệu": 10**6, "tr": 10**6, "tỷ": 10**9, "tỉ": 10**9}
WORD = r"(?:không|một|mốt|hai|ba|bốn|tư|năm|lăm|nhăm|sáu|bảy|bẩy|tám|chín|mười|mươi|trăm|nghìn|ngàn|triệu|tỷ|tỉ|linh|lẻ)(?!\w)"

_FIRST = {"một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9}
_LAST = _FIRST | {"mốt": 1, "tư": 4, "lăm": 5, "nhăm": 5}  # behind mươi, mười, linh
_RUN = re.compile(rf"(?<!\w)(?:một|hai|ba|bốn|năm|sáu|bảy|bẩy|tám|chín|mười)(?!\w)(?:[ \t]+{WORD})*", re.IGNORECASE)
_ONE_WORD = re.compile(r"\S+")
_UNIT = re.compile(
    r"\s+(?:(?P<percent>phần trăm)|(?P<money>đồng)|(?P<people>người)|(?P<unit>năm(?!\s+\d{4})|tháng|tuổi|tuần|ngày làm việc|ngày))(?!\w)",
    re.IGNORECASE,
)
_HALF = re.compile(r"\s+rưỡi(?!\w)", re.IGNORECASE)
_YEAR_BEFORE = re.compile(
    r"(?:mỗi|hằng|hàng|từng|cả|trong|những|các|nửa|theo|cuối|đầu|qua|mấy|nhiều|số|này|\d)\s+$", re.IGNORECASE
)
_FIVE_BEFORE = re.compile(
    r"(?:trong|đủ|từ|đến|hơn|dưới|trên|thiếu|còn|thêm|ít nhất|tối đa|không quá|sau|trước)\s+$", re.IGNORECASE
)
_ORDINAL_BEFORE = re.compile(r"(?:thứ|tháng|mùng|mồng|ngày|khoản|điều)\s+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Worded:
    """A number in words from `start` to `end`; `unit` as written in lower case, "%", or "đồng"; `months` are the odd ones of a span."""

    start: int
    end: int
    value: Decimal
    unit: str
    months: int = 0


def is_number_word(word: str) -> bool:
    """True when `word` may be part of a number in words."""
    return re.fullmatch(WORD, word, re.IGNORECASE) is not None


def read_words(text: str) -> list[Worded]:
    """The numbers in words that state something, in order: with năm, tháng, tuần, ngày, tuổi, phần trăm, đồng, or in thousands."""
    found: list[Worded] = []
    done = 0
    for run in _RUN.finditer(text):
        if run.start() < done:
            continue
        words = [(m[0].lower(), run.start() + m.start(), run.start() + m.end()) for m in _ONE_WORD.finditer(run[0])]
        names = [w for w, _, _ in words]
        at = 0
        counted = False  # the word before was a number that claimed nothing: "một hai năm"
        while at < len(words):
            parsed = _number(names, at)
            start = words[at][1]
            if parsed is None or start < done or (names[at] == "năm" and not _is_five(text, names, at, start)):
                counted = parsed is not None and names[at] != "năm"
                at += 1
                continue
            value, after = parsed
            read = None if counted else _with_unit(text, start, words[after - 1][2], value, names[at:after])
            counted = read is None
            if read is not None:
                found.append(read)
                done = read.end
            at = after
    return found


def _with_unit(text: str, start: int, end: int, value: Decimal, names: Sequence[str]) -> Worded | None:
    """The number with the unit behind it, None when it claims nothing."""
    if _ORDINAL_BEFORE.search(text[max(0, start - 8) : start]):
        return None
    scale = SCALES.get(names[-1], 1)
    if scale > 1 and (half := _HALF.match(text, end)):
        value, end = value + Decimal(scale) / 2, half.end()
    m = _UNIT.match(text, end)
    if m is None:
        return Worded(start, end, value, "đồng") if scale > 1 else None
    if m["percent"]:
        return Worded(start, m.end(), value, "%")
    if m["money"]:
        return Worded(start, m.end(), value, "đồng")
    if m["people"]:
        return Worded(start, m.end(), value, "người") if scale > 1 else None
    unit, end, months = m["unit"].lower(), m.end(), 0
    if unit in ("năm", "tuổi"):
        months, end = _odd_months(text, end)
    return Worded(start, end, value, unit, months) if value >= 2 or months else None


def _odd_months(text: str, end: int) -> tuple[int, int]:
    """The months of "một năm sáu tháng" and "hai năm rưỡi" and where they end; 0 when there are none."""
    if half := _HALF.match(text, end):
        return 6, half.end()
    run = re.compile(rf"\s+(?:và\s+)?({WORD}(?:\s+{WORD})*)\s+tháng(?!\w)", re.IGNORECASE).match(text, end)
    if run is None:
        return 0, end
    names = run[1].lower().split()
    parsed = _number(names, 0)
    if parsed is None or parsed[1] != len(names) or parsed[0] > 11:
        return 0, end
    return int(parsed[0]), run.end()


def _is_five(text: str, names: Sequence[str], at: int, start: int) -> bool:
    """True when the "năm" at `start` is the number: "năm năm", "năm triệu", "đủ năm tháng", but not "mỗi năm", "những năm tháng"."""
    before = text[max(0, start - 12) : start]
    follows = names[at + 1] if at + 1 < len(names) else ""
    if follows in ("mươi", "trăm") or follows in SCALES:
        return True
    if _YEAR_BEFORE.search(before) or (at and names[at - 1] != "năm"):
        return _FIVE_BEFORE.search(before) is not None and follows == "năm"
    return follows == "năm" or _FIVE_BEFORE.search(before) is not None


def _number(names: Sequence[str], at: int) -> tuple[Decimal, int] | None:
    """The number that begins at word `at` and the word after it; None when none does."""
    total, end, smallest = 0, at, 0
    while (part := _below_thousand(names, end)) is not None:
        value, after = part
        scale = SCALES.get(names[after], 0) if after < len(names) else 0
        if smallest and (scale >= smallest or (not scale and value < 100)):
            break  # "hai triệu ba" says 2.3 million among friends, and nothing certain here
        total += value * (scale or 1)
        end = after + (1 if scale else 0)
        if not scale:
            break
        smallest = scale
    return (Decimal(total), end) if end > at else None


def _below_thousand(names: Sequence[str], at: int) -> tuple[int, int] | None:
    if at >= len(names):
        return None
    word, follows = names[at], names[at + 1] if at + 1 < len(names) else ""
    if word in _FIRST and follows == "trăm":
        value, end = _FIRST[word] * 100, at + 2
        if end + 1 < len(names) and names[end] in ("linh", "lẻ") and names[end + 1] in _LAST:
            return value + _LAST[names[end + 1]], end + 2
        rest = _tens(names, end)
        return (value + rest[0], rest[1]) if rest else (value, end)
    return _tens(names, at) or ((_FIRST[word], at + 1) if word in _FIRST else None)


def _tens(names: Sequence[str], at: int) -> tuple[int, int] | None:
    if at < len(names) and names[at] == "mười":
        value, end = 10, at + 1
    elif at + 1 < len(names) and names[at] in _FIRST and names[at + 1] == "mươi":
        value, end = _FIRST[names[at]] * 10, at + 2
    else:
        return None
    # Behind a ten "năm" is the year: five is lăm there.
    if end < len(names) and names[end] in _LAST and names[end] != "năm":
        return value + _LAST[names[end]], end + 1
    return value, end
