"""Messages to many from the citizen's side, through the real inbox: asked for in words, ended in one word; who came by which code."""

from __future__ import annotations

import time
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select

from bot.delivery.tables import outbox
from bot.outreach.broadcasts import Audience, begin, results
from bot.outreach.campaign_tables import broadcast_targets, broadcasts, campaign_visits
from bot.outreach.campaigns import Campaigns
from bot.outreach.tables import consents
from knowledge.store import writing
from tests.bot.outreach.test_records import House


@pytest.fixture
def house(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("bot.delivery.windows.until_morning", lambda now: 0.0)  # tests run at night too
    made = House(engine)
    yield made
    made.runtime.stop()


def sent(house: House, text: str) -> int:
    row = {"text": text, "commune_code": "", "channel": "", "campaign": "", "state": "draft", "created_at": 1.0,
           "created_by": "a", "approved_by": "", "ended_by": ""}  # fmt: skip
    with writing(house.engine) as connection:
        number = connection.execute(insert(broadcasts).values(**row).returning(broadcasts.c.id)).scalar_one()
        begin(connection, number, Audience(), ["plain"], time.time(), "b")
    house.runtime.broadcasts.round(time.time())
    return int(number)


def pushed(house: House) -> list[tuple[str, str]]:
    return [(row["piece"]["text"], row["state"]) for row in house.rows(outbox) if row["kind"] == "push"]


def test_who_asks_for_news_gets_it_and_nobody_else(house: House) -> None:
    house.says("/nhantin", "đồng ý")
    house.says("nhắc hạn đóng hằng tháng", "đồng ý", who="minh")  # agreed to a reminder, not to news
    house.says("mức đóng?", who="hoa")
    (news, reminder) = house.rows(consents)
    assert (news["purpose"], reminder["purpose"]) == ("bulletin", "news")
    assert house.held().consents == ("bulletin",)
    number = sent(house, "Mức đóng đổi từ 1/1/2027.")
    ((text, state),) = pushed(house)
    assert text.startswith("Mức đóng đổi") and "nhắn “dừng”" in text and state == "waiting"
    with house.engine.connect() as connection:
        assert results(connection, number).all == 1


def test_one_word_ends_news_and_takes_back_what_waits(house: House) -> None:
    house.says("nhận tin", "đồng ý")
    sent(house, "Tin một")
    house.says("dừng")
    assert pushed(house)[0][1] == "cancelled" and house.held().consents == ()
    assert house.rows(consents)[0]["withdrawn_at"] is not None
    sent(house, "Tin hai")
    assert len(pushed(house)) == 1


@pytest.mark.parametrize("word", ["/rut", "/xoa"])
def test_rights_end_news_too(house: House, word: str) -> None:
    house.says("nhận tin", "đồng ý", word)
    sent(house, "Tin")
    assert pushed(house) == []


def test_erasing_between_approval_and_sending_leaves_nobody_written_to(house: House) -> None:
    house.says("nhận tin", "đồng ý")
    with writing(house.engine) as connection:
        number = connection.execute(
            insert(broadcasts)
            .values(text="Tin", commune_code="", channel="", campaign="", state="draft", created_at=1.0, created_by="a",
                    approved_by="", ended_by="")
            .returning(broadcasts.c.id)
        ).scalar_one()  # fmt: skip
        begin(connection, number, Audience(), ["plain"], time.time(), "b")
    house.says("/xoa")
    assert house.runtime.broadcasts.round(time.time()) == 0 and pushed(house) == []
    with house.engine.connect() as connection:
        assert connection.execute(select(broadcast_targets.c.reason)).scalar_one() == "withdrawn"


def test_who_comes_by_a_code_is_counted_once(house: House) -> None:
    Campaigns(house.engine).add("TS25", "x", by="t")
    house.says("/start TS25", "ts25", "/start TS25")
    house.says("TS25", who="minh")
    house.says("/start KHAC", who="hoa")
    with house.engine.connect() as connection:
        assert list(connection.execute(select(campaign_visits.c.campaign_key)).scalars()) == ["ts25", "ts25"]
    (figures,) = Campaigns(house.engine).figures(None)
    assert (figures.visits, figures.leads) == (2, 0)
