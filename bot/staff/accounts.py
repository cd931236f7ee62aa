"""Accounts of staff: made, disabled and reset by an administrator, and signing in with a password and a second factor.

Guessing is slow and tells nothing: an unknown login costs the same work as a known one and gets the same sentence, an address may try
5 times in 20 seconds, a login 20 times in 5 minutes whoever tries, and 10 wrong passwords in a row close an account for 15 minutes.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, Engine, RowMapping, delete, func, insert, select, update

from bot.clocks import ahead
from bot.errors import BotError
from bot.staff.access import Identity, Right, Role, Scope, may, scope_of
from bot.staff.audit import Audit
from bot.staff.passwords import easily_guessed, new_password, step_of
from bot.staff.tables import attempts, sessions, staff, staff_communes
from knowledge.store import reading, writing

LEAST_PASSWORD = 12
MOST_PASSWORD = 128
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,59}", re.ASCII)
_EACH_ADDRESS = (5, 20.0)
_EACH_LOGIN = (20, 300.0)
_WRONG_IN_A_ROW = 10
_CLOSED_FOR = 900.0

COSTLY = PasswordHasher()
"""Argon2id with the cost that its library recommends."""


class BadAccount(BotError):
    """Raised when an account cannot be made or changed as asked; says why."""


class CannotSignIn(BotError):
    """Raised when login and password do not open an account."""


class TooManyTries(BotError):
    """Raised when an address or a login has tried too often; `seconds` until it may try again."""

    def __init__(self, seconds: float) -> None:
        super().__init__("Thử đăng nhập quá nhiều lần.", f"Chờ {max(1, round(seconds))} giây rồi thử lại.")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works with the console."""

    id: int
    login: str
    name: str
    role: Role
    communes: frozenset[str]
    active: bool
    must_change: bool
    second_factor: bool
    notify_by: str
    notify_to: str
    signed_in_at: float | None

    @property
    def scope(self) -> Scope:
        """The communes whose people they see."""
        return scope_of(self.role, self.communes)

    def may(self, right: Right) -> bool:
        """Whether their role has `right`."""
        return may(self.role, right)


class Accounts:
    """Accounts in SQL. Every change is in the audit."""

    def __init__(
        self, engine: Engine, audit: Audit, clock: Callable[[], float] = time.time, hasher: PasswordHasher = COSTLY
    ) -> None:
        self._engine, self._audit, self._clock, self._hasher = engine, audit, clock, hasher
        self._nobody = hasher.hash(secrets.token_hex(16))  # checked for a login that is not there: the same work

    def add(self, login: str, name: str, role: Role, communes: Sequence[str] = (), *, by: str) -> str:
        """Adds an account; its first password, which must be changed at the first use. Raises BadAccount."""
        login, name = login.strip().lower(), " ".join(name.split())
        if not _LOGIN.fullmatch(login):
            raise BadAccount(
                f"Tên đăng nhập “{login}” không dùng được.", "Dùng 3–60 ký tự a–z 0–9 . _ -, ví dụ lan.bato."
            )
        if not name or len(name) > 80:
            raise BadAccount("Thiếu họ tên, hoặc họ tên dài quá 80 ký tự.")
        if role is Role.COMMUNE and not communes:
            raise BadAccount("Cán bộ xã, phường phải có ít nhất một xã, phường.", "Chọn xã, phường phụ trách.")
        password = new_password()
        values = {
            "login": login, "name": name, "role": role.value, "password": self._hasher.hash(password), "must_change": True,
            "active": True, "failures": 0, "locked_until": 0.0, "totp_secret": "", "totp_on": False, "totp_step": 0,
            "notify_by": "", "notify_to": "", "created_at": self._clock(), "created_by": by, "signed_in_at": None,
        }  # fmt: skip
        with writing(self._engine) as connection:
            if connection.execute(select(staff.c.id).where(staff.c.login == login)).first():
                raise BadAccount(f"Tên đăng nhập “{login}” đã có.", "Chọn tên khác.")
            made = connection.execute(insert(staff).values(**values).returning(staff.c.id)).scalar_one()
            _set_communes(connection, made, communes)
            self._audit.note(connection, "staff.add", f"staff:{made}", by=by, role=role.value, communes=len(communes))
        return password

    def change(self, login: str, role: Role, communes: Sequence[str], *, by: str) -> None:
        """Gives an account another role or other communes; its sessions end. Raises BadAccount."""
        if role is Role.COMMUNE and not communes:
            raise BadAccount("Cán bộ xã, phường phải có ít nhất một xã, phường.", "Chọn xã, phường phụ trách.")
        with writing(self._engine) as connection:
            found = self._one(connection, login)
            if found["role"] == Role.ADMIN.value and role is not Role.ADMIN:
                self._not_the_last(connection, found["id"])
            connection.execute(update(staff).where(staff.c.id == found["id"]).values(role=role.value))
            _set_communes(connection, found["id"], communes)
            _end_sessions(connection, found["id"])
            self._audit.note(
                connection, "staff.change", f"staff:{found['id']}", by=by, role=role.value, communes=len(communes)
            )

    def disable(self, login: str, *, by: str) -> None:
        """Closes an account at once, its sessions too. Raises BadAccount."""
        with writing(self._engine) as connection:
            found = self._one(connection, login)
            if found["role"] == Role.ADMIN.value:
                self._not_the_last(connection, found["id"])
            connection.execute(update(staff).where(staff.c.id == found["id"]).values(active=False))
            _end_sessions(connection, found["id"])
            self._audit.note(connection, "staff.disable", f"staff:{found['id']}", by=by)

    def reset(self, login: str, *, by: str, identity: Identity | None = None) -> str:
        """Opens an account again with a new first password, which it returns. Raises BadAccount.

        A second factor stays in force: who learned or asked for the new password still needs the telephone. Only with
        `identity`, which says how its owner was recognised, is it taken away.
        """
        password = new_password()
        without: dict[str, object] = {} if identity is None else {"totp_secret": "", "totp_on": False}
        with writing(self._engine) as connection:
            found = self._one(connection, login)
            connection.execute(
                update(staff).where(staff.c.id == found["id"])
                .values(password=self._hasher.hash(password), must_change=True, active=True, failures=0, locked_until=0.0, **without)
            )  # fmt: skip
            _end_sessions(connection, found["id"])
            self._audit.note(connection, "staff.reset", f"staff:{found['id']}", by=by)
            if identity is not None:
                self._audit.note(
                    connection, "second_factor.remove", f"staff:{found['id']}", by=by, identity=identity.value
                )
        return password

    def sign_in(self, login: str, password: str, address: str) -> Person:
        """The person whose login and password these are. Raises CannotSignIn, TooManyTries."""
        login = login.strip().lower()
        known_as = hashlib.sha256(login.encode()).hexdigest()
        self._count(f"address:{address}"[:80], *_EACH_ADDRESS)
        self._count(f"login:{known_as}", *_EACH_LOGIN)
        now = self._clock()
        with reading(self._engine) as connection:
            found = connection.execute(select(staff).where(staff.c.login == login)).mappings().first()
        right = self._fits(found["password"] if found else self._nobody, password)
        closed_now = found is not None and ahead(found["locked_until"], now, _CLOSED_FOR)
        open_now = found is not None and found["active"] and not closed_now
        with writing(self._engine) as connection:
            if found is not None and not right and not closed_now:
                failures = found["failures"] + 1
                closed = failures >= _WRONG_IN_A_ROW
                connection.execute(
                    update(staff).where(staff.c.id == found["id"])
                    .values(failures=0 if closed else failures, locked_until=now + _CLOSED_FOR if closed else 0.0)
                )  # fmt: skip
            if found is None or not right or not open_now:
                subject = f"staff:{found['id']}" if found else "staff:?"
                self._audit.note(connection, "sign_in.refused", subject, by="?")
            else:
                changed: dict[str, object] = {"failures": 0, "signed_in_at": now}
                if self._hasher.check_needs_rehash(found["password"]):
                    changed["password"] = self._hasher.hash(password)
                connection.execute(update(staff).where(staff.c.id == found["id"]).values(**changed))
                self._audit.note(connection, "sign_in", f"staff:{found['id']}", by=login, staff_id=found["id"])
        if found is None or not right or not open_now:
            raise CannotSignIn("Tên đăng nhập hoặc mật khẩu không đúng.", "Quên mật khẩu thì nhờ quản trị cấp lại.")
        return self.by_id(found["id"])

    def set_password(self, person: Person, old: str, new: str, again: str) -> None:
        """A person's own new password; all their sessions end. Raises BadAccount, TooManyTries."""
        self.confirm(person, old)
        if new != again:
            raise BadAccount("Hai lần nhập mật khẩu mới không giống nhau.")
        if not LEAST_PASSWORD <= len(new) <= MOST_PASSWORD:
            raise BadAccount(f"Mật khẩu mới phải dài {LEAST_PASSWORD}–{MOST_PASSWORD} ký tự.", "Dùng một câu dễ nhớ.")
        if new == old or easily_guessed(new, person.login, person.name):
            raise BadAccount(
                "Mật khẩu mới quá dễ đoán hoặc giống mật khẩu cũ.",
                "Dùng một câu dễ nhớ của riêng mình, không ghép từ tên cơ quan, tên mình hay dãy phím.",
            )
        with writing(self._engine) as connection:
            connection.execute(
                update(staff).where(staff.c.id == person.id).values(password=self._hasher.hash(new), must_change=False)
            )
            _end_sessions(connection, person.id)
            self._audit.note(connection, "password", f"staff:{person.id}", by=person.login, staff_id=person.id)

    def begin_second_factor(self, person: Person, password: str) -> str:
        """A new secret for an authenticator app (base32), not in force before `second_factor` turns it on.

        The password is asked again. Raises BadAccount, TooManyTries.
        """
        self.confirm(person, password)
        if person.second_factor:
            raise BadAccount("Xác thực hai lớp đang bật.", "Đổi điện thoại thì nhờ quản trị bỏ lớp cũ.")
        secret = pyotp.random_base32()
        with writing(self._engine) as connection:
            connection.execute(update(staff).where(staff.c.id == person.id).values(totp_secret=secret, totp_on=False))
        return secret

    def confirm(self, person: Person, password: str) -> None:
        """Asks for a person's own password again before something that matters. Raises BadAccount, TooManyTries."""
        self._count(f"password:{person.id}", *_EACH_LOGIN)
        self._ask_again(person, password)

    def second_factor(self, person: Person, code: str, *, turn_on: bool = False) -> None:
        """Checks a code of the app, once; `turn_on` puts the second factor in force. Raises CannotSignIn, TooManyTries."""
        self._count(f"code:{person.id}", 10, 300.0)
        now = self._clock()
        digits = re.sub(r"\s", "", code)
        with writing(self._engine) as connection:
            found = self._one(connection, person.login)
            step = step_of(found["totp_secret"], digits, now)
            right = step is not None and step > found["totp_step"]
            if right:
                values = {"totp_step": step} | ({"totp_on": True} if turn_on else {})
                connection.execute(update(staff).where(staff.c.id == person.id).values(**values))
            if turn_on or not right:
                self._note(connection, "second_factor" if right else "second_factor.refused", person)
        if not right:
            raise CannotSignIn("Mã xác thực không đúng hoặc đã dùng.", "Nhập mã mới nhất trong ứng dụng.")

    def everybody(self) -> list[Person]:
        """All accounts, by login."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(staff).order_by(staff.c.login)).mappings().all()
            communes = connection.execute(select(staff_communes)).all()
        own: dict[int, set[str]] = {}
        for staff_id, code in communes:
            own.setdefault(staff_id, set()).add(code)
        return [_person(row, frozenset(own.get(row["id"], ()))) for row in rows]

    def by_id(self, staff_id: int) -> Person:
        """One account. Raises BadAccount."""
        with reading(self._engine) as connection:
            row = connection.execute(select(staff).where(staff.c.id == staff_id)).mappings().first()
            codes = connection.execute(
                select(staff_communes.c.commune_code).where(staff_communes.c.staff_id == staff_id)
            ).scalars()
            if row is None:
                raise BadAccount("Không có tài khoản này.")
            return _person(row, frozenset(codes))

    def _ask_again(self, person: Person, password: str) -> None:
        """Raises BadAccount unless `password` is the person's own; a wrong one is in the audit."""
        with reading(self._engine) as connection:
            found = self._one(connection, person.login)
        if not self._fits(found["password"], password):
            with writing(self._engine) as connection:
                self._note(connection, "password.refused", person)
            raise BadAccount("Mật khẩu đang dùng không đúng.", "Nhập lại mật khẩu của mình.")

    def _note(self, connection: Connection, action: str, person: Person) -> None:
        self._audit.note(connection, action, f"staff:{person.id}", by=person.login, staff_id=person.id)

    def _fits(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password[:MOST_PASSWORD]) and len(password) <= MOST_PASSWORD
        except (VerificationError, InvalidHashError):
            return False

    def _count(self, key: str, most: int, seconds: float) -> None:
        now = self._clock()
        with writing(self._engine) as connection:
            longest = max(_EACH_LOGIN[1], seconds)
            connection.execute(
                delete(attempts).where((attempts.c.at < now - longest) | (attempts.c.at > now + longest))
            )
            recent = connection.execute(
                select(func.count(), func.min(attempts.c.at)).where(
                    attempts.c.key == key, attempts.c.at > now - seconds, attempts.c.at < now + seconds
                )
            ).one()
            if recent[0] >= most:
                raise TooManyTries(recent[1] + seconds - now)
            connection.execute(insert(attempts).values(key=key, at=now))

    def _one(self, connection: Connection, login: str) -> RowMapping:
        found = connection.execute(select(staff).where(staff.c.login == login.strip().lower())).mappings().first()
        if found is None:
            raise BadAccount(f"Không có tài khoản “{login}”.", "Xem các tài khoản bằng `tuvan staff list`.")
        return found

    def _not_the_last(self, connection: Connection, staff_id: int) -> None:
        others = connection.execute(
            select(func.count()).select_from(staff)
            .where(staff.c.role == Role.ADMIN.value, staff.c.active, staff.c.id != staff_id)
        ).scalar_one()  # fmt: skip
        if not others:
            raise BadAccount("Đây là tài khoản quản trị cuối cùng.", "Thêm một tài khoản quản trị khác trước.")


def _set_communes(connection: Connection, staff_id: int, communes: Sequence[str]) -> None:
    connection.execute(delete(staff_communes).where(staff_communes.c.staff_id == staff_id))
    for code in sorted(set(communes)):
        connection.execute(insert(staff_communes).values(staff_id=staff_id, commune_code=code))


def _end_sessions(connection: Connection, staff_id: int) -> None:
    connection.execute(delete(sessions).where(sessions.c.staff_id == staff_id))


def _person(row: RowMapping, communes: frozenset[str]) -> Person:
    return Person(
        row["id"], row["login"], row["name"], Role(row["role"]), communes, row["active"], row["must_change"],
        row["totp_on"], row["notify_by"], row["notify_to"], row["signed_in_at"],
    )  # fmt: skip
