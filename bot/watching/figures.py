"""Figures of an installation as they are now: what Prometheus scrapes and `tuvan alerts` judges. Nothing in them tells of a person.

Ages are seconds until now, worked out at each reading; an age that nobody knows is left out, except that a backup that was never
made is infinitely old. When the database cannot be read, the figures say so and those of the machine remain.
"""

from __future__ import annotations

import json
import math
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from bot.backup.database import database_file
from bot.backup.files import LAST, beside
from bot.model_use import EVERYBODY, model_use
from bot.outreach.tables import handoffs, leads, requests
from bot.settings import Settings
from bot.staff.tables import mails
from bot.watching.channel_figures import channel_figures
from bot.watching.names import HELP
from knowledge.store import reading
from knowledge.store.tables import generations, knowledge_state, passages


@dataclass(frozen=True, slots=True)
class Figure:
    """One number; `name` is a key of `HELP`."""

    name: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


class Figures:
    """The figures of `settings` over `engine`. Thread-safe."""

    def __init__(self, engine: Engine, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self._engine, self._settings, self._clock = engine, settings, clock

    def __call__(self) -> list[Figure]:
        """All figures now; never raises."""
        now = self._clock()
        found = [*self._machine(now)]
        path = database_file(self._engine)
        if path is not None and not path.exists():  # to look would make it
            return [*found, Figure("tuvan_database_up", 0)]
        try:
            with reading(self._engine) as connection:
                told = [*self._database(connection, now), *self._people(connection, now), *self._index(connection)]
                told += [Figure(*one) for one in channel_figures(connection, self._settings, now)]
        except SQLAlchemyError:
            return [*found, Figure("tuvan_database_up", 0)]
        assert all(one.name in HELP for one in told)
        return [*found, *told, Figure("tuvan_database_up", 1)]

    def _machine(self, now: float) -> Iterator[Figure]:
        data = self._settings.tuvan_data
        try:
            disk = shutil.disk_usage(data)
            yield Figure("tuvan_disk_free_bytes", disk.free)
            yield Figure("tuvan_disk_size_bytes", disk.total)
        except OSError:
            yield Figure("tuvan_disk_free_bytes", 0)
        last = last_backup(data)
        yield Figure("tuvan_backup_age_seconds", now - last["at"] if last else math.inf)
        yield Figure("tuvan_backup_bytes", last["bytes"] if last else 0)

    def _database(self, connection: Connection, now: float) -> Iterator[Figure]:
        if (path := database_file(self._engine)) is not None:
            size = sum(file.stat().st_size for file in beside(path) if file.exists())
        else:
            size = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
        yield Figure("tuvan_database_bytes", size)
        today = time.strftime("%Y-%m-%d", time.gmtime(now + 7 * 3600))
        row = connection.execute(
            select(model_use).where(model_use.c.day == today, model_use.c.person == EVERYBODY)
        ).first()
        yield Figure("tuvan_model_calls_today", row.calls if row else 0)
        yield Figure("tuvan_model_tokens_today", row.tokens_in + row.tokens_out if row else 0)

    def _people(self, connection: Connection, now: float) -> Iterator[Figure]:
        waiting = select(func.count(), func.min(leads.c.created_at)).where(leads.c.status == "new")
        count, oldest = connection.execute(waiting).one()
        yield Figure("tuvan_leads_waiting", count)
        yield from _age("tuvan_leads_oldest_seconds", oldest, now)
        since = now - self._settings.lead_hours * 3600
        yield Figure("tuvan_leads_late", _count(connection, leads, leads.c.status == "new", leads.c.created_at < since))
        asked = select(func.count(), func.min(handoffs.c.asked_at)).where(handoffs.c.state == "waiting")
        count, oldest = connection.execute(asked).one()
        yield Figure("tuvan_handoffs_waiting", count)
        yield from _age("tuvan_handoffs_oldest_seconds", oldest, now)
        late = requests.c.done_at.is_(None), requests.c.finish_by < now
        yield Figure("tuvan_data_requests_overdue", _count(connection, requests, *late))
        yield Figure("tuvan_mails_waiting", _count(connection, mails))

    def _index(self, connection: Connection) -> Iterator[Figure]:
        state = connection.execute(select(knowledge_state)).first()
        number = state.live_generation_id if state is not None else None
        live = connection.execute(select(generations.c.passages).where(generations.c.id == number)).scalar()
        found = _count(connection, passages)
        yield Figure("tuvan_passages", found)
        yield Figure("tuvan_index_generation", number or 0)
        yield Figure("tuvan_index_passages", live or 0)
        yield Figure("tuvan_index_missing_passages", abs(found - (live or 0)))


def last_backup(data: Path) -> dict[str, Any] | None:
    """What is noted of the last backup of this data folder: `at`, `bytes`, `sealed`; None when there was none."""
    try:
        told = json.loads((data / LAST).read_text(encoding="utf-8"))
        return {"at": float(told["at"]), "bytes": int(told["bytes"]), "sealed": bool(told["sealed"])}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _count(connection: Connection, table: Any, *where: Any) -> int:
    return int(connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one())


def _age(name: str, since: float | None, now: float) -> Iterator[Figure]:
    yield Figure(name, max(0.0, now - since) if since is not None else 0.0)
