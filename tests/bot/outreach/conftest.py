"""A database with all tables, on each backend at hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.storage.migrate import migrate
from tests.knowledge.store.databases import BACKENDS, empty_database


@pytest.fixture(params=BACKENDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with empty_database(request.param, tmp_path) as opened:
        migrate(opened)
        yield opened
