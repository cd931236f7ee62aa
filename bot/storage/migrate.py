"""Brings a database to the tables of this program: an empty one, an older one, or one that is there already.

Traps: two processes that start at once must not both migrate, so one holds a lock; on SQLite the transaction is that
lock, and a step that fails leaves the database as it was, because its tables are made and changed inside transactions
too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, text
from sqlalchemy.exc import DatabaseError

import bot.model_use
import bot.outreach.campaign_tables
import bot.outreach.tables
import bot.staff.figure_tables
import bot.staff.notice_tables
import bot.staff.proposal_tables
import bot.storage.key_table  # noqa: F401 - the tables of all these belong to `bot_tables`
from bot.errors import BotError
from bot.staff.tables import metadata as bot_tables  # of delivery, outreach and the console, which refer to each other
from knowledge.store import metadata as knowledge_tables
from knowledge.store import reading, writing

TABLES: tuple[MetaData, ...] = (knowledge_tables, bot_tables)
"""All tables that migrations must make; a new package of tables adds its own here."""

Before = Callable[[Connection, str], None]
"""(the connection that is about to change tables, the revision they have): what it raises leaves the database as it is."""

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 7_427_101  # any number that nobody else locks in this database


class DatabaseTrouble(BotError):
    """Raised when the database cannot be reached, written, or belongs to a newer version of the program."""


def migrate(engine: Engine, before: Before | None = None) -> bool:
    """Makes or changes tables until they are those of this program; True when there was something to do.

    `before` is called, inside the lock, when there are tables already. Raises `DatabaseTrouble` when the database cannot be opened
    or was made by a newer version.
    """
    scripts = ScriptDirectory.from_config(_config())
    with _told():
        # A look first: a start with nothing to do takes no lock and writes nothing.
        with reading(engine) as connection:
            if revision_of(connection) == scripts.get_current_head():
                return False
        with writing(engine) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            return _upgrade(connection, scripts, before)


def outdated(engine: Engine) -> bool:
    """Whether the database has the tables of an older version of this program. Raises `DatabaseTrouble`."""
    with _told(), reading(engine) as connection:
        return revision_of(connection) in known_revisions() - {head()}


def build(engine: Engine, revision: str) -> None:
    """Makes the tables of `revision`, which may be an older one, in an empty database."""
    with writing(engine) as connection:
        _run(connection, revision)


def head() -> str:
    """The revision of this program's tables."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    assert found is not None
    return found


def known_revisions() -> set[str]:
    """The revisions that this program can bring up to date, its own among them."""
    return {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def revision_of(connection: Connection) -> str | None:
    """The revision of a database; None when it has no tables."""
    return MigrationContext.configure(connection).get_current_revision()


def _upgrade(connection: Connection, scripts: ScriptDirectory, before: Before | None) -> bool:
    found = revision_of(connection)
    if found == scripts.get_current_head():
        return False
    if found is not None and found not in known_revisions():
        raise DatabaseTrouble(
            f"Cơ sở dữ liệu do bản chương trình mới hơn tạo ra ({found}).",
            "Cài bản chương trình mới, hoặc khôi phục bản sao lưu của bản này.",
        )
    if found is not None and before is not None:
        before(connection, found)
    try:
        _run(connection, "head")
    except DatabaseError as error:
        raise DatabaseTrouble(
            f"Không nâng cấp được dữ liệu lên {scripts.get_current_head()}: {_reason(error)}.",
            "Dữ liệu vẫn như cũ. Kiểm tra dung lượng đĩa rồi chạy lại, hoặc dùng lại bản chương trình trước và báo người phát triển.",
        ) from error
    return True


def _run(connection: Connection, revision: str) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


@contextmanager
def _told() -> Iterator[None]:
    """Errors of the database become one line."""
    try:
        yield
    except DatabaseError as error:
        raise DatabaseTrouble(
            f"Không mở được cơ sở dữ liệu: {_reason(error)}.",
            "Kiểm tra DATABASE_URL hoặc TUVAN_DATA, dung lượng đĩa và quyền ghi.",
        ) from error


def _reason(error: DatabaseError) -> str:
    return next(iter(str(error.orig).splitlines()), "")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config
