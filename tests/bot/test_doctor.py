"""`tuvan doctor` finds what is wrong and says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.cli.doctor import CLOCK_TOLERANCE, clock_finding
from tests.bot.installation import fresh
from tests.emulators import TelegramEmulator, serving

NOW = 1_795_000_000.0


@pytest.fixture
def emulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TelegramEmulator]:
    fresh(tmp_path, monkeypatch)
    made = TelegramEmulator()
    with serving(made):
        monkeypatch.setenv("TELEGRAM_BOT_TOKEN", made.token)
        monkeypatch.setenv("TELEGRAM_API_URL", made.url)
        yield made


def found() -> tuple[int, dict[str, dict[str, Any]]]:
    import json

    result = CliRunner().invoke(app, ["doctor", "--json"])
    return result.exit_code, {one["name"]: one for one in json.loads(result.stdout)}


def test_a_channel_that_works_is_well(emulator: TelegramEmulator) -> None:
    status, checks = found()
    assert status == 0
    assert checks["kênh telegram: Telegram: mã bot"]["ok"] and checks["đồng hồ"]["ok"]
    assert checks["ngày"]["remedy"], "a fixed date is for trying only"


def test_a_token_that_is_refused_is_named_with_what_to_do(
    emulator: TelegramEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:not-the-token")
    status, checks = found()
    token = checks["kênh telegram: Telegram: mã bot"]
    assert status == 1 and not token["ok"] and "TELEGRAM_BOT_TOKEN" in token["remedy"]
    assert "not-the-token" not in str(checks)


def test_a_webhook_of_somebody_else_is_seen(emulator: TelegramEmulator) -> None:
    emulator.webhook.url = "https://somebody.example/hook"
    status, checks = found()
    assert status == 1 and "somebody.example" in checks["kênh telegram: Telegram: webhook"]["detail"]


def test_a_platform_that_cannot_be_reached_is_seen(emulator: TelegramEmulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_API_URL", "http://127.0.0.1:1")
    status, checks = found()
    assert status == 1 and checks["kênh telegram: Telegram: mã bot"]["remedy"]


def test_a_clock_that_is_wrong_is_seen() -> None:
    dates = [formatdate(NOW, usegmt=True)]
    assert clock_finding(dates, NOW + CLOCK_TOLERANCE).ok
    late = clock_finding(dates, NOW - 3 * CLOCK_TOLERANCE)
    assert not late.ok and late.needed and "-180 giây" in late.detail
    assert clock_finding([*dates, formatdate(NOW + 999, usegmt=True)], NOW).ok, "one server's own clock may be wrong"
    assert clock_finding(["nonsense"], NOW).ok and clock_finding([], NOW).ok


def test_settings_that_are_wrong_end_it_with_one_line(
    emulator: TelegramEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMBEDDING_MODEL", "khong/co-mo-hinh")
    status, checks = found()
    assert status == 1 and "EMBEDDING_MODEL" in checks["cài đặt"]["detail"] + checks["cài đặt"]["remedy"]
