"""Retrieval sets as they are read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge.errors import BadInput
from knowledge.evaluation.corpus import CorpusArticle, provisions_of, read_corpus, read_questions


def written(path: Path, *rows: object) -> Path:
    path.write_text(
        "\n".join(r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8"
    )
    return path


def test_an_article_is_cut_at_its_clauses_and_points() -> None:
    text = (
        "Mức góp\n\nNgười dân góp như sau:\n\n1. Góp hằng tháng:\n\na) Bằng tiền;\n\nb) Bằng thóc.\n\n2. Góp một lần."
    )
    article = CorpusArticle("L#3", "L", "Luật Quỹ", "3", "Mức góp", text)
    assert [(p.coordinate.clause, p.coordinate.point, p.text) for p in provisions_of(article)] == [
        ("", "", "Người dân góp như sau:"),
        ("1", "", "Góp hằng tháng:"),
        ("1", "a", "Bằng tiền;"),
        ("1", "b", "Bằng thóc."),
        ("2", "", "Góp một lần."),
    ]


def test_a_title_that_is_a_whole_clause_is_no_heading() -> None:
    text = "1. Công dân có nghĩa vụ trung thành.\n\n2. Phản bội là tội nặng nhất."
    article = CorpusArticle("H#44", "H", "Hiến pháp", "44", "1. Công dân có nghĩa vụ trung thành.", text)
    provisions = provisions_of(article)
    assert [p.coordinate.clause for p in provisions] == ["1", "2"]
    assert all(p.heading == "" for p in provisions)


def test_only_the_first_line_of_a_long_title_is_the_heading() -> None:
    title = "Điều kiện kết hôn\n1. Nam, nữ kết hôn phải đủ tuổi:"
    article = CorpusArticle("G#8", "G", "Luật", "8", title, title + "\na) Nam từ đủ 20 tuổi.")
    provisions = provisions_of(article)
    assert {p.heading for p in provisions} == {"Điều kiện kết hôn"}
    assert provisions[0].text == "Nam, nữ kết hôn phải đủ tuổi:"


def test_no_word_of_an_article_is_lost() -> None:
    text = "Lời đầu.\n1. Một.\n3. Ba là chữ thường trong câu.\n2. Hai.\na) Điểm.\nĐoạn cuối."
    article = CorpusArticle("x", "x", "", "1", "", text)
    joined = " ".join(p.text for p in provisions_of(article))
    for word in ("đầu", "Một", "Ba", "Hai", "Điểm", "cuối"):
        assert word in joined


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (['{"doc_id": "a"'], "dòng 1"),
        ([{"doc_id": "a", "text": "x"}, "[]"], "dòng 2"),
        ([{"text": "x"}], "doc_id"),
        ([{"doc_id": "a", "text": ""}], "text"),
        ([{"doc_id": "a", "text": "x"}, {"doc_id": "a", "text": "y"}], "lặp lại"),
    ],
)
def test_a_broken_corpus_is_one_clear_line(tmp_path: Path, rows: list[object], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        read_corpus(written(tmp_path / "c.jsonl", *rows))


@pytest.mark.parametrize(
    ("rows", "told"),
    [([{"qid": "1", "question": "a"}], "gold"), ([{"qid": "1", "gold": ["x"]}], "question"), ([], "không có câu hỏi")],
)
def test_broken_questions_are_one_clear_line(tmp_path: Path, rows: list[object], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        read_questions(written(tmp_path / "q.jsonl", *rows))


def test_a_missing_file_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="không đọc được"):
        read_corpus(tmp_path / "none.jsonl")
