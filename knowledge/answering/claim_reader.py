"""Reads the claims of a text: every number, amount, share, day, term, official number, clause, group, telephone number and address.

A chain of readers: each takes what it knows and masks it, so that the year in "41/2024/QH15" or the "2" in "khoản 2" is not read
again as a number. What no reader knows better stays a NUMBER: nothing with a digit in it goes unread.
"""

from __future__ import annotations

import re
from functools import lru_cache

from knowledge.answering.claims_dates import read_dates
from knowledge.answering.claims_groups import read_groups
from knowledge.answering.claims_law import read_articles, read_documents
from knowledge.answering.claims_model import Claim, ClaimKind, Found, Value
from knowledge.answering.claims_numbers import read_numbers
from knowledge.answering.claims_words import is_number_word
from knowledge.vietnamese import nfc

_NEGATED = re.compile(
    r"(?:không phải|không đúng|chưa phải|không còn|không có|không|thay vì)\s+(?:là\s+|mức\s+|tới\s+|đến\s+|được\s+|hỗ trợ\s+){0,3}$",
    re.IGNORECASE,
)
_TLD = "vn|com|net|org|gov|edu|info|io|me|app|xyz|top|asia|biz|club|online|site|shop|link|co|ly"
_ADDRESS = re.compile(r"\.[a-z]{2}|://|@", re.IGNORECASE | re.ASCII)  # in every text with a link, and quickly found
# In capitals only with a well known ending ("TP.HCM" is a city); in small letters with any.
_LINK = re.compile(
    rf"(?:https?://|www\.)[^\s,;)\]}}<>\"”]+|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    rf"|(?<![\w@.-])(?:(?-i:[a-z0-9][a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{{2,}})|[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.(?:{_TLD}))"
    r"(?![^\W_]|-)(?:/[^\s,;)\]]*)?",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_PHONE = re.compile(
    r"(?<![\w.,/+])(?:1[89]00[ .-]?\d{4,6}|(?:\+84|\(?0)\d{1,4}\)?[ .-]?\d{2,4}(?:[ .-]?\d{2,4}){1,3})(?![\w]|[.,/]\d)",
)
_UNITS = "năm|tháng|ngày|tuổi|tuần|lần|người|giờ|phần trăm|đồng|triệu|nghìn"
# What numbers an item of a list or names a step claims nothing.
_MARKER = re.compile(
    r"(?:^|(?<=\n))[ \t]*(?:[-+•*]\s*)?(?:\(?\d{1,2}\)|\d{1,2}(?:\.\d{1,2})*\.|\d{1,2}(?:\.\d{1,2})+)(?=[ \t]+[A-ZĐÀ-Ỹ\"“(])"
)
_INLINE_MARKER = re.compile(rf"(?<=[\s:;,])\(?(?:1\d|\d)\)(?=\s)(?!\s*(?:{_UNITS})(?!\w))", re.IGNORECASE)
_LABEL = re.compile(
    r"(?<!\w)(?:bước|cách|ví dụ|phương án|trường hợp|câu)\s+\d{1,2}(?=\s*[:.,;)–-](?!\d)|\s*$)",
    re.IGNORECASE | re.MULTILINE,
)


def read_claims(text: str) -> tuple[Claim, ...]:
    """The claims of `text`, in order. Never raises; spans are those of the text in Unicode normal form C."""
    text = nfc(text)
    claims: list[Claim] = []
    rest = text.replace("\x01", " ")

    def found(kind: ClaimKind, value: Value, start: int, end: int) -> None:
        negated = kind is ClaimKind.PERCENT and _NEGATED.search(text, max(0, start - 40), start) is not None
        claims.append(Claim(kind, value, (start, end), text[start:end], negated=negated))

    if _ADDRESS.search(rest):
        rest = _LINK.sub(lambda m: _mask(m, found, ClaimKind.LINK, _host(m[0])), rest)
    if _DIGIT.search(rest):
        rest = read_documents(rest, claims)
        rest = _MARKER.sub(_drop, rest)
        rest = _INLINE_MARKER.sub(_inline, rest) if ")" in rest else rest
    rest = read_articles(rest, text, claims)
    if _DIGIT.search(rest):
        rest = read_dates(rest, found)
        rest = _PHONE.sub(lambda m: _phone(m, found), rest)
        rest = _LABEL.sub(_drop, rest)
    read_numbers(rest, found)
    claims.extend(read_groups(text))
    claims.sort(key=lambda claim: claim.span)
    return tuple(claims)


@lru_cache(maxsize=2048)
def claims_of_source(text: str) -> tuple[Claim, ...]:
    """`read_claims`, remembered: for clauses and sections, which come back. Never for words of a citizen."""
    return read_claims(text)


def _mask(m: re.Match[str], found: Found, kind: ClaimKind, value: Value) -> str:
    found(kind, value, *m.span())
    return "\x01" * len(m[0])


def _drop(m: re.Match[str]) -> str:
    return "\x01" * len(m[0])


def _inline(m: re.Match[str]) -> str:
    """Masks "(1)" in a sentence, but not the digits of "mười lăm (15) người lao động"."""
    before = m.string[max(0, m.start() - 12) : m.start()].split()
    return m[0] if before and is_number_word(before[-1]) else _drop(m)


def _host(address: str) -> str:
    bare = re.sub(r"^https?://", "", address.lower()).removeprefix("www.").rstrip(".")
    return bare if "@" in bare.split("/")[0] else bare.split("/")[0].split(":")[0].split("?")[0]


def _phone(m: re.Match[str], found: Found) -> str:
    digits = re.sub(r"\D", "", m[0])
    if not 8 <= len(digits) <= 12:
        return m[0]
    return _mask(m, found, ClaimKind.PHONE, digits)
