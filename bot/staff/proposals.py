"""Proposals: what one person wants changed in what is known and a second one decides. Nothing is changed before that.

reading → draft → waiting → applying → done, or failed, rejected, dropped; a version that another one replaced or that was taken back is
`undone`. Each step is one transaction with its line in the audit; who proposed never decides, and what was not on the screen (another
version) is not approved.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, RowMapping, func, insert, select, text, update

from bot.errors import BotError
from bot.staff.accounts import Person
from bot.staff.audit import Audit
from bot.staff.proposal_tables import proposals
from bot.staff.visit import NotThere
from knowledge.store import reading, writing

PAGE = 50
STALE = 900.0
"""Seconds after which work that tells nothing was cut off: its process is gone."""
_LOCK = 7_427_106  # of PostgreSQL; SQLite has one writer anyhow
_DECIDED = [c for c in proposals.c if c.name not in ("file", "preview")]
_LISTED = [c for c in _DECIDED if c.name != "checks"]


class Kind(StrEnum):
    """What a proposal changes."""

    DOCUMENT = "document"
    WITHDRAWAL = "withdrawal"
    VALIDITY = "validity"
    RATE = "rate"
    CARD = "card"


class State(StrEnum):
    """How far a proposal is."""

    READING = "reading"  # the file is being read
    DRAFT = "draft"  # only a preview, not sent to anybody
    WAITING = "waiting"
    APPLYING = "applying"
    DONE = "done"
    FAILED = "failed"  # approved, but could not be done; the outcome says why
    REJECTED = "rejected"
    DROPPED = "dropped"  # by who proposed it
    UNDONE = "undone"  # held once; replaced or taken back since


OPEN = (State.READING, State.DRAFT, State.WAITING, State.APPLYING, State.FAILED)


class BadProposal(BotError):
    """Raised when a proposal cannot be made or decided as asked; says why."""


def sendable(preview: Mapping[str, Any]) -> bool:
    """Whether a previewed document may be sent to be decided: taken in as it is, or held only until a person has seen its warnings."""
    return preview.get("status") == "accepted" or preview.get("reason") == "machine-instruction"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of proposals, the newest first."""

    rows: Sequence[RowMapping]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))


class Proposals:
    """Proposals in SQL."""

    def __init__(self, engine: Engine, audit: Audit, clock: Callable[[], float] = time.time) -> None:
        self.engine, self._audit, self.clock = engine, audit, clock

    def add(
        self, person: Person, kind: Kind, subject: str, payload: Mapping[str, Any], *, note: str = "",
        file: bytes | None = None, state: State = State.WAITING,
    ) -> int:  # fmt: skip
        """Stores a proposal; its number."""
        now = self.clock()
        row = {
            "kind": kind.value, "subject": subject, "state": state.value, "version": 0, "payload": dict(payload),
            "file": file, "preview": {}, "checks": {}, "note": note, "by": person.login, "by_id": person.id, "at": now,
            "updated_at": now, "decided_by": "", "decided_by_id": None, "decided_at": None, "reason": "", "outcome": "",
        }  # fmt: skip
        with writing(self.engine) as connection:
            made: int = connection.execute(insert(proposals).values(**row).returning(proposals.c.id)).scalar_one()
            self._note(connection, person, "propose", made, kind=kind.value)
        return made

    def one(self, number: int) -> RowMapping:
        """One proposal without its file. Raises NotThere."""
        with reading(self.engine) as connection:
            columns = [c for c in proposals.c if c.name != "file"]
            row = connection.execute(select(*columns).where(proposals.c.id == number)).mappings().first()
        if row is None:
            raise NotThere("Không có đề xuất này.")
        return row

    def file_of(self, number: int) -> bytes:
        """The file as it was uploaded. Raises NotThere."""
        with reading(self.engine) as connection:
            found = connection.execute(select(proposals.c.file).where(proposals.c.id == number)).scalar()
        if found is None:
            raise NotThere("Đề xuất này không có tệp.")
        return bytes(found)

    def find(self, *, states: Sequence[str] = (), kind: str = "", subject: str = "", page: int = 1) -> Page:
        """A page of proposals, the newest first."""
        wanted: list[ColumnElement[bool]] = []
        if states:
            wanted.append(proposals.c.state.in_(states))
        for column, value in ((proposals.c.kind, kind), (proposals.c.subject, subject)):
            if value:
                wanted.append(column == value)
        with reading(self.engine) as connection:
            total = connection.execute(select(func.count()).select_from(proposals).where(*wanted)).scalar_one()
            page = min(max(1, page), max(1, -(-total // PAGE)))
            query = (
                select(*_LISTED).where(*wanted).order_by(proposals.c.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
            )
            return Page(connection.execute(query).mappings().all(), total, page)

    def waiting(self) -> int:
        """How many wait for a decision."""
        with reading(self.engine) as connection:
            query = select(func.count()).select_from(proposals).where(proposals.c.state == State.WAITING.value)
            return connection.execute(query).scalar_one()

    def live(self, connection: Connection, kind: Kind) -> list[RowMapping]:
        """All proposals of a kind that were approved and hold, the oldest first."""
        query = (
            select(*_LISTED)
            .where(proposals.c.kind == kind.value, proposals.c.state == State.DONE.value)
            .order_by(proposals.c.decided_at, proposals.c.id)
        )
        return list(connection.execute(query).mappings())

    def cut_off(self, row: RowMapping | Mapping[str, Any]) -> bool:
        """Whether the work on a proposal was cut off, by a restart for instance."""
        return self.working(row) and row["updated_at"] < self.clock() - STALE

    def working(self, row: RowMapping | Mapping[str, Any]) -> bool:
        """Whether something is being done: a file read, a change made, answers made to follow it."""
        followed = row["state"] != State.DONE or bool(row["outcome"])
        return row["state"] in (State.READING, State.APPLYING) or not followed

    def send(self, person: Person, number: int, version: int, note: str) -> None:
        """The proposer asks for a decision on a draft. Raises BadProposal."""
        with writing(self.engine) as connection:
            row = self._own(connection, person, number, version)
            preview = connection.execute(select(proposals.c.preview).where(proposals.c.id == number)).scalar_one()
            if row["state"] != State.DRAFT or not sendable(preview):
                raise BadProposal(
                    "Đề xuất này chưa gửi duyệt được.", "Khai thêm cho đủ rồi đọc lại, hoặc tải lên bản gốc."
                )
            self._set(connection, row, state=State.WAITING.value, note=note)
            self._note(connection, person, "propose.send", number, kind=row["kind"])

    def redraft(self, person: Person, number: int, version: int, payload: Mapping[str, Any]) -> None:
        """The proposer declares other things of a draft, or takes back one that waits; it is read again. Raises BadProposal."""
        with writing(self.engine) as connection:
            row = self._own(connection, person, number, version)
            if row["state"] not in (State.DRAFT, State.WAITING) and not self.cut_off(row):
                raise BadProposal("Đề xuất này đã qua bước sửa.", "Tải tệp lên lại nếu cần.")
            self._set(connection, row, state=State.READING.value, payload=dict(payload), preview={})
            self._note(connection, person, "propose.change", number, kind=row["kind"])

    def drop(self, person: Person, number: int, version: int) -> None:
        """The proposer gives it up; its file is not kept. Raises BadProposal."""
        with writing(self.engine) as connection:
            row = self._own(connection, person, number, version)
            if row["state"] not in (State.DRAFT, State.WAITING, State.FAILED) and not self.cut_off(row):
                raise BadProposal("Đề xuất này không bỏ được nữa.")
            self._set(connection, row, state=State.DROPPED.value, file=None)
            self._note(connection, person, "propose.drop", number, kind=row["kind"])

    def approve(self, person: Person, number: int, version: int) -> RowMapping:
        """A second person agrees; the caller then does it. Raises BadProposal."""
        with writing(self.engine) as connection:
            row = self._decidable(connection, person, number, version)
            if row["checks"].get("running") and row["updated_at"] >= self.clock() - STALE:
                raise BadProposal("Đang kiểm tra đề xuất này.", "Chờ kiểm tra xong rồi duyệt.")
            self._set(
                connection, row, state=State.APPLYING.value, decided_by=person.login, decided_by_id=person.id,
                decided_at=self.clock(), outcome="",
            )  # fmt: skip
            self._note(connection, person, "propose.approve", number, kind=row["kind"])
        return self.one(number)

    def reject(self, person: Person, number: int, version: int, reason: str) -> None:
        """A second person refuses, and says why. Raises BadProposal."""
        if not reason:
            raise BadProposal("Chưa ghi lý do không duyệt.", "Viết một câu để người đề xuất biết phải sửa gì.")
        with writing(self.engine) as connection:
            row = self._decidable(connection, person, number, version)
            self._set(
                connection, row, state=State.REJECTED.value, decided_by=person.login, decided_by_id=person.id,
                decided_at=self.clock(), reason=reason,
            )  # fmt: skip
            self._note(connection, person, "propose.reject", number, kind=row["kind"])

    def tell(self, number: int, **values: Any) -> None:
        """Notes how far the work on a proposal is: state, preview, checks, outcome, payload."""
        with writing(self.engine) as connection:
            connection.execute(
                update(proposals).where(proposals.c.id == number).values(**values, updated_at=self.clock())
            )

    def settle(self, connection: Connection, number: int, outcome: str, *, undoes: Sequence[int] = ()) -> None:
        """Notes in the transaction of the deed that it is done; what it takes the place of is `undone`."""
        now = self.clock()
        if undoes:
            connection.execute(
                update(proposals)
                .where(proposals.c.id.in_(list(undoes)))
                .values(state=State.UNDONE.value, updated_at=now)
            )
        connection.execute(
            update(proposals)
            .where(proposals.c.id == number)
            .values(state=State.DONE.value, outcome=outcome, updated_at=now)
        )

    def lock(self, connection: Connection) -> None:
        """One at a time writes what files are made from."""
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})

    def _own(self, connection: Connection, person: Person, number: int, version: int) -> RowMapping:
        row = self._found(connection, number, version)
        if row["by_id"] != person.id:
            raise BadProposal("Chỉ người đề xuất làm được việc này.")
        return row

    def _decidable(self, connection: Connection, person: Person, number: int, version: int) -> RowMapping:
        row = self._found(connection, number, version)
        if row["by_id"] == person.id:
            raise BadProposal("Người đề xuất không tự duyệt được.", "Nhờ một người khác có quyền sửa kiến thức.")
        again = row["state"] == State.FAILED or (row["state"] == State.APPLYING and self.cut_off(row))
        if row["state"] != State.WAITING and not again:
            raise BadProposal("Đề xuất này không còn chờ duyệt.", "Xem lại tình trạng mới.")
        return row

    def _found(self, connection: Connection, number: int, version: int) -> RowMapping:
        query = select(*_DECIDED).where(proposals.c.id == number).with_for_update()
        row = connection.execute(query).mappings().first()
        if row is None:
            raise NotThere("Không có đề xuất này.")
        if row["version"] != version:
            raise BadProposal("Đề xuất đã thay đổi từ lúc anh/chị mở trang.", "Xem lại nội dung mới rồi làm lại.")
        return row

    def _set(self, connection: Connection, row: RowMapping, **values: Any) -> None:
        connection.execute(
            update(proposals)
            .where(proposals.c.id == row["id"])
            .values(**values, version=row["version"] + 1, updated_at=self.clock())
        )

    def _note(self, connection: Connection, person: Person, action: str, number: int, **data: Any) -> None:
        self._audit.note(connection, action, f"proposal:{number}", by=person.login, staff_id=person.id, **data)
