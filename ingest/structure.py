"""A document's lines into provisions (quy định): Phần/Chương/Mục/Điều/Khoản/Điểm, or numbered sections where there are no articles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from ingest import codification, letters
from ingest.articles import Warning, read_article
from ingest.body import is_titled_appendix
from ingest.breadcrumb import Breadcrumb, is_heading
from ingest.marks import (
    APPENDIX,
    ATTACHED,
    ATTACHMENT_NOTE,
    FORM,
    ArticleMark,
    article_mark,
    ends_sentence,
    is_closing,
    is_upper,
)
from ingest.readers.model import Line
from ingest.repairs import close_references, open_closing, open_heads
from ingest.sequence import Label, align, number_name, number_readings
from knowledge.law import Coordinate, DocumentKind, Provision, ProvisionKind

# New text of another law: a quotation mark before an article, clause or point, or after a line that announces it.
_OPENS_QUOTE = re.compile(r'^\s*[“"«]\s*(?:[ĐD]iều\s+\d|\d{1,3}[a-zđ]?\.\s|[a-zđ]{1,2}\d?\)\s|Chương\s+[IVX]|Mục\s+\d)')
_ANY_QUOTE = re.compile(r'^\s*[“"«]')
_ANNOUNCES = re.compile(
    r"(?:sửa đổi|bổ sung|thay thế|thay cụm từ)\b.*(?:như sau|bằng)?\s*:\s*$", re.IGNORECASE | re.DOTALL
)
_CLOSES_QUOTE = re.compile(r'[”"»][.;,]?\s*$')


@dataclass(slots=True)
class Parsed:
    """What a document is made of. `preamble` stands before the first unit, `closing` is signature and recipients."""

    provisions: list[Provision] = field(default_factory=list)
    preamble: list[Line] = field(default_factory=list)
    closing: list[Line] = field(default_factory=list)
    warnings: list[Warning] = field(default_factory=list)


def parse(lines: Sequence[Line], document: str, kind: DocumentKind) -> Parsed:
    """`lines` of the document numbered `document` as provisions in reading order; never raises."""
    kept = [line for line in lines if line.text.strip() and not line.rule]
    if kind is DocumentKind.CODIFICATION:
        provisions, warnings = codification.parse(kept)
        return Parsed(provisions, warnings=warnings)
    if kind is DocumentKind.HANDBOOK:
        return Parsed(letters.handbook_sections(kept, document))
    opened = open_heads(close_references(kept))
    quoted = _quoted(opened)
    heads = _article_heads(opened, quoted)
    if not heads:
        provisions, preamble, closing = letters.letter_sections(kept, document)
        return Parsed(provisions, preamble, closing)
    opened = open_closing(opened, max(heads))
    quoted = _quoted(opened)
    return _with_articles(opened, quoted, _article_heads(opened, quoted), document)


def _quoted(lines: Sequence[Line]) -> list[bool]:
    """Which lines are another law's new text, given between quotation marks by an amending clause."""
    flags: list[bool] = []
    inside = False
    since = 0
    before = ""
    for line in lines:
        text = line.text
        opens = bool(_OPENS_QUOTE.match(text)) or bool(_ANY_QUOTE.match(text) and _ANNOUNCES.search(before))
        before = text
        if line.heading and not _ANY_QUOTE.match(text):  # whoever marked a heading saw the document's own article
            inside = False
        if opens and not inside:
            inside, since = True, 0
        flags.append(inside)
        since += 1
        if inside and (_CLOSES_QUOTE.search(text) or since > 80):  # a mark that a scan lost must not swallow the rest
            inside = False
    return flags


def _article_heads(lines: Sequence[Line], quoted: Sequence[bool]) -> dict[int, tuple[str, ArticleMark]]:
    """Line index → (article number, mark) of the lines that head an article, in increasing order of number."""
    found: list[tuple[int, ArticleMark, Label]] = []
    end = _first_attachment(lines)
    before = ""
    for index, line in enumerate(lines[:end]):
        mark = (
            None
            if quoted[index] or line.table
            else article_mark(line.text, before, is_heading=bool(line.heading or line.bold))
        )
        before = line.text
        if mark is None:
            continue
        readings = number_readings(mark.number)
        if readings:
            found.append((index, mark, Label(readings, drop_cost=5.0 if mark.strong else 2.5)))
    positions = align([label for _, _, label in found])
    return {
        index: (number_name(position), mark)
        for (index, mark, _), position in zip(found, positions, strict=True)
        if position is not None
    }


def _first_attachment(lines: Sequence[Line]) -> int:
    """Where appendices and attached regulations begin: their articles are not this document's."""
    signed = False
    for index, line in enumerate(lines):
        signed = signed or is_closing(line.text, table=line.table)
        title = APPENDIX.match(line.text) and is_upper(line.text) and len(line.text) < 40
        if (signed or title) and not line.table and _attachment(lines, index):
            return index
    return len(lines)


def _attachment(lines: Sequence[Line], index: int) -> bool:
    text = lines[index].text
    if APPENDIX.match(text) and (is_upper(text.split(".")[0]) or lines[index].heading or len(text) < 40):
        return True
    if is_titled_appendix(lines, index):
        return True
    if FORM.match(text) and len(text) < 160:
        return True
    near = " ".join(line.text for line in lines[index + 1 : index + 4])
    return bool(ATTACHED.match(text) and is_upper(text) and ATTACHMENT_NOTE.search(near))


def _with_articles(
    lines: Sequence[Line], quoted: Sequence[bool], heads: dict[int, tuple[str, ArticleMark]], document: str
) -> Parsed:
    made = Parsed()
    first = min(heads)
    attached = _first_attachment(lines)
    crumbs = Breadcrumb()
    index = 0
    while index < first:
        taken = 0 if quoted[index] else crumbs.take(lines, index)
        if not taken:
            made.preamble.append(lines[index])
        index += taken or 1
    number, body, marks = "", list[Line](), list[bool]()
    mark: ArticleMark | None = None

    def close() -> None:
        if mark is None:
            return
        article = read_article(number, mark.rest, body, marks if any(marks) else None, titled=titled)
        made.provisions.extend(article.provisions(document, crumbs.path))
        made.warnings.extend(article.warnings)

    titled = any(not ends_sentence(head.rest) for _, head in heads.values())
    last_head = max(heads)
    while index < attached:
        if index in heads:
            close()
            (number, mark), body, marks = heads[index], [], []
            index += 1
            continue
        if index > last_head and is_closing(lines[index].text, table=lines[index].table):
            break
        line = lines[index]
        if not quoted[index] and is_heading(line):
            close()
            mark = None
            index += crumbs.take(lines, index)
            continue
        if mark is not None:
            body.append(line)
            marks.append(quoted[index])
        index += 1
    close()
    made.closing = list(lines[index:attached])
    made.provisions += _attachments(lines[attached:], document)
    if missing := _missing([int("".join(c for c in n if c.isdigit())) for n, _ in heads.values()]):
        made.warnings.append(
            Warning("missing_article", "", f"Không có Điều {missing}; tệp là bản trích hoặc bị đọc sót.")
        )
    return made


def _missing(numbers: Sequence[int]) -> str:
    """The article numbers between 1 and the last that are not there, as "1, 8–20, 26"; empty when none is missing."""
    runs = [(a + 1, b - 1) for a, b in zip([0, *numbers], numbers, strict=False) if b > a + 1]
    return ", ".join(f"{a}" if a == b else f"{a}–{b}" for a, b in runs)


def _attachments(lines: Sequence[Line], document: str) -> list[Provision]:
    """Appendices and forms, one unit each, never quotable as a rule; the articles of an attached regulation (quy chế, quy định)."""
    begins = [index for index, line in enumerate(lines) if not line.table and _attachment(lines, index)]
    made: list[Provision] = []
    used: dict[str, int] = {}
    for begin, end in pairwise([*begins, len(lines)]):
        block = lines[begin:end]
        name, kind = _attachment_name(block[0].text)
        used[name] = used.get(name, 0) + 1
        name = name if used[name] == 1 else f"{name} ({used[name]})"
        quoted = _quoted(block)
        heads = _article_heads(block, quoted) if kind is None else {}
        if heads:
            for p in _with_articles(block, quoted, heads, document).provisions:
                made.append(
                    replace(p, coordinate=replace(p.coordinate, section=name), breadcrumb=(name, *p.breadcrumb))
                )
            continue
        text = "\n".join(line.text for line in block)
        place = Coordinate(document, section=name)
        made.append(Provision(place, kind or ProvisionKind.APPENDIX, text, name, (name,), quotable=False))
    return made


def _attachment_name(text: str) -> tuple[str, ProvisionKind | None]:
    """Name and kind of the attachment headed `text`; no kind for a regulation, which has articles of its own."""
    if appendix := APPENDIX.match(text):
        return f"Phụ lục {appendix[2] or ''}".strip(), ProvisionKind.APPENDIX
    if form := FORM.match(text):
        return f"Mẫu số {form[2]}", ProvisionKind.FORM
    title = text.strip()[:60]
    return f"{title[0]}{title[1:].lower()} kèm theo", None
