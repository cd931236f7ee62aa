"""What kind of thing a question wants to know: an amount, a place, papers, yes or no. Two cards of one matter differ by that."""

from __future__ import annotations

import re

from knowledge.understanding.situation import asks_yes_or_no
from knowledge.vietnamese import fold

# Read without marks; "bao nhiêu" counts what follows it.
_KINDS = {
    "share": r"\bbao nhieu (?:phan tram|%)|\bmay (?:phan tram|%)|\bty le\b|\bphan tram\b",
    "span": r"\b(?:bao nhieu|may|nhieu) (?:nam|thang|ngay)\b|\bbao lau\b|\bmat may\b|\bchung nao\b",
    "when": r"\b(?:khi nao|bao gio|luc nao|tu (?:thang|nam|ngay) nao|thang nao|nam nao|ngay nao|han)\b",
    "age": r"\b(?:bao nhieu|may) tuoi\b|\btuoi nao\b",
    "place": r"\b(?:o dau|cho nao|noi nao|di dau|toi dau|den dau|kenh nao|trang nao)\b",
    "papers": r"\b(?:ho so|giay to|thu tuc|to khai|mang theo|cac buoc)\b",
    "why": r"\b(?:tai sao|vi sao|sao lai|ly do)\b",
    "who": r"\b(?:ai|nhung ai|doi tuong nao|nguoi nao|co quan nao|don vi nao)\b",
    "how": r"\b(?:the nao|nhu nao|lam sao|cach nao|ra sao|cach tinh)\b",
    "kept": r"\b(?:con|co|bi|duoc) (?:duoc )?(?:tinh|giu|mat|cong don|nguyen|xoa)\b(?! (?:tien|theo|tren|lai|suc))"
    r"|\bmat (?:trang|khong|luon)\b",
    "what": r"\b(?:la gi|gom gi|nhung gi|co gi|gi\b)",
}
_AMOUNT = r"\b(?:bao nhieu|may|nhieu) (?:tien|dong|trieu|nghin)\b|\b(?:bao nhieu|bn)\b(?! (?:nam|thang|ngay|tuoi|phan|%|nguoi|lan|nguoi))"
_COMPILED = {name: re.compile(pattern) for name, pattern in {**_KINDS, "amount": _AMOUNT}.items()}


def wants(text: str) -> frozenset[str]:
    """The kinds of things `text` (marks restored, shorthand written out) asks for; none when it does not say."""
    plain = fold(text)
    found = {name for name, pattern in _COMPILED.items() if pattern.search(plain)}
    if asks_yes_or_no(text.lower()):
        found.add("yes_no")
    return frozenset(found)


_OPPOSITES = (
    (
        r"\b(?:cao|nhieu|toi da|lon) nhat\b|\bmuc tran\b|\btoi da\b",
        r"\b(?:thap|it|toi thieu|nho) nhat\b|\bmuc san\b|\btoi thieu\b",
    ),
    (r"\b(?:dong|nop) (?:tiep|them)\b", r"\b(?:ngung|dung|thoi|bo) (?:dong|nop)\b"),
)
_PAIRS = [(re.compile(one), re.compile(other)) for one, other in _OPPOSITES]


def sides(text: str) -> frozenset[tuple[int, int]]:
    """Which side of each pair of opposites `text` names: (pair, 0 or 1); a text that names both takes none."""
    plain = fold(text)
    found = set()
    for n, (one, other) in enumerate(_PAIRS):
        first, second = one.search(plain) is not None, other.search(plain) is not None
        if first != second:
            found.add((n, int(second)))
    return frozenset(found)
