"""Plain text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ingest.alerts import Unseen
from ingest.encodings import decode_bytes
from ingest.errors import Refused
from ingest.hidden_signs import signs_in
from ingest.readers.finish import finished, prepare
from ingest.readers.model import Line, ReadDocument
from ingest.readers.paragraphs import join_wrapped
from ingest.syllables import garbled_share, words
from knowledge.vietnamese import clean

__all__ = ["prepare", "read"]  # the sandbox calls the first once


def read(path: str, name: str, sha256: str) -> dict[str, Any]:
    """The document. Runs inside a parser process."""
    text, notes, unseen = decoded(path)
    lines = [Line(paragraph) for paragraph in join_wrapped(text.split("\n"))]
    return finished(ReadDocument(name, "text", lines, notes=notes, sha256=sha256), unseen)


def decoded(path: str) -> tuple[str, list[str], list[Unseen]]:
    """Clean text of a file, a note when its encoding was an old one, and what signs that show nothing hid in it.

    Raises Refused("garbled", "no_text", …).
    """
    raw, encoding = decode_bytes(Path(path).read_bytes())
    raw_lines = raw.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").split("\n")
    unseen = [u for number, line in enumerate(raw_lines, 1) for u in signs_in(line, f"dòng {number}")]
    text = "\n".join(map(clean, raw_lines))
    if not text.strip():
        raise Refused("no_text")
    if len(words(text)) > 20 and garbled_share(text) > 0.4:
        raise Refused("garbled", f"share {garbled_share(text):.2f}")
    old = encoding if encoding in ("tcvn3", "vni", "windows-1258", "windows-1252", "utf-8 twice") else ""
    return text, [f"Tệp dùng bảng mã cũ ({old}), đã chuyển sang Unicode."] if old else [], unseen
