"""Leads as files: exported by filter and scope, and a list that an office already has brought in with a preview.

A list is read as text and shown line by line before anything is stored. Each person in it needs a consent: whoever brings the list in
says when it was given and where it is kept, and that statement, hashed, is the proof.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, insert, select

from bot.errors import BotError
from bot.outreach.communes import Communes
from bot.outreach.consent import Purpose
from bot.outreach.phones import Phone, holds_identity_number, read_phone
from bot.outreach.searching import search_key
from bot.outreach.tables import consents, lead_events, leads
from bot.staff.access import Scope
from bot.staff.accounts import Person
from bot.staff.arrivals import arrived
from bot.staff.audit import Audit
from bot.staff.leads import Filters, Leads
from bot.staff.rendering import day, moment, phone, texts
from bot.staff.spreadsheets import Cell
from knowledge.store import reading, writing
from knowledge.vietnamese import clean, fold

HEADER = ("Họ tên", "Điện thoại", "Xã, phường", "Cần gì", "Gọi được lúc", "Ghi chú")
MOST_ROWS = 1_000
_EXPORTED = (
    "Để lại số", "Trạng thái", "Họ tên", "Điện thoại", "Xã, phường", "Cần gì", "Gọi được lúc", "Kênh", "Đợt vận động",
    "Tổ chức", "Nhóm hộ", "Phụ trách", "Hẹn gọi", "Lý do", "Đã hỏi",
)  # fmt: skip
_MOST_EXPORTED = 50_000
STATEMENT = (
    "Tôi xác nhận những người trong danh sách này đã đồng ý để cơ quan gọi lại tư vấn về BHXH tự nguyện; "
    "sự đồng ý có từ ngày {given} và được lưu tại: {kept}."
)


class BadList(BotError):
    """Raised when a list cannot be brought in; says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list as it was understood. `problem` says why it cannot be stored; `known` that the phone is there already."""

    number: int
    name: str
    phone: str
    commune_code: str
    commune: str
    need: str
    best_time: str
    note: str
    problem: str = ""
    known: bool = False


def export(reader: Leads, scope: Scope, filters: Filters, me: int) -> tuple[tuple[str, ...], list[list[Cell]]]:
    """Header and rows of the leads that `filters` ask for, without those who withdrew their consent."""
    rows: list[list[Cell]] = []
    for row in reader.find(scope, filters, me, limit=_MOST_EXPORTED).rows:
        if row["status"] not in ("withdrawn", "merged"):
            rows.append(_exported(row))
    return _EXPORTED, rows


def understand(table: Sequence[Sequence[str]], scope: Scope, communes: Communes, engine: Engine) -> list[Line]:
    """The lines of a list below its header. Raises BadList when the header is not there or there are too many lines."""
    head = [fold(cell).strip() for cell in table[0]]
    missing = [name for name in HEADER[:3] if fold(name) not in head]
    if missing:
        raise BadList(f"Dòng đầu thiếu cột: {', '.join(missing)}.", "Dùng tệp mẫu.")
    if len(table) - 1 > MOST_ROWS:
        raise BadList(f"Danh sách dài quá {MOST_ROWS:,} dòng.".replace(",", "."), "Chia thành nhiều tệp.")
    at = {name: head.index(fold(name)) for name in HEADER if fold(name) in head}
    lines: list[Line] = []
    seen: dict[str, int] = {}
    for number, row in enumerate(table[1:], 2):
        cells = {name: clean(row[place]).strip()[:500] if place < len(row) else "" for name, place in at.items()}
        if not any(cells.values()):
            continue
        line = _line(number, cells, scope, communes)
        if not line.problem and line.phone in seen:
            line = _with(line, problem=f"trùng số điện thoại với dòng {seen[line.phone]}")
        if not line.problem:
            seen[line.phone] = number
        lines.append(line)
    known = _known(engine, list(seen))
    return [_with(line, known=True) if not line.problem and line.phone in known else line for line in lines]


class LeadLists:
    """Brings lists in."""

    def __init__(self, engine: Engine, audit: Audit, clock: Callable[[], float] = time.time) -> None:
        self._engine, self._audit, self._clock = engine, audit, clock

    def store(self, person: Person, lines: Sequence[Line], given: str, kept: str) -> int:
        """Stores the lines that have no problem and whose phone is not there yet; how many. Raises BadList."""
        statement = STATEMENT.format(given=given, kept=kept)
        text_hash = hashlib.sha256(statement.encode()).hexdigest()
        list_id = hashlib.sha256(repr([(line.number, line.phone) for line in lines]).encode()).hexdigest()[:16]
        good = [line for line in lines if not line.problem]
        if not good:
            raise BadList("Không có dòng nào nhập được.", "Sửa các lỗi rồi chọn lại tệp.")
        count = 0
        with writing(self._engine) as connection:
            there = set(
                connection.execute(
                    select(leads.c.phone).where(leads.c.phone.in_([line.phone for line in good]))
                ).scalars()
            )
            for line in good:
                if line.phone not in there:
                    self._add(connection, person, line, text_hash, f"{list_id}:{line.number}")
                    count += 1
            self._audit.note(
                connection, "lead.import", f"list:{list_id}", by=person.login, staff_id=person.id, rows=count,
                statement=text_hash,
            )  # fmt: skip
        return count

    def _add(self, connection: Connection, person: Person, line: Line, text_hash: str, event_id: str) -> None:
        now = self._clock()
        consent = connection.execute(
            insert(consents)
            .values(
                conversation_id=None, channel="import", person=person.login, purpose=Purpose.CALL_BACK.value,
                version="giấy", text_hash=text_hash, event_id=f"import:{event_id}:{now}", given_at=now, withdrawn_at=None,
            )
            .returning(consents.c.id)
        ).scalar_one()  # fmt: skip
        values: dict[str, Any] = {
            "conversation_id": None, "consent_id": consent, "phone": line.phone, "name": line.name,
            "commune_code": line.commune_code, "commune": line.commune, "need": line.need, "best_time": line.best_time,
            "channel": "import", "person": "", "campaign": "", "organisation": "", "question": "", "answer": "",
            "citations": [], "status": "new", "reason": "", "household": "", "search_key":
            search_key(line.name, line.phone, line.commune), "version": 0, "created_at": now, "updated_at": now,
            "closed_at": None,
        }  # fmt: skip
        made = connection.execute(insert(leads).values(**values).returning(leads.c.id)).scalar_one()
        data = {"note": line.note} if line.note else {}
        connection.execute(
            insert(lead_events).values(lead_id=made, at=now, kind="imported", by=person.login, data=data)
        )
        arrived(connection, made)


def _line(number: int, cells: dict[str, str], scope: Scope, communes: Communes) -> Line:
    name, typed, place = (cells.get(column, "") for column in HEADER[:3])
    read = read_phone(typed)
    found = communes.by_code(place) or communes.find(place).sure
    shown = read.e164 if isinstance(read, Phone) else ""
    problem = ""
    if not name or len(name) > 80:
        problem = "thiếu họ tên, hoặc họ tên dài quá 80 ký tự"
    elif not isinstance(read, Phone):
        problem = "số điện thoại không đúng"
    elif found is None:
        problem = f"không rõ xã, phường “{place}”" if place else "thiếu xã, phường"
    elif not scope.holds(found.code):
        problem = f"{found.title} không thuộc phạm vi anh/chị phụ trách"
    elif any(holds_identity_number(value) for column, value in cells.items() if column != HEADER[1]):
        problem = "có số định danh cá nhân: bỏ số đó đi"
    need, best_time, note = (cells.get(column, "") for column in HEADER[3:])
    code, title = (found.code, found.title) if found else ("", place)
    return Line(number, name, shown, code, title, need, best_time, note, problem)


def _with(line: Line, *, problem: str = "", known: bool = False) -> Line:
    return replace(line, problem=problem or line.problem, known=known)


def _known(engine: Engine, phones: Sequence[str]) -> set[str]:
    with reading(engine) as connection:
        return set(connection.execute(select(leads.c.phone).where(leads.c.phone.in_(phones))).scalars())


def _exported(row: RowMapping) -> list[Cell]:
    names = texts()
    return [
        moment(row["created_at"]), names["status"].get(row["status"], row["status"]), row["name"], phone(row["phone"]),
        row["commune"], row["need"], row["best_time"], names["channel"].get(row["channel"], row["channel"]),
        row["campaign"], row["organisation"], names["household"].get(row["household"], ""), row["officer"] or "",
        day(row["due_at"]), row["reason"], row["question"],
    ]  # fmt: skip
