"""Word documents: order, tables, automatic numbers, tracked changes, boxes; old .doc and .rtf through LibreOffice."""

from __future__ import annotations

import shutil
import unicodedata
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.text.paragraph import Paragraph

from ingest.encodings import to_tcvn3
from ingest.errors import UnreadableFile
from ingest.readers import read_document, word
from ingest.readers.model import ReadDocument
from ingest.readers.numbering import written
from tests.ingest.readers import papers


def _read(folder: Path, document: Any) -> ReadDocument:
    path = folder / "van-ban.docx"
    document.save(str(path))
    return read_document(path)


def _texts(folder: Path, document: Any) -> list[str]:
    return [line.text for line in _read(folder, document).lines]


def test_each_style_is_looked_up_once_however_many_paragraphs_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # python-docx walks through all styles each time: a codification of a thousand pages ran into the time limit.
    document = docx.Document()
    document.add_heading("Điều 1. Bến", level=2)
    for number in range(1, 40):
        document.add_paragraph(f"{number}. Bến thứ {number} có người giữ.")
    path = tmp_path / "a.docx"
    document.save(str(path))
    asked: list[str | None] = []
    style = Paragraph.style.fget
    monkeypatch.setattr(Paragraph, "style", property(lambda p: (asked.append(p._p.style), style(p))[1]))
    assert len(word.read(str(path), "a.docx", "")["lines"]) == 40
    assert sorted(map(str, asked)) == ["Heading2", "None"]


def test_paragraphs_and_tables_come_in_the_order_of_the_page(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("Điều 1. Mức hỗ trợ", level=2)
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ["Nhóm", "Tỷ lệ", "Hộ nghèo", "50%"], strict=True):
        cell.text = text
    document.add_paragraph("Điều 2. Thi hành").runs[0].bold = True
    read = _read(tmp_path, document)
    assert [line.text for line in read.lines] == [
        "Điều 1. Mức hỗ trợ",
        "Nhóm | Tỷ lệ",
        "Hộ nghèo | 50%",
        "Điều 2. Thi hành",
    ]
    assert [line.table for line in read.lines] == [False, True, True, False]
    assert read.lines[0].heading == 2
    assert [line.bold for line in read.lines] == [False, False, False, True]
    assert read.media == "docx"


def test_a_merged_cell_is_read_once_and_an_inner_table_is_not_lost(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(1, 3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Gộp"
    table.cell(0, 2).add_table(1, 1).cell(0, 0).text = "bên trong"
    assert _texts(tmp_path, document) == ["Gộp | bên trong"]


def test_a_letter_with_a_small_seal_is_text(tmp_path: Path) -> None:
    picture = tmp_path / "dau.png"
    papers.picture(["Dấu"]).save(picture)
    document = docx.Document()
    document.add_paragraph("Kính mời bà con dự họp thôn.")
    document.add_picture(str(picture), width=docx.shared.Cm(3))
    assert _texts(tmp_path, document) == ["Kính mời bà con dự họp thôn."]


def test_rows_of_different_widths_merged_over_each_other_are_read(tmp_path: Path) -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"

    first = cell("Rộng", '<w:gridSpan w:val="2"/>')
    second = cell("Một") + cell("Hai", "<w:vMerge/>")
    document = _body(f"<w:tbl><w:tblGrid/><w:tr>{first}</w:tr><w:tr>{second}</w:tr></w:tbl>")
    assert _texts(tmp_path, document) == ["Rộng", "Một | Hai"]


def _numbering(document: Any, kinds: list[tuple[str, str]], restart: bool = False) -> tuple[str, str]:
    """Adds one family with these levels (kind, text) and two lists of it; the second starts anew if asked."""
    root = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{shown}"/></w:lvl>'
        for n, (kind, shown) in enumerate(kinds)
    )
    family = parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="900">{levels}</w:abstractNum>')
    root.insert(0, family)
    over = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    for name, more in (("901", ""), ("902", over if restart else "")):
        root.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="{name}"><w:abstractNumId w:val="900"/>{more}</w:num>'))
    return "901", "902"


def _numbered(document: Any, text: str, name: str, level: int = 0) -> None:
    properties = document.add_paragraph(text)._p.get_or_add_pPr()
    properties.append(
        parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{name}"/></w:numPr>')
    )


def test_automatic_numbers_are_written_as_word_prints_them(tmp_path: Path) -> None:
    document = docx.Document()
    kinds = [
        ("decimal", "Điều %1."),
        ("decimal", "%2."),
        ("lowerLetter", "%3)"),
        ("upperRoman", "%4."),
        ("bullet", "•"),
    ]
    name, _ = _numbering(document, kinds)
    for text, level in (
        ("A", 0),
        ("B", 1),
        ("C", 2),
        ("D", 2),
        ("E", 1),
        ("F", 2),
        ("G", 0),
        ("H", 1),
        ("I", 3),
        ("K", 4),
    ):
        _numbered(document, text, name, level)
    assert _texts(tmp_path, document) == [
        "Điều 1. A", "1. B", "a) C", "b) D", "2. E", "a) F", "Điều 2. G", "1. H", "I. I", "- K",
    ]  # fmt: skip


def test_numbers_of_several_levels(tmp_path: Path) -> None:
    document = docx.Document()
    name, _ = _numbering(document, [("decimal", "%1."), ("decimal", "%1.%2.")])
    for text, level in (("A", 0), ("B", 1), ("C", 1), ("D", 0), ("E", 1)):
        _numbered(document, text, name, level)
    assert _texts(tmp_path, document) == ["1. A", "1.1. B", "1.2. C", "2. D", "2.1. E"]


@pytest.mark.parametrize(("restart", "third"), [(False, "3. C"), (True, "1. C")])
def test_a_second_list_counts_on_unless_it_starts_anew(tmp_path: Path, restart: bool, third: str) -> None:
    document = docx.Document()
    first, second = _numbering(document, [("decimal", "%1.")], restart)
    for text, name in (("A", first), ("B", first), ("C", second)):
        _numbered(document, text, name)
    assert _texts(tmp_path, document) == ["1. A", "2. B", third]


def test_a_style_may_carry_the_number(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Việc một", style="List Number")
    document.add_paragraph("Việc hai", style="List Number")
    document.add_paragraph("Lưu: VT", style="List Bullet")
    assert _texts(tmp_path, document) == ["1. Việc một", "2. Việc hai", "- Lưu: VT"]


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [(4, "decimal", "4"), (4, "lowerLetter", "d"), (27, "upperLetter", "AA"), (49, "upperRoman", "XLIX"),
     (9, "lowerRoman", "ix"), (3, "decimalZero", "03"), (3, "none", ""), (3, "unheardOf", "3"), (10**9, "upperRoman", "1000000000")],
)  # fmt: skip
def test_written_numbers(value: int, kind: str, shown: str) -> None:
    assert written(value, kind) == shown


def _body(inner: str) -> Any:
    document = docx.Document()
    body = document.element.body
    for element in parse_xml(f"<w:body {nsdecls('w')}>{inner}</w:body>"):
        body.insert(len(body) - 1, element)
    return document


def test_tracked_changes_hidden_text_and_content_controls(tmp_path: Path) -> None:
    document = _body(
        "<w:p><w:r><w:t>Giữ</w:t></w:r><w:del><w:r><w:delText> bỏ</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t> thêm</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t> ẩn</w:t></w:r></w:p>"
        "<w:p><w:moveFrom><w:r><w:t>chỗ cũ</w:t></w:r></w:moveFrom><w:r><w:t>chỗ mới</w:t></w:r></w:p>"
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>Trong ô nhập</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        "<w:p><w:r><w:t>một</w:t><w:br/><w:t>hai</w:t><w:tab/><w:t>ba</w:t><w:noBreakHyphen/><w:t>bốn</w:t></w:r></w:p>"
    )
    assert _texts(tmp_path, document) == ["Giữ thêm", "chỗ mới", "Trong ô nhập", "một", "hai ba-bốn"]


def test_a_text_box_is_read_once(tmp_path: Path) -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>Trong khung</w:t></w:r></w:p></w:txbxContent>"
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    document = _body(
        f"<w:p><w:r><mc:AlternateContent {mc}><mc:Choice>{box}</mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r><w:r><w:t>Ngoài khung</w:t></w:r></w:p>"
    )
    assert _texts(tmp_path, document) == ["Ngoài khung", "Trong khung"]


def test_a_table_of_contents_makes_no_second_article(tmp_path: Path) -> None:
    document = docx.Document()
    style = document.styles.add_style("toc 1", 1)
    document.add_paragraph("Điều 1. Giao việc 3", style=style)
    document.add_paragraph("Điều 1. Giao việc")
    assert _texts(tmp_path, document) == ["Điều 1. Giao việc"]


def test_decomposed_letters_are_composed(tmp_path: Path) -> None:
    path = papers.word(tmp_path / "a.docx", [unicodedata.normalize("NFD", text) for text in papers.DECISION])
    assert [line.text for line in read_document(path).lines] == papers.DECISION


def test_old_fonts_inside_word_become_unicode(tmp_path: Path) -> None:
    path = papers.word(tmp_path / "cu.docx", [to_tcvn3(text).decode("cp1252") for text in papers.DECISION])
    document = read_document(path)
    assert [line.text.lower() for line in document.lines] == [text.lower() for text in papers.DECISION]
    assert "tcvn3" in document.notes[0]


def test_old_fonts_that_draw_capitals_give_capitals(tmp_path: Path) -> None:
    made = docx.Document()
    for text, font in (("ỦY BAN NHÂN DÂN XÃ SUỐI MƠ", ".VnTimeH"), *((text, ".VnTime") for text in papers.DECISION)):
        typed = text.lower() if font.endswith("H") else text
        made.add_paragraph().add_run(to_tcvn3(typed).decode("cp1252")).font.name = font
    made.save(str(tmp_path / "cu.docx"))
    assert read_document(tmp_path / "cu.docx").lines[0].text == "ỦY BAN NHÂN DÂN XÃ SUỐI MƠ"


def test_real_letters_in_such_a_font_stay_as_they_are(tmp_path: Path) -> None:
    made = docx.Document()
    for text in papers.DECISION:
        made.add_paragraph().add_run(text).font.name = ".VnTimeH"
    made.save(str(tmp_path / "moi.docx"))
    assert [line.text for line in read_document(tmp_path / "moi.docx").lines] == papers.DECISION


@pytest.mark.parametrize("typed", ["", "Ủy ban nhân dân xã Suối Mơ gửi kèm bản quét"])
def test_a_document_of_pictures_is_not_read_as_its_title(tmp_path: Path, typed: str) -> None:
    picture = tmp_path / "scan.png"
    papers.picture(papers.DECISION).save(picture)
    document = docx.Document()
    document.add_paragraph(typed)
    document.add_picture(str(picture), width=docx.shared.Cm(15))
    with pytest.raises(UnreadableFile) as caught:
        _read(tmp_path, document)
    assert caught.value.reason == "scan_in_word"


def test_a_document_of_nothing_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as caught:
        _read(tmp_path, docx.Document())
    assert caught.value.reason == "no_text"


def _rtf(paragraphs: list[str]) -> bytes:
    def escaped(text: str) -> str:
        return "".join(c if c.isascii() else f"\\u{ord(c)}?" for c in text)

    return ("{\\rtf1\\ansi\n" + "".join(f"{escaped(t)}\\par\n" for t in paragraphs) + "}").encode("ascii")


@pytest.mark.office
@pytest.mark.slow
@pytest.mark.parametrize("name", ["cu.rtf", "cu.doc"])
def test_old_word_files_are_read_through_libreoffice(tmp_path: Path, name: str) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    path = tmp_path / name
    path.write_bytes(_rtf(papers.DECISION))
    document = read_document(path)
    assert document.media == "doc"
    assert [line.text for line in document.lines] == papers.DECISION


def test_old_word_files_are_refused_without_libreoffice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    path = tmp_path / "cu.rtf"
    path.write_bytes(_rtf(papers.DECISION))
    with pytest.raises(UnreadableFile) as caught:
        read_document(path)
    assert caught.value.reason == "no_office"
    assert "libreoffice-writer" in caught.value.remedy


def test_qualified_names_are_what_word_uses() -> None:
    assert qn("w:p").endswith("/wordprocessingml/2006/main}p")
