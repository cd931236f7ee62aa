"""`tuvan evaluate retrieval`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap import default_embedder
from bot.cli.answers import AsJson
from bot.cli.app import evaluate
from bot.cli.output import console, note, print_json, progress_bars
from bot.settings import load_settings


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
