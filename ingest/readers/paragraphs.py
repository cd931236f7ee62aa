"""Lines as a page shows them → paragraphs as a person reads them.

Conservative: what may be the start of an article, clause, point, dash, section or heading always begins a paragraph; a line is
joined to the one before only when that one was cut by the margin.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

STRUCTURE = re.compile(
    r"^\s*(?:(?:Phần|PHẦN|Chương|CHƯƠNG|Mục|MỤC|Tiểu mục|Điều|ĐIỀU|Phụ lục|PHỤ LỤC|Mẫu số|Câu)\s+[\dIVXLC]"
    r"|\d{1,3}[.)]\s+\S|\d{1,2}(?:\.\d{1,2})+\.?\s+\S|[a-zđ]{1,2}\)\s*\S|[IVX]{1,5}\.\s+\S|[-–—+•●▪*]\s+\S"
    r"|(?:Loại|Tiêu đề|Cơ quan|Hiệu lực từ|Hiệu lực đến|Cập nhật)\s*:|Nơi nhận|Kính gửi|Căn cứ[\s:]|Theo đề nghị"
    r"|(?:TM|KT|TL|TUQ)\.\s|Số:|QUỐC HỘI|CHÍNH PHỦ|CỘNG HÒA|CỘNG HOÀ|Độc lập)"
)
# "… theo quy định tại" / "Điều 5 của Luật này": the margin cut a reference.
_REFERS = re.compile(
    r"(?:\b(?:tại|theo|của|và|hoặc|các|với|điểm|khoản|đến|từ|là|trừ|mục|ngoài|nêu|số|ngày|tháng|năm)|[,(–-])\s*$",
    re.IGNORECASE,
)
# "… quy định tại khoản 7" / "Điều 33 của Luật này"; an article's own heading has a point after its number.
_PART = re.compile(r"\b(?:khoản|điểm|Điều)\s+[\da-zđ]{1,4}$")
_NO_HEADING = re.compile(r"^\s*Điều\s+\d+[a-zđ]?(?:,|\s+[a-zđà-ỹ])")
_REFERENCE = re.compile(r"^\s*(?:Điều|ĐIỀU|Chương|Mục|Phụ lục|Phần|Mẫu số)\s")
_ENDED = re.compile(r"[.;:!?”\"…/]\s*$")
_ONLY_PAGE = re.compile(r"^\s*(?:[-–—]?\s*)?(?:Trang\s+)?\d{1,4}\s*(?:/\s*\d{1,4})?(?:\s*[-–—])?\s*$", re.IGNORECASE)
_NUMBER = re.compile(r"^\d{1,3}$")
_GAP = re.compile(r"^\s*\[\s*(?:\.\.\.|…)")  # "[...]", "[... khoản 2]": whoever made an excerpt left something out
_HARD_WRAP = 150  # a text whose lines are longer is not broken at a margin
_FULL = 0.8
_EDGE = 3  # lines at the top and at the bottom of a page that may run through the document


def join_wrapped(lines: Sequence[str]) -> list[str]:
    """Paragraphs of `lines`; an empty line ends a paragraph."""
    lines = _single_spaced(lines)
    width = _width(lines)
    made: list[str] = []
    last = ""
    alone = _page_numbers(lines)
    for index, line in enumerate(lines):
        text = " ".join(line.split())
        if not text or index in alone:
            made += [text] if text else []
            last = ""
            continue
        # "(Điều 5 Nghị định số … từ ngày 01/07/2010)": a note between brackets stands alone.
        note = bool(made) and made[-1].startswith("(") and last.endswith(")") and not text[0].islower()
        if last and made and not note and _continues(last, text, width):
            made[-1] = f"{made[-1]} {text}"
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
        if before.endswith((".", ";")) or (after[:1].islower() and not _ENDED.search(before)):
            found.add(index)
    return found


def continues(page: Sequence[str], text: str) -> bool:
    """True when `text`, the first line of the next page, goes on with the last paragraph of `page`."""
    return bool(page) and _continues(page[-1], text, _width(page))


def _width(lines: Sequence[str]) -> int:
    """How many letters a full line has: most are not longer."""
    lengths = sorted(len(line) for line in lines if line.strip())
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
    if STRUCTURE.match(text) and not cut:
        return False
    if last.rstrip().endswith("?") or (_GAP.match(text) and _ENDED.search(last)):
        return False
    starts_lower = text[0].islower() or (text[0] in ",;)%" and not text[:1].isupper())
    if not _ENDED.search(last):
        if starts_lower:
            return True
        caps = last.isupper() or text.isupper()
        return not caps and width <= _HARD_WRAP and len(last) >= _FULL * width
    if width > _HARD_WRAP or len(last) < _FULL * width or text.isupper() or last.rstrip().endswith(":"):
        return False
    return starts_lower or not last.rstrip().endswith(";")


def without_running_lines(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    """`pages` without headers, footers and page numbers: lines at the edge that come back on many pages, digits aside.

    The start of an article, clause or point is never one, and a page of nothing else keeps its lines.
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
        elif _shape(line) not in running or (STRUCTURE.match(line) and not line.startswith(("Số:", "-", "–"))):
            break
        found += 1
    return found


def _shape(line: str) -> str:
    return re.sub(r"\d+", "#", " ".join(line.split()))
