"""Puts a backup into place: everything is read and checked first, so a bad archive changes nothing."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from bot.backup import database
from bot.backup.archive import DATABASE, FILES, BadArchive, Manifest, opened
from bot.backup.files import BEFORE, DATABASE_BEFORE, KEYS, beside, kept, put, sync_folder, work_folder
from bot.backup.making import checked_database
from bot.backup.running import users_of
from bot.errors import BotError
from bot.logs import files_of
from bot.settings import Settings
from knowledge.store import open_engine, sqlite_module


class RestoreFailed(BotError):
    """Raised when a backup was not restored; the installation is as it was."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put in place. `from_revision` differs from the program's when tables were brought up to date."""

    manifest: Manifest
    files: int
    waiting: int  # messages that were not sent yet when the backup was made
    without_keys: bool


def inspect(settings: Settings, archive: Path, *, secret: bytes | None = None) -> Manifest:
    """Checks a backup without restoring it. Raises BadArchive, BadDatabase, BadSecret, RestoreFailed."""
    with _told(), work_folder(settings.tuvan_data) as work:
        return _unpacked(archive, secret, work)


def restore(settings: Settings, archive: Path, *, secret: bytes | None = None, replace: bool = False) -> Restored:
    """Restores `archive` into the empty data folder and database of `settings`; with `replace` in the place of what is there.

    Raises BadArchive, BadDatabase, BadSecret, RestoreFailed.
    """
    data = settings.tuvan_data
    engine = open_engine(settings.database)
    try:
        with _told():
            there = kept(data, None, files_of(settings))
            if not replace and (there or not _empty(engine)):
                what = f"Thư mục {data} đã có dữ liệu" if there else "Cơ sở dữ liệu đã có bảng"
                raise RestoreFailed(
                    f"{what}.", "Dùng một TUVAN_DATA trống, hoặc thêm --replace để thay tất cả bằng bản sao lưu."
                )
            if busy := users_of(database.database_file(engine)):
                raise RestoreFailed(
                    f"Chương trình đang chạy (tiến trình {', '.join(map(str, busy))}).", "Dừng tuvan run rồi làm lại."
                )
            with work_folder(data) as work:
                manifest = _unpacked(archive, secret, work)
                database.bring_up(work / DATABASE)
                waiting = _waiting(work / DATABASE)
                stays = files_of(settings)
                files = _put_files(work / FILES, data, work / BEFORE, kept(data, database.database_file(engine), stays))
                try:
                    _put_database(engine, work / DATABASE, work / BEFORE)
                except BaseException:
                    _put_back(work / BEFORE, data, files)
                    raise
                # Generations of what was there: their numbers may come again for other vectors.
                shutil.rmtree(settings.indexes_folder, ignore_errors=True)
        return Restored(manifest, len(files), waiting, not (data / KEYS / "audit.key").exists())
    finally:
        engine.dispose()


def _unpacked(archive: Path, secret: bytes | None, work: Path) -> Manifest:
    with opened(archive, secret) as reading:
        manifest = reading.manifest
        if not database.known(manifest.revision):
            raise BadArchive(
                f"Bản sao lưu do bản chương trình mới hơn tạo ra ({manifest.program}, bảng {manifest.revision}).",
                "Cài bản chương trình đó rồi khôi phục.",
            )
        reading.check(lambda name: work / name)
        checked_database(work / DATABASE, manifest)
        return manifest


def _empty(engine: Engine) -> bool:
    path = database.database_file(engine)
    return not path.exists() if path is not None else database.is_empty(engine)


def _waiting(file: Path) -> int:
    module = sqlite_module()
    connection = module.connect(file)
    try:
        query = "SELECT count(*) FROM outbox WHERE state IN ('waiting', 'sending')"
        return int(connection.execute(query).fetchone()[0])
    finally:
        connection.close()


def _put_files(source: Path, data: Path, before: Path, old: list[Path]) -> list[Path]:
    """Moves the files of the backup into `data`, and the `old` ones there into `before`."""
    for name in old:
        put(data / name, before / name)
    moved: list[Path] = []
    try:
        for path in sorted(p for p in source.rglob("*") if p.is_file()) if source.is_dir() else []:
            name = path.relative_to(source)
            put(path, data / name)
            moved.append(name)
    except BaseException:
        _put_back(before, data, moved)
        raise
    return moved


def _put_back(before: Path, data: Path, moved: list[Path]) -> None:
    for name in moved:
        (data / name).unlink(missing_ok=True)
    for path in sorted(p for p in before.rglob("*") if p.is_file()) if before.is_dir() else []:
        put(path, data / path.relative_to(before))


def _put_database(engine: Engine, file: Path, before: Path) -> None:
    target = database.database_file(engine)
    if target is None:
        database.fill(engine, file)
        return
    aside = before.with_name(DATABASE_BEFORE)
    old = [path for path in beside(target) if path.exists()]
    for path in old:
        put(path, aside / path.name)
    try:
        put(file, target)
    except BaseException:
        for path in old:
            put(aside / path.name, path)
        raise
    with suppress(OSError):
        target.chmod(0o600)
    sync_folder(target.parent)
    shutil.rmtree(aside, ignore_errors=True)


class _told:
    """Turns errors of files and databases into one line."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _where: object) -> None:
        if isinstance(error, OSError):
            raise RestoreFailed(
                f"Không khôi phục được: {error.strerror or error}.", "Kiểm tra dung lượng đĩa và quyền ghi."
            ) from error
        if isinstance(error, DatabaseError | sqlite3.Error | sqlite_module().Error):
            reason = next(iter(str(getattr(error, "orig", error)).splitlines()), "")
            raise RestoreFailed(f"Không khôi phục được: {reason}.", "Kiểm tra cơ sở dữ liệu đích.") from error
