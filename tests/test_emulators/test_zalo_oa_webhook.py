"""Delivery of OA events: echo, retries, copies, lateness."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from tests.test_emulators.conftest import Api, Receiver, until


def events(receiver: Receiver) -> list[dict[str, Any]]:
    return [json.loads(body) for _, body in receiver.got]


def test_own_sends_are_echoed_and_those_of_staff_carry_their_id(oa: Api, receiver: Receiver) -> None:
    oa.emulator.webhook.url = f"{receiver.url}/hook"
    body = {"recipient": {"user_id": "u1"}, "message": {"text": "Chào ạ"}}
    sent = oa.oa("/v3.0/oa/message/cs", body)["data"]
    oa.emulator.webhook.wait()
    oa.emulator.staff_says("u1", "Em gọi lại ạ")
    echo, staff = events(receiver)
    assert echo["event_name"] == staff["event_name"] == "oa_send_text"
    assert (echo["sender"], echo["recipient"]) == ({"id": oa.emulator.oa_id}, {"id": "u1"})
    assert echo["message"]["msg_id"] == sent["message_id"]
    assert staff["sender"]["admin_id"]


def test_retries_keep_the_body_and_then_the_webhook_is_switched_off(oa: Api, receiver: Receiver) -> None:
    oa.emulator.webhook.url = f"{receiver.url}/hook"
    receiver.statuses = [500] * 6
    assert oa.emulator.user_says("u1", "a").status == 500
    for wait in (30, 300, 900, 1800, 3600):
        oa.emulator.clock.advance(wait - 5)
        assert oa.emulator.webhook.retry_due() == []
        oa.emulator.clock.advance(6)
        assert [d.status for d in oa.emulator.webhook.retry_due()] == [500]
    assert oa.emulator.webhook_disabled and oa.emulator.webhook.url == ""
    assert len({body for _, body in receiver.got}) == 1
    assert [headers.get("num_retry") for headers, _ in receiver.got] == [None, "1", "2", "3", "4", "5"]


def test_retries_only_for_closed_doors_if_so_switched(oa: Api, receiver: Receiver) -> None:
    oa.emulator.retry_on_status = False
    oa.emulator.webhook.url = f"{receiver.url}/hook"
    receiver.statuses = [500]
    oa.emulator.user_says("u1", "a")
    assert oa.emulator.webhook.pending == 0
    oa.emulator.webhook.url = "http://127.0.0.1:9/hook"
    delivery = oa.emulator.user_says("u1", "b").deliveries[0]
    assert (delivery.status, delivery.error) == (None, "ConnectError")
    assert oa.emulator.webhook.pending == 1


def test_scaled_retries_run_by_themselves(oa: Api, receiver: Receiver) -> None:
    oa.emulator.webhook.url = f"{receiver.url}/hook"
    oa.emulator.webhook.scale = 0.001
    oa.emulator.webhook.start_retries(0.01)
    receiver.statuses = [503, 503]
    oa.emulator.user_says("u1", "a")
    until(lambda: len(receiver.got) == 3)


def test_late_answers_are_noted(oa: Api, receiver: Receiver) -> None:
    oa.emulator.webhook.url = f"{receiver.url}/hook"
    oa.emulator.user_says("u1", "a")
    receiver.delay = 2.1
    oa.emulator.user_says("u1", "b")
    assert [d.attempt for d in oa.emulator.late] == [0] and len(oa.emulator.deliveries) == 2


def test_copies_shuffled_and_in_parallel(oa: Api, receiver: Receiver) -> None:
    oa.emulator.webhook.url = f"{receiver.url}/hook"
    oa.emulator.webhook.hold()
    for number in range(40):
        assert oa.emulator.user_says("u1", str(number)).status is None
    assert receiver.got == [] and oa.emulator.webhook.pending == 40
    deliveries = oa.emulator.webhook.release(copies=(1, 4), seed=3, parallel=8)
    counts = Counter(event["message"]["msg_id"] for event in events(receiver))
    assert len(counts) == 40 and sum(counts.values()) == len(deliveries) and set(counts.values()) == {1, 2, 3, 4}
    numbers = [int(event["message"]["text"]) for event in events(receiver)]
    assert numbers != sorted(numbers)


def test_shapes_of_what_people_send(oa: Api, receiver: Receiver) -> None:
    oa.emulator.webhook.url = f"{receiver.url}/hook"
    for act in ("send_photo", "send_sticker", "send_location", "send_file", "send_voice", "click_chatnow", "unfollow"):
        getattr(oa.emulator, act)("u1")
    oa.emulator.unknown_event()
    found = events(receiver)
    assert [event["event_name"] for event in found] == [
        "user_send_image",
        "user_send_sticker",
        "user_send_location",
        "user_send_file",
        "user_send_audio",
        "user_click_chatnow",
        "unfollow",
        "user_does_something_new",
    ]
    assert found[2]["message"]["attachments"][0]["payload"]["coordinates"]["latitude"] == "10.7769"
    assert found[6]["follower"] == {"id": "u1"} and "sender" not in found[6]
    assert all(event["timestamp"].isdigit() and event["app_id"] == oa.emulator.app_id for event in found)
    stamps = [int(event["timestamp"]) for event in found]
    assert stamps == sorted(set(stamps))
