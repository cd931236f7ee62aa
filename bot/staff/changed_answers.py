"""Which answers a rate would change, and who was told the old figure: cards filled for people of every kind with both tables of rates.

A card that never looks a rate up is not filled twice. What citizens were told is found by the figures that would no longer be said.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Engine, Text, cast, or_, select, true

from bot.delivery.tables import inbox, outbox
from bot.outreach.tables import leads
from bot.staff.access import Scope
from bot.storage.keys import keys_of
from knowledge.calculators import BadCase
from knowledge.calculators.model import HouseholdGroup
from knowledge.cards.book import MissingFact
from knowledge.cards.lint import sample_facts
from knowledge.cards.model import Card, CardsError
from knowledge.cards.rendering import render
from knowledge.cards.words import group as group_name
from knowledge.rates import NoRate, Rate, Rates
from knowledge.store import reading
from knowledge.understanding.facts import Facts

DAYS = 90
_AMOUNT = re.compile(r"(?<![\d.,])\d{1,3}(?:\.\d{3})+(?= (?:đồng|lần|người))")
_PLAIN = re.compile(r"[ -~]+")
_SHARE = re.compile(r"(?<![\d.,])\d+(?:,\d+)?%")
_MOST_CARDS = 200
_MOST_FIGURES = 40
_MOST_TOLD = 5_000
_NOTHING = "(chưa có thông tin)"


@dataclass(frozen=True, slots=True)
class ChangedCard:
    """A card that says something else to somebody on a day."""

    id: str
    ask: str
    who: str
    on: date
    before: str
    after: str

    def plain(self) -> dict[str, str]:
        """As it is kept."""
        return {
            "id": self.id, "ask": self.ask, "who": self.who, "on": self.on.isoformat(), "before": self.before,
            "after": self.after,
        }  # fmt: skip


class _Watching(Rates):
    """Rates that remember which keys were looked up."""

    def __init__(self, rows: Iterable[Rate]) -> None:
        super().__init__(rows)
        self.asked: set[str] = set()

    def find(self, key: str, on: date, **where: str) -> Rate | None:
        self.asked.add(key)
        return super().find(key, on, **where)

    def next_change(self, key: str, after: date, **where: str) -> Rate | None:
        self.asked.add(key)
        return super().next_change(key, after, **where)


def changed_cards(
    cards: Sequence[Card], before: Sequence[Rate], after: Sequence[Rate], row: Rate, today: date
) -> list[ChangedCard]:
    """The cards that `row` changes today or on its first day, each with the first person and day it changes for."""
    old, new = _Watching(before), Rates(after)
    found: list[ChangedCard] = []
    for card in cards:
        for who, facts in _people(row):
            changed = next(_changes(card, who, facts, old, new, row, today), None)
            if changed is not None:
                found.append(changed)
                break
    return found


def _changes(
    card: Card, who: str, facts: Facts, old: _Watching, new: Rates, row: Rate, today: date
) -> Iterator[ChangedCard]:
    for on in dict.fromkeys((today, max(row.since, today))):
        if not card.holds(on):
            continue
        old.asked.clear()
        was = _said(card, facts, old, on)
        if row.key in old.asked and was != (will := _said(card, facts, new, on)):
            yield ChangedCard(card.id, card.asks[0], who, on, was, will)


def _said(card: Card, facts: Facts, rates: Rates, on: date) -> str:
    try:
        done = render(card, facts, rates, on=on, today=on)
    except NoRate:
        return _NOTHING
    except (MissingFact, BadCase, CardsError):
        return ""
    return "\n".join(part for part in (done.text, done.change) if part)


def _people(row: Rate) -> list[tuple[str, Facts]]:
    """People that `row` may be about, the plainest first."""
    province, group = row.where.get("province"), row.where.get("group")
    groups = [g for g in HouseholdGroup if group in (None, g.value)]
    own = [
        (" ".join(filter(None, (group_name(g), province))), replace(Facts(), groups=frozenset({g}), province=province))
        for g in groups
    ]
    return own if province else [("bất kỳ ai", Facts()), *own, *sample_facts()[1:]]


def figures_gone(changed: Sequence[ChangedCard]) -> list[str]:
    """Amounts, or shares where there are none, that would no longer be said; not those that more cards go on to say."""
    gone: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    for one in changed:
        for pattern in (_AMOUNT, _SHARE):
            was, will = set(pattern.findall(one.before)), set(pattern.findall(one.after))
            gone.update(was - will)
            kept.update(was & will)
            if was - will:
                break
    found = [figure for figure, times in gone.most_common() if times >= kept[figure]]
    return ([f for f in found if not f.endswith("%")] or found)[:_MOST_FIGURES]


class Told:
    """What citizens were told, in SQL."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine, self._clock = engine, clock

    def of_figures(self, figures: Sequence[str]) -> dict[str, Any]:
        """Conversations of the last days in which one of `figures`, amounts or official numbers, was said: `channels` with counts,
        `conversations` by id.
        """
        if not figures:
            return {"channels": {}, "conversations": []}
        # JSON in SQL may have letters with marks written as \\u0111: what stands before the first one is looked for there.
        written = cast(outbox.c.piece, Text)
        plain = [found[0] for figure in figures if (found := _PLAIN.match(figure))]
        wanted = or_(*(written.contains(figure, autoescape=True) for figure in plain))
        if (
            keys_of(self._engine) is not None
        ):  # SQL cannot look into what is sealed: every answer of these days is opened
            wanted = true()
        exact = re.compile("|".join(rf"(?<![\d.,]){re.escape(f)}(?![\d]|[.,]\d)" for f in figures))
        query = (
            select(outbox.c.channel, outbox.c.conversation_id, outbox.c.piece)
            .where(outbox.c.created_at >= self._since(), outbox.c.kind == "answer", wanted)
            .order_by(outbox.c.id.desc())
        )
        homes: dict[int, str] = {}
        with reading(self._engine) as connection:
            for row in connection.execution_options(yield_per=2_000).execute(query):
                if exact.search(str(row.piece.get("text", ""))):
                    homes.setdefault(row.conversation_id, row.channel)
        return _counted(homes)

    def of_card(self, card_id: str) -> dict[str, Any]:
        """Conversations of the last days that a card answered."""
        outcome = f"answered:card:{card_id}"[:60]
        query = select(inbox.c.channel, inbox.c.conversation_id).where(
            inbox.c.received_at >= self._since(),
            or_(inbox.c.outcome == outcome, inbox.c.outcome.startswith(f"{outcome}+", autoescape=True)),
        )
        with reading(self._engine) as connection:
            return _counted({row.conversation_id: row.channel for row in connection.execute(query)})

    def people(self, scope: Scope, conversations: Sequence[int], limit: int = 50) -> tuple[list[Any], int]:
        """Leads in `scope` of these conversations who may be called, the newest first, and how many there are."""
        wanted = [leads.c.status != "withdrawn"]
        if scope.codes is not None:
            wanted += [leads.c.commune_code.in_(sorted(scope.codes)), leads.c.commune_code != ""]
        rows: list[Any] = []
        with reading(self._engine) as connection:
            for at in range(0, len(conversations), 500):
                part = leads.c.conversation_id.in_(list(conversations[at : at + 500]))
                query = select(leads.c.id, leads.c.name, leads.c.commune, leads.c.status).where(*wanted, part)
                rows += connection.execute(query).mappings().all()
        rows.sort(key=lambda row: -row["id"])
        return rows[:limit], len(rows)

    def _since(self) -> float:
        return self._clock() - DAYS * 86_400.0


def _counted(homes: dict[int, str]) -> dict[str, Any]:
    kept = sorted(homes, reverse=True)[:_MOST_TOLD]
    return {"channels": dict(sorted(Counter(homes.values()).items())), "conversations": kept}
