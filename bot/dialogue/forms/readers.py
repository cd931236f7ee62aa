"""Reads what a person typed at a step: a value, a complaint (a text of the form), or nothing that answers the step. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Protocol

from bot.dialogue.forms.model import FormState, Option, Step
from bot.outreach.phones import Phone, holds_identity_number, read_phone
from bot.outreach.schedule import before_day
from bot.time_zone import TIME_ZONE
from knowledge.understanding.facts import read_facts
from knowledge.vietnamese import clean, fold

YOUNG, LEAST_AGE = "young", 15
"""The way on of a step for the age, below which nobody may join (Law 41/2024/QH15, Article 2(4))."""
_LONGEST_NAME, _LONGEST_WORDS = 60, 300
_TITLES = re.compile(
    r"^(?:dạ|da|vâng|vang)?[\s,]*(?:(?:tôi|em|mình|cháu|con|anh|chị|cô|chú|bác)\s+)?(?:họ\s+)?(?:và\s+)?(?:tên(?:\s+là)?|là)\s*:?\s+",
    re.IGNORECASE,
)
# Words of questions; a name has at most one of them ("Nguyễn Thị Mức" is possible, "mức đóng" is none).
_NO_NAME = frozenset((
    "bao", "nhieu", "sao", "nao", "gi", "khong", "duoc", "dong", "muc", "ho", "ngheo", "luong", "huu", "dang", "ky", "tai", "the",
    "vi", "gio", "bhxh", "hiem", "thoi",
))  # fmt: skip
_ASKS = re.compile(
    r"\?|\b(?:bao nhiêu|bao nhieu|thế nào|the nao|là gì|la gi|ở đâu|o dau|khi nào|khi nao|tại sao|tai sao|vì sao|vi sao|"
    r"được không|duoc khong|có phải|co phai|mấy năm|may nam)\b",
    re.IGNORECASE,
)


class Commune(Protocol):
    """One commune as a form keeps it."""

    @property
    def code(self) -> str: ...

    @property
    def title(self) -> str: ...


class FoundPlaces(Protocol):
    """What a typed place may be."""

    @property
    def sure(self) -> Commune | None: ...

    @property
    def choices(self) -> tuple[Commune, ...]: ...

    @property
    def other_province(self) -> str | None: ...


FindPlace = Callable[[str], FoundPlaces]


@dataclass(frozen=True, slots=True)
class Nowhere:
    """Nothing was found."""

    sure: Commune | None = None
    choices: tuple[Commune, ...] = ()
    other_province: str | None = None


def nowhere(text: str) -> FoundPlaces:
    """Finds no place: for installations and tests without a list of communes."""
    return Nowhere()


@dataclass(frozen=True, slots=True)
class Value:
    """The step is answered; `values` are kept, `option` names the way on where it depends on it."""

    values: Mapping[str, str]
    option: str = ""


@dataclass(frozen=True, slots=True)
class Complaint:
    """Not an answer, and why: a text of the form. `offered`: (label, value) to choose from instead."""

    say: str
    offered: tuple[tuple[str, str], ...] = ()
    blanks: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The person says something else: a question, most likely."""


Read = Value | Complaint | Elsewhere


def looks_like_a_question(text: str) -> bool:
    """Whether `text` asks something rather than answering a step."""
    return _ASKS.search(text) is not None


def read(step: Step, text: str, state: FormState, today: date, find_place: FindPlace) -> Read:
    """What `text` is at `step`."""
    typed = clean(text)
    if option := _option(step, typed):
        return Value({step.name: option.value, f"{step.name}_title": option.label}, option.value)
    for label, value in state.offered:
        if fold(typed) in (fold(label), fold(value)):
            return Value({step.name: value, f"{step.name}_title": label})
    if step.reader == "choice":
        return Elsewhere() if looks_like_a_question(typed) or len(typed.split()) > 6 else Complaint("choose")
    if step.reader == "phone":
        return _phone(typed)
    if holds_identity_number(typed):
        return Complaint("phone_identity")
    if looks_like_a_question(typed):
        return Elsewhere()
    return (
        {"name": _name, "words": _words, "income": _income, "age": _age, "month": _month, "day": _day}.get(
            step.reader, _words
        )(step, typed, today)
        if step.reader != "commune"
        else _commune(step, typed, find_place)
    )


def _option(step: Step, typed: str) -> Option | None:
    said = fold(typed).strip(" .!,")
    for option in step.options:
        if said in (fold(option.label), fold(option.value), *option.words):
            return option
    number = said.removesuffix(".")
    if number.isdecimal() and 1 <= int(number) <= len(step.options) and step.reader == "choice":
        return step.options[int(number) - 1]
    return None


def _name(step: Step, typed: str, today: date) -> Read:
    phone = read_phone(typed)
    words = re.sub(r"[+(]?\d[\d\s.()-]{6,}", " ", typed) if isinstance(phone, Phone) else typed
    name = " ".join(_TITLES.sub("", words.strip(" .,;:-")).split()).strip(" .,;:-")
    letters = sum(c.isalpha() for c in name)
    if not name and isinstance(phone, Phone):
        return Value({"phone": phone.e164, "phone_shown": phone.shown})
    parts = fold(name).split()
    if letters < 2 or re.search(r"\d", name) or len(name) > _LONGEST_NAME or not 1 <= len(parts) <= 7:
        return Complaint("name_again")
    if len(_NO_NAME & set(parts)) >= 2:
        return Elsewhere()
    shown = name if any(c.isupper() for c in name[1:]) else name.title()
    found = {"name": shown}
    if isinstance(phone, Phone):
        found |= {"phone": phone.e164, "phone_shown": phone.shown}
    return Value(found)


def _phone(typed: str) -> Read:
    phone = read_phone(typed)
    if isinstance(phone, Phone):
        return Value({"phone": phone.e164, "phone_shown": phone.shown})
    if phone.value == "phone_none":
        return Elsewhere() if looks_like_a_question(typed) or len(typed.split()) > 6 else Complaint("phone_none")
    return Complaint(phone.value)


def _commune(step: Step, typed: str, find_place: FindPlace) -> Read:
    found = find_place(typed)
    if found.sure is not None:
        return Value({step.name: found.sure.code, f"{step.name}_title": found.sure.title})
    if found.choices:
        return Complaint("commune_which", tuple((c.title, c.code) for c in found.choices))
    if found.other_province:
        return Complaint("commune_elsewhere", (), {"province": found.other_province})
    return Complaint("commune_unknown")


def _words(step: Step, typed: str, today: date) -> Read:
    return Value({step.name: typed[:_LONGEST_WORDS]}) if typed else Complaint("words_again")


def _income(step: Step, typed: str, today: date) -> Read:
    facts = read_facts(f"thu nhập {typed}", today)
    amount = facts.income or facts.payment or facts.wished_pension
    if amount is None:
        return Complaint("income_again") if len(typed.split()) <= 6 else Elsewhere()
    return Value({step.name: str(amount), f"{step.name}_title": f"{amount:,} đồng".replace(",", ".")})


def _month(step: Step, typed: str, today: date) -> Read:
    """A month, the nearest one that is not ahead where no year is named."""
    said = fold(typed)
    found = re.fullmatch(
        r"(?:tu\s+|dau\s+)?(?:thang\s+)?(\d{1,2})(?:\s*[/-]\s*|\s+nam\s+)?(20\d{2})?", said.strip(" .")
    )
    if said.strip(" .") in ("thang truoc", "thang roi"):
        month = (today.year * 12 + today.month - 2) % 12 + 1
        found = re.fullmatch(r"(\d+)()", str(month))
    if found is None or not 1 <= int(found[1]) <= 12:
        return Complaint("month_again") if len(typed.split()) <= 6 else Elsewhere()
    month = int(found[1])
    year = int(found[2]) if found[2] else today.year - (month > today.month)
    if abs(year - today.year) > 2:
        return Complaint("month_again")
    return Value({step.name: f"{year}-{month:02d}", f"{step.name}_title": f"tháng {month}/{year}"})


def _day(step: Step, typed: str, today: date) -> Read:
    """A day to come that one can be reminded of."""
    found = re.search(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})(?:\s*[/.-]\s*(20\d{2}))?", typed)
    if found is None:
        return Complaint("day_again") if len(typed.split()) <= 6 else Elsewhere()
    try:
        day = date(int(found[3] or today.year), int(found[2]), int(found[1]))
        if not found[3] and day <= today:
            day = day.replace(year=today.year + 1)
    except ValueError:
        return Complaint("day_again")
    noon = datetime.combine(today, time(12), TIME_ZONE).timestamp()
    if before_day(day, noon) is None:
        return Complaint("day_past")
    told = f"trước ngày {day.day}/{day.month}/{day.year}"
    return Value({step.name: day.isoformat(), f"{step.name}_title": told, "what_title": told})


def _age(step: Step, typed: str, today: date) -> Read:
    facts = read_facts(typed, today)
    age = facts.age_in(today)
    if age is None and re.fullmatch(r"\d{2}", typed):
        age = int(typed)
    if age is None and re.fullmatch(r"(?:19|20)\d{2}", typed):
        age = today.year - int(typed)
    if age is None or not 1 <= age <= 110:
        return Complaint("age_again") if len(typed.split()) <= 6 else Elsewhere()
    return Value({step.name: str(age)}, YOUNG if age < LEAST_AGE else "")
