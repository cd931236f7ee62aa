"""What a person said of themself completes what they ask next: learnt only of themself, used only for themself, told when used."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from knowledge.about import NOTHING, About
from knowledge.answering.claims import Grounds, unfounded
from knowledge.answering.remembering import filled, known_of, learn
from knowledge.answering.texts import say
from knowledge.answers import Answer, AnswerStatus
from knowledge.calculators.model import HouseholdGroup, Sex
from knowledge.understanding.facts import Facts, read_facts
from knowledge.understanding.followups import NO_PAST, Past
from tests.quality.gate import TODAY, starter_system

CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("memory_cases.yaml").read_text(encoding="utf-8"))
LAN = About(sex=Sex.FEMALE, age=45, groups=frozenset({HouseholdGroup.NEAR_POOR}))


def learnt(text: str, about: About = NOTHING, past: Past = NO_PAST) -> str:
    return learn(about, text, text, past, TODAY).in_words()


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("tôi là nữ, 45 tuổi, hộ cận nghèo, mỗi tháng đóng bao nhiêu?", "nữ, 45 tuổi, hộ cận nghèo"),
        ("nhà em thuộc hộ nghèo thì đóng bao nhiêu", "hộ nghèo"),
        ("cho tôi hỏi, tôi là nữ sinh tháng 9/1975 thì khi nào về hưu", "nữ, sinh tháng 9/1975"),
        ("thu nhập của tôi 5 triệu, đóng bao nhiêu?", "thu nhập 5.000.000 đồng/tháng"),
        ("tôi đóng được 8 năm rồi có rút được không", "đã đóng 8 năm"),
        ("tôi không thuộc hộ nghèo, đóng bao nhiêu?", "không thuộc hộ nghèo, cận nghèo"),
        ("cháu 16 tuổi đóng được không ạ", "16 tuổi"),
    ],
)
def test_what_one_says_of_oneself_is_learnt(said: str, kept: str) -> None:
    assert learnt(said) == kept


@pytest.mark.parametrize(
    "said",
    [
        "hộ nghèo đóng bao nhiêu?",
        "cho tôi hỏi hộ nghèo đóng bao nhiêu",
        "tôi muốn biết hộ cận nghèo được hỗ trợ bao nhiêu",
        "tôi nghe nói hộ nghèo được hỗ trợ 50%",
        "nếu tôi là hộ nghèo thì đóng bao nhiêu",
        "mẹ tôi 60 tuổi, hộ nghèo, đóng được không",
        "bạn tôi là nữ 45 tuổi thì sao",
        "em ơi hộ nghèo đóng bao nhiêu",
        "nữ 50 tuổi bao giờ về hưu",
        "giả sử tôi đóng 20 năm, nữ, thu nhập 3 triệu",
    ],
)
def test_what_is_asked_supposed_or_said_of_another_is_not(said: str) -> None:
    assert learnt(said) == ""


def test_a_fact_that_was_asked_back_for_is_learnt_without_a_word_for_oneself() -> None:
    past = Past("muốn lương hưu 3 triệu thì đóng bao nhiêu", "luong_huu", "income")
    assert (
        learnt("muốn lương hưu 3 triệu thì đóng bao nhiêu, thu nhập 3 triệu đồng?", past=past)
        == "thu nhập 3.000.000 đồng/tháng"
    )
    assert learnt("nếu thu nhập 3 triệu", past=past) == ""


def test_a_correction_changes_what_was_known_and_nothing_else() -> None:
    assert learnt("nhầm, hộ nghèo chứ không phải cận nghèo", LAN) == "nữ, 45 tuổi, hộ nghèo"
    assert learnt("à không, tôi 50 tuổi", LAN) == "nữ, 50 tuổi, hộ cận nghèo"
    assert learnt("nhầm, hộ nghèo") == ""
    assert learnt("à không, tôi sinh tháng 3/1980", LAN) == "nữ, sinh tháng 3/1980, hộ cận nghèo"


@pytest.mark.parametrize(
    ("asked", "used"),
    [
        ("mỗi tháng đóng bao nhiêu", {"sex", "age", "groups"}),
        ("hộ nghèo đóng bao nhiêu", {"sex", "age"}),
        ("mẹ tôi đóng bao nhiêu", set()),
        ("hàng xóm đóng bao nhiêu", set()),
        ("nam 50 tuổi bao giờ về hưu", set()),
        ("60 tuổi đóng được không", set()),
        ("tôi 60 tuổi đóng được không", {"sex", "groups"}),
    ],
)
def test_what_the_question_says_goes_first_and_another_case_gets_nothing(asked: str, used: set[str]) -> None:
    assert set(known_of(LAN, asked, read_facts(asked, TODAY), NO_PAST, TODAY).families) == used


def test_behind_a_question_for_another_only_a_word_for_oneself_comes_back() -> None:
    past = Past("mẹ tôi 60 tuổi đóng được không")
    assert known_of(LAN, "đóng bao nhiêu", Facts(), past, TODAY) == NOTHING
    assert known_of(LAN, "tôi đóng bao nhiêu", Facts(), past, TODAY) == LAN


def test_a_payment_or_a_supposed_span_says_what_is_remembered_in_another_way() -> None:
    about = About(income=5_000_000, months_paid=96)
    assert known_of(about, "", Facts(payment=500_000), NO_PAST, TODAY) == About(months_paid=96)
    assert known_of(about, "", Facts(years_planned=20), NO_PAST, TODAY) == About(income=5_000_000)


abouts = st.builds(
    About,
    sex=st.sampled_from([None, *Sex]),
    age=st.none() | st.integers(15, 90),
    born_year=st.none() | st.integers(1940, 2010),
    born_month=st.none() | st.integers(1, 12),
    groups=st.frozensets(st.sampled_from(list(HouseholdGroup)), max_size=2),
    income=st.none() | st.integers(15, 500).map(lambda n: n * 100_000),
    months_paid=st.none() | st.integers(0, 500),
    province=st.sampled_from([None, "Nghệ An", "Hà Nội", "Quảng Ngãi"]),
)


@given(abouts)
def test_it_goes_through_the_state_and_its_words_count_as_said(about: About) -> None:
    assert About.of(about.as_json()) == about
    line = say("recalled", facts=about.in_words())
    assert unfounded(line, Grounds.of(said=about.in_words())) == ()
    assert filled(Facts(), about).group in {*HouseholdGroup, None}


@given(st.dictionaries(st.sampled_from(["sex", "age", "groups", "x"]), st.text(max_size=4) | st.integers()))
def test_a_state_that_cannot_be_read_is_nothing_or_something(kept: dict[str, Any]) -> None:
    assert isinstance(About.of(kept), About)


@pytest.mark.slow
def test_conversations_are_answered_with_what_was_said(tmp_path: Path) -> None:
    system = starter_system(tmp_path)
    wrong = []
    try:
        for case in CASES:
            past, about, answer = NO_PAST, NOTHING, None
            for said in case["said"]:
                answer = system.knowledge.answer(said, today=TODAY, past=past, about=about)
                about = answer.about
                if answer.status in (AnswerStatus.ANSWERED, AnswerStatus.CLARIFY, AnswerStatus.UNKNOWN):
                    past = answer.past
                elif answer.status is not AnswerStatus.SMALLTALK:
                    past = NO_PAST
            assert answer is not None
            if problem := _wrong(answer, case):
                wrong.append(f"{case['said']}: {problem}\n{answer.text}")
    finally:
        system.close()
    assert len(CASES) >= 25
    assert not wrong, "\n\n".join(wrong)


def _wrong(answer: Answer, case: dict[str, Any]) -> str:
    line = re.match(r"Tôi tính theo điều anh/chị đã nói: (.+)\.\n", answer.text)
    told = line[1] if line else ""
    if told != case.get("told", ""):
        return f"told {told!r}"
    if "about" in case and answer.about.in_words() != case["about"]:
        return f"about {answer.about.in_words()!r}"
    lacks = [part for part in case.get("has", []) if part not in answer.text]
    extra = [part for part in case.get("not", []) if part in answer.text]
    return f"lacks {lacks}, has {extra}" if lacks or extra else ""


def test_on_the_day_of_the_cases() -> None:
    assert date(2026, 11, 22) == TODAY
