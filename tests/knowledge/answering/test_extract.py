"""A passage shortened to the sentences that answer."""

from __future__ import annotations

import pytest

from knowledge.answering.extract import MOST_WORDS, extract, first_sentence
from knowledge.law import Coordinate
from knowledge.lexical import LexicalIndex

WHERE = Coordinate("7/2030/QH16", "36", "2")
LONG = "Người góp quỹ được chọn một trong các cách góp sau đây:\n" + "\n".join(
    f"{letter}) Cách thứ {n} là góp {what} theo quy định chi tiết của cơ quan quản lý quỹ và phải báo trước cho nơi thu tiền của xã;"
    for n, (letter, what) in enumerate(
        zip("abcdđ", ("hằng tháng", "ba tháng", "sáu tháng", "một năm", "nhiều năm"), strict=True), 1
    )
)


overlap = LexicalIndex.build(LONG.split("\n")).covered


def test_a_short_passage_is_shown_whole() -> None:
    text = "Góp bằng 22% thu nhập.\nKhông quá hai mươi lần mức chuẩn."
    shown = extract(text, WHERE, "góp bao nhiêu", overlap)
    assert shown.whole
    assert shown.text == text
    assert shown.quotes == ((WHERE, text),)


def test_only_the_point_that_answers_is_shown_behind_its_opening_words() -> None:
    shown = extract(LONG, WHERE, "góp sáu tháng một lần thì sao", overlap)
    assert not shown.whole
    assert shown.text.startswith("Người góp quỹ được chọn một trong các cách góp sau đây:")
    assert "c) Cách thứ 3 là góp sáu tháng" in shown.text
    assert "hằng tháng" not in shown.text


def test_quotes_are_unbroken_words_of_the_passage_at_their_own_point() -> None:
    shown = extract(LONG, WHERE, "góp sáu tháng một lần thì sao", overlap)
    for where, quote in shown.quotes:
        assert quote in LONG
        assert where.clause == "2"
    assert [w.point for w, _ in shown.quotes] == ["", "c"]


def test_opening_words_never_stand_alone() -> None:
    shown = extract(LONG, WHERE, "người góp quỹ được chọn một trong các cách góp sau đây", overlap)
    assert ") Cách thứ" in shown.text


def test_a_question_for_a_list_gets_the_whole_list() -> None:
    shown = extract(LONG, WHERE, "có những cách góp nào", overlap)
    assert all(f"{letter}) " in shown.text for letter in "abcdđ")


def test_nothing_longer_than_the_limit_is_shown() -> None:
    text = " ".join(f"Câu {n} nói về việc góp quỹ hằng tháng của người dân ở xã." for n in range(60))
    shown = extract(text, WHERE, "góp quỹ hằng tháng", overlap)
    assert len(shown.text.split()) <= MOST_WORDS + 5
    assert not shown.whole


def test_numbers_with_points_do_not_end_a_sentence() -> None:
    assert first_sentence("Được 2.000.000 đồng mỗi con. Nộp hồ sơ trong 60 ngày.") == "Được 2.000.000 đồng mỗi con."


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Hộ nghèo được giảm một nửa. Ai cũng vậy.", "Hộ nghèo được giảm một nửa."),
        ("Có. Hộ nghèo được giảm một nửa. Ai cũng vậy.", "Có. Hộ nghèo được giảm một nửa."),
        ("Không.", "Không."),
        ("Có.\nDòng sau.", "Có."),
    ],
)
def test_a_bare_yes_is_no_first_sentence(text: str, first: str) -> None:
    assert first_sentence(text) == first


def test_rows_of_a_table_stay_rows() -> None:
    table = "Nhóm | Mức\nHộ nghèo | 25%\nHộ cận nghèo | 20%"
    assert extract(table, WHERE, "hộ nghèo được bao nhiêu", lambda question, text: 1.0).text == table
