"""Reads a question as typed: cleaned, shorthand written out, marks restored, named clauses and dates picked out.

What the person typed is kept; everything else is for search. Order matters: shorthand first ("bhxh tn" gives the marks
model its context), marks second, and only then is it judged what was missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources

from knowledge.law import Coordinate, official_numbers
from knowledge.restore import MarksRestorer
from knowledge.shorthand import write_out
from knowledge.vietnamese import clean, nfc, same_tone_placement
from knowledge.yaml_files import load_yaml

MAX_CHARACTERS = 1000

_ARTICLE = re.compile(r"\b(?:điều|dieu)\s+(?:số\s+|so\s+)?(\d{1,3}[a-zđ]?)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"\b(?:khoản|khoan)\s+(\d{1,2}[a-zđ]?)\b", re.IGNORECASE)
_POINT = re.compile(r"\b(?:điểm|diem)\s+([a-zđ])\b", re.IGNORECASE)
_SHORT_NUMBER = re.compile(r"\b(\d{1,4})/(\d{4})\b")
_KIND_NUMBER = re.compile(
    r"\b(?:nghị định|nghị quyết|thông tư|quyết định|luật)\s+(?:số\s+)?(\d{1,4})\b(?!/)", re.IGNORECASE
)
_KIND_SHORT = re.compile(
    r"\b(?:nghị định|nghị quyết|thông tư|quyết định|luật)\s+(?:số\s+)?(\d{1,4})/(\d{4})\b", re.IGNORECASE
)
_DAY = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)")
_DAY_WORDS = re.compile(r"ngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})", re.IGNORECASE)
_MONTH = re.compile(r"(?:tháng\s+)?(?<![\d/])(\d{1,2})/(20\d{2})(?![\d/])", re.IGNORECASE)
_YEAR = re.compile(
    r"\b(?:năm|nam|đầu|dau|cuối|cuoi|giữa|giua|từ|tu|qua|sang|tới|vào|vao|giêng|gieng|chạp|chap)\s+(20\d{2})\b",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"\b(?:trước|truoc)\s+(?:(?:ngày|ngay|tháng|thang|năm|nam|mùng|mốc)\s+)*$", re.IGNORECASE)
_UNTIL = re.compile(r"\b(?:đến|den|tới)\s+$", re.IGNORECASE)
# Restoring marks may turn "tết tây" into "tết tẩy".
_NEXT_YEAR = re.compile(
    r"(?<!\d )(?<!mấy )(?<!vài )(?<!nhiều )(?<!các )"
    r"\b(?:sang năm|năm sau|năm tới|(?:qua|sau|tới|đến) tết (?:t[âẩa]y|dương lịch|dương))\b(?! thứ)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Question:
    """One question, read. `text` is for people; `search_text` for both searches; `widened` adds the words of the law."""

    typed: str
    text: str
    search_text: str
    widened: str
    named: Coordinate | None = None  # a clause or document the person names
    named_title: str = ""  # words naming a law without its number ("luật bảo hiểm xã hội")
    on: date | None = None  # a future day the person asks about


@lru_cache(maxsize=1)
def _synonyms() -> tuple[tuple[re.Pattern[str], str], ...]:
    raw = load_yaml(resources.files("knowledge").joinpath("data/synonyms.yaml").read_text(encoding="utf-8"))
    return tuple(
        (re.compile(rf"(?<!\w){re.escape(same_tone_placement(nfc(k)))}(?!\w)"), nfc(v)) for k, v in raw.items()
    )


def widen(text: str) -> str:
    """The words of the law for everyday words in `text`, to be searched beside it; empty when there are none."""
    spelt = same_tone_placement(text.lower())  # with marks: "đồng bào" must not be seen in "đóng bao nhiêu"
    return " ".join(words for pattern, words in _synonyms() if pattern.search(spelt))


def named_coordinate(text: str) -> Coordinate | None:
    """The document and clause `text` names: `khoản 2 Điều 36 Luật 41/2024` → its coordinate; None when it names none.

    The document may be partial (`41/2024`, `159`) or empty: the search resolves it against what it holds.
    """
    article, clause, point = _ARTICLE.search(text), _CLAUSE.search(text), _POINT.search(text)
    numbers = official_numbers(text)
    short = _SHORT_NUMBER.search(text)
    by_kind = _KIND_NUMBER.search(text)
    # "7/2030" alone is a month; behind "luật", or with a number no month has, it is a document.
    told = _KIND_SHORT.search(text) or (short if short and int(short[1]) > 12 and int(short[2]) > 1900 else None)
    document = numbers[0] if numbers else f"{told[1]}/{told[2]}" if told else ""
    document = document or (by_kind[1] if by_kind else "")
    if not article and not document:
        return None
    return Coordinate(
        document=document,
        article=article[1].lower() if article else "",
        clause=clause[1] if article and clause else "",
        point=point[1].lower() if article and point else "",
    )


def asked_day(text: str, today: date) -> date | None:
    """A day after `today` that `text` asks about (d/m/yyyy, m/yyyy, `năm 2027`, `sang năm`), else None.

    Past days are not taken: "tôi đóng từ năm 2015" asks about today's rule.
    """
    exact = [d for m in (*_named(_DAY, text), *_named(_DAY_WORDS, text)) for d in _day(int(m[3]), int(m[2]), int(m[1]))]
    months = [d for m in _named(_MONTH, text) for d in _day(int(m[2]), int(m[1]), 1)]
    years = [d for m in _named(_YEAR, text) if not _far_end(text, m, today) for d in _day(int(m[1]), 1, 1)]
    if _NEXT_YEAR.search(text):
        years.append(date(today.year + 1, 1, 1))
    days = exact or months or years  # "ngày 15 tháng 3 năm 2027" names one day, not also the first of January
    later = [d for d in days if today < d <= date(today.year + 5, 12, 31)]
    return min(later) if later else None


def _named(pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    """The days that `text` names, but not those before which something is asked about: "trước 1/1/2027" is still today's rule."""
    return [m for m in pattern.finditer(text) if not _BEFORE.search(text, 0, m.start())]


def _far_end(text: str, year: re.Match[str], today: date) -> bool:
    """Whether `year` is the far end of something ("chỉ tiêu đến năm 2030"), of which nobody knows the rules yet."""
    return int(year[1]) > today.year + 1 and _UNTIL.search(text, 0, year.start()) is not None


def _day(year: int, month: int, day: int) -> list[date]:
    try:
        return [date(year, month, day)]
    except ValueError:
        return []


def read_question(typed: str, restorer: MarksRestorer, today: date) -> Question:
    """Reads `typed`; never raises on text. Longer than 1,000 characters is cut at the last blank before."""
    text = clean(typed).replace("\n", " ")
    if len(text) > MAX_CHARACTERS:
        text = text[:MAX_CHARACTERS].rsplit(" ", 1)[0]
    # One spelling of capitals, that of a sentence: the embedding tells them apart, and people shout or do not bother.
    full = restorer.restore(write_out(text.lower())).lower().capitalize()
    return Question(
        typed=typed,
        text=text,
        search_text=full,
        widened=widen(full),
        named=named_coordinate(full),
        on=asked_day(full, today),
    )
