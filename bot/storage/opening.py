"""Opens the database of an installation, brought up to date, with the keys of its personal data when it has any.

A database is sealed whole by one key, or not at all; a row in it says by which. So a process with another key, or without one, never
reads ciphertext as words and never writes words beside ciphertext: it does not start.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Engine, Table, insert, inspect, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.backup.before import up_to_date
from bot.delivery.tables import conversations
from bot.errors import BotError
from bot.outreach.tables import leads
from bot.settings import Settings
from bot.staff.tables import staff
from bot.storage.key_table import data_keys
from bot.storage.keys import BadKey, Keyring, read_keys, use_keys
from knowledge.store import open_engine, reading, writing

_FILLED: tuple[Table, ...] = (conversations, leads, staff)
"""One of them has a row as soon as somebody has used an installation."""


class KeyTrouble(BotError):
    """Raised when the keys of the settings are not those of the database."""


def open_database(settings: Settings, report: Callable[[str], None] | None = None) -> Engine:
    """The engine of `settings`: tables of this program, keys in use; `report` is told when a copy was kept before an update.

    Raises BadInput, BadKey, DatabaseTrouble, KeyTrouble, NotUpdated.
    """
    keys = keys_for(settings)
    engine = open_engine(settings.database)
    try:
        up_to_date(settings, engine, report)
        fit_keys(engine, keys)
    except BaseException:
        engine.dispose()
        raise
    return engine


def open_as_it_is(settings: Settings) -> Engine:
    """The engine of `settings` without bringing the database up to date: for looking at it. Raises BadInput, BadKey, KeyTrouble."""
    keys = keys_for(settings)
    engine = open_engine(settings.database)
    try:
        with reading(engine) as connection:
            there = inspect(connection).has_table(data_keys.name)
            sealed_by = key_in(connection) if there else None
    except DBAPIError:
        return engine  # whoever looks is told why
    if sealed_by is not None:
        _compare(sealed_by, keys)
        use_keys(engine, keys)
    return engine


def keys_for(settings: Settings) -> Keyring | None:
    """The keys that the settings name; None without a key file. Raises BadKey."""
    path: Path | None = settings.data_key_file
    if path is None:
        return None
    if path.resolve().is_relative_to(settings.tuvan_data.resolve()):
        raise BadKey(
            "TUVAN_DATA_KEY_FILE: tệp khóa nằm trong thư mục dữ liệu.",
            "Chuyển ra chỗ khác: khóa không đi cùng dữ liệu.",
        )
    return read_keys(path)


def fit_keys(engine: Engine, keys: Keyring | None) -> None:
    """Puts `keys` into use for a database of this program. An empty one becomes sealed by them. Raises KeyTrouble."""
    with reading(engine) as connection:
        sealed_by = key_in(connection)
        fresh = sealed_by is None and keys is not None and _empty(connection)
    if fresh and keys is not None:
        sealed_by = _begin(engine, keys)
    _compare(sealed_by, keys)
    use_keys(engine, keys)


def key_in(connection: Connection) -> str | None:
    """The key that a database is sealed by; None when it is not."""
    return connection.execute(select(data_keys.c.key)).scalar()


def _begin(engine: Engine, keys: Keyring) -> str | None:
    try:
        with writing(engine) as connection:
            if key_in(connection) is None and _empty(connection):
                connection.execute(insert(data_keys).values(id=1, key=keys.id, since=time.time()))
            return key_in(connection)
    except IntegrityError:  # another process was quicker
        with reading(engine) as connection:
            return key_in(connection)


def _empty(connection: Connection) -> bool:
    return all(connection.execute(select(table.c.id).limit(1)).first() is None for table in _FILLED)


def _compare(sealed_by: str | None, keys: Keyring | None) -> None:
    if sealed_by == (keys.id if keys else None):
        return
    stop = "Dừng chương trình rồi chạy tuvan encrypt-data."
    if sealed_by is None:
        raise KeyTrouble("TUVAN_DATA_KEY_FILE đã đặt mà dữ liệu cá nhân trong cơ sở dữ liệu chưa mã hóa.", stop)
    if keys is None:
        raise BadKey(
            f"Dữ liệu cá nhân được mã hóa bằng khóa {sealed_by} mà TUVAN_DATA_KEY_FILE chưa đặt.",
            "Đặt biến này tới tệp khóa đã dùng.",
        )
    if keys.knows(sealed_by):
        raise KeyTrouble(f"Dòng đầu của tệp khóa là khóa mới ({keys.id}); dữ liệu còn dùng khóa {sealed_by}.", stop)
    raise BadKey(
        f"Dữ liệu cá nhân được mã hóa bằng khóa {sealed_by}, tệp khóa có khóa khác ({keys.id}).", "Dùng đúng tệp khóa."
    )
