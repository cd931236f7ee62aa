"""A console over a real database, with somebody of each role, and a browser without scripts (httpx) for each of them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import httpx
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from sqlalchemy import Engine, insert

from bot.delivery.tables import conversations
from bot.messages import ChatReply, Reply
from bot.outreach.communes import load_communes
from bot.outreach.searching import search_key
from bot.outreach.tables import consents, lead_events, leads
from bot.staff.access import Role
from bot.staff.accounts import Person
from bot.staff.console import Console
from bot.web.app import create_app
from bot.web.assets import Assets
from knowledge.store import reading, writing

UNITS = load_communes().units
HERE, THERE = UNITS[0], UNITS[1]
"""Two communes: the officer `here` has the first."""
PASSWORD = "một câu dài dễ nhớ"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
ADDRESS = "http://testserver"


class Answers:
    """Answers everything alike."""

    def answer(self, text: str, *, session: str) -> ChatReply:
        return ChatReply("answered", (Reply("đáp"),), "card")


class Hands:
    """The clock of the office, which tests move."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


@dataclass
class Browser:
    """Somebody's browser without scripts. `token` is that of the last page with a form."""

    client: TestClient
    token: str = ""

    def get(self, path: str) -> httpx.Response:
        """A page, redirects followed."""
        return self._seen(self.client.get(path, headers={"accept": "text/html"}))

    def post(
        self, path: str, data: Mapping[str, Any] | None = None, *, token: str | None = None, **more: Any
    ) -> httpx.Response:
        """Sends a form with the session's token, redirects followed."""
        fields = {"csrf": self.token if token is None else token} | dict(data or {})
        return self._seen(self.client.post(path, data=fields, headers={"accept": "text/html"}, **more))

    def _seen(self, answer: httpx.Response) -> httpx.Response:
        if found := re.search(r'name="csrf" value="([^"]+)"', answer.text):
            self.token = found[1]
        return answer


@dataclass
class Office:
    """The console, its clock and its people."""

    engine: Engine
    console: Console
    hands: Hands
    app: Any
    people: dict[str, Person] = field(default_factory=dict)
    _count: int = 0

    def hire(self, login: str, role: Role, *codes: str) -> Person:
        """An account whose password is `PASSWORD`."""
        first = self.console.accounts.add(login, f"Tên {login}", role, codes, by="test")
        person = next(p for p in self.console.accounts.everybody() if p.login == login)
        self.console.accounts.set_password(person, first, PASSWORD, PASSWORD)
        self.people[login] = self.console.accounts.by_id(person.id)
        return self.people[login]

    def stranger(self, address: str = "10.1.1.1") -> Browser:
        """A browser that is not signed in."""
        client = TestClient(self.app, base_url=ADDRESS, client=(address, 5000))
        return Browser(client)

    def signed_in(self, login: str) -> Browser:
        """A browser in which `login` has signed in."""
        self._count += 1
        browser = self.stranger(f"10.2.{self._count // 250}.{self._count % 250}")
        browser.get("/staff/dang-nhap")
        answer = browser.post("/staff/dang-nhap", {"login": login, "password": PASSWORD, "tiep": "/staff"})
        assert urlsplit(str(answer.url)).path != "/staff/dang-nhap", answer.text
        return browser

    def lead(self, name: str = "Nguyễn Thị Lan", code: str = HERE.code, **values: Any) -> int:
        """A lead with its conversation and consent; its number."""
        self._count += 1
        number, now = self._count, self.hands.now
        unit = next((u for u in UNITS if u.code == code), None)
        phone = values.pop("phone", f"+84900{number:06d}")
        with writing(self.engine) as connection:
            home = connection.execute(
                insert(conversations)
                .values(channel="telegram", key=f"k{number}", person=f"p{number}", name="", state={}, created_at=now,
                        heard_at=now, reachable=True, staff_until=0.0, notified_until=0.0, worker="", worker_until=0.0,
                        inbox_due=None, outbox_due=None)
                .returning(conversations.c.id)
            ).scalar_one()  # fmt: skip
            consent = connection.execute(
                insert(consents)
                .values(conversation_id=home, channel="telegram", person=f"p{number}", purpose="call_back", version="1",
                        text_hash="0", event_id=f"e{number}", given_at=now, withdrawn_at=None)
                .returning(consents.c.id)
            ).scalar_one()  # fmt: skip
            commune = unit.title if unit else ""
            row = {
                "conversation_id": home, "consent_id": consent, "phone": phone, "name": name, "commune_code": code,
                "commune": commune, "need": "", "best_time": "", "channel": "telegram", "person": f"p{number}",
                "campaign": "", "organisation": "", "question": "", "answer": "", "citations": [], "status": "new",
                "reason": "", "household": "", "assigned_to": None, "due_at": None, "contacted_at": None,
                "joined_at": None, "search_key": search_key(name, phone, commune), "version": 0, "created_at": now,
                "updated_at": now, "closed_at": None,
            } | values  # fmt: skip
            made = connection.execute(insert(leads).values(**row).returning(leads.c.id)).scalar_one()
            connection.execute(insert(lead_events).values(lead_id=made, at=now, kind="created", by="citizen", data={}))
        return int(made)

    def rows(self, table: Any) -> list[dict[str, Any]]:
        """All rows of a table."""
        with reading(self.engine) as connection:
            return [dict(row) for row in connection.execute(table.select().order_by(*table.primary_key)).mappings()]


@contextmanager
def opened(engine: Engine, *, hired: bool = False, **kwargs: Any) -> Iterator[Office]:
    """An office with somebody of each role: `admin`, `tinh`, `here`, `there`, `bientap`, `lanhdao`; they are there already when `hired`."""
    hands = Hands()
    made: list[Console] = []

    def console(assets: Assets) -> Console:
        made.append(
            Console(
                engine,
                b"k" * 32,
                load_communes(),
                assets=assets,
                clock=hands,
                today=lambda: date(2026, 11, 28),
                **kwargs,
            )
        )
        return made[0]

    app = create_app(Answers(), console=console)
    office = Office(engine, made[0], hands, app)
    if hired:
        office.people.update((person.login, person) for person in office.console.accounts.everybody())
        yield office
        return
    office.hire("admin", Role.ADMIN)
    office.hire("tinh", Role.PROVINCE)
    office.hire("here", Role.COMMUNE, HERE.code)
    office.hire("there", Role.COMMUNE, THERE.code)
    office.hire("bientap", Role.EDITOR)
    office.hire("lanhdao", Role.LEADER)
    yield office
