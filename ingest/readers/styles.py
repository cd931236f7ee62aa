"""The styles of a Word file, looked up once each: python-docx walks through all of them for every paragraph that it is asked about."""

from __future__ import annotations

from typing import Any

from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

_DEEPEST = 20  # styles of a damaged file may be based on each other


class Styles:
    """Styles of the paragraphs of one document."""

    def __init__(self) -> None:
        self._styles: dict[str | None, Any] = {}
        self._formats: dict[str | None, list[Any]] = {}

    def of(self, paragraph: Paragraph) -> Any:
        """The style of `paragraph`, the default one when it names none or an unknown one; None in a file without styles."""
        key = paragraph._p.style
        if key not in self._styles:
            self._styles[key] = paragraph.style
        return self._styles[key]

    def name(self, paragraph: Paragraph) -> str:
        """As Word shows it ("Heading 2", "toc 1"), empty for none."""
        style = self.of(paragraph)
        return (style.name if style is not None else "") or ""

    def formats(self, paragraph: Paragraph) -> list[Any]:
        """The `w:pPr` of its style and of those it is based on, nearest first."""
        key = paragraph._p.style
        if key not in self._formats:
            found: list[Any] = []
            style, seen = self.of(paragraph), 0
            while style is not None and seen < _DEEPEST:
                if (own := style.element.find(qn("w:pPr"))) is not None:
                    found.append(own)
                style, seen = style.base_style, seen + 1
            self._formats[key] = found
        return self._formats[key]
