"""What stands around every request, also when everything inside breaks."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from bot.web.metrics import Metrics
from bot.web.middleware import LimitedBody, Observed
from bot.web.texts import say


async def broken(scope: Scope, receive: Receive, send: Send) -> None:
    raise ValueError("secret words of a citizen")


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    message = await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": message["body"]})


@pytest.mark.parametrize(("accept", "kind"), [("*/*", "application/json"), ("text/html", "text/html")])
def test_an_app_that_breaks_gives_a_polite_line_with_headers(
    accept: str, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    response = TestClient(Observed(broken, metrics=Metrics())).get("/?phone=0912345678", headers={"Accept": accept})
    assert response.status_code == 500
    assert response.headers["content-type"].startswith(kind)
    assert say("broken") in response.text
    assert "content-security-policy" in response.headers
    assert "ValueError" in caplog.text
    assert "secret words" not in response.text + caplog.text
    assert "0912345678" not in caplog.text


def limited(app: Any, limit: int = 10) -> LimitedBody:
    return LimitedBody(app, limit=limit, too_large="quá lớn", seconds=0.1)


@pytest.mark.parametrize(("size", "status"), [(0, 200), (10, 200), (11, 413)])
def test_the_body_may_reach_the_limit_and_not_pass_it(size: int, status: int) -> None:
    response = TestClient(limited(echo)).post("/", content=b"x" * size)
    assert response.status_code == status
    if status == 200:
        assert response.content == b"x" * size


@pytest.mark.parametrize("length", ["-1", "abc", "99999999999999999999", "1e3"])
def test_a_lie_about_the_length_is_refused(length: str) -> None:
    response = TestClient(limited(echo)).post("/", content=b"x", headers={"Content-Length": length})
    assert response.status_code == 413


def run(app: LimitedBody, incoming: list[Message]) -> list[Message]:
    """What `app` sends when these messages come in, and then nothing more."""
    sent: list[Message] = []

    async def receive() -> Message:
        if incoming:
            return incoming.pop(0)
        await asyncio.sleep(60)
        raise AssertionError("waited for a body that never came")

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "query_string": b""}
    asyncio.run(app(scope, receive, send))
    return sent


def test_a_body_that_never_ends_is_given_up() -> None:
    sent = run(limited(echo), [{"type": "http.request", "body": b"x", "more_body": True}])
    assert sent[0]["status"] == 408
    assert say("too_slow").encode() in sent[1]["body"]


def test_a_client_that_leaves_is_not_answered() -> None:
    assert run(limited(echo), [{"type": "http.disconnect"}]) == []


def test_the_access_log_names_the_route_only(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bot.web.access")
    TestClient(Observed(echo, metrics=Metrics())).get("/0912345678?q=0912345678")
    assert "GET other 200" in caplog.text
    assert not [r for r in caplog.records if r.name == "bot.web.access" and "0912345678" in r.getMessage()]
