"""PDF with text: running lines, pages, margins, old fonts, fonts without names, blank pages."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

from ingest.encodings import to_tcvn3, to_vni
from ingest.errors import UnreadableFile
from ingest.readers import Limits, Line, read_document
from tests.ingest.malformed import pdf_of
from tests.ingest.readers import papers

LONG = "2. " + "Trưởng thôn ghi lại nguyện vọng của từng hộ vào sổ theo dõi và chuyển cho công chức xã trong ngày, " * 3


def test_paragraphs_cut_at_the_margin_are_whole(tmp_path: Path) -> None:
    document = read_document(papers.pdf(tmp_path / "a.pdf", [papers.DECISION]))
    assert [line.text for line in document.lines] == papers.DECISION
    assert (document.media, document.pages, document.ocr_pages, document.notes) == ("pdf", 1, [], [])


def test_headers_footers_and_page_numbers_are_not_text(tmp_path: Path) -> None:
    pages = [[f"Điều {n}. Việc thứ {n}", f"1. Tổ vận động làm việc thứ {n}."] for n in range(1, 6)]
    path = papers.pdf(tmp_path / "a.pdf", pages, header="CÔNG BÁO/Số {n} ngày 5-11-2026", footer="Trang {n}/5")
    document = read_document(path)
    assert [line.text for line in document.lines] == [text for page in pages for text in page]
    assert [line.page for line in document.lines] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


def test_a_paragraph_that_goes_on_over_the_page_is_one(tmp_path: Path) -> None:
    lines = papers.wrapped(LONG.strip().removesuffix(",") + ".", 78)
    pages = [["Điều 1. Cách làm", *lines[:2]], [*lines[2:], "3. Việc khác."], ["Điều 2. Thi hành"]]
    document = read_document(papers.pdf(tmp_path / "a.pdf", pages, header="CÔNG BÁO", footer="{n}"))
    assert document.lines == [
        Line("Điều 1. Cách làm", 1),
        Line(" ".join(lines), 1),
        Line("3. Việc khác.", 2),
        Line("Điều 2. Thi hành", 3),
    ]


def test_a_hyphen_at_the_end_of_a_line_stays(tmp_path: Path) -> None:
    lines = [
        "Điều 1. Việc ghi sổ theo dõi người giữ bến được làm theo Nghị định số 12/2030/NĐ-",
        "CP của Chính phủ và các văn bản.",
    ]
    document = read_document(papers.pdf(tmp_path / "a.pdf", [lines]))
    assert document.text == "".join(lines)


def test_a_note_of_origin_that_goes_on_over_the_page_is_one(tmp_path: Path) -> None:
    note = [
        "(Điều 4 Nghị định số 8/2021/NĐ-CP Quy định về bến thuyền và người giữ bến;",
        "có hiệu lực từ ngày 15/01/2021 )",
    ]
    rule = "Xã giữ sổ và mở cho người dân xem."
    pages = [["Điều 9.1.NĐ.2.4. Sổ", note[0]], [note[1], rule]]
    document = read_document(papers.pdf(tmp_path / "a.pdf", pages, header="CÔNG BÁO", footer="{n}"))
    assert [line.text for line in document.lines] == ["Điều 9.1.NĐ.2.4. Sổ", " ".join(note), rule]


@pytest.mark.parametrize(("encode", "name"), [(to_tcvn3, "tcvn3"), (to_vni, "vni")])
def test_old_fonts_become_unicode(tmp_path: Path, encode: Callable[[str], bytes], name: str) -> None:
    # The fonts drew Vietnamese, but the characters in the file are those of Western Europe.
    western = [encode(text).decode("cp1252") for text in papers.DECISION]
    document = read_document(papers.pdf(tmp_path / "a.pdf", [western]))
    assert [line.text.lower() for line in document.lines] == [text.lower() for text in papers.DECISION]
    assert name in document.notes[0]


def test_a_blank_page_among_others_is_reported(tmp_path: Path) -> None:
    document = read_document(papers.pdf(tmp_path / "a.pdf", [papers.DECISION, [], papers.DECISION]))
    assert document.pages == 3
    assert document.notes == ["Trang không có chữ: 2. Anh/chị đối chiếu với bản gốc."]


def test_rules_and_a_small_seal_do_not_make_a_page_a_scan(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    seal = io.BytesIO()
    Image.new("RGB", (200, 200), "red").save(seal, "PNG")
    seal.seek(0)
    paper = canvas.Canvas(str(path), pagesize=A4)
    papers.pdf(tmp_path / "font.pdf", [["x"]])  # registers the font
    paper.setFont("Serif", 11)
    paper.drawString(60, 700, "Kính mời bà con dự họp thôn vào tối thứ bảy.")
    for n in range(6):
        paper.line(60, 600 - n * 5, 500, 600 - n * 5)
    paper.drawImage(ImageReader(seal), 300, 300, 90, 90)
    paper.save()
    document = read_document(path)
    assert (document.text, document.ocr_pages) == ("Kính mời bà con dự họp thôn vào tối thứ bảy.", [])


def test_a_pdf_with_an_owner_password_only_is_read(tmp_path: Path) -> None:
    lock = StandardEncryption("", ownerPassword="chu", canPrint=0, canCopy=0, strength=128)
    document = read_document(papers.pdf(tmp_path / "a.pdf", [papers.DECISION], encrypt=lock))
    assert [line.text for line in document.lines] == papers.DECISION


def test_a_pdf_that_needs_a_password_says_so(tmp_path: Path) -> None:
    lock = StandardEncryption("mo", ownerPassword="chu", strength=128)
    with pytest.raises(UnreadableFile) as caught:
        read_document(papers.pdf(tmp_path / "a.pdf", [papers.DECISION], encrypt=lock))
    assert caught.value.reason == "encrypted"
    assert "mật khẩu" in caught.value.message


def test_more_pages_than_allowed_are_refused(tmp_path: Path) -> None:
    path = papers.pdf(tmp_path / "a.pdf", [["Xin chào bà con trong xã."]] * 4)
    assert read_document(path, Limits(pages=4)).pages == 4
    with pytest.raises(UnreadableFile) as caught:
        read_document(path, Limits(pages=3))
    assert caught.value.reason == "too_many_pages"


def test_a_font_without_names_for_its_letters_is_never_read_as_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # no Tesseract here
    text = b"BT /F 12 Tf 60 700 Td <" + b"".join(b"%04x" % (0xE000 + n) for n in range(80)) + b"> Tj ET"
    cmap = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap 1 begincodespacerange <0000> <ffff> "
        b"endcodespacerange 1 beginbfrange <e000> <e0ff> <e000> endbfrange endcmap end end"
    )
    font = b"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [6 0 R] /ToUnicode 7 0 R >>"
    inner = b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo << /Registry (A) /Ordering (I) /Supplement 0 >> >>"
    path = tmp_path / "a.pdf"
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>"
    )
    pages = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    streams = [b"<< /Length %d >>\nstream\n%s\nendstream" % (len(data), data) for data in (text, cmap)]
    path.write_bytes(pdf_of([b"<< /Type /Catalog /Pages 2 0 R >>", pages, page, streams[0], font, inner, streams[1]]))
    with pytest.raises(UnreadableFile) as caught:
        read_document(path)
    assert caught.value.reason == "scan_without_ocr"
    assert "trang 1" in caught.value.message
