"""Months and years as dates: when somebody began, paid last or stopped, and periods ("từ 1/2016 đến hết 12/2022").

Traps: "6 năm từ năm 2014" names the boundary of the law, not a beginning; "từ năm 2009 đến nay" is no number of months; "hỏi" is
no "hồi"; what lies ahead was not paid.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from knowledge.understanding.kinds import Kind, Quantity
from knowledge.understanding.words import Words

_BETWEEN = {"den", "toi", "het", "cho", "cuoi", "thang", "nam", "ngay", "tan", "t"}
_FIRST = {("lan", "dau"), ("bat", "dau"), ("dau", "tien")}
_FIRMS = {("cong", "ty"), ("xi", "nghiep"), ("nha", "may"), ("cong", "nhan"), ("co", "quan"), ("nha", "nuoc")}


@dataclass(frozen=True, slots=True)
class _Point:
    """A month (None: not said) of a year, in the words `start` to `end`."""

    start: int
    end: int
    month: int | None
    year: int


def read_dates(words: Words, today: date | None) -> Iterator[Quantity]:
    """Beginnings, last payments, stops and periods; every other date counts nothing. `today` None leaves stops unread."""
    points = list(_points(words, today))
    at = 0
    while at < len(points):
        first = points[at]
        period = _period(words, points, at, today)
        if period is not None:
            yield period[0]
            at += period[1]
            continue
        if _worked(words, points, at):
            yield Quantity(Kind.STARTED, (first.month, first.year), first.start, first.end)
            yield Quantity(Kind.NOTHING, points[at + 1].year, points[at + 1].start, points[at + 1].end)
            at += 2
            continue
        yield _alone(words, first, today)
        at += 1


def _points(words: Words, today: date | None) -> Iterator[_Point]:
    this = {"nay": 0, "ngoai": -1, "truoc": -1}
    skip = 0
    for i, word in enumerate(words.plain):
        if i < skip:
            continue
        if word == "thang" and words.at(i + 1).isdecimal() and words.at(i + 2) == "nam" and _year(words.at(i + 3)):
            if 1 <= int(words.at(i + 1)) <= 12:
                skip = i + 4
                yield _Point(i + 1, i + 4, int(words.at(i + 1)), int(words.at(i + 3)))
        elif (
            word == "thang"
            and words.at(i + 1).isdecimal()
            and 1 <= int(words.at(i + 1)) <= 12
            and words.at(i + 2) == "nam"
            and words.at(i + 3) in this
            and today is not None
        ):  # "tháng 3 năm ngoái"
            skip = i + 4
            yield _Point(i + 1, i + 4, int(words.at(i + 1)), today.year + this[words.at(i + 3)])
        elif (
            word == "thang"
            and words.at(i + 1).isdecimal()
            and 1 <= int(words.at(i + 1)) <= 12
            and today is not None
            and _stops_here(words, i)
        ):  # "ngưng đóng hồi tháng 5": the last May
            month = int(words.at(i + 1))
            skip = i + 2
            yield _Point(i + 1, i + 2, month, today.year - (month > today.month))
        elif _year(word):
            yield _Point(i, i + 1, None, int(word))
        elif ("/" in word or "-" in word) and word[0].isdecimal():
            parts = [int(p) for p in word.replace("-", "/").split("/") if p.isdecimal()]
            if len(parts) in (2, 3) and 1990 <= parts[-1] <= 2100 and 1 <= parts[-2] <= 12:
                yield _Point(i, i + 1, parts[-2], parts[-1])


def _stops_here(words: Words, at: int) -> bool:
    """Whether a month without a year, from the word `at` on, is one in which somebody stopped paying."""
    own = words.plain[max([0, at - 4, *(b for b in words.breaks if b <= at)]) : at]
    typed = words.typed[at - len(own) : at]
    stops = {"ngung", "ngat"} & set(own) or {"dung", "dừng"} & set(typed) or ("nghi", "dong") in pairwise(own)
    return bool(stops) and words.at(at + 2) not in ("nam", "den", "toi", "thi", "thang") and "neu" not in own


def _year(word: str) -> bool:
    return word.isdecimal() and len(word) == 4 and 1990 <= int(word) <= 2100


def _period(words: Words, points: list[_Point], at: int, today: date | None) -> tuple[Quantity, int] | None:
    """The period that begins with the point `at`, and how many points it takes."""
    first = points[at]
    if first.month is None or today is None or not _begins(words, first) or not _of_paying(words, first):
        return None
    opened = max([0, first.start - 5, *(b for b in words.breaks if b <= first.start)])
    if {"nghi", "ngung", "dung", "ngat"} & set(words.plain[opened : first.start]):
        return None  # "nghỉ đóng từ 8/2025 đến nay"
    between = words.after(first.end, 6)
    if between[:1] not in (("den",), ("toi",), ("cho",)):
        return None
    begun = (first.year, first.month)
    if {"nay", "gio"} & set(between[1:3]) and between[1] in ("nay", "gio", "bay", "hien", "tan"):
        end = first.end + 2 + (between[1] not in ("nay", "gio"))
        ended, lasts, used = (today.year, today.month), True, 1
    elif at + 1 < len(points):
        last = points[at + 1]
        gap = words.plain[first.end : last.start]
        if last.month is None or len(gap) > 5 or not set(gap) <= _BETWEEN:
            return None
        end, ended, lasts, used = last.end, (last.year, last.month), False, 2
    else:
        return None
    if not begun < ended <= (today.year, today.month):
        return None
    return Quantity(Kind.PERIOD, (begun, ended, lasts, kind_of(words, first.start, end)), first.start, end), used


def _worked(words: Words, points: list[_Point], at: int) -> bool:
    """Whether years in a firm begin with the point `at` and end with the next: "làm nhà máy từ 2015 tới 2021"."""
    if at + 1 == len(points):
        return False
    first, last = points[at], points[at + 1]
    own = words.plain[max([0, first.start - 7, *(b for b in words.breaks if b <= first.start)]) : first.start]
    gap = words.plain[first.end : last.start]
    through = gap[:1] in (("den",), ("toi",)) and len(gap) <= 3 and set(gap) <= _BETWEEN
    return through and "tu" in own[-2:] and bool(_FIRMS & set(pairwise(own))) and first.year <= last.year


def _pays(row: tuple[str, ...]) -> bool:
    """Whether somebody pays or joins: "mức đóng" is an amount, "gia đình" no joining."""
    return any(
        word in ("nop", "bhxh")
        or (word == "dong" and previous != "muc")
        or (word == "gia" and previous == "tham")
        or (word == "hiem" and row[i + 1 : i + 3] != ("y", "te"))
        for i, (previous, word) in enumerate(pairwise(("", *row)))
    )


def _begins(words: Words, point: _Point) -> bool:
    before = words.before(point.start, 4)
    return "tu" in before or before[-1:] == ("dong",) or before[-2:] == ("dong", "thang")


def _of_paying(words: Words, point: _Point) -> bool:
    before = words.before(point.start, 8)
    if {"huu", "luat", "luc", "tro", "cap", "tang"} & set(before[-5:]) and not _pays(before[-3:]):
        return False
    return _pays(words.plain)


def kind_of(words: Words, start: int, end: int) -> Kind | None:
    """Voluntary or compulsory, by the words of the clause."""
    first = max([b for b in words.breaks if b <= start], default=0)
    last = min([b for b in words.breaks if b >= end], default=len(words))
    clause = words.plain[max(first, start - 8) : min(last, end + 9)]
    if "nguyen" in clause:
        return None if "buoc" in clause else Kind.VOLUNTARY
    if "buoc" in clause or _FIRMS & set(pairwise(clause)):
        return Kind.COMPULSORY
    return None


def _alone(words: Words, point: _Point, today: date | None) -> Quantity:
    start, end = point.start, point.end
    before, after = words.before(start, 6), words.after(end, 5)
    own = words.plain[max([0, start - 6, *(b for b in words.breaks if b <= start)]) : start]
    again = "nghi" in own and "dong" in own[own.index("nghi") + 2 :]  # "nghỉ rồi đóng từ 2020"
    month, year = point.month, point.year
    past = today is not None and (year, month or 1) <= (today.year, today.month)
    if (
        past
        and month is not None
        and {"den", "toi", "het"} & set(before[-3:])
        and _is_last(words, start, before, after)
    ):
        return Quantity(Kind.LAST, (month, year), start, end)
    clause = words.plain[end : min([end + 5, *(b for b in words.breaks if b >= end)])]
    stops = bool({"ngung", "dung", "ngat"} & set(clause[:4])) or ("nghi", "dong") in pairwise(clause)
    stops = stops and not _FIRST & set(pairwise(before[-5:]))
    if today is not None and past and month is not None and stops:
        return Quantity(Kind.STOPPED, (today.year - year) * 12 + today.month - month, start, end)
    if (
        today is not None
        and past
        and (
            ("nghi" in own and "tu" in own and "huu" not in own and not again)
            or {"ngung", "dung", "ngat"} & set(own)
            or (own[-2:] == ("bo", "tu") and words.typed[start - 2] in ("bỏ", "bo"))
        )
    ):
        months = (today.year - year) * 12 + today.month - (month or 6)
        return Quantity(Kind.STOPPED, months, start, end)
    left_work = {("nghi", "viec"), ("nghi", "lam")} & set(pairwise(own)) and "nguyen" not in words.plain
    if today is not None and past and month is not None and left_work and {"rut", "lanh"} & set(words.plain):
        # "nghỉ việc tháng 8/2025, giờ rút được chưa": compulsory payment ended with the work
        return Quantity(Kind.STOPPED, (today.year - year) * 12 + today.month - month, start, end)
    if past and month is not None and _is_last(words, start, before, after):
        return Quantity(Kind.LAST, (month, year), start, end)
    if (past or today is None) and _is_beginning(words, point, before, after):
        return Quantity(Kind.STARTED, (month, year), start, end)
    return Quantity(Kind.NOTHING, year, start, end)


def _is_last(words: Words, start: int, before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    """ "tháng đóng cuối là 3/2026", "đóng lần cuối tháng 10/2025", "đóng tới tháng 8/2025 thì nghỉ"."""
    wide = words.before(start, 8)
    if "cuoi" in wide and "dong" in wide and not {"huu", "sinh"} & set(wide):
        return True
    reach = [
        i
        for i in range(max(0, start - 4), start)
        if words.plain[i] in ("den", "toi", "het") and words.typed[i] != "tôi"
    ]
    return bool(reach) and "dong" in words.before(reach[0], 3) and not _from(before) and "tuoi" not in wide


def _from(row: tuple[str, ...]) -> bool:
    """Whether `row` says from when; "tự nguyện" does not."""
    return any(word == "tu" and row[i + 1 : i + 2] != ("nguyen",) for i, word in enumerate(row))


def _is_beginning(words: Words, point: _Point, before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    if point.year == 2014 and {"nam", "thang"} & set(words.before(point.start, 3)[:1]) and "tu" in before[-2:]:
        return False  # "6 năm từ năm 2014"
    if point.year == 2014 and after[:2] in (("tro", "di"), ("ve", "sau"), ("tro", "ve")):
        return False
    since = [i for i in range(max(0, point.start - 3), point.start) if words.plain[i] in ("tu", "hoi")]
    told = any(words.typed[i] not in ("hỏi", "hơi") for i in since)
    joined = ("tham", "gia") in pairwise(before[-4:]) or bool(_FIRST & set(pairwise(before[-5:])))
    wide = words.after(point.end, 7)
    later = {"dau", "moi"} & set(wide) and {"gia", "dong"} & set(wide)
    entered = {"vo", "vao"} & set(before[-5:]) and {"nguyen", "bhxh", "hiem"} & set(before[-5:])
    wife = {"vợ", "võ"} & set(words.typed[max(0, point.start - 6) : point.start]) and ("vo", "tu") not in pairwise(
        before
    )
    if entered and "neu" not in before and not wife:
        return True  # "tui vô tự nguyện tháng 10 năm ngoái"
    if not (told or joined or later) or "truoc" in before[-3:] or ("sau" in before[-2:] and not joined):
        return False
    if {"het", "rut", "luat"} & set(after[:4]) and not _pays(before):
        return False  # "từ 1/7/2025 hết được rút": from when a rule holds
    if "neu" in before or ({"huu", "sinh"} & set(before[-4:]) and not later):
        return False
    if joined and "nguyen" in before:
        return True  # "đóng tự nguyện bắt đầu từ tháng 1/2022"
    return _pays(before) or bool(later) or (_pays(after[:4]) and not {"khong", "ai", "muc"} & set(after[:4]))
