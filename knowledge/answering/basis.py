"""The legal basis that a handbook section names in its last line: `Căn cứ: Luật BHXH 41/2024/QH15, Điều 36 khoản 2 điểm đ; …`."""

from __future__ import annotations

import re

from knowledge.law import Coordinate, official_numbers

_BASIS = re.compile(r"^\s*(?:Căn cứ|Cơ sở pháp lý)\s*:\s*(.+)$", re.IGNORECASE | re.DOTALL)
_ARTICLE = re.compile(r"Điều\s+(\d{1,3}[a-zđ]?)", re.IGNORECASE)
_CLAUSE = re.compile(r"khoản\s+(\d{1,2}[a-zđ]?)", re.IGNORECASE)
_POINT = re.compile(r"điểm\s+([a-zđ])(?!\w)", re.IGNORECASE)


def split_basis(text: str) -> tuple[str, tuple[Coordinate, ...]]:
    """`text` without its basis lines, and the coordinates those lines name, in order, each once.

    A part that names no official number belongs to the document named before it; one that names none at all is left out.
    """
    body: list[str] = []
    bases: list[str] = []
    open_end = False  # a page margin may break the line after a semicolon
    for line in text.split("\n"):
        match = _BASIS.match(line)
        if match is not None:
            bases.append(match[1])
        elif open_end:
            bases[-1] += f" {line}"
        else:
            body.append(line)
        open_end = (match is not None or open_end) and line.rstrip().endswith((";", ","))
    found = [where for basis in bases for where in _coordinates(basis)]
    return "\n".join(body).strip(), tuple(dict.fromkeys(found))


def _coordinates(basis: str) -> list[Coordinate]:
    found: list[Coordinate] = []
    document = ""
    for part in basis.split(";"):
        numbers = official_numbers(part)
        document = numbers[0] if numbers else document
        if not document:
            continue
        article, clause, point = _ARTICLE.search(part), _CLAUSE.search(part), _POINT.search(part)
        found.append(
            Coordinate(
                document,
                article[1].lower() if article else "",
                clause[1] if article and clause else "",
                point[1].lower() if article and clause and point else "",
            )
        )
    return found
