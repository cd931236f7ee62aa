"""A person takes over: one officer, the bot silent, both in one transcript, handed back with one sentence."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, update
from typer.testing import CliRunner

from bot.channels.contract import Kind
from bot.cli import app
from bot.delivery.tables import conversations, outbox
from bot.dialogue.texts import say
from bot.outreach.handover import KEEP, LONGEST, BadHandover, Handover
from bot.outreach.tables import handoffs, leads
from tests.bot.delivery.test_workers import until
from tests.bot.dialogue.people import NOW, Person
from tests.bot.outreach.test_records import STEPS, House

ASK = "tôi muốn gặp cán bộ"


@pytest.fixture
def house(engine: Engine) -> Iterator[House]:
    made = House(engine)
    yield made
    made.runtime.stop()


def states(house: House) -> list[str]:
    return [row["state"] for row in house.rows(handoffs)]


def test_a_person_is_wanted_once_and_staff_are_told_without_personal_data(engine: Engine) -> None:
    house = House(engine)
    desk = house.runtime.handover = Handover(engine, house.runtime.outbox, notify=("12345", "-10067890"))
    house.runtime.records._announce = desk.announce
    try:
        house.says(*STEPS, ASK, ASK)
        told = [row for row in house.rows(outbox) if row["channel"] == "telegram"]
        assert len(told) == 2 and states(house) == ["waiting"]
        text = told[0]["piece"]["text"]
        assert "tuvan handoff take 1" in text and "xin gặp cán bộ" in text
        assert not any(secret in text for secret in ("Lan", "0900", "900000123", "lan", "mức đóng"))
        assert {r["key"] for r in house.rows(conversations) if r["channel"] == "telegram"} == {"12345", "-10067890"}
    finally:
        house.runtime.stop()


def test_staff_are_sent_to_the_console_where_there_is_an_address(engine: Engine) -> None:
    house = House(engine)
    desk = Handover(engine, house.runtime.outbox, notify=("12345",), address="https://bhxh.example")
    house.runtime.records._announce = desk.announce
    try:
        house.says(ASK)
        (told,) = [row for row in house.rows(outbox) if row["channel"] == "telegram"]
        assert "https://bhxh.example/staff/tro-chuyen/1" in told["piece"]["text"]
        assert "tuvan" not in told["piece"]["text"]
    finally:
        house.runtime.stop()


def test_the_bot_is_silent_while_an_officer_has_the_conversation(house: House) -> None:
    house.says(ASK)
    house.runtime.handover.take(1, "hoa")
    before = len(house.heard())
    house.says("mức đóng?", "còn hộ nghèo?")
    assert len(house.heard()) == before
    house.runtime.handover.say(1, "hoa", "Chào chị, tôi là Hoa, cán bộ xã.")
    house.runtime.handover.close(1, "hoa")
    assert house.heard()[before:] == ["Chào chị, tôi là Hoa, cán bộ xã.", say("person_back")]
    house.says("mức đóng?")
    assert house.heard()[-1].startswith("Đáp: mức đóng?")


def test_rights_over_ones_data_wait_for_nobody(house: House) -> None:
    house.says(*STEPS, ASK)
    house.runtime.handover.take(1, "hoa")
    house.says("đừng gọi cho tôi nữa")
    assert house.rows(leads)[0]["status"] == "withdrawn" and "không ai gọi" in house.heard()[-1]
    house.says("/xoa")
    assert house.rows(leads) == [] and states(house) == []
    (home,) = house.rows(conversations)
    assert home["staff_until"] == 0.0


def test_an_answer_that_waits_is_not_sent_after_a_take_over(engine: Engine) -> None:
    house = House(engine)
    house.says(ASK, "mức đóng?")
    house.runtime.handover.take(1, "hoa")
    house.runtime.handover.say(1, "hoa", "Tôi nghe đây.")
    house.runtime.stop()
    sending = House(engine, send=True)
    try:
        until(lambda: ("lan", "Tôi nghe đây.") in sending.channel.delivered)
        until(lambda: not any(r["state"] in ("waiting", "sending") for r in sending.rows(outbox)))
        assert [text for _, text in sending.channel.delivered] == ["Tôi nghe đây."]
        assert {r["state"] for r in sending.rows(outbox) if r["kind"] == "answer"} == {"cancelled"}
    finally:
        sending.runtime.stop()


def test_one_officer_at_a_time(house: House) -> None:
    house.says(ASK)
    desk = house.runtime.handover
    with pytest.raises(BadHandover, match="Chưa ai nhận"):
        desk.say(1, "hoa", "a")
    desk.take(1, "hoa")
    desk.take(1, "hoa")
    for refused in (lambda: desk.take(1, "minh"), lambda: desk.say(1, "minh", "a"), lambda: desk.close(1, "minh")):
        with pytest.raises(BadHandover, match="hoa đang giữ"):
            refused()
    with pytest.raises(BadHandover, match="Không có"):
        desk.take(9, "hoa")
    with pytest.raises(BadHandover, match="ký tự"):
        desk.say(1, "hoa", "x" * (LONGEST + 1))
    desk.close(1, "hoa")
    with pytest.raises(BadHandover, match="trước đó"):
        desk.close(1, "hoa")


def test_what_the_platform_would_refuse_is_said_at_once(house: House) -> None:
    house.says(ASK)
    desk = house.runtime.handover
    desk.take(1, "hoa")
    with house.engine.begin() as connection:
        connection.execute(update(conversations).values(reachable=False))
    with pytest.raises(BadHandover, match="chặn"):
        desk.say(1, "hoa", "a")
    off = Handover(house.engine, house.runtime.outbox)
    with house.engine.begin() as connection:
        connection.execute(update(conversations).values(reachable=True))
    with pytest.raises(BadHandover, match="chưa bật"):
        off.say(1, "hoa", "a")
    with house.engine.begin() as connection:
        connection.execute(update(conversations).values(channel="web"))
    desk.close(1, "hoa")
    with pytest.raises(BadHandover, match="trang web"):
        desk.take(1, "hoa")


def test_an_officer_who_says_nothing_more_has_handed_back(house: House) -> None:
    house.says(ASK)
    desk = house.runtime.handover
    desk.take(1, "hoa")
    assert desk.round(time.time()) == 0
    assert desk.round(time.time() + KEEP + 1) == 1 and desk.round(time.time() + KEEP + 2) == 0
    assert states(house) == ["closed"] and house.heard()[-1] == say("person_back")
    house.says("mức đóng?")
    assert "Đáp" in house.heard()[-1]


def test_an_officer_in_the_platforms_own_tool_hands_back_too(house: House) -> None:
    house.says("mức đóng?")
    house.says("chào chị", kind=Kind.STAFF)
    assert house.runtime.handover.round(time.time() + KEEP + 1) == 1
    assert house.heard()[-1] == say("person_back")


def test_one_transcript_for_both(house: House) -> None:
    house.says("mức đóng?", ASK)
    house.runtime.handover.take(1, "hoa")
    house.says("alo")
    house.runtime.handover.say(1, "hoa", "Tôi nghe đây.")
    lines = [(line.who, line.text.splitlines()[0][:25]) for line in house.runtime.handover.transcript(1)]
    speakers = [
        who for n, (who, _) in enumerate(lines) if n == 0 or lines[n - 1][0] != who
    ]  # long words come in pieces
    assert speakers == ["citizen", "bot", "citizen", "bot", "citizen", "staff"]
    assert lines[0][1] == "mức đóng?" and lines[-1][1] == "Tôi nghe đây."


def test_the_command_line(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.says("mức đóng?", ASK)
    monkeypatch.setattr("bot.cli.handoff._open", lambda: house.runtime.handover)
    monkeypatch.setattr("getpass.getuser", lambda: "hoa")

    def run(*words: str) -> str:
        done = CliRunner().invoke(app, ["handoff", *words])
        assert done.exit_code == 0, done.output
        return done.output

    assert "1 · " in run("list") and "xin gặp cán bộ · đang chờ" in run("list")
    assert "Người dân: mức đóng?" in run("show", "1")
    assert "Đã nhận số 1" in run("take", "1") and '"taken_by": "hoa"' in run("list", "--json")
    run("say", "1", "Chào chị.")
    assert "Cán bộ (waiting): Chào chị." in run("show", "1")
    assert "Đã trả số 1" in run("close", "1")
    assert "Không có ai" in run("list") and "đã xong" in run("list", "--all")


def test_after_hours_it_is_said_and_a_call_is_offered() -> None:
    at_work, at_night = Person(now=NOW + 15 * 3600), Person()  # Thursday morning, Wednesday evening
    assert "đã báo cán bộ" in at_work.says(ASK)
    assert "ngoài giờ làm việc" in at_night.says(ASK) and "Nhờ cán bộ gọi lại" in at_night.offered
