"""Questions without an answer are gathered by meaning, the most asked first, and closed by number."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from typer.testing import CliRunner

from bot.cli import app
from bot.outreach.gaps import Review, Reviews, gathered, grouped, likeness
from bot.outreach.tables import reviews
from knowledge.embedding import load_embedder
from tests.bot.installation import fresh
from tests.bot.outreach.test_records import House
from tests.models import prepared_models

ASKED = [
    "Người Campuchia sang Việt Nam làm có đóng được không?",
    "Bán đồ ăn sáng có giấy phép thì đóng loại nào?",
    "nguoi campuchia sang viet nam lam co dong duoc khong",
    "Người Campuchia làm ở Việt Nam đóng được không ạ?",
    "Mất giấy khai sinh thì đăng ký được không?",
    "Người Campuchia sang Việt Nam làm có đóng được không?",
]
FOUND = [Review(n, "gap", text, "unknown:weak_evidence", 1000.0 + n) for n, text in enumerate(ASKED, 1)]


def test_the_same_question_in_other_words_is_one_gap_and_goes_first() -> None:
    embedder = load_embedder("", prepared_models())
    first, *others = gathered(FOUND, embedder.embed_query)
    assert first.ids == (1, 3, 4, 6) and "Campuchia" in first.question and first.last_at == 1006.0
    assert [gap.ids for gap in others] == [(5,), (2,)]


def test_without_a_model_words_decide_and_no_reviews_are_no_gaps() -> None:
    assert gathered(FOUND, None)[0].ids[:2] == (1, 3)
    assert gathered([], None) == []


def test_the_order_of_reading_changes_nothing() -> None:
    embedder = load_embedder("", prepared_models())
    mixed = list(FOUND)
    random.Random(3).shuffle(mixed)
    assert gathered(mixed, embedder.embed_query) == gathered(FOUND, embedder.embed_query)


@settings(deadline=None)
@given(st.lists(st.lists(st.floats(0, 1), min_size=3, max_size=3), min_size=1, max_size=12), st.floats(0.1, 0.99))
def test_each_question_is_in_one_group(points: list[list[float]], least: float) -> None:
    given_points = np.array(points)
    alike = 1 - np.abs(given_points[:, None] - given_points[None]).max(axis=2)
    groups = grouped(alike, least)
    assert sorted(i for group in groups for i in group) == list(range(len(points)))
    for group in groups:  # average linkage: somebody in it is alike enough
        assert len(group) == 1 or max(alike[a, b] for a in group for b in group if a != b) >= least


def test_likeness_is_one_for_the_same_words() -> None:
    alike = likeness(["hộ nghèo", "ho ngheo", "lương hưu"], None)
    assert alike[0, 1] == pytest.approx(1.0) and alike[0, 2] == 0


def test_reviews_are_open_until_they_are_done(engine: Engine) -> None:
    house = House(engine)
    try:
        house.says("chuyện lạ một", "chuyện lạ hai", "mức đóng?")
        house.says("@wrong")
    finally:
        house.runtime.stop()
    kept = Reviews(engine)
    gaps = [review.id for review in kept.open("gap")]
    assert len(gaps) == 2 and len(kept.open()) >= 2
    assert kept.done([gaps[0], 999]) == 1 and kept.done([gaps[0]]) == 0
    assert [review.id for review in kept.open("gap")] == gaps[1:]
    with engine.connect() as connection:
        assert "done" in connection.execute(select(reviews.c.state)).scalars().all()


def test_the_command_line(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh(tmp_path, monkeypatch)  # type: ignore[arg-type]
    done = CliRunner().invoke(app, ["gaps"])
    assert done.exit_code == 0 and "Không có câu nào" in done.output
    assert CliRunner().invoke(app, ["gaps", "--json"]).output.strip() == "[]"
    assert CliRunner().invoke(app, ["gaps", "--kind", "x"]).exit_code == 2
    assert "Đã đóng 0 câu" in CliRunner().invoke(app, ["gaps", "done", "1", "2"]).output
