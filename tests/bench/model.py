"""Answers with and without a chat model, side by side: what was used, what was dropped and why, what it took.

    python -m tests.bench.model QUESTIONS.jsonl [--fake faithful|obedient] [--limit N] [--scorer score_answers.py]

Without `--fake` the model of the settings (LLM_MODEL …) is asked. Writes `plain.jsonl` and `model.jsonl` beside `--out`.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from bot.bootstrap import bootstrap
from bot.cli.answers import _as_row
from bot.knowing import bring_in_starter
from bot.settings import load_settings
from knowledge.model import ChatModel
from tests.chat_models import Heard, faithful, obedient, scripted
from tests.models import prepared_models

FAKES = {"faithful": faithful, "obedient": obedient}


def main() -> int:
    """Runs both paths and prints what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("questions", type=Path)
    parser.add_argument("--fake", choices=FAKES)
    parser.add_argument(
        "--seconds", type=float, default=0, help="wait for the model this long, whatever LLM_SECONDS says"
    )
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "model-bench")
    parser.add_argument("--scorer", type=Path)
    parser.add_argument("--show", action="store_true")
    asked = parser.parse_args()
    rows = [json.loads(line) for line in asked.questions.read_text(encoding="utf-8").splitlines() if line.strip()]
    rows = rows[: asked.limit] if asked.limit else rows
    asked.out.mkdir(parents=True, exist_ok=True)
    data = Path(tempfile.mkdtemp(prefix="model-bench-"))
    (data / "models").symlink_to(prepared_models(), target_is_directory=True)
    os.environ |= {"TUVAN_DATA": str(data), "TUVAN_TODAY": os.environ.get("TUVAN_TODAY", "2026-11-22")}
    heard = Heard()
    model: ChatModel | None = scripted(FAKES[asked.fake], heard) if asked.fake else None
    files = {}
    for name in ("plain", "model"):
        settings = load_settings()
        if name == "plain":
            settings = settings.model_copy(update={"llm_model": ""})
        elif asked.seconds:
            settings = settings.model_copy(update={"llm_seconds": asked.seconds})
        system = bootstrap(settings, chat_model=model if name == "model" else None)
        if not system.store.source_files():
            bring_in_starter(system)
        outcomes: Counter[str] = Counter()
        seconds = []
        files[name] = asked.out / f"{name}.jsonl"
        with files[name].open("w", encoding="utf-8") as out:
            for row in rows:
                begun = time.perf_counter()
                answer = system.knowledge.answer(row["question"], today=system.clock.today(), person=str(row["id"]))
                took = time.perf_counter() - begun
                seconds.append(took)
                out.write(json.dumps(_as_row(row["id"], row["question"], answer, took), ensure_ascii=False) + "\n")
                for step in answer.trace:
                    if step.name == "model answer":
                        outcomes[f"answer {step.result.split(',')[0]}"] += 1
                    elif step.name == "model removed":
                        outcomes[f"removed: {step.result.split(':')[0].split(' ')[0]}"] += 1
                    elif step.name == "model read":
                        outcomes["read " + ("unclear" if step.result == "unclear" else "anew")] += 1
                    elif step.name == "model":
                        outcomes["asked"] += 1
                        outcomes[f"call {step.result.split(', ')[-1] if ', ' in step.result else 'ok'}"] += 1
                    if asked.show and step.name.startswith("model"):
                        print(row["id"], step.name, step.result[:300])
        system.close()
        ordered = sorted(seconds)
        p95 = ordered[int(0.95 * (len(ordered) - 1))]
        print(
            f"{name}: {len(rows)} questions, p50 {statistics.median(ordered):.3f} s, p95 {p95:.3f} s, max {ordered[-1]:.2f} s"
        )
        for key, count in sorted(outcomes.items()):
            print(f"  {key}: {count}")
        if asked.scorer:
            done = subprocess.run(
                [sys.executable, str(asked.scorer), str(asked.questions), str(files[name])],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            print(done.stdout or done.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
