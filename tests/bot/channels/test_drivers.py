"""What the tests themselves stand on: a served application can be asked as soon as its address is known."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from tests.bot.channels.drivers import serve_app


def test_who_asks_before_the_server_has_come_up_waits_and_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    app = FastAPI()

    @app.get("/")
    def hello() -> str:
        return "chào"

    run = uvicorn.Server.run

    def late(self: uvicorn.Server, sockets: Any = None) -> None:
        time.sleep(0.3)
        run(self, sockets)

    monkeypatch.setattr(uvicorn.Server, "run", late)
    with serve_app(app) as address:
        assert httpx.get(address, timeout=10).json() == "chào"
