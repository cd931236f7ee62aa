"""Where somebody stands already: draws a pension, is old without one, earns by the day.

Traps: "muốn hưởng lương hưu" is a wish, "hưu trí xã hội" another benefit; who is young and says "không có lương hưu" fears for later.
"""

from __future__ import annotations

from itertools import pairwise

from knowledge.understanding.numbers import read_numbers, spelt_numbers
from knowledge.understanding.words import Words

_DRAWS = {"lanh", "linh", "nhan", "huong", "an"}
_WISHED = {
    "muon", "se", "de", "neu", "khi", "chua", "moi", "cho", "sau", "bao", "nao", "duoc", "dieu", "kien", "toi", "sap", "gan", "may", "dinh",
    "tinh", "khong", "thi", "thang", "mai",
}  # fmt: skip
_SINCE = {
    ("may", "nam"),
    ("nhieu", "nam"),
    ("nam", "nay"),
    ("lau", "nay"),
    ("lau", "roi"),
    ("tu", "nam"),
    ("tu", "hoi"),
}
_NOT = {"khong", "chang", "ko", "hong", "hok", "hem"}
_OLD = {"gia", "cu", "noi", "ngoai"}
_OLD_FROM = 60
_LEAST_WAGE, _MOST_WAGE = 50_000, 2_000_000
_LEAST_CEILING = 20_000_000
_DOUBTED = {"phai", "dung", "ha", "a", "sao"}
_LEAST_DAYS, _MOST_DAYS = 5, 31


def read_draws(words: Words) -> bool | None:
    """True for "ba tôi đang lãnh lương hưu", "lãnh hưu mấy năm nay rồi", "mẹ đã nghỉ hưu"; None when it is not said."""
    for i, word in enumerate(words.plain):
        named = words.after(i + 1, 3)
        left = word in ("ve", "nghi") and named[:1] == ("huu",)
        if not left and (word not in _DRAWS or "huu" not in named):
            continue
        if "non" in words.after(i + 2, 1):
            continue
        end = i + 2 + (0 if left else named.index("huu"))
        if words.at(end) == "tri" or "tuoi" in words.before(i, 3):
            continue  # "hưởng hưu trí xã hội", "đến tuổi nghỉ hưu"
        stop = min([len(words), end + 6, *(b for b in words.breaks if b >= end)])
        first = max([0, i - 4, *(b for b in words.breaks if b <= i)])
        before, behind = set(words.plain[first:i]), words.plain[end:stop]
        since = bool(_SINCE & set(pairwise(behind))) and "nua" not in behind
        if before & (_WISHED - {"toi"}) or "chua" in behind:
            continue
        if {"dang", "da"} & before or since or ("roi" in behind[:2] and words.at(end + 1) != "ma"):
            return True
    return None


def read_old_without_pension(words: Words, age: int | None) -> bool | None:
    """True for "ông ngoại 77 tuổi không có lương hưu": of the old only, for whom it is a state and no fear."""
    old = age is not None and age >= _OLD_FROM
    if age is not None and not old:
        return None
    for i, word in enumerate(words.plain):
        if word != "huu" or words.at(i + 1) == "tri":
            continue
        near = words.before(i, 5)
        denied = max((n for n, w in enumerate(near) if w in _NOT), default=-1)
        if denied < 0 or not set(near[denied + 1 :]) <= {
            "co",
            "luong",
            "huong",
            "duoc",
            "nhan",
            "lanh",
            "tien",
            "mot",
            "dong",
        }:
            continue
        if old or _OLD & set(words.before(i, 12)):
            return True
    return None


def read_daily_income(words: Words) -> tuple[int, int] | None:
    """The wage of a day and what it comes to in a month: "ngày công 300 ngàn, tháng làm 22 ngày" → (300.000, 6.600.000)."""
    numbers = list(read_numbers(spelt_numbers(words.plain, words.typed)))
    wage = next(
        (
            int(n.value)
            for n in numbers
            if _LEAST_WAGE <= n.value <= _MOST_WAGE
            and ({"ngay", "cong"} & set(words.before(n.start, 6)) or {"ngay", "cong"} & set(words.after(n.end, 4)[:3]))
            and "thang" not in words.before(n.start, 3)
        ),
        None,
    )
    days = next(
        (
            int(n.value)
            for n in numbers
            if _LEAST_DAYS <= n.value <= _MOST_DAYS
            and words.at(n.end) in ("ngay", "cong", "buoi", "bua")
            and "thang" in {*words.before(n.start, 6), *words.after(n.end + 1, 3)}
        ),
        None,
    )
    return (wage, wage * days) if wage and days else None


def read_ceiling(words: Words) -> int | None:
    """The highest income that was heard of: "trần 48,6 triệu đúng không", "mức trần là 46,8 triệu hả"."""
    for number in read_numbers(spelt_numbers(words.plain, words.typed)):
        near = words.before(number.start, 5)
        named = "tran" in near or bool({("cao", "nhat"), ("toi", "da")} & set(pairwise(near)))
        if number.value >= _LEAST_CEILING and named and _DOUBTED & set(words.plain):
            return int(number.value)
    return None


_DIED = {"mat", "chet"}
_KIN = {
    "toi", "em", "anh", "chi", "ba", "ma", "me", "cha", "bo", "ong", "chong", "vo", "con", "chu", "bac", "cau", "di", "co", "chau", "nguoi",
    "no", "ay", "tui", "minh", "nha", "noi", "ngoai", "vua", "moi", "da", "thi", "roi", "bi", "som",
}  # fmt: skip
_LOST = {
    "trang", "tien", "so", "the", "viec", "khong", "luon", "gi", "bao", "may", "suc", "quyen", "cong", "thoi", "mua", "nam", "phi", "giay",
    "hay", "ngu", "dien",
}  # fmt: skip


def _when(words: Words, at: int) -> bool:
    """Whether a year or a day stands at `at`: "mất năm 2024", "mất 3/2025"."""
    word = words.at(at + (words.at(at) == "nam"))
    return word[-4:].isdecimal() and word[-4:-2] in ("19", "20") and (len(word) == 4 or not word.isdecimal())


def read_died(words: Words) -> bool | None:
    """True for "anh tôi mất rồi", "chồng đóng 9 năm thì qua đời"; None for what is lost ("mất trắng", "có mất không") or only feared."""
    if words.has("qua doi") >= 0 or words.has("tu vong") >= 0:
        return True
    for i, word in enumerate(words.plain):
        if word not in _DIED or words.typed[i] in ("mắt", "mát", "mặt", "mật"):
            continue
        before = words.before(i, 2)
        after = () if i + 1 in words.breaks else words.after(i + 1, 1)
        if {"neu", "lo", "so", "chang", "co", "khong"} & set(words.before(i, 4)) or (
            after and (after[0] in _LOST or after[0][:1].isdigit()) and not _when(words, i + 1)
        ):
            continue
        if before and before[-1] in _KIN and i not in words.breaks:
            return True
    return None
