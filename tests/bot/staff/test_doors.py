"""Every route of the console with everybody: who may, who may not, and what a form without our token can do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from bot.staff.access import Right, Role, may
from bot.staff.console import OWN_ACCOUNT, SECOND_FACTOR, SIGN_OUT
from bot.staff.tables import audit
from knowledge.store import reading
from tests.bot.staff.office import Office

ROLES = {
    "admin": Role.ADMIN,
    "tinh": Role.PROVINCE,
    "here": Role.COMMUNE,
    "bientap": Role.EDITOR,
    "lanhdao": Role.LEADER,
}
_LEFT_OUT = {"audit", "audit_head", "staff_sessions", "sign_in_attempts"}  # what a refused request may write


def filled(path: str, number: int = 1) -> str:
    """The path with something in each of its places."""
    return re.sub(r"\{(\w+)(:int)?\}", lambda m: str(number) if m[2] else "x", path)


def content(office: Office) -> dict[str, list[Any]]:
    from bot.storage.migrate import TABLES

    with reading(office.engine) as connection:
        return {
            name: connection.execute(table.select().order_by(*table.primary_key)).all()
            for metadata in TABLES for name, table in metadata.tables.items() if name not in _LEFT_OUT
        }  # fmt: skip


def test_every_route_refuses_who_is_not_signed_in(office: Office) -> None:
    browser, before = office.stranger(), content(office)
    for route in office.console.routes:
        send = browser.client.get if route.method == "GET" else browser.client.post
        answer = send(filled(route.path), follow_redirects=False, headers={"accept": "text/html"})
        assert answer.status_code == 303, route
        assert answer.headers["location"].startswith("/staff/dang-nhap"), route
    assert content(office) == before
    assert len(office.console.routes) > 15


@pytest.mark.parametrize("who", ROLES)
def test_every_route_refuses_whose_role_lacks_its_right(office: Office, who: str) -> None:
    browser, before = office.signed_in(who), content(office)
    browser.get(OWN_ACCOUNT)
    refused = 0
    for route in office.console.routes:
        if may(ROLES[who], route.right):
            continue
        refused += 1
        answer = browser.get(filled(route.path)) if route.method == "GET" else browser.post(filled(route.path))
        assert answer.status_code == 403, route
    assert content(office) == before
    assert len([row for row in office.rows(audit) if row["action"] == "refused"]) == refused
    assert refused or who == "admin"


@pytest.mark.parametrize("who", ["admin", "tinh", "here"])
def test_no_form_is_taken_without_the_session_s_own_token(office: Office, who: str) -> None:
    other = office.signed_in("there")
    other.get(OWN_ACCOUNT)
    browser = office.signed_in(who)
    browser.get(OWN_ACCOUNT)
    before, tried = content(office), 0
    for route in office.console.routes:
        if route.method != "POST" or not may(ROLES[who], route.right):
            continue
        for token in ("", "x", other.token):
            assert browser.post(filled(route.path), token=token).status_code == 403, route
            tried += 1
        for header in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
            answer = browser.client.post(filled(route.path), data={"csrf": browser.token}, headers=header)
            assert answer.status_code == 403, route
    assert tried >= 15 and content(office) == before


@pytest.mark.parametrize("who", ROLES)
def test_reading_a_page_changes_nothing(office: Office, who: str) -> None:
    office.lead()
    browser, before = office.signed_in(who), content(office)
    for route in office.console.routes:
        if route.method == "GET" and may(ROLES[who], route.right):
            answer = browser.get(filled(route.path))
            assert answer.status_code in (200, 400, 404), (route, answer.status_code)
    assert content(office) == before


def test_no_page_is_kept_by_browsers_or_framed(office: Office) -> None:
    browser = office.signed_in("admin")
    for path in _pages(office):
        answer = browser.get(path)
        assert answer.headers["cache-control"] == "no-store", path
        assert answer.headers["x-frame-options"] == "DENY"
        assert "unsafe" not in answer.headers["content-security-policy"] or "svg" in answer.headers["content-type"]
        drawn = "svg" in answer.headers["content-type"]  # a picture styles itself
        forbidden = r"<script|\son\w+=" if drawn else r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|<style"
        assert not re.search(forbidden, answer.text), path


def test_each_right_is_had_by_somebody_and_none_by_all() -> None:
    for right in Right:
        having = {role for role in Role if may(role, right)}
        assert Role.ADMIN in having
        assert right in (Right.SIGNED_IN, Right.FIGURES) or having != set(Role), right
    assert not may(Role.LEADER, Right.LEADS) and not may(Role.EDITOR, Right.LEADS)


def _pages(office: Office) -> Iterator[str]:
    for route in office.console.routes:
        if route.method == "GET" and "{" not in route.path and route.path not in (SECOND_FACTOR, SIGN_OUT):
            yield route.path
