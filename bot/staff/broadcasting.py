"""What staff do with messages to many: write one, see to how many it would go, approve one that somebody else wrote, stop one.

Who writes never approves, an administrator included. Words and audience are fixed when a draft is saved, so what was approved is what
is sent. Officers of a commune read those of their communes; a person who works for some communes writes to these alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, RowMapping, func, insert, select

from bot.channels.contract import Capabilities
from bot.delivery.windows import Purpose, may_send
from bot.errors import BotError
from bot.outreach.broadcasts import LONGEST, Audience, Results, audience, begin, end, results
from bot.outreach.campaign_tables import broadcasts
from bot.outreach.tables import campaigns
from bot.staff.access import Scope
from bot.staff.accounts import Person
from bot.staff.audit import Audit
from bot.staff.visit import NotThere
from knowledge.store import reading, writing

PAGE = 20
Abilities = Callable[[], Mapping[str, Capabilities]]


class BadBroadcast(BotError):
    """Raised when a message to many cannot be saved, approved or stopped; says why."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a broadcast would do on one channel now: `outside` of `people` are outside its window and would be left out."""

    channel: str
    people: int
    outside: int


@dataclass(frozen=True, slots=True)
class Preview:
    """To whom it would go now."""

    parts: Sequence[Part]

    @property
    def people(self) -> int:
        """All who agreed and are meant."""
        return sum(part.people for part in self.parts)

    @property
    def reached(self) -> int:
        """Those of them who can be written to now."""
        return self.people - sum(part.outside for part in self.parts)


class Broadcasting:
    """Messages to many in SQL, as staff handle them. `can` has the abilities of the channels that are on."""

    def __init__(
        self, engine: Engine, audit: Audit, can: Abilities = dict, clock: Callable[[], float] = time.time
    ) -> None:
        self._engine, self._audit, self._can, self._clock = engine, audit, can, clock

    def preview(self, scope: Scope, text: str, wanted: Audience) -> Preview:
        """To how many it would go now, by channel. Raises BadBroadcast."""
        self._check(scope, text, wanted)
        return self._counted(wanted)

    def draft(self, person: Person, text: str, wanted: Audience) -> int:
        """Saves a draft; its number. Raises BadBroadcast."""
        self._check(person.scope, text, wanted)
        values = {
            "text": text.strip(), "commune_code": wanted.commune, "channel": wanted.channel, "campaign": wanted.campaign,
            "state": "draft", "created_at": self._clock(), "created_by": person.login, "approved_at": None,
            "approved_by": "", "ended_at": None, "ended_by": "",
        }  # fmt: skip
        with writing(self._engine) as connection:
            made = connection.execute(insert(broadcasts).values(**values).returning(broadcasts.c.id)).scalar_one()
            self._audit.note(
                connection, "broadcast.draft", f"broadcast:{made}", by=person.login, staff_id=person.id
            )  # fmt: skip
        return int(made)

    def rows(self, scope: Scope, page: int = 1) -> tuple[list[tuple[RowMapping, Results]], int]:
        """A page of those in scope, the newest first, with what became of each; and how many pages there are."""
        mine = [] if scope.codes is None else [broadcasts.c.commune_code.in_(sorted(scope.codes - {""}))]
        with reading(self._engine) as connection:
            total = connection.execute(select(func.count()).select_from(broadcasts).where(*mine)).scalar_one()
            pages = max(1, -(-total // PAGE))
            query = select(broadcasts).where(*mine).order_by(broadcasts.c.id.desc())
            rows = connection.execute(query.limit(PAGE).offset((min(page, pages) - 1) * PAGE)).mappings().all()
            return [(row, results(connection, row["id"])) for row in rows], pages

    def one(self, scope: Scope, number: int) -> tuple[RowMapping, Results]:
        """One with what became of it. Raises NotThere, also outside the scope."""
        with reading(self._engine) as connection:
            query = select(broadcasts).where(broadcasts.c.id == number)
            row = _within(connection.execute(query).mappings().first(), scope)
            return row, results(connection, number)

    def now(self, row: RowMapping) -> Preview:
        """To how many a saved draft would go now."""
        return self._counted(Audience(row["commune_code"], row["channel"], row["campaign"]))

    def approve(self, person: Person, number: int) -> int:
        """Lets it go out; to how many people. Raises NotThere, BadBroadcast, also for who wrote it."""
        now = self._clock()
        with writing(self._engine) as connection:
            query = select(broadcasts).where(broadcasts.c.id == number).with_for_update()
            row = _within(connection.execute(query).mappings().first(), person.scope)
            if row["state"] != "draft":
                raise BadBroadcast("Tin này không còn là bản nháp.", "Tải lại trang để xem tình trạng.")
            if row["created_by"] == person.login:
                raise BadBroadcast(
                    "Người soạn không tự duyệt tin của mình.", "Nhờ cán bộ cấp tỉnh hoặc quản trị khác duyệt."
                )
            wanted = Audience(row["commune_code"], row["channel"], row["campaign"])
            people = begin(connection, number, wanted, sorted(self._can()), now, person.login)
            if not people:
                raise BadBroadcast(
                    "Chưa có ai đồng ý nhận tin trong nhóm này.", "Chọn nhóm khác, hoặc chờ có người đăng ký."
                )
            self._audit.note(
                connection, "broadcast.approve", f"broadcast:{number}", by=person.login, staff_id=person.id, people=people
            )  # fmt: skip
        return people

    def stop(self, person: Person, number: int) -> int:
        """Drops a draft, or stops one that is being sent; how many people do not get it. Raises NotThere, BadBroadcast."""
        now = self._clock()
        with writing(self._engine) as connection:
            query = select(broadcasts).where(broadcasts.c.id == number).with_for_update()
            row = _within(connection.execute(query).mappings().first(), person.scope)
            if row["state"] not in ("draft", "sending"):
                raise BadBroadcast("Tin này đã gửi xong hoặc đã dừng.", "Tải lại trang để xem tình trạng.")
            people = end(connection, number, now, person.login)
            self._audit.note(
                connection, "broadcast.stop", f"broadcast:{number}", by=person.login, staff_id=person.id, people=people
            )  # fmt: skip
        return people

    def _counted(self, wanted: Audience) -> Preview:
        can, now = self._can(), self._clock()
        people: dict[str, int] = {}
        outside: dict[str, int] = {}
        with reading(self._engine) as connection:
            for row in connection.execute(audience(wanted, sorted(can))):
                people[row.channel] = people.get(row.channel, 0) + 1
                if may_send(Purpose.PUSH, now, row.heard_at, can[row.channel]).wait is None:
                    outside[row.channel] = outside.get(row.channel, 0) + 1
        return Preview([Part(channel, people[channel], outside.get(channel, 0)) for channel in sorted(people)])

    def _check(self, scope: Scope, text: str, wanted: Audience) -> None:
        if not text.strip() or len(text.strip()) > LONGEST:
            raise BadBroadcast(
                f"Nội dung phải có chữ và không quá {LONGEST:,} ký tự.".replace(",", "."), "Viết ngắn lại."
            )
        if scope.codes is not None and not scope.holds(wanted.commune):
            raise BadBroadcast("Chỉ gửi được cho xã, phường anh/chị phụ trách.", "Chọn xã, phường trong danh sách.")
        if wanted.channel and wanted.channel not in self._can():
            raise BadBroadcast("Kênh này chưa bật.", "Chọn kênh khác.")
        if wanted.campaign:
            query = select(campaigns.c.id).where(campaigns.c.key == wanted.campaign.lower())
            with reading(self._engine) as connection:
                if connection.execute(query).first() is None:
                    raise BadBroadcast("Không có đợt vận động này.", "Chọn trong danh sách.")


def _within(row: RowMapping | None, scope: Scope) -> RowMapping:
    if row is None or not scope.holds(row["commune_code"]):
        raise NotThere("Không có tin này.")
    return row


__all__ = ["BadBroadcast", "Broadcasting", "Part", "Preview"]
