"""Signing in and out: sessions, guesses, first passwords, the second factor."""

from __future__ import annotations

import pyotp
import pytest

from bot.staff.accounts import BadAccount, CannotSignIn, TooManyTries
from bot.staff.tables import audit, sessions
from tests.bot.staff.office import PASSWORD, Office


def test_a_session_begins_with_the_password_and_ends_with_signing_out(everywhere: Office) -> None:
    office = everywhere
    browser = office.stranger()
    assert browser.get("/staff/lead").url.path == "/staff/dang-nhap"
    before = dict(browser.client.cookies)
    answer = browser.post("/staff/dang-nhap", {"login": "HERE ", "password": PASSWORD, "tiep": "/staff/lead?xem=new"})
    assert answer.url.path == "/staff/lead" and answer.url.query == b"xem=new"
    cookie = browser.client.cookies["staff"]
    assert cookie not in before.values() and len(cookie) >= 40
    assert [row["id"] for row in office.rows(sessions)] != [cookie], "the cookie itself is kept nowhere"
    assert browser.post("/staff/dang-xuat").url.path == "/staff/dang-nhap"
    browser.client.cookies.set("staff", cookie)
    assert browser.get("/staff").url.path == "/staff/dang-nhap", "the old cookie is dead"


def test_the_cookie_is_not_for_scripts_or_other_sites(office: Office) -> None:
    browser = office.stranger()
    browser.get("/staff/dang-nhap")
    answer = browser.client.post(
        "/staff/dang-nhap", data={"csrf": browser.token, "login": "here", "password": PASSWORD}, follow_redirects=False
    )
    written = next(v for k, v in answer.headers.multi_items() if k == "set-cookie" and v.startswith("staff="))
    assert "HttpOnly" in written and "SameSite=strict" in written and "Path=/" in written


def test_a_wrong_password_and_an_unknown_login_get_the_same_words(office: Office) -> None:
    said = []
    for login, password in (("here", "sai"), ("khongco", "sai"), ("khongco", PASSWORD)):
        browser = office.stranger()
        browser.get("/staff/dang-nhap")
        answer = browser.post("/staff/dang-nhap", {"login": login, "password": password})
        assert answer.status_code == 401
        said.append(answer.text.replace(login, "").replace(browser.token, ""))
        office.hands.now += 30
    assert said[0] == said[1] == said[2]


def test_an_address_may_try_five_times_in_twenty_seconds(everywhere: Office) -> None:
    office = everywhere
    accounts = office.console.accounts
    for _ in range(5):
        with pytest.raises(CannotSignIn):
            accounts.sign_in("here", "sai", "1.2.3.4")
    with pytest.raises(TooManyTries) as caught:
        accounts.sign_in("here", PASSWORD, "1.2.3.4")
    assert 0 < caught.value.seconds <= 20
    office.hands.now += 21
    assert accounts.sign_in("here", PASSWORD, "1.2.3.4").login == "here"


def test_a_login_may_be_tried_twenty_times_in_five_minutes_from_wherever(office: Office) -> None:
    accounts = office.console.accounts
    for n in range(20):
        with pytest.raises(CannotSignIn):
            accounts.sign_in("khongco", "sai", f"1.2.3.{n}")
    with pytest.raises(TooManyTries):
        accounts.sign_in("khongco", "sai", "9.9.9.9")


def test_ten_wrong_passwords_close_an_account_for_a_while_without_saying_so(office: Office) -> None:
    accounts = office.console.accounts
    for n in range(10):
        with pytest.raises(CannotSignIn):
            accounts.sign_in("here", "sai", f"1.2.3.{n}")
    with pytest.raises(CannotSignIn) as caught:
        accounts.sign_in("here", PASSWORD, "5.5.5.5")
    assert "khoá" not in str(caught.value)
    office.hands.now += 901
    assert accounts.sign_in("here", PASSWORD, "5.5.5.5").login == "here"


def test_a_first_password_must_be_changed_before_anything_else(office: Office) -> None:
    first = office.console.accounts.reset("here", by="admin")
    browser = office.stranger()
    browser.get("/staff/dang-nhap")
    assert browser.post("/staff/dang-nhap", {"login": "here", "password": first}).url.path == "/staff/tai-khoan"
    assert browser.get("/staff/lead").url.path == "/staff/tai-khoan"
    short = browser.post("/staff/tai-khoan", {"old": first, "new": "ngắn", "again": "ngắn"})
    assert short.status_code == 400 and "12" in short.text
    changed = browser.post("/staff/tai-khoan", {"old": first, "new": PASSWORD, "again": PASSWORD})
    assert changed.url.path == "/staff/dang-nhap" and "Đã đổi mật khẩu" in changed.text
    assert office.signed_in("here").get("/staff/lead").url.path == "/staff/lead"


@pytest.mark.parametrize("what", ["password", "disabled", "reset", "idle", "old"])
def test_open_sessions_end_when_the_account_changes_or_time_passes(office: Office, what: str) -> None:
    browser = office.signed_in("here")
    match what:
        case "password":
            office.console.accounts.set_password(
                office.people["here"], PASSWORD, "một câu khác hẳn", "một câu khác hẳn"
            )
        case "disabled":
            office.console.accounts.disable("here", by="admin")
        case "reset":
            office.console.accounts.reset("here", by="admin")
        case "idle":
            office.hands.now += 1801
        case "old":
            for _ in range(30):
                office.hands.now += 1500
                browser.get("/staff")
    assert browser.get("/staff/lead").url.path == "/staff/dang-nhap"


def test_the_second_factor_is_asked_once_it_is_on_and_no_code_works_twice(office: Office) -> None:
    browser = office.signed_in("here")
    browser.get("/staff/tai-khoan")
    page = browser.post("/staff/tai-khoan/hai-lop", {"old": PASSWORD}).text
    secret = page.split("<code>")[1].split("</code>")[0]
    totp = pyotp.TOTP(secret)
    browser.post("/staff/tai-khoan/hai-lop/bat", {"code": totp.at(office.hands.now)})
    assert office.console.accounts.by_id(office.people["here"].id).second_factor

    again = office.signed_in("here")
    assert again.get("/staff/lead").url.path == "/staff/xac-thuc"
    assert again.post("/staff/xac-thuc", {"code": totp.at(office.hands.now)}).status_code == 401, "it was used"
    assert again.post("/staff/xac-thuc", {"code": "000000"}).status_code == 401
    before = again.client.cookies["staff"]
    office.hands.now += 60
    again.get("/staff/xac-thuc")
    assert again.post("/staff/xac-thuc", {"code": totp.at(office.hands.now)}).url.path == "/staff"
    assert again.client.cookies["staff"] != before
    assert again.get("/staff/lead").url.path == "/staff/lead"


def test_nobody_is_sent_to_another_site_after_signing_in(office: Office) -> None:
    for wanted in ("//evil.example", "https://evil.example", "/staff//evil.example", "/staffevil", "/staff\\evil", "/"):
        browser = office.stranger(f"10.3.0.{len(wanted)}")
        browser.get("/staff/dang-nhap")
        answer = browser.post("/staff/dang-nhap", {"login": "here", "password": PASSWORD, "tiep": wanted})
        assert str(answer.url) == "http://testserver/staff"
        office.hands.now += 30


def test_the_last_administrator_stays(office: Office) -> None:
    with pytest.raises(BadAccount, match="cuối cùng"):
        office.console.accounts.disable("admin", by="admin")


def test_signing_in_is_in_the_audit_without_what_was_typed(everywhere: Office) -> None:
    office = everywhere
    office.signed_in("here")
    with pytest.raises(CannotSignIn):
        office.console.accounts.sign_in("mật khẩu gõ nhầm ô", "sai", "1.1.1.1")
    found = office.rows(audit)
    assert [row["action"] for row in found if row["action"] != "lead.list"][-2:] == ["sign_in", "sign_in.refused"]
    assert "gõ nhầm" not in str(found) and PASSWORD not in str(found)
