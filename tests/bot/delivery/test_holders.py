"""The right of a process that was killed is free at once on its machine, and that of one that lives is not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.channels.contract import Inbound, Kind
from bot.delivery import holders
from bot.delivery.holders import holder_name, is_dead
from bot.delivery.inbox import DIRECT, Inbox
from bot.delivery.leases import ChannelStates

ROOT = Path(__file__).parents[3]
NAME = "from bot.delivery.holders import holder_name; print(holder_name(), flush=True); input()"


def other_process() -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-c", NAME], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def ended(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    assert process.stdin is not None and process.stdout is not None
    process.stdin.close()
    process.stdout.close()


def test_a_killed_process_holds_up_nobody(engine: Engine) -> None:
    states = ChannelStates(engine)
    process, holder = other_process()
    try:
        assert states.hold("telegram", holder, 100.0)
        assert not states.hold("telegram", holder_name())
        process.send_signal(signal.SIGSTOP)  # it stands still, and may go on
        assert not states.hold("telegram", holder_name())
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # dead, and nobody has asked after it yet
        mine = holder_name()
        assert states.hold("telegram", mine)
        process.wait()
        assert not states.hold("telegram", holder) and states.of("telegram").holder == mine
    finally:
        ended(process)


def test_what_a_killed_worker_had_is_done_by_another_at_once(engine: Engine) -> None:
    box = Inbox(engine)
    box.store([Inbound("telegram", "1", "c1", "c1", Kind.TEXT, "hỏi")])
    process, holder = other_process()
    try:
        assert box.take(f"{holder}/0", lease=80.0) is not None
        assert box.free_of_the_dead() == 0 and box.take("other") is None
        process.send_signal(signal.SIGSTOP)  # it stands still, and may go on
        assert box.free_of_the_dead() == 0 and box.take("other") is None
        process.kill()
        process.wait()
        assert box.free_of_the_dead() == 1
        again = box.take("other")
        assert again is not None and again.event.event_id == "1"
        assert box.free_of_the_dead() == 0 and box.take("third") is None, "what another one has by now stays with it"
    finally:
        ended(process)


def test_a_page_does_not_wait_for_a_server_that_was_killed(engine: Engine) -> None:
    box = Inbox(engine)
    process, holder = other_process()
    try:
        box.open(Inbound(DIRECT, "1", "s1", "s1", Kind.TEXT, "hỏi"), worker=holder)
        with ThreadPoolExecutor(1) as pool:
            waits = pool.submit(box.open, Inbound(DIRECT, "2", "s1", "s1", Kind.TEXT, "hỏi"), worker="w", patience=60.0)
            assert not wait([waits], 1.0).done, "the other one lives and answers"
            process.kill()
            process.wait()
            assert waits.result(10.0).event.event_id == "2"
    finally:
        ended(process)


def test_whoever_cannot_be_judged_is_not_taken_for_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = holder_name()
    host, number, machine, tail = mine.split(":")
    assert len(mine) <= 36 and not is_dead(mine)
    assert is_dead(f"{host}:4999999:{machine}:{tail}")
    for other in ("", "w", f"{host}:4999999:{tail}", f"{host}:4999999:00000000:{tail}", f"{host}:x:{machine}:{tail}"):
        assert not is_dead(other)
    monkeypatch.setattr(holders, "_machine", lambda: "")
    assert not is_dead(f"{host}:4999999::{tail}") and not is_dead(f"{host}:{number}:{machine}:{tail}")
