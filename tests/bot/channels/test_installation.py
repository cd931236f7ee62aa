"""A whole installation as it is started in an office: `tuvan run`, told of the platforms by settings alone, ended without warning."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.bot.channels.drivers import SECRET, until
from tests.emulators import TelegramEmulator, ZaloBotEmulator, ZaloOAEmulator, serving
from tests.models import prepared_models

QUESTION = "Hộ nghèo mỗi tháng đóng bao nhiêu?"
LAN, MINH, HOA = 777, "20000000000000000021", "6000abcd6000abcd6000"
PHONE = "+84900000001"


@dataclass
class Office:
    """One `tuvan run` and the platforms around it."""

    telegram: TelegramEmulator
    zalo_oa: ZaloOAEmulator
    zalo_bot: ZaloBotEmulator
    settings: dict[str, str]
    port: int
    process: subprocess.Popen[str] | None = None
    log: list[str] = field(default_factory=list)

    def start(self) -> None:
        """Returns when it answers."""
        tuvan = Path(sys.executable).with_name("tuvan")
        self.process = subprocess.Popen(
            [tuvan, "run"], env=self.settings, cwd=self.settings["TUVAN_DATA"], stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        ends = time.monotonic() + 180
        while True:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.web}/readyz", trust_env=False).status_code == 200:
                    return
            assert self.process.poll() is None, self.process.communicate()[1]
            assert time.monotonic() < ends, "it did not become ready"
            time.sleep(0.2)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """The status it ended with."""
        assert self.process is not None
        self.process.send_signal(how)
        self.log.append(self.process.communicate(timeout=60)[1])
        return self.process.returncode

    @property
    def web(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def heard(self, emulator: Any, person: Any, count: int) -> list[str]:
        """What `person` has read, once it is at least `count` messages."""

        def texts() -> list[str]:
            return [m.text for m in emulator.sent(person) if m.text]

        until(lambda: len(texts()) >= count, 60, f"{person}: {texts()}")
        return texts()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    data = tmp_path / "data"
    data.mkdir()
    (data / "models").symlink_to(prepared_models(), target_is_directory=True)
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    # Where the platform hands an update out once only, one that was under way to a killed process is gone, and nobody can mend that.
    telegram, zalo_oa, zalo_bot = TelegramEmulator(), ZaloOAEmulator(), ZaloBotEmulator(probe=False, replay=True)
    with serving(telegram), serving(zalo_oa), serving(zalo_bot):
        settings = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TUVAN_DATA": str(data), "TUVAN_PORT": str(port)}
        settings |= {"TUVAN_TODAY": "2026-11-22", "HF_HUB_OFFLINE": "1", "PUBLIC_URL": f"http://127.0.0.1:{port}"}
        for emulator in (telegram, zalo_oa, zalo_bot):
            settings |= {name: value for name, value in emulator.settings().items() if value}
        settings |= {"TELEGRAM_MODE": "webhook", "TELEGRAM_WEBHOOK_SECRET": SECRET, "ZALO_BOT_MODE": "polling"}
        zalo_oa.webhook.url = f"http://127.0.0.1:{port}/webhooks/zalo-oa"  # set in the platform's console
        made = Office(telegram, zalo_oa, zalo_bot, settings, port)
        try:
            yield made
        finally:
            if made.process is not None and made.process.poll() is None:
                made.process.kill()
                made.process.communicate()


def test_citizens_on_every_channel_are_answered_through_a_sudden_end(office: Office) -> None:
    office.start()
    until(lambda: bool(office.telegram.webhook.url), 60, "no webhook was registered")
    channels = ((office.telegram, LAN), (office.zalo_oa, MINH), (office.zalo_bot, HOA))
    for emulator, person in channels:
        emulator.user_says(person, QUESTION)
    for emulator, person in channels:
        (text,) = office.heard(emulator, person, 1)
        assert "165.000 đồng" in text and "Căn cứ:" in text, text
        assert "tự động" in text, "the first message says that a machine answers"

    # a choice by the platform's own buttons, or by a number
    for emulator, person in channels:
        emulator.user_says(person, "/start")
    office.heard(office.telegram, LAN, 2)
    office.telegram.press(LAN, office.telegram.buttons(LAN)[0])
    office.heard(office.zalo_oa, MINH, 2)
    office.zalo_oa.press(MINH, office.zalo_oa.buttons(MINH)[0])
    assert "\n1. " in office.heard(office.zalo_bot, HOA, 2)[-1]
    office.zalo_bot.user_says(HOA, "1")
    chosen = [office.heard(emulator, person, 3)[2] for emulator, person in channels]
    assert all("Căn cứ:" in text for text in chosen) and len(set(chosen)) == 1

    office.telegram.share_contact(LAN)
    assert "chưa lưu số điện thoại" in office.heard(office.telegram, LAN, 4)[3]
    counts = (4, 3, 3)

    # killed while it has questions, asked again by nobody
    for emulator, person in channels[1:]:
        emulator.user_says(person, "Đóng bao nhiêu năm thì có lương hưu?")
    office.stop(signal.SIGKILL)
    office.telegram.webhook.scale = 0.01
    office.telegram.user_says(LAN, "Đóng bao nhiêu năm thì có lương hưu?")  # the platform finds nobody and keeps it
    office.start()
    office.telegram.webhook.start_retries()
    for (emulator, person), before in zip(channels, counts, strict=True):
        heard = office.heard(emulator, person, before + 1)
        assert "15 năm" in heard[before], heard
    assert office.stop() == 0
    written = "".join(office.log)
    for secret in (SECRET, office.telegram.token, office.zalo_bot.token, office.zalo_oa.oa_secret_key, PHONE[3:]):
        assert secret not in written


def test_the_checks_of_a_running_installation_are_all_well(office: Office) -> None:
    office.start()
    until(lambda: bool(office.telegram.webhook.url), 60, "no webhook was registered")
    tuvan = Path(sys.executable).with_name("tuvan")
    done = subprocess.run(
        [tuvan, "doctor"], env=office.settings, cwd=office.settings["TUVAN_DATA"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "hỏng" not in done.stdout
    assert {"đồng hồ", "kênh telegram", "kênh zalo_oa", "kênh zalo_bot"} <= {
        line[5:].split(":")[0].strip() for line in done.stdout.splitlines()
    }
