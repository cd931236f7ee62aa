"""Days, months and years in Vietnamese text: "ngày 01 tháng 7 năm 2025", "1/7/2025", "tháng 7/2025", "năm 2025"."""

from __future__ import annotations

import re
from collections.abc import Callable

from knowledge.answering.claims_model import ClaimKind, Found, Value

_AND = r"\s*(?:,|;|–|-|và|hoặc|hay|đến|tới)\s*"
# What makes a number a quantity, so not a day or a month: "mỗi tháng 5 triệu", "ngày 2 lần".
_COUNTED = r"(?!\d|[.,/]\d|\s*(?:%|(?:phần trăm|đồng|đ|nghìn|ngàn|triệu|tỷ|tỉ|tr|k|lần|người|tuổi|tuần|ngày|tháng|năm(?!\s+\d{4}))(?!\w)))"
_MONEY = r"(?!\d|[.,]\d|\s*(?:%|(?:phần trăm|đồng|đ|nghìn|ngàn|triệu|tỷ|tỉ)(?!\w)))"
_D, _M, _Y = r"(\d{1,2})", r"(\d{1,2})", r"(\d{4})(?!\d)"

_SPOKEN_DAY = re.compile(rf"(?<![\d.,/]){_D}\s+tháng\s+{_M}(?:\s+năm|\s*,|/)\s*{_Y}", re.IGNORECASE)
_TYPED_DAY = re.compile(rf"(?<![\d.,/-]){_D}\s?([/.-])\s?{_M}\s?\2\s?{_Y}")
_ISO_DAY = re.compile(r"(?<![\d./-])(\d{4})-(\d{2})-(\d{2})(?![\d-])")
_DAY_OF_YEAR = re.compile(
    rf"(?<!\w)ngày\s+(?:mồng\s+|mùng\s+)?{_D}(?:\s?[/-]\s?|\s+tháng\s+){_M}(?!\d|[/.,]\d|\s*%)", re.IGNORECASE
)
_BARE_DAY_OF_YEAR = re.compile(r"(?<![\d.,/-])(\d{1,2})/(\d{1,2})(?!\d|[/.,]\d|\s*%|/\w)")
_MONTH = re.compile(rf"(?<![\d.,/-]){_M}(?:\s?[/-]\s?|\s+năm\s+){_Y}", re.IGNORECASE)
_MONTHS = re.compile(
    rf"(?<!\w)tháng\s+(\d{{1,2}}(?!\d){_COUNTED}(?:{_AND}(?:tháng\s+)?\d{{1,2}}(?!\d){_COUNTED})*)", re.IGNORECASE
)
_DAYS = re.compile(rf"(?<!\w)ngày\s+(?:mồng\s+|mùng\s+)?(\d{{1,2}}(?!\d){_COUNTED})", re.IGNORECASE)
_YEARS = re.compile(rf"(?<!\w)năm\s+(\d{{4}}{_MONEY}(?:{_AND}(?:năm\s+)?(?:19|20)\d\d{_MONEY})*)", re.IGNORECASE)
_NUMERAL = re.compile(r"\d+")


def read_dates(text: str, found: Found) -> str:
    """`text` with its days, months and years masked; each is told to `found`, also a day that no calendar has (30/2/2026)."""
    if "/" in text or "-" in text or "." in text:
        text = _TYPED_DAY.sub(_teller(found, ClaimKind.DATE, lambda m: (int(m[4]), int(m[3]), int(m[1]))), text)
    if "-" in text:
        text = _ISO_DAY.sub(_teller(found, ClaimKind.DATE, lambda m: (int(m[1]), int(m[2]), int(m[3]))), text)
    lower = text.lower()
    if "tháng" in lower:
        text = _SPOKEN_DAY.sub(_teller(found, ClaimKind.DATE, lambda m: (int(m[3]), int(m[2]), int(m[1]))), text)
    text = _MONTH.sub(_teller(found, ClaimKind.MONTH, _month), text)
    if "ngày" in lower:
        text = _DAY_OF_YEAR.sub(_teller(found, ClaimKind.DATE, lambda m: (0, int(m[2]), int(m[1]))), text)
    if "/" in text:
        text = _BARE_DAY_OF_YEAR.sub(_teller(found, ClaimKind.DATE, _possible_day), text)
    if "tháng" in lower:
        text = _MONTHS.sub(lambda m: _each(m, found, ClaimKind.MONTH, lambda n: (0, n)), text)
    if "ngày" in lower:
        text = _DAYS.sub(_teller(found, ClaimKind.DATE, lambda m: (0, 0, int(m[1]))), text)
    if "năm" in lower:
        text = _YEARS.sub(lambda m: _each(m, found, ClaimKind.YEAR, lambda n: n), text)
    return text


def less_precise(kind: ClaimKind, value: Value) -> list[tuple[ClaimKind, Value]]:
    """What a day or month also says: 1/7/2025 supports "1/7", "tháng 7/2025", "tháng 7" and "năm 2025"."""
    if kind is ClaimKind.DATE and isinstance(value, tuple):
        year, month, day = value
        said: list[tuple[ClaimKind, Value]] = [
            (kind, (0, month, day)),
            (kind, (0, 0, day)),
            (ClaimKind.MONTH, (0, month)),
        ]
        return said + ([(ClaimKind.MONTH, (year, month)), (ClaimKind.YEAR, year)] if year else [])
    if kind is ClaimKind.MONTH and isinstance(value, tuple):
        year, month = value
        return [(kind, (0, month)), *([(ClaimKind.YEAR, year)] if year else [])]
    return []


def _month(m: re.Match[str]) -> Value | None:
    named = m.string[max(0, m.start() - 8) : m.start()].rstrip().lower().endswith("tháng")
    if not named and ("năm" in m[0].lower() or not 1800 <= int(m[2]) <= 2200):
        return None  # "quý 3 năm 2026", a ratio
    return int(m[2]), int(m[1])


def _possible_day(m: re.Match[str]) -> Value | None:
    day, month = int(m[1]), int(m[2])
    return (0, month, day) if 1 <= day <= 31 and 1 <= month <= 12 else None


def _teller(
    found: Found, kind: ClaimKind, value: Callable[[re.Match[str]], Value | None]
) -> Callable[[re.Match[str]], str]:
    def tell(m: re.Match[str]) -> str:
        read = value(m)
        if read is None:
            return m[0]
        found(kind, read, *m.span())
        return "\x01" * len(m[0])

    return tell


def _each(m: re.Match[str], found: Found, kind: ClaimKind, value: Callable[[int], Value]) -> str:
    for number in _NUMERAL.finditer(m[1]):
        start = m.start() if number.start() == 0 else m.start(1) + number.start()
        found(kind, value(int(number[0])), start, m.start(1) + number.end())
    return "\x01" * len(m[0])
