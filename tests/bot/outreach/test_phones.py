"""Phone numbers as people type them. The numbers are of ranges that nobody has or made up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.outreach.phones import Phone, PhoneProblem, holds_identity_number, read_phone


@pytest.mark.parametrize(
    ("typed", "e164"),
    [
        ("0900000123", "+84900000123"),
        ("0900 000 123", "+84900000123"),
        ("0900.000.123", "+84900000123"),
        ("số em là 0900-000-123 nhé", "+84900000123"),
        ("+84 900 000 123", "+84900000123"),
        ("84900000123", "+84900000123"),
        ("(+84) 900000123", "+84900000123"),
        ("dt: 0900000123, goi buoi toi", "+84900000123"),
        ("0255 3 555 000", "+842553555000"),
        ("0900000123 / 0900 000 123", "+84900000123"),
    ],
)
def test_one_number_in_many_spellings(typed: str, e164: str) -> None:
    assert read_phone(typed) == Phone(e164)


def test_a_prefix_of_before_2018_is_the_new_one() -> None:
    assert read_phone("0165 000 0123") == Phone("+84350000123", renumbered=True)
    assert read_phone("01650000123") == Phone("+84350000123", renumbered=True)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", PhoneProblem.NONE),
        ("gọi cho tôi nhé", PhoneProblem.NONE),
        ("thu nhập 3.000.000 đồng", PhoneProblem.NONE),
        ("051200000001", PhoneProblem.IDENTITY),
        ("cccd 051 200 000 001", PhoneProblem.IDENTITY),
        ("212345678", PhoneProblem.IDENTITY),
        ("090000012", PhoneProblem.WRONG),
        ("09000001234", PhoneProblem.WRONG),
        ("0123456789", PhoneProblem.WRONG),
        ("+66 81 234 5678", PhoneProblem.FOREIGN),
        ("0900000123 hoặc 0900000124", PhoneProblem.SEVERAL),
    ],
)
def test_what_is_no_number_is_named(typed: str, problem: PhoneProblem) -> None:
    assert read_phone(typed) is problem


def test_a_number_is_shown_as_people_read_it_and_hidden_where_others_look() -> None:
    phone = Phone("+84900000123")
    assert phone.shown == "0900 000 123" and phone.hidden == "… 123"


def test_an_identity_number_is_seen_in_any_text() -> None:
    assert holds_identity_number("cccd của em 051200000001 ạ") and holds_identity_number("051-200-000-001")
    assert not holds_identity_number("0900000123") and not holds_identity_number("3.000.000.000.000")


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_a_problem(text: str) -> None:
    found = read_phone(text)
    assert isinstance(found, Phone | PhoneProblem)
    if isinstance(found, Phone):
        assert found.e164.startswith("+84") and found.e164[1:].isdigit()
