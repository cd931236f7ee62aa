"""Consents and leads through the real inbox, dialogue and database: once, provable, and gone when the person says so."""

from __future__ import annotations

import time
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select

from bot.channels.contract import Kind
from bot.delivery.runtime import Parts, Runtime
from bot.delivery.tables import conversations, inbox, outbox
from bot.outreach.erasure import finish
from bot.outreach.records import Held
from bot.outreach.tables import campaigns, consents, handoffs, lead_events, leads, requests, reviews
from tests.bot.delivery.plain import PlainChannel, body
from tests.bot.delivery.test_workers import deliver, until
from tests.bot.dialogue.people import Answers, find_place

STEPS = ["mức đóng?", "/dangky", "đồng ý", "Nguyễn Thị Lan", "0900 000 123", "ba tơ", "đúng rồi"]


class House:
    """An installation whose worker is stepped by the test."""

    def __init__(self, engine: Engine, **parts: bool) -> None:
        self.engine, self.channel = engine, PlainChannel()
        made = Parts(**{"answer": False, "send": False, "poll": False, **parts})
        self.runtime = Runtime(
            engine, {"plain": self.channel}, Answers(), parts=made, per_minute=10_000, find_place=find_place
        )
        self.runtime.start()
        self._number = 0

    def says(self, *texts: str, who: str = "lan", kind: Kind = Kind.TEXT) -> None:
        for text in texts:
            self._number += 1
            deliver(self.runtime, self.channel, body(f"e{self._number}", who, text, self._number, kind))
            self.step()

    def step(self) -> None:
        while self.runtime._workers.step("w"):
            pass

    def heard(self, who: str = "lan") -> list[str]:
        query = (
            select(outbox.c.piece)
            .join_from(outbox, conversations)
            .where(conversations.c.key == who)
            .order_by(outbox.c.id)
        )
        with self.engine.connect() as connection:
            return [piece["text"] for piece in connection.execute(query).scalars()]

    def rows(self, table: Any) -> list[dict[str, Any]]:
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(select(table).order_by(table.c.id)).mappings()]

    def held(self, who: str = "lan") -> Held:
        with self.engine.connect() as connection:
            found = connection.execute(select(conversations.c.id).where(conversations.c.key == who)).scalar_one()
        return self.runtime.records.held(found)


@pytest.fixture
def house(engine: Engine) -> Any:
    made = House(engine)
    yield made
    made.runtime.stop()


def test_a_lead_has_its_consent_its_question_and_its_history(house: House) -> None:
    house.says(*STEPS)
    (lead,), (consent,) = house.rows(leads), house.rows(consents)
    assert (lead["phone"], lead["name"], lead["commune"], lead["status"]) == (
        "+84900000123",
        "Nguyễn Thị Lan",
        "xã Ba Tơ",
        "new",
    )
    assert (lead["question"], lead["citations"][0]["document"]) == ("mức đóng?", "41/2024/QH15")
    assert lead["consent_id"] == consent["id"] and (consent["purpose"], consent["event_id"]) == ("call_back", "e3")
    assert len(consent["text_hash"]) == 64 and consent["withdrawn_at"] is None
    assert [e["kind"] for e in house.rows(lead_events)] == ["created"]


def test_nothing_is_kept_before_consent_and_no_lead_before_the_confirmation(house: House) -> None:
    house.says(*STEPS[:-1])
    assert house.rows(leads) == [] and len(house.rows(consents)) == 1
    house.says("không", "/dangky", "không đồng ý", who="minh")
    assert len(house.rows(consents)) == 1


def test_the_same_phone_is_one_lead_whoever_asks_again(house: House) -> None:
    house.says(*STEPS)
    house.says("chuyện khác?", *STEPS[1:], who="lan_zalo")
    (lead,) = house.rows(leads)
    assert lead["question"] == "chuyện khác?" and lead["person"] == "lan_zalo"
    assert [e["kind"] for e in house.rows(lead_events)] == ["created", "asked_again"]


def test_a_lead_that_was_closed_is_open_again_when_the_person_asks(house: House) -> None:
    house.says(*STEPS, "/rut")
    assert house.rows(leads)[0]["status"] == "withdrawn"
    house.says(*STEPS[1:])
    assert (house.rows(leads)[0]["status"], house.rows(leads)[0]["closed_at"]) == ("new", None)


def test_withdrawing_ends_every_consent_and_closes_the_lead_at_once(house: House) -> None:
    house.says(*STEPS, "/rut")
    assert house.held().consents == ()
    assert all(c["withdrawn_at"] is not None for c in house.rows(consents))
    (request,) = house.rows(requests)
    assert request["kind"] == "withdraw" and request["receipt"] in house.heard()[-1]
    assert request["received_at"] < request["answer_by"] < request["finish_by"]


def test_who_blocks_us_has_taken_every_consent_back(house: House) -> None:
    house.says(*STEPS)
    house.says("", kind=Kind.STOP)
    assert house.held().consents == () and house.rows(leads)[0]["status"] == "withdrawn"
    assert house.rows(requests) == []
    house.says("tôi quay lại")
    assert house.held().consents == (), "coming back is no consent"


def test_a_consent_taken_back_in_the_middle_makes_no_lead(house: House) -> None:
    house.says(*STEPS[:-1])
    with house.engine.begin() as connection:
        connection.execute(consents.update().values(withdrawn_at=time.time()))
    deliver(house.runtime, house.channel, body("last", "lan", "đúng rồi", 99))
    until(lambda: not house.runtime._workers.step("w") and house.runtime.inbox.waiting() == 0, 40)
    assert house.rows(leads) == []
    assert "trục trặc" in house.heard()[-1]


def test_a_person_is_asked_for_once_and_wrong_answers_are_kept_with_their_trace(house: House) -> None:
    house.says("mức đóng?", "/canbo", "tôi muốn gặp cán bộ", "chuyện lạ")
    assert [h["state"] for h in house.rows(handoffs)] == ["waiting"]
    (gap,) = house.rows(reviews)
    assert (gap["kind"], gap["question"], gap["trace"]) == ("gap", "chuyện lạ", [{"name": "search"}])


def test_a_campaign_brings_its_organisation(house: House) -> None:
    with house.engine.begin() as connection:
        connection.execute(
            insert(campaigns).values(
                code="PN-BaTo", key="pn-bato", name="Phụ nữ Ba Tơ", organisation="Hội Phụ nữ", commune_code="", top_up="",
                greeting="Hội Phụ nữ xã chào chị em.", active=True, created_at=0.0, created_by="test",
            )
        )  # fmt: skip
    house.says("PN-BATO", *STEPS)
    assert "Hội Phụ nữ xã chào chị em." in "\n".join(house.heard())
    assert (house.rows(leads)[0]["campaign"], house.rows(leads)[0]["organisation"]) == ("PN-BaTo", "Hội Phụ nữ")


def test_erasing_leaves_no_trace_but_the_record(house: House, tmp_path: Any) -> None:
    secrets = ["Nguyễn Thị Lan", "900000123", "mức đóng của riêng tôi", "lan-the-person"]
    house.says("mức đóng của riêng tôi?", *STEPS[1:], "chuyện lạ", "/canbo", who="lan-the-person")
    house.says("một người khác", who="minh")
    house.says("/xoa", who="lan-the-person")
    assert house.rows(leads) == house.rows(consents) == house.rows(reviews) == house.rows(handoffs) == []
    (receipt,) = house.heard("lan-the-person")
    with house.engine.begin() as connection:  # as the sender does when the platform has taken it
        connection.execute(outbox.update().where(outbox.c.piece["text"].as_string() == receipt).values(state="sent"))
        connection.execute(conversations.update().values(outbox_due=None))
    assert finish(house.engine, time.time()) == 1
    assert finish(house.engine, time.time()) == 0
    (request,) = house.rows(requests)
    assert request["kind"] == "erase" and request["receipt"] in receipt
    assert len(house.rows(inbox)) == 11, "what a platform delivers again is still known"
    house.runtime.stop()
    house.engine.dispose()
    if house.engine.dialect.name == "sqlite":
        written = b"".join(path.read_bytes() for path in tmp_path.glob("knowledge.sqlite3*"))
    else:
        tables = (conversations, inbox, outbox, leads, consents, lead_events, reviews, handoffs, requests)
        written = repr([house.rows(table) for table in tables]).encode()
    assert [s for s in secrets if s.encode() in written or ascii(s)[1:-1].encode() in written] == []
    assert b"minh" in written


def test_a_message_delivered_again_after_an_erasure_is_still_known(house: House) -> None:
    house.says(*STEPS, "/xoa")
    with house.engine.begin() as connection:
        connection.execute(outbox.update().values(state="sent"))
        connection.execute(conversations.update().values(outbox_due=None))
    finish(house.engine, time.time())
    deliver(house.runtime, house.channel, body("e5", "lan", "0900 000 123", 5))
    house.step()
    assert house.rows(leads) == [] and "0900 000 123" not in repr(house.rows(inbox))
