"""Installations for backups: a data folder with a database of a backend, filled a little."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, insert

from bot.backup.database import all_tables
from bot.delivery.inbox import Inbox
from bot.outreach.tables import consents, leads
from bot.settings import Settings
from bot.storage.migrate import migrate
from knowledge.store import KnowledgeStore, open_engine, reading, writing
from tests.bot.backup.writer import event
from tests.knowledge.store.databases import empty_database
from tests.knowledge.store.makers import decree

SIGNED_IN = {"staff_sessions", "staff_link_codes"}


@dataclass(frozen=True)
class Place:
    settings: Settings
    engine: Engine

    @property
    def data(self) -> Path:
        return self.settings.tuvan_data


@contextmanager
def place(backend: str, folder: Path) -> Iterator[Place]:
    """An empty installation below `folder`."""
    data = folder / "data"
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        if backend == "sqlite":
            settings = Settings(_env_file=None, tuvan_data=data)
            engine = open_engine(settings.database)
            (data / "tuvan.sqlite3").unlink(missing_ok=True)
        else:
            engine = stack.enter_context(empty_database(backend, folder))
            settings = Settings(_env_file=None, tuvan_data=data, database_url=engine.url.render_as_string(False))
        yield Place(settings, engine)
        engine.dispose()


def fill(at: Place) -> None:
    """Some of everything that travels in its own way: JSON, days, moments, bytes, NULLs, files."""
    migrate(at.engine)
    KnowledgeStore(at.engine).publish(decree())
    Inbox(at.engine).store([event(f"e{n}", str(n % 3)) for n in range(20)])
    with writing(at.engine) as connection:
        consent = connection.execute(
            insert(consents).returning(consents.c.id),
            {"conversation_id": 1, "channel": "plain", "person": "p", "purpose": "call", "version": "1", "text_hash": "h",
             "event_id": "e1", "given_at": 1.5, "withdrawn_at": None},
        ).scalar_one()  # fmt: skip
        row = {c.name: "" for c in leads.columns if c.name != "id"} | {
            "conversation_id": 1, "consent_id": consent, "phone": "+84900765432", "name": "Nguyễn Thị Lựu “Lan”",
            "citations": [{"quote": "Điều 1\n\"x\"", "n": 1.0}, None], "status": "new", "assigned_to": None, "due_at": None,
            "contacted_at": None, "joined_at": None, "version": 1, "created_at": 1e9 + 0.123456, "updated_at": 1e9,
            "closed_at": None,
        }  # fmt: skip
        connection.execute(insert(leads), row)
    for name, text in {"rates/a.yaml": "a: 1", "cards/thẻ.yaml": "b", "uploads/2026/qđ 1.txt": "văn bản" * 999}.items():
        path = at.data / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for name in ("indexes/1/x", "models/m", "evaluation/v", "keys/audit.key"):
        (at.data / name).parent.mkdir(parents=True, exist_ok=True)
        (at.data / name).write_text("not in a backup")


def rows(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables, as the code reads them."""
    with reading(engine) as connection:
        return {
            t.name: sorted((tuple(_plain(v) for v in row) for row in connection.execute(t.select())), key=str)
            for t in all_tables()
            if t.name not in SIGNED_IN
        }


def _plain(value: object) -> object:
    """SQLite's moments have no zone, and are UTC."""
    return value.isoformat()[:26].removesuffix("+00:00") if hasattr(value, "tzinfo") else value


def files(data: Path) -> dict[str, bytes]:
    """What a backup is to hold beside the database."""
    found = {}
    for top in ("rates", "cards", "uploads"):
        found |= {str(p.relative_to(data)): p.read_bytes() for p in (data / top).rglob("*") if p.is_file()}
    return found
