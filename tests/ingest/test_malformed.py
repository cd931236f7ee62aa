"""Every bad file ends in one clear line, and the program that reads it is none the worse (promises F1, F2, F7)."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from ingest.errors import UnreadableFile
from ingest.readers import read_document
from ingest.readers.messages import REASONS
from tests.ingest import malformed


@pytest.mark.slow
def test_every_bad_file_is_one_clear_refusal_and_memory_stays(tmp_path: Path) -> None:
    cases = malformed.write_all(tmp_path)
    assert len(cases) >= 150
    process = psutil.Process()
    before = process.memory_info().rss
    wrong: list[str] = []
    for case in cases:
        try:
            wrong.append(f"{case.path.name!r} was read: {read_document(case.path).text[:80]!r}")
        except UnreadableFile as error:
            if error.reason not in case.reasons:
                wrong.append(f"{case.path.name!r}: {error.reason} ({error.detail}), expected {sorted(case.reasons)}")
            wrong += [f"{case.path.name!r}: {problem}" for problem in _problems(error)]
    assert wrong == []
    assert process.memory_info().rss - before <= 50 << 20


def _problems(error: UnreadableFile) -> list[str]:
    """What keeps `error` from being one clear line."""
    shown = str(error)
    found = []
    if not shown.isprintable():
        found.append(f"not one printable line: {shown!r}")
    if not (error.file and error.message in shown and error.remedy in shown):
        found.append("file, reason or remedy is missing")
    if error.reason not in REASONS:
        found.append(f"unknown reason {error.reason}")
    if "Traceback" in shown or "/" in error.file:
        found.append("shows what only programmers need")
    return found


@pytest.mark.slow
def test_the_set_is_the_same_every_time(tmp_path: Path) -> None:
    first, second = (malformed.write_all(tmp_path / name) for name in ("a", "b"))
    assert [c.path.relative_to(tmp_path / "a") for c in first] == [c.path.relative_to(tmp_path / "b") for c in second]
    for one, other in zip(first, second, strict=True):
        if one.path.is_file() and not one.path.is_symlink() and one.path.stat().st_size < 5 << 20:
            assert one.path.read_bytes() == other.path.read_bytes(), one.path.name


def test_the_sound_files_the_set_is_made_from_can_be_read(tmp_path: Path) -> None:
    for name, data in (("a.pdf", malformed.good_pdf()), ("a.docx", malformed.good_docx())):
        path = tmp_path / name
        path.write_bytes(data)
        assert "Điều 1. Phạm vi" in read_document(path).text
