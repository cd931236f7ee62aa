"""Ways of paying and how many come at a birth: "3 tháng một lần", "theo quý", "đóng một lần cho 5 năm", "đóng bù 4 năm", "sinh đôi"."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from knowledge.calculators.model import Method
from knowledge.understanding.kinds import Kind, Quantity
from knowledge.understanding.numbers import read_numbers, spelt_numbers
from knowledge.understanding.words import Words

_PAYS = {"dong", "nop", "tra", "gop", "gom"}
_MOST = 720
_FIXED = {1: Method.MONTHLY, 3: Method.QUARTERLY, 6: Method.HALF_YEARLY, 12: Method.YEARLY}
_TWINS = {"doi": 2, "ba": 3, "tu": 4}
_NO_TWINS = {"đói", "đợi", "bà", "bá", "từ", "tự"}


def read_ways(words: Words) -> Iterator[Quantity]:
    """Every way of paying named, and several children at one birth."""
    yield from _named(words)
    yield from _counted(words)


def _named(words: Words) -> Iterator[Quantity]:
    for i, word in enumerate(words.plain):
        after = words.at(i + 1)
        if word == "quy" and words.at(i - 1) in ("theo", "hang", "moi", "mot", "tung") and words.typed[i] != "quỹ":
            # "một quý" is no span paid
            yield Quantity(Kind.METHOD, (Method.QUARTERLY, None), i - (words.at(i - 1) == "mot"), i + 1)
        if (
            word in ("sinh", "sanh", "thai", "de")
            and words.typed[i] != "để"
            and after in _TWINS
            and words.at(i - 1) != "hy"
            and words.typed[i + 1] not in _NO_TWINS
            and (after != "tu" or word == "sinh")
        ):
            yield Quantity(Kind.CHILDREN, _TWINS[after], i, i + 2)
        if word == "song" and after in ("sinh", "thai"):
            yield Quantity(Kind.CHILDREN, 2, i, i + 2)
        pays = {"lan", "dong"} & set(words.after(i + 2, 3)) or _PAYS & set(words.before(i, 3))
        if word == "nua" and after == "nam" and words.typed[i] != "nữa" and pays:
            yield Quantity(Kind.METHOD, (Method.HALF_YEARLY, None), i, i + 2)
        if (
            word in ("hang", "theo", "ca", "moi", "nguyen", "tron")
            and after == "nam"
            and words.typed[i] != "tròn"
            and _PAYS & {*words.before(i, 3), *words.after(i + 2, 2)}
            and words.at(i + 2) != "nay"
            and not words.at(i + 2).isdecimal()
        ):
            yield Quantity(Kind.METHOD, (Method.YEARLY, None), i, i + 2)
        if words.typed[i] in ("đóng", "nộp") and words.typed[i + 1 : i + 4] == ("năm", "từ", "tháng"):
            yield Quantity(Kind.METHOD, (Method.YEARLY, None), i, i + 2)  # "đóng năm từ tháng 1"


def _counted(words: Words) -> Iterator[Quantity]:
    for number in read_numbers(spelt_numbers(words.plain, words.typed)):
        unit = words.at(number.end)
        if unit not in ("nam", "thang") or number.scaled or words.at(number.end + 1) == "tuoi":
            continue
        months = int(number.value) * (12 if unit == "nam" else 1)
        if months > _MOST:
            continue  # "154.000/tháng"
        end = number.end + 1
        # "3 tháng một lần", "sáu tháng đóng một lần"
        verb = 1 if words.at(end) in _PAYS else 0
        joined = end not in words.breaks
        once = (
            joined
            and words.after(end + verb, 2) in (("mot", "lan"), ("1", "lan"))
            and words.at(end + verb + 2)
            not in (
                "cho",
                "du",
            )
        )
        before = words.before(number.start, 6)
        # "6 tháng/lần"
        if joined and months in _FIXED and words.at(end) == "lan" and words.at(end + 1) not in ("dau", "thu", "nay"):
            yield Quantity(Kind.METHOD, (_FIXED[months], None), number.start, end + 1)
        elif once and months in _FIXED:
            yield Quantity(Kind.METHOD, (_FIXED[months], None), number.start, end + verb + 2)
        elif unit == "thang" and months in _FIXED and before[-1:] in (("moi",), ("cu",)) and _PAYS & set(words.plain):
            yield Quantity(Kind.METHOD, (_FIXED[months], None), number.start, end)  # "cứ 6 tháng nộp bao nhiêu"
        elif (
            unit == "thang"
            and joined
            and before[-1:] in (("dong",), ("nop",))
            and months in _FIXED
            and _priced(words, end)
        ):
            yield Quantity(
                Kind.METHOD, (_FIXED[months], None), number.start, end
            )  # "đóng 12 tháng ở mức thấp nhất bao nhiêu"
        elif months == 12 and unit == "thang" and _whole_year(words, end):
            yield Quantity(Kind.METHOD, (Method.YEARLY, None), number.start, end)
        elif _back(words, before, words.after(end, 3)):
            yield Quantity(Kind.METHOD, (Method.BACK, months), number.start, end)
        elif months == 12 and "luon" in (words.at(number.start - 1), words.at(end)) and _PAYS & set(before):
            yield Quantity(Kind.METHOD, (Method.YEARLY, None), number.start, end)
        elif months >= 24 and _ahead(words, number.start, end, once=once):
            yield Quantity(Kind.METHOD, (Method.AHEAD, months), number.start, end + (verb + 2 if once else 0))


def _whole_year(words: Words, end: int) -> bool:
    """ "12 tháng của năm 2026 hết bao nhiêu", "12 tháng trong năm thì trả mấy": what a year costs, however it is paid."""
    after = words.after(end, 3)
    of_year = after[:2] in (("cua", "nam"), ("trong", "nam")) or (
        after[:1] == ("nam",) and after[1:2] and after[1].isdecimal()
    )
    return bool(of_year) and bool({"nhieu", "may"} & set(words.plain[end:]))


def _priced(words: Words, end: int) -> bool:
    """Whether a term is bought at a price: "… mức thấp nhất", "… hết bao nhiêu", "… thì tốn mấy"."""
    after = words.after(end, 3)
    return after[:1] in (("muc",), ("het",), ("ton",)) or after[:2] in (
        ("o", "muc"), ("theo", "muc"), ("thi", "het"), ("thi", "ton"), ("la", "bao"), ("thi", "bao"), ("la", "het"),
    )  # fmt: skip


def _gathered(words: Words, before: tuple[str, ...], after: tuple[str, ...], start: int) -> bool:
    """ "gom 2 năm đóng", and no "thời gian đóng gồm 4 năm bắt buộc"."""
    if {"buoc", "nguyen", "va"} & set(after):
        return False
    return "gom" in words.typed[max(0, start - 4) : start] or before[-2:] == ("dong", "gom")


def _back(words: Words, before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    missing = {*before, *after}
    return ("bu" in before[-4:] and "dong" in before) or (
        "lan" in before and "thieu" in missing and "mot" in missing | {"1"}
    )


def _ahead(words: Words, start: int, end: int, *, once: bool) -> bool:
    """ "nộp trước 2 năm", "đóng một lần 5 năm tới", "1 phát 10 năm", "đóng luôn 3 năm", "gom 2 năm đóng một lần"."""
    before, after = words.before(start, 6), words.after(end, 4)
    if "thieu" in before[-3:]:
        return False
    if (
        not _PAYS & {*before, *after}
        or "du" in before[-2:]
        or {"duoc", "roi"} & set(before[-1:])
        or after[:1] == ("roi",)
    ):
        return False
    if {"lanh", "rut", "linh", "nhan"} & set(before[-4:]):
        return False
    if once or ("gop" in before and "so" not in before) or _gathered(words, before, after, start):
        return True
    if "truoc" in before[-3:] and "2014" not in words.plain and not {"do", "day", "kia"} & set(before[-2:]):
        return True
    if after[:1] and after[0].isdecimal() and after[1:2] == ("thang",):
        return False  # "rút một lần, đóng 5 năm 7 tháng": counted, not chosen
    drawn = {"rut", "lanh", "linh", "nhan", "huong", "hiem", "bhxh", "tuat"}
    first = start - len(before)
    pairs = {p for i, p in enumerate(pairwise(before)) if words.at(first + i - 1) not in drawn}  # "rút một lần"
    if pairs & {
        ("mot", "lan"),
        ("1", "lan"),
        ("mot", "phat"),
        ("1", "phat"),
        ("mot", "luot"),
        ("1", "luot"),
        ("mot", "luc"),
        ("1", "luc"),
        ("mot", "cuc"),
        ("1", "cuc"),
    }:
        return True
    return before[-1:] == ("luon",) or (after[:1] == ("luon",) and "nghi" not in before)
