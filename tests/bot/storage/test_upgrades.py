"""From the tables of every revision to those of today: no row is lost or changed, and the program works on what comes out."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from bot.delivery.inbox import Inbox
from bot.staff.access import Role, scope_of
from bot.staff.leads import Filters, Leads
from bot.storage.migrate import TABLES, _config, build, head, migrate
from knowledge.store import KnowledgeStore, reading, writing
from tests.bot.storage.filler import ROWS, contents, fill, tables_of
from tests.bot.storage.test_migrate import differences
from tests.knowledge.store.databases import BACKENDS, empty_database
from tests.knowledge.store.makers import decree

REVISIONS = sorted(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())
REWRITTEN: Mapping[str, set[str]] = {}
"""Columns whose values a step writes anew on purpose, by table; a test of that step says how."""


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("revision", REVISIONS)
def test_nothing_is_lost_from_any_revision_to_the_newest(revision: str, backend: str, tmp_path: Path) -> None:
    with empty_database(backend, tmp_path) as engine:
        build(engine, revision)
        with writing(engine) as connection:
            fill(connection)
        with reading(engine) as connection:
            before = contents(connection)
        assert all(len(rows) == ROWS for name, rows in before.items() if name != "knowledge_state"), before

        assert migrate(engine) is (revision != head())

        assert differences(engine) == []
        with reading(engine) as connection:
            now = {table.name: [c.name for c in table.columns] for table in tables_of(connection)}
            kept = {
                table: [c for c in rows[0] if c in now.get(table, ()) and c not in REWRITTEN.get(table, ())]
                for table, rows in before.items()
            }
            after = contents(connection, kept)
        wanted = {t: sorted(({c: row[c] for c in kept[t]} for row in rows), key=repr) for t, rows in before.items()}
        assert after == wanted

        store = KnowledgeStore(engine)
        assert store.state().version == 7
        assert len(store.documents()) == ROWS
        store.publish(decree())
        assert len(store.documents()) == ROWS + 1
        found = Leads(engine, time.time).find(scope_of(Role.ADMIN, frozenset()), Filters(view="all"), 1)
        assert found.total == (ROWS if "leads" in before else 0)
        assert {row["phone"] for row in found.rows} == {row["phone"] for row in before.get("leads", [])}
        assert isinstance(Inbox(engine).waiting(), int)


def test_every_revision_is_a_place_to_come_from() -> None:
    assert len(REVISIONS) >= 11
    assert REVISIONS[0] == "0001" and REVISIONS[-1] == head()
    assert {table.name for metadata in TABLES for table in metadata.tables.values()} >= {"leads", "inbox", "documents"}
