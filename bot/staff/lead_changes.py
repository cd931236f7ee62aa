"""What staff change of leads: status, date, officer, notes; for one lead or many, each with a history line, and undone in one step.

A change carries the version that was on the screen: what somebody else has changed meanwhile is not overwritten. Who has withdrawn
their consent is not worked on any more.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, insert, select, update

from bot.errors import BotError
from bot.outreach.tables import lead_events, leads
from bot.staff.access import Role
from bot.staff.accounts import Person
from bot.staff.audit import Audit
from bot.staff.tables import staff, staff_communes
from bot.staff.visit import NotThere
from knowledge.store import writing

SETTABLE = ("new", "contacted", "interested", "appointed", "joined", "declined", "unreachable")
HOUSEHOLDS = ("", "poor", "near_poor", "ethnic_minority", "island", "other")
_REACHED = ("contacted", "interested", "appointed", "joined", "declined")
_ENDED = ("joined", "declined")
_SHUT = ("withdrawn", "merged")
_UNDONE = ("status", "reason", "household", "assigned_to", "due_at", "contacted_at", "joined_at", "closed_at")


class BadChange(BotError):
    """Raised when a lead cannot be changed as asked; says why."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be changed; None leaves a value as it is."""

    status: str | None = None
    reason: str | None = None
    household: str | None = None
    due_at: float | None = None
    no_due: bool = False  # takes the date away
    assigned_to: int | None = None
    nobody: bool = False  # takes the officer away
    note: str = ""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return self == Change()


class LeadChanges:
    """Changes of leads in SQL."""

    def __init__(self, engine: Engine, audit: Audit, clock: Callable[[], float] = time.time) -> None:
        self._engine, self._audit, self._clock = engine, audit, clock

    def change(self, person: Person, lead_id: int, version: int, wanted: Change) -> str:
        """Changes one lead; the batch by which it is undone. Raises NotThere, BadChange."""
        batch = secrets.token_hex(8)
        with writing(self._engine) as connection:
            row = found_lead(connection, person, lead_id)
            if row["version"] != version:
                raise BadChange("Người khác vừa cập nhật người này.", "Xem lại thông tin mới rồi lưu lại.")
            self._apply(connection, person, row, wanted, batch)
        return batch

    def change_many(self, person: Person, lead_ids: Sequence[int], wanted: Change) -> tuple[str, int]:
        """Changes all of these or none; the batch by which it is undone and how many. Raises NotThere, BadChange."""
        batch = secrets.token_hex(8)
        if not lead_ids:
            raise BadChange("Chưa chọn ai.", "Đánh dấu những người cần cập nhật.")
        with writing(self._engine) as connection:
            rows = [found_lead(connection, person, lead_id) for lead_id in lead_ids]
            for row in rows:
                self._apply(connection, person, row, wanted, batch)
        return batch, len(rows)

    def undo(self, person: Person, batch: str) -> int:
        """Takes a change of one's own back, wholly or not at all; how many leads. Raises BadChange."""
        now = self._clock()
        with writing(self._engine) as connection:
            mine = select(lead_events).where(lead_events.c.kind == "changed", lead_events.c.by == person.login)
            # Not asked for in SQL, which cannot look into what is sealed.
            events = [e for e in connection.execute(mine).mappings() if e["data"].get("batch") == batch]
            for event in events:
                row = found_lead(connection, person, event["lead_id"])
                if row["version"] != event["data"]["version"]:
                    raise BadChange("Đã có cập nhật sau đó nên không hoàn tác được.", "Sửa trực tiếp ở từng người.")
                before = {name: event["data"]["before"].get(name) for name in _UNDONE}
                self._store(connection, row, before, now)
                _note(connection, row["id"], now, "undone", person.login, {"event": event["id"]})
                self._audit.note(
                    connection, "lead.undo", f"lead:{row['id']}", by=person.login, staff_id=person.id
                )  # fmt: skip
        if not events:
            raise BadChange("Không còn gì để hoàn tác.")
        return len(events)

    def merge(self, person: Person, keep: int, other: int) -> str:
        """`other` is the same person as `keep`: it is closed, and what `keep` lacks is taken over; the batch that undoes it.

        Each keeps its own consent, so that an erasure asked for in either conversation finds what belongs to it.
        Raises NotThere, BadChange.
        """
        now, batch = self._clock(), secrets.token_hex(8)
        if keep == other:
            raise BadChange("Hai số giống nhau.", "Chọn người trùng khác.")
        with writing(self._engine) as connection:
            kept, gone = (found_lead(connection, person, number) for number in (keep, other))
            if kept["status"] in _SHUT or gone["status"] in _SHUT:
                raise BadChange("Một trong hai người đã rút đồng ý hoặc đã được gộp.", "Chọn người khác.")
            changed = {"status": "merged", "due_at": None, "closed_at": now}
            data = {
                "batch": batch, "version": gone["version"] + 1, "fields": ["status"], "into": keep,
                "before": {name: gone[name] for name in _UNDONE}, "after": {"status": "merged"},
            }  # fmt: skip
            self._store(connection, gone, changed, now)
            _note(connection, other, now, "changed", person.login, data)
            taken = {n: gone[n] for n in ("need", "best_time", "household", "due_at") if not kept[n] and gone[n]}
            self._store(connection, kept, taken, now)
            _note(connection, keep, now, "merged", person.login, {"other": other})
            self._audit.note(
                connection, "lead.merge", f"lead:{keep}", by=person.login, staff_id=person.id, other=other
            )  # fmt: skip
        return batch

    def _apply(self, connection: Connection, person: Person, row: RowMapping, wanted: Change, batch: str) -> None:
        now = self._clock()
        if row["status"] == "withdrawn":
            raise BadChange(f"{row['name']} đã rút lại sự đồng ý.", "Không liên hệ người này nữa.")
        if row["status"] == "merged":
            raise BadChange(
                "Người này đã được gộp vào một người khác.", "Cập nhật ở người kia, hoặc hoàn tác việc gộp."
            )
        fresh = self._values(connection, row, wanted, now)
        changed = sorted(name for name, value in fresh.items() if value != row[name])
        if not changed and not wanted.note:
            return
        data: dict[str, Any] = {"batch": batch, "version": row["version"] + 1, "fields": changed}
        data["before"] = {name: row[name] for name in _UNDONE}
        data["after"] = {name: fresh[name] for name in changed}
        if wanted.note:
            data["note"] = wanted.note
        self._store(connection, row, fresh, now)
        _note(connection, row["id"], now, "changed", person.login, data)
        fields = [*changed, *(["note"] if wanted.note else [])]
        self._audit.note(
            connection, "lead.change", f"lead:{row['id']}", by=person.login, staff_id=person.id, fields=fields
        )

    def _values(self, connection: Connection, row: RowMapping, wanted: Change, now: float) -> dict[str, Any]:
        fresh: dict[str, Any] = {name: row[name] for name in _UNDONE}
        if wanted.status is not None:
            if wanted.status not in SETTABLE:
                raise BadChange("Trạng thái này không có.")
            fresh["status"] = wanted.status
        if wanted.household is not None:
            if wanted.household not in HOUSEHOLDS:
                raise BadChange("Nhóm hộ này không có.")
            fresh["household"] = wanted.household
        if wanted.reason is not None:
            fresh["reason"] = wanted.reason
        status = fresh["status"]
        if status == "declined" and not fresh["reason"]:
            raise BadChange("Chưa ghi lý do không tham gia.", "Ghi một câu, ví dụ: chưa đủ tiền, đã có BHXH bắt buộc.")
        if status != "declined":
            fresh["reason"] = ""
        if status == "appointed" and wanted.due_at is None and row["due_at"] is None:
            raise BadChange("Đã hẹn thì cần ngày hẹn.", "Chọn ngày gọi lại.")
        if wanted.due_at is not None:
            fresh["due_at"] = wanted.due_at
        if wanted.no_due or status in _ENDED:
            fresh["due_at"] = None
        if wanted.assigned_to is not None:
            _can_have(connection, wanted.assigned_to, row["commune_code"])
            fresh["assigned_to"] = wanted.assigned_to
        if wanted.nobody:
            fresh["assigned_to"] = None
        if status in _REACHED and fresh["contacted_at"] is None:
            fresh["contacted_at"] = now
        if status == "joined":
            fresh["joined_at"] = fresh["joined_at"] or now
        else:
            fresh["joined_at"] = None
        fresh["closed_at"] = (fresh["closed_at"] or now) if status in _ENDED else None
        return fresh

    def _store(self, connection: Connection, row: RowMapping, values: Mapping[str, Any], now: float) -> None:
        connection.execute(
            update(leads).where(leads.c.id == row["id"])
            .values(**values, updated_at=now, version=row["version"] + 1)
        )  # fmt: skip


def officers_of(connection: Connection, commune_code: str) -> list[RowMapping]:
    """Open accounts of those who may have leads of this commune, by name."""
    own = select(staff_communes.c.staff_id).where(staff_communes.c.commune_code == commune_code)
    query = (
        select(staff.c.id, staff.c.name, staff.c.role, staff.c.notify_by, staff.c.notify_to, staff.c.notify_mail)
        .where(staff.c.active)
        .where(
            ((staff.c.role == Role.COMMUNE.value) & staff.c.id.in_(own))
            | staff.c.role.in_((Role.PROVINCE.value, Role.ADMIN.value))
        )
        .order_by(staff.c.role, staff.c.name)
    )
    return list(connection.execute(query).mappings())


def _can_have(connection: Connection, staff_id: int, commune_code: str) -> None:
    if staff_id not in {row["id"] for row in officers_of(connection, commune_code)}:
        raise BadChange("Cán bộ này không phụ trách xã, phường đó.", "Chọn cán bộ khác.")


def found_lead(connection: Connection, person: Person, lead_id: int) -> RowMapping:
    """The lead, locked for the rest of the transaction. Raises NotThere, also for one outside the scope."""
    row = connection.execute(select(leads).where(leads.c.id == lead_id).with_for_update()).mappings().first()
    if row is None or not person.scope.holds(row["commune_code"]):
        raise NotThere("Không có người này, hoặc không thuộc xã, phường anh/chị phụ trách.")
    return row


def _note(connection: Connection, lead_id: int, at: float, kind: str, by: str, data: Mapping[str, Any]) -> None:
    connection.execute(insert(lead_events).values(lead_id=lead_id, at=at, kind=kind, by=by, data=dict(data)))
