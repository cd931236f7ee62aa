"""The files of rates and cards that the console writes into the data folder: made as a whole from what was approved, in SQL.

A row or card written there by hand is lost at the next approval: staff who write files by hand use others beside it.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import RowMapping

from bot.staff.holdings import Holdings
from bot.staff.proposals import Kind, Proposals
from bot.time_zone import TIME_ZONE
from knowledge.cards.model import Card
from knowledge.cards.reader import load_cards, read_cards
from knowledge.rates import Rate, Rates, read_rates, rows_in
from knowledge.store import writing

FILE = "console.yaml"
_HEAD = "# Do trang cán bộ ghi từ các đề xuất đã duyệt. Sửa ở trang cán bộ; tệp này được ghi lại mỗi lần duyệt.\n"


class KnowledgeFiles:
    """Writes `rates/console.yaml` and `cards/console.yaml`, and holds every set of rows against what else is there."""

    def __init__(self, holdings: Holdings, proposals: Proposals) -> None:
        self._holdings, self._proposals = holdings, proposals

    def other_rates(self) -> list[Rate]:
        """The rows that come from elsewhere: those that come along, and files written by hand. Raises RatesError."""
        return rows_in(self._holdings.data / "rates", without=FILE)

    def rates_with(self, rows: Sequence[Mapping[str, Any]]) -> list[Rate]:
        """All rows when the console's file holds `rows` (key and row of each). Raises RatesError, also for days that overlap."""
        others = self.other_rates()
        titles = {row.key: (row.title, row.unit) for row in others}
        found = [*others, *(read_rates(rates_text(rows), FILE, titles) if rows else [])]
        Rates(found)
        return found

    def cards_with(self, entries: Sequence[Mapping[str, Any]]) -> tuple[Card, ...]:
        """All cards when the console's file holds `entries`. Raises CardsError."""
        cards = {card.id: card for card in load_cards(self._holdings.data / "cards", without=FILE)}
        cards |= {card.id: card for card in (read_cards(cards_text(entries), FILE) if entries else [])}
        return tuple(cards.values())

    def write_rates(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Writes the console's rates. Raises RatesError before anything is written."""
        self.rates_with(rows)
        _write(self._holdings.data / "rates" / FILE, rates_text(rows) if rows else "")

    def write_cards(self, entries: Sequence[Mapping[str, Any]]) -> None:
        """Writes the console's cards. Raises CardsError before anything is written."""
        self.cards_with(entries)
        _write(self._holdings.data / "cards" / FILE, cards_text(entries) if entries else "")

    def sync(self) -> None:
        """Writes both files as SQL has them, where they are not: after a restore, or on another machine."""
        with writing(self._proposals.engine) as connection:
            self._proposals.lock(connection)
            rates = rates_of(self._proposals.live(connection, Kind.RATE))
            cards = cards_of(self._proposals.live(connection, Kind.CARD))
            self.write_rates(rates)
            self.write_cards(cards)


def rates_of(live: Sequence[RowMapping]) -> list[dict[str, Any]]:
    """Key and row of each rate that was approved, with who checked it."""
    return [rate_row(row) for row in live if row["payload"]["action"] == "add"]


def rate_row(row: RowMapping | Mapping[str, Any]) -> dict[str, Any]:
    """Key and row of one proposal of a rate."""
    people = ", ".join(name for name in (row["by"], row["decided_by"]) if name)
    day = datetime.fromtimestamp(row["decided_at"] or row["at"], TIME_ZONE).date().isoformat()
    return {"key": row["payload"]["key"], "row": row["payload"]["row"] | {"checked_by": people, "checked_on": day}}


def cards_of(live: Sequence[RowMapping]) -> list[dict[str, Any]]:
    """The newest approved version of each card, by id."""
    newest: dict[str, dict[str, Any]] = {}
    for row in live:
        if row["payload"]["action"] == "put":
            newest[row["subject"]] = row["payload"]["entry"]
        else:
            newest.pop(row["subject"], None)
    return list(newest.values())


def rates_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """A file of rates."""
    keys: dict[str, dict[str, Any]] = {}
    for one in rows:
        keys.setdefault(one["key"], {"rows": []})["rows"].append(dict(one["row"]))
    return _HEAD + yaml.safe_dump(keys, allow_unicode=True, sort_keys=False, width=120)


def cards_text(entries: Sequence[Mapping[str, Any]]) -> str:
    """A file of cards."""
    return _HEAD + yaml.dump([dict(e) for e in entries], Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)


class _Dumper(yaml.SafeDumper):
    """Writes text of several lines as people write it."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


def _write(path: Path, text: str) -> None:
    """Writes aside and renames; an empty text is no file."""
    if not text:
        path.unlink(missing_ok=True)
        return
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
