"""What is cited is kept, and never longer than it may be found."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from bot.storage.migrate import migrate
from knowledge.answering import kept_sources
from knowledge.answering.kept_sources import KeptSources
from knowledge.law import Coordinate
from knowledge.store import KnowledgeStore, open_engine
from tests.knowledge.store.makers import DECREE, decree

ON = date(2026, 11, 22)
PLACES = [Coordinate(DECREE, "1"), Coordinate(DECREE, "99"), Coordinate(DECREE)]


@pytest.fixture
def store(tmp_path: Path) -> Any:
    engine = open_engine(f"sqlite:///{tmp_path / 'k.sqlite3'}")
    migrate(engine)
    yield KnowledgeStore(engine)
    engine.dispose()


def test_it_says_what_the_store_says(store: KnowledgeStore) -> None:
    store.publish(decree(["Một.", "Hai."]))
    kept = KeptSources(store)
    ids = [row.id for row in store.live_passages()]
    for _ in range(2):
        now = kept.moment()
        assert now.passages_with([*ids, "none"]) == store.passages_with([*ids, "none"]) != {}
        assert now.words_at(PLACES, ON) == store.words_at(PLACES, ON)
        assert now.words_at(PLACES, date(1990, 1, 1)) == store.words_at(PLACES, date(1990, 1, 1))
        assert now.titles_of([DECREE, "1/1901/NĐ-CP"]) == store.titles_of([DECREE, "1/1901/NĐ-CP"]) != {}


def test_what_was_withdrawn_or_changed_is_gone_at_the_next_question(store: KnowledgeStore) -> None:
    kept = KeptSources(store)
    for n in range(5):
        store.publish(decree([f"Lần thứ {n}."]))
        ids = [row.id for row in store.live_passages()]
        now = kept.moment()
        assert f"Lần thứ {n}." in repr(now.words_at(PLACES, ON)) and now.titles_of([DECREE]) and now.passages_with(ids)
    store.withdraw(DECREE)
    now = kept.moment()
    assert not any(now.words_at(PLACES, ON).values()) and now.titles_of([DECREE]) == {} == now.passages_with(ids)


def test_a_second_question_reads_one_row(store: KnowledgeStore) -> None:
    store.publish(decree(["Một."]))
    kept = KeptSources(store)
    ids = [row.id for row in store.live_passages()]

    def answer() -> None:
        now = kept.moment()
        now.passages_with(ids)
        now.words_at(PLACES, ON)
        now.titles_of([DECREE])

    answer()
    asked: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda c, cur, statement, *rest: asked.append(statement))
    answer()
    assert len(reads := [s for s in asked if s.startswith("SELECT")]) == 1 and "knowledge_state" in reads[0]


def test_what_is_kept_is_bounded(store: KnowledgeStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_sources, "_MOST", 10)
    store.publish(decree(["Một."]))
    kept = KeptSources(store)
    for n in range(50):
        kept.moment().titles_of([f"{n}/2020/NĐ-CP"])
    assert len(kept.moment()._kept) <= 11
