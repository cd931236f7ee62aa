"""Polling, webhooks and flood limits of the emulated Bot API."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.emulators import TelegramEmulator, serving
from tests.emulators.telegram import FloodLimits
from tests.test_emulators.conftest import ME, Api, Receiver, until


def ids(api: Api, **fields: Any) -> list[int]:
    return [u["update_id"] for u in api("getUpdates", **fields).json()["result"]]


def test_offset_confirms_and_limit_cuts(telegram: Api) -> None:
    for text in "abc":
        telegram.emulator.user_says(ME, text)
    first = ids(telegram)
    assert first == sorted(first) and len(first) == 3
    assert ids(telegram, limit=2) == first[:2]
    assert ids(telegram, offset=first[1]) == first[1:]
    assert ids(telegram) == first[1:], "what was confirmed does not come again"
    assert ids(telegram, offset=-1) == first[2:]
    assert ids(telegram, offset=first[2] + 1) == []


def test_updates_older_than_a_day_are_gone(telegram: Api) -> None:
    telegram.emulator.user_says(ME, "a")
    telegram.emulator.clock.advance(24 * 3600 + 1)
    assert ids(telegram) == []


def test_a_waiting_poll_gets_what_is_said_meanwhile(telegram: Api) -> None:
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(ids, telegram, timeout=5)
        until(lambda: telegram.emulator.calls("getUpdates"))
        telegram.emulator.user_says(ME, "a")
        assert len(waiting.result()) == 1


def test_a_second_poller_ends_the_first_with_409(telegram: Api) -> None:
    with ThreadPoolExecutor() as pool:
        first = pool.submit(telegram, "getUpdates", timeout=5)
        until(lambda: telegram.emulator.calls("getUpdates"))
        assert ids(telegram, timeout=0) == []
        answer = first.result()
    assert answer.status_code == 409
    assert answer.json()["description"].startswith("Conflict: terminated by other getUpdates request")


def test_polling_while_a_webhook_is_set(telegram: Api, receiver: Receiver) -> None:
    telegram("setWebhook", url=f"{receiver.url}/hook")
    assert telegram("getUpdates").status_code == 409
    assert telegram("deleteWebhook").json() == {"ok": True, "result": True, "description": "Webhook was deleted"}
    assert telegram("getUpdates").status_code == 200


def test_webhook_carries_the_secret_and_waits_for_200(telegram: Api, receiver: Receiver) -> None:
    telegram.emulator.user_says(ME, "before")
    telegram("setWebhook", url=f"{receiver.url}/hook", secret_token="s-1_A")
    until(lambda: receiver.got)
    receiver.statuses = [500]
    assert telegram.emulator.user_says(ME, "a").status == 500
    assert telegram.emulator.user_says(ME, "b").deliveries == [], "held back: a chat keeps its order"
    info = telegram("getWebhookInfo").json()["result"]
    assert info["pending_update_count"] == 2 and "500" in info["last_error_message"]
    assert telegram.emulator.webhook.retry_due() == [], "not due yet"
    telegram.emulator.clock.advance(2)
    assert [d.status for d in telegram.emulator.webhook.retry_due()] == [200, 200]
    texts = [json.loads(body)["message"]["text"] for _, body in receiver.got]
    assert texts == ["before", "a", "a", "b"]
    assert {headers["x-telegram-bot-api-secret-token"] for headers, _ in receiver.got} == {"s-1_A"}
    assert telegram("getWebhookInfo").json()["result"]["pending_update_count"] == 0


def test_what_a_webhook_did_not_take_can_be_polled(telegram: Api, receiver: Receiver) -> None:
    telegram("setWebhook", url=f"{receiver.url}/hook")
    receiver.statuses = [503]
    telegram.emulator.user_says(ME, "a")
    telegram("deleteWebhook")
    assert len(ids(telegram)) == 1


def test_the_real_rules_for_webhook_addresses() -> None:
    with serving(TelegramEmulator(allow_private_webhook=False)) as running:
        api = Api(running.emulator, running.base_url)
        assert "HTTPS" in api("setWebhook", url="http://bot.example.vn/x").json()["description"]
        assert "ports" in api("setWebhook", url="https://bot.example.vn:8000/x").json()["description"]
        assert "secret" in api("setWebhook", url="https://bot.example.vn/x", secret_token="a b").json()["description"]
        assert api("setWebhook", url="https://bot.example.vn/x", secret_token="ab").json()["result"] is True


def test_only_allowed_updates_come(telegram: Api) -> None:
    telegram("getUpdates", allowed_updates=["message"])
    assert telegram.emulator.block(ME).event == {}
    telegram("getUpdates", allowed_updates=["message", "my_chat_member"])
    assert telegram.emulator.block(ME).event["my_chat_member"]["new_chat_member"]["status"] == "kicked"


def test_in_a_group_the_bot_hears_only_what_is_meant_for_it(telegram: Api) -> None:
    hear = telegram.emulator.user_says
    assert hear(ME, "chào cả nhà", chat_id=-100).event == {}
    assert hear(ME, "@demo_bot ơi", chat_id=-100).event
    assert hear(ME, "/help@demo_bot", chat_id=-100).event["message"]["chat"]["type"] == "supergroup"


def test_flood_is_counted_and_when_enforced_refused() -> None:
    emulator = TelegramEmulator(enforce_flood=True, flood=FloodLimits(overall=(3, 1.0)))
    for user in (1, 2, 3, 4):
        emulator.user_says(user, "/start")
    with serving(emulator) as running:
        api = Api(emulator, running.base_url)
        assert api("sendMessage", chat_id=1, text="a").status_code == 200
        again = api("sendMessage", chat_id=1, text="b")
        assert again.status_code == 429
        assert again.json()["parameters"] == {"retry_after": 1}
        assert again.json()["description"] == "Too Many Requests: retry after 1"
        assert emulator.early_retries == []
        assert api("sendMessage", chat_id=1, text="b").status_code == 429
        assert [call.key for call in emulator.early_retries] == ["1"]
        emulator.clock.advance(1)
        assert [api("sendMessage", chat_id=c, text="b").status_code for c in (1, 2, 3, 4)] == [200, 200, 200, 429]
        assert [v.key for v in emulator.violations] == ["1", "*"]
        assert [s.text for s in emulator.sent(1)] == ["a", "b"]


def test_flood_not_enforced_is_only_counted(telegram: Api) -> None:
    assert [telegram("sendMessage", chat_id=ME, text="a").status_code for _ in range(3)] == [200] * 3
    assert [v.key for v in telegram.emulator.violations] == [str(ME)] * 2
