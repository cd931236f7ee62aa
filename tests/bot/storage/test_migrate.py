"""Migrations: the tables they make are those that the code uses, once and from any state."""

from __future__ import annotations

import threading
from collections.abc import Container, Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from bot.storage.migrate import TABLES, DatabaseTrouble, migrate
from knowledge.store import KnowledgeStore, open_engine, writing
from tests.knowledge.store.databases import BACKENDS, empty_database
from tests.knowledge.store.makers import decree


@pytest.fixture(params=BACKENDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with empty_database(request.param, tmp_path) as opened:
        yield opened


def differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [d for tables in TABLES for d in compare_metadata(context, tables) if not _of_others(d, tables.tables)]


def _of_others(difference: object, tables: Container[str]) -> bool:
    """Tables of another MetaData, and their indexes, look superfluous to this one."""
    known = {name for metadata in TABLES for name in metadata.tables}
    if not isinstance(difference, tuple) or difference[0] not in ("remove_table", "remove_index"):
        return False
    name = difference[1].name if difference[0] == "remove_table" else difference[1].table.name
    return name in known and name not in tables


def test_the_migrated_tables_are_those_of_the_code(engine: Engine) -> None:
    assert differences(engine)
    migrate(engine)
    assert differences(engine) == []
    found = set(inspect(engine).get_table_names())
    assert found == {name for tables in TABLES for name in tables.tables} | {"alembic_version"}


def test_a_migrated_database_takes_knowledge(engine: Engine) -> None:
    migrate(engine)
    store = KnowledgeStore(engine)
    store.publish(decree())
    assert store.state().version == 1
    generation = store.new_generation("m", 4)
    store.make_live(generation.id)
    assert store.state().live_generation == generation.id


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    assert migrate(engine) is True
    KnowledgeStore(engine).publish(decree())
    assert migrate(engine) is False
    assert len(KnowledgeStore(engine).documents()) == 1


def test_processes_that_start_together_migrate_once(engine: Engine) -> None:
    done: list[bool] = []
    threads = [threading.Thread(target=lambda: done.append(migrate(engine))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False, False, False, True]
    assert KnowledgeStore(engine).state().version == 0


def test_a_database_of_a_newer_program_is_left_alone(engine: Engine) -> None:
    migrate(engine)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseTrouble, match="mới hơn") as caught:
        migrate(engine)
    assert caught.value.remedy


def test_a_file_that_is_no_database_is_named_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "k.sqlite3"
    path.write_bytes(b"day khong phai co so du lieu " * 100)
    before = path.read_bytes()
    with pytest.raises(DatabaseTrouble, match="Không mở được cơ sở dữ liệu") as caught:
        migrate(open_engine(f"sqlite:///{path}"))
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == before


def test_a_folder_in_the_place_of_the_database_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseTrouble, match="Không mở được cơ sở dữ liệu"):
        migrate(open_engine(f"sqlite:///{tmp_path}"))


def test_a_server_that_cannot_be_reached_is_named() -> None:
    with pytest.raises(DatabaseTrouble, match="Không mở được cơ sở dữ liệu"):
        migrate(open_engine("postgresql://nobody@127.0.0.1:1/none?connect_timeout=2"))
