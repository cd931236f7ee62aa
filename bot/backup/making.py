"""Makes a backup while the program runs: one moment of the database, then the files, written aside, checked, put in place."""

from __future__ import annotations

import json
import os
import re
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from bot.backup import database
from bot.backup.archive import DATABASE, FILES, BadArchive, Manifest, opened, written
from bot.backup.files import LAST, kept, put, sync_folder, work_folder
from bot.errors import BotError
from bot.logs import files_of
from bot.settings import Settings
from knowledge.store import open_engine, sqlite_module

_OURS = re.compile(r"tuvan-\d{8}-\d{6}(?:-\d+)?\.(?:zip|sealed)")
_LEFT = 86_400.0  # seconds after which a file under way was left by a killed process


class BackupFailed(BotError):
    """Raised when no backup could be made; there is no new file then."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that stands, checked. `removed` are older ones that gave way."""

    path: Path
    manifest: Manifest
    bytes: int
    sealed: bool
    seconds: float
    removed: tuple[Path, ...] = ()


def make(
    settings: Settings,
    target: Path,
    *,
    secret: bytes | None = None,
    keep: int = 0,
    now: Callable[[], float] = time.time,
) -> Backup:
    """Writes a backup to `target`: a new file, or a folder in which the file is named by its time.

    With `keep`, `target` is a folder and only its newest `keep` backups stay. Raises BackupFailed,
    BadDatabase.
    """
    begun = time.monotonic()
    moment = now()
    with told():
        if target.resolve().is_relative_to(settings.tuvan_data.resolve()):
            raise BackupFailed(
                f"{target} nằm trong thư mục dữ liệu.", "Chọn nơi khác, tốt nhất là ổ khác: ổ hỏng thì mất cả hai."
            )
        path = _path(target, moment, sealed=secret is not None, folder=keep > 0)
        manifest = write(settings, path, secret, moment)
        removed = _rotate(path, keep)
        made = Backup(path, manifest, path.stat().st_size, secret is not None, time.monotonic() - begun, removed)
        _tell(settings.tuvan_data, made, moment)
        return made


@contextmanager
def told() -> Iterator[None]:
    """Turns errors of files, archives and databases into one line. Raises BackupFailed."""
    try:
        yield
    except BadArchive as error:
        raise BackupFailed(
            f"Bản sao lưu vừa ghi không đọc lại đúng: {error}", "Kiểm tra ổ đĩa rồi sao lưu lại."
        ) from error
    except OSError as error:
        raise BackupFailed(
            f"Không ghi được bản sao lưu: {error.strerror or error}.", "Kiểm tra dung lượng đĩa và quyền ghi."
        ) from error
    except (DatabaseError, sqlite3.Error, sqlite_module().Error) as error:
        reason = next(iter(str(getattr(error, "orig", error)).splitlines()), "")
        raise BackupFailed(
            f"Không sao chép được cơ sở dữ liệu: {reason}.", "Kiểm tra dung lượng đĩa và cơ sở dữ liệu."
        ) from error


def write(settings: Settings, path: Path, secret: bytes | None, moment: float) -> Manifest:
    """Writes a backup to `path` and looks through it; the file is there at the end, whole, or not at all."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        manifest = _write(settings, part, secret, moment)
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(path.parent)
    return manifest


def _write(settings: Settings, part: Path, secret: bytes | None, moment: float) -> Manifest:
    data = settings.tuvan_data
    engine = open_engine(settings.database)
    try:
        with work_folder(data) as work:
            # The database first: a file that a row names was written before the row.
            copy = work / DATABASE
            revision = database.snapshot(engine, copy)
            told = Manifest(
                program=_program(),
                revision=revision,
                backend=engine.dialect.name,
                made_at=datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds"),
                counts=database.counts(copy),
            )
            handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w+b") as file, written(file, secret) as archive:
                archive.add(DATABASE, copy)
                for name in kept(data, database.database_file(engine), files_of(settings)):
                    with suppress(FileNotFoundError):  # gone since the look
                        archive.add(FILES + name.as_posix(), data / name)
                archive.manifest(told)
            copy.unlink()
            return verified(part, secret, work)
    finally:
        engine.dispose()


def verified(path: Path, secret: bytes | None, work: Path) -> Manifest:
    """Opens a backup again and looks at everything in it; its database is left in `work`. Raises BadArchive, BadDatabase."""
    with opened(path, secret) as archive:
        archive.check(lambda name: work / DATABASE if name == DATABASE else None)
        checked_database(work / DATABASE, archive.manifest)
        return archive.manifest


def checked_database(file: Path, manifest: Manifest) -> None:
    """Holds a database against its manifest. Raises BadArchive, BadDatabase."""
    if database.check(file) != manifest.revision or database.counts(file) != dict(manifest.counts):
        raise BadArchive("Số dòng trong bản sao lưu không khớp danh mục của nó.", "Dùng một bản sao lưu khác.")


def _path(target: Path, moment: float, *, sealed: bool, folder: bool) -> Path:
    if folder and target.is_file():
        raise BackupFailed(f"{target} là tệp; --keep cần một thư mục.", "Ghi tên thư mục chứa các bản sao lưu.")
    if folder:
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not target.is_dir():
        if target.exists():
            raise BackupFailed(f"{target} đã có.", "Chọn tên khác: bản sao lưu không ghi đè tệp nào.")
        if not target.parent.is_dir():
            raise BackupFailed(f"Không có thư mục {target.parent}.", "Tạo thư mục đó trước.")
        return target
    _sweep(target, moment)
    name = f"tuvan-{time.strftime('%Y%m%d-%H%M%S', time.gmtime(moment))}"
    end = "sealed" if sealed else "zip"
    path, number = target / f"{name}.{end}", 1
    while path.exists():
        number += 1
        path = target / f"{name}-{number}.{end}"
    return path


def _sweep(folder: Path, moment: float) -> None:
    """Removes what killed processes left."""
    for left in folder.glob(".tuvan-*.part"):
        with suppress(OSError):
            if moment - left.stat().st_mtime > _LEFT:
                left.unlink()


def _rotate(path: Path, keep: int) -> tuple[Path, ...]:
    if keep <= 0:
        return ()
    ours = sorted((p for p in path.parent.iterdir() if _OURS.fullmatch(p.name) and p != path), key=_age, reverse=True)
    removed = tuple(ours[keep - 1 :])
    for old in removed:
        old.unlink(missing_ok=True)
    return removed


def _age(path: Path) -> tuple[str, int]:
    """Backups of one second are told apart by their number, 10 after 9."""
    parts = path.name.partition(".")[0].split("-")
    return "-".join(parts[:3]), int(parts[3]) if len(parts) > 3 else 1


def _tell(data: Path, made: Backup, moment: float) -> None:
    note = data / f".{LAST}.{secrets.token_hex(4)}"
    note.write_text(json.dumps({"at": moment, "bytes": made.bytes, "sealed": made.sealed}), encoding="utf-8")
    put(note, data / LAST)


def _program() -> str:
    try:
        return version("tuvan-bhxh")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "0"
