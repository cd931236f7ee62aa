"""Validity (hiệu lực) that people have decided for a document, in place of the days its text gives.

What was decided stays when the file is read again. A provision with days of its own keeps them within those of the document, and gets
them back when the decision is taken away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, delete, insert, select, update

from knowledge.law import DocumentStatus, InForce
from knowledge.store.database import reading, writing
from knowledge.store.records import NewDocument
from knowledge.store.rows import live_number_of
from knowledge.store.tables import documents, knowledge_state, passages, provisions, source_files, validity

_TABLES: Mapping[str, Table] = {"provisions": provisions, "passages": passages}


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided of a document: `held` instead of `own`, by whom."""

    held: InForce
    own: InForce
    by: str
    at: datetime


class Validity:
    """Decisions on validity in `KnowledgeStore`."""

    engine: Engine

    def set_validity(self, document_id: int, held: InForce | None, *, by: str) -> bool:
        """Lets a live document hold on the days of `held`, or, with None, on those its text gives again.

        One transaction. False when there is no such live document, or its days are those of each provision (codifications).
        """
        with writing(self.engine) as connection:
            connection.execute(select(knowledge_state.c.id).with_for_update())
            row = connection.execute(
                select(documents, source_files.c.path)
                .join(source_files)
                .where(documents.c.id == document_id, documents.c.status == DocumentStatus.ACCEPTED.value)
            ).first()
            if row is None or row.effective_from is None:
                return False
            owner = row.live_number or row.path
            before = connection.execute(select(validity).where(validity.c.owner == owner)).mappings().first()
            if before is None:
                own = InForce(row.effective_from, row.effective_to)
                exceptions = _exceptions(connection, document_id, own)
            else:
                own, exceptions = InForce(before["own_from"], before["own_to"]), before["exceptions"]
            _move(connection, document_id, own, held or own, exceptions)
            connection.execute(delete(validity).where(validity.c.owner == owner))
            if held is not None:
                _keep(connection, owner, held, own, exceptions, by)
            connection.execute(update(knowledge_state).values(version=knowledge_state.c.version + 1))
            return True

    def decided_validity(self, document_id: int) -> Decided | None:
        """What was decided for a document, None where its text speaks for itself."""
        with reading(self.engine) as connection:
            row = connection.execute(
                select(validity)
                .join(documents, documents.c.live_number == validity.c.owner)
                .where(documents.c.id == document_id)
            ).mappings().first() or connection.execute(
                select(validity)
                .join(source_files, source_files.c.path == validity.c.owner)
                .join(documents, documents.c.source_file_id == source_files.c.id)
                .where(documents.c.id == document_id)
            ).mappings().first()  # fmt: skip
        if row is None:
            return None
        at = row["at"] if row["at"].tzinfo else row["at"].replace(tzinfo=UTC)
        return Decided(
            InForce(row["effective_from"], row["effective_to"]), InForce(row["own_from"], row["own_to"]), row["by"], at
        )


def as_decided(connection: Connection, document: NewDocument) -> NewDocument:
    """`document` on the days that were decided for it; itself where nothing was."""
    own = document.identity.in_force
    row = connection.execute(select(validity).where(validity.c.owner == _owner(document))).first()
    if row is None or own is None:
        return document
    held = InForce(row.effective_from, row.effective_to)
    return replace(
        document,
        identity=replace(document.identity, in_force=held),
        provisions=[
            replace(p, in_force=moved(p.in_force, own, held)) if p.in_force else p for p in document.provisions
        ],
        passages=[replace(p, in_force=moved(p.in_force, own, held)) for p in document.passages],
    )


def note_own_days(connection: Connection, document: NewDocument) -> None:
    """Remembers the days that a new version of a file gives itself, where others were decided."""
    own = document.identity.in_force
    if own is None:
        return
    days = [("provisions", n, p.in_force) for n, p in enumerate(document.provisions)]
    days += [("passages", n, p.in_force) for n, p in enumerate(document.passages)]
    exceptions = [[name, n, *_plain(held)] for name, n, held in days if held is not None and held != own]
    connection.execute(
        update(validity)
        .where(validity.c.owner == _owner(document))
        .values(own_from=own.since, own_to=own.until, exceptions=exceptions)
    )


def moved(one: InForce, own: InForce, held: InForce) -> InForce:
    """The days of a part of a document whose own days `own` become `held`: a bound it shares moves along, others stay within."""
    since = held.since if one.since == own.since else max(one.since, held.since)
    if one.until == own.until or one.until is None:
        return InForce(since, held.until)
    return InForce(since, one.until if held.until is None else min(one.until, held.until))


def _owner(document: NewDocument) -> str:
    return live_number_of(document) or document.source.path


def _exceptions(connection: Connection, document_id: int, own: InForce) -> list[list[Any]]:
    found: list[list[Any]] = []
    for name, table in _TABLES.items():
        query = select(table.c.position, table.c.effective_from, table.c.effective_to).where(
            table.c.document_id == document_id, table.c.effective_from.is_not(None)
        )
        for row in connection.execute(query).all():
            held = InForce(row.effective_from, row.effective_to)
            if held != own:
                found.append([name, row.position, *_plain(held)])
    return found


def _move(connection: Connection, document_id: int, own: InForce, held: InForce, exceptions: list[list[Any]]) -> None:
    days = {"effective_from": held.since, "effective_to": held.until}
    connection.execute(update(documents).where(documents.c.id == document_id).values(**days))
    for table in _TABLES.values():
        connection.execute(update(table).where(table.c.document_id == document_id).values(**days))
    for name, position, since, until in exceptions:
        table = _TABLES[name]
        new = moved(InForce(date.fromisoformat(since), until and date.fromisoformat(until)), own, held)
        connection.execute(
            update(table)
            .where(table.c.document_id == document_id, table.c.position == position)
            .values(effective_from=new.since, effective_to=new.until)
        )


def _keep(
    connection: Connection, owner: str, held: InForce, own: InForce, exceptions: list[list[Any]], by: str
) -> None:
    connection.execute(
        insert(validity).values(
            owner=owner,
            effective_from=held.since,
            effective_to=held.until,
            own_from=own.since,
            own_to=own.until,
            exceptions=exceptions,
            by=by,
            at=datetime.now(UTC),
        )
    )


def _plain(held: InForce) -> tuple[str, str | None]:
    return held.since.isoformat(), held.until.isoformat() if held.until else None
