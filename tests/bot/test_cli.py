"""The command `tuvan` as people and programs use it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from tests.bot.installation import fresh

DECREE = """# Nghị định thử

CHÍNH PHỦ

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM

Số: 77/2026/NĐ-CP

Hà Nội, ngày 05 tháng 01 năm 2026

NGHỊ ĐỊNH

Quy định về quỹ tương trợ làng nghề

Điều 1. Mức góp quỹ

1. Mỗi hộ làm nghề góp 50.000 đồng một tháng vào quỹ tương trợ làng nghề.

2. Hộ có người trên 80 tuổi được miễn góp quỹ tương trợ làng nghề.

Điều 2. Hiệu lực thi hành

Nghị định này có hiệu lực thi hành từ ngày 01 tháng 02 năm 2026.
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    fresh(tmp_path, monkeypatch)
    files = tmp_path / "files"
    files.mkdir()
    (files / "77-2026-nd-cp.md").write_text(DECREE, encoding="utf-8")
    return files


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments])


def told(*arguments: str | Path) -> Any:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_folder_goes_in_and_a_question_comes_back_with_its_clause(folder: Path) -> None:
    report = told("ingest", folder, "--json")
    assert [(f["status"], f["number"], f["articles"]) for f in report["files"]] == [("accepted", "77/2026/NĐ-CP", 2)]
    found = told("search", "mỗi hộ góp bao nhiêu", "--json")
    assert (found[0]["document"], found[0]["article"], found[0]["clause"]) == ("77/2026/NĐ-CP", "1", "1")
    assert set(found[0]) >= {"document", "article", "clause", "point", "title", "text", "score"}
    answer = told("ask", "mỗi hộ làm nghề góp quỹ tương trợ làng nghề bao nhiêu tiền một tháng", "--json")
    assert answer["status"] == "answered"
    assert "50.000 đồng" in answer["text"]
    assert answer["as_of"] == "2026-11-22"
    citation = answer["citations"][0]
    assert (citation["document"], citation["article"], citation["clause"]) == ("77/2026/NĐ-CP", "1", "1")
    assert citation["quote"] in DECREE


def test_a_second_run_finds_nothing_to_do(folder: Path) -> None:
    told("ingest", folder, "--json")
    assert told("ingest", folder, "--json")["counts"] == {"unchanged": 1}


def test_a_withdrawn_document_stays_out_until_it_is_asked_back(folder: Path) -> None:
    told("ingest", folder, "--json")
    assert run("withdraw", "77/2026/NĐ-CP").exit_code == 0
    assert told("search", "góp quỹ", "--json") == []
    assert told("ingest", folder, "--json")["files"][0]["status"] == "withdrawn"
    assert told("search", "góp quỹ", "--json") == []
    told("ingest", folder, "--restore", "--json")
    assert told("search", "góp quỹ", "--json")


def test_a_file_that_is_gone_is_reported_and_pruned_only_on_request(folder: Path) -> None:
    told("ingest", folder, "--json")
    (folder / "77-2026-nd-cp.md").rename(folder.parent / "away.md")
    (folder / "ghi-chu.txt").write_text("Một ghi chú ngắn không phải văn bản.", encoding="utf-8")
    run("ingest", folder)
    assert told("search", "góp quỹ", "--json")
    run("ingest", folder, "--prune")
    assert told("search", "góp quỹ", "--json") == []


def test_answers_hold_for_the_day_that_is_asked(folder: Path) -> None:
    told("ingest", folder, "--json")
    assert told("search", "góp quỹ", "--on", "2026-01-31", "--json") == []
    assert told("search", "góp quỹ", "--on", "1/2/2026", "--json")


def test_a_batch_gets_one_line_for_each_question(folder: Path) -> None:
    told("ingest", folder, "--json")
    asked, answered = folder.parent / "q.jsonl", folder.parent / "a.jsonl"
    lines = [
        {"id": "1", "question": "hộ có người trên 80 tuổi có được miễn góp quỹ tương trợ làng nghề không"},
        {"id": "2", "question": "thay vòng bi máy bơm nước loại nào"},
    ]
    asked.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    assert run("ask", "--batch", asked, "--output", answered).exit_code == 0
    rows = [json.loads(line) for line in answered.read_text(encoding="utf-8").splitlines()]
    assert [r["id"] for r in rows] == ["1", "2"]
    assert [r["status"] for r in rows] == ["answered", "unknown"]
    assert set(rows[0]) == {"id", "question", "status", "reason", "text", "citations", "as_of", "seconds"}


def test_a_broken_batch_names_its_line_and_writes_nothing(folder: Path) -> None:
    asked, answered = folder.parent / "q.jsonl", folder.parent / "a.jsonl"
    asked.write_text('{"id": "1", "question": "a"}\n{"id": 2\n', encoding="utf-8")
    done = tuvan("ask", "--batch", asked, "--output", answered)
    assert done.returncode == 1
    assert "q.jsonl, dòng 2" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not answered.exists()


def tuvan(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from bot.cli import main; main()", *map(str, arguments)]
    root = Path(__file__).parents[2]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": str(root)}
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask",),
        ("ask", "--batch", "x.jsonl"),
        ("search", "a", "--on", "hôm nay"),
        ("search", "a", "-k", "0"),
        ("nothing",),
        ("serve", "--port", "99999"),
    ],
)
def test_wrong_use_ends_with_2(folder: Path, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_a_path_without_documents_is_one_clear_line(folder: Path) -> None:
    done = tuvan("ingest", folder.parent / "khong-co")
    assert done.returncode == 1
    assert "Không tìm thấy tệp" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_broken_manifest_is_one_clear_line(folder: Path) -> None:
    (folder / "manifest.csv").write_text("tên,số\na,b\n", encoding="utf-8")
    done = tuvan("ingest", folder)
    assert done.returncode == 1
    assert "manifest.csv" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_wrong_setting_names_the_variable(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUVAN_PORT", "nhiều")
    done = tuvan("documents")
    assert done.returncode == 1
    assert "TUVAN_PORT" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_another_model_is_refused_with_what_to_do(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told("ingest", folder, "--json")
    monkeypatch.setenv("EMBEDDING_MODEL", "khong/co-mo-hinh")
    done = tuvan("ask", "góp quỹ bao nhiêu")
    assert done.returncode == 1
    assert "EMBEDDING_MODEL" in done.stderr


def test_lint_and_documents_and_doctor_tell_the_state(folder: Path) -> None:
    told("ingest", folder, "--json")
    listed = told("documents", "--json")
    assert (listed[0]["status"], listed[0]["effective_from"]) == ("accepted", "2026-02-01")
    assert isinstance(told("lint", "--json"), list)
    checks = {c["name"]: c["ok"] for c in told("doctor", "--json")}
    assert checks["cơ sở dữ liệu"]
    assert checks["vector"]


def test_retrieval_figures_of_any_corpus(folder: Path) -> None:
    corpus, questions = folder.parent / "c.jsonl", folder.parent / "q.jsonl"
    laws = [
        ("Cá", "Người nuôi cá phải khai báo ao nuôi."),
        ("Tôm", "Người nuôi tôm phải xin phép đắp đê."),
        ("Lúa", "Người trồng lúa được miễn thuế."),
    ]
    rows = [
        {
            "doc_id": f"L#{i}",
            "law_id": "L",
            "law_title": "Luật Nông nghiệp",
            "article": str(i),
            "title": t,
            "text": f"{t}\n\n{x}",
        }
        for i, (t, x) in enumerate(laws, 1)
    ]
    corpus.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")
    asked = [
        {
            "qid": "1",
            "question": "nuôi tôm có phải xin phép không",
            "question_nodia": "nuoi tom co phai xin phep khong",
            "gold": ["L#2"],
        }
    ]
    questions.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in asked), encoding="utf-8")
    for field in ("question", "question_nodia"):
        figures = told(
            "evaluate", "retrieval", "--corpus", corpus, "--questions", questions, "--field", field, "--json"
        )
        assert figures["p_at_1"] == 1
        assert figures["questions"] == 1


def test_a_broken_corpus_names_its_line(folder: Path) -> None:
    corpus = folder.parent / "c.jsonl"
    corpus.write_text('{"doc_id": "a", "text": "x"}\n{"doc_id": "a", "text": "y"}\n', encoding="utf-8")
    done = tuvan("evaluate", "retrieval", "--corpus", corpus, "--questions", corpus)
    assert done.returncode == 1
    assert "c.jsonl, dòng 2" in done.stderr
