"""What a person says of themself is kept with the conversation, shown and forgotten on request, and never mixed between people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.channels.contract import Inbound, Kind
from bot.dialogue.talk import OFFICE, Here, Talk
from bot.messages import ChatReply, Reply, Show
from tests.bot.dialogue.people import NOW, TODAY, Nobody, Person, find_place


@dataclass
class Remembers:
    """Learns an age and a group by two words, declines "xấu", and says what it was given."""

    given: list[Mapping[str, Any]] = field(default_factory=list)

    def answer(self, text: str, *, session: str) -> ChatReply:
        return self.follow(text, session=session, past={})

    def follow(
        self,
        text: str,
        *,
        session: str,
        past: Mapping[str, str],
        about: Mapping[str, Any] | None = None,
        show: Show | None = None,
    ) -> ChatReply:
        known = dict(about or {})
        self.given.append(known)
        if "xấu" in text:
            return ChatReply("declined", (Reply("Tôi không giúp việc này."),), "harmful", about=known)
        new = {"age": 16} if "16 tuổi" in text else {"groups": ["near_poor"]} if "cận nghèo" in text else {}
        return ChatReply("answered", (Reply(f"Đáp: {text}"),), "card:x", past={"question": text}, about=known | new)

    def explain(self, card: str, text: str) -> ChatReply | None:
        return None


def test_facts_are_kept_and_given_back_with_the_next_question() -> None:
    answers = Remembers()
    person = Person(answers)
    person.says("tôi hộ cận nghèo")
    person.says("mức đóng?")
    assert answers.given == [{}, {"groups": ["near_poor"]}]
    assert person.state["about"] == {"groups": ["near_poor"]}


@pytest.mark.parametrize("asked", ["/dulieu", "bạn nhớ gì về tôi?", "ban biet nhung gi ve toi"])
def test_they_are_shown_on_request(asked: str) -> None:
    person = Person(Remembers())
    person.says("tôi hộ cận nghèo, tôi ở xã Ba Tơ")
    assert "hộ cận nghèo, ở xã Ba Tơ" in person.says(asked)


def test_they_are_forgotten_alone_or_with_everything() -> None:
    person = Person(Remembers())
    person.says("tôi hộ cận nghèo")
    assert "đã quên" in person.says("quên những gì tôi đã nói đi")
    assert "about" not in person.state and person.state["last"]
    person.says("tôi hộ cận nghèo")
    person.says("/xoa")
    assert set(person.state) == {"erased"}


def test_what_was_declined_teaches_nothing_and_ends_what_may_be_carried_along() -> None:
    person = Person(Remembers())
    person.says("tôi hộ cận nghèo")
    person.says("việc xấu, tôi ở xã Ba Tơ")
    assert person.state["about"] == {"groups": ["near_poor"]} and "past" not in person.state


def test_the_commune_somebody_lives_in_needs_no_asking_again() -> None:
    person = Person(Remembers())
    person.says("tôi ở xã Ba Tơ thì đăng ký ở đâu?")
    person.says("/dangky")
    person.presses("Đồng ý")
    person.says("Nguyễn Thị Lan")
    assert "Nơi ở: xã Ba Tơ" in person.says("0900 000 123")
    person.presses("Đúng, gửi đi")
    assert person.leads[0].commune_code == "1"


@pytest.mark.parametrize("said", ["mẹ tôi ở xã Ba Tơ", "ở xã Ba Tơ đăng ký ở đâu", "tôi ở xã Bình Minh", "tôi ở Huế"])
def test_a_place_of_others_or_in_doubt_is_not_taken(said: str) -> None:
    person = Person(Remembers())
    person.says(said)
    assert "about" not in person.state


def test_who_said_to_be_under_eighteen_leaves_no_number() -> None:
    person = Person(Remembers())
    person.says("cháu 16 tuổi đóng được không")
    assert "cha mẹ" in person.says("/dangky")
    assert "form" not in person.state and person.effects == []


def test_a_group_of_people_has_no_memory_of_one() -> None:
    answers = Remembers()
    talk = Talk(answers, Nobody(), find_place, OFFICE, lambda: TODAY)
    state: dict[str, Any] = {}
    for text in ("tôi hộ cận nghèo", "mức đóng?"):
        talk.take(Here(Inbound("plain", "e", "g", "p", Kind.TEXT, text, group=True), 1, state, NOW))
    assert answers.given == [{}, {}] and "about" not in state
