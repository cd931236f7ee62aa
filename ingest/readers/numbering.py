"""Automatic numbers of Word paragraphs ("1.", "a)", "Điều 5."), which stand in no text of the file, as Word prints them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from ingest.readers.styles import Styles

_ROMAN = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
_LONGEST = 3999  # a damaged file may ask for the number two billion in Roman letters


@dataclass(slots=True)
class _Level:
    kind: str  # "decimal", "lowerLetter", "bullet", …
    shown: str  # "%1.", "Điều %1.", "%1.%2"
    start: int
    style: str  # the paragraph style that stands for this level, or ""


@dataclass(slots=True)
class _List:
    """A `w:num`: its levels, the counter it shares with others of its kind, and where it starts anew."""

    family: str
    levels: dict[int, _Level]
    restarts: dict[int, int] = field(default_factory=dict)


class Numbers:
    """Counts through a document: `next` must be asked for each paragraph once, in order."""

    def __init__(self, document: Any, styles: Styles) -> None:
        self._styles = styles
        self._lists: dict[str, _List] = {}
        self._counts: dict[str, dict[int, int]] = {}
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError, AttributeError):  # python-docx has no empty part to give
            return
        families = {
            family.get(qn("w:abstractNumId")): dict(map(_level, family.findall(qn("w:lvl"))))
            for family in root.findall(qn("w:abstractNum"))
        }
        for number in root.findall(qn("w:num")):
            family = _value(number, "w:abstractNumId")
            made = _List(family, dict(families.get(family, {})))
            for override in number.findall(qn("w:lvlOverride")):
                at = int(override.get(qn("w:ilvl")))
                if (own := override.find(qn("w:lvl"))) is not None:
                    made.levels[at] = _level(own)[1]
                if (start := _value(override, "w:startOverride")).isdigit():
                    made.restarts[at] = int(start)
            self._lists[number.get(qn("w:numId"))] = made

    def next(self, paragraph: Paragraph) -> str:
        """The number printed before `paragraph`, counted on; empty when it has none."""
        name, at = self._place(paragraph)
        numbered = self._lists.get(name)
        if numbered is None:
            return ""
        levels = numbered.levels
        if at is None:
            named = self._styles.of(paragraph)
            style = named.style_id if named is not None else ""
            at = next((k for k, level in levels.items() if level.style and level.style == style), 0)
        if at not in levels:
            return ""
        counts = self._counts.setdefault(numbered.family, {})
        if at in numbered.restarts:  # only where this list is first used: afterwards it counts on
            counts[at] = numbered.restarts.pop(at)
        else:
            counts[at] = counts.get(at, levels[at].start - 1) + 1
        for deeper in [k for k in counts if k > at]:
            del counts[deeper]
        if levels[at].kind == "bullet":
            return "-"
        shown = levels[at].shown
        for k in range(at, -1, -1):
            level = levels.get(k)
            value = counts.get(k, level.start if level else 1)
            shown = shown.replace(f"%{k + 1}", written(value, level.kind if level else "decimal"))
        return shown.strip()

    def _place(self, paragraph: Paragraph) -> tuple[str, int | None]:
        """The list of `paragraph` and its level in it, None for "the level of its style"; its own marks come before its style's."""
        own = paragraph._p.pPr
        name, level = "", ""
        for source in [*([] if own is None else [own]), *self._styles.formats(paragraph)]:
            numbered = source.find(qn("w:numPr"))
            if numbered is not None:
                level = level or _value(numbered, "w:ilvl")
                name = name or _value(numbered, "w:numId")
                if name:
                    break
        return name, int(level) if level.isdigit() else None


def _level(element: Any) -> tuple[int, _Level]:
    start = _value(element, "w:start")
    return int(element.get(qn("w:ilvl"))), _Level(
        _value(element, "w:numFmt") or "decimal",
        _value(element, "w:lvlText"),
        int(start) if start.isdigit() else 1,
        _value(element, "w:pStyle"),
    )


def _value(parent: Any, name: str) -> str:
    found = parent.find(qn(name))
    return str(found.get(qn("w:val"), "")) if found is not None else ""


def written(value: int, kind: str) -> str:
    """`value` as Word writes it in numbering of this `kind` (a name of WordprocessingML)."""
    if kind == "none":
        return ""
    if kind in ("lowerLetter", "upperLetter"):
        # Word counts a, b, c, d, e: Vietnamese drafts that rely on it print no "đ", so neither do we.
        letters = chr(ord("a") + (value - 1) % 26) * (1 + (min(value, _LONGEST) - 1) // 26)
        return letters.upper() if kind == "upperLetter" else letters
    if kind in ("lowerRoman", "upperRoman") and value <= _LONGEST:
        roman, rest = "", value
        for size, sign in _ROMAN:
            roman, rest = roman + sign * (rest // size), rest % size
        return roman if kind == "upperRoman" else roman.lower()
    return f"{value:02}" if kind == "decimalZero" else str(value)
