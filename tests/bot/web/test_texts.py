"""The data files of the web chat: whole, used, Vietnamese."""

from __future__ import annotations

import re
import string
import unicodedata
from pathlib import Path

import bot.web
from bot.web.desk import TEXT_LIMIT, checked_text
from bot.web.texts import about, examples, texts

FOLDER = Path(bot.web.__file__).parent
SOURCES = [p.read_text("utf-8") for pattern in ("*.py", "templates/*.html") for p in sorted(FOLDER.glob(pattern))]
NAMED = set(re.findall(r"\bt\.([a-z_]+)", "".join(SOURCES))) | set(
    re.findall(r"""say\(\s*["']([a-z_]+)["']""", "".join(SOURCES))
)
REFUSED = set(re.findall(r"""Refused\(\s*\d+,\s*["']([a-z_]+)["']""", "".join(SOURCES)))
QUOTED = set(re.findall(r"""["']([a-z_]+)["']""", "".join(SOURCES)))


def test_every_text_that_code_or_template_names_is_there() -> None:
    assert len(NAMED | REFUSED) > 30
    assert (NAMED | REFUSED) - set(texts()) == set()


def test_no_text_lies_unused() -> None:
    assert set(texts()) - NAMED - REFUSED - QUOTED == set()


def test_texts_are_composed_vietnamese_without_markup() -> None:
    for key, text in texts().items():
        assert text == unicodedata.normalize("NFC", text), key
        assert "<" not in text, key
        list(string.Formatter().parse(text))  # raises on a broken blank


def test_refusals_give_a_whole_polite_sentence() -> None:
    for key in REFUSED | {"cannot_reach", "overloaded", "broken", "not_found", "too_large", "too_slow"}:
        text = texts()[key]
        assert text[0].isupper(), key
        assert text.endswith("."), key


def test_the_hotline_is_the_same_everywhere() -> None:
    words = [*texts().values(), *(s.text for s in about().sections), *SOURCES]
    numbers = {re.sub(r"\D", "", n) for text in words for n in re.findall(r"1900[ .]?\d{4}", text)}
    assert numbers == {"19009068"}


def test_example_questions_are_short_questions_the_desk_takes() -> None:
    assert 4 <= len(examples()) <= 8
    for question in examples():
        assert question.endswith("?")
        assert len(question) <= 60
        assert checked_text(question) == question


def test_the_page_about_the_bot_has_words_under_every_heading() -> None:
    assert len(about().sections) >= 4
    assert all(s.heading and s.text for s in about().sections)


def test_the_limit_told_is_the_limit_kept() -> None:
    assert TEXT_LIMIT == 1_000  # "1.000" stands in a refusal
