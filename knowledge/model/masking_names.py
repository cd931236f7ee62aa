"""Names of persons and addresses in a text: by what stands before them, by surnames, by capitals, by the communes we know.

Trap: without marks "phuong" is also "phương thức", "tinh" also "tính", "la" is "là": such words count only with something beside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from knowledge.model.masking_numbers import NAME, PLACE, Span
from knowledge.vietnamese import fold
from knowledge.yaml_files import load_yaml

_WORD = re.compile(r"[^\W\d_]+")
_STREET = re.compile(r"(?<![\w.,/])\d{1,4}[a-z]?(?:/\d{1,4}[a-z]?){0,3}\s+(?=[^\W\d_])")
_LAW = re.compile(r"(?:dieu|khoan|diem|muc|chuong|nam|thang|ngay|hon|du|duoi|tren)\s+$")
_NAMED = re.compile(
    r"(?<!\w)(?:(?:ho (?:va )?)?ten(?: (?:that|day du|thuong goi|khai sinh))?(?: (?:la|cua \w+ la|(?:\w+ ){1,2}la))?"
    r"|(?:toi|em|minh|chau|con|day) la)\s*:?\s+"
)
_BEGUN = re.compile(
    r"(?<!\w)(?:so nha|nha so|thon|xom|ap|buon|to dan pho|khu pho|dia chi|thuong tru"
    r"|\d+[a-z]?(?:/\d+)* (?:duong|pho|ngo|hem|kiet))(?!\w)[^.;!?]*$"
)
_NUMBERED = re.compile(r"(?<![\w.,/])\d{1,4}[a-z]?(?:/\d{1,4}[a-z]?){0,3}\s+$")
_MOST_WORDS = 5


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    text = resources.files("knowledge.model").joinpath("names.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = load_yaml(text)
    return loaded


@lru_cache(maxsize=16)
def _words(key: str) -> frozenset[str]:
    return frozenset(_data()[key].split())


def names_and_places(text: str, plain: str, places: frozenset[str]) -> Iterator[Span]:
    """Names and addresses in `text`, whose folded form of the same length is `plain`; `places` are names of communes, folded."""
    words = [
        _Word(m.start(), m.end(), text[m.start() : m.end()], plain[m.start() : m.end()]) for m in _WORD.finditer(text)
    ]
    yield from _names(text, plain, words)
    yield from _addresses(text, plain, words, places)


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    typed: str
    plain: str

    @property
    def capital(self) -> bool:
        return self.typed[0].isupper()


def _run(text: str, words: list[_Word], at: int, most: int, *, capital: bool, sure: int = 0) -> int:
    """How many words from `at` on go on as a name: side by side, no ordinary words, all with a capital if `capital`.

    The first `sure` of them may be ordinary words as well, but for those that never are in a name.
    """
    n = 0
    while n < most and at + n < len(words):
        word = words[at + n]
        if n and text[words[at + n - 1].end : word.start].strip(" -"):
            break
        ordinary = word.plain in _words("never" if n < sure else "ordinary") and not (
            n and n < sure and word.plain == "thi"
        )
        if (capital and not word.capital) or (not word.capital and ordinary) or len(word.typed) > 7:
            break
        n += 1
    return n


def _is_title(word: _Word) -> bool:
    """A word for a person before a name; where marks are typed they must be its own: "đi" is not "dì"."""
    lower = word.typed.lower()
    return word.plain in _words("titles") and (lower == word.plain or lower in _words("marked_titles"))


def _is_middle(word: _Word) -> bool:
    """A middle name; where marks are typed they must be its own: "hưu" is not "hữu"."""
    lower = word.typed.lower()
    return word.plain in _words("middles") and (lower == word.plain or lower in _words("marked_middles"))


def _name_run(text: str, words: list[_Word], at: int, *, told: bool) -> int:
    """How many words from `at` on are the name of a person, written small: a surname, a middle name, and what follows."""
    if words[at].plain not in _words("surnames"):
        return _run(text, words, at, _MOST_WORDS, capital=False, sure=1) if told else 0
    if at + 1 < len(words) and _is_middle(words[at + 1]):
        n = _run(text, words, at + 2, 3, capital=False, sure=1)
        return 2 + n if n else 0
    n = _run(text, words, at, _MOST_WORDS, capital=False, sure=2 if told else 1)
    return n if n >= 2 else 0


def _names(text: str, plain: str, words: list[_Word]) -> Iterator[Span]:
    starts = {word.start: i for i, word in enumerate(words)}
    for found in _NAMED.finditer(plain):
        i = starts.get(found.end())
        if i is None:
            continue
        # "tôi là hộ nghèo" is no name: behind "là" a name has a capital or is a surname with a middle name, behind "tên" anything is one.
        told = "ten" in re.findall(r"\w+", found[0])
        n = _run(text, words, i, _MOST_WORDS, capital=True)
        if not told and words[i].typed.isupper() and (n < 2 or words[i].plain not in _words("surnames")):
            n = 0
        middle = i + 1 < len(words) and _is_middle(words[i + 1])
        if not n and not words[i].capital and (told or middle):
            n = _name_run(text, words, i, told=told)
        if n:
            yield Span(words[i].start, words[i + n - 1].end, NAME)
    for i, word in enumerate(words):
        surname = word.plain in _words("surnames")
        middle = i + 2 < len(words) and _is_middle(words[i + 1])
        n = _run(text, words, i + 1, 3, capital=True) if surname and word.capital else 0
        titled = i > 0 and _is_title(words[i - 1])
        if not n and surname and middle and (titled or _is_short(words, i)):
            typed = _name_run(text, words, i, told=False)
            n = typed - 1 if typed >= 3 else 0
        if n:
            yield Span(word.start, words[i + n].end, NAME)
        if _is_title(word) and i + 1 < len(words) and not text[word.end : words[i + 1].start].strip():
            after = words[i + 1]
            if after.capital and not after.typed.isupper() and not word.typed.isupper() and after.plain not in ("oi",):
                n = _run(text, words, i + 1, 4, capital=True)
                yield Span(after.start, words[i + max(n, 1)].end, NAME)
            elif after.plain in _words("given") and not _carries_on(text, words, i + 1):
                yield Span(after.start, after.end, NAME)


def _is_short(words: list[_Word], i: int) -> bool:
    """Lower-case names: a surname that is also an everyday word counts only with "văn" or "thị" behind it."""
    return words[i].plain not in (
        "ho",
        "do",
        "la",
        "to",
        "vo",
        "luong",
        "cao",
        "ta",
        "son",
        "ong",
        "ha",
        "bo",
        "au",
        "cu",
    ) or words[i + 1].plain in ("van", "thi")


def _carries_on(text: str, words: list[_Word], i: int) -> bool:
    """Whether the word at `i` begins a longer word ("chị hoa hồng", "anh hùng lao động"): then it is hardly a name."""
    pair = f"{words[i].plain} {words[i + 1].plain}" if i + 1 < len(words) else ""
    return pair in (
        "hung lao",
        "dung la",
        "dung khong",
        "mai sau",
        "dao nay",
        "tai khoan",
        "bao hiem",
        "bao gio",
        "bao nhieu",
        "thu nhap",
        "tam tru",
    )


def _addresses(text: str, plain: str, words: list[_Word], places: frozenset[str]) -> Iterator[Span]:
    leads = _data()["leads"]
    for lead in leads["strong"]:
        for found in re.finditer(rf"(?<!\w){re.escape(lead)}(?!\w)[\s:]*", plain):
            yield from _after(text, plain, words, found.start(), found.end(), loose=True, places=places)
    lower = text.lower()
    for lead in leads["marked"]:
        for found in re.finditer(rf"(?<!\w){re.escape(lead)}(?!\w)[\s:]*", lower):
            yield from _after(text, plain, words, found.start(), found.end(), loose=True, places=places)
        if (without := fold(lead)) != lead:
            for found in re.finditer(rf"(?<!\w){re.escape(without)}(?!\w)[\s:]*", plain):
                if lower[found.start() : found.start() + len(without)] != without:
                    continue
                # Without marks "phuong" is also "phương thức", "tinh" also "tính": only where an address has begun.
                begun = _BEGUN.search(plain[max(0, found.start() - 60) : found.start()]) is not None
                begun = begun or _NUMBERED.search(plain[: found.start()]) is not None
                yield from _after(text, plain, words, found.start(), found.end(), loose=begun, places=places)
    for found in _STREET.finditer(plain):
        i = next((n for n, w in enumerate(words) if w.start == found.end()), None)
        if (
            i is None
            or _LAW.search(plain[: found.start()])
            or words[i].typed.isupper()
            or words[i].plain in ("luat", "nghi", "bhxh")
        ):
            continue
        if (n := _run(text, words, i, 4, capital=True)) >= 2:
            yield Span(found.start(), words[i + n - 1].end, PLACE)
    for i in range(len(words)):
        for n in (3, 2):
            if i + n <= len(words) and words[i].capital and " ".join(w.plain for w in words[i : i + n]) in places:
                yield Span(words[i].start, words[i + n - 1].end, PLACE)


def _after(
    text: str,
    plain: str,
    words: list[_Word],
    start: int,
    end: int,
    *,
    loose: bool,
    places: frozenset[str] = frozenset(),
) -> Iterator[Span]:
    """The name that stands behind a word of address: a number, words with capitals, or a few others."""
    number = re.compile(r"\d{1,4}[a-z]?(?:/\d{1,4}[a-z]?){0,3}(?!\w|[.,]\d)").match(plain, end)
    if number and not re.match(r"\s*(?:nam|thang|tuoi|nguoi|trieu|%)", plain[number.end() :]):
        yield Span(start, number.end(), PLACE)
        end = number.end() + len(plain[number.end() :]) - len(plain[number.end() :].lstrip())
    i = next((n for n, w in enumerate(words) if w.start >= end), None)
    if i is None or words[i].start != end:
        return
    n = next((k for k in (3, 2) if " ".join(w.plain for w in words[i : i + k]) in places and i + k <= len(words)), 0)
    n = n or _run(text, words, i, 4, capital=True)
    if not n and loose:
        n = _run(text, words, i, 3, capital=False, sure=3)
        n = next((k for k in range(n) if words[i + k].plain in _words("of_address")), n)
    if n:
        yield Span(start, words[i + n - 1].end, PLACE)
