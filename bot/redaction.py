"""Keeps secrets and personal numbers out of logs, tracebacks and everything else that is written down.

Trap: libraries log addresses with tokens in them at levels nobody expects, and handlers are added at any time. So records are
cleaned when they are made, before any handler sees them; exceptions that nobody caught are printed cleaned too.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterable
from types import TracebackType

_PATTERNS = (
    (re.compile(r"/bot[^/\s\"']{8,}(?=[/\s\"']|$)"), "/bot…"),  # an address of a bot platform
    (re.compile(r"\b\d{6,}:[A-Za-z0-9_-]{20,}"), "…:…"),  # a bot token
    (re.compile(r"(?i)\b(access_token|refresh_token|secret_key|app_secret|api_key|authorization|x-bot-api-secret-token|"
                r"x-telegram-bot-api-secret-token)([\"']?\s*[:=]\s*[\"']?)(?:bearer\s+)?[^\s\"',}&]+"), r"\1\2…"),
    (re.compile(r"(?<![\w.])0(?:[ .-]?\d){11}(?![ .-]?\d)"), "[số định danh]"),
    (re.compile(r"(?<![\w.:])(?:\+?84|0)(?:[ .-]?\d){9,10}(?!\d)"), "[số điện thoại]"),  # ten of a fixed line
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "[thư điện tử]"),
)  # fmt: skip
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\x85\u2028\u2029]")
_SHORTEST = 8  # a shorter secret would blank out ordinary words
NOISY = ("httpx", "httpx2", "httpcore", "httpcore2", "telegram", "openai", "anthropic", "ollama", "google", "langsmith")
"""Libraries that tell of every request: of them warnings alone are written."""


class Redactor:
    """Cleans texts: known secrets by value, others by their shape."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = sorted({s for s in secrets if len(s) >= _SHORTEST}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, text: str) -> str:
        if self._known is not None:
            text = self._known.sub("…", text)
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        return text


def install(secrets: Iterable[str] = ()) -> Redactor:
    """Cleans all log records and uncaught exceptions of this process from now on; may be called again with more secrets."""
    redact = Redactor(secrets)

    def make(*args: object, **kwargs: object) -> logging.LogRecord:
        record = logging.LogRecord(*args, **kwargs)  # type: ignore[arg-type]
        return cleaned(record, redact)

    def uncaught(kind: type[BaseException], error: BaseException, place: TracebackType | None) -> None:
        sys.stderr.write(redact("".join(traceback.format_exception(kind, error, place))))

    def in_thread(given: threading.ExceptHookArgs) -> None:
        if given.exc_value is not None and not isinstance(given.exc_value, SystemExit):
            uncaught(given.exc_type, given.exc_value, given.exc_traceback)

    logging.setLogRecordFactory(make)
    sys.excepthook = uncaught
    threading.excepthook = in_thread
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    return redact


def _written_out(found: re.Match[str]) -> str:
    """A control sign as it is written in code, so that no text can begin a line of its own in a log."""
    return found[0].encode("unicode_escape").decode("ascii")


def cleaned(record: logging.LogRecord, redact: Redactor) -> logging.LogRecord:
    """`record` with its message and traceback cleaned; what it was made of is dropped."""
    try:
        message = record.getMessage()
    except Exception:  # a record whose arguments do not fit its text
        message = f"{record.msg} {record.args}"
    record.msg, record.args = _CONTROLS.sub(_written_out, redact(message)), None
    if record.exc_info and record.exc_info[0] is not None:
        record.exc_text = redact("".join(traceback.format_exception(*record.exc_info)).rstrip())
        record.exc_info = None
    if record.stack_info:
        record.stack_info = redact(record.stack_info)
    return record
