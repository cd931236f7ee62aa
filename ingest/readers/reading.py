"""Reads one file: looks at its first bytes, lets the parser of its kind work in a child process, recognises scanned pages."""

from __future__ import annotations

import hashlib
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

from ingest.errors import Refused
from ingest.readers import ocr
from ingest.readers.messages import unreadable
from ingest.readers.model import ReadDocument, from_plain
from ingest.sandbox import Limits, run_limited

_TEXT = {".txt": "plain", ".md": "marked", ".markdown": "marked", ".html": "web", ".htm": "web", "": "plain"}
_PICTURES = {".png", ".jpg", ".jpeg", ".tif", ".tiff"}
_PICTURE_MAGIC = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BIG_PICTURE = 2 << 30  # address space for recognition: a 300 dpi page and the model


def read_document(path: Path, limits: Limits | None = None) -> ReadDocument:
    """The document in `path`. Raises UnreadableFile, and nothing else, for a file that cannot become text."""
    limits = limits or Limits()
    try:
        return _read(path, limits)
    except Refused as refused:
        raise unreadable(path.name, refused) from None
    except OSError as error:
        raise unreadable(path.name, Refused("missing", str(error.strerror))) from None


def _read(path: Path, limits: Limits) -> ReadDocument:
    try:
        facts = path.stat()
    except (OSError, ValueError) as error:
        raise Refused("missing", type(error).__name__) from None
    if not stat.S_ISREG(facts.st_mode):
        raise Refused("not_a_file")
    if facts.st_size == 0:
        raise Refused("empty")
    if facts.st_size > limits.input_bytes:
        raise Refused("too_large", f"{facts.st_size} bytes")
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        head = file.read(4096)
    kind = _kind(head, path.suffix.lower())
    where = str(path.absolute())
    try:
        if kind == "pdf":
            return _pdf(where, path.name, sha256, limits)
        if kind == "picture":
            return _picture(where, path.name, sha256, limits)
        if kind == "office":
            from ingest.readers.office import read_old

            return read_old(path, sha256, limits)
        return from_plain(run_limited(f"ingest.readers.{kind}:read", [where, path.name, sha256], limits))
    except (TypeError, KeyError) as error:
        raise Refused("damaged", f"answer: {error}") from None


def _kind(head: bytes, suffix: str) -> str:
    """The parser for a file with these first bytes and this ending. Raises Refused("mislabelled", "unsupported")."""
    lead = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"%PDF-" in head[:1024]:
        return _agree("pdf", suffix, {".pdf"})
    if head.startswith(b"PK\x03\x04"):
        if suffix in (".xlsx", ".pptx", ".zip", ".odt", ".epub", ".jar"):
            raise Refused("unsupported", suffix)
        return _agree("word", suffix, {".docx"})
    if head.startswith(_OLE):
        if suffix == ".docx":
            raise Refused("encrypted", "OLE package")  # Word keeps a document with a password in an OLE container
        return _agree("office", suffix, {".doc"})
    if lead.startswith(b"{\\rtf"):
        return _agree("office", suffix, {".rtf", ".doc"})
    if head.startswith(_PICTURE_MAGIC):
        return _agree("picture", suffix, _PICTURES)
    if suffix in _TEXT:
        looks_html = b"<html" in lead[:1024].lower() or lead[:15].lower().startswith(b"<!doctype html")
        return "web" if looks_html and suffix in (".txt", "") else _TEXT[suffix]
    if suffix in (".pdf", ".docx", ".doc", ".rtf", *_PICTURES):
        raise Refused("mislabelled", f"{suffix} without its mark")
    raise Refused("unsupported", suffix)


def _agree(kind: str, suffix: str, endings: set[str]) -> str:
    if suffix not in endings:
        raise Refused("mislabelled", f"{kind} inside {suffix or 'no ending'}")
    return kind


def _pdf(path: str, name: str, sha256: str, limits: Limits) -> ReadDocument:
    answer: dict[str, Any] = run_limited("ingest.readers.pdf:read", [path, name, limits.pages, sha256], limits)
    if "ocr" not in answer:
        return from_plain(answer)
    pages, wanted = list(answer["raw"]), list(answer["ocr"])
    if not ocr.available():
        raise Refused("scan_without_ocr", pages=tuple(wanted))
    if len(wanted) > limits.ocr_pages:
        raise Refused("too_many_pages", f"{len(wanted)} scanned")
    for number in wanted:
        try:
            pages[number - 1] = run_limited("ingest.readers.ocr:page_of_pdf", [path, number], _for_ocr(limits))
        except Refused as refused:
            raise Refused(refused.reason, refused.detail, (number,)) from None
    wanted = [n for n in wanted if pages[n - 1].strip()]
    if not any(sum(c.isalpha() for c in page) > 25 for page in pages):
        raise Refused("scan_unreadable")
    document = from_plain(
        run_limited("ingest.readers.pdf:assemble", [name, sha256, pages, wanted, answer["unseen"]], limits)
    )
    if wanted:
        document.notes.append(
            "Có trang do máy nhận dạng chữ, cần người đọc lại: " + ", ".join(map(str, wanted[:20])) + "."
        )
    return document


def _picture(path: str, name: str, sha256: str, limits: Limits) -> ReadDocument:
    if not ocr.available():
        raise Refused("scan_without_ocr")
    text = run_limited("ingest.readers.ocr:picture_text", [path], _for_ocr(limits))
    document = from_plain(run_limited("ingest.readers.pdf:assemble", [name, sha256, [text], [1]], limits))
    document.notes.append("Nội dung do máy nhận dạng chữ từ ảnh, cần người đọc lại.")
    return document


def _for_ocr(limits: Limits) -> Limits:
    return replace(
        limits, cpu_seconds=int(limits.ocr_seconds), wall_seconds=limits.ocr_seconds, memory_bytes=_BIG_PICTURE
    )
