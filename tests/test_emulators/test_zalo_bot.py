"""The emulated Zalo Bot Platform: odd polling, webhooks, limits."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.emulators import ZaloBotEmulator, serving
from tests.test_emulators.conftest import Api, Receiver, until

SECRET = "secret-01"


def test_get_me_and_wrong_token(zalo_bot: Api) -> None:
    assert zalo_bot("getMe").json()["result"]["account_type"] == "BASIC"
    answer = zalo_bot.http.post(f"{zalo_bot.base}/bot1:no/getMe")
    assert answer.status_code == 401
    assert answer.json() == {"ok": False, "description": "Unauthorized", "error_code": 401}


def test_an_idle_poll_ends_with_408_after_its_time(zalo_bot: Api) -> None:
    start = time.monotonic()
    answer = zalo_bot("getUpdates", timeout="1")
    assert 0.9 < time.monotonic() - start < 3
    assert (answer.status_code, answer.json()["description"]) == (408, "Request timeout")


def test_a_poll_gives_one_object_and_each_only_once(zalo_bot: Api) -> None:
    zalo_bot.emulator.user_says("p1", "một")
    zalo_bot.emulator.user_says("p1", "hai")
    results = [zalo_bot("getUpdates", timeout=1).json()["result"] for _ in range(2)]
    assert [r["message"]["text"] for r in results] == ["một", "hai"]
    assert results[0]["event_name"] == "message.text.received"
    assert results[0]["message"]["date"] > 10**12, "milliseconds"
    assert results[0]["message"]["chat"] == {"id": "p1", "chat_type": "PRIVATE"}
    assert zalo_bot("getUpdates", timeout=0.1).status_code == 408


def test_replay_gives_the_last_again_until_there_is_a_newer_one(zalo_bot: Api) -> None:
    zalo_bot.emulator.replay = True
    zalo_bot.emulator.user_says("p1", "một")
    first = zalo_bot("getUpdates").json()["result"]["message"]
    assert zalo_bot("getUpdates").json()["result"]["message"] == first
    zalo_bot.emulator.user_says("p1", "hai")
    assert zalo_bot("getUpdates").json()["result"]["message"]["text"] == "hai"


def test_a_waiting_poll_is_woken(zalo_bot: Api) -> None:
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(zalo_bot, "getUpdates", timeout=5)
        until(lambda: zalo_bot.emulator.calls("getUpdates"))
        zalo_bot.emulator.user_says("p1", "a")
        assert waiting.result().json()["ok"] is True


def test_webhook_life(zalo_bot: Api, receiver: Receiver) -> None:
    assert zalo_bot("getWebhookInfo").json()["error_code"] == 404
    assert zalo_bot("deleteWebhook").status_code == 400
    answer = zalo_bot("setWebhook", url=f"{receiver.url}/hook", secret_token=SECRET).json()["result"]
    assert answer["verification"]["ok"] is True
    assert receiver.got[0][1] == b"", "an empty probe comes first"
    refused = zalo_bot("getUpdates").json()
    assert (refused["error_code"], "while a webhook is set" in refused["description"]) == (400, True)
    assert zalo_bot.emulator.user_says("p1", "a").status == 200
    zalo_bot.emulator.wrapped = True
    zalo_bot.emulator.user_says("p1", "b")
    bodies = [json.loads(body) for _, body in receiver.got[1:]]
    assert bodies[0]["message"]["text"] == "a" and bodies[1]["result"]["message"]["text"] == "b"
    assert {headers["x-bot-api-secret-token"] for headers, _ in receiver.got} == {SECRET}
    assert zalo_bot("deleteWebhook").json()["result"]["url"] == ""


def test_a_webhook_that_fails_its_probe_is_kept(zalo_bot: Api) -> None:
    answer = zalo_bot("setWebhook", url="http://127.0.0.1:9/hook", secret_token=SECRET).json()
    assert answer["ok"] and answer["result"]["verification"]["ok"] is False
    assert zalo_bot("getWebhookInfo").json()["result"]["url"] == "http://127.0.0.1:9/hook"


@pytest.mark.parametrize(
    ("url", "secret", "status"),
    [
        ("https://bot.example.vn/x", SECRET, 200),
        ("http://bot.example.vn/x", SECRET, 400),
        ("https://localhost/x", SECRET, 400),
        ("https://10.1.2.3/x", SECRET, 400),
        ("https://bot.example.vn/x", "short-7", 400),
    ],
)
def test_the_real_rules_for_webhook_addresses(url: str, secret: str, status: int) -> None:
    with serving(ZaloBotEmulator(allow_private_webhook=False, probe=False)) as running:
        answer = Api(running.emulator, running.base_url)("setWebhook", url=url, secret_token=secret)
        assert answer.status_code == status


def test_events_without_content(zalo_bot: Api, receiver: Receiver) -> None:
    zalo_bot("setWebhook", url=f"{receiver.url}/hook", secret_token=SECRET)
    zalo_bot.emulator.send_file("p1")
    zalo_bot.emulator.unsupported_without_message()
    zalo_bot.emulator.empty_probe()
    zalo_bot.emulator.send_photo("p1", "CCCD")
    file, nothing, photo = (json.loads(body) for _, body in receiver.got[1:] if body)
    assert file["event_name"] == nothing["event_name"] == "message.unsupported.received"
    assert "text" not in file["message"] and "message" not in nothing
    assert photo["message"]["photo_url"] and photo["message"]["message_type"] == "CHAT_PHOTO"


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"text": "a" * 2000}, 200),
        ({"text": "a" * 2001}, 400),
        ({"text": ""}, 400),
        ({"text": "a", "chat_id": "nobody"}, 400),
        ({"text": "a", "parse_mode": "markdown"}, 200),
        ({"text": "a", "parse_mode": "HTML4"}, 400),
        ({"text": "abc", "text_styles": [{"start": 0, "len": 3, "st": ["b", "f_18"]}]}, 200),
        ({"text": "abc", "text_styles": [{"start": 0, "len": 4, "st": ["b"]}]}, 400),
        ({"text": "abc", "text_styles": [{"start": 0, "len": 3, "st": ["blink"]}]}, 400),
    ],
)
def test_messages(zalo_bot: Api, fields: dict[str, Any], status: int) -> None:
    answer = zalo_bot("sendMessage", **{"chat_id": "p1", **fields})
    assert answer.status_code == status
    assert len(zalo_bot.emulator.sent("p1")) == (status == 200)
    if status == 200:
        result = answer.json()["result"]
        assert int(result["message_id"], 16) and result["date"] > 10**12


def test_photo_needs_a_public_address(zalo_bot: Api) -> None:
    assert zalo_bot("sendPhoto", chat_id="p1", photo="https://example.vn/a.jpg", caption="x").status_code == 200
    assert zalo_bot("sendPhoto", chat_id="p1", photo="http://127.0.0.1/a.jpg").status_code == 400


def test_chat_action_has_no_result(zalo_bot: Api) -> None:
    assert zalo_bot("sendChatAction", chat_id="p1", action="typing").json() == {"ok": True}


def test_the_months_quota_and_the_next_month(zalo_bot: Api) -> None:
    zalo_bot.emulator.monthly_limit = 1
    assert zalo_bot("sendMessage", chat_id="p1", text="a").status_code == 200
    refused = zalo_bot("sendMessage", chat_id="p1", text="b")
    assert refused.status_code == 429 and "parameters" not in refused.json()
    zalo_bot.emulator.clock.advance(32 * 24 * 3600)
    assert zalo_bot("sendMessage", chat_id="p1", text="c").status_code == 200


def test_refusals_can_come_with_200(zalo_bot: Api) -> None:
    zalo_bot.emulator.errors_with_200 = True
    answer = zalo_bot("sendMessage", chat_id="nobody", text="a")
    assert (answer.status_code, answer.json()["ok"], answer.json()["error_code"]) == (200, False, 400)


def test_the_fifty_first_person_does_not_arrive(zalo_bot: Api) -> None:
    for number in range(49):
        assert zalo_bot.emulator.user_says(f"q{number}", "a").event
    assert zalo_bot.emulator.user_says("one too many", "a").event == {}
