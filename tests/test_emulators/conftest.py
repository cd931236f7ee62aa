"""Running emulators, and a receiver of webhooks that answers as it is told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request, Response

from tests.emulators import TelegramEmulator, ZaloBotEmulator, ZaloOAEmulator, serving
from tests.emulators.base import Emulator

ME = 777


class Receiver(Emulator):
    """Takes webhooks at `/hook`; `statuses` are its next answers, then 200."""

    name = "receiver"

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        self.delay = 0.0
        self.app = FastAPI()
        self.app.add_api_route("/hook", self._hook, methods=["POST"])
        self.url = ""

    async def _hook(self, request: Request) -> Response:
        body = await request.body()
        self.got.append((dict(request.headers), body))
        if self.delay:
            await asyncio.sleep(self.delay)
        return Response(status_code=self.statuses.pop(0) if self.statuses else 200)

    def close(self) -> None:
        """Nothing to end."""


@dataclass
class Api:
    """A plain client of one emulator."""

    emulator: Any
    base: str
    http: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, verify=False, timeout=10))

    def __call__(self, method: str, **fields: Any) -> httpx.Response:
        """A JSON call of a bot method."""
        return self.http.post(f"{self.base}/bot{self.emulator.token}/{method}", json=fields)

    def oa(self, path: str, body: Any = None, *, token: str | None = None, **headers: str) -> dict[str, Any]:
        """A call of the OA API with the live token: POST with a body, else GET. Refusals are HTTP 200 too."""
        headers = {"access_token": self.emulator.oauth.access_token if token is None else token} | headers
        url = f"{self.base}{path}"
        answer = (
            self.http.get(url, headers=headers) if body is None else self.http.post(url, json=body, headers=headers)
        )
        assert answer.status_code == 200
        found: dict[str, Any] = answer.json()
        return found

    def control(self, path: str, **fields: Any) -> Any:
        """A POST to the control API."""
        return self.http.post(f"{self.base}/_control/{path}", json=fields).json()


def _running(emulator: Emulator) -> Iterator[Api]:
    with serving(emulator) as running:
        api = Api(emulator, running.base_url)
        yield api
        api.http.close()


@pytest.fixture
def telegram() -> Iterator[Api]:
    """A Telegram with one person, 777, who has started the bot; the update is confirmed."""
    emulator = TelegramEmulator()
    emulator.user_says(ME, "/start")
    emulator.updates.clear()
    yield from _running(emulator)


@pytest.fixture
def oa() -> Iterator[Api]:
    """An OA with one follower, `u1`."""
    emulator = ZaloOAEmulator()
    emulator.follow("u1")
    yield from _running(emulator)


@pytest.fixture
def zalo_bot() -> Iterator[Api]:
    """A Zalo bot with one person, `p1`; their first message has been polled."""
    emulator = ZaloBotEmulator()
    emulator.user_says("p1", "alo")
    emulator.queue.clear()
    yield from _running(emulator)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Somebody who takes webhooks at `{url}/hook`."""
    receiver = Receiver()
    with serving(receiver):
        yield receiver


def until(condition: Any, seconds: float = 5.0) -> None:
    """Waits for a condition; fails when it does not come true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)
