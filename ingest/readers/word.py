"""Word documents (.docx) in document order: paragraphs with their automatic numbers, tables as rows."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import docx
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from ingest.encodings import repair_legacy
from ingest.errors import Refused
from ingest.hidden_parts import beside
from ingest.hidden_signs import signs_in
from ingest.hidden_word import Eyes
from ingest.readers.finish import finished, prepare
from ingest.readers.model import Line, ReadDocument
from ingest.readers.numbering import Numbers
from ingest.readers.styles import Styles
from ingest.syllables import broken_share, garbled_share, words
from knowledge.vietnamese import clean

_MOST_ENTRIES = 4_000
_MOST_BYTES = 200 << 20
_FEW_LETTERS = 400
_PAGE_PICTURE = 3_600_000  # ten centimetres in the units of Word
_MOST_RATIO = 150  # of unpacked to packed bytes, for parts above a megabyte
_WRAPPERS = tuple(map(qn, ("w:sdt", "w:sdtContent", "w:ins", "w:moveTo", "w:customXml", "w:smartTag")))
_NOT_SHOWN = tuple(map(qn, ("w:del", "w:moveFrom", "w:txbxContent")))
_CAPITAL_FONT = re.compile(r"^\.Vn\w*H$")
_CAPITALS, _SMALL = "\x0e", "\x0f"  # around such text until it is Unicode; XML cannot hold these signs
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# In eight and sixteen bits a letter: office programs write neither, and text cannot contain a bare "<".
_DECLARATION = re.compile(rb"<\0?!\0?(?:D\0?O\0?C\0?T\0?Y\0?P\0?E|E\0?N\0?T\0?I\0?T\0?Y)")

__all__ = ["prepare", "read"]  # the sandbox calls the first once


def read(path: str, name: str, sha256: str) -> dict[str, Any]:
    """The document. Runs inside a parser process."""
    check_package(path)
    document = docx.Document(path)
    styles = Styles()
    numbers = Numbers(document, styles)
    eyes = Eyes(document)
    lines: list[Line] = []
    for block in _blocks(document.element.body, document, styles):
        lines += _table(block, eyes) if isinstance(block, Table) else _paragraph(block, numbers, styles, eyes)
    text = "\n".join(line.text for line in lines)
    if _is_scan(document, text):
        raise Refused("scan_in_word")
    if not text.strip():
        raise Refused("no_text")
    repaired, legacy = repair_legacy(text)
    repaired = _in_capitals(repaired, legacy)
    notes = []
    if legacy:
        notes.append(f"Chữ cũ ({legacy}) đã chuyển sang Unicode.")
    # Cleaned only now: a soft hyphen, which cleaning takes away, is the letter "ư" of TCVN3.
    lines = [
        replace(line, text=clean(new)) for line, new in zip(lines, repaired.split("\n"), strict=True) if clean(new)
    ]
    if broken_share(repaired) > 0.005 or (len(words(repaired)) > 20 and garbled_share(repaired) > 0.4):
        raise Refused("garbled", f"share {garbled_share(repaired):.2f}")
    unseen = [*signs_in(text, "phần chữ của tệp"), *eyes.unseen, *beside(path, document.element)]
    return finished(ReadDocument(name, "docx", lines, notes=notes, sha256=sha256), unseen)


def check_package(path: str) -> None:
    """Looks into the ZIP before any parser does. Raises Refused("zip_bomb", "xxe", "encrypted", "mislabelled", "damaged")."""
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise Refused(
            "truncated" if "central" in str(error).lower() or "not a zip" in str(error).lower() else "damaged",
            str(error),
        ) from None
    with archive:
        parts = archive.infolist()
        if len(parts) > _MOST_ENTRIES:
            raise Refused("zip_bomb", f"{len(parts)} entries")
        if any(part.flag_bits & 1 for part in parts):
            raise Refused("encrypted")
        names = {part.filename for part in parts}
        if "word/document.xml" not in names:
            raise Refused("mislabelled", "no word/document.xml")
        total = 0
        for part in parts:
            if part.file_size > 1 << 20 and part.file_size > _MOST_RATIO * max(part.compress_size, 1):
                raise Refused("zip_bomb", part.filename)
            total += _real_size(archive, part, _MOST_BYTES - total)


def _real_size(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    """Unpacked bytes of `part`, counted: the declared size may lie. XML parts are searched for entity declarations."""
    size, tail, declares = 0, b"", False
    xml = part.filename.endswith((".xml", ".rels"))
    try:
        with archive.open(part) as stream:
            while chunk := stream.read(1 << 20):
                size += len(chunk)
                declares = declares or (xml and _DECLARATION.search(tail + chunk) is not None)
                tail = chunk[-32:]
                if size > left:
                    raise Refused("zip_bomb", part.filename)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError) as error:
        raise Refused("damaged", f"{part.filename}: {error}") from None
    if declares:
        raise Refused("xxe", part.filename)
    return size


def _blocks(parent: Any, document: Any, styles: Styles) -> Iterator[Paragraph | Table]:
    """Paragraphs and tables in order, those inside content controls and tracked changes too; tables of contents left out."""
    for child in parent:
        if child.tag == qn("w:p"):
            paragraph = Paragraph(child, document)
            if not styles.name(paragraph).lower().startswith("toc "):
                yield paragraph
        elif child.tag == qn("w:tbl"):
            yield Table(child, document)
        elif child.tag in _WRAPPERS:
            yield from _blocks(child, document, styles)


def _paragraph(paragraph: Paragraph, numbers: Numbers, styles: Styles, eyes: Eyes) -> Iterator[Line]:
    text, bold = _text(paragraph._p, eyes)
    style = styles.name(paragraph)
    level = int(style[8:9]) if style.startswith("Heading ") and style[8:9].isdigit() else 1 if style == "Title" else 0
    number = numbers.next(paragraph)
    first = True
    for part in text.split("\n"):
        shown = part.strip()
        if not shown:
            continue
        yield Line(
            f"{number} {shown}".strip() if first else shown,
            heading=level,
            bold=bold,
            list_item=bool(number) and first,
        )
        first = False
    for box in paragraph._p.iter(qn("w:txbxContent")):
        # Word writes a box twice, the second time for programs of before 2010.
        if not any(parent.tag == _FALLBACK for parent in box.iterancestors()):
            for inner in box.iterchildren(qn("w:p")):
                words_of, bold = _text(inner, eyes)
                yield from (Line(part.strip(), bold=bold) for part in words_of.split("\n") if part.strip())


def _text(element: Any, eyes: Eyes) -> tuple[str, bool]:
    """Words of a paragraph as printed (inserted text in, deleted and hidden text out), and whether all of it is bold."""
    parts: list[str] = []
    bolds: list[bool] = []
    for run in element.iter(qn("w:r")):
        if not _is_shown(run, element) or not eyes.sees(run, element):
            continue
        properties = run.find(qn("w:rPr"))
        for child in run:
            if child.tag == qn("w:t"):
                drawn = _drawn_as_capitals(properties)
                parts.append(f"{_CAPITALS}{child.text or ''}{_SMALL}" if drawn else child.text or "")
                if (child.text or "").strip():
                    bolds.append(_on(properties, "w:b"))
            elif child.tag == qn("w:tab"):
                parts.append(" ")
            elif child.tag in (qn("w:br"), qn("w:cr")):
                parts.append("\n")
            elif child.tag == qn("w:noBreakHyphen"):
                parts.append("-")
    return "".join(parts), bool(bolds) and all(bolds)


def _drawn_as_capitals(properties: Any) -> bool:
    """Whether the font is one of the TCVN3 fonts (`.VnTimeH`) that draw small letters as capitals."""
    fonts = properties.find(qn("w:rFonts")) if properties is not None else None
    return fonts is not None and bool(_CAPITAL_FONT.match(fonts.get(qn("w:ascii")) or ""))


def _in_capitals(text: str, legacy: str) -> str:
    """`text` with what such fonts drew in capitals, without the marks around it; real Unicode text is not drawn so."""
    pattern = re.compile(f"{_CAPITALS}([^{_SMALL}]*){_SMALL}", re.DOTALL)
    return pattern.sub(lambda m: m[1].upper() if legacy == "tcvn3" else m[1], text)


def _is_shown(run: Any, paragraph: Any) -> bool:
    for parent in run.iterancestors():
        if parent is paragraph:
            return True
        if parent.tag in _NOT_SHOWN:
            return False
    return True


def _on(properties: Any, name: str) -> bool:
    found = properties.find(qn(name)) if properties is not None else None
    return found is not None and found.get(qn("w:val")) not in ("0", "false")


def _table(table: Table, eyes: Eyes) -> Iterator[Line]:
    for row in table.rows:
        cells: list[str] = []
        last = None
        for cell in _cells(row):
            if cell is last:  # a merged cell is given once for each column it covers
                continue
            last = cell
            cells.append(" ".join(" ".join(_text(p, eyes)[0] for p in cell.iter(qn("w:p"))).split()))
        if any(cells):
            yield Line(" | ".join(cells), table=True)


def _cells(row: Any) -> list[Any]:
    try:
        return [cell._tc for cell in row.cells]
    except (ValueError, IndexError):
        # Rows of different widths with cells merged over them: python-docx finds no cell above.
        return list(row._tr.tc_lst)


def _is_scan(document: Any, text: str) -> bool:
    """Pictures of pages with no more than a title typed on them."""
    if sum(map(str.isalpha, text)) >= _FEW_LETTERS:
        return False
    shapes = list(document.inline_shapes)
    if not text.strip():
        return bool(shapes)
    return any(min(shape.width, shape.height) > _PAGE_PICTURE for shape in shapes)
