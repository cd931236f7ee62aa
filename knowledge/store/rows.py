"""Rows of the store's tables from the dataclasses, and the ids and hashes they carry."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any

from sqlalchemy import Connection, select, update

from knowledge.law import DocumentStatus, Provision
from knowledge.store.records import SHARED_NUMBER_KINDS, NewDocument, Passage, SourceFile
from knowledge.store.tables import source_files


def number_key(number: str) -> str:
    """An official number for comparing: `159/2025/nđ-cp` and `159/2025/NĐ-CP` are one."""
    return "".join(number.upper().split())


def passage_ids(document: NewDocument) -> list[str]:
    """Stable ids, 32 hex digits: unchanged words under an unchanged coordinate keep their id in a new version."""
    owner = live_number_of(document) or document.source.path
    seen: Counter[str] = Counter()
    ids = []
    for passage in document.passages:
        key = repr((owner, passage))
        seen[key] += 1
        ids.append(hashlib.sha256(f"{key}#{seen[key]}".encode()).hexdigest()[:32])
    return ids


def live_number_of(document: NewDocument) -> str | None:
    shared = document.identity.kind in SHARED_NUMBER_KINDS
    return None if shared else number_key(document.identity.number) or None


def record_file(
    connection: Connection,
    document: NewDocument,
    digest: str,
    status: DocumentStatus,
    reason: str = "",
    message: str = "",
    remedy: str = "",
) -> int:
    values = {
        "status": status.value,
        "reason": reason,
        "message": message,
        "remedy": remedy,
        "title": document.identity.title,
        "number": document.identity.number,
        "parser_version": document.parser_version,
        "content_hash": digest,
    }
    return save_file(connection, document.source, values)


def save_file(connection: Connection, source: SourceFile, values: dict[str, Any]) -> int:
    """Insert or update the row of a file; an unchanged row is not touched."""
    values |= {
        "path": source.path,
        "name": source.name or PurePath(source.path).name,
        "sha256": source.sha256,
        "pages": source.pages,
        "ocr_pages": source.ocr_pages,
    }
    known = connection.execute(select(source_files).where(source_files.c.path == source.path)).mappings().first()
    if known is None:
        insert = source_files.insert().values(**values, seen_at=datetime.now(UTC)).returning(source_files.c.id)
        return int(connection.execute(insert).scalar_one())
    if any(known[name] != value for name, value in values.items()):
        connection.execute(
            update(source_files).where(source_files.c.id == known["id"]).values(**values, seen_at=datetime.now(UTC))
        )
    return int(known["id"])


def provision_values(document: NewDocument, document_id: int, position: int, provision: Provision) -> dict[str, Any]:
    held = provision.in_force or document.identity.in_force
    where = provision.coordinate
    return {
        "document_id": document_id,
        "position": position,
        "number": where.document,
        "article": where.article,
        "clause": where.clause,
        "point": where.point,
        "section": where.section,
        "kind": provision.kind.value,
        "heading": provision.heading,
        "breadcrumb": list(provision.breadcrumb),
        "text": provision.text,
        "quotable": provision.quotable,
        "effective_from": held.since if held else None,
        "effective_to": held.until if held else None,
    }


def passage_values(document_id: int, position: int, passage_id: str, passage: Passage) -> dict[str, Any]:
    where = passage.coordinate
    return {
        "id": passage_id,
        "document_id": document_id,
        "position": position,
        "number": where.document,
        "article": where.article,
        "clause": where.clause,
        "point": where.point,
        "section": where.section,
        "heading": passage.heading,
        "breadcrumb": "\n".join(passage.breadcrumb),
        "text": passage.text,
        "search_text": passage.search_text,
        "search_hash": search_hash(passage.search_text),
        "effective_from": passage.in_force.since,
        "effective_to": passage.in_force.until,
        "quotable": passage.quotable,
    }


def search_hash(search_text: str) -> str:
    """SHA-256 (hex) of the words that are embedded: equal words share one vector."""
    return hashlib.sha256(search_text.encode()).hexdigest()
