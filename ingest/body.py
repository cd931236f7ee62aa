"""Where the legal text begins and ends in a file: what digitisers add before, between and after it is never quoted.

The text begins at its official header, its grounds ("Căn cứ …"), its addressee or its first Chương/Điều; it ends with
its recipients and signature, and after these only appendices and forms belong to it. No heading levels are needed: the
same file comes as Markdown, Word, PDF or plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ingest.marks import (
    APPENDIX,
    ATTACHED,
    ATTACHMENT_NOTE,
    CHAPTER,
    DIVISION,
    FORM,
    PART,
    UPPER,
    article_mark,
    is_closing,
    is_upper,
)
from ingest.readers.model import Line
from knowledge.vietnamese import fold

ISSUER = re.compile(
    r"^(?:QUỐC HỘI|CHÍNH PHỦ|THỦ TƯỚNG CHÍNH PHỦ|CHỦ TỊCH NƯỚC|[ỦU][YỶ] BAN (?:NHÂN DÂN|THƯỜNG VỤ)"
    rf"|HỘI ĐỒNG NHÂN DÂN|BỘ [{UPPER} ,-]+|BẢO HIỂM XÃ HỘI"
    rf"|SỞ [{UPPER} ,-]+|TỔNG LIÊN ĐOÀN|TÒA ÁN NHÂN DÂN|VIỆN KIỂM SÁT|NGÂN HÀNG NHÀ NƯỚC|KIỂM TOÁN NHÀ NƯỚC"
    r"|VĂN PHÒNG (?:QUỐC HỘI|CHÍNH PHỦ))"
)
_NATION = re.compile(
    r"CỘNG HO[ÀÒ]A?\s*XÃ HỘI CHỦ NGHĨA|Độc lập\s*[-–—]\s*Tự do\s*[-–—]\s*Hạnh phúc|ĐẢNG CỘNG SẢN VIỆT NAM"
)
_NUMBER_LINE = re.compile(r"^[Ss]ố\s*:\s*(?:\d|[.…_/ ])|(?:Luật|Bộ luật|Pháp lệnh|Nghị quyết)\s+số\s*:\s*\d")
_GROUNDS = re.compile(
    r"^\W*Căn cứ\s+(?:Hiến pháp|Bộ luật|Luật|Pháp lệnh|Nghị|Quyết định|Thông tư|Chỉ thị|Kế hoạch|khoản|Điều|điểm)\b"
)
_ADDRESSEE = re.compile(r"^\s*Kính gửi\b", re.IGNORECASE)
_BODY_HEADING = re.compile(
    r"^(?:noi dung )?(?:toan van )?(?:van ban)?(?: goc)?(?: chinh)?$|^noi dung(?: chinh)? cua van ban$|^noi dung$"
)
# Headings that no legal text has; `_PLAIN_NOTE` are those that need no mark of a heading to be believed.
_NOTE = re.compile(
    r"^(?:thong tin(?: chung)?(?: ve)? van ban|trich yeu$|(?:ban )?tom tat|ghi chu|diem (?:chinh|moi|nhan"
    r"|dang chu y)|nhung diem|noi dung chinh|luu y|nhan xet"
    r"|tac dong|danh gia|nguon|lien ket|van ban (?:lien quan|thay the)|xem them|muc luc|danh sach dieu khoan"
    r"|phan tich|binh luan|thuat ngu|loi dan"
    r"|gioi thieu|can cu phap ly|huong dan doc|phuong phap|lich su|tu khoa|boi canh|bang tong hop|so hoa|doi chieu)"
)
_PLAIN_NOTE = re.compile(
    r"^(?:thong tin (?:chung ve )?van ban|(?:ban )?tom tat(?: (?:noi dung|van ban|chinh|nhanh).*)?"
    r"|ghi chu (?:so hoa|phuong phap|cua nguoi).*|diem (?:chinh|moi|nhan)(?: .*)?"
    r"|nguon tham (?:khao|chieu).*|van ban lien quan|noi dung chinh|danh sach dieu khoan)$"
)
_RECIPIENTS = re.compile(r"N[ơo]i nh[ậa]n\s*:", re.IGNORECASE)
_RUN_IN_RECIPIENTS = re.compile(r"(?<=\S)\s+(?=N[ơo]i nh[ậa]n\s*:)", re.IGNORECASE)
_SECTION = re.compile(r"^\s*(?:\d{1,2}(?:\.\d{1,2})*[.)]|[IVX]{1,5}\.)\s+\S")
_NOT_CLOSING = re.compile(r"^\s*(?:\d{1,3}\.\s|[a-zđ]{1,2}\)\s)")


def legal_body(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """(lines of the document itself, lines that somebody added), both in reading order."""
    lines = list(_without_run_in(lines))
    begin = _begin(lines)
    body: list[Line] = []
    added = list(lines[:begin])
    dropping = articles = sections = closing = attached = False
    recipients = 0
    last_article = _last_article(lines)
    for index in range(begin, len(lines)):
        line = lines[index]
        article = bool(_article(line))
        structural = article or any(p.match(line.text) for p in (PART, CHAPTER, DIVISION))
        articles = articles or article
        sections = sections or bool(_SECTION.match(line.text))
        attachment = _attachment(lines, index)
        if closing and attachment:
            attached, dropping = True, False
        elif not attached and structural and not closing:
            dropping = False
        elif _is_note(line, loose=bool(line.heading or line.bold) and not structural):
            dropping = True
        elif line.heading and _BODY_HEADING.match(_words(line)):
            dropping = False
            added.append(line)
            continue
        elif line.heading and closing and not attached and not _closes(line):
            dropping = True  # after the signature a heading that is no appendix was put there by somebody else
        if not dropping and not closing and index > last_article and (articles or sections) and _closes(line):
            closing = True
        if closing and not attached and not dropping:
            recipients += 1
            dropping = not _belongs_to_closing(line, recipients)
        (added if dropping else body).append(line)
    return body, added


def _without_run_in(lines: Iterable[Line]) -> Iterator[Line]:
    """`lines` with recipients cut off from the article that a scan ran them into."""
    for line in lines:
        found = None if line.table or len(line.text) < 120 else _RUN_IN_RECIPIENTS.search(line.text)
        if found is None:
            yield line
            continue
        yield replace(line, text=line.text[: found.start()])
        rest = line.text[found.end() :]
        label = _RECIPIENTS.match(rest)
        assert label is not None
        yield Line(label[0], page=line.page)
        yield Line(rest[label.end() :].strip(), page=line.page)


def _begin(lines: Sequence[Line]) -> int:
    for index, line in enumerate(lines):
        if line.heading and _BODY_HEADING.match(_words(line)):
            return index + 1
        if is_header_line(line):
            return index
        if line.table:
            continue
        if _GROUNDS.match(line.text) or _ADDRESSEE.match(line.text) or _article(line) or _opens_part(line):
            return index
    return 0


def is_header_line(line: Line) -> bool:
    """True for the issuer, the national name or the number line of an official header, also laid out as a table."""
    cells = line.text.split(" | ") if line.table else [line.text]
    return any(
        _NATION.search(cell)
        or _NUMBER_LINE.search(cell)
        or cell.startswith("DỰ THẢO")
        or (ISSUER.match(cell) and is_upper(cell) and len(cell) < 90)
        for cell in (cell.strip() for cell in cells)
    )


def has_header(lines: Sequence[Line]) -> bool:
    """True when an official header (issuer, national name, number) stands at the top of `lines`."""
    return any(is_header_line(line) for line in lines[:40])


def is_complete(body: Sequence[Line]) -> bool:
    """True when `body` ends as official texts end: recipients, signature, or the note of the National Assembly."""
    return any(_closes(line) for line in body)


def _article(line: Line) -> bool:
    return not line.table and article_mark(line.text, "", is_heading=bool(line.heading or line.bold)) is not None


def _opens_part(line: Line) -> bool:
    return any(
        (found := p.match(line.text)) and (not found[2] or is_upper(found[2]) or line.heading)
        for p in (PART, CHAPTER, DIVISION)
    )


def _last_article(lines: Sequence[Line]) -> int:
    """Index of the last article before the first appendix after a closing: a closing before it is a quotation or header."""
    last, signed = -1, False
    for index, line in enumerate(lines):
        signed = signed or (last >= 0 and _closes(line))
        if signed and (_attachment(lines, index) or _is_note(line, loose=bool(line.heading or line.bold))):
            break
        if _article(line) and not (signed and _is_late(lines, index)):
            last = index
    return last


def _is_late(lines: Sequence[Line], index: int) -> bool:
    """True when the article at `index` starts the numbering again or stands in a note below the signature."""
    mark = article_mark(lines[index].text, "", is_heading=True)
    numbers = [
        int(m.number)
        for line in lines[:index]
        if (m := article_mark(line.text, "", is_heading=True)) and m.number.isdigit()
    ]
    return mark is None or not mark.number.isdigit() or bool(numbers and int(mark.number) <= max(numbers))


def _attachment(lines: Sequence[Line], index: int) -> bool:
    line = lines[index]
    if line.table or len(line.text) > 300:
        return False
    if APPENDIX.match(line.text) and (
        is_upper(line.text.split(".")[0]) or line.heading or line.bold or len(line.text) < 40
    ):
        return True
    if is_titled_appendix(lines, index):
        return True
    if FORM.match(line.text) and len(line.text) < 160:
        return True
    near = " ".join(other.text for other in lines[index + 1 : index + 4])
    return bool(ATTACHED.match(line.text) and is_upper(line.text) and ATTACHMENT_NOTE.search(near))


def is_titled_appendix(lines: Sequence[Line], index: int) -> bool:
    """True for "Phụ lục I. Tên phụ lục" in small letters when "(Kèm theo Thông tư số …)" stands alone just below it."""
    found = APPENDIX.match(lines[index].text)
    return bool(found and (found[3] or "")[:1].isupper()) and any(
        line.text.startswith("(") and ATTACHMENT_NOTE.match(line.text) for line in lines[index + 1 : index + 4]
    )


def _closes(line: Line) -> bool:
    return is_closing(line.text, table=line.table) or (line.table and bool(_RECIPIENTS.match(line.text)))


def _belongs_to_closing(line: Line, place: int) -> bool:
    text = line.text.strip()
    if not text or line.table or _closes(line):
        return True
    return (
        place <= 60
        and len(text) <= 260
        and (not _NOT_CLOSING.match(text) or (place <= 12 and text.endswith(";") and text[0].isdigit()))
    )


def _is_note(line: Line, *, loose: bool) -> bool:
    if line.table or len(line.text) > 90:
        return False
    words = _words(line)
    return bool(_PLAIN_NOTE.match(words) or (loose and _NOTE.match(words)))


def _words(line: Line) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", fold(line.text)).split())
