"""Lines as a page shows them → paragraphs as a person reads them.

Conservative: what may be the start of an article, clause, point, dash, section or heading always begins a paragraph; a line is
joined to the one before only when that one was cut by the margin.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ingest.marks import LOWER, UPPER

STRUCTURE = re.compile(
    r"^\s*(?:(?:Phần|PHẦN|Chương|CHƯƠNG|Mục|MỤC|Tiểu mục|Điều|ĐIỀU|Phụ lục|PHỤ LỤC|Mẫu số|Câu)\s+[\dIVXLC]"
    r"|\d{1,3}[a-zđ]?[.)]\s+\S|\d{1,3}[a-zđ]?\.\[\d{1,3}\]\s*\S|\d{1,2}(?:\.\d{1,2})+\.?\s+\S|[a-zđ][a-zđ1-9]?\)\s*\S|[IVX]{1,5}\.\s+\S|[-–—+•●▪*]\s+\S"
    r"|(?:Loại|Tiêu đề|Cơ quan|Hiệu lực từ|Hiệu lực đến|Cập nhật)\s*:|Nơi nhận|Kính gửi|Căn cứ[\s:]|Theo đề nghị"
    r"|(?:TM|KT|TL|TUQ)\.\s|Số:|QUỐC HỘI|CHÍNH PHỦ|CỘNG HÒA|CỘNG HOÀ|Độc lập)"
)
# "… theo quy định tại" / "Điều 5 của Luật này": the margin cut a reference.
_REFERS = re.compile(
    r"(?:\b(?:tại|theo|của|và|hoặc|các|với|điểm|khoản|đến|từ|là|trừ|mục|ngoài|nêu|số|ngày|tháng|năm)|[,(–-])\s*$",
    re.IGNORECASE,
)
# "… quy định tại khoản 7" / "Điều 33 của Luật này"; an article's own heading has a point after its number.
_PART = re.compile(r"\b(?:[Kk]hoản|[Đđ]iểm|Điều)\s+[\da-zđ]{1,4}$")
_NO_HEADING = re.compile(
    r"^\s*Điều\s+\d+[a-zđ]?(?:,|\s+(?:[a-zđà-ỹ]|(?:Bộ luật|Luật|Pháp lệnh|Nghị|Quyết định|Thông tư)\s))"
)
# What only a name, a number or a list can follow, however short the line is: "… tại Nghị định của" / "Chính phủ".
_OPEN = re.compile(r"(?:\b(?:của|và|hoặc|các|những|là|trừ|thuộc|tại)|[,(])\s*$")
_WANTS_NUMBER = re.compile(r"\b(?:số|ngày|tháng|năm)\s*$", re.IGNORECASE)
# A label that a scan left specks before or drew wrong: "'b) Yêu cầu", ",„ 4) Buộc", "là) Thực hiện"; "1, Điều 5" only after a full stop.
_WORN = re.compile(rf"^[\s._~'‘’`,:;|„…¬*·]{{0,12}}[^\s()]{{0,3}}\)\s*(?=[{UPPER}][{LOWER}])")
_WORN_NUMBER = re.compile(rf"^[\s._~'‘’`,:;|„…¬*·]{{0,12}}\d{{1,2}}[.,][\s.:;]*(?=[{UPPER}][{LOWER}])")
# Editors of codifications (pháp điển) put where an article comes from below its heading, between brackets.
_CODE = re.compile(r"^\s*Điều\s+\d+(?:\.\d+)*\.[A-ZĐ]{2,4}\.")
_CODE_REST = re.compile(r"^\d+(?:\.\d+)*\.[A-ZĐ]{2,4}\.")
_CODED = re.compile(
    r"(?:^|[.;:])\s*Điều\s+\d+(?:\.\d+)*\.[A-ZĐ]{2,4}(?:\.\d+)+[a-zđ]?\.(?:(?!\((?:Điều|Khoản|Mục)\s).){0,400}$",
    re.IGNORECASE,
)
_ORIGIN = re.compile(r"^\(\s*(?:(?:Điểm|Khoản|Điều|Mục)\s)", re.IGNORECASE)
_RELATED = re.compile(r"\(\s*(?:Điều|Mục|Chương|Phần) này có nội dung liên quan", re.IGNORECASE)
_ALONE = re.compile(r"^(?:Danh sách điều khoản|\S.{0,150}\.(?:docx?|xlsx?|pdf|rar|zip))$", re.IGNORECASE)
_FILE = re.compile(r"^\S.{0,150}\.(?:docx?|xlsx?|pdf|rar|zip)$", re.IGNORECASE)
_COUNTS = re.compile(r"\b(?:danh mục|phụ lục|mẫu số|nhóm|loại|bảng|khoản)$", re.IGNORECASE)
_NUMBERED = re.compile(r"^\d{1,3}[.,]\s")
_UNIT = re.compile(r"^\s*(?:\d{1,3}[a-zđ]?\.|[a-zđ]\))\s+\S")
_NOTE_LETTERS = 1_000
_RELATED_LETTERS = 50_000  # such a note may name a hundred articles
_REFERENCE = re.compile(r"^\s*(?:Điều|ĐIỀU|Chương|Mục|Phụ lục|Phần|Mẫu số)\s")
_ENDED_PAGE = re.compile(r"[.;:!?”]$")
_ENDED = re.compile(r"[.;:!?”\"…/]\s*$")
_ONLY_PAGE = re.compile(r"^\s*(?:[-–—]?\s*)?(?:Trang\s+)?\d{1,4}\s*(?:/\s*\d{1,4})?(?:\s*[-–—])?\s*$", re.IGNORECASE)
_NUMBER = re.compile(r"^\d{1,3}$")
_GAP = re.compile(r"^\s*\[\s*(?:\.\.\.|…)")  # "[...]", "[... khoản 2]": whoever made an excerpt left something out
_HARD_WRAP = 150  # a text whose lines are longer is not broken at a margin
_UNBOUNDED = 100_000
_ENOUGH = 8  # lines of which, when a margin cuts them, one begins with a small letter
_FULL = 0.8
_EDGE = 3  # lines at the top and at the bottom of a page that may run through the document


def join_wrapped(lines: Sequence[str], onto: str = "") -> list[str]:
    """Paragraphs of `lines`; an empty line ends a paragraph. The first line goes on with the paragraph `onto`, if given."""
    lines = _single_spaced(lines)
    width = _width(lines)
    made = [onto] if onto else []
    last = ""
    alone = _page_numbers(lines)
    for index, line in enumerate(lines):
        text = " ".join(line.split())
        if not text or index in alone:
            made += [text] if text else []
            last = ""
            continue
        after = lines[index + 1].strip() if index + 1 < len(lines) else ""
        if (onto and not last and len(made) == 1) or (last and made and _joins(made[-1], last, text, width, after)):
            made[-1], onto = f"{made[-1]} {text}", ""
        else:
            made.append(text)
        last = text
    return made


def _page_numbers(lines: Sequence[str]) -> set[int]:
    """Which lines are page numbers that a scan left between the lines of the text, and not the end of a sentence."""
    shown = [(i, line.strip()) for i, line in enumerate(lines) if line.strip()]
    found = set()
    for place, (index, text) in enumerate(shown):
        if not _NUMBER.match(text) or not place:
            continue
        before, after = shown[place - 1][1], shown[place + 1][1] if place + 1 < len(shown) else ""
        unfinished = not _ENDED.search(before)
        # A sentence that the number belonged to would have gone on in its line.
        beside = unfinished and after and not (_REFERS.search(before) or STRUCTURE.match(after)) and after[0].isalpha()
        if before.endswith((".", ";")) or (after[:1].islower() and unfinished) or beside:
            found.add(index)
    return found


def _joins(paragraph: str, last: str, text: str, width: int, after: str = "") -> bool:
    """True when the line `text` goes on with `paragraph`, whose last line is `last`; `after` is the line below `text`."""
    # An attached file's name of two lines: only its end shows that it is one, and it is typed without marks.
    if _FILE.match(text) and _without_marks(last):
        return True
    if _FILE.match(after) and _without_marks(text) and _ENDED.search(last):
        return False
    # "(Điều 5 Nghị định số … từ ngày 01/07/2010)": a note between brackets stands alone, and is whole.
    if _is_open_note(paragraph):
        return bool(_RELATED.search(paragraph)) or not (_CODE.match(text) or _UNIT.match(text))
    if paragraph.startswith("(") and last.endswith(")") and not text[0].islower():
        return False
    if _RELATED.match(text) or (_ORIGIN.match(text) and _CODED.search(paragraph[-500:])):
        return False
    if last.endswith("Điều") and _CODE_REST.match(text):
        return True
    ended = _ENDED.search(last.rstrip(" '‘’`,_|-"))
    if ended and (_ALONE.match(text) or not any(c.isalpha() for c in text)):  # specks, the number of a page
        return False
    if _NUMBERED.match(text) and not ended and _COUNTS.search(last) and len(last) >= _FULL * width:
        return True
    worn = _WORN.match(text) or (ended and _WORN_NUMBER.match(text))
    if worn and paragraph.count("(") <= paragraph.count(")"):
        return False
    return _continues(last, text, width)


def _without_marks(line: str) -> bool:
    """True for several words that no Vietnamese sentence has: none of them carries a mark."""
    return len(line.split()) >= 3 and line.isascii() and not _ENDED.search(line) and not STRUCTURE.match(line)


def _is_open_note(paragraph: str) -> bool:
    """True for an editors' note whose last bracket is still to come."""
    if len(paragraph) > _RELATED_LETTERS:
        return False
    if run_in := _RELATED.search(paragraph, 1):
        paragraph = paragraph[run_in.start() :]
    related = bool(_RELATED.match(paragraph))
    if not (related or _ORIGIN.match(paragraph)) or paragraph.count("(") <= paragraph.count(")"):
        return False
    return len(paragraph) < (_RELATED_LETTERS if related else _NOTE_LETTERS)


def continues(page: Sequence[str], text: str, paragraph: str = "") -> bool:
    """True when `text`, the first line of the next page, goes on with `paragraph`, the last one of `page`."""
    paragraph = paragraph or page[-1]
    if _ENDED_PAGE.search(page[-1]) and not _is_open_note(paragraph):
        return False
    return _joins(paragraph, page[-1], text, _width(page))


def _width(lines: Sequence[str]) -> int:
    """How many letters a full line has: most are not longer. Without bounds where no margin ever cut a sentence."""
    lengths = sorted(len(line) for line in lines if line.strip())
    if len(lengths) >= _ENOUGH and not any(line.lstrip()[:1].islower() and not STRUCTURE.match(line) for line in lines):
        return _UNBOUNDED
    return lengths[round(0.9 * (len(lengths) - 1))] if lengths else 0


def _single_spaced(lines: Sequence[str]) -> list[str]:
    """`lines` without the empty ones where an export put one after every printed line: they separate nothing there."""
    words = [i for i, line in enumerate(lines) if line.strip()]
    if len(words) < 6 or max(len(lines[i]) for i in words) > _HARD_WRAP:
        return list(lines)
    alone = sum(i + 1 < len(lines) and not lines[i + 1].strip() for i in words)
    cut = sum(not _ENDED.search(lines[i]) for i in words)
    return [lines[i] for i in words] if alone >= 0.7 * len(words) and cut >= 0.4 * len(words) else list(lines)


def _continues(last: str, text: str, width: int) -> bool:
    cut = (_REFERENCE.match(text) and _REFERS.search(last)) or (_NO_HEADING.match(text) and _PART.search(last))
    if last.endswith("Lao động") and text.startswith(("- Thương binh", "– Thương binh")):  # the name of a ministry
        return True
    if STRUCTURE.match(text) and not cut:
        return False
    if last.rstrip().endswith("?") or (_GAP.match(text) and _ENDED.search(last)):
        return False
    starts_lower = text[0].islower() or (text[0] in ",;)%" and not text[:1].isupper())
    if not _ENDED.search(last):
        if starts_lower or _OPEN.search(last) or (text[0].isdigit() and _WANTS_NUMBER.search(last)):
            return True
        caps = last.isupper() or text.isupper()
        return not caps and width <= _HARD_WRAP and len(last) >= _FULL * width
    if width > _HARD_WRAP or len(last) < _FULL * width or text.isupper() or last.rstrip().endswith(":"):
        return False
    return starts_lower or not last.rstrip().endswith(";")


def without_running_lines(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    """`pages` without headers, footers and page numbers: lines at the edge that come back on many pages, digits aside.

    The start of an article, clause or point is never one, nor a piece of a sentence, and a page of nothing else keeps its lines.
    """
    filled = [[line for line in page if line.strip()] for page in pages]
    seen = Counter(shape for page in filled for shape in {_shape(x) for x in (*page[:_EDGE], *page[-_EDGE:])})
    count = len(pages)
    # Gazettes print one header on even pages and another on odd ones.
    enough = 2 if count < 3 else max(2, round((0.4 if count >= 6 else 0.6) * count))
    running = {shape for shape, times in seen.items() if times >= enough}
    cleaned = []
    for page in filled:
        start = _running_lines(page, running)
        end = _running_lines(page[start:][::-1], running)
        cleaned.append(page[start : len(page) - end] or page)
    return cleaned


def _running_lines(lines: Sequence[str], running: set[str]) -> int:
    """How many of the first `lines` run through the document; at most one of them is a page number."""
    found, number = 0, False
    for line in lines[:_EDGE]:
        if _ONLY_PAGE.match(line):
            if number:
                break
            number = True
        elif (
            _shape(line) not in running
            or (STRUCTURE.match(line) and not line.startswith(("Số:", "-", "–")))
            or _is_sentence(line)
        ):
            break
        found += 1
    return found


def _is_sentence(line: str) -> bool:
    """True for a line in the middle or at the end of a sentence: texts that say the same of every group repeat those.

    The last word of a paragraph alone on a page ("định;") is one too: no running line begins small and ends so.
    """
    text = line.strip()
    small, ended = text[0].islower(), text.endswith((".", ";", ",", ":"))
    return (small or ended) if len(text.split()) >= 4 else (small and ended)


def _shape(line: str) -> str:
    return re.sub(r"\d+", "#", " ".join(line.split()))
