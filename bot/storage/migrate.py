"""Brings a database to the tables of this program: an empty one, an older one, or one that is there already.

Traps: two processes that start at once must not both migrate, so one holds a lock; on SQLite the transaction is that
lock, and a step that fails leaves the database as it was, because its tables are made and changed inside transactions
too.
"""

from __future__ import annotations

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

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 7_427_101  # any number that nobody else locks in this database


class DatabaseTrouble(BotError):
    """Raised when the database cannot be reached, written, or belongs to a newer version of the program."""


def migrate(engine: Engine) -> bool:
    """Makes or changes tables until they are those of this program; True when there was something to do.

    Raises `DatabaseTrouble` when the database cannot be opened or was made by a newer version.
    """
    scripts = ScriptDirectory.from_config(_config())
    try:
        # A look first: a start with nothing to do takes no lock and writes nothing.
        with reading(engine) as connection:
            if revision_of(connection) == scripts.get_current_head():
                return False
        with writing(engine) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            return _upgrade(connection, scripts)
    except DatabaseError as error:
        reason = next(iter(str(error.orig).splitlines()), "")
        raise DatabaseTrouble(
            f"Không mở được cơ sở dữ liệu: {reason}.",
            "Kiểm tra DATABASE_URL hoặc TUVAN_DATA, dung lượng đĩa và quyền ghi.",
        ) from error


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


def _upgrade(connection: Connection, scripts: ScriptDirectory) -> bool:
    found = revision_of(connection)
    if found == scripts.get_current_head():
        return False
    if found is not None and found not in known_revisions():
        raise DatabaseTrouble(
            f"Cơ sở dữ liệu do bản chương trình mới hơn tạo ra ({found}).",
            "Cài bản chương trình mới, hoặc khôi phục bản sao lưu của bản này.",
        )
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    return True


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config
