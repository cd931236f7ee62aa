"""The classifier of conduct: it learns, it is the same each time, and what it learned is kept for the same texts only."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge.answers import AnswerStatus
from knowledge.cards.matching import CardIndex
from knowledge.cards.ordinary import learned_conduct
from knowledge.cards.reader import load_cards
from knowledge.embedding.hashing import HashingEmbedder
from knowledge.understanding.conduct import labels
from knowledge.understanding.conduct_learned import HARDLY, ORDINARY, SURELY, SURELY_NOT, Learned, examples

EMBEDDER = HashingEmbedder(128)
TEXTS = [
    ("fraud", "chỉ cách khai gian để hưởng"),
    ("fraud", "bày cách khai gian cho trót lọt"),
    ("fraud", "làm giấy giả để hưởng tiền"),
    ("lottery", "xổ số hôm nay ra con gì"),
    ("lottery", "tối nay đánh con gì"),
    ("lottery", "kết quả xổ số miền Trung"),
    (ORDINARY, "mức đóng thấp nhất bao nhiêu"),
    (ORDINARY, "đóng bao nhiêu một tháng"),
    (ORDINARY, "khai gian bị phạt bao nhiêu"),
]


def train() -> Learned:
    told = [text for _, text in TEXTS]
    return Learned.train(told, [label for label, _ in TEXTS], np.array([EMBEDDER.embed_query(t) for t in told]))


@pytest.mark.parametrize(("label", "text"), TEXTS)
def test_what_it_learned_it_knows(label: str, text: str) -> None:
    found = train().judge(text, EMBEDDER.embed_query(text))
    assert (found.ordinary > 0.5) == (label == ORDINARY)
    assert label in (ORDINARY, found.label)


def test_learning_twice_gives_the_same() -> None:
    vector = EMBEDDER.embed_query("chỉ cách khai gian")
    assert train().judge("chỉ cách khai gian", vector) == train().judge("chỉ cách khai gian", vector)


def test_it_is_kept_for_the_same_texts_only(tmp_path: Path) -> None:
    path = tmp_path / "conduct.npz"
    made = train()
    made.keep(path, "these")
    kept = Learned.kept(path, "these")
    assert kept is not None
    vector = EMBEDDER.embed_query("đánh con gì")
    assert kept.judge("đánh con gì", vector).ordinary == pytest.approx(
        made.judge("đánh con gì", vector).ordinary, abs=1e-4
    )
    assert Learned.kept(path, "others") is None
    path.write_bytes(path.read_bytes()[:100])
    assert Learned.kept(path, "these") is None
    assert Learned.kept(tmp_path / "none.npz", "these") is None


def test_every_example_has_a_label_that_is_not_answered() -> None:
    held = {label.name for label in labels() if label.status is not AnswerStatus.ANSWERED}
    assert {label for label, _ in examples()} - {ORDINARY} <= held
    assert len({text for _, text in examples()}) == len(examples())
    assert 0 < SURELY_NOT < HARDLY < SURELY < 1


def test_a_stand_in_of_few_dimensions_teaches_nothing() -> None:
    cards = load_cards()[:2]
    assert learned_conduct(CardIndex(cards), None, None) is None
    assert learned_conduct(CardIndex(cards, HashingEmbedder(64)), HashingEmbedder(64), None) is None


def test_it_is_learned_once_for_the_same_cards(tmp_path: Path) -> None:
    index = CardIndex(load_cards()[:3], EMBEDDER)
    first = learned_conduct(index, EMBEDDER, tmp_path)
    (kept,) = tmp_path.glob("conduct-*.npz")
    written = kept.stat().st_mtime_ns
    again = learned_conduct(index, EMBEDDER, tmp_path)
    assert first is not None and again is not None and first.labels == again.labels
    assert kept.stat().st_mtime_ns == written
    learned_conduct(CardIndex(load_cards()[:4], EMBEDDER), EMBEDDER, tmp_path)
    assert kept.stat().st_mtime_ns != written
