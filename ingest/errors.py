"""Errors of `ingest`: one Vietnamese line for the person who brought the file, and what to do about it."""

from __future__ import annotations


class IngestError(Exception):
    """Base of all errors of this package. `str(error)` is one Vietnamese line."""


class UnreadableFile(IngestError):
    """Raised when a file cannot become text. Nothing of the file is kept.

    `file` is the file's own name (no folder; signs that cannot be printed replaced), `reason` a stable code (the keys of
    `ingest.readers.messages.REASONS`), `message` one Vietnamese line, `remedy` what the person can do, `detail` a short
    technical note for the log.
    """

    def __init__(self, file: str, reason: str, message: str, remedy: str, detail: str = "") -> None:
        super().__init__(file, reason, message, remedy, detail)
        self.file = file
        self.reason = reason
        self.message = message
        self.remedy = remedy
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.file}: {self.message} {self.remedy}"


class Refused(IngestError):
    """Raised inside a parser process, or by its supervisor, when a file cannot be read.

    `reason` is a key of `ingest.readers.messages.REASONS`; `detail` a short technical note; `pages` the pages concerned.
    `ingest.readers.read_document` turns it into `UnreadableFile`, so callers of the package never see it.
    """

    def __init__(self, reason: str, detail: str = "", pages: tuple[int, ...] = ()) -> None:
        super().__init__(reason, detail, pages)
        self.reason = reason
        self.detail = detail
        self.pages = pages

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}"
