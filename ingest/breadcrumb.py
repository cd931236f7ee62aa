"""Where in a document we are: Phần › Chương › Mục, with their titles."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.marks import CHAPTER, DIVISION, PART, article_mark, ends_sentence, is_upper, refers
from ingest.readers.model import Line

_LEVELS = (PART, CHAPTER, DIVISION)
_LONGEST_TITLE = 300


class Breadcrumb:
    """Phần › Chương › Mục of the current place; for search and for reading, never part of a provision's text."""

    def __init__(self) -> None:
        self._levels: dict[int, str] = {}

    @property
    def path(self) -> tuple[str, ...]:
        """The headings the current place stands in, outermost first."""
        return tuple(self._levels[k] for k in sorted(self._levels))

    def take(self, lines: Sequence[Line], index: int) -> int:
        """Notes the heading at `index` and returns how many lines it takes, 0 when there is none."""
        if not is_heading(lines[index]):
            return 0
        line = lines[index]
        for level, pattern in enumerate(_LEVELS):
            found = pattern.match(line.text)
            if not found:
                continue
            title, used = line.text, 1
            if not (found[2] or "").strip():
                while index + used < len(lines) and used < 4 and _is_title(lines[index + used]):
                    title += (". " if used == 1 else " ") + lines[index + used].text
                    used += 1
            self._levels = {k: v for k, v in self._levels.items() if k < level}
            self._levels[level] = " ".join(title.split())
            return used
        return 0


def is_heading(line: Line) -> bool:
    """True for "Chương II", "Mục 1. TÊN MỤC"; "Chương II của Luật này" is a reference, also where it was marked as a heading."""
    if line.table or len(line.text) > _LONGEST_TITLE:
        return False
    for pattern in _LEVELS:
        if found := pattern.match(line.text):
            rest = (found[2] or "").strip()
            return not rest or rest[0].isupper() or (bool(line.heading) and not refers(rest))
    return False


def _is_title(line: Line) -> bool:
    if (
        line.table
        or article_mark(line.text, "", is_heading=True)
        or CHAPTER.match(line.text)
        or DIVISION.match(line.text)
    ):
        return False
    return (
        is_upper(line.text)
        or bool(line.heading)
        or (len(line.text) < 120 and not ends_sentence(line.text) and line.bold)
    )
