"""Settings that would do harm stop the start, each with its name and what to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.errors import BadSettings
from bot.settings import load_settings, secrets_of

TOKEN = "42:not-a-real-token"


def refusal(monkeypatch: pytest.MonkeyPatch, folder: Path, **values: str) -> str:
    monkeypatch.chdir(folder)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings) as refused:
        load_settings()
    return str(refused.value)


@pytest.mark.parametrize("channel", ["TELEGRAM", "ZALO_BOT"])
def test_webhook_mode_without_a_secret_is_refused(
    channel: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    token = "TELEGRAM_BOT_TOKEN" if channel == "TELEGRAM" else "ZALO_BOT_TOKEN"
    told = refusal(monkeypatch, tmp_path, **{token: TOKEN, f"{channel}_MODE": "webhook"})
    assert f"{channel}_WEBHOOK_SECRET" in told and TOKEN not in told
    monkeypatch.setenv(f"{channel}_WEBHOOK_SECRET", "x" * 16)
    assert load_settings()


def test_an_official_account_without_the_key_of_its_webhook_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = refusal(monkeypatch, tmp_path, ZALO_OA_REFRESH_TOKEN="r", ZALO_OA_APP_ID="1", ZALO_OA_APP_SECRET="s")
    assert "ZALO_OA_SECRET_KEY" in told
    monkeypatch.setenv("ZALO_OA_SECRET_KEY", "k")
    assert load_settings().zalo_oa


def test_the_command_ends_with_one_line_and_no_start(tmp_path: Path) -> None:
    tuvan = Path(sys.executable).with_name("tuvan")
    told = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_MODE": "webhook", "TUVAN_DATA": str(tmp_path / "data")}
    done = subprocess.run([tuvan, "run"], env=told, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert "TELEGRAM_WEBHOOK_SECRET" in done.stderr and len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"TUVAN_TODAY": "2026-11-22"}, "TUVAN_TODAY"),
        ({"TELEGRAM_WEBHOOK_SECRET": "x" * 15}, "TELEGRAM_WEBHOOK_SECRET"),
    ],
)
def test_what_is_for_trying_only_is_refused_in_production(
    values: dict[str, str], named: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    assert load_settings()
    assert named in refusal(monkeypatch, tmp_path, TUVAN_ENV="production")


OPEN_WAYS = [
    ({"DATABASE_URL": "postgresql://tuvan@db.office.vn/tuvan"}, "DATABASE_URL", "db.office.vn"),
    ({"DATABASE_URL": "postgresql://tuvan@db.office.vn/tuvan?sslmode=require"}, "DATABASE_URL", "db.office.vn"),
    ({"DATABASE_URL": "postgresql:///tuvan?host=10.0.0.7"}, "DATABASE_URL", "10.0.0.7"),
    ({"LLM_MODEL": "ollama:x", "LLM_BASE_URL": "http://llm.office.vn:11434"}, "LLM_BASE_URL", "llm.office.vn"),
    ({"TELEGRAM_API_URL": "http://telegram.office.vn"}, "TELEGRAM_API_URL", "telegram.office.vn"),
    ({"TUVAN_HOST": "0.0.0.0"}, "TUVAN_HOST", "0.0.0.0"),
]


@pytest.mark.parametrize(("values", "named", "host"), OPEN_WAYS)
def test_nothing_crosses_a_network_unencrypted_in_production_unless_somebody_says_so(
    values: dict[str, str], named: str, host: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = refusal(monkeypatch, tmp_path, TUVAN_ENV="production", **values)
    assert named in told and host in told and "TUVAN_PLAIN_HOSTS" in told
    monkeypatch.setenv("TUVAN_PLAIN_HOSTS", "other.office.vn")
    with pytest.raises(BadSettings):
        load_settings()
    monkeypatch.setenv("TUVAN_PLAIN_HOSTS", f"other.office.vn, {host}")
    assert load_settings()


@pytest.mark.parametrize(
    "values",
    [
        {"DATABASE_URL": "postgresql://tuvan@db.office.vn/tuvan?sslmode=verify-full"},
        {"DATABASE_URL": "postgresql://tuvan@127.0.0.1/tuvan"},
        {"DATABASE_URL": "postgresql:///tuvan?host=/var/run/postgresql"},
        {"LLM_MODEL": "ollama:x", "LLM_BASE_URL": "http://127.0.0.1:11434"},
        {"LLM_MODEL": "openai:x", "LLM_BASE_URL": "https://llm.office.vn"},
    ],
)
def test_what_is_encrypted_or_stays_on_the_machine_starts_in_production(
    values: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in {"TUVAN_ENV": "production", **values}.items():
        monkeypatch.setenv(name, value)
    assert load_settings()


@pytest.mark.parametrize("secret", ["short", "có dấu và dài đủ", "x" * 257, "with blanks in it"])
def test_a_secret_that_a_platform_does_not_take_is_refused(
    secret: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert "TELEGRAM_WEBHOOK_SECRET" in refusal(monkeypatch, tmp_path, TELEGRAM_WEBHOOK_SECRET=secret)


def test_every_secret_is_known_to_the_log_and_hidden_in_the_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZALO_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("DATABASE_URL", "postgresql://tuvan:a-password@localhost/tuvan")
    settings = load_settings()
    assert {TOKEN, "a-password"} <= set(secrets_of(settings))
    assert TOKEN not in repr(settings)


def test_the_province_is_one_of_today(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings().province == "Quảng Ngãi"
    monkeypatch.setenv("TUVAN_PROVINCE", "tỉnh gia lai")
    assert load_settings().province == "Gia Lai"
    told = refusal(monkeypatch, tmp_path, TUVAN_PROVINCE="Kon Tum")
    assert "TUVAN_PROVINCE" in told and "Kon Tum" in told
