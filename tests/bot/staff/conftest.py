"""A console on each backend at hand. On SQLite the migrated database with its people is made once and copied."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.storage.migrate import migrate
from knowledge.store import open_engine
from tests.bot.staff.office import Office, opened
from tests.bot.storage.sealing import ALL, migrated


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("staff") / "made.sqlite3"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    with opened(engine):
        pass
    engine.dispose()  # the last connection empties the write-ahead log into the file
    return path


@pytest.fixture
def office(tmp_path: Path, made_once: Path) -> Iterator[Office]:
    """An office on SQLite: for what has little to do with the database."""
    with _copied(tmp_path, made_once) as made:
        yield made


@pytest.fixture(params=ALL)
def everywhere(request: pytest.FixtureRequest, tmp_path: Path, made_once: Path) -> Iterator[Office]:
    """An office on each backend at hand: for what is done in SQL."""
    if request.param == "sqlite":
        with _copied(tmp_path, made_once) as made:
            yield made
        return
    with migrated(request.param, tmp_path) as engine, opened(engine) as made:
        yield made


@contextmanager
def _copied(folder: Path, made_once: Path) -> Iterator[Office]:
    shutil.copy(made_once, folder / "staff.sqlite3")
    engine = open_engine(f"sqlite:///{folder / 'staff.sqlite3'}")
    with opened(engine, hired=True) as made:
        yield made
    engine.dispose()
