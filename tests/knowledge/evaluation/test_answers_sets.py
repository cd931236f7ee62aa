"""Graded questions as they are read, and the project's own sets."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from knowledge.errors import BadInput
from knowledge.evaluation.graded import (
    Behaviour,
    Clause,
    GradedQuestion,
    Kind,
    questions_folder,
    read_graded,
    read_two_days,
)
from knowledge.vietnamese import fold

ROW: dict[str, Any] = {
    "id": "q1",
    "question": "Mức thấp nhất?",
    "variant_of": None,
    "topic": "muc_dong",
    "in_scope": True,
    "expected_behavior": "answer",
    "route": "card",
    "expected_facts": ["330.000", "22%|22 phần trăm"],
    "forbidden_facts": [],
    "clauses": ["41/2024/QH15#36", "351/2025/NĐ-CP"],
    "on": "2026-11-22",
    "kind": "plain",
}
PAIR: dict[str, Any] = {"id": "1", "question": "A?", "facts_2026": ["1"], "facts_2027": ["2"], "same": False}
LEAST = {
    Kind.FALSE_PREMISE: 25,
    Kind.OUTDATED_LAW: 20,
    Kind.SITUATION: 60,
    Kind.BOUNDARY: 15,
    Kind.PLAIN: 60,
}


def written(path: Path, *rows: object) -> Path:
    lines = [r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_question_is_read_whole(tmp_path: Path) -> None:
    (read,) = read_graded(written(tmp_path / "q.jsonl", ROW))
    assert read.behaviour is Behaviour.ANSWER
    assert read.clauses == (Clause("41/2024/QH15", "36"), Clause("351/2025/NĐ-CP"))
    assert [str(c) for c in read.clauses] == ROW["clauses"]
    assert read.on == date(2026, 11, 22)
    assert read.expected_facts == ("330.000", "22%|22 phần trăm")


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (['{"id": "a"'], "dòng 1: không phải JSON"),
        ([ROW, "", "[1]"], "dòng 3: không phải đối tượng"),
        ([ROW | {"question": " "}], "dòng 1: thiếu trường question"),
        ([{k: v for k, v in ROW.items() if k != "topic"}], "dòng 1: thiếu trường topic"),
        ([ROW, ROW | {"id": "q2", "in_scope": "yes"}], "dòng 2: trường in_scope"),
        ([ROW | {"expected_behavior": "guess"}], "dòng 1: trường expected_behavior phải là một trong 'answer'"),
        ([ROW | {"kind": "odd"}], "trường kind"),
        ([ROW | {"route": "llm"}], "trường route"),
        ([ROW | {"route": []}], "trường route"),
        ([ROW | {"on": "22/11/2026"}], "trường on"),
        ([ROW | {"expected_facts": "330.000"}], "trường expected_facts phải là danh sách"),
        ([ROW | {"expected_facts": ["a|"]}], "trường expected_facts có mục trống"),
        ([ROW | {"forbidden_facts": [1]}], "trường forbidden_facts"),
        ([ROW | {"clauses": None}], "trường clauses"),
        ([ROW | {"variant_of": 3}], "variant_of phải là id"),
        ([ROW, ROW], "dòng 2: id q1 lặp lại"),
        ([ROW, ROW | {"id": "q2", "variant_of": "q9"}], "q2.: variant_of q9 không có"),
        ([], "không có câu hỏi nào"),
    ],
)
def test_a_broken_file_is_one_line_that_names_the_place(tmp_path: Path, rows: list[object], told: str) -> None:
    with pytest.raises(BadInput, match=told) as raised:
        read_graded(written(tmp_path / "q.jsonl", *rows))
    assert "\n" not in str(raised.value)
    assert str(raised.value).startswith("q.jsonl")
    assert raised.value.remedy


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (PAIR | {"same": True}, "same không khớp"),
        (PAIR | {"facts_2027": ["1"]}, "same không khớp"),
        (PAIR | {"facts_2026": []}, "ít nhất một mục"),
        (PAIR | {"same": 1}, "trường same"),
    ],
)
def test_a_broken_pair_is_one_line_that_names_the_place(tmp_path: Path, row: object, told: str) -> None:
    with pytest.raises(BadInput, match=rf"dòng 2: .*{told}"):
        read_two_days(written(tmp_path / "two.jsonl", PAIR | {"id": "0"}, row))


def test_a_file_that_is_not_there_or_not_text_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="không đọc được"):
        read_graded(tmp_path / "none.jsonl")
    (tmp_path / "bin.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match="không đọc được"):
        read_graded(tmp_path / "bin.jsonl")


@pytest.fixture(scope="module")
def own() -> list[GradedQuestion]:
    return read_graded(questions_folder() / "open.jsonl")


def test_the_tuning_set_is_wide(own: list[GradedQuestion]) -> None:
    kinds = Counter(q.kind for q in own)
    for kind, least in LEAST.items():
        assert kinds[kind] >= least, kind
    assert kinds[Kind.NO_ACCENTS] + kinds[Kind.TEENCODE] >= 60
    assert kinds[Kind.OUT_OF_SCOPE] + kinds[Kind.HOSTILE] >= 30
    assert len([q for q in own if q.variant_of is None]) >= 230
    assert {q.behaviour for q in own} == set(Behaviour)
    assert len({q.topic for q in own if q.in_scope}) >= 29


def test_no_question_of_the_tuning_set_stands_twice(own: list[GradedQuestion]) -> None:
    assert [text for text, count in Counter(q.question for q in own).items() if count > 1] == []


def test_a_variant_expects_what_its_original_expects(own: list[GradedQuestion]) -> None:
    by_id = {q.id: q for q in own}
    for q in own:
        if q.kind in {Kind.NO_ACCENTS, Kind.TEENCODE}:
            assert q.variant_of is not None, q.id
        if q.variant_of is None:
            continue
        base = by_id[q.variant_of]
        assert base.variant_of is None, q.id
        same = ("topic", "in_scope", "behaviour", "on", "expected_facts", "forbidden_facts", "clauses", "route")
        assert [getattr(q, name) for name in same] == [getattr(base, name) for name in same], q.id


def test_questions_without_accents_have_none(own: list[GradedQuestion]) -> None:
    assert [q.id for q in own if q.kind is Kind.NO_ACCENTS and fold(q.question) != q.question] == []


def test_a_question_to_be_answered_has_a_fact_to_look_for(own: list[GradedQuestion]) -> None:
    wanting = {Behaviour.ANSWER, Behaviour.ANSWER_WITH_UNCERTAINTY, Behaviour.CORRECT, Behaviour.HANDOFF}
    assert [q.id for q in own if q.behaviour in wanting and not q.expected_facts] == []


def test_no_fact_is_expected_and_forbidden(own: list[GradedQuestion]) -> None:
    for q in own:
        wordings = {w.strip() for fact in q.expected_facts for w in fact.split("|")}
        assert not wordings & set(q.forbidden_facts), q.id


def test_the_questions_of_two_days_change_or_stay() -> None:
    pairs = read_two_days(questions_folder() / "two_days.jsonl")
    assert len(pairs) == 60
    assert sum(p.same for p in pairs) >= 20
    assert sum(not p.same for p in pairs) >= 30
    assert len({p.question for p in pairs}) == len(pairs)
