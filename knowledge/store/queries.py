"""Reading what is known: lists for people, passages for search, provisions for quoting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date
from typing import Any

from sqlalchemy import Engine, RowMapping, Select, case, func, select

from knowledge.law import Coordinate, DocumentIdentity, DocumentKind, DocumentStatus, InForce, Provision, ProvisionKind
from knowledge.store.database import reading
from knowledge.store.records import DocumentRow, PassageRow, SourceFileRow, StoreState
from knowledge.store.replaced import earlier, ended_before, last_days
from knowledge.store.rows import number_key
from knowledge.store.tables import documents, knowledge_state, passages, provisions, source_files


class Reading:
    """The reading half of `KnowledgeStore`."""

    engine: Engine

    def state(self) -> StoreState:
        """Version of what may be found and the live index generation; two cheap numbers to poll."""
        with reading(self.engine) as connection:
            row = connection.execute(select(knowledge_state)).first()
        return StoreState(row.version, row.live_generation_id) if row is not None else StoreState(0, None)

    def passages_version(self) -> int:
        """A number that grows with each change to what may be found."""
        return self.state().version

    def documents(self) -> list[DocumentRow]:
        """All stored documents, live and withdrawn, in the order they came; replaced ones end where the newer one begins."""
        with reading(self.engine) as connection:
            rows = connection.execute(
                select(
                    documents,
                    source_files.c.path,
                    _count_of(provisions.c.document_id).label("provisions"),
                    _count_of(passages.c.document_id).label("passages"),
                )
                .join(source_files)
                .order_by(documents.c.id)
            ).mappings()
            ends = last_days(connection)
            return [_document_row(row, ends.get(row["id"])) for row in rows]

    def source_files(self) -> list[SourceFileRow]:
        """Every file ever given, with what became of it."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(source_files).order_by(source_files.c.id)).mappings()
            return [_source_file_row(row) for row in rows]

    def source_file(self, path: str) -> SourceFileRow | None:
        """What became of the file at `path`; a reader may skip a file whose `sha256` and `parser_version` are the
        same.
        """
        with reading(self.engine) as connection:
            row = connection.execute(select(source_files).where(source_files.c.path == path)).mappings().first()
            return _source_file_row(row) if row is not None else None

    def live_passages(self) -> list[PassageRow]:
        """Every passage that may be found, document by document in reading order; 100,000 take a few seconds."""
        return list(self.iterate_passages())

    def iterate_passages(self) -> Iterator[PassageRow]:
        """`live_passages` one at a time, for making a keyword index in little memory."""
        query = _PASSAGES.order_by(passages.c.document_id, passages.c.position)
        with reading(self.engine) as connection:
            ends = last_days(connection)
            for row in connection.execution_options(yield_per=2_000).execute(query):
                yield _passage_row(row, ends)

    def passages_with(self, ids: Iterable[str]) -> dict[str, PassageRow]:
        """Live passages by id; those that are not live any more are left out."""
        wanted = list(ids)
        if not wanted:
            return {}
        with reading(self.engine) as connection:
            rows = connection.execute(_PASSAGES.where(passages.c.id.in_(wanted))).all()
            ends = last_days(connection)
        return {row.id: _passage_row(row, ends) for row in rows}

    def title_of(self, number: str) -> str:
        """Title of the live document with the official number `number`; empty when there is none."""
        query = select(documents.c.title).where(
            documents.c.status == DocumentStatus.ACCEPTED.value,
            documents.c.number_key == number_key(number),
            documents.c.kind != DocumentKind.CODIFICATION.value,
        )
        with reading(self.engine) as connection:
            return connection.execute(query).scalar() or ""

    def provisions_of(
        self, document_id: int, article: str = "", clause: str = "", point: str = "", section: str = ""
    ) -> list[Provision]:
        """Provisions of one document in reading order: all, or those inside article, clause, point, section."""
        query = select(provisions).where(provisions.c.document_id == document_id).order_by(provisions.c.position)
        return self._provisions(_inside(query, Coordinate("", article, clause, point, section)))

    def provisions_at(self, coordinate: Coordinate, on: date) -> list[Provision]:
        """Provisions at or inside `coordinate` that hold on `on`, in reading order, from one live document.

        The document itself is preferred to a codification (pháp điển) that repeats it.
        """
        with reading(self.engine) as connection:
            query = _holding(on, last_days(connection)).where(provisions.c.number == coordinate.document)
        return self._provisions(_inside(query, coordinate), one_document=True)

    def words_at(self, coordinates: Iterable[Coordinate], on: date) -> dict[Coordinate, list[Provision]]:
        """`provisions_at` of many coordinates that name an article or a section, in one read; empty lists where nothing holds."""
        wanted = [where for where in dict.fromkeys(coordinates) if where.article or where.section]
        rows: Sequence[RowMapping] = []
        if wanted:
            with reading(self.engine) as connection:
                query = _holding(on, last_days(connection)).where(
                    provisions.c.number.in_({where.document for where in wanted}),
                    provisions.c.article.in_({w.article for w in wanted} - {""})
                    | provisions.c.section.in_({w.section for w in wanted} - {""}),
                )
                rows = connection.execute(query).mappings().all()
        found: dict[Coordinate, list[Provision]] = {}
        for where in wanted:
            inside = [row for row in rows if _is_inside(row, where)]
            found[where] = [_provision(row) for row in inside if row["document_id"] == inside[0]["document_id"]]
        return found

    def titles_of(self, numbers: Iterable[str]) -> dict[str, str]:
        """`title_of` of many official numbers in one read; numbers of no live document are left out."""
        keys = {number_key(number): number for number in numbers}
        query = select(documents.c.number_key, documents.c.title).where(
            documents.c.status == DocumentStatus.ACCEPTED.value,
            documents.c.number_key.in_(list(keys)),
            documents.c.kind != DocumentKind.CODIFICATION.value,
        )
        with reading(self.engine) as connection:
            rows = connection.execute(query).all() if keys else []
        return {keys[row.number_key]: row.title for row in reversed(rows)}

    def provision_text(self, coordinate: Coordinate, on: date) -> str:
        """The whole text at `coordinate` on `on`, one provision a line, `""` when nothing holds there that day."""
        return "\n".join(p.text for p in self.provisions_at(coordinate, on) if p.text)

    def _provisions(self, query: Select[Any], *, one_document: bool = False) -> list[Provision]:
        with reading(self.engine) as connection:
            rows = connection.execute(query).mappings().all()
        if one_document:
            rows = [row for row in rows if row["document_id"] == rows[0]["document_id"]]
        return [_provision(row) for row in rows]


_PASSAGES = (
    select(
        passages.c.id,
        passages.c.document_id,
        passages.c.position,
        passages.c.number,
        passages.c.article,
        passages.c.clause,
        passages.c.point,
        passages.c.section,
        passages.c.heading,
        passages.c.breadcrumb,
        passages.c.text,
        passages.c.search_text,
        passages.c.effective_from,
        passages.c.effective_to,
        passages.c.quotable,
        documents.c.title,
        documents.c.kind,
    )
    .join(documents)
    .where(documents.c.status == DocumentStatus.ACCEPTED.value)
)


def _passage_row(row: Any, ends: dict[int, date]) -> PassageRow:
    values = row._asdict()
    values["effective_to"] = earlier(row.effective_to, ends.get(row.document_id))
    values["breadcrumb"] = tuple(row.breadcrumb.split("\n")) if row.breadcrumb else ()
    values["kind"] = DocumentKind(row.kind)
    return PassageRow(**values)


def _count_of(column: Any) -> Any:
    return select(func.count()).where(column == documents.c.id).correlate(documents).scalar_subquery()


def _holding(on: date, ends: dict[int, date]) -> Select[Any]:
    """Provisions of live documents that hold on `on`, the document itself before a codification that repeats it."""
    return (
        select(provisions)
        .join(documents)
        .where(documents.c.status == DocumentStatus.ACCEPTED.value)
        .where(provisions.c.effective_from <= on)
        .where((provisions.c.effective_to.is_(None)) | (provisions.c.effective_to >= on))
        .where(provisions.c.document_id.not_in(ended_before(ends, on)))
        .order_by(
            case((documents.c.kind == DocumentKind.CODIFICATION.value, 1), else_=0),
            provisions.c.document_id,
            provisions.c.position,
        )
    )


def _is_inside(row: RowMapping, where: Coordinate) -> bool:
    named = ("article", "clause", "point", "section")
    return row["number"] == where.document and all(not getattr(where, n) or row[n] == getattr(where, n) for n in named)


def _inside(query: Select[Any], coordinate: Coordinate) -> Select[Any]:
    for name in ("article", "clause", "point", "section"):
        if wanted := getattr(coordinate, name):
            query = query.where(provisions.c[name] == wanted)
    return query


def _provision(row: RowMapping) -> Provision:
    return Provision(
        coordinate=Coordinate(row["number"], row["article"], row["clause"], row["point"], row["section"]),
        kind=ProvisionKind(row["kind"]),
        text=row["text"],
        heading=row["heading"],
        breadcrumb=tuple(row["breadcrumb"]),
        quotable=row["quotable"],
        in_force=_in_force(row),
    )


def _in_force(row: RowMapping) -> InForce | None:
    return InForce(row["effective_from"], row["effective_to"]) if row["effective_from"] is not None else None


def _document_row(row: RowMapping, end: date | None) -> DocumentRow:
    held = _in_force(row)
    if held is not None and end is not None:
        held = InForce(held.since, earlier(held.until, end))
    return DocumentRow(
        id=row["id"],
        path=row["path"],
        identity=DocumentIdentity(
            number=row["number"],
            kind=DocumentKind(row["kind"]),
            title=row["title"],
            issuer=row["issuer"],
            issued_on=row["issued_on"],
            in_force=held,
            replaces=tuple(row["replaces"]),
            dates_inferred=row["dates_inferred"],
            warnings=tuple(row["warnings"]),
        ),
        status=DocumentStatus(row["status"]),
        parser_version=row["parser_version"],
        content_hash=row["content_hash"],
        provisions=row["provisions"],
        passages=row["passages"],
    )


def _source_file_row(row: RowMapping) -> SourceFileRow:
    seen_at = row["seen_at"]
    return SourceFileRow(
        id=row["id"],
        path=row["path"],
        name=row["name"],
        sha256=row["sha256"],
        status=DocumentStatus(row["status"]),
        reason=row["reason"],
        message=row["message"],
        remedy=row["remedy"],
        title=row["title"],
        number=row["number"],
        pages=row["pages"],
        ocr_pages=row["ocr_pages"],
        parser_version=row["parser_version"],
        # SQLite forgets the zone; only UTC is ever written.
        seen_at=seen_at if seen_at.tzinfo else seen_at.replace(tzinfo=UTC),
    )
