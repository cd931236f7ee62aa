"""Where an officer is told, chosen in the console: nowhere, by mail, or in a chat of theirs that they link with a one-time code.

The code is shown once in the console and sent by the officer from their own Zalo or Telegram: whoever sends it proves both that they are
signed in here and whose chat it is. It holds for some minutes and works once; only its hash is kept.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, insert, select, update

from bot.channels.contract import Capabilities, Piece
from bot.delivery.inbox import Taken
from bot.delivery.outbox import Outbox
from bot.delivery.windows import Purpose
from bot.staff.accounts import BadAccount, Person
from bot.staff.audit import Audit
from bot.staff.notice_tables import link_codes
from bot.staff.notice_texts import words
from bot.staff.tables import staff
from knowledge.store import reading, writing

PLATFORMS = {"telegram": ("telegram",), "zalo": ("zalo_oa", "zalo_bot")}
"""The channels of each platform that an officer may link a chat of."""
MINUTES = 15
"""How long a code holds."""
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # no letters that are read as others
_MAIL = r"[^@\s<>\",;]{1,64}@[A-Za-z0-9.-]+\.[A-Za-z]{2,}"
_CHAT = r"-?\d{4,20}"


@dataclass(frozen=True, slots=True)
class Choice:
    """Where somebody is told: `by` is empty, "email" or a channel, `to` an address or the platform's id of a chat."""

    by: str
    to: str
    mail: str  # in reserve, for a platform that may refuse
    due: bool  # of due dates too


class Choices:
    """The choices in SQL."""

    def __init__(self, engine: Engine, audit: Audit, clock: Callable[[], float] = time.time) -> None:
        self._engine, self._audit, self._clock = engine, audit, clock

    def of(self, person: Person) -> Choice:
        """What holds now."""
        query = select(staff.c.notify_by, staff.c.notify_to, staff.c.notify_mail, staff.c.tell_due)
        with reading(self._engine) as connection:
            return Choice(*connection.execute(query.where(staff.c.id == person.id)).one())

    def set(self, person: Person, by: str, to: str, *, mail: str = "", due: bool = True) -> None:
        """Stores a choice; a chat of Zalo is only kept or given up here, never typed. Raises BadAccount."""
        to, mail, now = to.strip(), mail.strip(), self.of(person)
        if by in PLATFORMS["zalo"]:
            if by != now.by:
                raise BadAccount("Zalo chưa được liên kết.", "Lấy mã liên kết và nhắn mã đó từ Zalo của anh/chị.")
            to = now.to
        elif not re.fullmatch({"": r".*", "telegram": _CHAT, "email": _MAIL}.get(by, r"(?!)"), to):
            raise BadAccount(
                "Nơi nhận thông báo chưa đúng.", "Telegram: mã số cuộc trò chuyện; e-mail: địa chỉ đầy đủ."
            )
        if mail and not re.fullmatch(_MAIL, mail):
            raise BadAccount("E-mail dự phòng chưa đúng.", "Ghi địa chỉ đầy đủ, hoặc để trống.")
        values = {"notify_by": by, "notify_to": to if by else "", "notify_mail": mail, "tell_due": due}
        with writing(self._engine) as connection:
            connection.execute(update(staff).where(staff.c.id == person.id).values(**values))

    def begin(self, person: Person, platform: str) -> str:
        """A new code for a chat of `platform`, one of `PLATFORMS`; the one before no longer works. Raises BadAccount."""
        if platform not in PLATFORMS:
            raise BadAccount("Không liên kết được kênh này.")
        code = "CANBO-" + "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(2))
        row = {
            "staff_id": person.id,
            "platform": platform,
            "code_hash": _hash(code),
            "expires_at": self._clock() + MINUTES * 60,
        }
        with writing(self._engine) as connection:
            connection.execute(delete(link_codes).where(link_codes.c.staff_id == person.id))
            connection.execute(insert(link_codes).values(**row))
            self._audit.note(
                connection, "notice.code", f"staff:{person.id}", by=person.login, staff_id=person.id, platform=platform
            )
        return code


def link(connection: Connection, box: Outbox, taken: Taken, code: str, now: float, can: Capabilities) -> bool:
    """Makes the chat that sent `code` the one where its officer is told, and says so there; False for a code that does not hold.

    Inside the transaction of the turn: a code that is sent twice works once.
    """
    home = taken.conversation
    allowed = [platform for platform, channels in PLATFORMS.items() if home.channel in channels]
    used = connection.execute(
        delete(link_codes)
        .where(link_codes.c.code_hash == _hash(code), link_codes.c.expires_at > now, link_codes.c.platform.in_(allowed))
        .returning(link_codes.c.staff_id)
    ).scalar()
    linked = used is not None and bool(
        connection.execute(
            update(staff).where(staff.c.id == used, staff.c.active)
            .values(notify_by=home.channel, notify_to=home.key)
        ).rowcount
    )  # fmt: skip
    text = words("linked") if linked else words("not_linked", minutes=MINUTES)
    if linked and can.free_hours:
        text += "\n" + words("linked_window", hours=round(can.free_hours))
    box.add(connection, home.id, home.channel, [Piece(text)], Purpose.NOTICE, inbox_id=taken.inbox_id)
    return linked


def _hash(code: str) -> str:
    return hashlib.sha256(code.upper().encode()).hexdigest()
