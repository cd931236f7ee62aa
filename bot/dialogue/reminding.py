"""Reminders in words: "nhắc tôi trước 1/1/2027", "nhắc hạn đóng hằng quý", "ngừng nhắc". Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.outreach.effects import Remind
from bot.outreach.schedule import DEADLINE, before, before_day, first_deadline
from knowledge.understanding.facts import read_facts
from knowledge.vietnamese import clean, fold

_WANTED = re.compile(
    r"\bnhac\s+(?:giup\s+|cho\s+|ho\s+|nho\s+)*(?:toi|em|minh|chau|tui|han|viec|ngay|lich|dong)\b"
    r"|\b(?:dat|tao|hen|len)\s+(?:lich\s+)?(?:loi\s+)?nhac\b|\bnhac\s+nho\b|\b(?:toi|den)\s+han\s+(?:thi\s+)?nhac\b"
)
_NOT_WANTED = re.compile(
    r"\b(?:dung|ngung|thoi|khong|ko|huy|bo|tat|dep)\b(?:\s+(?:can|muon|nhan|loi|lich|phai|gui))*\s+nhac\b|\bnhac\s+(?:lai|den|toi\s+la)\b"
)
_STOP = re.compile(
    r"(?:dung|stop|ngung|thoi|huy)(?:\s+(?:lai|di|nhe|a|luon))*"
    r"|.*\b(?:dung|ngung|thoi|khong|ko|huy|bo|tat)\b(?:\s+(?:can|muon|nhan|loi|lich|gui|duoc))*\s+nhac\b.*"
)
_WAYS = {
    12: re.compile(r"\b(?:12 thang|hang nam|moi nam|theo nam|1 nam|mot nam)\b"),
    6: re.compile(r"\b(?:6 thang|sau thang mot lan|nua nam)\b"),
    3: re.compile(r"\b(?:3 thang|ba thang mot lan|hang quy|moi quy|theo quy)\b"),
    1: re.compile(r"\b(?:hang thang|moi thang|theo thang|thang nao cung)\b"),
}
_NEWS = re.compile(
    r"(?:(?:cho|toi|em|minh|chau|muon|dang ky|xin|duoc)\s+)*nhan\s+(?:tin|thong bao)(?:\s+(?:moi|tuc|nhom|nhe|a))*"
)
_NO_NEWS = re.compile(
    r"(?:thoi\s+)?(?:dung|ngung|thoi|khong|ko|huy|bo|tat)(?:\s+(?:can|muon|dang ky|duoc))*"
    r"\s+(?:nhan|gui)\s+(?:tin|thong bao)(?:\s+\w+){0,3}"
)
_BARE = re.compile(r"(?:dung|stop|ngung|thoi|huy)(?:\s+(?:lai|di|nhe|a|luon))*")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to be reminded of, as far as they said: the values of the form, and the step at which it begins."""

    values: Mapping[str, str] = field(default_factory=dict)
    step: str = ""


def wish(text: str, today: date, now: float) -> Wish | None:
    """The reminder that `text` asks for; None when it asks for none."""
    plain = fold(text)
    if not _WANTED.search(plain) or _NOT_WANTED.search(plain):
        return None
    facts = read_facts(text, today)
    if day := (facts.on or _day_in(text)):
        told = f"trước ngày {day.day}/{day.month}/{day.year}"
        if before_day(day, now) is not None:
            return Wish({"what": "day", "day": day.isoformat(), "day_title": told, "what_title": told}, "consent")
        return Wish({"what": "day"}, "day")
    months = next((m for m, words in _WAYS.items() if words.search(plain)), 0)
    if not months:
        return Wish()
    title = "Hạn đóng hằng tháng" if months == 1 else f"Hạn đóng {months} tháng"
    return Wish({"what": str(months), "what_title": title}, "consent" if months == 1 else "start")


def stops(text: str, *, waiting: bool) -> bool:
    """Whether `text` ends reminders and news: one word is enough for who waits for some (`waiting`)."""
    plain = fold(text).strip(" .!,?")
    if waiting and (_BARE.fullmatch(plain) or _NO_NEWS.fullmatch(plain)):
        return True
    return "nhac" in plain and _STOP.fullmatch(plain) is not None


def may_be_about(text: str) -> bool:
    """Whether `text` may be about reminders or news at all: most are not, and need no look at what is kept."""
    plain = fold(text).strip(" .!,?")
    return "nhac" in plain or any(words.fullmatch(plain) for words in (_BARE, _NEWS, _NO_NEWS))


def wants_bulletin(text: str) -> bool:
    """Whether `text` asks for news. "Nhắn tin", written with its marks, does not."""
    return _NEWS.fullmatch(fold(text).strip(" .!,?")) is not None and "nhắn" not in clean(text).lower()


def asked_for(values: Mapping[str, str], today: date, now: float) -> Remind | None:
    """The reminder of a filled form; None when the day has come too near meanwhile."""
    if values["what"] == "day":
        day = date.fromisoformat(values["day"])
        due = before_day(day, now)
        return Remind(before(day), due) if due is not None else None
    start = today.replace(day=1)
    if (typed := values.get("start", "this")) != "this":
        start = date.fromisoformat(f"{typed}-01")
    every = int(values["what"])
    return Remind(DEADLINE, first_deadline(every, start, now), every)


def _day_in(text: str) -> date | None:
    found = re.search(r"\b(\d{1,2})[/.-](\d{1,2})[/.-](20\d{2})\b", text)
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else None
    except ValueError:
        return None
