"""Asking to be reminded: own consent, what was said is not asked again, one word ends it."""

from __future__ import annotations

import pytest

from bot.dialogue.reminding import stops, wish
from bot.outreach.consent import Purpose
from bot.outreach.effects import Agreed, NoReminders, Remind
from bot.outreach.records import Held
from bot.outreach.schedule import deadline_of
from tests.bot.dialogue.people import NOW, TODAY, Nobody, Person


@pytest.mark.parametrize(
    ("said", "step", "what"),
    [
        ("nhắc tôi trước 1/1/2027", "consent", "day"),
        ("nhac toi truoc 1/1/2027 nhe", "consent", "day"),
        ("nhắc hạn đóng", "", None),
        ("nhắc tôi hạn đóng hằng tháng", "consent", "1"),
        ("đặt lịch nhắc đóng 3 tháng một lần", "start", "3"),
        ("nhắc em đóng hằng năm với", "start", "12"),
        ("nhắc tôi trước 1/1/2020", "day", "day"),
        ("đến hạn thì nhắc tôi nhé", "", None),
    ],
)
def test_a_wish_is_understood_as_far_as_it_goes(said: str, step: str, what: str | None) -> None:
    found = wish(said, TODAY, NOW)
    assert found is not None and (found.step, found.values.get("what")) == (step, what)


@pytest.mark.parametrize(
    "said",
    ["nhắc lại câu trả lời giúp tôi", "anh vừa nhắc đến hộ nghèo", "đừng nhắc tôi nữa", "nhạc chuông", "mức đóng?"],
)
def test_other_words_are_no_wish(said: str) -> None:
    assert wish(said, TODAY, NOW) is None


@pytest.mark.parametrize(
    "said", ["dừng", "Dừng lại", "ngừng nhắc", "thôi đừng nhắc nữa", "khong can nhac nua", "tắt nhắc", "stop"]
)
def test_one_word_stops(said: str) -> None:
    assert stops(said, waiting=True)


@pytest.mark.parametrize("said", ["dừng đóng thì mất gì?", "ngừng đóng 3 tháng có sao không", "thôi việc thì sao"])
def test_stopping_something_else_does_not(said: str) -> None:
    assert not stops(said, waiting=True)


def test_consent_comes_first_and_names_what_is_reminded_of() -> None:
    person = Person()
    words = person.says("nhắc tôi trước 1/1/2027")
    for named in ("trước ngày 1/1/2027", "Lưu gì", "Để làm gì", "Ai được xem", "nhắn “dừng”", "Không đồng ý thì"):
        assert named in words
    assert person.effects == []
    told = person.presses("Đồng ý")
    agreed, wanted = person.effects
    assert isinstance(agreed, Agreed) and agreed.words.purpose is Purpose.NEWS and agreed.words.text == words
    assert isinstance(wanted, Remind) and wanted.every_months == 0
    assert "trước ngày 1/1/2027" in told and "25/12/2026" in told
    assert "form" not in person.state


def test_the_form_asks_only_what_is_missing() -> None:
    person = Person()
    assert "nhắc việc gì" in person.says("/nhac")
    person.presses("Hạn đóng 6 tháng")
    assert "chưa đọc ra tháng" in person.says("hồi trước")
    person.says("tháng 9")
    person.says("đồng ý")
    wanted = person.effects[-1]
    assert isinstance(wanted, Remind) and wanted.every_months == 6
    assert str(deadline_of(wanted.due_at)) == "2026-12-31"


@pytest.mark.parametrize("no", ["không", "Không đồng ý", "thôi"])
def test_a_refusal_changes_nothing(no: str) -> None:
    person = Person()
    person.says("nhắc tôi trước 1/1/2027")
    person.says(no)
    assert person.effects == [] and "form" not in person.state


def test_a_day_that_cannot_be_is_asked_again() -> None:
    person = Person()
    assert "trước ngày nào" in person.says("nhắc tôi trước 1/1/2020")
    assert "đã qua" in person.says("1/1/2020") and "chưa đọc ra" in person.says("mai mốt")
    assert "trước ngày 1/1/2027" in person.says("1/1/2027")


def test_reminders_end_in_one_word_and_a_form_ends_before_them() -> None:
    person = Person(kept=Nobody(Held(reminders=("trước ngày 1/1/2027",), consents=("news",))))
    assert "ngừng nhắc" in person.says("dừng")
    assert person.effects == [NoReminders()]
    person.says("/tinh")
    assert "dừng phần tính" in person.says("dừng")
    assert len(person.effects) == 1
    assert "trước ngày 1/1/2027" in person.says("/dulieu") and "nhận lời nhắc" in person.says("/dulieu")
    assert "không có lời nhắc" in Person().says("ngừng nhắc")
    assert Person().says("dừng") == "Đáp: dừng"


def test_where_nothing_can_be_sent_unasked_it_is_said_and_not_promised() -> None:
    person = Person(reminds=False)
    assert "không được tự nhắn trước" in person.says("nhắc hạn đóng")
    assert person.effects == [] and "form" not in person.state


def test_going_back_from_the_consent_is_no_consent() -> None:
    person = Person()
    person.says("/nhac")
    person.presses("Hạn đóng 3 tháng")
    person.says("tháng 9")
    person.says("quay lại")
    assert person.effects == []
