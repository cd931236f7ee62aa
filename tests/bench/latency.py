"""Search and answer latency, memory and start time of an installation with a given number of passages.

python -m tests.bench.latency [--sizes 1000,10000,100000] [--chroma]

Passages are made of words drawn from the starter handbook (seeded, frequent words often), their vectors are random directions:
what is measured is the work, not the quality. Questions go through the default embedding model. One question at a time, in a
process of its own, after the machine's caches are warm. Chroma takes minutes to build at 100,000 and is left out there unless
`--chroma` is given: the exact vectors of the same generation answer.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from datetime import date
from pathlib import Path

import numpy as np
import psutil

from bot.bootstrap import bootstrap
from bot.settings import Settings
from bot.storage.migrate import migrate
from knowledge.index import build_generation
from knowledge.law import Coordinate, DocumentIdentity, DocumentKind, InForce, Provision, ProvisionKind
from knowledge.live import LiveSearch
from knowledge.passages import make_passages
from knowledge.store import KnowledgeStore, NewDocument, SourceFile, open_engine
from knowledge.vietnamese import syllables
from tests.models import prepared_models

TODAY = date(2026, 11, 22)
ARTICLES = 500  # of each document; two clauses an article
_HANDBOOK = Path(__file__).parents[2] / "knowledge" / "starter"
_AS_SET = {"OPENBLAS_NUM_THREADS": "1"}  # as `knowledge` sets it, which this module's own imports are too early for
_LIMITS = {
    1_000: "",
    10_000: "answer 25/60 ms, start 5 s, 700 MB",
    100_000: "1,200 MB, answer p95 at most twice that at 10,000",
}


def handbook_texts() -> list[str]:
    """Paragraphs of the handbook's sources."""
    files = sorted([*(_HANDBOOK / "documents").glob("*.md"), *(_HANDBOOK / "sources").glob("*.md")])
    return [line for file in files for line in file.read_text(encoding="utf-8").splitlines() if len(line) > 40]


def questions(count: int) -> list[str]:
    """The handbook's own questions, each a little different, half of them without marks."""
    from knowledge.vietnamese import fold

    headings = [
        line[3:]
        for file in sorted([*(_HANDBOOK / "documents").glob("*.md"), *(_HANDBOOK / "sources").glob("*.md")])
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.startswith("## ")
    ]
    asked = [f"{headings[i % len(headings)].rstrip('?')} lần {i}?" for i in range(count)]
    return [fold(q) if i % 2 else q for i, q in enumerate(asked)]


def fill(folder: Path, size: int, dimension: int, fingerprint: str) -> KnowledgeStore:
    """A store with `size` passages and a random vector for each."""
    folder.mkdir(parents=True, exist_ok=True)
    engine = open_engine(Settings(tuvan_data=folder).database)
    migrate(engine)
    store = KnowledgeStore(engine)
    random = np.random.default_rng(7)
    words = [w for text in handbook_texts() for w in syllables(text)]
    held = InForce(date(2025, 7, 1))
    for number in range(1, size // (2 * ARTICLES) + 1):
        name = f"{number}/2030/NĐ-CP"
        provisions = []
        for article in range(1, ARTICLES + 1):
            for clause in ("1", "2"):
                drawn = random.integers(0, len(words), size=int(random.integers(30, 120)))
                text = " ".join(words[i] for i in drawn).capitalize() + "."
                where = Coordinate(name, str(article), clause)
                provisions.append(Provision(where, ProvisionKind.CLAUSE, text, " ".join(words[i] for i in drawn[:6])))
        identity = DocumentIdentity(name, DocumentKind.DECREE, f"Nghị định thử số {number}", in_force=held)
        source = SourceFile(f"{number}.md", f"{number:064d}")
        store.publish(NewDocument(source, identity, provisions, make_passages(provisions, held), "1"))
        hashes = [search_hash for search_hash, _ in store.missing_vectors(fingerprint)]
        store.save_vectors(fingerprint, hashes, random.standard_normal((len(hashes), dimension)).astype(np.float32))
    return store


def prepare(folder: Path, size: int, *, chroma: bool) -> dict[str, float]:
    """Fills and indexes `folder`; seconds of each step."""
    models = prepared_models()
    settings = Settings(tuvan_data=folder)
    from knowledge.embedding import load_embedder

    embedder = load_embedder("", models)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "models").symlink_to(models)
    bootstrap(settings, embedder=embedder).prepare()  # vectors of cards, which every start but the first finds
    begin = time.perf_counter()
    store = fill(folder, size, embedder.dimension, embedder.fingerprint)
    filled = time.perf_counter()
    LiveSearch(store, settings.indexes_folder, None, lambda state: None).refresh()
    keyword = time.perf_counter()
    if chroma:
        build_generation(store, settings.indexes_folder, embedder.fingerprint, embedder.dimension)
    return {
        "publish_s": round(filled - begin, 1),
        "keyword_index_s": round(keyword - filled, 1),
        "vector_index_s": round(time.perf_counter() - keyword, 1),
    }


def measure(folder: Path, count: int = 200) -> dict[str, object]:
    """Start, latency and memory of this process over the installation in `folder`."""
    from knowledge.embedding import load_embedder

    begin = time.perf_counter()
    embedder = load_embedder("", prepared_models())
    system = bootstrap(Settings(tuvan_data=folder), serving=True, embedder=embedder)
    searcher = system.search.current()
    system.knowledge.answer("mức đóng thấp nhất", today=TODAY)
    start = time.perf_counter() - begin
    settled = getattr(searcher._index, "settled", None)
    if settled is not None:
        settled(120)  # Chroma is probed in the background while exact search answers
    for thread in threading.enumerate():
        if thread.name == "cards-warm":
            thread.join(60)
    asked = questions(count)
    for question in asked[:10]:
        system.knowledge.answer(question + "?", today=TODAY)
    search_ms, answer_ms = [], []
    for question in asked:
        mark = time.perf_counter()
        searcher.search(searcher.read(question, TODAY), TODAY)
        search_ms.append((time.perf_counter() - mark) * 1000)
    for question in asked:
        mark = time.perf_counter()
        system.knowledge.answer(question + " ạ", today=TODAY)
        answer_ms.append((time.perf_counter() - mark) * 1000)
    figures = {
        "start_to_first_answer_s": round(start, 2),
        "search_p50_ms": _percentile(search_ms, 50),
        "search_p95_ms": _percentile(search_ms, 95),
        "answer_p50_ms": _percentile(answer_ms, 50),
        "answer_p95_ms": _percentile(answer_ms, 95),
        "rss_mb": round(psutil.Process().memory_info().rss / 2**20),
    }
    system.close()
    return figures


def _percentile(values: list[float], share: int) -> float:
    return round(float(np.percentile(values, share)), 1)


def main() -> None:
    """Prints one line of JSON for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--chroma", action="store_true", help="build Chroma at every size")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        sys.stdout.write(json.dumps(measure(arguments.measure)) + "\n")
        return
    for size in (int(s) for s in arguments.sizes.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            steps = prepare(Path(folder), size, chroma=arguments.chroma or size <= 10_000)
            command = [sys.executable, "-m", "tests.bench.latency", "--measure", folder]
            done = subprocess.run(
                command, capture_output=True, text=True, check=True, env=os.environ | _AS_SET | {"TUVAN_DATA": folder}
            )
            line = {"passages": size} | steps | json.loads(done.stdout) | {"limits": _LIMITS.get(size, "")}
            sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
