"""What somebody supposes a share to be worked out from: "20% của 2 triệu 2 em chọn là 440 ngàn, đúng không?".

The State's share is of the lowest contribution, whatever one chose. The two amounts are a sum of the person's own, so neither is an
income nor a payment, unless it is said that the first was chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.understanding.kinds import Kind, Quantity
from knowledge.understanding.words import Words

_MONEY = (Kind.INCOME, Kind.PAYMENT, Kind.NOTHING, Kind.WISHED, Kind.PENSION)
_LEAST = 100_000
_OF = {"muc", "nhap", "tien", "so", "thu", "chon"}
_EQUALS = {
    "la", "tuc", "bang", "ra", "duoc", "thanh", "em", "chon", "toi", "nen", "vay", "thi", "minh", "muc", "tien", "tui", "dong", "con",
    "thang", "moi", "mot",
}  # fmt: skip
_MOST_BETWEEN = 7


@dataclass(frozen=True, slots=True)
class Premise:
    """`of`: what the share is thought to be of; `claimed`: what it is thought to come to; `chosen`: `of` is the income chosen."""

    of: int
    claimed: int | None
    chosen: bool
    taken: frozenset[int]  # where the amounts begin


def read_premise(words: Words, quantities: Sequence[Quantity]) -> Premise | None:
    """The premise in `words`; None when no share of an amount is named."""
    amounts = [q for q in quantities if q.kind in _MONEY and isinstance(q.value, int) and q.value >= _LEAST]
    for n, amount in enumerate(amounts):
        before = words.before(amount.start, 6)
        share = next((i for i, w in enumerate(before) if w.endswith("%") or before[i : i + 2] == ("phan", "tram")), -1)
        behind = before[share + 1 :] if share >= 0 else ()
        if "cua" not in behind or not set(behind[behind.index("cua") + 1 :]) <= _OF:
            continue
        follows = amounts[n + 1] if n + 1 < len(amounts) else None
        gap = words.plain[amount.end : follows.start] if follows else ()
        claimed = follows if follows and len(gap) <= _MOST_BETWEEN and set(gap) <= _EQUALS else None
        chosen = "chon" in words.after(amount.end, 3) or "chon" in behind
        return Premise(
            _value(amount),
            _value(claimed) if claimed else None,
            chosen,
            frozenset(q.start for q in (amount, claimed) if q),
        )
    return None


def _value(quantity: Quantity) -> int:
    return int(quantity.value)  # type: ignore[call-overload,no-any-return]
