"""From a question to a person who will be called, on every channel and through the emulators of the platforms."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.outreach.communes import load_communes
from bot.outreach.tables import consents, leads, requests
from tests.bot.channels.drivers import person_on, until
from tests.bot.channels.test_contract import WAYS
from tests.bot.dialogue.people import Answers

FORM = ["đồng ý", "Nguyễn Thị Lan", "0900 000 123", "xã Ba Tơ", "đúng rồi"]


@pytest.fixture(params=WAYS)
def person(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    with person_on(request.param, tmp_path, Answers(), find_place=load_communes().find) as driver:
        yield driver


def talk(person: Any, *said: str, who: str = "lan") -> str:
    """Says one thing after the other, each when the one before is answered; the last answer."""
    for text in said:
        before = len(person.heard(who))
        person.say(who, text)
        person.wait(who, before + 1)
    return str(person.heard(who)[-1])


def kept(person: Any, table: Any) -> list[dict[str, Any]]:
    with person.house.engine.connect() as connection:
        return [dict(row) for row in connection.execute(select(table)).mappings()]


def test_a_person_leaves_a_number_and_is_told_when_they_are_called(person: Any) -> None:
    talk(person, "mức đóng?", "/dangky")
    assert kept(person, leads) == kept(person, consents) == []
    heard = len(person.heard("lan"))
    person.choose("lan", "Đồng ý")
    person.wait("lan", heard + 1)
    assert len(kept(person, consents)) == 1
    done = talk(person, *FORM[1:])
    assert "0900 000 123" in done and "muộn nhất" in done
    (lead,) = kept(person, leads)
    assert (lead["phone"], lead["commune"], lead["channel"]) == ("+84900000123", "xã Ba Tơ", person.name)
    assert lead["question"] == "mức đóng?"


def test_a_restart_resumes_at_the_same_question(person: Any) -> None:
    talk(person, "/dangky", *FORM[:3])
    person.restart()
    assert "Anh/chị xem lại giúp tôi" in talk(person, "xã Ba Tơ")
    talk(person, "đúng rồi")
    assert len(kept(person, leads)) == 1


def test_a_question_in_the_middle_is_answered_and_the_form_goes_on(person: Any) -> None:
    talk(person, "/dangky", "đồng ý")
    before = len(person.heard("lan"))
    person.say("lan", "hộ nghèo đóng bao nhiêu?")
    answer, again = person.wait("lan", before + 2)[before : before + 2]
    assert "Đáp: hộ nghèo" in answer and "họ tên" in again


def test_a_refusal_keeps_nothing(person: Any) -> None:
    assert "không lưu gì" in talk(person, "/dangky", "không đồng ý")
    assert kept(person, leads) == kept(person, consents) == []


def test_what_was_kept_can_be_taken_back_at_once(person: Any) -> None:
    talk(person, "/dangky", *FORM)
    assert "không ai gọi" in talk(person, "/rut")
    (lead,) = kept(person, leads)
    assert lead["status"] == "withdrawn"
    assert [r["kind"] for r in kept(person, requests)] == ["withdraw"]


@pytest.mark.parametrize("way", ["telegram polling", "zalo_oa webhook"])
def test_the_platforms_own_form_gives_name_and_number(way: str, tmp_path: Path) -> None:
    with person_on(way, tmp_path, Answers(), find_place=load_communes().find) as person:
        talk(person, "mức đóng?", "/dangky")
        heard = len(person.heard("lan"))
        person.choose("lan", "Đồng ý")
        person.wait("lan", heard + 1)
        if person.name == "telegram":
            person.emulator.share_contact(person.id("lan"))
        else:
            until(lambda: person.emulator.users[person.id("lan")].asked_info)
            person.emulator.fill_info(person.id("lan"), "Nguyễn Thị Lan")
        until(lambda: "xã, phường hay đặc khu" in person.heard("lan")[-1])
        talk(person, "tịnh khê", "đúng rồi")
        (lead,) = kept(person, leads)
        assert lead["phone"] == "+84900000001" and lead["name"] and lead["commune"] == "xã Tịnh Khê"
