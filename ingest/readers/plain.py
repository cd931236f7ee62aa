"""Plain text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ingest.encodings import decode_bytes
from ingest.errors import Refused
from ingest.readers.model import Line, ReadDocument, to_plain
from ingest.readers.paragraphs import join_wrapped
from ingest.syllables import garbled_share, words
from knowledge.vietnamese import clean


def read(path: str, name: str, sha256: str) -> dict[str, Any]:
    """The document. Runs inside a parser process."""
    text, notes = decoded(path)
    lines = [Line(paragraph) for paragraph in join_wrapped(text.split("\n"))]
    return to_plain(ReadDocument(name, "text", lines, notes=notes, sha256=sha256))


def decoded(path: str) -> tuple[str, list[str]]:
    """Clean text of a file and a note when its encoding was an old one. Raises Refused("garbled", "no_text", …)."""
    text, encoding = decode_bytes(Path(path).read_bytes())
    text = "\n".join(
        clean(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").split("\n")
    )
    if not text.strip():
        raise Refused("no_text")
    if len(words(text)) > 20 and garbled_share(text) > 0.4:
        raise Refused("garbled", f"share {garbled_share(text):.2f}")
    old = encoding if encoding in ("tcvn3", "vni", "windows-1258", "windows-1252", "utf-8 twice") else ""
    return text, [f"Tệp dùng bảng mã cũ ({old}), đã chuyển sang Unicode."] if old else []
