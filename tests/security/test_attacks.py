"""What somebody hostile does from outside, at full count, and what comes of it: nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from bot.staff.access import Role
from bot.staff.accounts import Accounts, CannotSignIn, TooManyTries
from bot.staff.audit import Audit
from bot.staff.console import safe_path
from bot.staff.downloads import XLSX, download
from bot.staff.tables import staff
from bot.storage.migrate import migrate
from knowledge.store import open_engine, reading
from tests.bot.staff.office import CHEAP, PASSWORD, Office

GUESSES = 10_000
FORM = {"content-type": "application/x-www-form-urlencoded"}
EVIL = ["\r\nSet-Cookie: a=b", "\n\n<script>", "%0d%0aX-Evil: 1", "\u560d\u560aX-Evil: 1", "\x00", "\u2028x"]
PATHS = [
    "../../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "....//....//etc/passwd",
    "..\\..\\windows\\win.ini", "/etc/passwd", "file:///etc/passwd", "%00", "a%00.docx", "..;/..;/etc/passwd",
    "%252e%252e%252fetc%252fpasswd", "%c0%ae%c0%ae/etc/passwd", "CON", "~/.env", ".env", "keys/audit.key", "-1", "1e9",
    "99999999999999999999", "1 or 1=1", "1'--", "1;DROP TABLE staff",
]  # fmt: skip


@pytest.mark.slow
def test_ten_thousand_guesses_reach_few_passwords_and_never_the_right_one(tmp_path: Path) -> None:
    """Three and a half hours of guesses at one login, each from another address. What is right comes 20 times among them."""
    engine = open_engine(f"sqlite:///{tmp_path / 'guess.sqlite3'}")
    migrate(engine)
    now = [1_800_000_000.0]
    accounts = Accounts(engine, Audit(engine, b"k" * 32, lambda: now[0]), lambda: now[0], CHEAP)
    first = accounts.add("lan", "Lan", Role.ADMIN, by="test")
    person = accounts.everybody()[0]
    accounts.set_password(person, first, PASSWORD, PASSWORD)
    told = {"too many": 0, "wrong": 0, "in": 0}
    looked_at = locked = 0
    for n in range(GUESSES):
        now[0] += 1.3  # faster than a person, slower than a flood
        with reading(engine) as connection:
            closed = connection.execute(select(staff.c.locked_until)).scalar_one() > now[0]
        right = n % 500 == 499
        try:
            accounts.sign_in(
                "lan", PASSWORD if right and closed else f"đoán {n}", f"10.{n // 62_500}.{n // 250 % 250}.{n % 250}"
            )
            told["in"] += 1
        except TooManyTries:
            told["too many"] += 1
        except CannotSignIn:
            told["wrong"] += 1
            looked_at += not closed
            locked += closed
    assert told["in"] == 0
    minutes = GUESSES * 1.3 / 60
    assert told["wrong"] <= 20 * (minutes / 5 + 1)
    assert looked_at <= 10 * (minutes / 15 + 1), "guesses that could have been right"
    assert told["too many"] > GUESSES * 0.8 and locked > 0
    engine.dispose()


def test_a_flood_from_one_address_is_slowed_whatever_the_login(office: Office) -> None:
    accounts, passed = office.console.accounts, 0
    for n in range(200):
        office.hands.now += 0.1
        try:
            accounts.sign_in(f"login{n}", "x", "203.0.113.5")
        except TooManyTries:
            continue
        except CannotSignIn:
            passed += 1
    assert passed <= 5
    assert accounts.sign_in("here", PASSWORD, "203.0.113.6").login == "here"  # others are not held up


@pytest.mark.parametrize("evil", EVIL)
def test_no_header_is_made_of_what_was_sent(office: Office, evil: str) -> None:
    browser = office.stranger()
    browser.get("/staff/dang-nhap")
    for answer in (
        browser.client.get("/staff/dang-nhap", params={"tiep": "/staff" + evil, "da": evil}, follow_redirects=False),
        browser.client.post(
            "/staff/dang-nhap",
            data={"csrf": browser.token, "login": "here", "password": PASSWORD, "tiep": "/staff" + evil},
            follow_redirects=False,
        ),
        browser.client.get("/staff/lead", params={"x": evil}, follow_redirects=False),
        browser.client.get("/", params={"dot": evil}, headers={"x-request-id": "1", "origin": "https://evil.example"}),
    ):
        assert "x-evil" not in answer.headers and answer.headers.get("set-cookie", "").count("a=b") == 0
        for name, value in answer.headers.items():
            assert not re.search(r"[\r\n\0]", name + value)
        assert "access-control-allow-origin" not in answer.headers
    assert "evil" not in safe_path("/staff\\evil.example") and safe_path("//evil.example") == "/staff"
    sent = download(b"x", XLSX, f"danh sách{evil}.xlsx").headers["content-disposition"]
    assert not re.search(r"[\r\n\0]", sent) and sent.isascii() and sent.startswith("attachment")


def test_no_path_leads_out_of_the_house(office: Office) -> None:
    browser, tried = office.signed_in("admin"), 0
    office.lead()
    for route in office.console.routes:
        if route.method != "GET" or "{" not in route.path:
            continue
        for evil in PATHS:
            path = re.sub(r"\{[^}]+\}", lambda _, evil=evil: evil, route.path)  # type: ignore[misc]
            answer = browser.client.get(path, headers={"accept": "text/html"})
            assert answer.status_code in (200, 400, 404, 405, 422), (route.path, evil, answer.status_code)
            assert "root:" not in answer.text and "Traceback" not in answer.text
            tried += 1
    assert tried > 200


@pytest.mark.parametrize("evil", PATHS)
def test_static_files_are_those_that_were_loaded(office: Office, evil: str) -> None:
    client = TestClient(office.app)
    for path in (f"/static/{evil}", f"/static/chat.{evil}", f"/{evil}"):
        answer = client.get(path)
        assert answer.status_code in (404, 405) and "root:" not in answer.text
        assert "content-security-policy" in answer.headers
    assert client.get("/static/").status_code == 404  # no list of files


def test_no_parameter_counts_twice(office: Office) -> None:
    """A token in the address does not stand in for the one in the form, and the last of two does not win unseen."""
    browser = office.signed_in("admin")
    browser.get("/staff/tai-khoan")
    token = browser.token
    answer = browser.client.post(f"/staff/dang-xuat?csrf={token}", data={})
    assert answer.status_code == 403
    answer = browser.client.post(
        "/staff/dang-xuat",
        content=f"csrf={token}&csrf=x",
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 403


def test_fields_that_a_form_does_not_have_change_nothing(office: Office) -> None:
    browser = office.signed_in("here")
    browser.get("/staff/tai-khoan")
    extra = {
        "role": "admin",
        "communes": "",
        "is_admin": "1",
        "active": "0",
        "second": "1",
        "must_change": "0",
        "id": "1",
    }
    fields = {"old": "sai", "new": "chiều mưa quán cũ", "again": "chiều mưa quán cũ"} | extra
    before = office.console.accounts.everybody()
    browser.post("/staff/tai-khoan", fields)
    assert office.console.accounts.everybody() == before
    browser.post("/staff/tai-khoan", fields | {"old": PASSWORD})
    assert [(p.login, p.role, p.communes, p.active) for p in office.console.accounts.everybody()] == [
        (p.login, p.role, p.communes, p.active) for p in before
    ]
