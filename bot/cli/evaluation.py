"""`tuvan evaluate`: answers; `tuvan evaluate retrieval`: search in any corpus."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress as Bars

from bot.bootstrap import System, bootstrap, default_embedder
from bot.cli.answers import AsJson
from bot.cli.app import evaluate
from bot.cli.output import complain, console, messages, note, parse_day, print_json, progress_bars
from bot.knowing import bring_in_starter
from bot.settings import load_settings
from knowledge.answers import Answer
from knowledge.errors import BadInput
from knowledge.evaluation.answers import Progress, evaluate_answers
from knowledge.evaluation.graded import (
    GradedQuestion,
    TwoDaysQuestion,
    questions_folder,
    read_graded,
    read_two_days,
)
from knowledge.evaluation.report import Part, figure_name, figure_text, render_report
from knowledge.evaluation.thresholds import Missed, Thresholds, load_thresholds, missed
from knowledge.evaluation.two_days import TwoDaysFigures, evaluate_two_days

LOCKED = "locked.jsonl"
TWO_DAYS = "two_days.jsonl"


@dataclass(frozen=True, slots=True)
class _Set:
    """A file of questions; a locked one is counted and not shown."""

    name: str
    questions: list[GradedQuestion]
    shown: bool = True


@evaluate.callback(invoke_without_command=True, no_args_is_help=False)
def answers(
    context: typer.Context,
    questions: Annotated[
        Path | None, typer.Option("--questions", help="Tệp JSONL câu hỏi; mặc định là mọi bộ câu đi kèm.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", help="Thư mục ghi báo cáo; mặc định là evaluation trong thư mục dữ liệu.")
    ] = None,
    on: Annotated[
        str | None, typer.Option("--on", help="Hỏi mọi câu như thể là ngày này; mặc định là ngày ghi ở từng câu.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Đo chất lượng tra cứu và trả lời; không kèm lệnh con thì đo câu trả lời."""
    if context.invoked_subcommand is not None:
        return
    day = parse_day(on)
    try:
        thresholds = load_thresholds()
        sets, pairs = _sets(questions, day)
    except BadInput as error:
        complain(str(error), error.remedy)
        raise typer.Exit(2) from None
    settings = load_settings()
    folder = output or settings.tuvan_data / "evaluation"
    with closing(bootstrap(settings, report=note)) as system:
        parts, two_days = _ask_all(system, sets, pairs)
        made_on = system.clock.today()
    short = _missed(parts, two_days, thresholds)
    report = render_report(parts, two_days, thresholds, short, made_on=made_on)
    page = _written(folder / "report.html", report)
    told = _as_json(parts, two_days, short)
    _written(folder / "figures.json", json.dumps(told, ensure_ascii=False, indent=2) + "\n")
    if as_json:
        print_json(told | {"report": str(page)})
    else:
        _print(parts, two_days, page)
    for one in short:
        messages.print(f"Dưới ngưỡng: {one}", markup=False, style="red")
    if short:
        raise typer.Exit(1)


def _written(path: Path, text: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{path}: không ghi được ({error.strerror}).", "Chọn thư mục khác cho --output.") from error
    return path


def _sets(chosen: Path | None, day: date | None) -> tuple[list[_Set], list[TwoDaysQuestion]]:
    """What is to be asked; all files are read before anything is. Raises BadInput."""
    if chosen is not None:
        sets, pairs = [_set(chosen)], list[TwoDaysQuestion]()
    else:
        folder = questions_folder()
        sets = [_set(path) for path in sorted(folder.glob("*.jsonl")) if path.name != TWO_DAYS]
        pairs = [] if day is not None else read_two_days(folder / TWO_DAYS)
    if day is not None:
        sets = [replace(one, questions=[replace(q, on=day) for q in one.questions]) for one in sets]
    return sets, pairs


def _set(path: Path) -> _Set:
    return _Set(path.name, read_graded(path), shown=path.name != LOCKED)


def _ask_all(
    system: System, sets: Sequence[_Set], pairs: Sequence[TwoDaysQuestion]
) -> tuple[list[Part], TwoDaysFigures | None]:
    def ask(question: str, on: date) -> Answer:
        return system.knowledge.answer(question, today=on)

    with progress_bars() as bars:
        if not system.store.source_files():
            note("Nạp cẩm nang BHXH tự nguyện đi kèm …")
            bring_in_starter(system, bars)
        # What is loaded once is not to count as the first question's time.
        ask("Mức đóng thấp nhất là bao nhiêu?", system.clock.today())
        parts = [Part(one.name, evaluate_answers(one.questions, ask, _bar(bars, one.name)), one.shown) for one in sets]
        return parts, evaluate_two_days(pairs, ask, _bar(bars, TWO_DAYS)) if pairs else None


def _bar(bars: Bars, name: str) -> Progress:
    task = bars.add_task(name, total=None)
    return lambda done, total: bars.update(task, completed=done, total=total)


def _missed(parts: Sequence[Part], two_days: TwoDaysFigures | None, thresholds: Thresholds) -> list[Missed]:
    found = [
        one
        for part in parts
        for bounds in [thresholds.locked if part.name == LOCKED else thresholds.answers]
        for one in missed(part.name, part.evaluation.figures.as_dict(), bounds)
    ]
    return found + (missed(TWO_DAYS, two_days.as_dict(), thresholds.two_days) if two_days else [])


def _as_json(parts: Sequence[Part], two_days: TwoDaysFigures | None, short: Sequence[Missed]) -> dict[str, Any]:
    return {
        "sets": {
            part.name: {
                "figures": part.evaluation.figures.as_dict(),
                "topics": {g.name: [g.correct, g.questions] for g in part.evaluation.topics},
                "kinds": {g.name: [g.correct, g.questions] for g in part.evaluation.kinds},
                "failures": [j.question.id for j in part.evaluation.failures] if part.shown else None,
            }
            for part in parts
        },
        "two_days": two_days and two_days.as_dict() | {"failures": [b.question.id for b in two_days.failures]},
        "missed": [str(one) for one in short],
    }


def _print(parts: Sequence[Part], two_days: TwoDaysFigures | None, page: Path) -> None:
    tables = [(part.name, part.evaluation.figures.as_dict()) for part in parts]
    if two_days:
        tables.append((TWO_DAYS, two_days.as_dict()))
    for name, figures in tables:
        console.print(name, style="bold", markup=False)
        for figure, value in figures.items():
            console.print(f"  {figure_name(figure)}: {figure_text(figure, value)}", markup=False)
    note(f"Báo cáo: {page}")


@evaluate.command()
def retrieval(
    corpus: Annotated[Path, typer.Option("--corpus", help="JSONL: doc_id, law_id, law_title, article, title, text.")],
    questions: Annotated[Path, typer.Option("--questions", help="JSONL: qid, question, gold (danh sách doc_id).")],
    field: Annotated[
        str, typer.Option("--field", help="Trường chứa câu hỏi: question hoặc question_nodia.")
    ] = "question",
    keywords_only: Annotated[bool, typer.Option("--keywords-only", help="Chỉ tìm theo từ khoá, không nhúng.")] = False,
    misses: Annotated[bool, typer.Option("--misses", help="In cả câu mà kết quả đầu không đúng.")] = False,
    as_json: AsJson = False,
) -> None:
    """P@1, R@5, R@10, MRR@10 của chính bộ tra cứu đang trả lời người dân, trên một bộ văn bản bất kỳ."""
    from knowledge.embedding import CachedEmbedder
    from knowledge.evaluation.corpus import read_corpus, read_questions
    from knowledge.evaluation.retrieval import corpus_passages, corpus_searcher, evaluate_retrieval
    from knowledge.evaluation.vectors import VectorCache

    articles, asked = read_corpus(corpus), read_questions(questions, field)
    settings = load_settings()
    embedder = None if keywords_only else CachedEmbedder(default_embedder(settings, note))
    passages = corpus_passages(articles)
    with progress_bars() as bars:
        task = bars.add_task("Nhúng vector", total=None)
        cache = VectorCache(settings.tuvan_data / "evaluation")
        searcher = corpus_searcher(
            passages, embedder, cache, lambda done, total: bars.update(task, completed=done, total=total)
        )
    figures, ranked = evaluate_retrieval(articles, asked, searcher, passages)
    missed = [r for r in ranked if not r.doc_ids or r.doc_ids[0] not in r.question.gold]
    if as_json:
        rows = [{"qid": r.question.qid, "gold": sorted(r.question.gold), "found": list(r.doc_ids)} for r in missed]
        print_json(figures.as_dict() | {"field": field} | ({"misses": rows} if misses else {}))
        return
    console.print(f"{figures.questions} câu hỏi, {figures.articles} điều, {figures.passages} đoạn", markup=False)
    console.print(
        f"P@1 {figures.p_at_1:.4f}  R@5 {figures.r_at_5:.4f}  R@10 {figures.r_at_10:.4f}  MRR@10 {figures.mrr_at_10:.4f}  "
        f"p50 {figures.p50_ms} ms  p95 {figures.p95_ms} ms",
        markup=False,
    )
    for r in missed if misses else []:
        console.print(
            f"{r.question.qid}: {r.question.text}\n  đúng {sorted(r.question.gold)}, tìm thấy {list(r.doc_ids[:3])}",
            markup=False,
        )
