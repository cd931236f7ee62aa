"""Opening databases: the safe journal, durable commits, honest errors."""

from __future__ import annotations

import multiprocessing
import sqlite3
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from knowledge.errors import BadInput
from knowledge.store import metadata, open_engine, reading, writing
from knowledge.store.database import journal_mode_for, sqlite_module


@pytest.mark.parametrize(
    ("version", "mode"),
    [((3, 6, 23), "delete"), ((3, 7, 0), "delete"), ((3, 40, 1), "delete"), ((3, 51, 2), "delete"),
     ((3, 51, 3), "wal"), ((3, 53, 4), "wal"), ((4, 0, 0), "wal")],
)  # fmt: skip
def test_a_library_that_may_corrupt_a_write_ahead_log_gets_the_rollback_journal(
    version: tuple[int, ...], mode: str
) -> None:
    assert journal_mode_for(version) == mode


def _library(version: tuple[int, int, int]) -> Any:
    """The driver, whose library says that it is this version."""
    real = sqlite_module()
    return SimpleNamespace(**{n: getattr(real, n) for n in dir(real)} | {"sqlite_version_info": version})


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 53, 4)])
def test_the_journal_in_use_is_the_safe_one_also_for_an_older_file(
    tmp_path: Path, version: tuple[int, int, int]
) -> None:
    path = tmp_path / "k.sqlite3"
    # A database that the other kind of library left behind.
    other = "delete" if journal_mode_for(version) == "wal" else "wal"
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA journal_mode={other}")
    connection.close()
    engine = open_engine(f"sqlite:///{path}", module=_library(version))
    with engine.connect() as opened:
        assert opened.execute(text("PRAGMA journal_mode")).scalar() == journal_mode_for(version)


def test_commits_are_durable_and_foreign_keys_hold(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'new' / 'folder' / 'k.sqlite3'}")
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
        assert connection.execute(text("PRAGMA busy_timeout")).scalar_one() >= 10_000
    metadata.create_all(engine)
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(text("UPDATE knowledge_state SET live_generation_id = 99"))


@pytest.mark.parametrize(("version", "synchronous"), [((3, 53, 4), 2), ((3, 40, 1), 3)])
def test_every_connection_of_the_pool_syncs_each_commit(
    tmp_path: Path, version: tuple[int, int, int], synchronous: int
) -> None:
    """Those that wait in the pool, those beyond it, and those made after one broke: 2 is FULL, 3 is EXTRA."""
    engine = open_engine(f"sqlite:///{tmp_path / 'k.sqlite3'}", module=_library(version))
    for _ in range(2):
        with ExitStack() as open_now:
            held = [open_now.enter_context(reading(engine)) for _ in range(12)]
            assert {c.execute(text("PRAGMA synchronous")).scalar() for c in held} == {synchronous}
            held[0].invalidate()
        engine.dispose()


def test_a_reader_sees_one_moment_and_does_not_stop_a_writer(tmp_path: Path) -> None:
    if journal_mode_for(sqlite_module().sqlite_version_info) != "wal":
        pytest.skip("this SQLite library gets the rollback journal, where readers do wait")
    engine = open_engine(f"sqlite:///{tmp_path / 'k.sqlite3'}")
    metadata.create_all(engine)
    query = text("SELECT version FROM knowledge_state")
    with reading(engine) as reader:
        assert reader.execute(query).scalar() == 0
        with writing(engine) as writer:
            writer.execute(text("UPDATE knowledge_state SET version = 5"))
        assert reader.execute(query).scalar() == 0
    with reading(engine) as reader:
        assert reader.execute(query).scalar() == 5


def _count_up(url: str, times: int) -> None:
    engine = open_engine(url)
    for _ in range(times):
        with writing(engine) as connection:
            version = connection.execute(text("SELECT version FROM knowledge_state")).scalar_one()
            connection.execute(text("UPDATE knowledge_state SET version = :v"), {"v": version + 1})


def test_processes_that_write_together_lose_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'k.sqlite3'}"
    engine = open_engine(url)
    metadata.create_all(engine)
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_count_up, args=(url, 100)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [p.exitcode for p in processes] == [0, 0, 0]
    with reading(engine) as connection:
        assert connection.execute(text("SELECT version FROM knowledge_state")).scalar() == 300
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"


@pytest.mark.parametrize("url", ["", "không phải địa chỉ", "mysql://a/b", "oracle://a/b"])
def test_an_address_that_cannot_be_used_is_named(url: str) -> None:
    with pytest.raises(BadInput, match="DATABASE_URL") as caught:
        open_engine(url)
    assert caught.value.remedy


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match="không tạo được thư mục"):
        open_engine(f"sqlite:///{tmp_path / 'file' / 'k.sqlite3'}")
