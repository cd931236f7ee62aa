"""Leaving a number: consent first, every step mended in place, nothing kept that was not confirmed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.forms.engine import STALE
from bot.outreach.consent import VERSION
from bot.outreach.effects import Agreed, Reported
from bot.outreach.records import Held
from tests.bot.dialogue.people import NOW, Nobody, Person

PHONE = "0900 000 123"


def to_confirmation(person: Person | None = None) -> Person:
    person = person or Person()
    person.says("/dangky")
    person.presses("Đồng ý")
    person.says("nguyễn thị lan")
    person.says(PHONE)
    person.says("ba tơ")
    return person


def test_from_an_answer_to_a_lead_in_five_taps() -> None:
    person = Person()
    person.says("mức đóng?")
    person.presses("Nhờ cán bộ gọi lại")
    assert person.leads == [] and person.agreed == 0
    person.presses("Đồng ý")
    assert person.asked_for_contact
    person.shares("+84900000123", "Lan")
    summary = person.says("xã Ba Tơ")
    assert "Lan" in summary and "0900 000 123" in summary and "xã Ba Tơ" in summary
    done = person.presses("Đúng, gửi đi")
    (lead,) = person.leads
    assert (lead.phone, lead.name, lead.commune_code) == ("+84900000123", "Lan", "1")
    assert (lead.question, lead.citations[0]["document"]) == ("mức đóng?", "41/2024/QH15")
    assert "giờ làm việc, muộn nhất" in done and "OTP" in done
    assert "form" not in person.state


def test_consent_comes_first_and_names_what_the_law_asks() -> None:
    person = Person()
    words = person.says("/dangky")
    for named in ("họ tên, số điện thoại", "Để làm gì", "Ai được xem", "90 ngày", "rút lại đồng ý", "Không đồng ý thì"):
        assert named in words
    person.presses("Đồng ý")
    (agreed,) = person.effects
    assert isinstance(agreed, Agreed) and agreed.words.version == VERSION and len(agreed.words.hash) == 64
    assert agreed.words.text == words


@pytest.mark.parametrize("no", ["không", "Không đồng ý", "ko", "thôi"])
def test_a_refusal_keeps_nothing_and_goes_on(no: str) -> None:
    person = Person()
    person.says("/dangky")
    person.says(no)
    assert person.effects == [] and "form" not in person.state
    assert person.says("mức đóng?") == "Đáp: mức đóng?"


def test_silence_or_other_words_are_no_consent() -> None:
    person = Person()
    person.says("/dangky")
    assert "Mình tiếp tục nhé" in person.says("mức đóng là bao nhiêu?")
    person.says("hmm")
    person.says(PHONE)
    assert person.effects == []


def test_a_question_in_the_middle_is_answered_and_the_form_goes_on() -> None:
    person = to_confirmation()
    said = person.says("hộ nghèo đóng bao nhiêu?")
    assert said.startswith("Đáp: hộ nghèo đóng bao nhiêu?") and "Anh/chị xem lại giúp tôi" in said
    person.says("đúng rồi")
    assert len(person.leads) == 1


def test_each_line_of_the_summary_can_be_mended() -> None:
    person = to_confirmation()
    person.presses("Sửa tên")
    assert "Trần Văn Minh" in person.says("Trần Văn Minh")
    person.presses("Sửa số điện thoại")
    assert "0900 000 124" in person.says("0900000124")
    person.presses("Giờ gọi, điều cần giúp")
    person.presses("Buổi tối")
    assert "hỏi cho mẹ tôi" in person.says("hỏi cho mẹ tôi")
    person.presses("Sửa nơi ở")
    person.says("bình minh")
    assert person.offered[:2] == ["xã Bình Minh", "xã Bình Chương"]
    assert "xã Bình Chương" in person.presses("xã Bình Chương")
    person.presses("Đúng, gửi đi")
    (lead,) = person.leads
    assert (lead.name, lead.phone, lead.best_time, lead.commune_code) == (
        "Trần Văn Minh",
        "+84900000124",
        "Buổi tối",
        "3",
    )


def test_back_and_stop_work_in_words_and_by_button() -> None:
    person = Person()
    person.says("/dangky")
    person.presses("Đồng ý")
    person.says("Nguyễn Thị Lan")
    assert "họ tên" in person.says("quay lại")
    person.says("Lê Thị Hoa")
    assert "không giữ" in person.presses("Dừng")
    assert person.leads == [] and "Hoa" not in json.dumps(person.state)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("051200000001", "căn cước"),
        ("0900 12", "chưa đúng"),
        ("0900000123, 0900000124", "nhiều số"),
        ("+66 81 234 5678", "Việt Nam"),
    ],
)
def test_a_wrong_number_is_told_and_not_kept(typed: str, told: str) -> None:
    person = Person()
    person.says("/dangky")
    person.presses("Đồng ý")
    person.says("Nguyễn Thị Lan")
    assert told in person.says(typed)
    assert typed.replace(" ", "") not in json.dumps(person.state)


def test_an_identity_number_is_kept_at_no_step() -> None:
    person = Person()
    person.says("/dangky")
    person.presses("Đồng ý")
    assert "căn cước" in person.says("Nguyễn Thị Lan 051200000001")
    assert "051200000001" not in json.dumps(person.state)


def test_somebody_elses_card_is_not_taken() -> None:
    person = Person()
    person.says("/dangky")
    person.presses("Đồng ý")
    assert "của người khác" in person.shares("+84900000123", "Lan", own=False)
    assert "900000123" not in json.dumps(person.state)


def test_a_place_of_another_province_is_said() -> None:
    person = Person()
    person.says("/dangky")
    person.presses("Đồng ý")
    person.says("Nguyễn Thị Lan")
    person.says(PHONE)
    assert "thành phố Huế" in person.says("tôi ở Huế")
    assert "chưa nhận ra" in person.says("xã Không Có")


def test_a_form_that_was_left_is_closed_and_forgotten() -> None:
    person = Person()
    person.says("/dangky")
    person.presses("Đồng ý")
    person.says("Nguyễn Thị Lan")
    person.now = NOW + STALE + 1
    assert "Đáp: mức đóng?" in person.says("mức đóng?")
    assert person.state.get("form_timed_out") and "Lan" not in json.dumps(person.state)


def test_an_answer_called_wrong_is_handed_on_with_how_it_came_about() -> None:
    person = Person()
    person.says("mức đóng?")
    person.presses("Chưa đúng")
    (report,) = person.effects
    assert isinstance(report, Reported) and (report.kind, report.question) == ("wrong", "mức đóng?")


def test_two_questions_without_an_answer_offer_a_person() -> None:
    person = Person()
    person.says("chuyện lạ một")
    assert "Gặp cán bộ" not in person.offered and "Nhờ cán bộ gọi lại" in person.offered
    person.says("chuyện lạ hai")
    assert "Gặp cán bộ" in person.offered
    assert [e.kind for e in person.effects if isinstance(e, Reported)] == ["gap", "gap"]


def test_a_campaign_greets_in_its_own_words_and_goes_with_the_lead() -> None:
    person = Person()
    assert "Hội Phụ nữ xã chào chị em." in person.says("ts25")
    to_confirmation(person).presses("Đúng, gửi đi")
    assert person.leads[0].campaign == "TS25"


def test_what_is_kept_is_shown_and_can_be_taken_back() -> None:
    person = Person(kept=Nobody(Held(7, "Lan", "+84900000123", "xã Ba Tơ", "new", ("call_back",))))
    shown = person.says("/dulieu")
    assert "7 tin nhắn" in shown and "… 123" in shown and "0900" not in shown
    assert "không ai gọi" in person.presses("Rút lại đồng ý")
    person.says("/dulieu")
    assert "Mã xác nhận" in person.presses("Xóa hết")
    assert person.ended() and set(person.state) == {"erased"}
    assert "không ai gọi" in Person(kept=person.kept).says("đừng gọi cho tôi nữa")


WORDS = st.sampled_from([
    "đồng ý", "không", "Nguyễn Thị Lan", PHONE, "0900000124", "ba tơ", "bình minh", "xã Bình Chương", "đúng rồi", "quay lại", "thôi",
    "bỏ qua", "sửa tên", "sai số", "buổi tối", "mức đóng bao nhiêu?", "/dangky", "/dulieu", "/xoa", "/rut", "/canbo", "@lead", "@back",
    "@stop", "1", "2", "051200000001", "hmm", "", "chuyện lạ", "tôi muốn gặp cán bộ", "nhờ gọi lại", "ts25", "x" * 1001,
])  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(WORDS, max_size=25))
def test_no_dialogue_makes_a_lead_without_consent_or_gets_stuck(said: list[str]) -> None:
    person = Person()
    agreed = False
    for text in said:
        before = len(person.effects)
        person.says(text)
        for effect in person.effects[before:]:
            name = type(effect).__name__
            if name == "Agreed":
                agreed = True
            if name in ("Withdrawn", "Erased"):
                agreed = False
            assert name != "Lead" or agreed
        assert person.last.replies and all(reply.text.strip() for reply in person.last.replies)
        assert "051200000001" not in json.dumps(person.state.get("form", {}))
    person.says("/dangky")
    if person.state.get("form", {}).get("step") == "consent":
        assert person.offered[:2] == ["Đồng ý", "Không đồng ý"]


def test_a_consent_withdrawn_in_the_middle_closes_the_form() -> None:
    person = to_confirmation()
    person.says("/rut")
    assert "form" not in person.state
    person.says("đúng rồi")
    assert person.leads == []
