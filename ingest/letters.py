"""Documents without articles: letters and plans by their numbered sections, handbooks by their headings."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.marks import DASH, GAP, is_closing
from ingest.readers.model import Line
from ingest.repairs import is_noise, join_broken
from knowledge.law import Coordinate, Provision, ProvisionKind

_ROMAN = re.compile(r"^\s*([IVX]{1,5})\s*[.)]\s+(\S.*)$", re.DOTALL)
_NUMBER = re.compile(r"^\s*(\d{1,2}(?:\.\d{1,2}){0,2})\s*[.)]?\s+(\S.*)$", re.DOTALL)
_DOTTED = re.compile(r"^\s*\d{1,2}(?:\.\d{1,2}){0,2}\s*[.)]\s|^\s*\d{1,2}(?:\.\d{1,2}){1,2}\s")
_RECIPIENTS = re.compile(r"^\s*Nơi nhận\s*:?", re.IGNORECASE)
_QUESTION = re.compile(r"^\s*(?:Câu(?:\s+hỏi)?\s+)?(\d{1,3})\s*[.:)]\s+(.{5,200}\?)\s*$")
_TOP = re.compile(r"^\s*(?:Loại|Hiệu lực (?:từ|đến)|Cập nhật|Cơ quan|Tiêu đề)\s*:", re.IGNORECASE)


def letter_sections(lines: Sequence[Line], document: str) -> tuple[list[Provision], list[Line], list[Line]]:
    """(provisions, preamble, closing) of a letter or plan: each numbered section with its dashes is one provision.

    The addressee or title of a section is its heading and stays in the text, so that a quote says who must act.
    """
    body = join_broken([line for line in lines if not is_noise(line) and not GAP.match(line.text)])
    preamble: list[Line] = []
    closing: list[Line] = []
    sections: list[tuple[str, str, list[str]]] = []  # number, title, lines
    roman = ("", "")
    for place, line in enumerate(body):
        if sections and _closes(line):
            closing = list(body[place:])
            break
        top, number = _ROMAN.match(line.text), _NUMBER.match(line.text) if _DOTTED.match(line.text) else None
        if top and not line.table:
            roman = (top[1], top[2])
            sections.append((top[1], top[2], []))
        elif number and not line.table and _goes_on(number[1], sections, roman[0]):
            sections.append((f"{roman[0]}.{number[1]}" if roman[0] else number[1], number[2], []))
        elif sections:
            sections[-1][2].append(line.text)
        else:
            preamble.append(line)
    if not sections:  # a short letter: all of it is one section
        end = next((i for i, line in enumerate(preamble) if _closes(line)), None)
        text, closing = preamble[:end], preamble[end:] if end is not None else []
        made = [
            Provision(Coordinate(document, section="1"), ProvisionKind.SECTION, "\n".join(line.text for line in text))
        ]
        return (made if text else []), [], closing
    return _sections(document, sections, _purpose(preamble)), preamble, closing


def _closes(line: Line) -> bool:
    return is_closing(line.text, table=line.table) or bool(_RECIPIENTS.match(line.text))


def _goes_on(number: str, sections: Sequence[tuple[str, str, list[str]]], roman: str) -> bool:
    """True when `number` follows the sections so far: 1, 2, 2.1, 2.2, 3 … (a line of running text that starts "12. " does not)."""
    earlier = [s[0].removeprefix(f"{roman}.") for s in sections if not roman or s[0].startswith(f"{roman}.")]
    parts = [int(p) for p in number.split(".")]
    if not earlier:
        return parts[0] == 1
    last = [int(p) for p in earlier[-1].split(".") if p.isdigit()] or [0]
    if len(parts) > len(last):
        return parts[:-1] == last[: len(parts) - 1] and parts[-1] == 1
    return parts[:-1] == last[: len(parts) - 1] and 0 < parts[-1] - last[len(parts) - 1] <= 2


def _purpose(preamble: Sequence[Line]) -> str:
    """The sentence that says what a letter is about ("Thực hiện Nghị quyết số … yêu cầu:"): every section hangs on it."""
    said = [line.text for line in preamble if line.text.rstrip().endswith(":") and len(line.text.split()) >= 8]
    return said[-1].rstrip(": ") if said else ""


def _sections(document: str, sections: Sequence[tuple[str, str, list[str]]], purpose: str = "") -> list[Provision]:
    headings: dict[str, str] = {}
    made: list[Provision] = []
    following = [number for number, _, _ in sections[1:]] + [""]
    for (number, title, lines), after in zip(sections, following, strict=True):
        title = title.strip()
        parent = not lines and after.startswith(f"{number}.")
        short = len(title) <= 200 and (bool(lines) or parent)
        # "Đề nghị …, các tổ chức …: Phối hợp …" names the addressee before the colon and goes on with the task.
        heading = title.split(":")[0].strip(" .:;") if short or ":" in title[:200] else ""
        name, again = number, 1
        while name in headings:  # two parts of a plan that both begin with 1
            again += 1
            name = f"{number} ({again})"
        headings[name] = heading
        above = [h for n, h in headings.items() if number.startswith(f"{n}.") and h]
        crumbs = (*([purpose] if purpose else []), *above, *([f"{number}. {heading}"] if heading else []))
        text = "\n".join([title, *lines])
        if parent:  # "I. MỤC TIÊU" says nothing by itself
            continue
        made.append(Provision(Coordinate(document, section=name), ProvisionKind.SECTION, text, heading, crumbs))
    return made


def handbook_sections(lines: Sequence[Line], document: str) -> list[Provision]:
    """One provision for each question of a handbook, numbered from 1; its last line may be "Căn cứ: …".

    A question is a heading below the title; in a file without headings a line "Câu 3. …?", else a bold line, else a short
    line that is nothing but a question.
    """
    is_question = _question_marks(lines)
    made: list[tuple[str, tuple[str, ...], list[str]]] = []
    above: dict[int, str] = {}
    for index, line in enumerate(lines):
        if index in is_question:
            found = _QUESTION.match(line.text)
            heading = found[2] if found else line.text
            above = {level: text for level, text in above.items() if level < line.heading}
            made.append((heading, (*above.values(), heading), []))
            above[line.heading] = heading
        elif made and not line.rule and not (line.heading == 1 or _TOP.match(line.text)):
            made[-1][2].append(line.text)
    filled = [item for item in made if item[2]]
    return [
        Provision(Coordinate(document, section=str(number)), ProvisionKind.SECTION, "\n".join(texts), heading, crumbs)
        for number, (heading, crumbs, texts) in enumerate(filled, 1)
    ]


def _question_marks(lines: Sequence[Line]) -> set[int]:
    """Which lines head a section, by the strongest sign that the file gives."""
    deeper = {i for i, line in enumerate(lines) if line.heading > 1}
    top = [i for i, line in enumerate(lines) if line.heading == 1]
    if deeper or len(top) > 2:
        return deeper or set(top[1:])
    texts = [(i, line) for i, line in enumerate(lines) if not line.table and not DASH.match(line.text)]
    numbered = {i for i, line in texts if _QUESTION.match(line.text)}
    asked = {i for i, line in texts if line.text.endswith("?") and len(line.text) <= 160 and not line.heading}
    return numbered or {i for i in asked if lines[i].bold} or asked
