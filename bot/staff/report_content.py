"""A report as plain data: the head of an official letter, numbered parts, tables with how each was counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from bot.staff.figures import Period

KINDS = ("half", "year")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a part: a paragraph, a line for the office to fill in, or a table.

    `narrow` says by what the rows are told apart and `keys` which each row has: by them a page finds the list of people behind a number.
    """

    kind: str  # text, fill, table
    text: str  # of a table: its title
    header: Sequence[str] = ()
    rows: Sequence[Sequence[str | int | None]] = ()
    how: str = ""  # how it was counted
    name: str = ""  # of its sheet
    keys: Sequence[str] = ()
    narrow: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A numbered part."""

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class Content:
    """A whole report. `first` and `last` are the days it counts, as `2026-01-01`."""

    kind: str
    commune_code: str
    year: int
    first: str
    last: str
    superior: str  # above the body that reports, may be empty
    body: str
    symbol: str
    place: str
    subject: str
    to: Sequence[str]
    opening: str
    parts: Sequence[Part]
    annex: Sequence[Block]
    copies: Sequence[str]
    signer: Sequence[str]

    @property
    def period(self) -> Period:
        """The days it counts."""
        return Period(date.fromisoformat(self.first), date.fromisoformat(self.last))

    def of_table(self, table: Block) -> str:
        """`Bảng 2`, by which a table is named."""
        return f"Bảng {self.tables.index(table) + 1}"

    @property
    def tables(self) -> list[Block]:
        """All tables, in order."""
        return [b for b in (*(b for p in self.parts for b in p.blocks), *self.annex) if b.kind == "table"]

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Content:
        """From JSON."""
        parts = [Part(p["title"], [Block(**b) for b in p["blocks"]]) for p in plain["parts"]]
        return cls(**dict(plain) | {"parts": parts, "annex": [Block(**b) for b in plain["annex"]]})
