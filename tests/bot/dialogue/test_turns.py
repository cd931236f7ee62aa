"""One turn: what is said and remembered."""

from __future__ import annotations

from datetime import date

import pytest

from bot.channels.contract import ContactShare, Inbound, Kind
from bot.delivery.inbox import Conversation
from bot.delivery.leases import ChannelState
from bot.delivery.windows import Purpose
from bot.dialogue.forms.readers import nowhere
from bot.dialogue.talk import OFFICE, Talk
from bot.dialogue.texts import say
from bot.dialogue.turns import STAFF_KEEP, TEXT_LIMIT, Turned, Turns, chosen
from bot.messages import ChatReply, Reply
from tests.bot.dialogue.people import Nobody

NOW = 1_795_000_000.0
ON = ChannelState()


class Answers:
    def __init__(self) -> None:
        self.asked: list[str] = []

    def answer(self, text: str, *, session: str) -> ChatReply:
        self.asked.append(text)
        return ChatReply("answered", (Reply("Đáp."),), "card")


def take(
    kind: Kind = Kind.TEXT,
    text: str = "",
    *,
    state: dict[str, object] | None = None,
    recent: int = 0,
    staff_until: float = 0.0,
    ours: bool = False,
    answers: Answers | None = None,
    off: ChannelState = ON,
    buttons: bool = True,
    **more: object,
) -> Turned:
    talk = Conversation(1, "plain", "c", "p", "Lan", state or {}, NOW - 50, True, staff_until, 0.0)
    talking = Talk(answers or Answers(), Nobody(), nowhere, OFFICE, lambda: date(2026, 11, 22))
    turns = Turns(talking, lambda channel: off, lambda channel, message: ours)
    event = Inbound("plain", "e", "c", "p", kind, text, **more)  # type: ignore[arg-type]
    return turns.take(event, talk, received_at=NOW, recent=recent, now=NOW, buttons=buttons)


def test_start_greets_with_questions_to_ask_and_remembers_the_code() -> None:
    turned = take(Kind.START, "cho-xa-1")
    assert turned.replies[0].text == say("greeting") and len(turned.replies[0].buttons) >= 2
    assert turned.state == {"campaign": "cho-xa-1", "met": True}
    assert "campaign" not in take(Kind.START, "mã có dấu").state


def test_words_are_answered_and_commands_do_or_ask() -> None:
    answers = Answers()
    (said,) = take(text=" mức đóng? ", answers=answers, state={"met": True}).replies
    assert said.text == "Đáp."
    take(text="/khonghieu gì đó", answers=answers)
    assert answers.asked == ["mức đóng?", "khonghieu gì đó"]
    assert "diện nào" in take(text="/tinh@bot_cua_xa").replies[0].text
    assert take(text="/trogiup").replies[0].text.endswith(say("help"))
    assert take(text="/dangky@bot_cua_xa").outcome == "form:begun"


def test_an_answer_offers_a_call_and_a_word_that_it_is_wrong_where_there_are_buttons() -> None:
    assert [b.value for b in take(text="mức đóng?").replies[0].buttons] == ["@lead", "@wrong"]
    assert take(text="mức đóng?", buttons=False).replies[0].buttons == ()


def test_what_is_no_question_gets_a_friendly_word() -> None:
    photo = take(Kind.OTHER, what="photo", state={"met": True})
    assert photo.replies[0].text == say("only_words", what="ảnh")
    assert take(Kind.OTHER, what="photo", group=True).replies == ()
    assert take(text="x" * (TEXT_LIMIT + 1), state={"met": True}).replies[0].text == say("too_long", limit=TEXT_LIMIT)
    assert take(text="\u200b", state={"met": True}).replies[0].text == say("help")


def test_a_number_shared_without_consent_is_not_kept() -> None:
    turned = take(Kind.CONTACT, contact=ContactShare("0900000001", "Lan"))
    assert turned.replies[0].text.endswith(say("contact_not_kept"))
    assert "0900000001" not in str(turned.state) + str(turned.changes)


def test_an_officers_word_silences_the_bot_but_our_own_echo_does_not() -> None:
    assert take(Kind.STAFF).changes == {"staff_until": NOW + STAFF_KEEP}
    assert take(Kind.STAFF, ours=True).changes == {}
    silent = take(text="hỏi", staff_until=NOW + 1)
    assert silent.replies == () and silent.changes["heard_at"] == NOW
    assert take(text="hỏi", staff_until=NOW - 1).replies


def test_leaving_is_noted_and_coming_back_undoes_it() -> None:
    assert take(Kind.STOP).changes == {"reachable": False}
    assert take(text="hỏi").changes["reachable"] is True
    assert take(Kind.FOLLOW).replies[0].text == say("greeting")
    assert take(Kind.FOLLOW, state={"met": True}).replies == ()


def test_too_many_messages_are_told_once_as_a_notice() -> None:
    told = take(text="hỏi", recent=15)
    assert (told.replies[0].text, told.purpose) == (say("too_fast"), Purpose.NOTICE)
    assert take(text="hỏi", recent=14).outcome.startswith("answered")


def test_a_channel_that_is_off_says_its_own_words() -> None:
    off = ChannelState(off_since=1.0, off_message="Nghỉ đến 14 giờ.")
    told = take(text="hỏi", off=off)
    assert told.replies[0].text == "Nghỉ đến 14 giờ."
    assert take(text="hỏi", off=off, state=dict(told.state)).replies == ()
    assert take(text="hỏi", off=ChannelState(off_since=1.0)).replies[0].text == say("channel_off")


@pytest.mark.parametrize(
    ("text", "meant"),
    [("#a.2", "hai cũ"), ("2", "hai"), ("2.", "hai"), ("9", ""), ("2 triệu", ""), ("#zz", ""), ("", "")],
)
def test_choices_by_value_or_by_number(text: str, meant: str) -> None:
    offered = {"#a.1": "một cũ", "#a.2": "hai cũ", "#b.1": "một", "#b.2": "hai"}
    assert chosen(offered, text) == meant


def test_numbered_choices_of_a_platform_without_buttons() -> None:
    assert chosen({"#1": "một", "#2": "hai"}, "1") == "một"
    assert chosen({}, "1") == ""


def test_a_number_typed_under_an_answer_does_nothing_where_buttons_can_be_pressed() -> None:
    offered = {"#1.1": "@lead", "#1.2": "@wrong"}
    answers = Answers()
    take(text="2", state={"met": True, "choices": offered}, answers=answers)
    assert answers.asked == ["2"]
    assert take(text="1", state={"met": True, "choices": {"#1": "@lead"}}, buttons=False).outcome == "form:begun"
    assert take(Kind.BUTTON, "#1.1", state={"met": True, "choices": offered}).outcome == "form:begun"
