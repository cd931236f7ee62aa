"""A report as a Word file in the form of an official letter (Decree 30/2020/NĐ-CP): A4, Times New Roman, its margins, its places.

Number, day and signature are left empty: the office gives them when it signs.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from bot.staff.rendering import number
from bot.staff.report_content import Block, Content

_FONT, _SIZE, _TABLE_SIZE = "Times New Roman", 14, 12
_CENTRE, _BOTH, _RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY, WD_ALIGN_PARAGRAPH.RIGHT
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
_WIDTH = 165  # mm between the margins
_TOGETHER = 14  # rows of a table that is not divided between pages


def write_docx(content: Content) -> bytes:
    """The report as a file."""
    made = _Letter(content)
    file = io.BytesIO()
    made.document.save(file)
    return file.getvalue()


class _Letter:
    def __init__(self, content: Content) -> None:
        self.content = content
        self.document: Any = docx.Document()
        self._page()
        self._head()
        for title, part in zip(_ROMAN, content.parts, strict=False):
            self._line(f"{title}. {part.title.upper()}", bold=True, before=8, keep=True)
            for block in part.blocks:
                self._block(block)
        for table in content.tables:
            self._line(f"- {content.of_table(table)} ({table.text.lower()}): {table.how}", align=_BOTH, size=13)
        last = self.document.paragraphs[-1]
        self._run(last, "/.", size=13)
        self._foot()
        if content.annex:
            self._annex()

    def _page(self) -> None:
        section = self.document.sections[0]
        section.orientation, section.page_width, section.page_height = WD_ORIENT.PORTRAIT, Mm(210), Mm(297)
        section.top_margin = section.bottom_margin = Mm(20)
        section.left_margin, section.right_margin = Mm(30), Mm(15)
        section.header_distance = Mm(10)
        style = self.document.styles["Normal"]
        style.font.name, style.font.size = _FONT, Pt(_SIZE)
        style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
        style.paragraph_format.space_after = Pt(0)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), "vi-VN")
        style.element.rPr.append(language)
        section.different_first_page_header_footer = True  # numbers from the second page on
        paragraph = section.header.paragraphs[0]
        paragraph.alignment = _CENTRE
        for kind, text in (("begin", ""), ("", " PAGE "), ("end", "")):
            run = paragraph.add_run()
            run.font.size = Pt(13)
            element = OxmlElement("w:fldChar" if kind else "w:instrText")
            if kind:
                element.set(qn("w:fldCharType"), kind)
            else:
                element.text = text
            run._r.append(element)
        properties = self.document.core_properties
        properties.title, properties.language, properties.author = self.content.subject, "vi-VN", ""
        properties.comments = ""

    def _head(self) -> None:
        c = self.content
        left, right = self._beside(_WIDTH * 0.4, _WIDTH * 0.6)
        for text in c.superior.split("\n") if c.superior else ():
            self._in(left, text.upper(), size=12)
        for text in c.body.split("\n"):
            self._in(left, text.upper(), size=12, bold=True)
        self._rule(left, 24)
        self._in(left, f"Số:        /{c.symbol}", size=13, before=4)
        self._in(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size=12, bold=True)
        self._in(right, "Độc lập - Tự do - Hạnh phúc", size=13, bold=True)
        self._rule(right, 20)
        self._in(right, f"{c.place}, ngày      tháng      năm {int(c.last[:4])}", size=13, italic=True, before=4)
        self._line("BÁO CÁO", bold=True, align=_CENTRE, before=16, indent=False)
        self._line(c.subject, bold=True, align=_CENTRE, indent=False)
        self._rule(self.document, 60)
        if len(c.to) == 1:
            self._line(f"Kính gửi: {c.to[0]}.", align=_CENTRE, before=8, after=8, indent=False)
        else:
            self._line("Kính gửi:", before=8, indent=False).paragraph_format.left_indent = Mm(35)
            for at, body in enumerate(c.to, 1):
                paragraph = self._line(
                    f"- {body}{'.' if at == len(c.to) else ';'}", indent=False, after=8 if at == len(c.to) else 0
                )
                paragraph.paragraph_format.left_indent = Mm(45)
        self._line(c.opening, align=_BOTH)

    def _block(self, block: Block) -> None:
        if block.kind == "text":
            self._line(block.text, align=_BOTH)
        elif block.kind == "fill":
            paragraph = self._line(f"- {block.text}: ")
            self._run(paragraph, "……………\u00a0(đơn\u00a0vị\u00a0bổ\u00a0sung).", italic=True)
        else:
            self._line(
                f"{self.content.of_table(block)}. {block.text}",
                bold=True,
                align=_CENTRE,
                before=8,
                indent=False,
                size=13,
                keep=True,
            )
            self._table(block)

    def _table(self, block: Block) -> None:
        table = self.document.add_table(rows=0, cols=len(block.header))
        table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
        widths, sides = _widths(block), _sides(block)
        _set_widths(table, widths)
        short = len(block.rows) <= _TOGETHER
        self._row(table, block.header, [_CENTRE] * len(widths), bold=True, head=True, keep=True)
        for at, row in enumerate(block.rows):
            last = at == len(block.rows) - 1
            shown = ["–" if value is None and place else _shown(value) for place, value in enumerate(row)]
            self._row(table, shown, sides, bold=last and row[0] in ("Cộng", None), keep=short and not last)
        self.document.add_paragraph().paragraph_format.line_spacing = Pt(6)

    def _row(
        self, table: Any, cells: Sequence[str], sides: Sequence[Any], *, bold: bool, keep: bool, head: bool = False
    ) -> None:
        row = table.add_row()._tr
        properties = row.get_or_add_trPr()
        for name in ("w:cantSplit", *(("w:tblHeader",) if head else ())):
            properties.append(OxmlElement(name))
        for cell, text, side in zip(row.tc_lst, cells, sides, strict=True):
            paragraph = Paragraph(cell.p_lst[0], table)
            form = paragraph.paragraph_format
            form.space_before = form.space_after = Pt(2)
            form.keep_with_next = keep
            paragraph.alignment = side
            self._run(paragraph, text.replace(" %", "\u00a0%"), size=_TABLE_SIZE - (len(cells) > 5), bold=bold)

    def _foot(self) -> None:
        c = self.content
        self.document.add_paragraph()
        left, right = self._beside(_WIDTH * 0.5, _WIDTH * 0.5)
        self._in(left, "Nơi nhận:", size=12, bold=True, italic=True, align=None)
        for copy in c.copies:
            self._in(left, f"- {copy}", size=11, align=None)
        for text in c.signer:
            if text:
                self._in(right, text.upper(), size=_SIZE, bold=True)
        for _ in range(5):
            self._in(right, "", size=_SIZE)

    def _annex(self) -> None:
        self.document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        self._line("Phụ lục", bold=True, align=_CENTRE, indent=False)
        self._line(self.content.annex[0].text.upper(), bold=True, align=_CENTRE, indent=False)
        self._line(f"(Kèm theo Báo cáo số      /{self.content.symbol})", italic=True, align=_CENTRE, indent=False)
        for block in self.content.annex:
            self._block(block)

    # pieces

    def _beside(self, first: float, second: float) -> tuple[Any, Any]:
        """Two cells without lines, side by side."""
        table = self.document.add_table(rows=0, cols=2)
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        _set_widths(table, (first, second))
        margins = OxmlElement("w:tblCellMar")
        for side in ("left", "right"):
            margin = OxmlElement(f"w:{side}")
            margin.set(qn("w:w"), "0")
            margin.set(qn("w:type"), "dxa")
            margins.append(margin)
        table._tbl.tblPr.append(margins)
        left, right = table.add_row().cells
        for cell in (left, right):
            cell.paragraphs[0]._p.getparent().remove(cell.paragraphs[0]._p)
        return left, right

    def _in(self, cell: Any, text: str, *, before: float = 0, align: Any = _CENTRE, **look: Any) -> None:
        paragraph = cell.add_paragraph()
        paragraph.alignment = align
        paragraph.paragraph_format.space_before = Pt(before)
        self._run(paragraph, text, **look)

    def _line(
        self,
        text: str,
        *,
        align: Any = None,
        before: float = 3,
        after: float = 3,
        indent: bool = True,
        keep: bool = False,
        **look: Any,
    ) -> Any:
        paragraph = self.document.add_paragraph()
        form = paragraph.paragraph_format
        paragraph.alignment, form.space_before, form.space_after = align, Pt(before), Pt(after)
        form.line_spacing, form.keep_with_next = 1.1, keep
        if indent:
            form.first_line_indent = Mm(10)
        self._run(paragraph, text, **look)
        return paragraph

    def _rule(self, place: Any, indent: float) -> None:
        """A thin line, shorter than its place by `indent` mm on both sides."""
        paragraph = place.add_paragraph()
        form = paragraph.paragraph_format
        form.left_indent = form.right_indent = Mm(indent)
        form.line_spacing, form.space_before = Pt(4), Pt(1)
        borders, top = OxmlElement("w:pBdr"), OxmlElement("w:top")
        for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
            top.set(qn(f"w:{name}"), value)
        borders.append(top)
        paragraph._p.get_or_add_pPr().append(borders)

    @staticmethod
    def _run(paragraph: Any, text: str, *, size: float = _SIZE, bold: bool = False, italic: bool = False) -> None:
        run = paragraph.add_run("".join(c for c in text if c in "\n\t" or c >= " "))
        run.font.size, run.font.name = Pt(size), _FONT
        run.bold, run.italic = bold, italic


def _shown(value: str | int | None) -> str:
    return number(value) if isinstance(value, int) else value or ""


def _set_widths(table: Any, widths: Sequence[float]) -> None:
    """Fixed columns, in mm. Word reads them from the grid, other programs from the cells, which take them from it as they are made."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)


def _sides(block: Block) -> list[Any]:
    """Numbers to the right, short words of a kind in the middle, the rest to the left."""
    made: list[Any] = []
    for at, head in enumerate(block.header):
        values = [row[at] for row in block.rows if row[at] is not None]
        if head in ("TT", "Đơn vị tính", "Năm"):
            made.append(_CENTRE)
        elif any(isinstance(v, int) for v in values) or (
            at and all(isinstance(v, str) and v[:1] in "–0123456789" for v in values)
        ):
            made.append(_RIGHT)
        else:
            made.append(None)
    return made


def _widths(block: Block) -> list[float]:
    """Shares of the page by the longest text of each column and the longest word of its header."""
    room, sides = [], _sides(block)
    for at, head in enumerate(block.header):
        texts = [
            min(len(_shown(row[at])), 26 if len(block.header) > 5 else 36) * (1.35 if sides[at] is _RIGHT else 1)
            for row in block.rows
        ]
        room.append(max(4.0, 1.8 * max(map(len, head.split())), *texts) + 1.5)
    return [_WIDTH * part / sum(room) for part in room]
