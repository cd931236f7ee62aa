"""The clauses that the handbook names exist in the texts of the law, where those texts are at hand."""

from __future__ import annotations

import re

import pytest

from knowledge.answering.basis import split_basis
from knowledge.law import Coordinate
from tests.knowledge.starter.reading import sections
from tests.shared import shared_folder

TEXTS = {
    "41/2024/QH15": "luat-41-2024-qh15-trich.md",
    "91/2025/QH15": "luat-91-2025-qh15.md",
    "134/2025/QH15": "luat-134-2025-qh15.md",
}


def clauses(text: str) -> tuple[dict[str, set[str]], set[str]]:
    """`{"36": {"", "2", "2đ"}}` for each article in `text`, and the articles of which it leaves something out."""
    found: dict[str, set[str]] = {}
    shortened: set[str] = set()
    article = clause = ""
    for line in map(str.strip, text.splitlines()):
        if heading := re.match(r"#+ Điều (\d+)\.", line):
            article, clause = heading[1], ""
            found[article] = {""}
            if "khoản" in line:  # only a clause of it is given
                shortened.add(article)
        elif article:
            if number := re.match(r"(\d+)\. ", line):
                clause = number[1]
                found[article].add(clause)
            for point in re.findall(r"(?:^|[:;] )([a-zđ])\) ", line):
                found[article].add(clause + point)
            if "[..." in line:
                shortened.add(article)
    return found, shortened


def cited(number: str) -> dict[Coordinate, str]:
    return {
        coordinate: section.where
        for section in sections()
        for coordinate in split_basis(f"Căn cứ: {section.basis}")[1]
        if coordinate.document == number
    }


@pytest.mark.shared
@pytest.mark.parametrize("number", TEXTS)
def test_every_cited_clause_stands_in_the_law(number: str) -> None:
    text = (shared_folder() / "documents" / TEXTS[number]).read_text(encoding="utf-8")
    found, shortened = clauses(text)
    looked_up = 0
    for coordinate, where in cited(number).items():
        if coordinate.article in found:
            exists = coordinate.clause + coordinate.point in found[coordinate.article]
            assert exists or coordinate.article in shortened, f"{where}: {coordinate}"
            looked_up += exists
    assert looked_up >= {"41/2024/QH15": 60, "91/2025/QH15": 5, "134/2025/QH15": 1}[number]


def test_a_clause_that_is_missing_is_noticed() -> None:
    found, shortened = clauses("### Điều 7. Tên\n1. Một: a) này; b) kia\n2. Hai\n#### Điều 8. Tên (khoản 2)\n2. Hai\n")
    assert found == {"7": {"", "1", "1a", "1b", "2"}, "8": {"", "2"}}
    assert shortened == {"8"}
