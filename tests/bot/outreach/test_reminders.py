"""Reminders through the real inbox and database: under their consent, once, in the day, and gone when the person says so."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, update

from bot.delivery.tables import conversations, outbox
from bot.outreach.effects import Remind
from bot.outreach.records import NoConsent
from bot.outreach.retention import sweep
from bot.outreach.tables import consents, reminders
from bot.time_zone import TIME_ZONE
from tests.bot.outreach.test_records import House

DAY = 86_400.0


@pytest.fixture
def house(engine: Engine) -> Any:
    made = House(engine)
    yield made
    made.runtime.stop()


def asked(house: House, who: str = "lan", what: str = "hằng tháng") -> dict[str, Any]:
    house.says(f"nhắc tôi hạn đóng {what}", "đồng ý", who=who)
    return house.rows(reminders)[-1]


def pushed(house: House) -> list[dict[str, Any]]:
    return [row for row in house.rows(outbox) if row["kind"] == "push"]


def test_a_reminder_has_its_own_consent(house: House) -> None:
    row = asked(house)
    (consent,) = house.rows(consents)
    assert (consent["purpose"], row["consent_id"], row["state"]) == ("news", consent["id"], "waiting")
    assert house.held().consents == ("news",) and "hằng tháng" in house.held().reminders[0]


def test_a_consent_to_be_called_is_none_to_be_reminded(house: House) -> None:
    house.says("/dangky", "đồng ý")
    with house.engine.begin() as connection, pytest.raises(NoConsent):
        taken = type("T", (), {"conversation": type("C", (), {"id": 1})()})()
        house.runtime.records._remind(connection, taken, Remind("deadline", 1.0, 1))


def test_one_that_is_due_goes_out_once_and_waits_for_its_next_time(house: House) -> None:
    row = asked(house)
    assert house.runtime.reminding.round(row["due_at"] - 1) == 0
    assert house.runtime.reminding.round(row["due_at"] + 60) == 1
    assert house.runtime.reminding.round(row["due_at"] + 120) == 0
    (push,) = pushed(house)
    assert "hạn đóng" in push["piece"]["text"] and "dừng" in push["piece"]["text"]
    after = house.rows(reminders)[-1]
    assert after["state"] == "waiting" and 27 * DAY < after["due_at"] - row["due_at"] < 32 * DAY


def test_one_for_a_day_ends_when_it_is_sent(house: House) -> None:
    row = asked(house, what=f"trước {(datetime.now(TIME_ZONE) + timedelta(days=60)):%d/%m/%Y}")
    assert house.runtime.reminding.round(row["due_at"] + 60) == 1
    assert house.rows(reminders)[-1]["state"] == "sent"
    assert house.runtime.reminding.round(row["due_at"] + 40 * DAY) == 0


def test_processes_that_look_at_once_queue_it_once(house: House) -> None:
    row = asked(house)
    counts: list[int] = []
    threads = [
        threading.Thread(target=lambda: counts.append(house.runtime.reminding.round(row["due_at"] + 1)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 1 and len(pushed(house)) == 1


def test_a_process_that_ends_in_the_middle_leaves_nothing_half_done(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = asked(house)
    real = house.runtime.outbox.add

    def fails(*given: Any, **more: Any) -> None:
        real(*given, **more)
        raise KeyboardInterrupt

    monkeypatch.setattr(house.runtime.outbox, "add", fails)
    with pytest.raises(KeyboardInterrupt):
        house.runtime.reminding.round(row["due_at"] + 1)
    assert pushed(house) == [] and house.rows(reminders)[-1]["due_at"] == row["due_at"]
    monkeypatch.setattr(house.runtime.outbox, "add", real)
    assert house.runtime.reminding.round(row["due_at"] + 1) == 1


def test_nothing_goes_out_at_night_or_while_an_officer_has_the_conversation_or_the_channel_is_off(house: House) -> None:
    row = asked(house)
    night = row["due_at"] + 15 * 3600  # 23:00
    assert house.runtime.reminding.round(night) == 0
    with house.engine.begin() as connection:
        connection.execute(update(conversations).values(staff_until=row["due_at"] + 7200))
    assert house.runtime.reminding.round(row["due_at"] + 60) == 0
    with house.engine.begin() as connection:
        connection.execute(update(conversations).values(staff_until=0.0))
    house.runtime.states.switch("plain", on=False, by="t", reason="t")
    assert house.runtime.reminding.round(row["due_at"] + 60) == 0
    house.runtime.states.switch("plain", on=True, by="t", reason="t")
    assert house.runtime.reminding.round(row["due_at"] + DAY) == 1


def test_one_that_is_too_late_to_help_is_left_out(house: House) -> None:
    row = asked(house)
    assert house.runtime.reminding.round(row["due_at"] + 9 * DAY) == 0
    assert pushed(house) == [] and house.rows(reminders)[-1]["due_at"] > row["due_at"]


@pytest.mark.parametrize("word", ["dừng", "ngừng nhắc", "/rut"])
def test_it_ends_in_one_word_with_what_waits_to_be_sent(house: House, word: str) -> None:
    row = asked(house)
    house.runtime.reminding.round(row["due_at"] + 1)
    house.says(word)
    assert house.rows(reminders)[-1]["state"] == "stopped"
    assert pushed(house)[0]["state"] == "cancelled"
    assert house.held().consents == () and house.held().reminders == ()
    assert house.runtime.reminding.round(row["due_at"] + 400 * DAY) == 0


def test_the_same_wish_again_takes_the_place_of_the_first(house: House) -> None:
    asked(house)
    asked(house)
    assert [row["state"] for row in house.rows(reminders)] == ["stopped", "waiting"]


def test_an_erased_person_is_reminded_of_nothing(house: House) -> None:
    row = asked(house)
    house.says("/xoa")
    assert house.rows(reminders) == [] and house.runtime.reminding.round(row["due_at"] + 1) == 0


def test_a_conversation_with_a_reminder_to_come_is_kept(house: House) -> None:
    row = asked(house)
    assert sweep(house.engine, row["due_at"] + 500 * DAY, lead_days=90, conversation_days=365).conversations == 0
    house.says("dừng")
    assert sweep(house.engine, row["due_at"] + 900 * DAY, lead_days=90, conversation_days=365).conversations == 1
