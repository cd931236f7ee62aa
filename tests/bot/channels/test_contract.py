"""What every channel does for a person, whatever the platform: one suite for all of them and the web chat."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.messages import Button, ChatReply, Citation, Reply
from tests.bot.channels.drivers import person_on

WAYS = ["telegram polling", "telegram webhook", "zalo_oa webhook", "zalo_bot polling", "zalo_bot webhook", "web"]
LONG = "\n\n".join(
    f"Đoạn {n}: " + "mỗi tháng đóng 330.000 đồng theo khoản 2 Điều 36 Luật BHXH 2024. " * 4 for n in range(12)
)


class Desk:
    """Answers that show each ability: long, with choices, with a citation."""

    def answer(self, text: str, *, session: str) -> ChatReply:
        if text == "dài":
            return ChatReply("answered", (Reply(LONG),), "card")
        if text == "nhóm":
            buttons = (
                Button("Hộ nghèo", "Tôi thuộc hộ nghèo thì mỗi tháng đóng bao nhiêu tiền?"),
                Button("Hộ cận nghèo", "Tôi thuộc hộ cận nghèo thì mỗi tháng đóng bao nhiêu tiền?"),
            )
            return ChatReply("clarify", (Reply("Anh/chị thuộc nhóm nào?", buttons),), "needs_group")
        cite = Citation("41/2024/QH15", "Luật Bảo hiểm xã hội", "36", "2", quote="Người tham gia…")
        body = (
            f"Anh/chị hỏi: {text}\nCăn cứ: khoản 2 Điều 36 Luật BHXH 2024; theo quy định có hiệu lực ngày 22/11/2026."
        )
        return ChatReply("answered", (Reply(body, (), (cite,)),), "card")


@pytest.fixture(params=WAYS)
def person(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    with person_on(request.param, tmp_path, Desk()) as driver:
        yield driver


def test_a_question_gets_its_answer_with_the_clause(person: Any) -> None:
    person.say("lan", "mức đóng <thấp nhất> & cao nhất?")
    (text,) = person.wait("lan", 1)
    assert "Anh/chị hỏi: mức đóng <thấp nhất> & cao nhất?" in text
    assert "Căn cứ: khoản 2 Điều 36 Luật BHXH 2024" in text


def test_a_long_answer_comes_whole_and_in_order(person: Any) -> None:
    person.say("lan", "xin chào tôi hỏi")
    person.wait("lan", 1)
    person.say("lan", "dài")
    expected = LONG.split()
    parts: list[str] = []
    for count in range(2, 8):
        parts = person.wait("lan", count)[1:]
        if " ".join(parts).split() == expected:
            break
    assert " ".join(parts).split() == expected
    assert all(not part.endswith(("khoản", "Điều", "330.000")) for part in parts)


def test_a_choice_is_offered_and_taken(person: Any) -> None:
    person.say("lan", "nhóm")
    person.wait("lan", 1)
    assert person.offered("lan") == ["Hộ nghèo", "Hộ cận nghèo"]
    person.choose("lan", "Hộ cận nghèo")
    assert "Tôi thuộc hộ cận nghèo thì mỗi tháng đóng bao nhiêu tiền?" in person.wait("lan", 2)[1]


def test_people_are_kept_apart_and_each_is_answered_in_order(person: Any) -> None:
    for n in range(3):
        for who in ("lan", "minh"):
            person.say(who, f"câu số {n} của {who}")
    for who in ("lan", "minh"):
        texts = person.wait(who, 3)
        assert [f"câu số {n} của {who}" in texts[n] for n in range(3)] == [True, True, True]


def test_a_restart_in_the_middle_loses_nothing(person: Any) -> None:
    person.say("lan", "trước")
    person.wait("lan", 1)
    person.restart()
    person.say("lan", "sau")
    texts = person.wait("lan", 2)
    assert "Anh/chị hỏi: sau" in texts[1] and len(texts) == 2
