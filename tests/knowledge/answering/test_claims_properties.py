"""What holds of the claim check for any text: it never fails, true quotations pass, altered ones do not."""

from __future__ import annotations

import random
import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.answering.claims import Grounds, read_claims, unfounded
from tests.bench.claims import change_digit, handbook, shift_day
from tests.bench.claims import other_law as another_law
from tests.knowledge.starter.reading import sections

PIECES = [
    "Mức đóng là", "hộ nghèo", "không thuộc", "năm", "tháng", "mười lăm", "hai", "%", "phần trăm", "đồng", "triệu", "khoản",
    "Điều", "điểm đ", "Luật", "Nghị định", "41/2024/QH15", "1.500.000", "22", "1/7/2025", "31/2", "ngày", "tuổi", "lần", ",", ".",
    "-", "–", "(", ")", "(15)", "×", "1900 9068", "dichvucong.gov.vn", "3tr5", "|", "đến", "hoặc", "thứ", "rưỡi", "nghìn", "2026",
    "0", "०", "²", "İ", "\n", "\x01",
]  # fmt: skip
words = st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join) | st.lists(
    st.sampled_from(PIECES), max_size=25
).map("".join)
texts = st.text(max_size=200) | words
QUOTES = [" ".join([s.question, s.prose, "Căn cứ:", s.basis]) for s in sections()]


@given(texts, texts)
@settings(deadline=None)
def test_no_text_makes_the_check_fail(text: str, other: str) -> None:
    grounds = Grounds.of(texts=[other], said=other, results=[other, 0, 12, date(2026, 1, 1)])
    for claim in unfounded(text, grounds):
        assert 0 <= claim.span[0] < claim.span[1]


@given(texts)
@settings(deadline=None)
def test_a_text_supports_itself(text: str) -> None:
    assert unfounded(text, Grounds.of(texts=[text], contacts=[])) == ()


@given(texts)
@settings(deadline=None)
def test_reading_twice_gives_the_same(text: str) -> None:
    assert read_claims(text) == read_claims(text)


@given(st.integers(0, 10**12), st.integers(0, 10**12))
@settings(deadline=None)
def test_two_amounts_are_one_only_when_they_are_equal(one: int, other: int) -> None:
    grounds = Grounds.of(texts=[f"Mức này là {one:,} đồng.".replace(",", ".")])
    assert bool(unfounded(f"Trả {other:,} đồng.".replace(",", "."), grounds)) == (one != other)


@given(st.integers(2, 60), st.integers(0, 11))
def test_years_and_months_are_the_months_they_make(years: int, odd: int) -> None:
    spoken = f"{years} năm" + (f" {odd} tháng" if odd else "")
    assert unfounded(spoken, Grounds.of(texts=[f"{years * 12 + odd} tháng"])) == ()
    assert unfounded(spoken, Grounds.of(texts=[f"{years * 12 + odd + 1} tháng"])) != ()


@pytest.mark.parametrize(
    "pattern",
    [r"\d{1,3}(?:\.\d{3})+(?= đồng)", r"\d+(?=%)", r"(?<![\d/])\d{1,2}/\d{1,2}/\d{4}", r"\d+/\d{4}(?=/[A-ZĐ])"],
    ids=["amount", "percent", "day", "official number"],
)
def test_one_digit_altered_in_a_quotation_is_seen(pattern: str) -> None:
    chance = random.Random(pattern)
    tried = seen = 0
    for quote in QUOTES:
        found = list(re.finditer(pattern, quote))
        for m in chance.sample(found, min(2, len(found))):
            altered = quote[: m.start()] + str(change_digit(m[0], chance)) + quote[m.end() :]
            tried += 1
            seen += bool(unfounded(altered, Grounds.of(texts=[quote])))
    assert tried > 50
    assert seen / tried >= 0.99


def test_handbook_answers_pass_and_their_alterations_do_not() -> None:
    chance = random.Random(7)
    answers = list(handbook())
    alarms = [a.name for a in answers if unfounded(a.text, a.ground())]
    assert len(alarms) <= len(answers) * 0.01, alarms
    altered = [
        (a, text)
        for a in answers
        for alter in (change_digit, another_law, shift_day)
        if (text := alter(a.text, chance)) and text != a.text
    ]
    missed = [a.name for a, text in altered if not unfounded(text, a.ground())]
    assert len(altered) > 600
    assert len(missed) <= len(altered) * 0.01, missed
