"""Questions as they are typed."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date

import pytest

from knowledge.law import Coordinate
from knowledge.questions import MAX_CHARACTERS, asked_day, named_coordinate, read_question, widen
from knowledge.restore import MarksRestorer
from knowledge.shorthand import _tables, write_out, write_out_abbreviations

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def restorer() -> MarksRestorer:
    return MarksRestorer.train(
        [
            "Khoản 2 Điều 36 Luật Bảo hiểm xã hội quy định phương thức đóng bảo hiểm xã hội tự nguyện.",
            "Hưởng lương hưu hằng tháng.",
        ]
    )


@pytest.mark.parametrize(
    ("typed", "full"),
    [
        ("BHXH TN", "bảo hiểm xã hội tự nguyện"),
        ("e ko bik", "em không biết"),
        ("3tr", "3 triệu"),
        ("2tr5 1 tháng", "2,5 triệu 1 tháng"),
        ("50k", "50 nghìn"),
        ("3 củ", "3 triệu"),
        ("hđlđ của nlđ", "hợp đồng lao động của người lao động"),
    ],
)
def test_shorthand_is_written_out(typed: str, full: str) -> None:
    assert write_out(typed) == full


@pytest.mark.parametrize("text", ["159/2025/NĐ-CP", "điểm b khoản 2", "13/2026/TT-BNV"])
def test_official_numbers_and_letters_of_points_are_not_shorthand(text: str) -> None:
    assert write_out(text) == text


def test_documents_are_written_out_only_where_they_stand_in_capitals() -> None:
    assert (
        write_out_abbreviations("Theo NQ-HĐND, UBND xã và BHXH tỉnh e dè")
        == "Theo NQ-HĐND, ủy ban nhân dân xã và bảo hiểm xã hội tỉnh e dè"
    )


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("khoản 2 Điều 36 Luật 41/2024/QH15 nói gì", Coordinate("41/2024/QH15", "36", "2")),
        ("điểm đ khoản 1 điều 102", Coordinate("", "102", "1", "đ")),
        ("nghị định 159 có gì mới", Coordinate("159")),
        ("dieu 98 luat 41/2024", Coordinate("41/2024", "98")),
    ],
)
def test_a_named_clause_is_understood(text: str, where: Coordinate) -> None:
    assert named_coordinate(text) == where


def test_a_question_without_a_clause_names_none() -> None:
    assert named_coordinate("đóng 20 năm được bao nhiêu") is None
    assert named_coordinate("sinh ngày 3/5/1970 thì năm 2031 nghỉ hưu") is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("từ 1/1/2027 đóng bao nhiêu", date(2027, 1, 1)),
        ("ngày 15 tháng 3 năm 2027", date(2027, 3, 15)),
        ("tháng 2/2027", date(2027, 2, 1)),
        ("năm 2028 thì sao", date(2028, 1, 1)),
        ("sang năm mức đóng có tăng không", date(2027, 1, 1)),
        ("tôi đóng từ năm 2015", None),
        ("31/2/2027", None),
        ("năm 2090", None),
        ("trước năm 2027 đóng thấp nhất bao nhiêu", None),
        ("đăng ký trước ngày 1/1/2027 thì theo mức nào", None),
        ("trước tháng 2/2027", None),
        ("chỉ tiêu đến năm 2030 là bao nhiêu người", None),
        ("đến năm 2027 mức đóng là bao nhiêu", date(2027, 1, 1)),
    ],
)
def test_only_a_future_day_is_taken_from_the_question(text: str, day: date | None) -> None:
    assert asked_day(text, TODAY) == day


def test_everyday_words_bring_the_words_of_the_law() -> None:
    assert "mai táng" in widen("tiền ma chay cho ba tôi")
    assert widen("đóng bao nhiêu") == ""


def test_marks_shorthand_and_clause_come_together(restorer: MarksRestorer) -> None:
    question = read_question("khoan 2 dieu 36 luat bhxh noi gi", restorer, TODAY)
    assert question.named == Coordinate("", "36", "2")
    assert "bảo hiểm xã hội" in question.search_text


def test_unicode_form_case_and_spacing_read_alike(restorer: MarksRestorer) -> None:
    text = "phương thức đóng bảo hiểm xã hội"
    variants = [unicodedata.normalize("NFD", text), "  phương   thức đóng\u00a0bảo hiểm xã hội ", text.upper()]
    for variant in variants:
        read = read_question(variant, restorer, TODAY)
        assert read.search_text == read_question(text, restorer, TODAY).search_text


def test_a_very_long_message_is_cut_between_words(restorer: MarksRestorer) -> None:
    read = read_question("đóng " * 1_000, restorer, TODAY)
    assert len(read.text) <= MAX_CHARACTERS
    assert read.text.endswith("đóng")


@pytest.mark.parametrize(
    "change",
    [
        str.upper,
        str.lower,
        str.title,
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: f"  {text.replace(' ', '   ')} ",
    ],
    ids=["upper", "lower", "title", "NFD", "spaces"],
)
def test_capitals_unicode_form_and_blanks_make_no_difference_to_the_search(change: Callable[[str], str]) -> None:
    text = "Người ở đặc khu Lý Sơn đóng bảo hiểm xã hội tự nguyện được hỗ trợ bao nhiêu?"
    restorer = MarksRestorer.train([text])
    today = date(2026, 11, 22)
    one, other = read_question(text, restorer, today), read_question(change(text), restorer, today)
    assert (one.search_text, one.widened) == (other.search_text, other.widened)


def test_every_abbreviation_of_the_table_can_be_seen_by_its_capitals() -> None:
    official, _, _ = _tables()
    assert [short for short in official if write_out_abbreviations(short.upper()) != official[short]] == []
