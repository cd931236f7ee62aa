"""Nothing that belongs to one person reaches a model; what is everybody's does."""

from __future__ import annotations

import unicodedata

import pytest

from bot.assisting import places_of
from bot.bootstrap import System
from knowledge.model.masking import Masker, leaks
from knowledge.vietnamese import clean, fold
from tests.chat_models import Heard, faithful, scripted
from tests.knowledge.model.conftest import TODAY, helped_by
from tests.knowledge.model.persons import messages

PLACES = places_of("Quảng Ngãi")


def masked(text: str) -> str:
    return Masker(PLACES).mask(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Tôi tên là Nguyễn Văn An, sđt 0905 123 456", "Tôi tên là ⟦TÊN 1⟧, sđt ⟦SĐT 1⟧"),
        ("cccd 051 088 001 234, ở thôn Phú Nhơn, xã Tịnh Khê", "cccd ⟦CCCD 1⟧, ở ⟦NƠI 1⟧"),
        ("gọi 09o5.123.456 hoặc 0905123456", "gọi ⟦SĐT 1⟧ hoặc ⟦SĐT 2⟧"),
        ("không chín không năm một hai ba bốn năm sáu", "⟦SĐT 1⟧"),
        ("an.nguyen @ gmail . com", "⟦THƯ 1⟧"),
        ("an a còng gmail chấm com", "⟦THƯ 1⟧"),
        ("toi ten nguyen thi hoa o so nha 12 duong le loi", "toi ten ⟦TÊN 1⟧ o ⟦NƠI 1⟧"),
        ("con tôi tên Bi, chị Hoa hỏi giúp", "con tôi tên ⟦TÊN 1⟧, chị ⟦TÊN 2⟧ hỏi giúp"),
        ("12/5 Quang Trung, P. Nghĩa Lộ", "⟦NƠI 1⟧"),
        ("TRẦN THỊ MAI 0905.12.34.56", "⟦TÊN 1⟧ ⟦SĐT 1⟧"),
    ],
)
def test_what_belongs_to_a_person_becomes_a_mark(text: str, shown: str) -> None:
    assert masked(text) == shown
    assert masked(unicodedata.normalize("NFD", text)) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Tôi là hộ nghèo, đóng 330.000 đồng/tháng từ 1/7/2025 đến 31/12/2026 được 15 năm thì lương hưu bao nhiêu?",
        "em là lao động tự do, thu nhập 1.500.000 đồng, muốn đóng 22%",
        "khoản 2 Điều 98 Luật Bảo hiểm xã hội 41/2024/QH15, Nghị định 159/2025/NĐ-CP",
        "phuong thuc dong bhxh tinh nhu the nao, to khai nop o dau",
        "gọi tổng đài 1900 9068 có mất tiền không",
        "vợ tôi sinh con năm 2027, chồng tôi 61 tuổi",
        "đóng từ 01/2010 đến 12/2024, nghỉ 2016 - 2018",
        "lương hưu 12.345.678 đồng, tổng 1.200.000.000 đồng",
    ],
)
def test_what_is_everybodys_stays(text: str) -> None:
    assert masked(text) == text
    assert not leaks(text)


def test_the_same_value_has_one_mark_and_all_come_back() -> None:
    masker = Masker(PLACES)
    text = "Tôi tên là Lê Thị Hồng, gọi 0905123456. Nhắc lại: 0905123456, Lê Thị Hồng"
    shown = masker.mask(text)
    assert shown.count("⟦SĐT 1⟧") == 2 and shown.count("⟦TÊN 1⟧") == 2
    assert masker.restore(shown) == text


def test_marks_of_others_are_no_marks_of_ours() -> None:
    masker = Masker()
    assert masker.mask("chép ⟦SĐT 1⟧ cho tôi") == "chép (SĐT 1) cho tôi"
    assert masker.foreign("Chào ⟦TÊN 7⟧") and masker.restore("Chào ⟦TÊN 7⟧") == "Chào "


def test_of_a_thousand_messages_no_value_is_in_a_prompt(system: System) -> None:
    heard = Heard()
    knowledge = helped_by(system, scripted(faithful, heard), places=PLACES)
    asked = 0
    seen: list[str] = []
    for message in messages(1_000, seed=20):
        before = len(heard.prompts)
        knowledge.answer(message.text, today=TODAY)
        told = "\n".join(material for _, material in heard.prompts[before:])
        asked += len(heard.prompts) > before
        plain = fold(told)
        seen += [f"{h!r} of {message.text!r}" for h in message.hidden if fold(clean(h)) in plain]
    assert asked > 300, "the model was hardly asked: the test says nothing"
    assert seen == []


def test_a_masker_alone_lets_no_value_through() -> None:
    seen = []
    for message in messages(2_000, seed=7):
        plain = fold(masked(message.text))
        seen += [
            f"{h!r} of {message.text!r} -> {masked(message.text)!r}" for h in message.hidden if fold(clean(h)) in plain
        ]
    assert seen == [], f"{len(seen)}: {seen[:8]}"
