"""Repairs of line breaks: structure hidden inside running text is brought to line starts, broken sentences are joined.

Nothing is reworded: every sign of the input is still there, only the breaks between lines change.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.marks import (
    CHAPTER,
    CLAUSE,
    DASH,
    DIVISION,
    GAP,
    GAP_START,
    LOWER,
    PAGE_NUMBER,
    PART,
    POINT,
    UPPER,
    article_mark,
    ends_sentence,
    refers,
    starts_lower,
    stops_short,
)
from ingest.readers.model import Line
from ingest.sequence import Label, align, point_readings

_INLINE_NUMBER = re.compile(rf"(?<=\s)(\d{{1,2}})[.,]\s+(?=[{UPPER}])")
_INLINE_POINT = re.compile(r"(?<=[\s\]])([a-zđ]{1,2}|\d|)\)\s+(?=\S)")
_COUNTED = re.compile(
    r"(?:khoản|điều|điểm|mục|số|phụ lục|chương|phần|mẫu|nhóm|loại|cấp|hạng|vùng|và|,)\s*$", re.IGNORECASE
)
_STOPPED = re.compile(r"[.;:”\])]\s*[\W_]*(?:\b[A-Za-zÀ-ỹ\d]{1,2}\b[\W_]*){0,2}$")
_STOPPED_HARD = re.compile(r"[;:\]]\s*[\W_]*(?:\b[A-Za-zÀ-ỹ]\b[\W_]*)?$|[.”]\s*[._\s]*$")
_INLINE_HEAD = re.compile(rf"(?<=\s)Điều\s+(\d{{1,3}})\.\s+(?=[{UPPER}])")
_SENTENCE = re.compile(rf"(?<=[{LOWER})])\s+(?=[{UPPER}][{LOWER}]+\s+[{LOWER}])")
# Behind these a capital begins a name ("của Luật", "thuộc Bộ"), not a sentence.
_LEADS_TO_NAME = re.compile(
    r"(?:\b(?:của|tại|theo|về|với|cho|trong|thuộc|do|giữa|ở|và|hoặc|các|những|từ|đến|khoản|điểm)|,)$", re.IGNORECASE
)
_INLINE_CLOSING = re.compile(r"(?<=\S)\s+N[ơo]i nhận\s*:")
_INLINE_APPENDIX = re.compile(rf"(?<=\s)Phụ lục\s+[IVXH]{{1,4}}\s+(?=\S{{0,3}}[{UPPER}]{{2,}})")


def _ends(text: str, pattern: re.Pattern[str]) -> bool:
    """True when `text` ends as `pattern` says; only its last words are looked at, whatever its length."""
    return bool(pattern.search(text[-40:]))


def split_heading(rest: str, below: Sequence[Line] = ()) -> list[str]:
    """The text after "Điều N." of one long line as [title, clause 1, clause 2, …]; a single item when it holds no clauses.

    Scans run a whole article together: "Phạm vi điều chỉnh 1. Nghị quyết này … 2. …". Only an unbroken run from 1 is cut;
    it may go on in the lines `below`.
    """
    ones = [m for m in _INLINE_NUMBER.finditer(rest) if m[1] == "1" and m.start()]
    first = next((m for m in ones if not _ends(rest[: m.start()], _COUNTED)), None)
    if first is None:  # "… công dân số 1. Tuân thủ …": a number after "số" is a clause when clause 2 follows it
        goes_on = any(len(split_clauses(line.text, 1)) > 1 or _begins(line.text, 2) for line in below if not line.table)
        first = next((m for m in ones if goes_on or len(split_clauses(rest[m.start() :])) > 1), None)
    if first is None:
        return [rest]
    return [rest[: first.start()].rstrip(" .:-–"), *split_clauses(rest[first.start() :])]


def _begins(text: str, number: int) -> bool:
    label = CLAUSE.match(text)
    return label is not None and label[1] == str(number)


def split_clauses(text: str, number: int = 0) -> list[str]:
    """`text` cut before clauses n+1, n+2, … where they stand after a full stop inside it; it starts with clause n, or it is
    a line of clause n = `number` (0 for none).
    """
    label = CLAUSE.match(text)
    if label is not None:
        number = int(label[1]) if label[1].isdigit() else 0
    if not number:
        return [text]
    start, pieces = 0, []
    for found in _INLINE_NUMBER.finditer(text, label.end() if label else 0):
        before = text[: found.start()]
        if int(found[1]) == number + 1 and _ends(before, _STOPPED) and not _ends(before, _COUNTED):
            pieces.append(text[start : found.start()].rstrip())
            start, number = found.start(), number + 1
    return [*pieces, text[start:]]


def split_points(text: str, following: str = "") -> list[str]:
    """`text` cut before points a), b), c) … that stand inside it after a colon, semicolon or gap mark; at least two of them.

    One is enough when `following`, the next line, begins with the point after it: there the margin cut the run.
    """
    own = POINT.match(text)
    begin = own.end() if own else 0
    found = []
    for m in _INLINE_POINT.finditer(text, begin):
        before = text[: m.start()]
        if _ends(before, _STOPPED_HARD) and not _ends(before, _COUNTED):
            found.append(m)
    labels = [
        Label(
            point_readings(m[1]),
            drop_cost=4.0 if m[1] else 2.0,
            after_gap="[...]" in text[max(0, m.start() - 7) : m.start()],
        )
        for m in found
    ]
    positions = align(([Label(point_readings(own[1] or own[2] or ""))] if own else []) + labels)[1 if own else 0 :]
    taken = [m for m, position in zip(found, positions, strict=True) if position is not None]
    after_gap = any(label.after_gap for label, position in zip(labels, positions, strict=True) if position is not None)
    goes_on = bool(taken) and _next_point(following) == [p for p in positions if p is not None][-1] + 1
    if len(taken) < (1 if own or after_gap or goes_on else 2):
        return [text]
    cuts = [0, *(m.start() for m in taken), len(text)]
    return [text[a:b].strip() for a, b in itertools.pairwise(cuts)]


def _next_point(line: str) -> float:
    """The position of the point that `line` begins with as printed, 0.0 for none."""
    label = POINT.match(line)
    exact = [place for place, cost in point_readings(label[1] or "") if cost == 0.0] if label else []
    return exact[0] if exact else 0.0


def guess_title(rest: str, announces: bool = False) -> tuple[str, str]:
    """(title, text) of a long heading line without clauses: the text begins at the first word that starts a sentence.

    Returns (rest, "") when no such place is found, so a title is never cut on a guess without capitals, and when `rest`
    ends as no sentence does. "của Luật", "Bộ Quốc phòng" are names inside a title. `announces` says that it ends as no
    title does ("… sau đây:"), however short it is.
    """
    if (len(rest) <= 160 and not announces) or not ends_sentence(rest):
        return rest, ""
    for found in _SENTENCE.finditer(rest):
        before = rest[: found.start()].split()
        if len(before) >= 3 and before[-1][0].islower() and not _LEADS_TO_NAME.search(before[-1]):
            return rest[: found.start()], rest[found.end() :]
    return rest, ""


def open_lines(lines: Sequence[Line]) -> list[Line]:
    """`lines` with clauses and points that stand inside a line moved to lines of their own; tables stay."""
    opened: list[Line] = []
    at_starts = {label[1] for line in lines if not line.table and (label := CLAUSE.match(line.text))}
    number = 0  # of the clause that a line stands in
    for line, after in itertools.zip_longest(lines, lines[1:]):
        label = None if line.table else CLAUSE.match(line.text)
        if label is not None:
            number = int(label[1]) if label[1].isdigit() else 0
        if line.table or len(line.text) < 40:
            opened.append(line)
            continue
        # In a line without a number of its own the next clause is looked for only where none begins with that number.
        clauses = split_clauses(line.text, 0 if str(number + 1) in at_starts else number)
        number += len(clauses) - 1
        following = [*clauses[1:], "" if after is None else after.text]
        pieces = [p for clause, more in zip(clauses, following, strict=True) for p in split_points(clause, more)]
        opened += [line] if len(pieces) == 1 else [replace(line, text=piece) for piece in pieces if piece]
    return opened


def join_broken(lines: Sequence[Line]) -> list[Line]:
    """`lines` with sentences joined that a page or column break cut: a small first letter after an unfinished line.

    A hyphen that opens a line with a small letter ("các tổ chức chính trị" / "- xã hội tỉnh") belongs to the word before.
    """
    joined: list[Line] = []
    for line in lines:
        text = line.text.strip()
        last = joined[-1] if joined else None
        if last is not None and not (
            line.table or last.table or line.heading or last.heading or last.rule or line.rule
        ):
            unfinished = bool(last.text) and not ends_sentence(last.text) and not GAP.match(last.text)
            if (
                unfinished
                and not POINT.match(text)
                and (starts_lower(text) or (starts_lower(DASH.sub("", text)) and DASH.match(text)))
            ):
                joined[-1] = replace(last, text=f"{last.text.rstrip()} {text}")
                continue
        joined.append(line)
    return joined


def close_references(lines: Sequence[Line]) -> list[Line]:
    """`lines` with references joined that were taken for headings: "… tại Chương II và" / "Chương IV" / "của Luật này."."""
    closed: list[Line] = []
    taken = -1
    for index, (line, after) in enumerate(itertools.zip_longest(lines, lines[1:])):
        if index == taken:
            continue
        last = closed[-1] if closed else None
        bare = any((found := p.match(line.text)) and not found[2] for p in (PART, CHAPTER, DIVISION))
        if (
            bare
            and last is not None
            and not (last.table or last.heading)
            and stops_short(last.text)
            and after is not None
            and starts_lower(after.text)
            and refers(after.text)
        ):
            closed[-1], taken = replace(last, text=f"{last.text} {line.text} {after.text}"), index + 1
        else:
            closed.append(line)
    return closed


def is_noise(line: Line) -> bool:
    """True for page numbers, rules and lines without a word: nothing of the document is in them. `1. [...]` says something."""
    return (
        not line.table
        and len(line.text) <= 200
        and bool(PAGE_NUMBER.match(line.text))
        and not GAP.match(line.text)
        and not GAP_START.search(line.text)
    )


def open_heads(lines: Sequence[Line]) -> list[Line]:
    """`lines` with article headings that stand inside running text moved to lines of their own.

    "… của pháp luật. Điều 6. Trách nhiệm …" is cut only where article 5 is the last one before it and no line starts with
    article 6: any other "Điều 6" in a sentence is a reference.
    """
    marks = [article_mark(line.text, "", is_heading=bool(line.heading or line.bold)) for line in lines]
    at_starts = {mark.number for mark in marks if mark}
    opened: list[Line] = []
    last = 0
    for line, mark in zip(lines, marks, strict=True):
        if mark and mark.number.isdigit():
            last = int(mark.number)
        rest = line.text
        titled = any(p.match(rest) for p in (PART, CHAPTER, DIVISION))
        while not line.table:
            cut = next(
                (m for m in _INLINE_HEAD.finditer(rest) if int(m[1]) == last + 1 and m[1] not in at_starts), None
            )
            if cut is None or not (titled or _ends(rest[: cut.start()], _STOPPED_HARD)):
                break
            opened.append(replace(line, text=rest[: cut.start()].rstrip()))
            rest, last, titled = rest[cut.start() :], last + 1, False
        opened.append(line if rest is line.text else replace(line, text=rest))
    return opened


def open_closing(lines: Sequence[Line], after: int) -> list[Line]:
    """`lines` with a signature block that a scan ran into the last article (line `after` or later) on lines of its own."""
    opened = list(lines[:after])
    for line in lines[after:]:
        found = None if line.table else _INLINE_CLOSING.search(line.text)
        if found is None:
            opened.append(line)
            continue
        head, tail = line.text[: found.start()], line.text[found.end() :]
        cuts = [0, *(m.start() for m in _INLINE_APPENDIX.finditer(tail)), len(tail)]
        pieces = [found[0], *(tail[a:b] for a, b in itertools.pairwise(cuts))]
        opened.append(replace(line, text=head))
        opened += [
            replace(line, text=piece.strip(), heading=1 if n > 1 else 0)
            for n, piece in enumerate(pieces)
            if piece.strip()
        ]
    return opened
