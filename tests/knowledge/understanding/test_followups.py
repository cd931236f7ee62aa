"""Questions that lean on the one before, completed; and those that stand alone, left as they are."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.understanding.facts import read_facts
from knowledge.understanding.followups import NO_PAST, Past, complete, mended, only_facts

TODAY = date(2026, 11, 22)
PAY = Past("Thu nhập 3 triệu đóng bao nhiêu một tháng", "muc_dong")


@pytest.mark.parametrize(
    ("before", "said", "whole"),
    [
        ("mỗi tháng đóng bao nhiêu", "còn hộ nghèo?", "mỗi tháng đóng bao nhiêu, hộ nghèo"),
        ("hộ nghèo đóng bao nhiêu", "còn nếu tôi là hộ cận nghèo thì sao", "hộ cận nghèo đóng bao nhiêu"),
        ("mức đóng thấp nhất là bao nhiêu", "còn cao nhất?", "mức đóng cao nhất là bao nhiêu"),
        (
            "tôi đóng 8 năm, bao lâu nữa có lương hưu",
            "nếu đóng 12 năm thì sao?",
            "tôi đóng 12 năm bao lâu nữa có lương hưu",
        ),
        ("mức đóng thấp nhất là bao nhiêu", "sang năm thì sao", "mức đóng thấp nhất là bao nhiêu, sang năm thì sao"),
        ("ba tôi mới mất", "ông đóng 6 năm mức 1,5 triệu", "ba tôi mới mất, đóng 6 năm, 1,5 triệu"),
        ("thu nhập 3 triệu đóng bao nhiêu", "thế 5 triệu?", "thu nhập 5 triệu đóng bao nhiêu"),
        ("muốn lương hưu 3 triệu thì đóng bao nhiêu", "thế 5 triệu?", "muốn lương hưu 5 triệu thì đóng bao nhiêu"),
        ("nữ đóng 20 năm lương hưu bao nhiêu", "còn nam?", "nam đóng 20 năm lương hưu bao nhiêu"),
        ("nữ đóng 20 năm lương hưu bao nhiêu", "25 năm?", "nữ đóng 25 năm lương hưu bao nhiêu"),
        ("tuổi nghỉ hưu của nữ năm 2026", "năm 2027 thì sao", "tuổi nghỉ hưu của nữ năm 2027"),
        ("hộ nghèo ở hà nội được hỗ trợ bao nhiêu", "còn ở nghệ an?", "hộ nghèo ở nghệ an được hỗ trợ bao nhiêu"),
        ("tôi 52 tuổi đóng bao nhiêu năm nữa", "à không, tôi 45 tuổi", "tôi 45 tuổi đóng bao nhiêu năm nữa"),
        ("hộ cận nghèo đóng bao nhiêu", "nhầm, hộ nghèo chứ không phải cận nghèo", "hộ nghèo đóng bao nhiêu"),
        ("hộ nghèo đóng bao nhiêu", "không phải hộ nghèo, hộ cận nghèo", "hộ cận nghèo đóng bao nhiêu"),
        ("hộ nghèo đóng bao nhiêu", "không phải hộ nghèo mà là cận nghèo", "cận nghèo đóng bao nhiêu"),
        ("hộ nghèo đóng bao nhiêu", "không phải hộ nghèo thì sao", "không phải hộ nghèo đóng bao nhiêu"),
    ],
)
def test_facts_take_the_place_of_those_before(before: str, said: str, whole: str) -> None:
    assert complete(said, Past(before), TODAY).lower() == whole


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("à không, tôi 45 tuổi", "tôi 45 tuổi"),
        ("a nham, 45 tuoi", "45 tuoi"),
        ("tôi 45 tuổi chứ không phải 54 tuổi", "tôi 45 tuổi"),
        ("không phải nam, nữ", "nữ"),
    ],
)
def test_a_correction_says_what_is_right(said: str, right: str) -> None:
    assert mended(said, TODAY) == (right, True)


@pytest.mark.parametrize(
    "said", ["tôi không phải hộ nghèo, mỗi tháng đóng bao nhiêu", "không phải đóng nữa à", "có phải 45 tuổi không"]
)
def test_what_only_denies_corrects_nothing(said: str) -> None:
    assert mended(said, TODAY) == (said, False)


def test_another_person_has_another_age() -> None:
    whole = complete("vợ tôi thì sao?", Past("tôi 52 tuổi đóng 8 năm rồi thì được gì"), TODAY)
    facts = read_facts(whole, TODAY)
    assert (facts.age, facts.months_paid, facts.for_whom) == (None, None, "wife")


@pytest.mark.parametrize(
    "said", ["hồ sơ cần gì?", "nộp ở đâu", "bao lâu thì có tiền", "điều kiện thế nào?", "khi nào nhận"]
)
def test_an_aspect_is_one_of_the_matter_before(said: str) -> None:
    whole = complete(said, Past("sinh con được bao nhiêu tiền", "thai_san"), TODAY)
    assert whole.lower().startswith(said.rstrip("?").lower()) and "thai sản" in whole


@pytest.mark.parametrize(
    "said",
    [
        "thủ tục rút bảo hiểm một lần",
        "đăng ký tham gia ở đâu",
        "ai được tham gia",
        "lương hưu tính thế nào",
        "đóng bao nhiêu một tháng",
        "sinh con được bao nhiêu tiền",
        "đóng 1 năm bao nhiêu tiền",
    ],
)
def test_a_question_of_its_own_is_left_alone(said: str) -> None:
    assert complete(said, PAY, TODAY) == said


def test_a_word_that_only_carries_on_is_dropped_from_a_question_of_its_own() -> None:
    assert complete("thế đăng ký ở đâu?", PAY, TODAY) == "đăng ký ở đâu"


def test_a_clause_of_the_same_article() -> None:
    past = Past("Điều 36 luật 41/2024/qh15 quy định gì")
    assert complete("còn khoản 2?", past, TODAY).lower() == "khoản 2 điều 36 41/2024/qh15"


@given(st.text(max_size=80))
def test_nothing_remembered_changes_nothing(text: str) -> None:
    assert complete(text, NO_PAST, TODAY) == text
    assert isinstance(complete(text, PAY, TODAY), str)


@pytest.mark.parametrize(
    "text", ["Tôi là nữ, 45 tuổi, nhà cận nghèo", "nữ 45 tuổi, thuộc hộ nghèo", "toi la nam, 50 tuoi", "45 tuổi"]
)
def test_a_text_that_only_tells_who_somebody_is(text: str) -> None:
    assert only_facts(text, TODAY)


@pytest.mark.parametrize("text", ["nữ 45 tuổi đăng ký ở đâu", "năm 2027 đóng bao nhiêu", "tôi muốn tham gia"])
def test_a_text_that_asks_tells_not_only_facts(text: str) -> None:
    assert not only_facts(text, TODAY)
