"""Completes a question that leans on the one before: "còn hộ cận nghèo thì sao?", "thế 5 triệu?", "hồ sơ cần gì?".

Pure. A follow-up says nothing of what it is about: beside words that carry it along it has only facts of a person, or names an aspect of
the matter (papers, place, time). The first kind is the last question with those facts in place of the old ones; the second is itself with
the matter of the last one. Everything else is a question of its own. Traps: a number alone ("thế 5 triệu?") means what the number in its
place meant; whoever asks for their wife has another age; a question that was declined must never be carried along.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Any

from knowledge.questions import asked_day, named_coordinate
from knowledge.understanding.matters import matters
from knowledge.understanding.people import group_spans, read_whom
from knowledge.understanding.places import place_words
from knowledge.understanding.quantities import Kind, Quantity, read_quantities
from knowledge.understanding.words import Words
from knowledge.vietnamese import fold
from knowledge.yaml_files import load_yaml

_MOST_WORDS = 14  # a longer text speaks for itself
_MONEY = {Kind.INCOME, Kind.PAYMENT, Kind.WISHED}
_PAID = {Kind.PAID, Kind.VOLUNTARY, Kind.COMPULSORY, Kind.PLANNED}
_AGE = {Kind.AGE, Kind.BIRTH}


@dataclass(frozen=True, slots=True)
class Past:
    """What is remembered of the turn before: the question as it was understood, and the topic of its answer (`Card.topic`, or empty).

    An empty `question`: nothing may be carried along. `asked`: the fact that the answer asked back for ("income"), or empty.
    """

    question: str = ""
    topic: str = ""
    asked: str = ""


NO_PAST = Past()
"""Nothing is remembered."""


def complete(text: str, past: Past, today: date) -> str:
    """`text` (marks restored, shorthand written out) as a question that needs nothing said before; itself when it is one already."""
    words = Words.of(text)
    if not past.question or not words or len(words) > _MOST_WORDS:
        return text
    if named := _clause_of(words, past):
        return named
    fixed, corrected = mended(text, today)
    rest = Words.of(fixed) if corrected else words
    said = _Said.of(rest, today)
    content = [i for i in range(len(rest)) if i not in said.at and not _is(rest, i, "carriers")]
    if not content:
        if said.at:
            return _with_facts(said, Words.of(past.question), today)
        if asked_day(fixed, today) is not None:  # "sang năm thì sao?"
            return f"{past.question}, {' '.join(_without(rest, 'leads')[0].typed)}"
        return past.question if corrected else text
    if all(_is(rest, i, "aspects") for i in content) and not _speaks_for_itself(rest):
        return _with_matter(rest, past)
    bare, led = _without(words, "leads")
    return " ".join(bare.typed) if led else text


def mended(text: str, today: date) -> tuple[str, bool]:
    """What a correction puts right ("nhầm, hộ nghèo chứ không phải cận nghèo" → "hộ nghèo"), and whether `text` is one."""
    found = _opening().match(text)
    rest = text[found.end() :] if found else text
    for pattern in (_NOT_THAT, _BUT_THIS):
        shaped = pattern.fullmatch(rest.strip(" .!"))
        if shaped and only_facts(shaped["right"], today) and only_facts(shaped["wrong"], today):
            return shaped["right"].strip(), True
    return (rest, True) if found and rest.strip() else (text, False)


_NOT = r"(?:không|hông|hổng|khong|ko|k)\s+(?:phải|phai|fai)(?:\s+(?:là|la))?\s"
_NOT_THAT = re.compile(rf"(?P<right>.+?)[\s,]+(?:chứ|chớ|chu|cho)\s+{_NOT}(?P<wrong>.+)", re.IGNORECASE)
"""Something, not something else."""
_BUT_THIS = re.compile(
    rf"(?:\S+\s+)?{_NOT}(?P<wrong>.+?)(?:\s+(?:mà|ma)(?:\s+(?:là|la))?\s+|,\s*(?:(?:mà|ma)\s+)?(?:(?:là|la)\s+)?)(?P<right>.+)",
    re.IGNORECASE,
)
"""Not something, but something else."""


@lru_cache(maxsize=1)
def _opening() -> re.Pattern[str]:
    """The words that open a correction, typed with marks or without, the longest first."""
    phrases = sorted(_data()["corrections"], key=len, reverse=True)
    either = "|".join(re.escape(form) for phrase in phrases for form in dict.fromkeys((phrase, fold(phrase))))
    return re.compile(rf"\s*(?:{either})(?!\w)[\s,.:;!]*", re.IGNORECASE)


def only_facts(text: str, today: date) -> bool:
    """Whether `text` tells facts of a person and nothing else: "45 tuổi", "thuộc hộ cận nghèo"."""
    words = Words.of(text)
    said = _Said.of(words, today)
    return bool(said.at) and not said.kin and all(i in said.at or _is(words, i, "carriers") for i in range(len(words)))


def _speaks_for_itself(words: Words) -> bool:
    """Whether words that mostly carry on name a matter together: "sinh con được bao nhiêu tiền", "đóng 1 năm hết bao nhiêu"."""
    if any(words.has(fold(phrase)) >= 0 for phrase in _data()["matters"]):
        return True
    return bool({"dong", "nop"} & {p for p, t in zip(words.plain, words.typed, strict=True) if t != "đồng"}) and (
        words.has("bao nhieu") >= 0
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """The facts of a follow-up: where they stand, and their words."""

    words: Words
    at: frozenset[int]
    quantities: tuple[Quantity, ...]
    groups: tuple[tuple[int, int], ...]
    place: tuple[int, ...]
    extremes: tuple[tuple[int, int], ...] = ()
    kin: str = ""
    sex: str = ""

    @classmethod
    def of(cls, words: Words, today: date) -> _Said:
        quantities = tuple(read_quantities(words, today))
        groups = tuple(_group_spans(words))
        taken = {i for q in quantities for i in range(q.start, q.end)} | {i for a, b in groups for i in range(a, b)}
        place = tuple(i for i in sorted(place_words(words)) if i not in taken)
        taken |= set(place)
        kin = ""
        for phrase in _data()["kin"]:
            at = words.has(fold(phrase))
            if at >= 0 and all(_same(words, at + n, w) for n, w in enumerate(phrase.split())):
                kin, size = phrase, len(phrase.split())
                taken |= set(range(at, at + size))
        sex = ""
        for i, word in enumerate(words.plain):
            if i not in taken and word in ("nam", "nu") and not _dated(words, i):
                sex = "nam" if word == "nam" else "nữ"
                taken.add(i)
        extremes = tuple(_extremes(words))
        taken |= {i for a, b in extremes for i in range(a, b)}
        taken |= {i for i, word in enumerate(words.plain) if word[:1].isdigit()}
        # "nếu đóng 12 năm thì sao": the verb belongs to the span
        taken |= {q.start - 1 for q in quantities if words.at(q.start - 1) in ("dong", "nop")}
        paid = {("dong", "duoc"), ("nop", "duoc"), ("dong", "da"), ("dong", "gan"), ("dong", "tron")}
        taken |= {q.start - 2 for q in quantities if words.before(q.start, 2) in paid}
        return cls(words, frozenset(taken), quantities, groups, place, extremes, kin, sex)


def _with_facts(said: _Said, old: Words, today: date) -> str:
    """The old question with the facts of `said` where its own of the same kind stood, else behind it."""
    instead: dict[int, tuple[int, str]] = {}  # start in old -> (end, words instead)
    behind: list[str] = []
    new = said.words
    theirs = [_trimmed(q, old) for q in read_quantities(old, today)]
    for quantity in (_trimmed(q, new) for q in said.quantities):
        words = " ".join(new.typed[quantity.start : quantity.end])
        place = next((q for q in theirs if _family(q, old) == _family(quantity, new) and q.start not in instead), None)
        if place is not None:
            instead[place.start] = (place.end, words)
        else:
            year = words.isdecimal() and len(words) == 4
            behind.append(f"năm {words}" if year else f"đóng {words}" if quantity.kind in _PAID else words)
    old_groups = _group_spans(old)
    old_places = _joined(sorted(place_words(old)))
    for spans, before in (
        (said.groups, old_groups),
        (_joined(said.place), old_places),
        (said.extremes, _extremes(old)),
    ):
        words = " ".join(" ".join(new.typed[a:b]) for a, b in spans)
        if words and before:
            instead[before[0][0]] = (before[0][1], words)
        elif words:
            behind.append(words if spans is said.groups or spans is said.extremes else f"ở {words}")
    if said.kin:  # the age and the years paid were those of somebody else
        instead |= {q.start: (q.end, "") for q in theirs if q.start not in instead and q.kind is not Kind.METHOD}
        behind.insert(0, f"cho {said.kin} tôi")
    if said.sex:
        at = next((i for i, w in enumerate(old.plain) if w in ("nam", "nu") and not _dated(old, i)), None)
        if at is None:
            behind.insert(0, f"tôi là {said.sex}")
        else:
            instead[at] = (at + 1, said.sex)
    kept: list[str] = []
    at = 0
    while at < len(old):
        end, words = instead.get(at, (at + 1, old.typed[at]))
        kept += [words] if words else []
        at = max(end, at + 1)
    return ", ".join([" ".join(kept), *behind])


def _with_matter(new: Words, past: Past) -> str:
    """An aspect of the matter of the last question: its own words for it, and its topic."""
    old = Words.of(past.question)
    facts = {i for q in read_quantities(old, None) for i in range(q.start, q.end)}
    own = [
        w
        for i, w in enumerate(old.typed)
        if i not in facts and not _is(old, i, "carriers") and not _is(old, i, "aspects")
    ]
    narrow = matters().get(past.topic)
    if narrow is not None and not narrow.search(" ".join(own)):
        own = []  # "giờ đóng kịp không" behind a pregnancy: what it is about stood in the turn before
    topic = str(_data()["topics"].get(past.topic, "")).split()
    matter = [] if len(own) > 1 else [w for w in topic if w not in own]
    asked, _ = _without(new, "leads")
    if facts and read_whom(old) and {"nhieu", "nhiu"} & set(asked.plain):
        # What is known of somebody else is remembered nowhere but here.
        return f"{' '.join(asked.typed)}, {past.question}"
    return " ".join([*asked.typed, *dict.fromkeys(own), *matter])


def _group_spans(words: Words) -> list[tuple[int, int]]:
    """Where groups are named, with the word "hộ" before, and with what denies them ("không thuộc hộ nghèo" is no poor household)."""
    found = []
    for start, end, _ in group_spans(words):
        start -= words.at(start - 1) == "ho"
        denied = words.before(start, 2) in (("khong", "phai"), ("khong", "thuoc"), ("ko", "phai"), ("ko", "thuoc"))
        found.append((start - 2 * denied, end))
    return found


def _extremes(words: Words) -> list[tuple[int, int]]:
    """Where the most or the least is named: "cao nhất", "tối thiểu"."""
    pairs = {("cao", "nhat"), ("thap", "nhat"), ("nhieu", "nhat"), ("it", "nhat"), ("toi", "da"), ("toi", "thieu")}
    return [(i, i + 2) for i in range(len(words) - 1) if words.plain[i : i + 2] in pairs]


def _clause_of(words: Words, past: Past) -> str:
    """ "còn khoản 3?" behind a question that named an article: the same article's clause 3."""
    before = named_coordinate(past.question)
    at = next((i for i, w in enumerate(words.plain) if w in ("khoan", "diem") and words.at(i + 1)), -1)
    if at < 0 or before is None or not before.article or "dieu" in words.plain:
        return ""
    clause = f"khoản {before.clause} " if words.plain[at] == "diem" and before.clause else ""
    named = f"{words.typed[at]} {words.typed[at + 1]}"
    return f"{named} {clause}điều {before.article} {before.document}".strip()


def _without(words: Words, what: str) -> tuple[Words, bool]:
    """The words behind a phrase of `what` that opens them, and whether there was one; something must be left."""
    for phrase in sorted(_data()[what], key=len, reverse=True):
        parts = phrase.split()
        if len(words) > len(parts) and all(_same(words, i, part) for i, part in enumerate(parts)):
            return Words(words.typed[len(parts) :], words.plain[len(parts) :]), True
    return words, False


def _is(words: Words, at: int, what: str) -> bool:
    """Whether the word at `at` is one of the list; typed with marks it must have the right ones ("đồng", not "đóng")."""
    typed = words.typed[at]
    marked, plain = _listed(what)
    return typed in marked or (typed == words.plain[at] and typed in plain and typed not in ("dong", "bao"))


def _same(words: Words, at: int, word: str) -> bool:
    return words.typed[at] == word or (words.typed[at] == words.plain[at] == fold(word))


def _dated(words: Words, at: int) -> bool:
    """Whether "nam" at `at` is a year: "2 năm", "năm 2027", "năm sau"."""
    return (
        words.at(at - 1)[:1].isdigit()
        or (words.at(at + 1)[:1].isdigit() and at + 1 not in words.breaks and words.typed[at] != "nữ")
        or words.at(at + 1) in ("sau", "nay", "toi", "ngoai", "truoc")
        or words.at(at - 1)
        in ("may", "moi", "mot", "hang", "ca", "cac", "nhieu", "sang", "qua", "dau", "cuoi", "giua", "tung")
        or (words.at(at - 1) in ("viet", "mien", "quang"))
    )


def _trimmed(quantity: Quantity, words: Words) -> Quantity:
    """Without a verb at its end: in "3 triệu đóng bao nhiêu" the amount ends before "đóng"."""
    end = quantity.end
    while end - 1 > quantity.start and words.typed[end - 1] == "đóng":
        end -= 1
    return replace(quantity, end=end)


def _joined(at: Sequence[int]) -> list[tuple[int, int]]:
    """Positions as spans."""
    found: list[tuple[int, int]] = []
    for i in at:
        if found and found[-1][1] == i:
            found[-1] = (found[-1][0], i + 1)
        else:
            found.append((i, i + 1))
    return found


def _family(quantity: Quantity, words: Words) -> str:
    """Quantities that can stand in each other's place."""
    if quantity.kind in _MONEY:
        return "money"
    if quantity.kind in _AGE:
        return "age"
    if {"nam", "thang", "quy"} & set(words.plain[quantity.start : quantity.end]):
        return "span"
    return quantity.kind.value


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    text = resources.files("knowledge.understanding").joinpath("data/followups.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = load_yaml(text)
    return loaded


@lru_cache(maxsize=4)
def _listed(what: str) -> tuple[frozenset[str], frozenset[str]]:
    """The words of a list with marks, and without."""
    marked = frozenset(word for line in _data()[what] for word in line.split())
    return marked, frozenset(fold(word) for word in marked)
