"""Scans: recognised, flagged for a person to check, or refused; never read as nothing."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image, ImageFilter

from ingest.errors import UnreadableFile
from ingest.readers import ocr, read_document
from ingest.readers.model import ReadDocument
from knowledge.vietnamese import syllables
from tests.ingest.readers import papers

TYPED = ["THÔNG BÁO", "1. Mời bà con dự họp thôn vào tối thứ bảy tại nhà văn hóa.", "2. Xin cảm ơn."]
SIGNED = "Ký bởi Văn phòng Ủy ban nhân dân xã Suối Mơ, ngày 05/11/2026"


@pytest.fixture
def tesseract() -> None:
    if not ocr.available():
        pytest.skip("Tesseract with the language vie is not installed")


@pytest.fixture
def no_tesseract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


def _right(document: ReadDocument, paragraphs: Sequence[str]) -> float:
    """Share of the syllables of `paragraphs` found in order."""
    expected = syllables(" ".join(paragraphs))
    match = difflib.SequenceMatcher(None, expected, syllables(document.text), autojunk=False)
    return sum(block.size for block in match.get_matching_blocks()) / len(expected)


@pytest.mark.ocr
@pytest.mark.usefixtures("tesseract")
def test_a_scan_is_recognised_and_flagged(tmp_path: Path) -> None:
    document = read_document(papers.scanned_pdf(tmp_path / "a.pdf", [papers.DECISION]))
    assert _right(document, papers.DECISION) >= 0.98
    assert document.ocr_pages == [1]
    assert "cần người đọc lại: 1" in document.notes[0]
    starts = [line.text.split(" ")[0] for line in document.lines]
    assert starts.count("Điều") == 2
    assert [s for s in starts if s in ("1.", "2.", "a)", "b)", "đ)")] == ["1.", "2.", "1.", "a)", "b)", "đ)", "2."]


@pytest.mark.ocr
@pytest.mark.usefixtures("tesseract")
def test_of_a_mixed_file_only_the_scanned_pages_are_recognised(tmp_path: Path) -> None:
    import pypdfium2

    mixed = pypdfium2.PdfDocument.new()
    for part in (
        papers.pdf(tmp_path / "typed.pdf", [TYPED]),
        papers.scanned_pdf(tmp_path / "scan.pdf", [papers.DECISION[:6]]),
        papers.scanned_pdf(tmp_path / "signed.pdf", [papers.DECISION[6:]], typed=SIGNED),
    ):
        mixed.import_pages(pypdfium2.PdfDocument(part))
    path = tmp_path / "mixed.pdf"
    mixed.save(str(path))
    document = read_document(path)
    assert document.ocr_pages == [2, 3]
    assert [line.text for line in document.lines if line.page == 1] == TYPED
    assert _right(document, [*TYPED, *papers.DECISION]) >= 0.98


@pytest.mark.ocr
@pytest.mark.usefixtures("tesseract")
@pytest.mark.parametrize("ending", ["png", "jpg", "tif"])
def test_a_photographed_page_is_recognised(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    papers.picture(papers.DECISION).save(path, dpi=(200, 200))
    document = read_document(path)
    assert _right(document, papers.DECISION) >= 0.98
    assert document.ocr_pages == [1]


@pytest.mark.ocr
@pytest.mark.usefixtures("tesseract")
def test_a_scan_too_poor_to_read_is_refused_and_not_guessed(tmp_path: Path) -> None:
    page = papers.picture(papers.DECISION).resize((420, 594)).filter(ImageFilter.GaussianBlur(1.2))
    noise = Image.effect_noise(page.size, 90)
    Image.blend(page, noise, 0.35).resize((1240, 1754)).save(tmp_path / "a.png")
    with pytest.raises(UnreadableFile) as caught:
        read_document(tmp_path / "a.png")
    assert caught.value.reason in ("scan_unreadable", "no_text")


@pytest.mark.usefixtures("no_tesseract")
@pytest.mark.parametrize("typed", ["", SIGNED, "Trang 1/1"])
def test_without_recognition_a_scan_is_refused_with_its_pages(tmp_path: Path, typed: str) -> None:
    path = papers.scanned_pdf(tmp_path / "a.pdf", [papers.DECISION[:4], papers.DECISION[4:]], typed)
    with pytest.raises(UnreadableFile) as caught:
        read_document(path)
    assert caught.value.reason == "scan_without_ocr"
    assert "(trang 1, 2)" in caught.value.message
    assert "tesseract-ocr-vie" in caught.value.remedy


@pytest.mark.usefixtures("no_tesseract")
def test_without_recognition_a_picture_is_refused(tmp_path: Path) -> None:
    papers.picture(["Xin chào"]).save(tmp_path / "a.png")
    with pytest.raises(UnreadableFile) as caught:
        read_document(tmp_path / "a.png")
    assert caught.value.reason == "scan_without_ocr"


@pytest.mark.usefixtures("no_tesseract")
def test_without_recognition_a_file_with_text_is_still_read(tmp_path: Path) -> None:
    assert read_document(papers.pdf(tmp_path / "a.pdf", [papers.DECISION])).ocr_pages == []


def test_confidence_is_the_mean_over_letters() -> None:
    head = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"
    rows = [
        "4\t1\t1\t1\t1\t0\t0\t0\t9\t9\t-1\t",
        "5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t90\tĐiều",
        "5\t1\t1\t1\t1\t2\t0\t0\t9\t9\t60\t1.",
        "5\t1\t1\t1\t2\t1\t0\t0\t9\t9\t30\tab",
        "5\t1\t1\t1\t2\t2\t0\t0\t9\t9\t95\t ",
    ]
    text, sure = ocr.from_table("\n".join([head, *rows]))
    assert text == "Điều 1.\nab"
    assert sure == pytest.approx((90 * 4 + 60 * 2 + 30 * 2) / 8)
    assert ocr.from_table("") == ("", 0.0)
