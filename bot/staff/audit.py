"""The audit: who did what, when (UTC), to which row, never the value. A chain of marks shows rows that were changed or cut out.

A mark is an HMAC over the row and the mark before; the head row seals length and last mark. The key lies in a file beside the database,
so that whoever can write the database alone cannot make the chain whole again. What it cannot show: a database put back as a whole to
an earlier day, head included.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, func, insert, select, text, update

from bot.staff.tables import audit, audit_head
from knowledge.store import reading, writing

_LOCK = 7_427_102  # of PostgreSQL; SQLite has one writer anyhow
_START = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the audit."""

    id: int
    at: float
    by: str
    action: str
    subject: str
    data: Mapping[str, Any]


def audit_key(folder: Path) -> bytes:
    """The key of the chain in `folder`, made at its first use and readable by the owner only."""
    path = folder / "keys" / "audit.key"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".audit-{secrets.token_hex(4)}")
    if not path.exists():
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
        with suppress(FileExistsError):  # another process was first
            os.link(fresh, path)
        fresh.unlink()
    return path.read_bytes()


class Audit:
    """The chain in SQL."""

    def __init__(self, engine: Engine, key: bytes, clock: Callable[[], float] = time.time) -> None:
        self._engine, self._key, self._clock = engine, key, clock

    def note(
        self, connection: Connection, action: str, subject: str, *, by: str, staff_id: int | None = None, **data: Any
    ) -> None:
        """Adds a row in the transaction of the deed itself. `data` has names and counts, never personal data."""
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        head = connection.execute(select(audit_head.c.length, audit_head.c.mark)).first()
        length, before = (head.length, head.mark) if head else (0, _START)
        row = {"id": length + 1, "at": round(self._clock(), 3), "staff_id": staff_id, "by": by, "action": action,
               "subject": subject, "data": data}  # fmt: skip
        mark = self._mark(before, row)
        connection.execute(insert(audit).values(**row, mark=mark))
        values = {"length": length + 1, "mark": mark, "seal": self._seal(length + 1, mark)}
        if head:
            connection.execute(update(audit_head).values(**values))
        else:
            connection.execute(insert(audit_head).values(id=1, **values))

    def noted(self, action: str, subject: str, *, by: str, staff_id: int | None = None, **data: Any) -> None:
        """Adds a row in a transaction of its own: for views and failed attempts."""
        with writing(self._engine) as connection:
            self.note(connection, action, subject, by=by, staff_id=staff_id, **data)

    def rows(
        self, *, subject: str = "", by: str = "", action: str = "", limit: int = 100, offset: int = 0
    ) -> list[Entry]:
        """The newest first."""
        query = select(audit).order_by(audit.c.id.desc()).limit(limit).offset(offset)
        for column, wanted in ((audit.c.subject, subject), (audit.c.by, by), (audit.c.action, action)):
            if wanted:
                query = query.where(column == wanted)
        with reading(self._engine) as connection:
            return [
                Entry(r["id"], r["at"], r["by"], r["action"], r["subject"], r["data"])
                for r in connection.execute(query).mappings()
            ]

    def length(self) -> int:
        """How many rows there are."""
        with reading(self._engine) as connection:
            return connection.execute(select(func.count()).select_from(audit)).scalar_one()

    def troubles(self) -> list[str]:
        """What is wrong with the chain, in words; empty when it is whole."""
        found, before, expected = [], _START, 1
        with reading(self._engine) as connection:
            for row in connection.execute(select(audit).order_by(audit.c.id)).mappings():
                if row["id"] != expected:
                    found.append(f"Thiếu dòng {expected} đến {row['id'] - 1}.")
                elif not hmac.compare_digest(row["mark"], self._mark(before, row)):
                    found.append(f"Dòng {row['id']} đã bị sửa.")
                before, expected = row["mark"], row["id"] + 1
            head = connection.execute(select(audit_head)).mappings().first()
        if head is None:
            return [*found, "Mất dòng niêm phong."] if expected > 1 else found
        if not hmac.compare_digest(head["seal"], self._seal(head["length"], head["mark"])):
            found.append("Dòng niêm phong đã bị sửa.")
        if (head["length"], head["mark"]) != (expected - 1, before):
            found.append(f"Nhật ký có {expected - 1} dòng, niêm phong ghi {head['length']}.")
        return found

    def _mark(self, before: str, row: Mapping[str, Any] | RowMapping) -> str:
        values = [row[name] for name in ("id", "at", "staff_id", "by", "action", "subject", "data")]
        written = json.dumps([before, *values], ensure_ascii=False, sort_keys=True)
        return hmac.new(self._key, written.encode(), hashlib.sha256).hexdigest()

    def _seal(self, length: int, mark: str) -> str:
        return hmac.new(self._key, f"{length}:{mark}".encode(), hashlib.sha256).hexdigest()


def instant(at: float) -> str:
    """`2026-11-28T03:04:05Z`."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
