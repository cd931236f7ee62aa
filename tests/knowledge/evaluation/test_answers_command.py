"""`tuvan evaluate` as people and programs use it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from tests.bot.installation import fresh

LETTER = """# Nghị định thử

CHÍNH PHỦ

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM

Số: 77/2026/NĐ-CP

Hà Nội, ngày 05 tháng 01 năm 2026

NGHỊ ĐỊNH

Quy định về quỹ tương trợ làng nghề

Điều 1. Mức góp quỹ

1. Mỗi hộ làm nghề góp 50.000 đồng một tháng vào quỹ tương trợ làng nghề.

Điều 2. Hiệu lực thi hành

Nghị định này có hiệu lực thi hành từ ngày 01 tháng 02 năm 2026.
"""
ASKED: dict[str, Any] = {
    "id": "chao",
    "question": "Xin chào",
    "variant_of": None,
    "topic": "gioi_han",
    "in_scope": True,
    "expected_behavior": "redirect",
    "route": "smalltalk",
    "expected_facts": ["trợ lý"],
    "forbidden_facts": [],
    "clauses": [],
    "on": "2026-11-22",
    "kind": "plain",
}
NAMED = ASKED | {
    "id": "dieu",
    "question": "Điều 1 Nghị định 77/2026/NĐ-CP quy định gì?",
    "expected_behavior": "answer",
    "route": "",
    "expected_facts": ["50.000"],
    "clauses": ["77/2026/NĐ-CP#1"],
}
UNKNOWN = NAMED | {"id": "sai", "expected_facts": ["99.999"]}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    fresh(tmp_path, monkeypatch)
    (tmp_path / "77-2026-nd-cp.md").write_text(LETTER, encoding="utf-8")
    assert run("ingest", tmp_path / "77-2026-nd-cp.md", "--no-embed").exit_code == 0
    return tmp_path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments])


def written(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")
    return path


def test_figures_and_a_report_come_out(folder: Path) -> None:
    questions = written(folder / "q.jsonl", ASKED, NAMED)
    result = run("evaluate", "--questions", questions, "--output", folder / "out", "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["sets"]["q.jsonl"]["figures"]["correct"] == 1
    assert told["sets"]["q.jsonl"]["figures"]["right_clause_cited"] == 1
    assert told["sets"]["q.jsonl"]["failures"] == []
    assert told["two_days"] is None
    assert (folder / "out" / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    kept = json.loads((folder / "out" / "figures.json").read_text(encoding="utf-8"))
    assert kept["sets"] == told["sets"]


def test_below_a_threshold_it_fails_and_names_each(folder: Path) -> None:
    questions = written(folder / "q.jsonl", ASKED, UNKNOWN)
    result = run("evaluate", "--questions", questions, "--output", folder / "out")
    assert result.exit_code == 1
    assert "q.jsonl: correct 0.5, ít nhất" in result.stderr
    assert "right_clause_cited" not in result.stderr
    assert "Đúng: 50%" in result.stdout
    assert "99.999" in (folder / "out" / "report.html").read_text(encoding="utf-8")


def test_a_set_that_nobody_tunes_on_stays_closed(folder: Path) -> None:
    locked = written(folder / "locked.jsonl", UNKNOWN)
    result = run("evaluate", "--questions", locked, "--output", folder / "out", "--json")
    assert json.loads(result.stdout)["sets"]["locked.jsonl"]["failures"] is None
    assert "99.999" not in (folder / "out" / "report.html").read_text(encoding="utf-8")


def test_another_day_asks_every_question_on_it(folder: Path) -> None:
    questions = written(folder / "q.jsonl", NAMED)
    early = run("evaluate", "--questions", questions, "--output", folder / "out", "--on", "2026-01-20", "--json")
    assert json.loads(early.stdout)["sets"]["q.jsonl"]["figures"]["correct"] == 0, "not yet in force on that day"


def test_a_bad_file_is_wrong_use_and_one_line(folder: Path) -> None:
    result = run("evaluate", "--questions", written(folder / "q.jsonl", ASKED, {"id": "x"}))
    assert result.exit_code == 2
    assert result.stdout == ""
    assert [line for line in result.stderr.splitlines() if line] == [
        "Lỗi: q.jsonl, dòng 2: thiếu trường question. Xem định dạng trong knowledge/evaluation/questions/README.md."
    ]


def test_a_bad_day_is_wrong_use() -> None:
    assert run("evaluate", "--on", "ngày mai").exit_code == 2
