"""What the start of a line can be in a Vietnamese legal document.

The patterns only name candidates: `ingest.sequence` decides which of them are real. Scans put dots, underscores and
dashes before a label, write "Điêu" for "Điều" and a comma for the full stop.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.vietnamese import fold

_NOISE = r"[\s._~'‘’`,:;|„…¬*·]{0,12}"
# For character classes. Trap: "À-Ỹ" holds the small letters too, because Unicode lays capitals and small letters in turns.
_MARKED = [c for c in map(chr, (*range(0xC0, 0x1B1), *range(0x1EA0, 0x1EFA))) if c.isalpha()]
UPPER = "A-Z" + "".join(c for c in _MARKED if c.isupper())
LOWER = "a-z" + "".join(c for c in _MARKED if c.islower())

ARTICLE = re.compile(
    r"^[\s\W_]{0,4}[ĐÐD][iíìỉĩị][ềêếệểễeéèẻẽ]u\s+(\d(?:\s\d){1,2}(?=\s*[.:])|[\dlIOo][\dOolISB]{0,2}[a-zđ]?(?![\w/]))\s*([.:,]?)\s*(.*)$",
    re.IGNORECASE | re.DOTALL,
)
PART = re.compile(r"^Phần\s+(thứ\s+\S+|[IVXLC]+|\d+)\b[.:\s–—-]*(.*)$", re.IGNORECASE | re.DOTALL)
CHAPTER = re.compile(r"^Chương\s+([IVXLCH]+|\d+)\b[.:\s–—-]*(.*)$", re.IGNORECASE | re.DOTALL)
DIVISION = re.compile(r"^(?:Tiểu\s+)?Mục\s+([IVXLC]+|\d+)\b[.:\s–—-]*(.*)$", re.IGNORECASE | re.DOTALL)
_FOOTNOTE = r"(?:\[\d{1,3}\])?"  # behind a label, in consolidated texts (văn bản hợp nhất)
CLAUSE = re.compile(
    rf"^{_NOISE}(?:-\s+)?(?:[Kk]hoản\s+)?(\d{{1,3}}[a-zđ]?|[lI$S])[.,]{_FOOTNOTE}(?:\s+(?=\S)|(?=[{UPPER}][{LOWER}]))"
)
POINT = re.compile(
    rf"^{_NOISE}([a-zđðA-ZĐø¡$€äàáâãăéèêíìỉïöôó\d]{{1,2}})\){_FOOTNOTE}\s*(?=\S)|^{_NOISE}[.,_]\s*()\)\s+(?=\S)"
)
# What a scan leaves of a label; only a gap in the numbering that it exactly fills makes it one.
WORN_CLAUSE = re.compile(rf"^[\s\W_]{{0,6}}(?=[^\s.,:]{{0,2}}\d)([^\s.,:]{{1,4}})[.,:][\s.:;]*(?=[{UPPER}])")
WORN_POINT = re.compile(
    rf"^[\s\W_]{{0,6}}([^\s)]{{0,3}})\)\s*(?=\S)|^\s*([^\W\d_]|[&¡€$])[.,]?\s+(?=[{UPPER}])|^\s*[^\W\d_]\s+([a-zđ])\)\s+(?=[{UPPER}])"
)
DASH = re.compile(r"^\s*[-–—~•+●▪*]\s+(?=\S)")
GAP = re.compile(r"^\s*\[\s*(?:\.\.\.|…)[^\]]*\]\s*$|^\s*(?:\.\.\.|…)\s*$")
GAP_START = re.compile(r"\[\s*(?:\.\.\.|…)\s*\]")
APPENDIX = re.compile(
    r"^[\s\W_]{0,3}(?:\S{1,2}\s){0,3}?(PH[ỤU]\s*L[ỤU]C|Phụ lục)(?:\s+(?:số\s*)?([IVXLCH]+|\d{1,2}[a-zđ]?)\b)?[.:\s–—-]*(.*)$",
    re.DOTALL,
)
FORM = re.compile(
    r"^[\s\W_]{0,3}(M[ẫấẩ]u|MẪU|Biểu mẫu|BIỂU MẪU)\s+(?:s[ốôỗ]|SỐ)?\s*[:.]?\s*(\d{1,2}[\w./-]{0,12})\s*[.:|–—-]*\s*(.*)$",
    re.DOTALL,
)
ATTACHED = re.compile(
    r"^(QUY CHẾ|QUY ĐỊNH|ĐIỀU LỆ|QUY TRÌNH|CHƯƠNG TRÌNH|KẾ HOẠCH|ĐỀ ÁN|DANH MỤC)\b.{0,200}$", re.DOTALL
)
ATTACHMENT_NOTE = re.compile(
    r"\(?\s*\S{0,6}\s*(?:ban hành )?(?:kèm|theo) (?:theo )?(?:Thông tư|Nghị định|Quyết định|Nghị quyết|Luật|Công văn)\s+(?:liên tịch )?số",
    re.IGNORECASE,
)
CLOSING = re.compile(
    rf"^\s*(?:N[ơo]i nhận\b.{{0,40}}|(?:TM|KT|TL|TUQ)\.\s?[{UPPER}].{{0,80}}"
    r"|(?:PHÓ )?(?:THỦ TƯỚNG|BỘ TRƯỞNG|THỨ TRƯỞNG|CHỦ TỊCH(?: QUỐC HỘI)?|CHỦ TỊCH NƯỚC|GIÁM ĐỐC)\s*"
    r"|XÁC THỰC VĂN BẢN HỢP NHẤT\s*"
    r"|(?:Luật|Bộ luật|Nghị quyết) này (?:đã )?được Quốc hội nước .*thông qua.*)\s*$",
    re.DOTALL,
)
_CLOSING_CELL = re.compile(rf"^\s*(?:N[ơo]i nhận\s*:|(?:TM|KT|TL|TUQ)\.\s?[{UPPER}])")
# Page numbers and specks of a scan; "60%", "=" and "×" are parts of formulas.
PAGE_NUMBER = re.compile(r"^(?:[^\w%=+×÷/<>]|_)*\d{0,3}(?:[^\w%=+×÷/<>]|_)*$")

_REFERENCE = re.compile(
    r"^(?:và|hoặc|của|khoản|điểm|đến|tới|này|nêu|trên|quy định|luật|bộ luật|nghị định|thông tư|"
    r"nghị quyết|quyết định|hiến pháp|pháp lệnh|quy chế|quy định này)\b",
    re.IGNORECASE,
)
_CONNECTIVE = re.compile(
    r"(?:\b(?:tại|theo|của|và|hoặc|các|với|điểm|khoản|đến|từ|là|định|trừ|mục|ngoài|nêu)|[,(])\s*$", re.IGNORECASE
)
_STARTS_UPPER = re.compile(rf"^[\W_]*[{UPPER}\d(\[“\"]")


@dataclass(frozen=True, slots=True)
class ArticleMark:
    """A line that may head an article: printed number, the rest of the line, and whether it was marked as a heading."""

    number: str
    rest: str
    strong: bool


def article_mark(text: str, before: str = "", is_heading: bool = False) -> ArticleMark | None:
    """The article heading that `text` may be, None when it reads as a reference ("Điều 12 và Điều 13 của Luật này").

    `before` is the previous line: one that stops at "theo quy định tại" makes this line its continuation.
    """
    found = ARTICLE.match(text)
    if found is None:
        return None
    number, stop, rest = found[1], found[2], found[3].strip()
    if stop == "," and not is_heading:
        return None
    if not stop and rest and (_REFERENCE.match(rest) or not _STARTS_UPPER.match(rest)):
        return None
    if not is_heading:
        if _CONNECTIVE.search(before):
            return None
        if rest and not _STARTS_UPPER.match(rest):
            return None
        if not stop and rest and len(rest) > 200:
            return None
    return ArticleMark(number, rest, is_heading or (stop == "." and bool(rest)))


def is_closing(line: str, *, table: bool) -> bool:
    """True for recipients and signature, also side by side in a table row."""
    return any(_CLOSING_CELL.match(cell) for cell in line.split(" | ")) if table else bool(CLOSING.match(line))


def is_upper(text: str) -> bool:
    """True when most letters are capitals, as in chapter titles; scans lose a few."""
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and sum(c.isupper() for c in letters) >= 0.7 * len(letters)


def refers(rest: str) -> bool:
    """True when what follows a number makes it a reference: "của Nghị định này", "và Điều 5"."""
    return bool(_REFERENCE.match(rest))


def starts_lower(text: str) -> bool:
    """True when the first sign is a small letter: the line continues the one before."""
    return text[:1].isalpha() and text[:1].islower()


def ends_sentence(text: str) -> bool:
    """True when the line stops where a sentence or list item stops."""
    return text.rstrip().endswith((".", ";", ":", "!", "?", "”", '"', "/"))


def stops_short(text: str) -> bool:
    """True when the line stops at a word that cannot end one ("… theo quy định tại"): the next line goes on with it."""
    return bool(_CONNECTIVE.search(text[-20:]))


def roman(text: str) -> int:
    """The value of a Roman or Arabic number, 0 when it is neither. `H` and `HI` are scans of II and III."""
    if text.isdigit():
        return int(text)
    values = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
    digits = [values.get(c, 0) for c in text.upper().replace("H", "II")]
    if not digits or 0 in digits:
        return 0
    return sum(-d if d < max(digits[i:]) else d for i, d in enumerate(digits))


def folded(text: str) -> str:
    """Lower case without marks and with single blanks, for comparing headings."""
    return " ".join(fold(text).split())
