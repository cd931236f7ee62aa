"""Changing what is known: publish, refuse, withdraw. Each is one transaction, so a kill leaves the old or the new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, select, update

from knowledge.errors import KnowledgeError
from knowledge.law import DocumentKind, DocumentStatus, Provision
from knowledge.store.database import reading, writing
from knowledge.store.records import (
    NewDocument,
    PublishOutcome,
    PublishResult,
    SourceFile,
)
from knowledge.store.rows import (
    live_number_of,
    number_key,
    passage_ids,
    passage_values,
    provision_values,
    record_file,
    save_file,
)
from knowledge.store.tables import documents, knowledge_state, passages, provisions, source_files
from knowledge.store.validity import as_decided, note_own_days

SAME_DOCUMENT_SHARE = 0.9  # of provision texts, from which a second file is called a copy and not another version


class Publishing:
    """The writing half of `KnowledgeStore`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def publish(self, document: NewDocument, *, restore: bool = False, supersede: bool = False) -> PublishResult:
        """Make `document` findable, in place of the older version of the same file (same `source.path`).

        Writes nothing when content and file are as stored. A document without dates in force or without passages, or
        with a number that is live from a different file, is kept out and the older version stays as it was.
        `restore` brings back what a person withdrew; `supersede` replaces the live document of the same number even
        when it came from another file.
        """
        given = document
        with reading(self.engine) as connection:
            document = as_decided(connection, given)
            digest = document.content_hash()
            if (stored := _unchanged(connection, document, digest)) is not None:
                return PublishResult(PublishOutcome.UNCHANGED, stored)
        with writing(self.engine) as connection:
            _lock(connection)
            document = as_decided(connection, given)
            digest = document.content_hash()
            if (stored := _unchanged(connection, document, digest)) is not None:
                return PublishResult(PublishOutcome.UNCHANGED, stored)
            own = _live_document(connection, documents.c.source_file_id == _file_id(connection, document.source.path))
            if own is not None and own.content_hash == digest:
                record_file(connection, document, digest, DocumentStatus.ACCEPTED)
                return PublishResult(PublishOutcome.UNCHANGED, own.id)
            obstacle = self._obstacle(connection, document, restore=restore, supersede=supersede)
            if obstacle is not None:
                outcome, reason, message, remedy = obstacle
                if own is not None:
                    message += " Bản trước của tệp này vẫn đang được dùng."
                status = DocumentStatus(outcome.value)
                record_file(connection, document, digest, status, reason, message, remedy)
                return PublishResult(outcome, own.id if own is not None else None, message, remedy)
            document_id = self._replace(connection, document, digest)
            note_own_days(connection, given)
            _bump(connection)
            return PublishResult(PublishOutcome.PUBLISHED, document_id)

    def record_refusal(
        self,
        source: SourceFile,
        *,
        reason: str,
        message: str,
        remedy: str = "",
        status: DocumentStatus = DocumentStatus.REFUSED,
        title: str = "",
        number: str = "",
        parser_version: str = "",
    ) -> None:
        """Remember why a file was not taken. A live document of the same file stays live; nothing else changes."""
        with writing(self.engine) as connection:
            _lock(connection)
            save_file(
                connection,
                source,
                {
                    "status": status.value,
                    "reason": reason,
                    "message": message,
                    "remedy": remedy,
                    "title": title,
                    "number": number,
                    "parser_version": parser_version,
                    "content_hash": "",
                },
            )

    def withdraw(self, which: str) -> int:
        """Take out of search every live document with the official number or the file path `which`; returns how many.

        Later ingestions of the same number (or, for handbooks and codifications, the same path) leave it withdrawn.
        """
        with writing(self.engine) as connection:
            _lock(connection)
            found = connection.execute(
                select(documents.c.id, documents.c.source_file_id)
                .join(source_files)
                .where(documents.c.status == DocumentStatus.ACCEPTED.value)
                .where((documents.c.number_key == (number_key(which) or None)) | (source_files.c.path == which))
            ).all()
            for row in found:
                connection.execute(delete(passages).where(passages.c.document_id == row.id))
                connection.execute(
                    update(documents)
                    .where(documents.c.id == row.id)
                    .values(status=DocumentStatus.WITHDRAWN.value, live_number=None)
                )
                connection.execute(
                    update(source_files)
                    .where(source_files.c.id == row.source_file_id)
                    .values(
                        status=DocumentStatus.WITHDRAWN.value,
                        reason="withdrawn",
                        message="Văn bản đã được rút khỏi tra cứu.",
                        remedy=_RESTORE,
                        seen_at=datetime.now(UTC),
                    )
                )
            if found:
                _bump(connection)
            return len(found)

    def _obstacle(
        self, connection: Connection, document: NewDocument, *, restore: bool, supersede: bool
    ) -> tuple[PublishOutcome, str, str, str] | None:
        """Why `document` must not be published: outcome, reason word, message, remedy; None when it may."""
        identity, live_number = document.identity, live_number_of(document)
        same = (
            documents.c.number_key == number_key(identity.number)
            if live_number
            else documents.c.source_file_id == _file_id(connection, document.source.path)
        )
        withdrawn = select(documents.c.id).where(documents.c.status == DocumentStatus.WITHDRAWN.value, same)
        if not restore and connection.execute(withdrawn).first() is not None:
            message = f"{identity.number or document.source.path}: văn bản đã được rút, không đưa lại vào tra cứu."
            return PublishOutcome.WITHDRAWN, "withdrawn", message, _RESTORE
        if identity.in_force is None and identity.kind is not DocumentKind.CODIFICATION:
            return (
                PublishOutcome.QUARANTINED,
                "dates-unknown",
                f"{identity.number or document.source.path}: chưa biết ngày có hiệu lực.",
                "Ghi ngày hiệu lực vào tệp khai báo của thư mục rồi nạp lại.",
            )
        if not document.passages:
            return (
                PublishOutcome.QUARANTINED,
                "empty",
                f"{identity.number or document.source.path}: không đọc được quy định nào.",
                "Mở tệp kiểm tra: bản quét cần nhận dạng chữ (OCR) rõ hơn hoặc bản có chữ.",
            )
        other = _live_document(connection, documents.c.live_number == live_number) if live_number else None
        if other is None or supersede or other.path == document.source.path:
            return None
        if self._share_of_same_text(connection, other.id, document.provisions) >= SAME_DOCUMENT_SHARE:
            message = f"{identity.number}: trùng với văn bản đã nạp từ {other.path}."
            return PublishOutcome.DUPLICATE, "duplicate", message, ""
        return (
            PublishOutcome.QUARANTINED,
            "number-taken",
            f"{identity.number}: đã có văn bản cùng số hiệu nhưng nội dung khác, nạp từ {other.path}.",
            "Xem hai tệp, giữ bản đúng: rút bản cũ, hoặc nạp bản mới với lựa chọn thay thế.",
        )

    def _share_of_same_text(self, connection: Connection, document_id: int, new: Sequence[Provision]) -> float:
        stored = connection.execute(select(provisions.c.text).where(provisions.c.document_id == document_id)).scalars()
        ours, theirs = _texts(p.text for p in new), _texts(stored)
        return (ours & theirs).total() / max(ours.total(), theirs.total(), 1)

    def _replace(self, connection: Connection, document: NewDocument, digest: str) -> int:
        identity, live_number = document.identity, live_number_of(document)
        file_id = record_file(connection, document, digest, DocumentStatus.ACCEPTED)
        gone = documents.c.source_file_id == file_id
        if live_number:
            superseded = _live_document(connection, documents.c.live_number == live_number)
            if superseded is not None and superseded.source_file_id != file_id:
                connection.execute(
                    update(source_files)
                    .where(source_files.c.id == superseded.source_file_id)
                    .values(
                        status=DocumentStatus.DUPLICATE.value,
                        reason="superseded",
                        message=f"{identity.number}: đã thay bằng bản nạp từ {document.source.path}.",
                        remedy="",
                    )
                )
            gone |= (documents.c.live_number == live_number) | (
                (documents.c.number_key == number_key(identity.number))
                & (documents.c.status == DocumentStatus.WITHDRAWN.value)
            )
        connection.execute(delete(documents).where(gone))
        document_id: int = connection.execute(
            documents.insert()
            .values(
                source_file_id=file_id,
                number=identity.number,
                number_key=number_key(identity.number),
                live_number=live_number,
                kind=identity.kind.value,
                title=identity.title,
                issuer=identity.issuer,
                issued_on=identity.issued_on,
                effective_from=identity.in_force.since if identity.in_force else None,
                effective_to=identity.in_force.until if identity.in_force else None,
                dates_inferred=identity.dates_inferred,
                status=DocumentStatus.ACCEPTED.value,
                replaces=list(identity.replaces),
                warnings=list(identity.warnings),
                parser_version=document.parser_version,
                content_hash=digest,
            )
            .returning(documents.c.id)
        ).scalar_one()
        rows = [provision_values(document, document_id, i, p) for i, p in enumerate(document.provisions)]
        if rows:
            connection.execute(provisions.insert(), rows)
        connection.execute(
            passages.insert(),
            [
                passage_values(document_id, position, passage_id, passage)
                for position, (passage_id, passage) in enumerate(
                    zip(passage_ids(document), document.passages, strict=True)
                )
            ],
        )
        return document_id


_RESTORE = "Muốn dùng lại văn bản này, nạp lại với lựa chọn khôi phục."


def _texts(texts: Iterable[str]) -> Counter[str]:
    return Counter(" ".join(t.split()) for t in texts)


def _lock(connection: Connection) -> None:
    """One publisher at a time: the row lock on PostgreSQL; on SQLite the transaction holds the write lock already."""
    if connection.execute(select(knowledge_state.c.id).with_for_update()).first() is None:
        raise KnowledgeError("Kho tri thức chưa được tạo.", "Chạy lại chương trình để nâng cấp cơ sở dữ liệu.")


def _bump(connection: Connection) -> None:
    connection.execute(update(knowledge_state).values(version=knowledge_state.c.version + 1))


def _file_id(connection: Connection, path: str) -> int | None:
    return connection.execute(select(source_files.c.id).where(source_files.c.path == path)).scalar()


def _unchanged(connection: Connection, document: NewDocument, digest: str) -> int | None:
    """Id of the live document when the same file with the same content is what is live."""
    return connection.execute(
        select(documents.c.id)
        .join(source_files)
        .where(source_files.c.path == document.source.path, source_files.c.sha256 == document.source.sha256)
        .where(source_files.c.status == DocumentStatus.ACCEPTED.value)
        .where(documents.c.status == DocumentStatus.ACCEPTED.value, documents.c.content_hash == digest)
    ).scalar()


def _live_document(connection: Connection, condition: Any) -> Row[Any] | None:
    return connection.execute(
        select(documents, source_files.c.path)
        .join(source_files)
        .where(documents.c.status == DocumentStatus.ACCEPTED.value, condition)
    ).first()
