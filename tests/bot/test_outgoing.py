"""Nothing is connected to but what the settings name. The addresses are those kept for documentation: nobody is there."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot import outgoing
from bot.bootstrap import bootstrap
from bot.errors import BadSettings
from bot.outgoing import Elsewhere, allow_only, hosts_of
from bot.settings import Settings

NOBODY = "192.0.2.1"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    allow_only(None)


def settings(**values: Any) -> Settings:
    return Settings(_env_file=None, **values)  # type: ignore[call-arg]


def datagram() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.sendto(b"x", (NOBODY, 53))


def stream() -> None:
    async def opened() -> None:
        await asyncio.wait_for(asyncio.open_connection(NOBODY, 443), 2)

    asyncio.run(opened())


WAYS: dict[str, Callable[[], Any]] = {
    "address": lambda: socket.create_connection((NOBODY, 443), timeout=0.2),
    "name": lambda: socket.getaddrinfo("attacker.invalid", 443),
    "datagram": datagram,
    "asyncio": stream,
}


@pytest.mark.parametrize("way", WAYS)
def test_a_host_that_no_setting_names_is_refused_before_anything_is_sent(way: str) -> None:
    allow_only(hosts_of(settings()))
    with pytest.raises(Elsewhere):
        WAYS[way]()


def test_http_is_refused_like_a_server_that_is_down() -> None:
    allow_only(hosts_of(settings()))
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://{NOBODY}/", timeout=2, trust_env=False)
    with pytest.raises(httpx.ConnectError):
        httpx.get("http://attacker.invalid/", timeout=2, trust_env=False)


def test_this_machine_and_named_hosts_are_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    allow_only({"192.0.2.9", "Platform.Test."})
    with socket.create_server(("127.0.0.1", 0)) as door:
        socket.create_connection(("localhost", door.getsockname()[1]), timeout=2).close()
    known = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.7", 443))]
    outgoing._watched(lambda *_: known)("platform.test", 443)
    for address in ("192.0.2.9", "192.0.2.7"):  # what a setting holds, and what a name of ours has become
        with socket.socket() as door, pytest.raises(OSError) as ended:
            door.settimeout(0.05)
            door.connect((address, 443))
        assert not isinstance(ended.value, Elsewhere)


def test_the_hosts_are_those_of_the_settings_and_the_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.office.vn:3128")
    found = hosts_of(
        settings(
            smtp_url="smtps://u:p@mail.office.vn:465", smtp_from="a@b.vn", llm_model="openai:x", llm_abroad_dossier="1",
            database_url="postgresql://tuvan@db1.office.vn:5432/tuvan?host=db2.office.vn:5433",
        )
    )  # fmt: skip
    assert found == {
        "api.telegram.org", "openapi.zalo.me", "oauth.zaloapp.com", "bot-api.zaloplatforms.com", "mail.office.vn",
        "api.openai.com", "db1.office.vn", "db2.office.vn", "proxy.office.vn",
    }  # fmt: skip
    own = hosts_of(settings(llm_model="openai:x", llm_base_url="http://llm.office.vn:8080/v1"))
    assert "llm.office.vn" in own and "api.openai.com" not in own


def test_an_installation_is_guarded_from_its_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadSettings):
        bootstrap(settings(tuvan_data=tmp_path / "file/data"))
    with pytest.raises(Elsewhere):
        socket.getaddrinfo("attacker.invalid", 443)
