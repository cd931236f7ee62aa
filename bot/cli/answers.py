"""`tuvan search` and `tuvan ask`."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.bootstrap import System, bootstrap
from bot.cli.app import app
from bot.cli.output import console, note, parse_day, print_json
from bot.settings import load_settings
from knowledge.answering import Answer
from knowledge.errors import BadInput
from knowledge.speech import clause_name

OnDay = Annotated[str | None, typer.Option("--on", help="Ngày áp dụng, ví dụ 2026-11-22; mặc định là hôm nay.")]
AsJson = Annotated[bool, typer.Option("--json", help="In JSON cho chương trình khác đọc.")]


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="Từ khoá hoặc câu hỏi, có dấu hay không dấu.")],
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="Số kết quả.")] = 5,
    on: OnDay = None,
    as_json: AsJson = False,
) -> None:
    """Tìm điều khoản còn hiệu lực vào một ngày."""
    day = parse_day(on)
    system = bootstrap(load_settings(), report=note)
    try:
        found = system.knowledge.find(text, today=system.clock.today(), on=day, k=k)
    finally:
        system.close()
    rows = [
        {
            "document": p.number,
            "article": p.article,
            "clause": p.clause,
            "point": p.point,
            "section": p.section,
            "title": p.title,
            "heading": p.heading,
            "text": p.text,
            "score": round(f.score, 4),
        }
        for f, p in found
    ]
    if as_json:
        print_json(rows)
        return
    if not rows:
        note("Không tìm thấy điều khoản nào còn hiệu lực.")
    for place, (f, p) in enumerate(found, 1):
        console.print(f"{place}. {clause_name(p.coordinate, p.title)}  ({f.score:.2f})", style="bold", markup=False)
        if p.heading:
            console.print(f"   {p.heading}", style="dim", markup=False)
        console.print(f"   {_short(p.text)}", markup=False)


@app.command()
def ask(
    text: Annotated[str | None, typer.Argument(help="Câu hỏi.")] = None,
    batch: Annotated[
        Path | None, typer.Option("--batch", help="Tệp JSONL {id, question}; mỗi dòng là một cuộc trò chuyện riêng.")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", help="Tệp JSONL ghi câu trả lời; đi cùng --batch.")] = None,
    on: OnDay = None,
    as_json: AsJson = False,
) -> None:
    """Trả lời một câu hỏi, hoặc cả một tệp câu hỏi."""
    day = parse_day(on)
    if (text is None) == (batch is None):
        raise typer.BadParameter("Cần một câu hỏi, hoặc --batch TỆP.")
    if batch is not None and output is None:
        raise typer.BadParameter("--batch cần --output TỆP để ghi câu trả lời.")
    questions = _read_batch(batch) if batch is not None else []
    system = bootstrap(load_settings(), report=note)
    try:
        system.prepare()  # a broken file of rates or cards is one line here, not "cannot reach the sources" for each question
        if batch is not None and output is not None:
            _answer_all(system, questions, output, day)
            note(f"Đã ghi {len(questions)} câu trả lời vào {output}.")
            return
        assert text is not None
        begin = time.perf_counter()
        answer = system.knowledge.answer(text, today=system.clock.today(), on=day)
        if as_json:
            print_json(_as_row("", text, answer, time.perf_counter() - begin))
        else:
            console.print(answer.text, markup=False)
    finally:
        system.close()


def _answer_all(system: System, questions: list[tuple[str, str]], output: Path, day: date | None) -> None:
    """Writes all answers or, when anything fails, none."""
    work = output.with_name(f".{output.name}.{uuid.uuid4().hex}")
    try:
        with work.open("w", encoding="utf-8") as lines:
            for name, text in questions:
                begin = time.perf_counter()
                # Each line is a conversation of its own, also where the chat model's use is counted.
                answer = system.knowledge.answer(text, today=system.clock.today(), on=day, person=f"batch:{name}")
                lines.write(
                    json.dumps(_as_row(name, text, answer, time.perf_counter() - begin), ensure_ascii=False) + "\n"
                )
        work.replace(output)
    except OSError as error:
        raise BadInput(f"{output}: không ghi được ({error.strerror}).", "Chọn thư mục khác cho --output.") from error
    finally:
        work.unlink(missing_ok=True)


def _as_row(name: str, question: str, answer: Answer, seconds: float) -> dict[str, Any]:
    return {
        "id": name,
        "question": question,
        "status": answer.status.value,
        "reason": answer.reason,
        "text": answer.text,
        "citations": [asdict(c) for c in answer.citations],
        "as_of": answer.as_of.isoformat(),
        "seconds": round(seconds, 4),
    }


def _read_batch(path: Path) -> list[tuple[str, str]]:
    """(id, question) of each line. Raises BadInput naming the line, before anything is answered."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            f"{path}: không đọc được ({type(error).__name__}).", "Kiểm tra đường dẫn; tệp JSONL mã UTF-8."
        ) from error
    questions = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            questions.append((str(row["id"]), str(row["question"])))
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise BadInput(
                f"{path.name}, dòng {number}: cần một đối tượng JSON có id và question.", "Sửa dòng đó rồi chạy lại."
            ) from error
    return questions


def _short(text: str, words: int = 60) -> str:
    parts = text.split()
    return " ".join(parts[:words]) + (" …" if len(parts) > words else "")
