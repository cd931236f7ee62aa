"""E-mail to staff through a real (small) mail server: sent once, tried again, without a citizen's data."""

from __future__ import annotations

import contextlib
import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from bot.outreach.tables import leads
from bot.staff.linking import Choices
from bot.staff.mailing import MOST_ATTEMPTS, Mails, NotEncrypted, Smtp
from bot.staff.tables import mails
from knowledge.store import writing
from tests.bot.staff.office import Office


class Server(socketserver.ThreadingTCPServer):
    """Takes mail as RFC 5321 says, as much of it as smtplib speaks; `refuse` answers with a temporary failure."""

    allow_reuse_address, daemon_threads = True, True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.taken: list[EmailMessage] = []
        self.refuse = False
        self.words: list[str] = []

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class Handler(socketserver.StreamRequestHandler):
    """One conversation."""

    server: Server

    def handle(self) -> None:
        self._say("220 test")
        while line := self.rfile.readline().decode().strip():
            word = line.split()[0].upper()
            self.server.words.append(word)
            if word in ("EHLO", "HELO", "RSET"):
                self._say("250 test")
            elif word == "MAIL":
                self._say("451 later" if self.server.refuse else "250 ok")
            elif word == "RCPT":
                self._say("250 ok")
            elif word == "DATA":
                self._say("354 go on")
                body = b""
                while (more := self.rfile.readline()) != b".\r\n":
                    body += more
                message = email.message_from_bytes(body, policy=email.policy.default)
                assert isinstance(message, EmailMessage)
                self.server.taken.append(message)
                self._say("250 taken")
            elif word == "QUIT":
                self._say("221 bye")
                return

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever, daemon=True)
        thread.start()
        yield made
        made.shutdown()


def test_staff_are_told_by_mail_of_a_new_lead_without_its_person(everywhere: Office, server: Server) -> None:
    from bot.delivery.runtime import Parts, Runtime
    from tests.bot.dialogue.people import Answers

    office = everywhere
    Choices(office.engine, office.console.audit).set(office.people["here"], "email", "can.bo@vi-du.vn")
    runtime = Runtime(
        office.engine, {}, Answers(), parts=Parts(answer=False, send=False, poll=False),
        address="https://vi.du", post=Smtp(server.url, "may@vi-du.vn"),
    )  # fmt: skip
    number = office.lead("Nguyễn Thị Lan")
    with writing(office.engine) as connection:
        runtime.records._arrived(connection, number)
    assert runtime.mails.round() == 1 and runtime.mails.round() == 0
    (mail,) = server.taken
    assert (mail["to"], mail["from"]) == ("can.bo@vi-du.vn", "may@vi-du.vn")
    words = mail["subject"] + mail.get_content()
    assert f"https://vi.du/staff/lead/{number}" in words and office.rows(leads)[0]["commune"] in words
    assert "Lan" not in words and office.rows(leads)[0]["phone"][3:] not in words
    assert office.rows(mails) == []


def test_a_server_that_is_away_is_tried_again_and_nothing_is_sent_twice(office: Office, server: Server) -> None:
    queue = Mails(office.engine, Smtp(server.url, "may@vi-du.vn"), office.hands)
    with writing(office.engine) as connection:
        queue.add(connection, "can.bo@vi-du.vn", "Có người mới", "Xem trang cán bộ")
    server.refuse = True
    assert queue.round() == 0 and office.rows(mails)[0]["problem"] == "SMTPSenderRefused"
    server.refuse = False
    assert queue.round() == 0, "not before its time"
    office.hands.now += 61
    assert queue.round() == 1
    office.hands.now += 10_000
    assert queue.round() == 0 and len(server.taken) == 1


def test_no_mail_leaves_the_machine_unencrypted(
    office: Office, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.staff.mailing.stays_here", lambda _: False)  # as if it were another machine
    password = "mat-khau-cua-may-thu"
    address = server.url.replace("://", f"://nguoi-gui:{password}@")
    with pytest.raises(NotEncrypted):
        Smtp(address, "may@vi-du.vn")("can.bo@vi-du.vn", "a", "b")
    assert server.taken == [] and "AUTH" not in server.words
    queue = Mails(office.engine, Smtp(server.url, "may@vi-du.vn"), office.hands)
    with writing(office.engine) as connection:
        queue.add(connection, "can.bo@vi-du.vn", "a", "b")
    assert queue.round() == 0 and office.rows(mails)[0]["problem"] == "NotEncrypted"
    Smtp(server.url, "may@vi-du.vn", plain={"127.0.0.1"})("can.bo@vi-du.vn", "a", "b")
    assert len(server.taken) == 1


def test_what_is_undone_tells_nobody_and_a_lost_cause_stays_for_staff_to_see(office: Office, server: Server) -> None:
    queue = Mails(office.engine, Smtp(server.url, "may@vi-du.vn"), office.hands)
    with contextlib.suppress(ValueError), writing(office.engine) as connection:
        queue.add(connection, "can.bo@vi-du.vn", "a", "b")
        raise ValueError
    assert queue.round() == 0
    with writing(office.engine) as connection:
        queue.add(connection, "can.bo@vi-du.vn", "a", "b")
    server.refuse = True
    for _ in range(MOST_ATTEMPTS + 3):
        queue.round()
        office.hands.now += 100_000
    assert office.rows(mails)[0]["attempts"] == MOST_ATTEMPTS and server.taken == []


def test_without_a_server_nothing_is_queued(office: Office) -> None:
    with writing(office.engine) as connection:
        Mails(office.engine, None).add(connection, "can.bo@vi-du.vn", "a", "b")
    assert office.rows(mails) == []


@pytest.mark.parametrize("to", ["", "a", "a@b", "a b@c.vn", "a@c.vn, b@c.vn", "<a@c.vn>", "a@c.vn\nBcc: x@y.vn"])
def test_an_address_that_is_none_is_refused(office: Office, to: str) -> None:
    browser = office.signed_in("here")
    browser.get("/staff/tai-khoan")
    assert browser.post("/staff/tai-khoan/thong-bao", {"by": "email", "to": to}).status_code == 400
