"""Reads the handbook's Markdown for the tests: what the project's own readers do is no business of these tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

import knowledge.starter
from knowledge.starter import documents_folder

AMOUNT = re.compile(r"(?<![\d.,/])\d{1,3}(?:\.\d{3})+(?![\d.]*\d)")
SOURCES = Path(knowledge.starter.__file__).parent / "sources"


@dataclass(frozen=True, slots=True)
class Section:
    """One question. `prose` has neither the tables nor the legal basis; `basis` is the text after "Căn cứ: ", or empty."""

    file: str
    question: str
    prose: str
    rows: tuple[tuple[str, ...], ...]
    basis: str

    @property
    def first_sentence(self) -> str:
        return re.split(r"(?<=[.?!])\s", self.prose, maxsplit=1)[0]

    @property
    def where(self) -> str:
        return f"{self.file}: {self.question}"


@dataclass(frozen=True, slots=True)
class Book:
    """A Markdown file of the handbook with its front matter."""

    name: str
    fields: dict[str, Any]
    sections: tuple[Section, ...]

    @property
    def since(self) -> date:
        return date.fromisoformat(str(self.fields["hieu_luc_tu"]))

    @property
    def until(self) -> date | None:
        return date.fromisoformat(str(self.fields["hieu_luc_den"])) if self.fields["hieu_luc_den"] else None


def amounts(text: str) -> list[int]:
    """Numbers with grouped thousands in `text`, in order: `330.000` → 330000."""
    return [int(m.replace(".", "")) for m in AMOUNT.findall(text)]


def written(amount: int) -> str:
    """An amount as the handbook writes it: 330000 → `330.000`."""
    return f"{amount:,}".replace(",", ".")


def books() -> list[Book]:
    """Every Markdown file: those that are handed out as they are, and the sources of the others."""
    return [_book(path) for path in sorted([*documents_folder().glob("*.md"), *SOURCES.glob("*.md")])]


def amount_books() -> list[Book]:
    """The two files with dated amounts, the earlier period first."""
    return sorted((b for b in books() if b.name.startswith("muc-dong")), key=lambda b: b.since)


def general_books() -> list[Book]:
    """The files that must stay true when an amount changes."""
    return [b for b in books() if not b.name.startswith("muc-dong")]


def sections() -> list[Section]:
    """Every question of the handbook."""
    return [s for b in books() for s in b.sections]


def _book(path: Path) -> Book:
    _, front, text = path.read_text(encoding="utf-8").split("---\n", 2)
    blocks = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    return Book(path.name, yaml.safe_load(front), tuple(_section(path.name, block) for block in blocks))


def _section(file: str, block: str) -> Section:
    question, _, body = block.partition("\n")
    prose: list[str] = []
    rows: list[tuple[str, ...]] = []
    basis = ""
    for line in _lines(body):
        if line.startswith("|"):
            cells = tuple(cell.strip() for cell in line.strip("|").split("|"))
            if set("".join(cells)) - set("-: "):
                rows.append(cells)
        elif line.startswith("Căn cứ:"):
            basis = line.removeprefix("Căn cứ:").strip()
        else:
            prose.append(line)
    return Section(file, question.strip(), " ".join(prose), tuple(rows), basis)


def _lines(body: str) -> Iterator[str]:
    return (line.strip() for line in body.splitlines() if line.strip())
