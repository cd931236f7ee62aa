"""Empty databases for tests: an SQLite file, or a PostgreSQL schema of the test's own."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import OperationalError

from knowledge.store import open_engine

POSTGRES = os.environ.get("DATABASE_URL_TEST") or "postgresql+psycopg://postgres@127.0.0.1:5432/test"
BACKENDS = [pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.postgres)]


@contextmanager
def empty_database(backend: str, folder: Path) -> Iterator[Engine]:
    """An engine on an empty database; skips when there is no PostgreSQL server."""
    if backend == "sqlite":
        engine = open_engine(f"sqlite:///{folder / 'knowledge.sqlite3'}")
        yield engine
        engine.dispose()
        return
    schema = f"t{uuid.uuid4().hex}"
    server = open_engine(make_url(POSTGRES).update_query_dict({"connect_timeout": "3"}).render_as_string(False))
    try:
        with server.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
    except OperationalError as error:
        server.dispose()
        pytest.skip(f"no PostgreSQL server at DATABASE_URL_TEST: {str(error.orig).splitlines()[0]}")
    own = make_url(POSTGRES).update_query_dict({"options": f"-csearch_path={schema}"})
    engine = open_engine(own.render_as_string(False))
    try:
        yield engine
    finally:
        engine.dispose()
        with server.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        server.dispose()
