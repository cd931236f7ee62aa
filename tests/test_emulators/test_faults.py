"""The plan of faults, the record, and the control API over HTTP."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import httpx
import pytest

from tests.emulators import Clock, Fault
from tests.emulators.control import FaultPlan, RateWindows
from tests.emulators.serve import Running
from tests.emulators.telegram import TelegramEmulator
from tests.test_emulators.conftest import ME, Api, Receiver, until


def send(api: Api, text: str = "a") -> int:
    return api("sendMessage", chat_id=ME, text=text).status_code


def test_a_queue_is_used_up_in_order_and_lets_calls_pass() -> None:
    plan = FaultPlan()
    plan.add("sendMessage", Fault("reset"), None, times=2)
    plan.add("*", Fault("garbage"))
    kinds = [fault.kind if fault else None for fault in (plan.next("SENDMESSAGE") for _ in range(6))]
    assert kinds == ["reset", None, "reset", None, "garbage", None]


def test_chances_follow_their_seed() -> None:
    def draw(seed: int) -> list[bool]:
        plan = FaultPlan()
        plan.chance("m", 0.2, Fault("reset"), Fault("garbage"), seed=seed)
        return [plan.next("m") is not None for _ in range(1000)]

    assert draw(1) == draw(1) != draw(2)
    assert 150 < sum(draw(1)) < 250
    plan = FaultPlan()
    plan.chance("m", 1.0, Fault("reset"), at_most=3)
    assert sum(plan.next("m") is not None for _ in range(10)) == 3


def test_an_unknown_fault_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown fault 'odd'"):
        Fault("odd")


def test_a_cut_connection_before_and_after_the_effect(telegram: Api) -> None:
    telegram.emulator.faults.add("sendMessage", Fault("reset"), Fault("reset", applied=True))
    for expected in (0, 1):
        with pytest.raises(httpx.ReadError):
            send(telegram)
        assert len(telegram.emulator.sent(ME)) == expected
    assert [(c.status, c.applied, c.fault) for c in telegram.emulator.calls()] == [
        (0, False, "reset"),
        (0, True, "reset"),
    ]
    assert send(telegram) == 200


def test_a_late_answer_hides_an_effect_only_if_applied(telegram: Api) -> None:
    telegram.emulator.faults.add("sendMessage", Fault("delay", seconds=0.5), Fault("delay", seconds=0.5, applied=True))
    telegram.http.timeout = httpx.Timeout(0.2)
    for _ in range(2):
        with pytest.raises(httpx.ReadTimeout):
            send(telegram)
    until(lambda: all(call.answered for call in telegram.emulator.calls()))
    assert len(telegram.emulator.sent(ME)) == 1


def test_garbage_and_statuses(telegram: Api) -> None:
    telegram.emulator.faults.add("sendMessage", Fault("garbage"), Fault("status", status=503, body="down"))
    garbage = telegram("sendMessage", chat_id=ME, text="a")
    assert garbage.status_code == 200 and not garbage.text.startswith("{")
    assert (send(telegram), telegram.emulator.sent(ME)) == (503, [])


def test_polled_updates_twice_and_shuffled(telegram: Api) -> None:
    for number in range(8):
        telegram.emulator.user_says(ME, str(number))
    telegram.emulator.faults.add("getUpdates", Fault("duplicate"), Fault("reorder"))
    twice, shuffled = ([u["update_id"] for u in telegram("getUpdates").json()["result"]] for _ in range(2))
    assert len(twice) == 16 and len(set(twice)) == 8
    assert sorted(shuffled) == sorted(set(twice)) and shuffled != sorted(shuffled)


def test_early_retries_are_refused_again_and_counted(telegram: Api) -> None:
    telegram.emulator.user_says(5, "/start")
    telegram.emulator.faults.add("sendMessage", Fault("rate_limit", retry_after=2))
    first = telegram("sendMessage", chat_id=ME, text="a")
    assert first.json()["parameters"]["retry_after"] == 2
    assert telegram.emulator.early_retries == []
    assert send(telegram) == 429
    assert telegram("sendMessage", chat_id=5, text="other chats are not held up").status_code == 200
    assert [call.key for call in telegram.emulator.early_retries] == [str(ME)]
    telegram.emulator.clock.advance(2)
    assert send(telegram) == 200
    assert len(telegram.emulator.early_retries) == 1


def test_a_rate_kept_exactly_is_no_violation() -> None:
    windows = RateWindows()
    for second in range(10):
        assert windows.exceeded("a", 1, 1.0, float(second)) == 0
        windows.note("a", float(second))
    assert windows.exceeded("a", 1, 1.0, 9.9) == pytest.approx(0.1)


def test_the_clock_moves() -> None:
    clock = Clock(1795000000)
    clock.advance(-60)
    assert 1794999940 <= clock.now() < 1794999945
    clock.set(5)
    assert 5 <= clock.now() < 10


def test_control_over_http(telegram: Api, receiver: Receiver) -> None:
    telegram.control("faults", method="sendMessage", faults=[{"kind": "status", "status": 500}])
    assert send(telegram) == 500
    assert send(telegram, "b") == 200
    assert [s["text"] for s in telegram.http.get(f"{telegram.base}/_control/sent?user_id={ME}").json()] == ["b"]
    before = telegram.control("clock")["now"]
    assert telegram.control("clock", advance=100)["now"] >= before + 100
    said = telegram.control("act/user_says", user_id=8, text="alo")
    assert said["event"]["message"]["text"] == "alo"
    telegram.control("webhook", url=f"{receiver.url}/hook")
    telegram.control("hold")
    telegram.control("act/send_photo", user_id=8, data="aGk=")
    assert [d["status"] for d in telegram.control("release", copies=[2, 2], seed=1)] == [200, 200]
    assert telegram.emulator.data.files["F1"].data == b"hi"
    state = telegram.http.get(f"{telegram.base}/_control/state").json()
    assert (state["sent"], state["deliveries"]) == (1, 2)


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("act/nonsense", {}, 404),
        ("act/user_says", {"user_id": 1}, 422),
        ("act/press", {"user_id": ME, "label": "none"}, 422),
        ("faults", {"method": "x", "faults": [{"kind": "odd"}]}, 422),
        ("nonsense", {}, 404),
    ],
)
def test_wrong_control_is_named(telegram: Api, path: str, fields: dict[str, object], status: int) -> None:
    answer = telegram.http.post(f"{telegram.base}/_control/{path}", json=fields)
    assert answer.status_code == status and answer.json()["error"]


def test_an_outage_keeps_port_and_state() -> None:
    emulator = TelegramEmulator()
    emulator.user_says(ME, "/start")
    running = Running(emulator).start()
    api = Api(emulator, running.base_url)
    assert send(api) == 200
    running.stop()
    with pytest.raises(httpx.TransportError):
        send(api)
    running.start()
    assert running.base_url == api.base
    assert send(api) == 200 and len(emulator.sent(ME)) == 2
    running.stop()
    emulator.close()


@pytest.mark.parametrize("platform", ["telegram", "zalo-oa", "zalo-bot"])
def test_by_hand(platform: str) -> None:
    command = [sys.executable, "-m", "tests.emulators", platform]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"}
    ) as process:
        assert process.stdout
        url = process.stdout.readline().split()[-1]
        assert httpx.get(f"{url}/_control/state", trust_env=False).json()["name"] == platform
        start = time.monotonic()
        process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=15)
        finally:
            process.kill()  # a test that fails must not wait for ever
        assert process.returncode == 0 and time.monotonic() - start < 10
