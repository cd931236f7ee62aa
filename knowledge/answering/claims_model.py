"""What a claim (điều khẳng định kiểm được) is: one number, term, date, clause or group that an answer states as a fact."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeAlias


class ClaimKind(StrEnum):
    """What a claim is about, and so what can support it. Values of each kind are told under `Claim`."""

    AMOUNT = "amount"  # số tiền
    PERCENT = "percent"  # tỷ lệ phần trăm
    DATE = "date"  # ngày
    MONTH = "month"  # tháng của một năm
    YEAR = "year"  # năm
    TERM = "term"  # số có đơn vị đo: năm, tháng, ngày, tuổi, lần, người…
    NUMBER = "number"  # số không có đơn vị
    DOCUMENT = "document"  # số hiệu văn bản
    ARTICLE = "article"  # điều, khoản, điểm
    GROUP = "group"  # nhóm hộ
    PHONE = "phone"  # số điện thoại
    LINK = "link"  # địa chỉ mạng


Value: TypeAlias = Decimal | int | str | tuple[Any, ...]
"""A normalised value, equal exactly when two claims say the same:

AMOUNT      Decimal, đồng                      "1,5 triệu" → 1500000
PERCENT     Decimal, of a hundred              "22 phần trăm" → 22
DATE        (year, month, day), 0 = not said   "ngày 1/7" → (0, 7, 1)
MONTH       (year, month), 0 = not said        "tháng 7/2025" → (2025, 7)
YEAR        int                                "năm 2025" → 2025
TERM        (unit, Decimal)                    "5 năm" → ("tháng", 60); "61 tuổi 6 tháng" → ("tháng tuổi", 738)
NUMBER      Decimal
DOCUMENT    str, as `claims_law.same_document` compares
ARTICLE     (article, clause, point), "" = not said; "mục 2" stands in the place of the article
GROUP       str, a HouseholdGroup
PHONE       str of digits
LINK        str, the host name, or an address of mail

A numeral that is no numeral ("1.500.00") is its own text: only the very same one supports it.
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim. `span` is its place in the text in Unicode normal form C, `text` the words there.

    `document` is what an ARTICLE is said to be an article of, "" when the text does not say. `negated` is True for what the text
    says is not so ("không phải 10%", "không thuộc hộ nghèo").
    """

    kind: ClaimKind
    value: Value
    span: tuple[int, int]
    text: str
    document: str = ""
    negated: bool = False


Found: TypeAlias = Callable[[ClaimKind, Value, int, int], None]
"""How a reader tells what it read: kind, value, start and end."""
