"""Optical character recognition with Tesseract and its Vietnamese model, where both are installed."""

from __future__ import annotations

import shutil
import subprocess
from functools import lru_cache

from ingest.errors import Refused
from ingest.readers.pdf import render
from ingest.syllables import garbled_share, words

_LEAST_SURE = 80  # per cent; sound 200 dpi scans were at 95, one with two syllables in five wrong at 68
_WORST = 0.35  # of words that are no Vietnamese: more is no reading at all


def available() -> bool:
    """True when Tesseract with the language `vie` is on this machine."""
    program = shutil.which("tesseract")
    return program is not None and "vie" in _languages(program)


@lru_cache(maxsize=4)
def _languages(program: str) -> tuple[str, ...]:
    try:
        listed = subprocess.run([program, "--list-langs"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return tuple(listed.stdout.split())


def page_of_pdf(path: str, number: int) -> str:
    """Recognised text of one page. Runs inside a parser process. Raises Refused("scan_unreadable")."""
    return _recognised("-", render(path, number))


def picture_text(picture: str) -> str:
    """Recognised text of an image file. Runs inside a parser process. Raises Refused("scan_unreadable")."""
    return _recognised(picture, b"")


def _recognised(source: str, data: bytes) -> str:
    # No time-out here: the parser process has one, and everything it started ends with it.
    command = ["tesseract", source, "-", "-l", "vie", "--psm", "4", "tsv"]
    done = subprocess.run(command, input=data, capture_output=True, check=False)
    text, sure = from_table(done.stdout.decode("utf-8", "replace"))
    if done.returncode != 0 and not text.strip():
        raise Refused("scan_unreadable", done.stderr.decode("utf-8", "replace")[-200:])
    if text.strip() and sure < _LEAST_SURE:
        raise Refused("scan_unreadable", f"confidence {sure:.0f}")
    if len(words(text)) > 5 and garbled_share(text) > _WORST:
        raise Refused("scan_unreadable", f"garbled {garbled_share(text):.2f}")
    return text


def from_table(table: str) -> tuple[str, float]:
    """Lines of the words in Tesseract's TSV `table`, and its mean confidence in them from 0 to 100 (each letter counts once)."""
    lines: dict[tuple[str, ...], list[str]] = {}
    sure, letters = 0.0, 0
    for row in table.splitlines()[1:]:
        fields = row.split("\t")
        if len(fields) == 12 and fields[0] == "5" and (word := fields[11].strip()):
            lines.setdefault(tuple(fields[1:5]), []).append(word)
            sure += float(fields[10]) * len(word)
            letters += len(word)
    return "\n".join(map(" ".join, lines.values())), sure / letters if letters else 0.0
