"""The folder `deploy/`: units that systemd reads, a compose file that holds together, settings and commands that exist."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import Settings
from tests.bot.test_docs import commands, setting_names, text_of

DEPLOY = Path(__file__).parents[1] / "deploy"
UNITS = sorted(DEPLOY.glob("systemd/*"))
SIZES = sorted(DEPLOY.glob("sizes/*.env"))
OTHERS = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD", "POSTGRES_INITDB_ARGS", "SITE_ADDRESS", "UPSTREAMS"}
OTHERS |= {"FORWARDED_ALLOW_IPS"}  # of the web server itself
FILLED = {
    "TUVAN_OFFICE": "BHXH tỉnh", "PUBLIC_URL": "https://tuvan.example.vn", "TELEGRAM_BOT_TOKEN": "42:x",
    "TELEGRAM_WEBHOOK_SECRET": "s" * 32, "ZALO_OA_APP_ID": "1", "ZALO_OA_APP_SECRET": "x", "ZALO_OA_SECRET_KEY": "x",
    "ZALO_OA_REFRESH_TOKEN": "x",
}  # fmt: skip


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text_of(DEPLOY / "compose.yaml"))
    return found


def runs(word: str) -> bool:
    """Whether `tuvan word` is a command."""
    return word in commands()


@pytest.mark.parametrize("unit", UNITS, ids=lambda p: p.name)
def test_systemd_reads_the_units(unit: Path, tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd-analyze")
    program = tmp_path / "tuvan"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for each in UNITS:  # the program where this machine has one
        text = text_of(each).replace("/srv/tuvan-bhxh/.venv/bin/tuvan", str(program))
        (tmp_path / each.name).write_text(text, encoding="utf-8")
    name = unit.name.replace("@.", "@1.")
    if name != unit.name:
        (tmp_path / unit.name).rename(tmp_path / name)
    done = subprocess.run([analyze, "verify", "--man=no", str(tmp_path / name)], capture_output=True, text=True)
    own = [line for line in done.stderr.splitlines() if "tuvan" in line]
    assert own == []


@pytest.mark.parametrize("unit", UNITS, ids=lambda p: p.name)
def test_units_run_commands_that_exist(unit: Path) -> None:
    text = text_of(unit)
    called = re.findall(r"^ExecStart=\S+/tuvan (\S+)", text, re.MULTILINE)
    assert len(called) == (unit.suffix == ".service")
    assert all(runs(word) for word in called)
    if unit.suffix == ".timer":
        assert unit.with_suffix(".service").is_file()


@pytest.mark.parametrize("size", SIZES, ids=lambda p: p.name)
def test_settings_of_each_size_are_taken(size: Path, tmp_path: Path) -> None:
    pairs = dict(line.split("=", 1) for line in text_of(size).splitlines() if line and not line.startswith("#"))
    assert pairs.keys() <= setting_names()
    filled = tmp_path / "filled.env"
    whole = pairs | {name: FILLED.get(name, value) for name, value in pairs.items() if not value}
    filled.write_text("\n".join(f"{name}={value}" for name, value in whole.items()), encoding="utf-8")
    settings = Settings(_env_file=filled)  # type: ignore[call-arg]
    assert settings.tuvan_env.value == "production"
    assert settings.database.startswith("sqlite" if size.stem == "commune" else "postgresql")


@pytest.mark.proxy
@pytest.mark.parametrize(
    ("site", "servers"),
    [
        ("bhxh.example.vn", "127.0.0.1:8000"),
        ("bhxh.example.vn", "serve:8000"),
        ("a.example.vn, b.example.vn", "10.0.0.1:8000 10.0.0.2:8000"),
    ],
)
def test_caddy_takes_the_proxy_file(site: str, servers: str, tmp_path: Path) -> None:
    caddy = shutil.which("caddy")
    if caddy is None:
        pytest.skip("no Caddy: apt-get install caddy")
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "SITE_ADDRESS": site, "UPSTREAMS": servers}
    for words in (
        ["validate", "--adapter", "caddyfile", "--config"],
        ["adapt", "--adapter", "caddyfile", "--config"],
        ["fmt"],
    ):
        done = subprocess.run(
            [caddy, *words, str(DEPLOY / "Caddyfile")], env=environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        if words[0] == "adapt":
            assert all(f'"dial":"{server}"' in done.stdout.replace(" ", "") for server in servers.split())
            assert site.split(",")[0] in done.stdout


def test_the_compose_file_holds_together() -> None:
    found = compose()
    services, volumes, settings = found["services"], found["volumes"], setting_names()
    assert {"db", "serve", "worker", "poll", "proxy"} == services.keys()
    for name, service in services.items():
        assert "image" in service, name
        assert set(service.get("depends_on", ())) <= services.keys()
        assert service.get("environment", {}).keys() <= settings | OTHERS
        for volume in service.get("volumes", ()):
            where = volume.split(":")[0]
            assert where in volumes or (DEPLOY / where).is_file(), volume
        if service["image"] == "tuvan-bhxh":
            assert runs(service["command"][0])
            assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
    trusted = services["serve"]["environment"]["FORWARDED_ALLOW_IPS"]
    assert [trusted] == [c["subnet"] for c in found["networks"]["default"]["ipam"]["config"]]
    assert "ports" not in services["serve"]  # nobody passes the proxy by
    assert "ports" not in services["db"]


def test_every_variable_named_in_the_folder_is_a_setting() -> None:
    for path in DEPLOY.rglob("*"):
        if path.is_file():
            named = set(
                re.findall(r"\b(?:TUVAN|TELEGRAM|ZALO|LLM|SMTP|EMBEDDING|DATABASE|PUBLIC)_[A-Z_]+\b", text_of(path))
            )
            assert named <= setting_names(), path.name


def test_the_image_has_what_it_copies() -> None:
    for line in re.findall(r"^COPY (.*)$", text_of(DEPLOY / "Dockerfile"), re.MULTILINE):
        for name in line.split()[:-1]:
            assert (DEPLOY.parent / name).exists(), name
