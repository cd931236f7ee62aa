"""Figures of the default embedding model as ONNX int8 beside the same weights in PyTorch float32.

`python -m tests.bench.embedding [--json] [--models FOLDER] [--articles N]`. Ranking needs the shared retrieval set and
is left out without it: dense search alone, over every article that answers a question and N others (default 700).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from knowledge.embedding import DEFAULT_MODEL, Embedder, load_embedder
from knowledge.evaluation.corpus import CorpusArticle, GoldQuestion, read_corpus, read_questions
from tests.models import prepared_models

QUERY = "lao động nông thôn thuộc hộ nghèo đóng bảo hiểm xã hội tự nguyện được nhà nước hỗ trợ bao nhiêu"
RUNTIMES = {"onnx int8": "", "torch fp32": DEFAULT_MODEL}
_START = """
import sys, time; begin = time.perf_counter()
from pathlib import Path
from knowledge.embedding import load_embedder
load_embedder(sys.argv[1], Path(sys.argv[2])).embed_query("xin chào")
seconds = time.perf_counter() - begin
lines = Path("/proc/self/status").read_text().splitlines()
print(seconds, next(int(line.split()[1]) / 1000 for line in lines if line.startswith("VmRSS")))
"""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--models", type=Path)
    parser.add_argument("--articles", type=int, default=700)
    options = parser.parse_args(arguments)
    models = options.models or prepared_models()
    shared = Path(os.environ.get("TUVAN_SHARED") or Path(__file__).parents[3] / "shared") / "retrieval"
    figures = {}
    for name, model in RUNTIMES.items():
        embedder = load_embedder(model, models)
        figures[name] = start_figures(model, models) | query_figures(embedder)
        if shared.is_dir():
            figures[name] |= ranking_figures(embedder, shared, options.articles)
    if options.json:
        print(json.dumps(figures, indent=2))
        return
    for row in next(iter(figures.values())):
        print(f"{row:28}" + "".join(f"{figures[name][row]:>14.3f}" for name in figures))


def start_figures(model: str, models: Path) -> dict[str, float]:
    """Seconds from a fresh interpreter to the first vector, and resident megabytes then."""
    command = [sys.executable, "-W", "ignore", "-c", _START, model, str(models)]
    runs = [subprocess.run(command, capture_output=True, text=True, check=True).stdout.split() for _ in range(3)]
    return {"start s (best of 3)": min(float(r[0]) for r in runs), "memory MB": float(runs[-1][1])}


def query_figures(embedder: Embedder, repeats: int = 100) -> dict[str, float]:
    """Wall and CPU milliseconds for a question of 20 words, never the same twice."""
    for warm in range(5):
        embedder.embed_query(f"{QUERY} {warm} ?")
    took = []
    cpu = time.process_time()
    for number in range(repeats):
        begin = time.perf_counter()
        embedder.embed_query(f"{QUERY} {number}")
        took.append(1000 * (time.perf_counter() - begin))
    cpu = 1000 * (time.process_time() - cpu) / repeats
    p50, p95 = np.percentile(took, [50, 95])
    return {"query ms p50": float(p50), "query ms p95": float(p95), "query ms CPU": cpu}


def ranking_figures(embedder: Embedder, folder: Path, others: int) -> dict[str, float]:
    """Dense search alone: shares of 1."""
    questions = read_questions(folder / "questions-dev.jsonl")
    articles = sample(read_corpus(folder / "corpus.jsonl"), questions, others)
    begin, cpu = time.perf_counter(), time.process_time()
    matrix = embedder.embed_documents([f"{a.document_title}\n{a.title}\n{a.text}" for a in articles])
    seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
    first, recall, reciprocal = [], [], []
    for question in questions:
        order = np.argsort(-(matrix @ embedder.embed_query(question.text)), kind="stable")[:10]
        hits = [articles[row].doc_id in question.gold for row in order]
        first.append(hits[0])
        recall.append(sum(hits) / len(question.gold))
        reciprocal.append(next((1 / place for place, hit in enumerate(hits, 1) if hit), 0.0))
    return {
        "articles": len(articles),
        "articles/s": len(articles) / seconds,
        "CPU ms an article": 1000 * cpu / len(articles),
        "P@1": float(np.mean(first)),
        "R@10": float(np.mean(recall)),
        "MRR@10": float(np.mean(reciprocal)),
    }


def sample(corpus: list[CorpusArticle], questions: list[GoldQuestion], others: int) -> list[CorpusArticle]:
    """Every article that answers one of `questions` and `others` more, the same ones each time."""
    gold = {doc_id for question in questions for doc_id in question.gold}
    rest = [a for a in corpus if a.doc_id not in gold]
    chosen = {a.doc_id for a in random.Random(1).sample(rest, min(others, len(rest)))}
    return [a for a in corpus if a.doc_id in gold | chosen]


if __name__ == "__main__":
    main()
