"""PDF: text by pypdfium2. Pages without usable text are named for optical character recognition (OCR)."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

import pypdfium2
from pypdfium2 import raw

from ingest.alerts import Unseen
from ingest.encodings import repair_legacy
from ingest.errors import Refused
from ingest.hidden_pdf import properties, take_out
from ingest.hidden_signs import signs_in
from ingest.readers.finish import finished, prepare
from ingest.readers.model import Line, ReadDocument
from ingest.readers.paragraphs import continues, join_wrapped, without_running_lines
from ingest.syllables import broken_share, garbled_share
from knowledge.vietnamese import clean

GARBLED_SHARE = 0.3  # of words that can be neither Vietnamese nor another Latin language
_FEW_LETTERS = 25
_FULL_PAGE_LETTERS = (
    400  # a page with fewer, most of it a picture, is a scan with a stamp or a running title typed on it
)
_MOST_PIXELS = 5000
_MANY_STROKES = 40  # drawn letters; a rule or a box takes fewer

__all__ = ["prepare", "read"]  # the sandbox calls the first once


def read(path: str, name: str, most_pages: int, sha256: str) -> dict[str, Any]:
    """The document; or, where the text of pages must be recognised, under "ocr" those pages (from 1) and under "raw" the
    text of all. Runs inside a parser process.
    """
    pages, wanted, unseen = _texts(path, most_pages)
    if wanted:
        return {"raw": pages, "ocr": wanted, "unseen": [[u.kind, u.where, u.text] for u in unseen]}
    return _assembled(name, sha256, pages, [], unseen)


def assemble(
    name: str, sha256: str, pages: list[str], ocr: list[int], unseen: Sequence[Sequence[str]] = ()
) -> dict[str, Any]:
    """Paragraph lines of `pages` (the text of each, in order). Runs inside a parser process."""
    return _assembled(name, sha256, pages, ocr, [Unseen(*map(str, one)) for one in unseen])


def _assembled(name: str, sha256: str, pages: list[str], ocr: list[int], unseen: list[Unseen]) -> dict[str, Any]:
    repaired = [repair_legacy(text) for text in pages]
    notes = [
        f"Chữ cũ ({legacy}) đã chuyển sang Unicode." for legacy in sorted({legacy for _, legacy in repaired if legacy})
    ]
    if blank := [str(number) for number, text in enumerate(pages, 1) if not text.strip()]:
        shown = ", ".join(blank[:20]) + ("…" if len(blank) > 20 else "")
        notes.append(f"Trang không có chữ: {shown}. Anh/chị đối chiếu với bản gốc.")
    lines: list[Line] = []
    split = without_running_lines([_lines(text) for text, _ in repaired])
    before: list[str] = []
    for number, page in enumerate(split, 1):
        # The last paragraph of a page may go on over the margin.
        onto = lines[-1].text if before and page and continues(before, page[0], lines[-1].text) else ""
        paragraphs = join_wrapped(page, onto)
        if onto:
            lines[-1] = Line(paragraphs.pop(0), lines[-1].page)
        lines += [Line(text, number) for text in paragraphs]
        before = page or before
    if not any(line.text for line in lines):
        raise Refused("no_text")
    return finished(ReadDocument(name, "pdf", lines, {}, len(pages), ocr, notes, sha256), unseen)


def render(path: str, number: int, dpi: int = 300) -> bytes:
    """Page `number` (from 1) as a grey PNG. Runs inside a parser process."""
    page = pypdfium2.PdfDocument(path)[number - 1]
    scale = min(dpi / 72, _MOST_PIXELS / max(*page.get_size(), 1))
    held = io.BytesIO()
    page.render(scale=scale, grayscale=True).to_pil().save(held, "PNG", compress_level=1)
    return held.getvalue()


def _texts(path: str, most_pages: int) -> tuple[list[str], list[int], list[Unseen]]:
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise Refused(_why(path, str(error)), str(error)) from None
    if len(document) > most_pages:
        raise Refused("too_many_pages", str(len(document)))
    if not len(document):
        raise Refused("damaged", "no pages")
    pages: list[str] = []
    wanted: list[int] = []
    unseen = list(properties(document, path))
    for number in range(len(document)):
        try:
            page = document[number]
            textpage = page.get_textpage()
            hidden, changed = take_out(page, textpage, number + 1)
            unseen += hidden
            if changed:
                textpage.close()
                textpage = page.get_textpage()
            shown = textpage.get_text_bounded()
            unseen += signs_in(shown, f"trang {number + 1}")
            text = clean_page(shown)
        except pypdfium2.PdfiumError as error:
            raise Refused("damaged", f"page {number + 1}: {error}") from None
        pages.append(text)
        if _unusable(text, page):
            wanted.append(number + 1)
        page.close()
    return pages, wanted, unseen


def clean_page(text: str) -> str:
    """Text without control characters; NUL and private-use signs stay, they tell a broken font.

    pdfium takes a hyphen at the end of a line for hyphenation and writes a sign of its own for it and the line break:
    "Nghị định số 12/2030/NĐ-" / "CP" keeps its hyphen.
    """
    return re.sub(r"[\x02\ufffe]\n?", "-", text.replace("\r\n", "\n").replace("\r", "\n"))


def _unusable(text: str, page: Any) -> bool:
    letters = sum(map(str.isalpha, text))
    if letters < _FULL_PAGE_LETTERS and _shows_picture(page, letters):
        return True
    if broken_share(text) > 0.005:
        return True
    repaired, _ = repair_legacy(text)
    return garbled_share(repaired, at_least=21) > GARBLED_SHARE


def _shows_picture(page: Any, letters: int) -> bool:
    """Whether words may stand in the pictures of a page with few letters: a scan, or letters drawn as strokes."""
    width, height = page.get_size()
    area, strokes = 0.0, 0
    for item in page.get_objects(filter=(raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_PATH), max_depth=3):
        if item.type == raw.FPDF_PAGEOBJ_PATH:
            strokes += 1
            continue
        left, bottom, right, top = item.get_bounds()
        area += max(0.0, right - left) * max(0.0, top - bottom)
    share = area / max(width * height, 1.0)
    return share > 0.5 or (letters < _FEW_LETTERS and (share > 0.02 or strokes > _MANY_STROKES))


def _why(path: str, message: str) -> str:
    if "password" in message.lower() or "security" in message.lower():
        return "encrypted"
    with open(path, "rb") as file:  # noqa: PTH123  a plain string inside the parser process
        data = file.read()
    return "damaged" if b"%%EOF" in data[-2048:] else "truncated"


def _lines(text: str) -> list[str]:
    return [clean(line) for line in text.split("\n")]
