"""Numbers of the calculators: how they round, how they are checked, how a formula writes them."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import TypeVar

from knowledge.calculators.model import BadCase
from knowledge.rates import Rate

_Kind = TypeVar("_Kind", bound=StrEnum)
# Not law: larger numbers are slips of the keyboard, and stay within the digits of Decimal.
_LARGEST_AMOUNT = 10**12
_LONGEST_SPAN = 60 * 12


def whole(amount: Decimal) -> int:
    """Whole đồng, halves up; used once, on the final sum."""
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def share_of(rate: Rate) -> Decimal:
    """The value of a share or factor as Decimal."""
    return Decimal(str(rate.value))


def int_of(rate: Rate) -> int:
    """The value of an amount or term as int."""
    return int(Decimal(str(rate.value)))


def amount(value: int, what: str, *, least: int = 1) -> int:
    """`value` when it is whole đồng from `least` on. Raises BadCase naming `what`."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= _LARGEST_AMOUNT:
        bound = "không được âm" if least == 0 else f"phải từ {grouped(least)} đồng"
        raise BadCase(f"{what} {bound}, không quá {grouped(_LARGEST_AMOUNT)} đồng.", "Kiểm tra lại số tiền.")
    return value


def span_given(months: int, what: str = "Thời gian đóng", *, least: int = 1) -> int:
    """`months` when it is a believable span. Raises BadCase naming `what`."""
    if not isinstance(months, int) or isinstance(months, bool) or not least <= months <= _LONGEST_SPAN:
        raise BadCase(f"{what} phải từ {least} tháng đến {_LONGEST_SPAN // 12} năm.", "Kiểm tra lại số năm, số tháng.")
    return months


def one_of(kind: type[_Kind], value: str) -> _Kind:
    """`value` as a member of `kind`. Raises BadCase naming the members: templates of cards pass plain text."""
    try:
        return kind(value)
    except ValueError:
        allowed = ", ".join(member.value for member in kind)
        raise BadCase(f"Không có lựa chọn {value!r}.", f"Chọn một trong: {allowed}.") from None


def grouped(value: int) -> str:
    """`1500000` → "1.500.000"."""
    return f"{value:,}".replace(",", ".")


def percent(value: Decimal) -> str:
    """`0.22` → "22%"."""
    return f"{plain(value * 100)}%"


def plain(value: Decimal) -> str:
    """`2.50` → "2,5"."""
    return f"{value.normalize():f}".replace(".", ",")


def span(months: int) -> str:
    """`212` → "17 năm 8 tháng"."""
    full, odd = divmod(max(0, months), 12)
    return " ".join(part for part in (full and f"{full} năm", (odd or not full) and f"{odd} tháng") if part)


def day(value: date) -> str:
    """1/1/2027."""
    return f"{value.day}/{value.month}/{value.year}"
