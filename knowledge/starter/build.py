"""Builds the handbook's DOCX, PDF and HTML files from `sources/*.md`: `python -m knowledge.starter.build`.

Offices keep documents in many formats; ours come in four, so that every fresh installation exercises every reader. The built
files are committed: a fresh installation only reads them. Needs python-docx, reportlab and the DejaVu fonts (Debian:
fonts-dejavu-core). The same sources give the same bytes with the same versions of these.
"""

from __future__ import annotations

import html
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
FORMATS = {"luong-huu": "docx", "thai-san-tu-tuat-mot-lan": "pdf", "thu-tuc-trien-khai-lien-he": "html"}
RUNNING_HEADER = "Cẩm nang BHXH tự nguyện · tài liệu giải thích, không thay văn bản pháp luật"
_FONTS = Path("/usr/share/fonts/truetype/dejavu")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; the first row is the heading."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(slots=True)
class Section:
    """One question with its paragraphs and tables; the last paragraph is the legal basis (căn cứ)."""

    question: str
    blocks: list[str | Table] = field(default_factory=list)


@dataclass(slots=True)
class Handbook:
    """A source file."""

    fields: dict[str, str]
    sections: list[Section]

    @property
    def title(self) -> str:
        return self.fields["tieu_de"]

    @property
    def top(self) -> list[str]:
        """The facts that stand visibly above the questions."""
        lines = [
            "Loại: cẩm nang",
            f"Tiêu đề: {self.title}",
            f"Cơ quan: {self.fields['co_quan']}",
            f"Hiệu lực từ: {_day(self.fields['hieu_luc_tu'])}",
        ]
        if self.fields.get("hieu_luc_den"):
            lines.append(f"Hiệu lực đến: {_day(self.fields['hieu_luc_den'])}")
        return [*lines, f"Cập nhật: {_day(self.fields['cap_nhat'])}"]


def read_source(path: Path) -> Handbook:
    """The handbook in a Markdown source with front matter."""
    _, front, text = path.read_text(encoding="utf-8").split("---\n", 2)
    fields = {k: "" if v is None else str(v) for k, v in yaml.safe_load(front).items()}
    sections: list[Section] = []
    for block in map(str.strip, text.split("\n\n")):
        if block.startswith("## "):
            sections.append(Section(block[3:]))
        elif block and not block.startswith("# "):
            sections[-1].blocks.append(_table(block) if block.startswith("|") else block)
    return Handbook(fields, sections)


def to_docx(book: Handbook, target: Path) -> None:
    """A Word file with real headings, tables, a running header and page numbers."""
    import docx

    document = docx.Document()
    stamp = datetime.fromisoformat(book.fields["cap_nhat"])
    about = document.core_properties
    about.title, about.author, about.language = book.title, book.fields["co_quan"], "vi"
    about.created = about.modified = stamp
    document.sections[0].header.paragraphs[0].text = RUNNING_HEADER
    _page_number(document.sections[0].footer.paragraphs[0])
    document.add_heading(book.title, level=1)
    for line in book.top:
        document.add_paragraph(line)
    for section in book.sections:
        document.add_heading(section.question, level=2)
        for block in section.blocks:
            if isinstance(block, str):
                document.add_paragraph(block)
                continue
            table = document.add_table(rows=0, cols=len(block.rows[0]), style="Table Grid")
            for row in block.rows:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
    document.save(str(target))
    _still_the_clock(target)


def to_html(book: Handbook, target: Path) -> None:
    """A plain page without scripts."""

    def block(content: str | Table) -> str:
        if isinstance(content, str):
            return f"<p>{html.escape(content)}</p>"
        head, *rows = content.rows
        lines = ["".join(f"<th>{html.escape(cell)}</th>" for cell in head)]
        lines += ["".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in rows]
        return "<table>\n" + "\n".join(f"<tr>{line}</tr>" for line in lines) + "\n</table>"

    parts = [
        "<!DOCTYPE html>",
        '<html lang="vi">',
        f'<head><meta charset="utf-8"><title>{html.escape(book.title)}</title></head>',
        "<body>",
        f"<header>{html.escape(RUNNING_HEADER)}</header>",
        "<main>",
        f"<h1>{html.escape(book.title)}</h1>",
        *(block(line) for line in book.top),
    ]
    for section in book.sections:
        parts += [f"<h2>{html.escape(section.question)}</h2>", *map(block, section.blocks)]
    parts += ["</main>", "</body>", "</html>"]
    target.write_text("\n".join(parts) + "\n", encoding="utf-8")


def to_pdf(book: Handbook, target: Path) -> None:
    """A PDF with running header and page numbers, as an office prints it.

    Raises ValueError when the source holds a table: a table in a PDF loses its rows when it is read again.
    """
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    for name, file in (("DejaVu", "DejaVuSans.ttf"), ("DejaVu-Bold", "DejaVuSans-Bold.ttf")):
        pdfmetrics.registerFont(TTFont(name, str(_FONTS / file)))
    body = ParagraphStyle("body", fontName="DejaVu", fontSize=10.5, leading=15, spaceAfter=6)
    question = ParagraphStyle("question", parent=body, fontName="DejaVu-Bold", spaceBefore=8, keepWithNext=1)
    title = ParagraphStyle("title", parent=body, fontName="DejaVu-Bold", fontSize=15, leading=20, spaceAfter=10)
    flow = [Paragraph(html.escape(book.title), title), *(Paragraph(html.escape(line), body) for line in book.top)]
    for number, section in enumerate(book.sections, 1):
        flow.append(Paragraph(html.escape(f"Câu {number}. {section.question}"), question))
        for block in section.blocks:
            if isinstance(block, Table):
                raise ValueError(f"a table cannot go into the PDF: {section.question}")
            # A line that ends in ";" reads like the end of a list item, so no line may break there.
            flow.append(Paragraph(html.escape(block.replace("; ", ";\N{NO-BREAK SPACE}")), body))

    def running(canvas: Any, document: Any) -> None:
        canvas.setFont("DejaVu", 8)
        canvas.drawString(50, 815, RUNNING_HEADER)
        canvas.drawCentredString(297, 25, f"Trang {document.page}")

    made = SimpleDocTemplate(
        str(target), pagesize=A4, title=book.title, author=book.fields["co_quan"], lang="vi", invariant=1
    )
    made.build(flow, onFirstPage=running, onLaterPages=running)


WRITERS: dict[str, Callable[[Handbook, Path], None]] = {"docx": to_docx, "html": to_html, "pdf": to_pdf}


def build(folder: Path) -> list[Path]:
    """Writes every built file into `folder` and returns their paths."""
    made = []
    for name, kind in FORMATS.items():
        target = folder / f"{name}.{kind}"
        WRITERS[kind](read_source(HERE / "sources" / f"{name}.md"), target)
        made.append(target)
    return made


def _table(block: str) -> Table:
    lines = [line.strip().strip("|") for line in block.split("\n")]
    rows = [tuple(cell.strip() for cell in line.split("|")) for line in lines]
    return Table(tuple(row for row in rows if not all(set(cell) <= set("-:") for cell in row)))


def _day(text: str) -> str:
    year, month, day = text.split("-")
    return f"{int(day)}/{int(month)}/{year}"


def _page_number(paragraph: Any) -> None:
    """A field that Word fills in; python-docx has no call for it."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    paragraph.add_run("Trang ")
    run = paragraph.add_run()
    for name, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        element = OxmlElement("w:fldChar" if name else "w:instrText")
        if name:
            element.set(qn("w:fldCharType"), name)
        else:
            element.text = text
        run._r.append(element)


def _still_the_clock(target: Path) -> None:
    """Writes the ZIP again with one fixed time, else every build differs."""
    with zipfile.ZipFile(target) as before:
        parts = list(_parts(before))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as after:
        for name, content in parts:
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            after.writestr(member, content)


def _parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    for member in archive.infolist():
        yield member.filename, archive.read(member)


if __name__ == "__main__":
    sys.stdout.write("\n".join(path.name for path in build(HERE / "documents")) + "\n")
