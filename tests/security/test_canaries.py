"""Conversations, leads, logins and failures with marked secrets and persons: no mark is in any log, figure, error page or report."""

from __future__ import annotations

import io
import logging
import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from bot.messages import ChatReply, Reply
from bot.outreach.communes import load_communes
from bot.outreach.tables import leads
from bot.redaction import install
from bot.settings import secrets_of
from bot.staff.audit import instant
from bot.staff.tables import audit
from knowledge.store import reading
from tests.bot.channels.drivers import person_on, until
from tests.bot.staff.office import PASSWORD, Office

PEOPLE = 24
NAMES = [f"Canarinh Thị Chim {chr(65 + n)}ơ" for n in range(PEOPLE)]
PHONES = [f"0900 55{n:01d} {n * 37 % 1000:03d}" for n in range(10)] + [
    f"0900 56{n % 10} {n * 41 % 1000:03d}" for n in range(14)
]
WORDS = "canaryquestion"
SECRET = "canary-secret-value-77"
MARKS = re.compile(
    r"(?i)canarinh|chim [a-x]ơ|canaryquestion|canary-secret-value|0?9005[56]\d{4,}|canarymail|051200009[0-9]{3}"
)


class Moody:
    """Answers; every third question breaks it, with the words of the person in the error."""

    def __init__(self) -> None:
        self.count = 0

    def answer(self, text: str, *, session: str) -> ChatReply:
        self.count += 1
        if self.count % 3 == 0:
            raise RuntimeError(f"hỏng ở “{text}”, khoá {SECRET}")
        return ChatReply("answered", (Reply("đáp"),), "card")


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything logged by any library at its most talkative, as our own process would write it."""
    factory, hook, in_thread = logging.getLogRecordFactory(), sys.excepthook, threading.excepthook
    root, stream = logging.getLogger(), io.StringIO()
    level, handler = root.level, logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(pathname)s: %(message)s"))
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)
    logging.setLogRecordFactory(factory)
    sys.excepthook, threading.excepthook = hook, in_thread


def squeezed(text: str) -> str:
    """Numbers without the blanks and dots people put in."""
    return re.sub(r"(?<=\d)[ .-](?=\d)", "", text)


def hits(text: str) -> list[str]:
    return [line[:200] for line in text.splitlines() if MARKS.search(line) or MARKS.search(squeezed(line))]


def test_a_mark_would_be_found() -> None:
    assert hits(f"a {NAMES[3]} b") and hits(f"x {PHONES[2]}") and hits(f"+84{PHONES[12].replace(' ', '')[1:]}")
    assert hits(f"Bearer {SECRET}") and not hits("sender of telegram: OSError")


@pytest.mark.parametrize("way", ["telegram webhook", "zalo_oa webhook"])
def test_conversations_and_leads_leave_no_mark_in_logs_and_figures(
    way: str, tmp_path: Path, written: io.StringIO
) -> None:
    with person_on(way, tmp_path, Moody(), find_place=load_communes().find) as person:
        install([*secrets_of(person.house.settings), SECRET])
        for n in range(PEOPLE):
            who = f"p{n}"
            for text in (
                f"{WORDS} {n}: số tôi {PHONES[n]}, căn cước 051 200 009 {n:03d}, canarymail{n}@vidu.vn, tôi là {NAMES[n]}",
                "/dangky", "đồng ý", NAMES[n], PHONES[n], "xã Ba Tơ", "đúng rồi",
            ):  # fmt: skip
                before = len(person.heard(who))
                person.say(who, text)
                person.wait(who, before + 1)
        with reading(person.house.engine) as connection:
            assert connection.execute(select(func.count()).select_from(leads)).scalar_one() == PEOPLE
        pages = []
        with httpx.Client(base_url=person.address.partition("/webhooks")[0], timeout=20) as client:
            for method, path, body in (
                ("POST", person.address.partition(":")[2].partition("/webhooks")[1] + "/nowhere", f"{{{NAMES[0]}"),
                ("GET", f"/{PHONES[0]}?q={WORDS}&token={SECRET}", ""),
                ("POST", "/api/chat", f'{{"session": "{SECRET}", "text": 5, "x": "{NAMES[1]}"}}'),
                ("POST", f"/staff/{SECRET}", f"name={NAMES[2]}"),
                ("GET", "/metrics", ""), ("GET", "/readyz", ""), ("GET", "/healthz", ""), ("GET", "/openapi.json", ""),
            ):  # fmt: skip
                answer = client.request(
                    method, path, content=body.encode(), headers={"authorization": f"Bearer {SECRET}"}
                )
                pages.append(f"{answer.headers}{answer.text}")
        until(lambda: person.runtime.inbox.waiting() == 0)
    said = written.getvalue()
    assert "RuntimeError" in said and len(said) > 2_000, "nothing was logged, so nothing was looked at"
    assert hits(said) == []
    assert hits("\n".join(pages)) == []


def test_logins_reports_and_the_audit_hold_no_mark(office: Office, written: io.StringIO) -> None:
    install([SECRET])
    for n in range(PEOPLE):
        office.lead(NAMES[n], phone="+84" + PHONES[n].replace(" ", "")[1:], question=f"{WORDS} {n}", need=NAMES[n])
    stranger = office.stranger()
    for n in range(12):
        stranger.get("/staff/dang-nhap")
        office.hands.now += 30
        answer = stranger.post("/staff/dang-nhap", {"login": f"{SECRET}{n}", "password": f"{NAMES[n]} {SECRET}"})
        assert SECRET not in re.sub(r'name="login"[^>]*', "", answer.text)
    officer = office.signed_in("here")
    for path in (
        "/staff/lead",
        "/staff/lead/1",
        f"/staff/lead?q={PHONES[0]}",
        f"/staff/lead/{SECRET}",
        "/staff/lead/999999",
    ):
        officer.get(path)
    told = []
    for who in ("lanhdao", "bientap"):
        browser = office.signed_in(who)
        for route in office.console.routes:
            if route.method == "GET" and office.people[who].may(route.right):
                answer = browser.get(re.sub(r"\{[^}]+\}", "1", route.path))
                told.append(f"{route.path}: {answer.headers} {answer.text}")
    assert len(told) > 20 and hits("\n".join(told)) == []
    rows = [f"{instant(r['at'])} {r['by']} {r['action']} {r['subject']} {r['data']}" for r in office.rows(audit)]
    assert len(rows) > 15 and hits("\n".join(rows)) == []
    stranger.client.get("/metrics")
    assert hits(written.getvalue()) == [] and PASSWORD not in written.getvalue()
