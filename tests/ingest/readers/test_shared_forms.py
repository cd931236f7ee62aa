"""Real documents turned into the other kinds of files that offices keep: the text must come back the same."""

from __future__ import annotations

import difflib
import html
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from ingest.encodings import to_tcvn3, to_vni
from ingest.readers import ocr, read_document
from knowledge.vietnamese import syllables
from tests.ingest.readers import papers
from tests.shared import shared_folder

pytestmark = pytest.mark.shared

NAMES = ["luat-41-2024-qh15-trich.md", "cong-van-ubnd-tinh-quang-ngai-trien-khai-nq-403.txt"]


def _paragraphs(name: str) -> list[str]:
    path = shared_folder() / "documents" / name
    return [line.text for line in read_document(path).lines if line.text and not line.table]


def _pdf(path: Path, paragraphs: Sequence[str]) -> Path:
    """Pages of 46 lines, whole paragraphs or not, under a running header."""
    lines = [line for paragraph in paragraphs for line in papers.wrapped(paragraph, 78)]
    pages = [lines[n : n + 46] for n in range(0, len(lines), 46)]
    return papers.pdf(path, pages, header="CÔNG BÁO/Số 12/Ngày 5-11-2026", footer="{n}", width=1000)


def _html(path: Path, paragraphs: Sequence[str]) -> Path:
    return papers.text_file(path, "".join(f"<p>{html.escape(text)}</p>\n" for text in paragraphs))


def _old(encode: Callable[[str], bytes]) -> Callable[[Path, Sequence[str]], Path]:
    def write(path: Path, paragraphs: Sequence[str]) -> Path:
        path.write_bytes(encode("\n\n".join(paragraphs)))
        return path

    return write


def _decomposed(path: Path, paragraphs: Sequence[str]) -> Path:
    return papers.text_file(path, "\n\n".join(paragraphs), "NFD")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("ending", "write"),
    [
        ("pdf", _pdf),
        ("docx", papers.word),
        ("html", _html),
        ("txt", _decomposed),
        ("txt", _old(to_tcvn3)),
        ("txt", _old(to_vni)),
    ],
    ids=["pdf", "docx", "html", "decomposed", "tcvn3", "vni"],
)
def test_the_same_paragraphs_come_back(
    tmp_path: Path, name: str, ending: str, write: Callable[[Path, Sequence[str]], Path]
) -> None:
    expected = _paragraphs(name)
    document = read_document(write(tmp_path / f"a.{ending}", expected))
    assert syllables(document.text) == syllables("\n".join(expected))
    got = [line.text.lower() for line in document.lines]
    match = difflib.SequenceMatcher(None, [t.lower() for t in expected], got, autojunk=False)
    whole = sum(block.size for block in match.get_matching_blocks()) / len(expected)
    # A page margin hides where some paragraphs end; every other kind of file says so.
    assert whole >= (0.95 if ending == "pdf" else 0.99)


@pytest.mark.ocr
@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_scans_of_the_first_pages_come_back(tmp_path: Path, name: str) -> None:
    if not ocr.available():
        pytest.skip("Tesseract with the language vie is not installed")
    paragraphs = _paragraphs(name)
    lines = [line for paragraph in paragraphs for line in papers.wrapped(paragraph, 72)][:76]
    document = read_document(papers.scanned_pdf(tmp_path / "a.pdf", [lines[:38], lines[38:]]))
    expected = syllables("\n".join(lines))
    match = difflib.SequenceMatcher(None, expected, syllables(document.text), autojunk=False)
    assert document.ocr_pages == [1, 2]
    assert sum(block.size for block in match.get_matching_blocks()) / len(expected) >= 0.97
