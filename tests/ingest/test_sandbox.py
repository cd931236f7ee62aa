"""Limits of the parser process, tried with functions that break them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from ingest.errors import Refused
from ingest.sandbox import Limits, run_limited

TIGHT = Limits(cpu_seconds=2, wall_seconds=4.0, memory_bytes=400 << 20)
HERE = __name__


def echo(value: Any) -> Any:
    return value


def spin() -> None:
    while True:
        pass


def sleep() -> None:
    time.sleep(60)


def hoard() -> int:
    return len(b"x" * (900 << 20))


def die() -> None:
    os.kill(os.getpid(), 11)


def leave() -> None:
    os._exit(3)


def chatter() -> str:
    return "x" * (8 << 20)


def write(path: str) -> None:
    with Path(path).open("wb") as file:
        for _ in range(64):
            file.write(bytes(1 << 20))


def call_out() -> None:
    import socket

    socket.create_connection(("127.0.0.1", 9), timeout=1)


def interfaces() -> list[str]:
    return sorted(line.split(":")[0].strip() for line in Path("/proc/net/dev").read_text().splitlines()[2:])


def refuse() -> None:
    raise Refused("garbled", "why", (2, 3))


def fail() -> None:
    raise ValueError("bad file")


def recurse(depth: int = 0) -> int:
    return recurse(depth + 1) + 1


def environment() -> list[str]:
    return sorted(os.environ)


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def start_helper() -> None:
    process = subprocess.Popen(["sleep", "300.625"])
    process.wait()


def _reason(name: str, *args: Any, limits: Limits = TIGHT) -> str:
    with pytest.raises(Refused) as caught:
        run_limited(f"{HERE}:{name}", args, limits)
    return caught.value.reason


def test_the_value_comes_back() -> None:
    value = {"chữ": ["Điều 1", 2, None, True, 1.5]}
    assert run_limited(f"{HERE}:echo", [value]) == value


@pytest.mark.parametrize(
    ("function", "reason"),
    [("spin", "time_limit"), ("sleep", "time_limit"), ("hoard", "memory_limit"), ("die", "crashed"), ("leave", "crashed"),
     ("fail", "damaged"), ("recurse", "too_complex"), ("call_out", "damaged")],
)  # fmt: skip
def test_a_broken_limit_has_its_reason(function: str, reason: str) -> None:
    assert _reason(function) == reason


def test_too_much_output_is_cut_off() -> None:
    assert _reason("chatter", limits=replace(TIGHT, output_bytes=1 << 20)) == "output_limit"


def test_the_reason_of_the_function_itself_arrives_with_its_pages() -> None:
    with pytest.raises(Refused) as caught:
        run_limited(f"{HERE}:refuse", [])
    assert (caught.value.reason, caught.value.detail, caught.value.pages) == ("garbled", "why", (2, 3))


def test_a_file_cannot_grow_past_its_limit(tmp_path: Path) -> None:
    target = tmp_path / "big"
    assert _reason("write", str(target), limits=replace(TIGHT, write_bytes=4 << 20)) in ("crashed", "damaged")
    assert target.stat().st_size <= 4 << 20


def test_a_parser_sees_no_network_where_the_kernel_allows_that() -> None:
    if subprocess.run(["unshare", "--net", "true"], capture_output=True).returncode != 0:
        pytest.skip("this kernel gives no network of one's own to this user")
    assert run_limited(f"{HERE}:interfaces", []) == ["lo"]


def test_secrets_of_the_environment_stay_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "secret")
    # A nursery started before the variable was set would prove nothing.
    code = f"from ingest.sandbox import run_limited; print(run_limited('{HERE}:environment', []))"
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert "PATH" in shown.stdout
    assert "TELEGRAM" not in shown.stdout


def test_the_next_call_works_after_every_kind_of_end() -> None:
    for name in ("die", "leave", "fail", "hoard"):
        _reason(name)
        assert run_limited(f"{HERE}:echo", [name]) == name


def test_calls_from_many_threads_get_their_own_answers() -> None:
    answers: dict[int, Any] = {}

    def ask(number: int) -> None:
        for round_ in range(5):
            answers[number * 10 + round_] = run_limited(f"{HERE}:echo", [number * 10 + round_])

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == {n * 10 + r: n * 10 + r for n in range(6) for r in range(5)}


def test_a_helper_program_ends_with_its_parser() -> None:
    assert _reason("start_helper", limits=replace(TIGHT, wall_seconds=1.0)) == "time_limit"
    for _ in range(50):
        left = [p for p in psutil.process_iter(["cmdline"]) if p.info["cmdline"] == ["sleep", "300.625"]]
        if not left:
            break
        time.sleep(0.1)
    assert not left


def test_nothing_is_left_when_the_caller_is_killed() -> None:
    code = f"from ingest.sandbox import run_limited; run_limited('{HERE}:start_helper', [])"
    caller = subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parents[2])
    try:
        family: list[psutil.Process] = []
        end = time.monotonic() + 30
        while len(family) < 3 and time.monotonic() < end:  # nursery, parser, helper program
            time.sleep(0.05)
            family = psutil.Process(caller.pid).children(recursive=True)
        assert len(family) == 3
    finally:
        caller.kill()
        caller.wait()
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []


def test_descriptors_do_not_pile_up() -> None:
    first = run_limited(f"{HERE}:descriptors", [])
    for _ in range(20):
        last = run_limited(f"{HERE}:descriptors", [])
    assert last == first
