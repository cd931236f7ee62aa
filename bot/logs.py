"""The log file, turned over at a size, and logs as JSON lines. What is written was cleaned when its record was made (`redaction`).

Trap: several processes may write one file (`tuvan run` and `tuvan ingest`), and one that turns it over must not leave the others
writing into the old one. So each record is written under a lock, into whatever file has the name at that moment.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from bot.errors import BadSettings
from bot.settings import Settings
from bot.watch_settings import LogForm

PLAIN = "%(asctime)s %(levelname)s %(name)s: %(message)s"
DATED = "%Y-%m-%dT%H:%M:%S%z"
_MEGABYTE = 1_000_000


class JsonLines(logging.Formatter):
    """One JSON object a record."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
            "thread": record.threadName,
        }
        if trace := record.exc_text or (self.formatException(record.exc_info) if record.exc_info else ""):
            told["trace"] = trace
        return json.dumps(told, ensure_ascii=False)


class SharedFile(RotatingFileHandler):
    """A file that several processes write and turn over. A full disk costs the record, never the program."""

    def __init__(self, path: Path, *, most: int, count: int) -> None:
        super().__init__(path, maxBytes=most, backupCount=count, encoding="utf-8")
        self._lock_file = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            with self._alone():
                self._follow()
                super().emit(record)
        except OSError:
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """Nothing: standard error has the record too."""

    def close(self) -> None:
        if self._lock_file >= 0:
            os.close(self._lock_file)
            self._lock_file = -1
        super().close()

    def _open(self) -> TextIOWrapper:
        file = super()._open()
        os.fchmod(file.fileno(), 0o600)
        return file

    @contextmanager
    def _alone(self) -> Iterator[None]:
        fcntl.flock(self._lock_file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._lock_file, fcntl.LOCK_UN)

    def _follow(self) -> None:
        """Opens the file again when another process, or somebody's hand, has moved it."""
        if self.stream is None:
            return
        try:
            there = Path(self.baseFilename).stat()
        except FileNotFoundError:
            there = None
        mine = os.fstat(self.stream.fileno())
        if there is None or (there.st_dev, there.st_ino) != (mine.st_dev, mine.st_ino):
            self.stream.close()
            self.stream = self._open()


def set_up(settings: Settings) -> None:
    """Logs as `settings` say, for all of this process; may be called again. Raises BadSettings."""
    form = JsonLines() if settings.log_form is LogForm.JSON else logging.Formatter(PLAIN, DATED)
    root = logging.getLogger()
    for handler in list(root.handlers):
        if isinstance(handler, SharedFile):
            root.removeHandler(handler)
            handler.close()
        elif isinstance(handler, logging.StreamHandler) and handler.stream is sys.stderr:
            handler.setFormatter(form)
    path = settings.log_file
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = SharedFile(path.absolute(), most=settings.log_megabytes * _MEGABYTE, count=settings.log_count)
    except OSError as error:
        raise BadSettings(
            f"TUVAN_LOG_FILE: không ghi được {path} ({error.strerror}).", "Chọn tệp khác hoặc cấp quyền ghi."
        ) from error
    file.setFormatter(form)
    root.addHandler(file)
    _also_uncaught(file)


def files_of(settings: Settings) -> list[Path]:
    """The log file and those it was turned over to."""
    path = settings.log_file
    return [] if path is None else [*path.parent.glob(f"{path.name}*"), *path.parent.glob(f".{path.name}.lock")]


def _also_uncaught(file: SharedFile) -> None:
    """What ends a process or a thread stands in the file too, not only on standard error."""
    before, before_in_thread = sys.excepthook, threading.excepthook

    def note(kind: type[BaseException], error: BaseException, place: TracebackType | None) -> None:
        if file in logging.getLogger().handlers and not issubclass(kind, KeyboardInterrupt | SystemExit):
            make = logging.getLogRecordFactory()
            file.handle(make("tuvan", logging.CRITICAL, "", 0, "uncaught exception", (), (kind, error, place)))

    def uncaught(kind: type[BaseException], error: BaseException, place: TracebackType | None) -> None:
        note(kind, error, place)
        before(kind, error, place)

    def in_thread(given: threading.ExceptHookArgs) -> None:
        if given.exc_value is not None:
            note(given.exc_type, given.exc_value, given.exc_traceback)
        before_in_thread(given)

    sys.excepthook, threading.excepthook = uncaught, in_thread
