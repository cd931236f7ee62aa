"""What a question says beside numbers: a share heard of, a ground to withdraw, paying on until retirement; and whether it
wants yes or no.
"""

from __future__ import annotations

import re
from enum import StrEnum
from itertools import pairwise

from knowledge.understanding.kinds import Quantity
from knowledge.understanding.words import Words


class Ground(StrEnum):
    """Grounds to withdraw at once, whenever one joined: Law 41/2024/QH15, Article 102.1, points b, c, d."""

    ABROAD = "abroad"  # ra nước ngoài để định cư
    ILLNESS = "illness"  # ung thư, bại liệt, xơ gan mất bù, lao nặng, AIDS
    INCAPACITY = "incapacity"  # suy giảm khả năng lao động, khuyết tật đặc biệt nặng


_GROUNDS = {
    Ground.ABROAD: ("dinh cu", "xuat canh"),
    Ground.ILLNESS: ("ung thu", "bai liet", "xo gan", "lao nang", "lao phoi", "aids", "hiv"),
    Ground.INCAPACITY: ("khuyet tat", "suy giam kha nang", "mat suc"),
}


def read_ground(words: Words) -> Ground | None:
    """The ground named, None when none is."""
    return next((g for g, phrases in _GROUNDS.items() if any(words.has(p) >= 0 for p in phrases)), None)


def read_percent(words: Words) -> int | None:
    """The whole percentage named when there is one only: "được 80% phải không?" → 80."""
    found = set()
    for i, word in enumerate(words.plain):
        if word.endswith("%") and word[:-1].isdecimal():
            found.add(int(word[:-1]))
        elif word.isdecimal() and words.after(i + 1, 2) == ("phan", "tram"):
            found.add(int(word))
    return found.pop() if len(found) == 1 else None


_WHEN = {"khi", "luc", "tuoi", "huu"}  # behind "tôi" it was "tới" before marks were put back


def read_until_retirement(words: Words) -> bool | None:
    """True for "đóng đều tới lúc nghỉ hưu", "đóng đến tuổi hưu"; None when it is not said."""
    for i, word in enumerate(words.plain):
        if (
            word in ("toi", "den", "tan")
            and (words.typed[i] != "tôi" or words.at(i + 1) in _WHEN)
            and "huu" in words.after(i + 1, 4)
        ):
            return True if {"dong", "nop", "gia"} & set(words.before(i, 5)) else None
    return None


def read_odd_months(words: Words, age: int) -> int | None:
    """The months behind the age: "61 tuổi 8 tháng", "57 tuổi 2 tháng rồi"."""
    for i, word in enumerate(words.plain):
        if (
            word == "tuoi"
            and words.at(i - 1) == str(age)
            and words.at(i + 2) == "thang"
            and words.at(i + 1).isdecimal()
        ):
            return int(words.at(i + 1)) if i + 1 not in words.breaks and 1 <= int(words.at(i + 1)) <= 11 else None
    return None


def read_paying_until(words: Words) -> int | None:
    """The age up to which somebody would pay: "đóng đến 60 tuổi", "đóng tới năm 62 tuổi", "đóng đến lúc đủ 62 thì"."""
    for i, word in enumerate(words.plain):
        if word not in ("den", "toi") or words.typed[i] == "tôi" or not {"dong", "nop"} & set(words.before(i, 4)):
            continue
        at = i + 1
        while words.at(at) in ("nam", "luc", "khi", "du", "tron") and at < i + 3:
            at += 1
        number = words.at(at)
        aged = words.at(at + 1) in ("tuoi", "t") or at + 1 in words.breaks or words.at(at + 1) == "thi"
        if number.isdecimal() and 50 <= int(number) <= 75 and aged:
            return int(number)
    return None


def asks_whether_enough(words: Words, span: Quantity) -> bool:
    """ "đủ 15 năm không", "có đủ 15 năm chưa"."""
    return words.at(span.start - 1) == "du" and words.at(span.end) in ("khong", "chua", "ha", "phai", "hay", "a")


_NOT_YET = {
    "chua",
    "sap",
    "gan",
    "nua",
    "neu",
    "khi",
    "bao",
    "chung",
    "luc",
    "moi",
    "cho",
    "doi",
    "de",
    "phai",
    "truoc",
    "nao",
    "sang",
    "may",
}
_OPEN_END = {"chua", "la", "nao", "bao", "may", "khi", "luc"}


def read_reached(words: Words) -> bool | None:
    """True for "đủ tuổi hưu rồi", "đã đến tuổi nghỉ hưu", "đủ tuổi mà thiếu năm đóng"; None when it is not said or not so."""
    for i, word in enumerate(words.plain):
        if (
            word not in ("du", "den", "toi", "qua")
            or words.at(i + 1) != "tuoi"
            or words.typed[i] in ("tôi", "dư", "quá")
        ):
            continue
        first = max([0, i - 5, *(b for b in words.breaks if b <= i)])
        end = i + 2
        while words.at(end) in ("nghi", "ve", "huu") and end not in words.breaks:
            end += 1
        named = words.at(end - 1) == "huu"
        stop = end in words.breaks
        after = () if stop else words.after(end, 3)
        if _NOT_YET & set(words.plain[first:i]) or _OPEN_END & set(after[:1]) or "chua" in words.plain[-1:]:
            return None
        goes_on = after[:1] in (("roi",), ("ma",), ("nhung",), ("con",)) or {"roi"} & set(after)
        if word == "du":  # "đủ tuổi thì …" is anybody
            return True if goes_on or named or after[:1] == ("thi",) else None
        return (
            True if words.at(i - 1) in ("da", "vua") or (goes_on and (i == first or words.at(i - 1) in _SELF)) else None
        )
    return None


_SELF = {"toi", "em", "minh", "tui", "chau", "con", "me", "ba", "anh", "chi", "co", "chu", "bac", "ma", "nay", "gio"}


def read_workers(words: Words) -> int | None:
    """How many people a firm employs: "doanh nghiệp 6 lao động", "xưởng có 25 công nhân"; None when it is not said."""
    firm = any(
        words.has(name) >= 0
        for name in ("doanh nghiep", "cong ty", "xuong", "co so", "chu", "cho lam", "cho toi", "cho tui")
    )
    for i, word in enumerate(words.plain[:-1]):
        if not firm or not word.replace(".", "").isdecimal():
            continue
        if words.after(i + 1, 2) in (("lao", "dong"), ("cong", "nhan"), ("nhan", "vien")) or words.at(i + 1) in (
            "tho",
            "nguoi",
        ):
            return int(word.replace(".", "")) or None
    return None


_WISHED = {
    "muon",
    "duoc",
    "the",
    "neu",
    "chua",
    "se",
    "dinh",
    "tinh",
    "de",
    "xin",
    "doi",
    "cho",
    "nen",
    "khong",
    "hay",
    "sap",
}


def read_withdrew(words: Words) -> bool | None:
    """True for "năm 2022 rút một lần hết rồi", "đã rút BHXH", "lãnh một cục xong"; None when it is not said or only wished."""
    for i, word in enumerate(words.plain):
        stop = min([len(words), i + 9, *(b for b in words.breaks if b > i)])
        behind = words.plain[i + 1 : stop]
        whole = any(
            pair in (("mot", "lan"), ("mot", "cuc"), ("1", "lan"), ("1", "cuc")) for pair in pairwise(behind[:5])
        )
        if word != "rut" and not (word in ("lanh", "linh", "nhan") and whole):
            continue
        first = max([0, i - 4, *(b for b in words.breaks if b <= i)])
        near = set(words.plain[first:i])
        done = "da" in near or {"roi", "xong"} & set(behind) or (behind[-1:] == ("het",) and "hết" in words.typed)
        if done and not _WISHED & near and not {"duoc", "chua"} & set(behind):
            return True
    return None


_UNITS = {
    "nam",
    "thang",
    "ngay",
    "tuoi",
    "trieu",
    "tr",
    "dong",
    "k",
    "nghin",
    "ngan",
    "quy",
    "phan",
    "tram",
    "d",
    "lan",
    "%",
}


def is_fragment(text: str) -> bool:
    """Whether `text` is nothing but a number with its unit ("năm 2030", "2 triệu", "15 năm"): what is asked about it is not said."""
    words = Words.of(text)
    numbers = [w for w in words.plain if w[:1].isdigit()]
    others = [(i, w) for i, w in enumerate(words.plain) if not w[:1].isdigit()]
    units = all(w in _UNITS and not (w == "dong" and (i == 0 or words.typed[i] == "đóng")) for i, w in others)
    return bool(numbers) and len(words) <= 4 and units


_YES_NO = re.compile(
    r"\b(?:có phải|phải chăng|có đúng)\b"
    r"|\b(?:không|chưa|hả|hở|chứ|phải hông|hông|hem)"
    r"(?:\s+(?:ạ|vậy|ta|nhỉ|nhé|em|anh|chị|ad|cô|chú|bạn|à|cán bộ|mọi người))*\s*(?:[?.,;!]|$|hay\b)"
    r"|\bà\s*(?:[?!]|$)"
)
_OPEN = re.compile(
    r"\b(?:bao nhiêu|nhiêu|mấy|thế nào|như nào|làm sao|ra sao|khi nào|bao giờ|ở đâu|chỗ nào|gì|ai|bao lâu|hay)\b"
)


def is_open_question(text: str) -> bool:
    """True when `text` (marks restored) asks how much, when, who or how, and nowhere for a yes or no."""
    lowered = text.lower()
    return bool(_OPEN.search(lowered)) and not _YES_NO.search(lowered)


def asks_yes_or_no(text: str) -> bool:
    """True when `text` (marks restored) asks whether something is so, and nothing else."""
    lowered = text.lower()
    return bool(_YES_NO.search(lowered)) and not _OPEN.search(lowered)
