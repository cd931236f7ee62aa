"""One text in every form in which offices keep their files: Markdown, Word, PDF, scans, old encodings, HTML, plain text.

`DECREE` is made up. Each converter takes the same paragraphs, so whatever is read back must be the same provisions.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import chain, groupby
from pathlib import Path
from typing import Any

import docx
import pypdfium2
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas
from reportlab.platypus import Paragraph as Flow
from reportlab.platypus import SimpleDocTemplate, Table

from ingest.encodings import to_tcvn3, to_vni
from ingest.readers import ReadDocument
from tests.ingest.readers.papers import FONT, wrapped


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; `heading` is its level (0 for none), `centred` how headers and titles stand on paper.

    A `table` paragraph is one row, its cells between " | ".
    """

    text: str
    heading: int = 0
    centred: bool = False
    bold: bool = False
    table: bool = False

    @property
    def cells(self) -> list[str]:
        """The cells of a row."""
        return [cell.strip() for cell in self.text.split("|")]


def _centred(*texts: str) -> list[Paragraph]:
    return [Paragraph(text, centred=True) for text in texts]


NUMBER = "612/2031/NĐ-CP"
DECREE = [
    *_centred(
        "CHÍNH PHỦ",
        "Số: 612/2031/NĐ-CP",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Hà Nội, ngày 14 tháng 5 năm 2031",
        "NGHỊ ĐỊNH",
        "Quy định về quầy hướng dẫn lưu động tại chợ phiên vùng cao",
    ),
    Paragraph("Căn cứ Luật Tổ chức Chính phủ ngày 18 tháng 02 năm 2025;"),
    Paragraph("Theo đề nghị của Bộ trưởng Bộ Nội vụ;"),
    Paragraph("Chính phủ ban hành Nghị định quy định về quầy hướng dẫn lưu động tại chợ phiên vùng cao."),
    Paragraph("Chương I. NHỮNG VIỆC CHUNG", heading=2, centred=True),
    Paragraph("Điều 1. Phạm vi điều chỉnh và đối tượng áp dụng", heading=3),
    Paragraph(
        "1. Nghị định này quy định việc lập, vận hành và kiểm tra quầy hướng dẫn lưu động tại chợ phiên của các xã vùng "
        "cao, nơi người dân xuống núi mỗi tuần một lần để trao đổi hàng hóa, hỏi chuyện giấy tờ và nghe giải thích chính "
        "sách bằng tiếng nói của dân tộc mình."
    ),
    Paragraph(
        "2. Nghị định này áp dụng đối với Ủy ban nhân dân cấp xã có chợ phiên, cơ quan được giao lập quầy, người hướng "
        "dẫn và người dân đến quầy; không áp dụng đối với điểm giao dịch cố định đã có từ trước."
    ),
    Paragraph("Điều 2. Giải thích từ ngữ", heading=3),
    Paragraph("Trong Nghị định này, các từ ngữ dưới đây được hiểu như sau:"),
    Paragraph(
        "1. Quầy hướng dẫn lưu động là nơi tạm có mái che, bàn ghế và bảng chỉ dẫn, dựng trong ngày họp chợ và dọn đi "
        "khi tan chợ."
    ),
    Paragraph(
        "2. Người hướng dẫn là người được tập huấn và có thẻ do cơ quan lập quầy cấp, biết ít nhất một tiếng dân tộc "
        "thường dùng tại chợ."
    ),
    Paragraph("3. Phiếu hẹn là mảnh giấy có đánh số, ghi việc người dân hỏi và ngày trả lời."),
    Paragraph("Chương II. LẬP VÀ VẬN HÀNH QUẦY", heading=2, centred=True),
    Paragraph("Điều 3. Điều kiện lập quầy", heading=3),
    Paragraph("1. Cơ quan lập quầy phải bảo đảm các điều kiện sau đây:"),
    Paragraph("a) Có mái che đủ cho mười người đứng khi trời mưa, đặt cách đường xe chạy ít nhất ba mét;"),
    Paragraph("b) Có bảng chỉ dẫn bằng tiếng Việt và tiếng dân tộc, chữ cao không dưới năm xăng-ti-mét;"),
    Paragraph("c) Có sổ ghi phiếu hẹn, hộp nhận giấy tờ có khóa và biên nhận in sẵn;"),
    Paragraph("d) Có đường dây liên lạc với bộ phận một cửa của xã trong suốt giờ mở quầy;"),
    Paragraph(
        "đ) Có ít nhất hai người hướng dẫn, trong đó một người là phụ nữ nếu chợ có đông phụ nữ địu con đi cùng, trừ "
        "trường hợp đường đến chợ bị chia cắt vì mưa lũ."
    ),
    Paragraph(
        "2. Quầy mở từ 07 giờ đến khi tan chợ; ngày nghỉ bù vẫn mở nếu chợ họp. Mỗi quầy được chi không quá 1.250.000 "
        "đồng cho một phiên chợ, bằng 12,5% mức khoán tháng theo quy định tại khoản 3 Điều 4 Nghị định này."
    ),
    Paragraph(
        "3. Việc dựng quầy không được cản trở lối đi của người gánh hàng, không thu tiền của người dân và không bán "
        "hàng kèm theo dưới bất kỳ hình thức nào."
    ),
    Paragraph("Điều 4. Việc làm tại quầy", heading=3),
    Paragraph("1. Người hướng dẫn làm những việc sau:"),
    Paragraph("a) Nghe hỏi, trả lời ngay những việc đã rõ và chỉ cho xem điều khoản làm căn cứ;"),
    Paragraph(
        "b) Ghi phiếu hẹn đối với việc chưa rõ; ngày trả lời không muộn hơn phiên chợ sau, tính từ ngày người dân nhận "
        "phiếu;"
    ),
    Paragraph("c) Giúp điền tờ khai khi người dân không biết chữ và đọc lại cho người dân nghe trước khi điểm chỉ."),
    Paragraph(
        "2. Người hướng dẫn không được hứa hẹn mức hưởng, không giữ bản chính giấy tờ và không chụp ảnh người dân khi "
        "chưa được đồng ý."
    ),
    Paragraph(
        "3. Mức khoán tháng cho mỗi quầy là 10.000.000 đồng, lấy từ ngân sách cấp tỉnh và được điều chỉnh khi giá xăng "
        "dầu tăng quá 20% so với tháng liền trước."
    ),
    Paragraph(
        "4. Cuối mỗi quý, cơ quan lập quầy gửi báo cáo gồm số lượt người hỏi, số phiếu hẹn đã trả lời, số phiếu còn nợ "
        "và lý do; báo cáo được dán tại chợ ít nhất hai phiên liền."
    ),
    Paragraph("Chương III. ĐIỀU KHOẢN THI HÀNH", heading=2, centred=True),
    Paragraph("Điều 5. Hiệu lực và trách nhiệm thi hành", heading=3),
    Paragraph("1. Nghị định này có hiệu lực thi hành từ ngày 01 tháng 8 năm 2031."),
    Paragraph(
        "2. Bộ trưởng Bộ Nội vụ, Chủ tịch Ủy ban nhân dân tỉnh, thành phố và các cơ quan có liên quan chịu trách nhiệm "
        "thi hành Nghị định này./."
    ),
    Paragraph("Nơi nhận:"),
    Paragraph("- Ban Bí thư Trung ương Đảng;"),
    Paragraph("- Ủy ban nhân dân các tỉnh, thành phố;"),
    Paragraph("- Lưu: VT, NC (2b)."),
    *_centred("TM. CHÍNH PHỦ", "THỦ TƯỚNG", "Lò Văn Suối Mơ"),
]


def from_document(document: ReadDocument) -> list[Paragraph]:
    """What was read of a real file, for writing it again in another form: its words without Markdown's marks."""
    return [
        Paragraph(line.text, heading=line.heading, bold=line.bold, table=line.table)
        for line in document.lines
        if line.text
    ]


def _blocks(text: Sequence[Paragraph]) -> Iterator[Paragraph | list[Paragraph]]:
    """Paragraphs and tables in order; a table is rows of the same number of cells that follow each other."""
    for width, run in groupby(text, key=lambda p: len(p.cells) if p.table else 0):
        if width > 1:
            yield list(run)
        else:
            yield from run


def markdown(path: Path, text: Sequence[Paragraph]) -> Path:
    """Markdown: headings with `#`, one paragraph a block."""
    path.write_text(
        "\n\n".join("#" * p.heading + " " * bool(p.heading) + p.text for p in text) + "\n", encoding="utf-8"
    )
    return path


def word(path: Path, text: Sequence[Paragraph]) -> Path:
    """A .docx as an office types it: headings are bold paragraphs, numbers are typed."""
    document = docx.Document()
    for p in _blocks(text):
        if isinstance(p, list):
            _word_table(document, [row.cells for row in p])
            continue
        made = document.add_paragraph()
        made.add_run(p.text).bold = p.bold or bool(p.heading or p.centred)
        made.alignment = 1 if p.centred else 3
    document.save(str(path))
    return path


def word_headings(path: Path, text: Sequence[Paragraph]) -> Path:
    """A .docx with Word's own heading styles."""
    document = docx.Document()
    for p in _blocks(text):
        if isinstance(p, list):
            _word_table(document, [row.cells for row in p])
        elif p.heading:
            document.add_heading(p.text, p.heading)
        else:
            document.add_paragraph().add_run(p.text).bold = p.bold
    document.save(str(path))
    return path


def word_numbered(path: Path, text: Sequence[Paragraph]) -> Path:
    """A .docx whose articles, clauses and points are numbered by Word; runs that Word cannot count (đ) are typed."""
    document = docx.Document()
    lists = _Lists(document)
    articles = lists.new("decimal", "Điều %1.")
    clauses = points = 0
    for place, p in enumerate(text):
        article = re.match(r"Điều \d+\.\s+", p.text)
        clause, point = re.match(r"\d+\.\s+", p.text), re.match(r"([a-zđ])\)\s+", p.text)
        number, label = 0, article or clause or point
        if article:
            number, clauses = articles, lists.new("decimal", "%1.")
        elif clause and clauses:
            number, points = clauses, 0 if "đ" in _run_of_points(text, place) else lists.new("lowerLetter", "%1)")
        elif point and points:
            number = points
        made = document.add_paragraph()
        made.add_run(p.text[label.end() :] if number and label else p.text).bold = bool(p.heading)
        if number:
            lists.number(made, number)
    document.save(str(path))
    return path


def _run_of_points(text: Sequence[Paragraph], place: int) -> str:
    labels = ""
    for p in text[place + 1 :]:
        if not (found := re.match(r"([a-zđ])\)\s", p.text)):
            break
        labels += found[1]
    return labels


class _Lists:
    """Automatic numbering of a Word file, one list for each run of numbers."""

    def __init__(self, document: Any) -> None:
        self._root = document.part.numbering_part.element
        self._next = 900

    def new(self, kind: str, shown: str) -> int:
        """The id of a new list that begins at 1."""
        self._next += 1
        abstract = self._element("w:abstractNum", "w:abstractNumId", str(self._next))
        level = self._element("w:lvl", "w:ilvl", "0")
        for name, value in (("w:start", "1"), ("w:numFmt", kind), ("w:lvlText", shown)):
            level.append(self._element(name, "w:val", value))
        abstract.append(level)
        self._root.insert(0, abstract)
        number = self._element("w:num", "w:numId", str(self._next))
        number.append(self._element("w:abstractNumId", "w:val", str(self._next)))
        self._root.append(number)
        return self._next

    def number(self, paragraph: Any, which: int) -> None:
        """Makes `paragraph` the next item of list `which`."""
        properties = self._element("w:numPr")
        properties.append(self._element("w:ilvl", "w:val", "0"))
        properties.append(self._element("w:numId", "w:val", str(which)))
        paragraph._p.get_or_add_pPr().append(properties)

    @staticmethod
    def _element(name: str, key: str = "", value: str = "") -> Any:
        made = OxmlElement(name)
        if key:
            made.set(qn(key), value)
        return made


def _fonts() -> None:
    pdfmetrics.registerFont(TTFont("Thường", str(FONT)))
    pdfmetrics.registerFont(TTFont("Đậm", str(FONT.with_name("DejaVuSerif-Bold.ttf"))))


def pdf(path: Path, text: Sequence[Paragraph], running: str = "CÔNG BÁO/Số 77 + 78/Ngày 20-5-2031") -> Path:
    """A typeset PDF with a running header and footer on every page; without `running` the footer only."""
    _fonts()
    plain = ParagraphStyle("plain", fontName="Thường", fontSize=13, leading=20, alignment=TA_JUSTIFY, spaceAfter=6)
    styles = {
        (False, False): plain,
        (True, False): ParagraphStyle("heading", plain, fontName="Đậm"),
        (False, True): ParagraphStyle("centred", plain, alignment=TA_CENTER),
        (True, True): ParagraphStyle("title", plain, fontName="Đậm", alignment=TA_CENTER),
    }

    def frame(paper: canvas.Canvas, _: Any) -> None:
        paper.setFont("Thường", 9)
        if running:
            paper.drawString(72, 810, running)
            paper.drawRightString(523, 810, str(paper.getPageNumber() + 14))
        paper.drawCentredString(297, 34, f"Trang {paper.getPageNumber()}")

    paper = SimpleDocTemplate(str(path), pagesize=A4, invariant=1, leftMargin=72, rightMargin=60)
    flows = [
        _pdf_table(p, plain)
        if isinstance(p, list)
        else Flow(html.escape(p.text), styles[bool(p.heading or p.bold), p.centred])
        for p in _blocks(text)
    ]
    paper.build(flows, onFirstPage=frame, onLaterPages=frame)
    return path


def _pdf_table(rows: Sequence[Paragraph], style: ParagraphStyle) -> Table:
    small = ParagraphStyle("cell", style, fontSize=10, leading=12, alignment=TA_LEFT, spaceAfter=0)
    cells = [[Flow(html.escape(cell), small) for cell in row.cells] for row in rows]
    return Table(
        cells, colWidths=[463 / len(cells[0])] * len(cells[0]), style=[("GRID", (0, 0), (-1, -1), 0.5, "black")]
    )


def scan(
    path: Path,
    text: Sequence[Paragraph],
    pages: int = 0,
    dpi: int = 200,
    printed: Callable[[Path, Sequence[Paragraph]], Path] = pdf,
) -> Path:
    """A `printed` PDF as a scanner would give it: pictures of its first `pages` pages (0 = all), no letters."""
    source = pypdfium2.PdfDocument(printed(path.with_suffix(".source"), text))
    paper = canvas.Canvas(str(path), pagesize=A4, invariant=1)
    for number in range(pages or len(source)):
        held = BytesIO()
        source[number].render(scale=dpi / 72, grayscale=True).to_pil().save(held, "PNG")
        held.seek(0)
        paper.drawImage(ImageReader(held), 0, 0, *A4)
        paper.showPage()
    source.close()
    path.with_suffix(".source").unlink()
    paper.save()
    return path


def _web_block(p: Paragraph | list[Paragraph]) -> str:
    if isinstance(p, list):
        rows = ("".join(f"<td>{html.escape(cell)}</td>" for cell in row.cells) for row in p)
        return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"
    if p.heading:
        return f"<h{p.heading}>{html.escape(p.text)}</h{p.heading}>"
    words = f"<b>{html.escape(p.text)}</b>" if p.bold else f"<span>{html.escape(p.text)}</span>"
    return f"<p{' align=center' * p.centred}>{words}</p>"


def web(path: Path, text: Sequence[Paragraph]) -> Path:
    """A page of a portal: the text among menus, scripts and hidden parts."""
    body = "\n".join(map(_web_block, _blocks(text)))
    path.write_text(
        "<!doctype html><html lang=vi><head><meta charset=utf-8><title>Cổng thông tin</title><style>p{margin:0}</style></head>"
        "<body><nav><ul><li>Trang chủ</li><li>Điều 99. Liên hệ</li></ul></nav><script>var x = 'Điều 98. Mã lệnh';</script>"
        f"<main>{body}</main><div hidden>Điều 97. Phần ẩn</div></body></html>",
        encoding="utf-8",
    )
    return path


def _lines(text: Iterable[Paragraph]) -> str:
    return "\n".join(p.text for p in text) + "\n"


def _official(text: Sequence[Paragraph]) -> tuple[list[list[str]], list[Paragraph], list[list[str]]]:
    """(header, rest, closing) with header and closing as the two columns in which official papers print them."""
    texts = [p.text for p in text]
    closing = texts.index("Nơi nhận:")
    signed = next(i for i, t in enumerate(texts) if t.startswith("TM."))
    issuer, number, nation, motto, day = texts[:5]
    header = [[issuer, nation], [number, motto], ["", day]]
    return header, list(text[5:closing]), [["\n".join(texts[closing:signed]), "\n".join(texts[signed:])]]


def word_official(path: Path, text: Sequence[Paragraph]) -> Path:
    """A .docx with header and signature in tables without borders, as every office's template has them."""
    header, rest, closing = _official(text)
    document = docx.Document()
    _word_table(document, header)
    for p in rest:
        label = re.match(r"(\d+\.|[a-zđ]\)) (?=\S)", p.text)
        made = document.add_paragraph()
        # A tab behind the number, unbreakable blanks and a run for every few words: what editing leaves behind.
        words = p.text if label is None else f"{label[1]}\t{p.text[label.end() :]}"
        for place in range(0, len(words), 23):
            made.add_run(words[place : place + 23].replace("Điều ", "Điều\u00a0")).bold = bool(p.heading)
    _word_table(document, closing)
    document.save(str(path))
    return path


def _word_table(document: Any, rows: list[list[str]]) -> None:
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    cells = table._cells  # counted once: asking each row for its cells takes time with the square of the rows
    for cell, words in zip(cells, chain.from_iterable(rows), strict=True):
        cell.text = words


def pdf_official(path: Path, text: Sequence[Paragraph]) -> Path:
    """A PDF with header and signature side by side and articles in bold, as ministries export them."""
    header, rest, closing = _official(text)
    _fonts()
    plain = ParagraphStyle("body", fontName="Thường", fontSize=13, leading=18, alignment=TA_JUSTIFY, firstLineIndent=28)
    title = ParagraphStyle("title", plain, fontName="Đậm", alignment=TA_CENTER, firstLineIndent=0)
    bold = ParagraphStyle("article", plain, fontName="Đậm")
    narrow = ParagraphStyle("cell", fontName="Thường", fontSize=12, leading=15, alignment=TA_CENTER)
    left = ParagraphStyle("left", narrow, alignment=TA_LEFT)

    def table(rows: list[list[str]], styles: tuple[ParagraphStyle, ParagraphStyle]) -> Table:
        cells = [
            [Flow(html.escape(c).replace("\n", "<br/>"), s) for c, s in zip(row, styles, strict=True)] for row in rows
        ]
        return Table(cells, colWidths=[180, 280], style=[("VALIGN", (0, 0), (-1, -1), "TOP")])

    flows: list[Any] = [table(header, (narrow, narrow))]
    flows += [Flow(html.escape(p.text), title if p.centred else bold if p.heading else plain) for p in rest]
    flows.append(table(closing, (left, narrow)))

    def number(paper: canvas.Canvas, _: Any) -> None:
        paper.setFont("Thường", 11)
        paper.drawCentredString(297, 800, str(paper.getPageNumber()))

    made = SimpleDocTemplate(str(path), pagesize=A4, invariant=1, leftMargin=76, rightMargin=56)
    made.build(flows, onLaterPages=number)
    return path


def web_official(path: Path, text: Sequence[Paragraph]) -> Path:
    """A page as Word and law portals write it: tables, source lines cut anywhere, anchors, clauses behind `<br>`."""
    header, rest, closing = _official(text)

    def table(rows: list[list[str]]) -> str:
        cells = ("".join(f"<td><p>{html.escape(c).replace(chr(10), '<br>')}</p></td>" for c in row) for row in rows)
        return f'<table border="0">{"".join(f"<tr>{c}</tr>" for c in cells)}</table>'

    parts: list[str] = []
    for p in rest:
        words = html.escape(p.text).replace("Điều ", "Điều\u00a0").replace(" của ", "\r\n   của ")
        if p.heading:
            parts.append(f'<p><a name="d{len(parts)}"></a><b><span>{words[:9]}</span>{words[9:]}</b></p>')
        elif parts and re.match(r"[b-zđ]\)", p.text):
            parts[-1] = parts[-1].replace("</p>", f"<br>\n{words}</p>")
        else:
            parts.append(f'<p style="text-indent:1cm">{words}</p>')
    body = table(header) + "\n".join(parts) + table(closing)
    path.write_text(f"<html><meta charset=utf-8><body><div class=content>{body}</div></body></html>", encoding="utf-8")
    return path


def markdown_wrapped(path: Path, text: Sequence[Paragraph]) -> Path:
    """Markdown as converters write it: articles in bold, numbers escaped, lines cut at 100 columns."""
    blocks = []
    for p in text:
        if p.table:
            blocks.append(f"| {p.text} |")
            continue
        words = re.sub(r"^(\d+)\.", r"\1\\.", p.text)
        blocks.append("\n".join(wrapped(f"**{words}**" if p.heading or p.centred else words, 100)))
    path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")
    return path


def double_spaced(path: Path, text: Sequence[Paragraph]) -> Path:
    """UTF-8 cut at 90 columns with an empty line after every line, as some exports leave it."""
    path.write_text("\n\n".join(line for p in text for line in wrapped(p.text, 90)) + "\n", encoding="utf-8")
    return path


def plain(path: Path, text: Sequence[Paragraph]) -> Path:
    """UTF-8, one paragraph a line."""
    path.write_text(_lines(text), encoding="utf-8")
    return path


def decomposed(path: Path, text: Sequence[Paragraph]) -> Path:
    """UTF-8 in NFD, as macOS saves."""
    path.write_text(unicodedata.normalize("NFD", _lines(text)), encoding="utf-8")
    return path


def hard_wrapped(path: Path, text: Sequence[Paragraph]) -> Path:
    """UTF-8 cut at 80 columns without blank lines between paragraphs; rows of tables are not cut."""
    lines = (line for p in text for line in ([p.text] if p.table else wrapped(p.text, 80)))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def tcvn3(path: Path, text: Sequence[Paragraph]) -> Path:
    """The old encoding TCVN3 (ABC, .VnTime). It has no capitals with a tone: "Ủy" comes back as "ủy"."""
    path.write_bytes(to_tcvn3(_lines(text)))
    return path


def vni(path: Path, text: Sequence[Paragraph]) -> Path:
    """The old encoding VNI."""
    path.write_bytes(to_vni(_lines(text)))
    return path


def utf16(path: Path, text: Sequence[Paragraph]) -> Path:
    """UTF-16 with its mark, as Windows' Notepad saves "Unicode"."""
    path.write_bytes(_lines(text).encode("utf-16"))
    return path


CONVERSIONS: dict[str, Callable[[Path, Sequence[Paragraph]], Path]] = {
    "word.docx": word,
    "word-headings.docx": word_headings,
    "word-numbered.docx": word_numbered,
    "typeset.pdf": pdf,
    "portal.html": web,
    "plain.txt": plain,
    "nfd.txt": decomposed,
    "wrapped.txt": hard_wrapped,
    "tcvn3.txt": tcvn3,
    "vni.txt": vni,
    "utf16.txt": utf16,
    "wrapped.md": markdown_wrapped,
    "spaced.txt": double_spaced,
}
# Only for texts with an official header and signature.
OFFICIAL: dict[str, Callable[[Path, Sequence[Paragraph]], Path]] = {
    "official.docx": word_official,
    "official.pdf": pdf_official,
    "official.html": web_official,
}

LETTER = [
    *_centred(
        "ỦY BAN NHÂN DÂN TỈNH",
        "Số: 815/UBND-VX",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Suối Mơ, ngày 09 tháng 6 năm 2031",
    ),
    Paragraph("V/v dựng quầy hướng dẫn tại chợ phiên"),
    Paragraph("Kính gửi:"),
    Paragraph("- Các sở, ban, ngành;"),
    Paragraph("- Ủy ban nhân dân các xã có chợ phiên."),
    Paragraph(
        "Thực hiện Nghị định số 612/2031/NĐ-CP ngày 14 tháng 5 năm 2031 của Chính phủ, Ủy ban nhân dân tỉnh có ý kiến chỉ "
        "đạo như sau:"
    ),
    Paragraph("1. Sở Nội vụ:"),
    Paragraph("- Tập huấn người hướng dẫn trước ngày 15 tháng 7 năm 2031, mỗi xã ít nhất ba người;"),
    Paragraph(
        "- Soạn bảng chỉ dẫn bằng tiếng Việt và tiếng dân tộc, gửi các xã cùng với sổ phiếu hẹn và biên nhận in sẵn, tổng "
        "kinh phí không quá 45.000.000 đồng."
    ),
    Paragraph("2. Ủy ban nhân dân các xã có chợ phiên:"),
    Paragraph("- Chọn chỗ dựng quầy cách đường xe chạy ít nhất ba mét, báo Sở Nội vụ trước ngày 20 tháng 7;"),
    Paragraph("- Cử công chức trực quầy theo lịch phiên chợ;"),
    Paragraph("- Dán báo cáo quý tại chợ."),
    Paragraph(
        "3. Đề nghị Hội Liên hiệp Phụ nữ tỉnh vận động hội viên biết tiếng dân tộc tham gia hướng dẫn, ưu tiên người đã "
        "từng làm cộng tác viên dân số tại thôn bản."
    ),
    Paragraph("Yêu cầu các cơ quan, địa phương nghiêm túc thực hiện./."),
    Paragraph("Nơi nhận:"),
    Paragraph("- Như trên;"),
    Paragraph("- Lưu: VT, VX."),
    *_centred("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "Lò Thị Suối"),
]

HANDBOOK = [
    Paragraph("Cẩm nang quầy hướng dẫn chợ phiên", heading=1),
    Paragraph("Loại: cẩm nang"),
    Paragraph("Hiệu lực từ: 1/8/2031"),
    Paragraph("Cơ quan: Sở Nội vụ"),
    Paragraph("Quầy mở lúc mấy giờ?", heading=2),
    Paragraph("Quầy mở từ 7 giờ sáng đến khi tan chợ, kể cả ngày nghỉ bù nếu chợ họp."),
    Paragraph("Căn cứ: khoản 2 Điều 3 Nghị định 612/2031/NĐ-CP."),
    Paragraph("Đến quầy phải mang theo giấy tờ gì?", heading=2),
    Paragraph("Anh/chị chỉ cần mang:"),
    Paragraph("- Căn cước hoặc giấy xác nhận của trưởng thôn;"),
    Paragraph("- Phiếu hẹn của phiên trước, nếu có."),
    Paragraph("Quầy có thu tiền không?", heading=2),
    Paragraph("Không. Nếu có người đòi tiền, anh/chị báo ngay cho tổ quản lý chợ."),
]
