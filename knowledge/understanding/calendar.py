"""Years and months that a question names, whatever they are of: "thu nhập năm 2016", "đóng đủ trong tháng này", "tháng 3 sang năm".

What they are of is read elsewhere (`periods`); a card that works with any month or year takes them from here. Traps: "tháng 3" alone may
be any year's, so it is left out; a year of a law's number ("Luật 41/2024/QH15") is one word of its own and none.
"""

from __future__ import annotations

from datetime import date

from knowledge.understanding.words import Words

_FIRST, _LAST = 1990, 2100
_OF_THIS_YEAR = {"nay": 0, "ni": 0, "ngoai": -1, "truoc": -1, "sau": 1, "toi": 1}
_BY_TODAY = {"nay": 0, "ni": 0, "truoc": -1, "roi": -1, "sau": 1, "toi": 1}
_HALF_YEAR = 6


def read_years(words: Words) -> tuple[int, ...]:
    """The years named, in order, each once."""
    found = [int(word) for word in words.plain if _is_year(word)]
    found += [parts[-1] for i in range(len(words)) if (parts := _dated(words, i))]
    return tuple(dict.fromkeys(found))


def read_months(words: Words, today: date) -> tuple[date, ...]:
    """The first days of the months named with their year, or told from `today` ("tháng này", "tháng 12 này"), each once."""
    found: list[date] = []
    for i, word in enumerate(words.plain):
        if parts := _dated(words, i):
            found.append(date(parts[-1], parts[-2], 1))
        elif word == "thang":
            found += _month(words, i, today)
    return tuple(dict.fromkeys(found))


def month_after(first: date) -> date:
    """The first day of the month behind the one of `first`."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _month(words: Words, at: int, today: date) -> list[date]:
    number, behind = (words.at(i) if words.typed[i : i + 1] != ("tôi",) else "" for i in (at + 1, at + 2))
    if at + 1 in words.breaks:
        return []
    if number in _BY_TODAY and words.at(at - 1) not in ("may", "moi", "hang") and not words.at(at - 1).isdecimal():
        months = today.year * 12 + today.month - 1 + _BY_TODAY[number]
        return [date(months // 12, months % 12 + 1, 1)]
    if not number.isdecimal() or not 1 <= int(number) <= 12 or len(number) > 2:
        return []
    month = int(number)
    if behind == "nam" and _is_year(words.at(at + 3)):
        return [date(int(words.at(at + 3)), month, 1)]
    if behind == "nam" and words.at(at + 3) in _OF_THIS_YEAR:
        return [date(today.year + _OF_THIS_YEAR[words.at(at + 3)], month, 1)]
    if behind in ("sang", "qua") and words.at(at + 3) == "nam":
        return [date(today.year + 1, month, 1)]
    if behind in ("nay", "ni", "toi"):  # "tháng 12 này", "tháng 2 tới": the nearest one
        gap = month - today.month
        year = today.year + (gap < 0 and (behind == "toi" or gap < -_HALF_YEAR))
        return [date(year, month, 1)]
    return []


def _is_year(word: str) -> bool:
    return len(word) == 4 and word.isdecimal() and _FIRST <= int(word) <= _LAST


_KINDS_OF_DOCUMENTS = ("nd", "nđ", "qh", "nq", "qd", "tt", "vbhn")


def _dated(words: Words, at: int) -> list[int]:
    """The numbers of "11/2026" and "3/11/2026"; none of other words, nor of "07/2021/NĐ-CP"."""
    word = words.plain[at]
    if not word[:1].isdecimal() or not ("/" in word or "-" in word) or words.at(at + 1).startswith(_KINDS_OF_DOCUMENTS):
        return []
    parts = word.replace("-", "/").split("/")
    whole = all(p.isdecimal() for p in parts) and 2 <= len(parts) <= 3 and _is_year(parts[-1])
    return [int(p) for p in parts] if whole and 1 <= int(parts[-2]) <= 12 else []
