"""E-mail to staff: queued in the transaction of what it tells of, sent from the daily round, tried again when the server is away.

It names no citizen. Before a mail is sent its row is put off, so that a process that is killed in between repeats it later instead of
losing it, and two processes do not both send it.
"""

from __future__ import annotations

import logging
import smtplib
import ssl
import time
from collections.abc import Callable, Collection
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import unquote, urlsplit

from sqlalchemy import Connection, Engine, delete, insert, select, update

from bot.connection_settings import stays_here
from bot.staff.tables import mails
from knowledge.store import reading, writing

log = logging.getLogger("bot.staff")

MOST_ATTEMPTS = 8
_FIRST_WAIT = 60.0
_AT_ONCE = 50


class Post(Protocol):
    """Sends one mail. Raises OSError or smtplib.SMTPException."""

    def __call__(self, to: str, subject: str, text: str) -> None: ...


class NotEncrypted(smtplib.SMTPException):
    """Raised when a server on another machine offers no STARTTLS: neither the password nor a mail is then sent."""


class Smtp:
    """The mail server of `smtps://user:password@host:465` or, with STARTTLS, `smtp://…:587`.

    Only this machine and `plain` hosts may do without STARTTLS.
    """

    def __init__(self, url: str, sender: str, timeout: float = 15.0, *, plain: Collection[str] = ()) -> None:
        self._parts, self._sender, self._timeout, self._plain = urlsplit(url), sender, timeout, plain

    def __call__(self, to: str, subject: str, text: str) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self._sender, to, subject
        mail.set_content(text)
        host, encrypted = self._parts.hostname or "localhost", self._parts.scheme == "smtps"
        port = self._parts.port or (465 if encrypted else 587)
        context = ssl.create_default_context()
        server = (
            smtplib.SMTP_SSL(host, port, timeout=self._timeout, context=context)
            if encrypted
            else smtplib.SMTP(host, port, timeout=self._timeout)
        )
        with server:
            server.ehlo_or_helo_if_needed()
            if not encrypted and server.has_extn("starttls"):
                server.starttls(context=context)
            elif not encrypted and not stays_here(host) and host not in self._plain:
                raise NotEncrypted
            if self._parts.username:
                server.login(unquote(self._parts.username), unquote(self._parts.password or ""))
            server.send_message(mail)


class Mails:
    """The queue in SQL. Without `post` nothing is queued."""

    def __init__(self, engine: Engine, post: Post | None, clock: Callable[[], float] = time.time) -> None:
        self._engine, self._post, self._clock = engine, post, clock

    @property
    def ready(self) -> bool:
        """Whether there is a server to send by."""
        return self._post is not None

    def add(self, connection: Connection, to: str, subject: str, text: str) -> None:
        """Queues a mail in the transaction of what it tells of."""
        if self._post is None:
            return
        now = self._clock()
        row = {
            "to": to,
            "subject": subject,
            "text": text,
            "created_at": now,
            "due_at": now,
            "attempts": 0,
            "problem": "",
        }
        connection.execute(insert(mails).values(**row))

    def round(self) -> int:
        """Sends what is due; how many the server took. A mail that failed eight times stays, with its problem, and rests."""
        if self._post is None:
            return 0
        now, sent = self._clock(), 0
        due = (mails.c.due_at <= now, mails.c.attempts < MOST_ATTEMPTS)
        with reading(self._engine) as connection:
            found = list(connection.execute(select(mails).where(*due).order_by(mails.c.id).limit(_AT_ONCE)).mappings())
        for row in found:
            later = now + _FIRST_WAIT * 2 ** row["attempts"]
            mine = (mails.c.id == row["id"], mails.c.attempts == row["attempts"])
            with writing(self._engine) as connection:
                put_off = update(mails).where(*mine).values(attempts=row["attempts"] + 1, due_at=later)
                if not connection.execute(put_off).rowcount:
                    continue  # another process has it
            try:
                self._post(row["to"], row["subject"], row["text"])
            except (OSError, smtplib.SMTPException) as error:
                log.error("mail %d to staff: %s", row["id"], type(error).__name__)
                with writing(self._engine) as connection:
                    connection.execute(
                        update(mails).where(mails.c.id == row["id"]).values(problem=type(error).__name__)
                    )
                continue
            with writing(self._engine) as connection:
                connection.execute(delete(mails).where(mails.c.id == row["id"]))
            sent += 1
        return sent
