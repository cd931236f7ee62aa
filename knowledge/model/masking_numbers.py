"""Phones, identity numbers, accounts and addresses of mail in a text, in whatever way they are typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.vietnamese import fold

PHONE, IDENTITY, NUMBER, MAIL, NAME, PLACE = "SĐT", "CCCD", "SỐ", "THƯ", "TÊN", "NƠI"
_ONE = r"(?:\d|(?<=\d)[oli]|[oli](?=\d))"
# Nine digits or more, however they are parted; o, l, i count as digits only beside real ones.
_DIGITS = re.compile(rf"(?<![\w/])[+(]?{_ONE}(?:[ .\-_·•,()/–]{{0,3}}{_ONE}){{8,18}}(?!\w)")
_DATE = re.compile(
    r"(?<!\d)\d{1,2}[/-]\d{1,2}[/-]\d{4}|(?<!\d)\d{1,2}/\d{4}(?!\d)|(?<!\d)(?:19|20)\d\d\s*[-–]\s*(?:19|20)\d\d"
)
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_MONEY_AFTER = re.compile(r"\s*(?:dong|d|vnd|trieu|nghin|ngan|ty|tr|k)\b|\s*%")
_DIGIT_WORD = "(?:khong|ko|mot|hai|ba|bon|tu|nam|lam|sau|bay|tam|chin)"
_IN_WORDS = re.compile(rf"(?<!\w)(?:{_DIGIT_WORD}|\d{{1,4}})(?:[\s,.-]+(?:{_DIGIT_WORD}|\d{{1,4}})(?!\w)){{4,16}}")
_AT, _DOT = (
    r"(?:\s*@\s*|\s*[(\[]\s*at\s*[)\]]\s*|\s+(?:a cong|acong|a moc|a vong)\s+|\s+at\s+)",
    r"(?:\s*\.\s*|\s+(?:cham|dot)\s+|\s*[(\[]\s*dot\s*[)\]]\s*)",
)
_MAIL = re.compile(rf"[a-z0-9][\w.+-]*{_AT}[a-z0-9-]+(?:{_DOT}[a-z]{{2,12}}(?!\w))+")
_GIVES_ID = re.compile(r"(?:cccd|can cuoc|cmnd|chung minh|dinh danh|cmt)\W+(?:\w+\W+){0,4}$")


@dataclass(frozen=True, slots=True)
class Span:
    """Personal data from `start` to `end`."""

    start: int
    end: int
    kind: str


def fold_in_place(text: str) -> str:
    """`text` folded, character by character, so that places stay the same; full-width digits are digits."""
    return "".join(str(int(c)) if c.isdecimal() else (fold(c) or " ")[0] for c in text)


def numbers(plain: str) -> Iterator[Span]:
    """Numbers of persons in a folded text; money, dates and numbers of laws are none."""
    for found in _DIGITS.finditer(plain):
        token = found[0]
        digits = re.sub(r"\D", "", token)
        if len(digits) < 8 or (len(digits) < 9 and not re.search("[oli]", token)):
            continue
        if _GROUPED.fullmatch(token.strip()) and (len(digits) > 12 or not token.startswith("0")):
            continue  # 1.500.000.000
        if _MONEY_AFTER.match(plain, found.end()) or _DATE.search(token):
            continue
        kind = (
            IDENTITY
            if len(digits) == 12 or _GIVES_ID.search(plain[: found.start()])
            else PHONE
            if len(digits) in (9, 10, 11)
            else NUMBER
        )
        yield Span(found.start(), found.end(), kind)
    for found in _IN_WORDS.finditer(plain):
        tokens = re.findall(r"\w+", found[0])
        spoken = [t for t in tokens if not t.isdecimal()]
        if len(spoken) >= 4 and sum(len(t) if t.isdecimal() else 1 for t in tokens) >= 9:
            yield Span(found.start(), found.end(), PHONE)


def mails(plain: str) -> Iterator[Span]:
    """Addresses of mail in a folded text."""
    for found in _MAIL.finditer(plain):
        yield Span(found.start(), found.end(), MAIL)
