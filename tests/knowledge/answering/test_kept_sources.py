"""What is cited is kept, and never longer than it may be found."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from bot.storage.migrate import migrate
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
    for _ in range(2):
        assert kept.words_at(PLACES, ON) == store.words_at(PLACES, ON)
        assert kept.words_at(PLACES, date(1990, 1, 1)) == store.words_at(PLACES, date(1990, 1, 1))
        assert kept.titles_of([DECREE, "1/1901/NĐ-CP"]) == store.titles_of([DECREE, "1/1901/NĐ-CP"]) != {}


def test_what_was_withdrawn_or_changed_is_gone_at_the_next_question(store: KnowledgeStore) -> None:
    kept = KeptSources(store)
    for n in range(5):
        store.publish(decree([f"Lần thứ {n}."]))
        assert f"Lần thứ {n}." in repr(kept.words_at(PLACES, ON)) and kept.titles_of([DECREE])
    store.withdraw(DECREE)
    assert not any(kept.words_at(PLACES, ON).values()) and kept.titles_of([DECREE]) == {}


def test_a_second_question_reads_one_row(store: KnowledgeStore) -> None:
    store.publish(decree(["Một."]))
    kept = KeptSources(store)
    kept.words_at(PLACES, ON)
    kept.titles_of([DECREE])
    asked: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda c, cur, statement, *rest: asked.append(statement))
    kept.words_at(PLACES, ON)
    kept.titles_of([DECREE])
    assert len([s for s in asked if s.startswith("SELECT")]) == 2 and all(
        "knowledge_state" in s for s in asked if s.startswith("SELECT")
    )
