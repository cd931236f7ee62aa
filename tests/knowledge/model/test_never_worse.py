"""The project's own questions with a model on: no answer is worse than without, whatever the model is like."""

from __future__ import annotations

import random
from datetime import date

import pytest

from bot.bootstrap import System
from knowledge.answering import Answer, Knowledge
from knowledge.evaluation.answers import Evaluation, evaluate_answers
from knowledge.evaluation.graded import questions_folder, read_graded
from tests.chat_models import Liar, Reply, faithful, obedient, scripted
from tests.knowledge.model.conftest import helped_by
from tests.knowledge.model.lies import FIGURES, WORDS

# Every third question, without variants whose original is not among them.
_SOME = read_graded(questions_folder() / "open.jsonl")[::3]
QUESTIONS = [q for q in _SOME if q.variant_of is None or q.variant_of in {one.id for one in _SOME}]


def sometimes_lying(seed: int) -> Liar:
    """Changes a figure or turns a word in about every third sentence."""
    dice = random.Random(seed)
    ways = [*FIGURES.values(), *WORDS.values()]

    def alter(sentence: str) -> str | None:
        if dice.random() < 0.33 and any(c.isdigit() for c in sentence):
            return dice.choice(ways)(sentence, dice)
        return None

    return Liar(alter=alter)


def evaluated(knowledge: Knowledge) -> Evaluation:
    def ask(text: str, on: date) -> Answer:
        return knowledge.answer(text, today=on)

    return evaluate_answers(QUESTIONS, ask)


@pytest.fixture(scope="module")
def plain(system: System) -> Evaluation:
    return evaluated(system.knowledge)


@pytest.mark.parametrize("reply", [faithful, obedient, sometimes_lying(1)], ids=["faithful", "obedient", "lying"])
def test_no_answer_is_worse_with_a_model(reply: Reply, system: System, plain: Evaluation) -> None:
    helped = evaluated(helped_by(system, scripted(reply)))
    worse = [
        f"{b.question.id}: {a.answer.text!r} -> {b.answer.text!r}"
        for a, b in zip(plain.judged, helped.judged, strict=True)
        if a.right and not b.right
    ]
    assert worse == []
    assert helped.figures.wrong_amounts == plain.figures.wrong_amounts == 0
    asked = sum(any(s.name == "model" for s in j.answer.trace) for j in helped.judged)
    assert asked > len(QUESTIONS) / 2
