"""What staff set for the office: checked as the environment would be, one row a setting, each change in the audit by its name alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, delete, insert, select, update

from bot.outreach.campaign_tables import office_settings
from bot.outreach.office import CANNED, EDITABLE, BadValue, Canned, canned_of, checked, merged
from bot.outreach.requests import ANSWER_WORKING_DAYS, FINISH_DAYS, new_receipt, working_days_after
from bot.outreach.tables import requests
from bot.settings import Settings
from bot.staff.accounts import Person
from bot.staff.audit import Audit
from bot.staff.visit import NotThere
from knowledge.store import reading, writing

MOST_CANNED = 40
KINDS = ("see", "correct", "withdraw", "erase")
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting as it is shown: what holds now, what holds without the console, and who changed it when."""

    key: str
    value: Any
    default: Any
    changed_at: float | None
    changed_by: str

    @property
    def changed(self) -> bool:
        """Whether staff have set it."""
        return self.changed_at is not None


class OfficeChanges:
    """Settings of the office and the register of requests, in SQL."""

    def __init__(self, engine: Engine, audit: Audit, base: Settings, clock: Callable[[], float] = time.time) -> None:
        self._engine, self._audit, self._base, self._clock = engine, audit, base, clock

    def all(self) -> list[Setting]:
        """Every setting that may be changed here."""
        with reading(self._engine) as connection:
            rows = {row["key"]: row for row in connection.execute(select(office_settings)).mappings()}
        now = merged(self._base, {key: row["value"] for key, row in rows.items()})
        return [
            Setting(key, getattr(now, key), getattr(self._base, key), rows[key]["changed_at"] if key in rows else None,
                    rows[key]["changed_by"] if key in rows else "")
            for key in EDITABLE
        ]  # fmt: skip

    def set(self, person: Person, key: str, value: str) -> None:
        """Sets one. Raises BadValue with the reason."""
        if key in EDITABLE and not value.strip() and key != "privacy_contact":
            raise BadValue("Chưa ghi giá trị.", "Bấm “Về mặc định” để bỏ giá trị đã đặt.")
        self._put(person, key, checked(self._base, key, value.strip()))

    def reset(self, person: Person, key: str) -> None:
        """What the environment says holds again. Raises BadValue for what is no setting."""
        if key not in EDITABLE:
            raise BadValue("Không có thiết lập này.")
        with writing(self._engine) as connection:
            gone = connection.execute(delete(office_settings).where(office_settings.c.key == key)).rowcount
            if gone:
                self._note(connection, person, "setting.reset", f"setting:{key}")

    def canned(self) -> list[Canned]:
        """The short answers that officers choose from."""
        with reading(self._engine) as connection:
            query = select(office_settings.c.value).where(office_settings.c.key == CANNED)
            return canned_of(connection.execute(query).scalar())

    def set_canned(self, person: Person, title: str, text: str, *, old: str = "") -> None:
        """Adds a short answer, or changes the one called `old`; without text it goes. Raises BadValue."""
        title, text = " ".join(title.split()), text.strip()
        if not title or len(title) > 60 or len(text) > 1_000:
            raise BadValue("Tên câu trả lời 1–60 ký tự, nội dung không quá 1.000 ký tự.")
        kept = [c for c in self.canned() if c.title not in (old, title)]
        kept += [Canned(title, text)] if text else []
        if len(kept) > MOST_CANNED:
            raise BadValue(f"Tối đa {MOST_CANNED} câu trả lời mẫu.", "Xoá câu không dùng nữa.")
        self._put(person, CANNED, [{"title": c.title, "text": c.text} for c in sorted(kept, key=lambda c: c.title)])

    def requests(self, limit: int = 100) -> list[RowMapping]:
        """What people asked of their data: the open ones first, the most urgent on top, then the newest."""
        query = (
            select(requests)
            .order_by(requests.c.done_at.is_not(None), requests.c.done_at.desc(), requests.c.answer_by)
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return list(connection.execute(query).mappings())

    def receive(self, person: Person, kind: str) -> str:
        """Notes a request that came on paper or by phone, to be done by a person; its receipt. Raises BadValue."""
        if kind not in KINDS:
            raise BadValue("Chưa chọn loại yêu cầu.")
        now = self._clock()
        receipt = new_receipt(now)
        values = {
            "receipt": receipt, "kind": kind, "channel": "office", "received_at": now, "done_at": None, "result": "",
            "answer_by": working_days_after(now, ANSWER_WORKING_DAYS), "finish_by": now + FINISH_DAYS * _DAY,
        }  # fmt: skip
        with writing(self._engine) as connection:
            made = connection.execute(insert(requests).values(**values).returning(requests.c.id)).scalar_one()
            self._note(connection, person, "request.receive", f"request:{made}")
        return receipt

    def done(self, person: Person, number: int, result: str) -> None:
        """Marks a request as done. Raises NotThere when it is not open, BadValue without what was done."""
        if not result.strip() or len(result) > 300:
            raise BadValue("Ghi ngắn gọn đã làm gì (không quá 300 ký tự), không ghi tên hay số điện thoại.")
        with writing(self._engine) as connection:
            ended = connection.execute(
                update(requests).where(requests.c.id == number, requests.c.done_at.is_(None))
                .values(done_at=self._clock(), result=result.strip())
            )  # fmt: skip
            if not ended.rowcount:
                raise NotThere("Không có yêu cầu này, hoặc đã xong.")
            self._note(connection, person, "request.done", f"request:{number}")

    def _put(self, person: Person, key: str, value: object) -> None:
        with writing(self._engine) as connection:
            row = {"value": value, "changed_at": self._clock(), "changed_by": person.login}
            known = update(office_settings).where(office_settings.c.key == key).values(**row)
            if not connection.execute(known).rowcount:
                connection.execute(insert(office_settings).values(key=key, **row))
            self._note(connection, person, "setting.change", f"setting:{key}")

    def _note(self, connection: Connection, person: Person, action: str, subject: str) -> None:
        self._audit.note(connection, action, subject, by=person.login, staff_id=person.id)
