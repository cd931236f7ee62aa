"""The searcher of the moment follows the store."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

from bot.storage.migrate import migrate
from knowledge.law import Coordinate, DocumentIdentity, DocumentKind, InForce, Provision, ProvisionKind
from knowledge.live import LiveSearch
from knowledge.passages import make_passages
from knowledge.store import KnowledgeStore, NewDocument, SourceFile, open_engine

HELD = InForce(date(2025, 1, 1))


def publish(store: KnowledgeStore, number: str, text: str) -> None:
    provisions = [Provision(Coordinate(number, "1"), ProvisionKind.ARTICLE, text, "Quy định")]
    identity = DocumentIdentity(number, DocumentKind.LAW, f"Luật {number}", in_force=HELD)
    store.publish(NewDocument(SourceFile(number, "0" * 64), identity, provisions, make_passages(provisions, HELD), "1"))


def make(tmp_path: Path) -> tuple[KnowledgeStore, LiveSearch]:
    engine = open_engine(f"sqlite:///{tmp_path / 'k.sqlite3'}")
    migrate(engine)
    store = KnowledgeStore(engine)
    return store, LiveSearch(store, tmp_path / "indexes", None, lambda state: None, check_every=0)


def test_a_new_document_is_found_without_a_restart(tmp_path: Path) -> None:
    store, live = make(tmp_path)
    publish(store, "1/2030/QH16", "Quy định thứ nhất về cá.")
    assert len(live.current().snapshot.catalogue) == 1
    publish(store, "2/2030/QH16", "Quy định thứ hai về tôm.")
    for _ in range(200):
        if len(live.current().snapshot.catalogue) == 2:
            break
        time.sleep(0.02)
    assert len(live.current().snapshot.catalogue) == 2


def test_the_snapshot_is_read_from_disk_at_the_next_start(tmp_path: Path) -> None:
    store, live = make(tmp_path)
    publish(store, "1/2030/QH16", "Quy định thứ nhất về cá.")
    live.refresh()
    folders = list((tmp_path / "indexes").glob("keyword-*"))
    assert len(folders) == 1
    stamp = folders[0].stat().st_mtime_ns
    again = LiveSearch(store, tmp_path / "indexes", None, lambda state: None)
    assert len(again.current().snapshot.catalogue) == 1
    assert folders[0].stat().st_mtime_ns == stamp


def test_a_database_that_goes_away_leaves_the_loaded_knowledge(tmp_path: Path) -> None:
    store, live = make(tmp_path)
    publish(store, "1/2030/QH16", "Quy định thứ nhất về cá.")
    searcher = live.current()
    store.engine.dispose()
    (tmp_path / "k.sqlite3").rename(tmp_path / "away.sqlite3")
    (tmp_path / "k.sqlite3").mkdir()
    assert live.current() is searcher
