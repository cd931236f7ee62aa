"""How clauses are called, what a handbook stands on, small talk, evidence, texts."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.answering.basis import split_basis
from knowledge.answering.evidence import THRESHOLD, Evidence
from knowledge.answering.smalltalk import smalltalk
from knowledge.answering.texts import reasons, say
from knowledge.law import Coordinate
from knowledge.speech import clause_name, day, document_name


@pytest.mark.parametrize(
    ("where", "title", "name"),
    [
        (
            Coordinate("41/2024/QH15", "36", "2", "đ"),
            "Luật Bảo hiểm xã hội (trích)",
            "điểm đ khoản 2 Điều 36 Luật Bảo hiểm xã hội 41/2024/QH15",
        ),
        (Coordinate("159/2025/NĐ-CP", "5"), "", "Điều 5 Nghị định 159/2025/NĐ-CP"),
        (Coordinate("14/2026/TT-BNV", "3", "1"), "Thông tư quy định chi tiết", "khoản 1 Điều 3 Thông tư 14/2026/TT-BNV"),
        (Coordinate("Công văn triển khai Nghị quyết 403/NQ-CP", section="5"), "Công văn triển khai Nghị quyết 403/NQ-CP",
         "mục 5 Công văn triển khai Nghị quyết 403/NQ-CP"),
    ],
)  # fmt: skip
def test_a_clause_is_called_as_vietnamese_law_is_cited(where: Coordinate, title: str, name: str) -> None:
    assert clause_name(where, title) == name


def test_days_are_written_as_people_write_them() -> None:
    assert day(date(2027, 1, 1)) == "1/1/2027"


def test_a_document_without_a_title_goes_by_its_number() -> None:
    assert document_name("351/2025/NĐ-CP", "") == "Nghị định 351/2025/NĐ-CP"


def test_the_basis_line_becomes_coordinates_and_leaves_the_text() -> None:
    text = "Góp 22%.\nCăn cứ: Luật BHXH 41/2024/QH15, Điều 36 khoản 2 điểm đ; Điều 31 khoản 2; Nghị định 159/2025/NĐ-CP, Điều 6."
    body, basis = split_basis(text)
    assert body == "Góp 22%."
    assert basis == (
        Coordinate("41/2024/QH15", "36", "2", "đ"),
        Coordinate("41/2024/QH15", "31", "2"),
        Coordinate("159/2025/NĐ-CP", "6"),
    )


def test_a_basis_line_that_a_page_broke_is_read_to_its_end() -> None:
    body, basis = split_basis(
        "Góp 22%.\nCăn cứ: Luật 41/2024/QH15, Điều 36 khoản 2;\nNghị định 159/2025/NĐ-CP, Điều 6.\nHết."
    )
    assert body == "Góp 22%.\nHết."
    assert [w.article for w in basis] == ["36", "6"]


def test_a_basis_without_an_official_number_names_nothing() -> None:
    assert split_basis("Nội dung.\nCăn cứ: quy định của xã.") == ("Nội dung.", ())


@pytest.mark.parametrize(
    ("text", "kind"),
    [("Chào anh chị ạ!", "greeting"), ("cám ơn nhiều nhé", ""), ("Cảm ơn nhiều ạ", "thanks"), ("bạn là ai?", "who")],
)
def test_small_talk_is_known_by_the_whole_message(text: str, kind: str) -> None:
    assert smalltalk(text) == kind or (kind == "" and smalltalk(text) in ("", "thanks"))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("cảm ơn em nhé", "thanks"),
        ("Dạ em cảm ơn anh chị đã tư vấn nhiệt tình ạ", "thanks"),
        ("ok thanks ad nhiều", "thanks"),
        ("Cảm ơn bác, thôi cháu hiểu rồi", "thanks"),
        ("xin chào cả nhà", "greeting"),
        ("Em chào cán bộ ạ", "greeting"),
        ("em cảm ơn nhưng em chưa hiểu", ""),
        ("chào anh cho em hỏi mức đóng", ""),
        ("tôi", ""),
    ],
)
def test_thanks_and_greetings_come_with_whom_they_are_said_to_and_what_for(text: str, kind: str) -> None:
    assert smalltalk(text) == kind


@pytest.mark.parametrize(
    "text", ["Chào bạn, đóng bao nhiêu tiền?", "cảm ơn, còn lương hưu thì sao", "bạn là ai mà biết mức đóng"]
)
def test_a_question_behind_a_greeting_is_a_question(text: str) -> None:
    assert smalltalk(text) == ""


def test_a_message_of_many_such_words_stops_nobody() -> None:
    """An expression with two ways of reading "anh chị" took for ever."""
    assert (
        smalltalk("anh chị " * 400 + "x") == ""
        and smalltalk("anh chị " * 400 + "cảm ơn " + "rất nhiều " * 400 + "x") == ""
    )


def test_evidence_grows_with_each_thing_that_speaks_for_a_passage() -> None:
    weak, strong = Evidence(0.1, 0.84), Evidence(0.6, 0.93)
    assert weak.strength < THRESHOLD < strong.strength
    assert not weak.enough
    assert strong.enough
    assert Evidence(0.6, 0.86).strength > Evidence(0.1, 0.86).strength


def test_without_vectors_words_decide() -> None:
    assert Evidence(0.6, 0.0).enough
    assert not Evidence(0.2, 0.0).enough


def test_every_reason_has_a_label_and_texts_name_the_missing_part() -> None:
    assert all(label for label in reasons().values())
    with pytest.raises(KeyError):
        say("basis")
