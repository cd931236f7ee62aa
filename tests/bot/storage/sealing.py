"""Databases of tests whose personal data are sealed, beside those of `BACKENDS`."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.storage.keys import Keyring
from bot.storage.migrate import migrate
from bot.storage.opening import fit_keys
from tests.knowledge.store.databases import BACKENDS, empty_database

SEALED = "sqlite-sealed"
ALL = [*BACKENDS, pytest.param(SEALED)]
"""Each kind of database, and SQLite with personal data sealed."""


@contextmanager
def migrated(backend: str, folder: Path) -> Iterator[Engine]:
    """A database with all tables and no row."""
    with empty_database(backend.removesuffix("-sealed"), folder) as engine:
        migrate(engine)
        if backend == SEALED:
            fit_keys(engine, Keyring([secrets.token_bytes(32)]))
        yield engine
