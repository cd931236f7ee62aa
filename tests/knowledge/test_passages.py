"""Provisions cut into passages."""

from __future__ import annotations

from datetime import date

from knowledge.law import Coordinate, InForce, Provision, ProvisionKind
from knowledge.passages import MAX_WORDS, make_passages

HELD = InForce(date(2025, 7, 1))
LAW = "1/2030/QH99"


def article(text: str, clause: str = "", point: str = "", kind: ProvisionKind | None = None) -> Provision:
    kind = kind or (ProvisionKind.POINT if point else ProvisionKind.CLAUSE if clause else ProvisionKind.ARTICLE)
    return Provision(Coordinate(LAW, "5", clause, point), kind, text, "Phương thức nộp")


def test_a_clause_keeps_its_points_and_their_letters() -> None:
    passages = make_passages(
        [article("Người nộp được chọn:", "1"), article("Từng tháng;", "1", "a"), article("Từng quý.", "1", "b")], HELD
    )
    assert [(str(p.coordinate), p.text) for p in passages] == [
        ("1/2030/QH99 · Điều 5 · khoản 1", "Người nộp được chọn:\na) Từng tháng;\nb) Từng quý.")
    ]


def test_search_knows_the_article_and_its_opening_words() -> None:
    provisions = [
        article("Người dân được lợi như sau:"),
        article("Được giảm tiền.", "1"),
        article("Được hoãn nộp.", "2"),
    ]
    second = make_passages(provisions, HELD)[2]
    assert second.text == "Được hoãn nộp."
    assert second.search_text == "Phương thức nộp. Người dân được lợi như sau\nĐược hoãn nộp."


def test_a_long_clause_is_cut_between_points_and_repeats_its_opening() -> None:
    points = [article("chữ " * 60 + f"thứ {letter};", "1", letter) for letter in "abcdđe"]
    passages = make_passages([article("Các trường hợp:", "1"), *points], HELD)
    assert len(passages) > 1
    assert all(len(p.text.split()) <= MAX_WORDS for p in passages)
    assert all("Các trường hợp" in p.search_text for p in passages)
    joined = "\n".join(p.text for p in passages)
    assert all(f"thứ {letter};" in joined for letter in "abcdđe")


def test_one_endless_paragraph_is_cut_between_sentences_without_losing_a_word() -> None:
    text = " ".join(f"Câu số {i} nói về một việc rất dài dòng và khó hiểu." for i in range(80))
    passages = make_passages([article(text)], HELD)
    assert " ".join(p.text.replace("\n", " ") for p in passages) == text


def test_a_provision_of_unknown_validity_makes_no_passage() -> None:
    own = InForce(date(2030, 1, 1), date(2031, 1, 1))
    dated = Provision(Coordinate(LAW, "6"), ProvisionKind.ARTICLE, "Có ngày riêng.", in_force=own)
    passages = make_passages([article("Không rõ ngày."), dated], None)
    assert [(p.coordinate.article, p.in_force) for p in passages] == [("6", own)]


def test_tables_and_forms_stand_alone() -> None:
    table = Provision(
        Coordinate(LAW, "5", "1", section="Bảng 1"), ProvisionKind.TABLE, "Năm | Tuổi\n2026 | 57", "Phương thức nộp"
    )
    form = Provision(Coordinate(LAW, section="Mẫu 1"), ProvisionKind.FORM, "Họ và tên:", quotable=False)
    passages = make_passages([article("Bảng sau:", "1"), table, form], HELD)
    assert [p.quotable for p in passages] == [True, True, False]
    assert passages[1].coordinate.section == "Bảng 1"


def test_sections_of_a_letter_are_passages_of_their_own() -> None:
    sections = [
        Provision(Coordinate("Công văn A", section=str(n)), ProvisionKind.SECTION, f"- Việc {n}.", f"Cơ quan {n}")
        for n in (1, 2)
    ]
    passages = make_passages(sections, HELD)
    assert [p.coordinate.section for p in passages] == ["1", "2"]
    assert "Cơ quan 2" in passages[1].search_text
