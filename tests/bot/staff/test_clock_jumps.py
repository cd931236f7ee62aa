"""A clock that was put back keeps no session, no closed account and no limit for longer than it should."""

from __future__ import annotations

import pytest

from bot.staff.accounts import CannotSignIn, TooManyTries
from tests.bot.staff.office import PASSWORD, Office

BACK = [3600.0, 86_400.0]


@pytest.mark.parametrize("back", BACK)
def test_an_account_that_was_closed_for_a_while_opens_again(office: Office, back: float) -> None:
    accounts = office.console.accounts
    for n in range(10):
        with pytest.raises(CannotSignIn):
            accounts.sign_in("here", "sai", f"1.2.3.{n}")
    with pytest.raises(CannotSignIn):
        accounts.sign_in("here", PASSWORD, "5.5.5.5")
    office.hands.now -= back
    office.hands.now += 901  # as long as it is closed
    assert accounts.sign_in("here", PASSWORD, "6.6.6.6").login == "here"


@pytest.mark.parametrize("back", BACK)
def test_an_address_that_tried_too_often_may_try_again(office: Office, back: float) -> None:
    accounts = office.console.accounts
    for _ in range(5):
        with pytest.raises(CannotSignIn):
            accounts.sign_in("here", "sai", "1.2.3.4")
    with pytest.raises(TooManyTries):
        accounts.sign_in("here", PASSWORD, "1.2.3.4")
    office.hands.now += 21 - back
    assert accounts.sign_in("here", PASSWORD, "1.2.3.4").login == "here"


@pytest.mark.parametrize("back", BACK)
def test_a_session_does_not_outlive_its_end(office: Office, back: float) -> None:
    browser = office.signed_in("here")
    assert browser.get("/staff/lead").url.path == "/staff/lead"
    office.hands.now -= 30  # as clocks are put right every day
    assert browser.get("/staff/lead").url.path == "/staff/lead"
    office.hands.now -= back
    assert browser.get("/staff/lead").url.path == "/staff/dang-nhap"
    assert office.signed_in("here").get("/staff/lead").url.path == "/staff/lead"
