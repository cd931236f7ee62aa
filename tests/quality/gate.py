"""Asks the questions of `questions.yaml` and counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.bootstrap import System, bootstrap
from bot.clock import FixedClock
from bot.knowing import bring_in_starter
from bot.settings import Settings
from knowledge.answering import Answer
from knowledge.embedding import load_embedder
from knowledge.vietnamese import nfc
from tests.models import prepared_models

TODAY = date(2026, 11, 22)
THRESHOLDS = {"right": 0.95, "cited": 0.95, "off_topic_held_back": 0.9}


@dataclass(slots=True)
class Figures:
    """Shares of the questions; `wrong` has a line for each that went wrong."""

    right: float = 0.0  # answered, and every needed fact is in the text
    cited: float = 0.0  # one of the expected clauses is cited
    off_topic_held_back: float = 0.0  # not answered, though it sounds like a question
    wrong: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def starter_system(folder: Path) -> System:
    """A fresh installation in `folder` with the starter handbook, on the day the questions were written for."""
    settings = Settings(tuvan_data=folder)
    system = bootstrap(settings, embedder=load_embedder("", prepared_models()), clock=FixedClock(TODAY))
    bring_in_starter(system)
    return system


def ask_all(folder: Path) -> Figures:
    """The figures of a fresh installation."""
    questions = yaml.safe_load((Path(__file__).parent / "questions.yaml").read_text(encoding="utf-8"))
    system = starter_system(folder)
    figures = Figures()
    try:
        right = cited = held = 0
        for q in questions["answerable"]:
            answer = system.knowledge.answer(q["ask"], today=TODAY)
            says = answer.status == "answered" and all(_says(answer.text, fact) for fact in q["says"])
            names = not q["cites"] or _cites(answer, q["cites"])
            right += says
            cited += names
            if not (says and names):
                figures.wrong.append(
                    f"{q['id']} {q['ask']}\n    → {answer.status}/{answer.reason}: {answer.text[:300]!r}"
                )
        for q in questions["off_topic"]:
            answer = system.knowledge.answer(q["ask"], today=TODAY)
            held += answer.status != "answered"
            if answer.status == "answered":
                figures.wrong.append(f"{q['id']} {q['ask']}\n    → answered: {answer.text[:200]!r}")
        figures.right = right / len(questions["answerable"])
        figures.cited = cited / len(questions["answerable"])
        figures.off_topic_held_back = held / len(questions["off_topic"])
    finally:
        system.close()
    return figures


def below(figures: Figures) -> list[str]:
    """Names of the figures that miss their threshold."""
    return [name for name, least in THRESHOLDS.items() if getattr(figures, name) < least]


def _says(text: str, fact: str) -> bool:
    return any(wording.lower() in nfc(text).lower() for wording in fact.split("|"))


def _cites(answer: Answer, wanted: Iterable[str]) -> bool:
    cited = {(c.document, c.article) for c in answer.citations}
    for one in wanted:
        document, _, article = one.partition("#")
        if any(d == document and (not article or a == article) for d, a in cited):
            return True
    return False
