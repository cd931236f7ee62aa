"""A dossier as a Word file: A4 in Times New Roman, headings, lines, tables, and clear blanks for what the office must fill in."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

BLANK = "……………… (đơn vị điền)"
"""What stands where the program knows nothing."""
_FONT = "Times New Roman"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows below a header."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Part:
    """A part with its heading: lines and tables in order."""

    heading: str
    blocks: Sequence[str | Table]


@dataclass(frozen=True, slots=True)
class Paper:
    """One dossier; `name` is its file without ending."""

    name: str
    title: str
    office: str
    basis: str
    parts: Sequence[Part] = field(default_factory=tuple)


def blank(label: str) -> str:
    """A line that the office fills in."""
    return f"{label}: {BLANK}"


def write(paper: Paper) -> bytes:
    """The file."""
    document: Any = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    style = document.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(13)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    properties = document.core_properties
    properties.title, properties.language, properties.author, properties.comments = paper.title, "vi-VN", "", ""
    _line(document, paper.office.upper(), bold=True)
    _line(document, "Số: …………    …………, ngày …… tháng …… năm ………")
    _line(document, paper.title.upper(), bold=True, middle=True, before=14)
    _line(document, paper.basis, italic=True, middle=True)
    for number, part in enumerate(paper.parts, 1):
        _line(document, f"{number}. {part.heading}", bold=True, before=10, keep=True)
        for block in part.blocks:
            if isinstance(block, Table):
                _table(document, block)
            else:
                _line(document, block)
    _line(document, "NGƯỜI ĐỨNG ĐẦU ĐƠN VỊ", bold=True, before=20)
    _line(document, "(ký, ghi rõ họ tên, đóng dấu)", italic=True)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _line(
    document: Any,
    text: str,
    *,
    bold: bool = False,
    italic: bool = False,
    middle: bool = False,
    before: int = 3,
    keep: bool = False,
) -> None:
    paragraph = document.add_paragraph()
    form = paragraph.paragraph_format
    form.space_before, form.space_after, form.keep_with_next = Pt(before), Pt(3), keep
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if middle else WD_ALIGN_PARAGRAPH.LEFT
    _run(paragraph, text, 13, bold, italic)


def _table(document: Any, table: Table) -> None:
    made = document.add_table(rows=0, cols=len(table.header))
    made.style = "Table Grid"
    for at, row in enumerate([table.header, *table.rows]):
        for cell, text in zip(made.add_row().cells, row, strict=True):
            _run(cell.paragraphs[0], text, 11, at == 0, False)


def _run(paragraph: Any, text: str, size: int, bold: bool, italic: bool) -> None:
    run = paragraph.add_run("".join(c for c in text if c in "\n\t" or c >= " "))
    run.font.size, run.font.name, run.bold, run.italic = Pt(size), _FONT, bold, italic
