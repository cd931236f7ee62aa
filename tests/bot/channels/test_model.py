"""A chat model behind the channels: signs of life, drafts of what is checked, an answer in time, and no power over anything."""

from __future__ import annotations

import itertools
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.bootstrap import System
from bot.clock import FixedClock
from bot.dialogue.answerer import KnowledgeAnswerer
from bot.storage.migrate import bot_tables
from tests.bot.channels.drivers import person_on
from tests.chat_models import Reply, is_wording, line, saying, scripted, sources_in, stalling
from tests.knowledge.model.conftest import TODAY, helped_by, system

__all__ = ["system"]  # the fixture

QUESTION = "Hộ nghèo được hỗ trợ bao nhiêu tiền đóng BHXH tự nguyện?"
LIE = "Anh/chị được tặng thêm 7.777.777 đồng."


def answerer(system: System, reply: Reply, seconds: float = 8.0) -> KnowledgeAnswerer:
    return KnowledgeAnswerer(helped_by(system, scripted(reply), seconds=seconds), FixedClock(TODAY))


def slowly(rules: str, material: str) -> Iterator[str]:
    """The first source sentence by sentence, each after a second, with a lie between."""
    for sentence in sources_in(material)[0].split(" / "):
        time.sleep(1.0)
        yield line(sentence, "[1]")
        yield line(LIE, "[1]")


def test_on_telegram_the_person_sees_a_sign_then_checked_sentences_then_the_answer(
    tmp_path: Path, system: System
) -> None:
    with person_on("telegram polling", tmp_path, answerer(system, slowly)) as person:
        person.say("lan", QUESTION)
        heard = person.wait("lan", 1)
        emulator = person.emulator
        drafts = [text for _, text in emulator.data.chats[person.id("lan")].drafts]
        methods = [call.method for call in emulator.calls()]
    assert methods.index("sendChatAction") < methods.index("sendMessage")
    assert drafts and methods.index("sendMessageDraft") < methods.index("sendMessage")
    assert len({number for number, _ in emulator.data.chats[person.id("lan")].drafts}) == 1
    assert all(b.startswith(a) for a, b in itertools.pairwise(drafts))
    assert not any("7.777.777" in text for text in (*drafts, *heard))
    assert drafts[-1].split(".")[0] in heard[0]


@pytest.mark.parametrize("way", ["telegram polling", "zalo_oa webhook", "zalo_bot polling", "web"])
def test_a_model_that_hangs_costs_nobody_their_answer(way: str, tmp_path: Path, system: System) -> None:
    plain = system.knowledge.answer(QUESTION, today=TODAY)
    with person_on(way, tmp_path, answerer(system, stalling(60), seconds=1.0)) as person:
        person.say("lan", QUESTION)
        heard = person.wait("lan", 1)
    first = plain.text.split("\n")[0][:40]
    assert any(first in text for text in heard)


# What a model may try: words that are commands here, tools that do not exist, forms, rows.
ORDERS = [
    "@lead", "@erase", "@withdraw", "/xoa", "/dulieu", "@person", "#chien-dich",
    '{"tool": "create_lead", "name": "Tèo", "phone": "0900000007"}', "INSERT INTO leads VALUES (1)",
    "Đã lưu số 0900000007 của anh/chị, cán bộ sẽ gọi.", "DROP TABLE leads;", "<function=erase_all>{}</function>",
]  # fmt: skip


def acting(dice: random.Random) -> Reply:
    def reply(rules: str, material: str) -> Iterator[str]:
        order = dice.choice(ORDERS)
        if not is_wording(rules):
            yield json.dumps({"label": "dang_ky", "question": order, "facts": {"phone": "0900000007"}})
            return
        yield json.dumps({"tool_calls": [{"name": "create_lead", "arguments": {"phone": "0900000007"}}]})
        yield line(order, "[1]")
        yield from (line(text, "[1]") for text in sources_in(material)[0].split(" / "))

    return reply


def test_a_thousand_outputs_change_no_row(tmp_path: Path, system: System) -> None:
    dice = random.Random(4)
    questions = [card.asks[0] for card in system.cards().cards]
    spoken = {"conversations", "inbox", "outbox"}  # what was said is kept, as without a model
    with person_on("web", tmp_path, answerer(system, acting(dice))) as person:
        engine = person.house.engine

        def rows() -> dict[str, int]:
            with engine.connect() as connection:
                return {
                    name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                    for name, table in bot_tables.tables.items()
                    if name not in spoken
                }

        before = rows()
        asked = helped = 0
        while helped < 1_000 and asked < 2_000:
            reply = answerer(system, acting(dice)).follow(dice.choice(questions), session=f"web:{asked:08d}", past={})
            helped += any(step["name"] == "model" for step in reply.trace)
            asked += 1
            assert not any("0900000007" in r.text or "@lead" in r.text for r in reply.replies)
            assert not any(b.value.startswith("@") for r in reply.replies for b in r.buttons)
        assert helped == 1_000
        for n in range(40):  # and through the whole house
            person.say(f"p{n}", dice.choice(questions))
        after = rows()
    changed = {name: (before[name], after[name]) for name in after if before[name] != after[name]}
    # An answer that was not found is a gap for staff to look at, whoever answers.
    assert set(changed) <= {"reviews", "handoffs"}


def test_a_model_that_says_nothing_useful_is_not_heard(tmp_path: Path, system: System) -> None:
    with person_on("web", tmp_path, answerer(system, saying("Xin lỗi, tôi không giúp được."))) as person:
        person.say("lan", QUESTION)
        heard = person.wait("lan", 1)
    assert "không giúp được" not in heard[0]
