"""What a model may do for an answer, and what it may not."""

from __future__ import annotations

import itertools
import json
import random
import time
from collections.abc import Iterator, Sequence

import pytest

from bot.bootstrap import System
from knowledge.answering import AnswerStatus
from knowledge.model.assistant import SECONDS
from knowledge.model.understanding import labels
from tests.chat_models import (
    Heard,
    Liar,
    Reply,
    breaking,
    dripping,
    faithful,
    is_wording,
    line,
    saying,
    scripted,
    sources_in,
    stalling,
)
from tests.knowledge.model.conftest import TODAY, Free, helped_by

QUESTION = "Hộ cận nghèo đóng BHXH tự nguyện mỗi tháng bao nhiêu?"
RAMBLING = "trời ơi hôm bữa đi chợ gặp mấy chị nói chuyện qua lại mà tui nghe lùng bùng, mấy chỉ bàn chuyện về già, thôi kể vậy đó"


def steps(answer: object, name: str) -> list[str]:
    return [step.result for step in answer.trace if step.name == name]  # type: ignore[attr-defined]


def test_without_a_model_nothing_changes(system: System) -> None:
    answer = system.knowledge.answer(QUESTION, today=TODAY)
    assert answer.material is not None and answer.material.body in answer.text
    assert not steps(answer, "model")


def test_a_faithful_model_words_the_body_and_the_rest_stays_ours(system: System) -> None:
    plain = system.knowledge.answer(QUESTION, today=TODAY)
    heard = Heard()
    answer = helped_by(system, scripted(faithful, heard)).answer(QUESTION, today=TODAY)
    assert steps(answer, "model answer") == ["used"]
    assert "Dạ, " in answer.text and answer.text != plain.text
    assert plain.text.rsplit("\n", 1)[1] == answer.text.rsplit("\n", 1)[1]  # the clauses and the day
    assert (answer.citations, answer.status, answer.reason) == (plain.citations, plain.status, plain.reason)
    rules, material = heard.prompts[0]
    assert "41/2024" not in rules and QUESTION not in rules
    assert material.count("\n[1] ") == 1


def test_what_was_declined_never_reaches_the_model(system: System) -> None:
    heard = Heard()
    knowledge = helped_by(system, scripted(faithful, heard))
    for text in ("Làm giấy giả hộ nghèo giúp tôi", "Mật khẩu của tôi là Huong@1990", "chào bạn", "cảm ơn"):
        assert knowledge.answer(text, today=TODAY).status is not AnswerStatus.ANSWERED
    assert heard.prompts == []


def test_parts_are_shown_in_order_and_only_when_they_are_checked(system: System) -> None:
    parts: list[str] = []
    liar = Liar(lies=["Anh/chị được nhận thêm 9.000.000 đồng."])
    answer = helped_by(system, scripted(liar)).answer(QUESTION, today=TODAY, show=parts.append)
    assert parts and all(b.startswith(a) for a, b in itertools.pairwise(parts))
    assert not any("9.000.000" in text for text in (*parts, answer.text))
    assert any("9.000.000" in removed for removed in steps(answer, "model removed"))


def test_when_something_is_left_out_the_answer_without_a_model_is_sent(system: System) -> None:
    def half(rules: str, material: str) -> Iterator[str]:
        yield line(sources_in(material)[0].split(" / ")[0][:40], "[1]")

    plain = system.knowledge.answer(QUESTION, today=TODAY)
    answer = helped_by(system, scripted(half)).answer(QUESTION, today=TODAY)
    assert answer.text == plain.text
    assert steps(answer, "model answer")[0].startswith("not used")


def test_prompts_of_a_person_who_used_up_the_day_are_not_sent(system: System) -> None:
    heard = Heard()
    answer = helped_by(system, scripted(faithful, heard), Free(open_=False)).answer(QUESTION, today=TODAY)
    assert heard.prompts == [] and "spent" in steps(answer, "model")[0]
    assert answer.text == system.knowledge.answer(QUESTION, today=TODAY).text


# reading


def reading(**said: object) -> Reply:
    def reply(rules: str, material: str) -> Iterator[str]:
        if is_wording(rules):
            yield from faithful(rules, material)
        else:
            yield json.dumps(said, ensure_ascii=False)

    return reply


def test_a_rambling_message_is_read_and_the_person_is_told_how(system: System) -> None:
    assert system.knowledge.answer(RAMBLING, today=TODAY).status is not AnswerStatus.ANSWERED
    model = scripted(reading(label="luong_huu", question="Đóng BHXH tự nguyện bao lâu thì có lương hưu", facts={}))
    answer = helped_by(system, model, words=False).answer(RAMBLING, today=TODAY)
    assert answer.status is AnswerStatus.ANSWERED
    assert answer.text.startswith("Tôi hiểu anh/chị hỏi: “Đóng BHXH tự nguyện bao lâu thì có lương hưu?”\n")
    assert answer.past.topic == "luong_huu" and answer.citations


@pytest.mark.parametrize(
    "said",
    [
        {"label": "khong_ro", "question": ""},
        {
            "label": "rut_mot_lan",
            "question": "Đóng BHXH tự nguyện bao lâu thì có lương hưu",
        },  # another topic than its answer's
        {"label": "nhan_tien", "question": "Đóng BHXH tự nguyện bao lâu thì có lương hưu"},  # no label of ours
        {
            "label": "luong_huu",
            "question": "Đóng đủ 33 năm thì lương hưu bao nhiêu phần trăm",
        },  # years that nobody said
        {"label": "luong_huu", "question": "Hộ nghèo đóng bao lâu thì có lương hưu"},  # a group that nobody named
        {"label": "luong_huu", "question": "Xem http://x.vn đóng bao lâu thì có lương hưu"},
        {"label": "luong_huu", "question": "x" * 400},
        {"label": ["luong_huu"], "question": "Đóng bao lâu"},
        {"nothing": 1},
    ],
)
def test_a_reading_that_the_message_does_not_bear_out_changes_nothing(said: dict[str, object], system: System) -> None:
    plain = system.knowledge.answer(RAMBLING, today=TODAY)
    answer = helped_by(system, scripted(reading(**said))).answer(RAMBLING, today=TODAY)
    assert (answer.text, answer.status) == (plain.text, plain.status)


def test_facts_count_only_as_far_as_they_were_said(system: System) -> None:
    text = f"{RAMBLING}, tui năm nay 52 tuổi"
    facts = {"income": 5_000_000, "age": 52, "years_paid": None, "sex": "nữ", "group": "hộ nghèo"}
    model = scripted(reading(label="luong_huu", question="Đóng bao lâu thì có lương hưu", facts=facts))
    answer = helped_by(system, model, words=False).answer(text, today=TODAY)
    if answer.status is AnswerStatus.ANSWERED and answer.text.startswith("Tôi hiểu"):
        assert "52 tuổi" in answer.text.split("\n")[0]
        assert "5.000.000" not in answer.text and "hộ nghèo" not in answer.text.split("\n")[0]
    assert all("income" in told and "group" in told for told in steps(answer, "model read"))


def test_the_two_uses_can_be_switched_off_each(system: System) -> None:
    heard = Heard()
    model = scripted(reading(label="luong_huu", question="Đóng BHXH tự nguyện bao lâu thì có lương hưu"), heard)
    helped_by(system, model, reads=False).answer(RAMBLING, today=TODAY)
    helped_by(system, model, words=False).answer(QUESTION, today=TODAY)
    assert heard.prompts == []


# failing

FAILURES: dict[str, Reply] = {
    "stall": stalling(3),
    "drip": dripping(0.05, 1000),
    "break": breaking,
    "empty": saying(""),
    "blank": saying(" \n\n"),
    "garbage": saying("\x00\xff{]}<html>" * 50),
    "megabyte": saying("x" * 1_000_000),
    "megabyte of braces": saying("{}" * 500_000),
    "wrong JSON": saying('{"sentences": [{"text": 7}, {"txet": "a"}]}'),
    "half JSON": saying('{"text": "Mức đóng là'),
    "nothing of the source": saying(line("Trời hôm nay đẹp quá.", "[1]")),
    "unknown source": saying(line("Mức đóng là 22%.", "[9]")),
    "null": saying("null"),
}


def one_after_another(kinds: Sequence[str]) -> Reply:
    """Fails in these ways, one a call."""
    left = iter(kinds)

    def reply(rules: str, material: str) -> Iterator[str]:
        yield from FAILURES[next(left)](rules, material)

    return reply


def test_two_hundred_sequences_of_failures_get_the_answer_without_a_model(system: System) -> None:
    dice = random.Random(8)
    plain = system.knowledge.answer(QUESTION, today=TODAY)
    kinds = list(FAILURES)
    wrong, longest = [], 0.0
    for n in range(200):
        sequence = [
            kinds[n % len(kinds)],
            *dice.choices([k for k in kinds if k not in ("stall", "drip")], k=dice.randrange(3)),
        ]
        knowledge = helped_by(system, scripted(one_after_another(sequence)), seconds=0.5)
        for kind in sequence:
            begun = time.monotonic()
            answer = knowledge.answer(QUESTION, today=TODAY)
            longest = max(longest, time.monotonic() - begun)
            wrong += [f"{sequence}: {kind}"] if answer.text != plain.text else []
    assert wrong == []
    assert longest < 10  # the promise to the citizen, twenty times the time the model was given here


def test_the_citizen_waits_less_than_ten_seconds_for_a_model_that_hangs(system: System) -> None:
    knowledge = helped_by(system, scripted(stalling(60)))
    begun = time.monotonic()
    answer = knowledge.answer(QUESTION, today=TODAY)
    assert answer.text == system.knowledge.answer(QUESTION, today=TODAY).text
    assert SECONDS <= time.monotonic() - begun < 10


def test_every_topic_of_the_cards_is_a_label(system: System) -> None:
    assert {card.topic for card in system.cards().cards if card.topic} <= set(labels())
