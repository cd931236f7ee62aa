"""A model that lies: nothing that it made up is shown, and no figure that it changed."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest

from bot.bootstrap import System
from knowledge.answering import Answer, AnswerStatus
from tests.chat_models import Liar, scripted
from tests.knowledge.model.conftest import TODAY, helped_by
from tests.knowledge.model.lies import FIGURES, WORDS, Alteration, invented

LIES, FIGURES_ALTERED, WORDS_ALTERED = 500, 300, 300


@pytest.fixture(scope="module")
def answered(system: System) -> list[tuple[str, Answer]]:
    """Questions that are answered, each with its answer without a model."""
    asked = [card.asks[0] for card in system.cards().cards if card.status is AnswerStatus.ANSWERED]
    pairs = [(q, system.knowledge.answer(q, today=TODAY)) for q in random.Random(3).sample(asked, 160)]
    return [(q, a) for q, a in pairs if a.status is AnswerStatus.ANSWERED and a.material is not None]


def test_five_hundred_made_up_things_are_never_shown(system: System, answered: list[tuple[str, Answer]]) -> None:
    dice = random.Random(11)
    liar = Liar()
    knowledge = helped_by(system, scripted(liar))
    shown, told = [], 0
    for n in range(LIES):
        question, plain = answered[n % len(answered)]
        sentence, what = invented(dice)
        liar.lies = [sentence]
        parts: list[str] = []
        answer = knowledge.answer(question, today=TODAY, show=parts.append)
        told += any(step.name == "model removed" for step in answer.trace)
        shown += [what for text in (answer.text, *parts) if what in text and what not in plain.text]
        assert set(answer.citations) == set(plain.citations)
    assert shown == []
    assert told == LIES  # staff see every one


def altered(
    system: System, answered: list[tuple[str, Answer]], how: dict[str, Alteration], count: int, seed: int
) -> tuple[Counter[str], list[str]]:
    """How many of each kind were tried, and the altered sentences that were shown."""
    dice = random.Random(seed)
    tried: Counter[str] = Counter()
    shown: list[str] = []
    while tried.total() < count:
        kind = list(how)[tried.total() % len(how)]
        question, plain = dice.choice(answered)
        assert plain.material is not None
        sentences = [s for s in re.split(r"\n|(?<=[.!?]) ", plain.material.body) if how is WORDS or re.search(r"\d", s)]
        target = dice.choice(sentences or [""])
        changed = how[kind](target, dice) if target else None
        if changed is None or changed == target or changed in plain.text:
            continue
        liar = Liar(alter=lambda s, t=target, c=changed: c if s.strip() == t.strip() else None)  # type: ignore[misc]
        knowledge = helped_by(system, scripted(liar))
        parts: list[str] = []
        answer = knowledge.answer(question, today=TODAY, show=parts.append)
        if not any(step.name in ("model kept", "model removed") for step in answer.trace):
            continue
        tried[kind] += 1
        if any(changed.strip() in text for text in (answer.text, *parts)):
            shown.append(f"{kind}: {target!r} -> {changed!r}")
    return tried, shown


def test_three_hundred_changed_figures_are_never_shown(system: System, answered: list[tuple[str, Answer]]) -> None:
    tried, shown = altered(system, answered, FIGURES, FIGURES_ALTERED, seed=5)
    assert tried.total() == FIGURES_ALTERED and min(tried.values()) > 20
    assert shown == []


def test_changed_words_that_turn_the_meaning_are_hardly_ever_shown(
    system: System, answered: list[tuple[str, Answer]]
) -> None:
    tried, shown = altered(system, answered, WORDS, WORDS_ALTERED, seed=6)
    assert len(shown) <= 0.02 * tried.total(), "\n".join(shown)


ACTIVE = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "![ảnh](https://ke-xau.example/p.png?q=1)", "\x1b[31mđỏ\x1b[0m",
    "[bấm vào đây](https://ke-xau.example)", "<a href='javascript:alert(1)'>xem</a>", "<iframe src=//ke-xau.example></iframe>",
    "https://ke-xau.example/nhan-tien", "javascript:alert(1)", "\x1b]8;;https://ke-xau.example\x07xem\x1b]8;;\x07",
)  # fmt: skip
_ACTIVE_SIGNS = ("<script", "<img", "<iframe", "<a ", "](", "\x1b", "javascript:", "ke-xau.example", "\x07")


def test_a_hundred_active_outputs_show_nothing_active(system: System, answered: list[tuple[str, Answer]]) -> None:
    """Pictures, scripts, links and terminal codes hung onto true sentences, or said alone."""
    shown: list[str] = []
    for n in range(100):
        question, _ = answered[n % len(answered)]
        what = ACTIVE[n % len(ACTIVE)]
        liar = Liar(alter=lambda s, w=what: f"{s} {w}") if n % 2 else Liar()  # type: ignore[misc]
        liar.lies = [] if n % 2 else [what, f"Anh/chị xem {what} nhé."]
        parts: list[str] = []
        answer = helped_by(system, scripted(liar)).answer(question, today=TODAY, show=parts.append)
        shown += [f"{what!r}: {sign}" for text in (answer.text, *parts) for sign in _ACTIVE_SIGNS if sign in text]
        assert answer.status is AnswerStatus.ANSWERED
    assert shown == []
