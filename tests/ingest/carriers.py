"""Ways to put a sentence into a document, where people see it and where they do not; each makes a file of a short resolution."""

from __future__ import annotations

import html
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, RGBColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

from tests.ingest.readers.papers import FONT, wrapped
from tests.ingest.resolution import RESOLUTION

LINES = [line for line in RESOLUTION.split("\n") if line.strip()]
AT = next(n for n, line in enumerate(LINES) if line.startswith("2. Người thuộc hộ cận nghèo"))
Carrier = Callable[[Path, str], Path]


def _word(change: Callable[[Any, str], None], suffix: str = "") -> Carrier:
    def make(folder: Path, text: str) -> Path:
        document = docx.Document()
        for line in LINES[:AT]:
            document.add_paragraph(line)
        change(document, text)
        for line in LINES[AT:]:
            document.add_paragraph(line)
        path = folder / "a.docx"
        document.save(str(path))
        return path

    return make


def _run(document: Any, text: str) -> Any:
    return document.add_paragraph().add_run(text)


def _vanish(document: Any, text: str) -> None:
    _run(document, text).font.hidden = True


def _white(document: Any, text: str) -> None:
    _run(document, text).font.color.rgb = RGBColor(255, 255, 255)


def _nearly_white(document: Any, text: str) -> None:
    document.add_paragraph("Nội dung khác. ").add_run(text).font.color.rgb = RGBColor(0xF7, 0xF9, 0xF8)


def _white_by_style(document: Any, text: str) -> None:
    style = document.styles.add_style("Nen", WD_STYLE_TYPE.CHARACTER)
    style.font.color.rgb = RGBColor(255, 255, 255)
    _run(document, text).style = style


def _white_by_paragraph_style(document: Any, text: str) -> None:
    base = document.styles.add_style("Goc", WD_STYLE_TYPE.PARAGRAPH)
    base.font.color.rgb = RGBColor(254, 254, 254)
    style = document.styles.add_style("Con", WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = base
    document.add_paragraph(text, style=style)


def _white_by_theme(document: Any, text: str) -> None:
    properties = _run(document, text)._r.get_or_add_rPr()
    colour = OxmlElement("w:color")
    colour.set(qn("w:val"), "auto")
    colour.set(qn("w:themeColor"), "background1")
    properties.append(colour)


def _as_shading(document: Any, text: str) -> None:
    run = _run(document, text)
    run.font.color.rgb = RGBColor(0x1F, 0x3A, 0x5F)
    run._r.get_or_add_rPr().append(parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:fill="1F3A5F"/>'))


def _in_cell(document: Any, text: str) -> None:
    table = document.add_table(1, 2)
    table.cell(0, 0).text = "Nhóm"
    cell = table.cell(0, 1)
    cell._tc.get_or_add_tcPr().append(parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:fill="FFFF99"/>'))
    cell.paragraphs[0].add_run(text).font.color.rgb = RGBColor(0xFF, 0xFF, 0x9A)


def _tiny(document: Any, text: str) -> None:
    _run(document, text).font.size = Pt(1)


def _tiny_by_style(document: Any, text: str) -> None:
    style = document.styles.add_style("Nho", WD_STYLE_TYPE.PARAGRAPH)
    style.font.size = Pt(2)
    document.add_paragraph(text, style=style)


def _box_off_page(document: Any, text: str) -> None:
    drawing = (
        '<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><w:drawing><wp:anchor behindDoc="0">'
        '<wp:positionH relativeFrom="page"><wp:posOffset>-9000000</wp:posOffset></wp:positionH>'
        '<wp:positionV relativeFrom="page"><wp:posOffset>100000</wp:posOffset></wp:positionV>'
        '<wp:extent cx="2000000" cy="500000"/><wp:docPr id="7" name="Khung"/><a:graphic><a:graphicData '
        'uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:txbx><w:txbxContent><w:p><w:r><w:t>'
        f"{html.escape(text)}</w:t></w:r></w:p></w:txbxContent></wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></w:r>"
    )
    document.add_paragraph()._p.append(parse_xml(drawing))


def _far_indent(document: Any, text: str) -> None:
    document.add_paragraph(text)._p.get_or_add_pPr().append(parse_xml(f'<w:ind {nsdecls("w")} w:left="-22000"/>'))


def _comment(document: Any, text: str) -> None:
    run = _run(document, "Điều khoản chuyển tiếp.")
    document.add_comment(run, text=text, author="Người soạn", initials="N")


def _described(attribute: str) -> Callable[[Any, str], None]:
    def change(document: Any, text: str) -> None:
        picture = (
            '<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
            'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"><w:drawing><wp:inline>'
            f'<wp:extent cx="9000" cy="9000"/><wp:docPr id="3" name="Hình 1" {attribute}="{html.escape(text)}"/>'
            "</wp:inline></w:drawing></w:r>"
        )
        document.add_paragraph("Sơ đồ: ")._p.append(parse_xml(picture))

    return change


def _property(name: str) -> Callable[[Any, str], None]:
    return lambda document, text: setattr(document.core_properties, name, text[:255])


def _custom_property(folder: Path, text: str) -> Path:
    path = _word(lambda document, _: None)(folder, text)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(
            "docProps/custom.xml",
            '<?xml version="1.0" encoding="UTF-8"?>'
            '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
            'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
            '<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" '
            f'pid="2" name="GhiChu"><vt:lpwstr>{html.escape(text)}</vt:lpwstr></property></Properties>',
        )
    return path


def _deleted(document: Any, text: str) -> None:
    xml = f'<w:del {nsdecls("w")} w:id="9" w:author="A"><w:r><w:delText>{html.escape(text)}</w:delText></w:r></w:del>'
    document.add_paragraph("Đoạn còn lại.")._p.append(parse_xml(xml))


def _footer(document: Any, text: str) -> None:
    document.sections[0].footer.paragraphs[0].text = text


def _visible(document: Any, text: str) -> None:
    document.add_paragraph(text)


def _record(document: Any, text: str) -> None:
    for line in (
        "inetnum: 203.0.113.0 - 203.0.113.255",
        "person: Trần Văn B",
        f"remarks: {text}",
        "country: VN",
        "source: VNNIC",
    ):
        document.add_paragraph(line)


def _page(piece: str, head: str = "") -> Carrier:
    def make(folder: Path, text: str) -> Path:
        lines = [f"<p>{html.escape(line)}</p>" for line in LINES]
        lines.insert(AT, piece.replace("@", html.escape(text)))
        path = folder / "a.html"
        path.write_text(
            f'<html><head><meta charset="utf-8"><title>Nghị quyết</title>{head.replace("@", html.escape(text))}</head><body>'
            + "\n".join(lines) + "</body></html>",
            encoding="utf-8",
        )  # fmt: skip
        return path

    return make


def _paper(draw: Callable[[Any, str], None]) -> Carrier:
    def make(folder: Path, text: str) -> Path:
        pdfmetrics.registerFont(TTFont("Serif", str(FONT)))
        path = folder / "a.pdf"
        paper = canvas.Canvas(str(path), pagesize=A4)
        paper.setFont("Serif", 10)
        y = 800
        for line in LINES:
            for part in wrapped(line, 90):
                paper.drawString(50, y, part)
                y -= 14
        draw(paper, text)
        paper.save()
        return path

    return make


def _lines(paper: Any, text: str, size: float = 10, x: float = 50, y: float = 90) -> None:
    paper.setFont("Serif", size)
    for number, part in enumerate(wrapped(text, 90)):
        paper.drawString(x, y - number * size * 1.3, part)


def _pdf_white(paper: Any, text: str) -> None:
    paper.setFillColorRGB(1, 1, 1)
    _lines(paper, text)


def _pdf_on_box(paper: Any, text: str) -> None:
    paper.setFillColorRGB(0.1, 0.2, 0.5)
    paper.rect(40, 40, 500, 70, stroke=0, fill=1)
    paper.setFillColorRGB(0.1, 0.21, 0.5)
    _lines(paper, text)


def _pdf_unseen(paper: Any, text: str) -> None:
    words = paper.beginText(50, 90)
    words.setFont("Serif", 10)
    words.setTextRenderMode(3)
    for part in wrapped(text, 90):
        words.textLine(part)
    paper.drawText(words)


def _pdf_form(paper: Any, text: str) -> None:
    paper.beginForm("khung")
    paper.setFillColorRGB(1, 1, 1)
    _lines(paper, text)
    paper.endForm()
    paper.doForm("khung")


def _pdf_clear(paper: Any, text: str) -> None:
    paper.setFillAlpha(0)
    _lines(paper, text)


def _plain(shape: Callable[[str], str], name: str = "a.txt") -> Carrier:
    def make(folder: Path, text: str) -> Path:
        path = folder / name
        path.write_text("\n".join([*LINES[:AT], shape(text), *LINES[AT:]]), encoding="utf-8")
        return path

    return make


def _marked(shape: Callable[[str], str], front: str = "") -> Carrier:
    def make(folder: Path, text: str) -> Path:
        path = folder / "a.md"
        head = f"---\ntitle: Nghị quyết\n{front.replace('@', text.replace(chr(34), chr(39)))}\n---\n\n" if front else ""
        path.write_text(head + "\n\n".join([*LINES[:AT], *filter(None, [shape(text)]), *LINES[AT:]]), encoding="utf-8")
        return path

    return make


def tags(text: str) -> str:
    """`text` in tag characters; letters with marks have none, so they go in plain."""
    from knowledge.vietnamese import fold

    return "Quy định khác." + "".join(chr(0xE0000 + ord(c)) for c in fold(text) if 0x20 <= ord(c) < 0x7F)


def bits(text: str) -> str:
    """`text` in zero-width bits between visible words."""
    code = "".join(f"{byte:08b}" for byte in text.encode())
    return "Quy định" + code.replace("0", "\u200b").replace("1", "\u200c") + " khác."


def selectors(text: str) -> str:
    """`text` in variation selectors behind a letter."""
    return "A" + "".join(chr(0xFE00 + b) if b < 16 else chr(0xE0100 + b - 16) for b in text.encode()) + " khác."


VISIBLE: dict[str, Carrier] = {
    "docx": _word(_visible),
    "docx record": _word(_record),
    "docx footer": _word(_footer),
    "html": _page("<p>@</p>"),
    "html record": _page("<pre>domain: example.vn\nregistrar: VNNIC\nremarks: @\nstatus: active</pre>"),
    "html cell": _page("<table><tr><td>Nhóm</td><td>Mức</td></tr><tr><td>Hộ nghèo</td><td>@</td></tr></table>"),
    "pdf": _paper(_lines),
    "txt": _plain(str),
    "txt record": _plain(lambda t: f"% whois\nnetname: VN-TEST\ndescr: {t}\nadmin-c: TVB1-AP\n"),
    "txt split": _plain("\u200b".join),
    "txt turned": _plain(lambda t: f"Phụ lục: \u202e{t[::-1]}\u202c"),
    "md": _marked(lambda t: f"> {t}"),
}
HIDDEN: dict[str, Carrier] = {
    "docx vanish": _word(_vanish),
    "docx white": _word(_white),
    "docx nearly white": _word(_nearly_white),
    "docx white style": _word(_white_by_style),
    "docx white paragraph style": _word(_white_by_paragraph_style),
    "docx theme": _word(_white_by_theme),
    "docx shading": _word(_as_shading),
    "docx cell": _word(_in_cell),
    "docx tiny": _word(_tiny),
    "docx tiny style": _word(_tiny_by_style),
    "docx box": _word(_box_off_page),
    "docx indent": _word(_far_indent),
    "docx comment": _word(_comment),
    "docx descr": _word(_described("descr")),
    "docx title": _word(_described("title")),
    "docx subject": _word(_property("subject")),
    "docx keywords": _word(_property("keywords")),
    "docx custom": _custom_property,
    "docx deleted": _word(_deleted),
    "docx tags": _word(lambda d, t: _visible(d, tags(t))),
    "html display": _page('<p style="display:none">@</p>'),
    "html visibility": _page('<div style="visibility: hidden">@</div>'),
    "html opacity": _page('<span style="opacity:0.0">@</span>'),
    "html size": _page('<p style="font-size:1px">@</p>'),
    "html colour": _page('<div style="background:#fff"><p style="color:#fffffe">@</p></div>'),
    "html page colour": _page('<p><font color="white">@</font></p>'),
    "html place": _page('<div style="position:absolute;left:-9999px">@</div>'),
    "html indent": _page('<div style="text-indent:-5000px">@</div>'),
    "html hidden": _page("<p hidden>@</p>"),
    "html aria": _page('<p aria-hidden="true">@</p>'),
    "html class": _page('<p class="an">@</p>', "<style>.an { display: none }</style>"),
    "html class colour": _page(
        '<p class="an">@</p>', "<style>body{background-color:#eee} p.an { color:#efefef }</style>"
    ),
    "html clip": _page('<p style="position:absolute;clip:rect(0,0,0,0)">@</p>'),
    "html comment": _page("<!-- @ -->"),
    "html meta": _page("", '<meta name="description" content="@">'),
    "html alt": _page('<img src="a.png" alt="@">'),
    "html title": _page('<a href="#" title="@">Xem thêm</a>'),
    "html template": _page("<template>@</template>"),
    "pdf white": _paper(_pdf_white),
    "pdf box": _paper(_pdf_on_box),
    "pdf tiny": _paper(lambda p, t: _lines(p, t, 1)),
    "pdf never drawn": _paper(_pdf_unseen),
    "pdf outside": _paper(lambda p, t: _lines(p, t, 10, 50, -30)),
    "pdf beside": _paper(lambda p, t: _lines(p, t, 10, 900, 300)),
    "pdf form": _paper(_pdf_form),
    "pdf clear": _paper(_pdf_clear),
    "pdf note": _paper(lambda p, t: p.textAnnotation(t, Rect=[50, 50, 70, 70])),
    "pdf subject": _paper(lambda p, t: p.setSubject(t)),
    "pdf keywords": _paper(lambda p, t: p.setKeywords(t)),
    "txt tags": _plain(tags),
    "txt bits": _plain(bits),
    "txt selectors": _plain(selectors),
    "md comment": _marked(lambda t: f"<!-- {t} -->"),
    "md front": _marked(lambda t: "", 'ghi_chu: "@"'),
    "md link": _marked(lambda t: f'[Cổng](https://dichvucong.gov.vn "{t.replace(chr(34), chr(39))}")'),
    "md span": _marked(lambda t: f'<span style="display:none">{t}</span>'),
    "md reference": _marked(lambda t: f"[//]: # ({t})"),
}
CARRIERS = VISIBLE | HIDDEN
