"""Follow-ups are answered as if they had been asked in full: the same status, the same card, the same numbers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.answers import Answer, AnswerStatus
from knowledge.understanding.followups import NO_PAST
from tests.quality.gate import TODAY, starter_system

CASES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("followup_cases.yaml").read_text(encoding="utf-8")
)
LEAST = 0.95


def numbers(answer: Answer) -> list[str]:
    return sorted(re.findall(r"\d[\d.,]*%?", answer.text.split("\nCăn cứ")[0]))


@pytest.mark.slow
def test_follow_ups_are_answered_as_if_asked_in_full(tmp_path: Path) -> None:
    system = starter_system(tmp_path)
    wrong = []
    try:
        for case in CASES:
            past, answer = NO_PAST, None
            for said in case["said"]:
                answer = system.knowledge.answer(said, today=TODAY, past=past)
                if answer.status in (AnswerStatus.ANSWERED, AnswerStatus.CLARIFY, AnswerStatus.UNKNOWN):
                    past = answer.past
                elif answer.status is not AnswerStatus.SMALLTALK:
                    past = NO_PAST
            full = system.knowledge.answer(case["full"], today=TODAY)
            assert answer is not None
            if (answer.status, answer.reason, numbers(answer)) != (full.status, full.reason, numbers(full)):
                wrong.append(f"{case['said']} → {answer.reason}, in full {full.reason}")
    finally:
        system.close()
    assert len(CASES) >= 60
    assert 1 - len(wrong) / len(CASES) >= LEAST, wrong
