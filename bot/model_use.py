"""What the chat model has used today, of each person and of all: the limits hold over all processes, so the database counts.

A person is counted under a name that cannot be turned back (a keyed hash that changes every day); rows of days gone by lose it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Column, Engine, Integer, String, Table, delete, func, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from bot.delivery.tables import metadata
from knowledge.model import Money, Usage
from knowledge.store import writing

EVERYBODY = ""

model_use = Table(
    "model_use",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("person", String(32), primary_key=True),  # EVERYBODY: the sum of the day
    Column("calls", Integer, nullable=False),
    Column("tokens_in", Integer, nullable=False),
    Column("tokens_out", Integer, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What may be used in a day. Tokens of one person, tokens of all, đồng of all (0: not limited by money)."""

    person_tokens: int = 60_000
    day_tokens: int = 3_000_000
    day_cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Used:
    """What a day has used."""

    day: str
    calls: int
    usage: Usage


class ModelUse:
    """The `Meter` over the database."""

    def __init__(self, engine: Engine, allowance: Allowance, money: Money) -> None:
        self._engine, self._allowance, self._money = engine, allowance, money

    def allows(self, person: str, day: date) -> bool:
        """Whether one more call may be made for `person` on `day`."""
        names = (EVERYBODY, named(person, day))
        query = select(model_use).where(model_use.c.day == day.isoformat(), model_use.c.person.in_(names))
        with self._engine.connect() as connection:
            found = {row.person: Usage(row.tokens_in, row.tokens_out) for row in connection.execute(query)}
        own, all_ = found.get(names[1], Usage()), found.get(EVERYBODY, Usage())
        limit = self._allowance
        return (
            _sum(own) < limit.person_tokens
            and _sum(all_) < limit.day_tokens
            and (not limit.day_cost or self._money.of(all_) < limit.day_cost)
        )

    def used(self, person: str, day: date, usage: Usage) -> None:
        """Notes a call."""
        insert = insert_sqlite if self._engine.dialect.name == "sqlite" else insert_postgresql
        with writing(self._engine) as connection:
            for name in (EVERYBODY, named(person, day)):
                row = {
                    "day": day.isoformat(),
                    "person": name,
                    "calls": 1,
                    "tokens_in": usage.tokens_in,
                    "tokens_out": usage.tokens_out,
                }
                adding = insert(model_use).values(row)
                sums = {key: model_use.c[key] + adding.excluded[key] for key in ("calls", "tokens_in", "tokens_out")}
                connection.execute(adding.on_conflict_do_update(index_elements=["day", "person"], set_=sums))

    def forget(self, before: date) -> int:
        """Takes the persons out of days before `before`; the sums of those days stay. Returns how many rows went."""
        with writing(self._engine) as connection:
            gone = connection.execute(
                delete(model_use).where(model_use.c.day < before.isoformat(), model_use.c.person != EVERYBODY)
            )
            return gone.rowcount

    def days(self, since: date) -> list[Used]:
        """What each day since `since` has used, the last first."""
        query = (
            select(model_use)
            .where(model_use.c.person == EVERYBODY, model_use.c.day >= since.isoformat())
            .order_by(model_use.c.day.desc())
        )
        with self._engine.connect() as connection:
            return [Used(r.day, r.calls, Usage(r.tokens_in, r.tokens_out)) for r in connection.execute(query)]

    def cost(self, usage: Usage) -> float:
        """What `usage` costs in đồng, at today's prices."""
        return self._money.of(usage)

    def persons(self, day: date) -> int:
        """How many persons' questions the model was asked about on `day`."""
        query = select(func.count()).where(model_use.c.day == day.isoformat(), model_use.c.person != EVERYBODY)
        with self._engine.connect() as connection:
            return int(connection.execute(query).scalar_one())


def named(person: str, day: date) -> str:
    """The name `person` is counted under on `day`."""
    return hashlib.blake2b(person.encode(), key=day.isoformat().encode(), digest_size=16).hexdigest()


def _sum(usage: Usage) -> int:
    return usage.tokens_in + usage.tokens_out
