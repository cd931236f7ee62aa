"""A real uvicorn and connections that are slow, silent, too large or made to be misread."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.types import ASGIApp

from bot.web import create_app
from bot.web.app import BODY_LIMIT, WEBHOOK_LIMIT
from bot.web.metrics import Metrics
from bot.web.middleware import LimitedBody, Observed
from bot.web.protocol import HEADER_SECONDS, impatient
from bot.web.texts import say
from tests.bot.web.answerers import Scripted

SOON = 0.4
GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


@contextlib.contextmanager
def served(app: ASGIApp, seconds: float = SOON) -> Iterator[int]:
    """`app` on a free port, with a short deadline for headers."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        config = uvicorn.Config(
            app, log_config=None, lifespan="off", http=impatient(seconds), ws="none", timeout_graceful_shutdown=1,
            timeout_keep_alive=15,
        )  # fmt: skip
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        try:
            yield door.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(15)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with served(create_app(Scripted())) as made:
        yield made


def talk(port: int, *pieces: bytes, pause: float = 0.0) -> bytes:
    """What the server says to these bytes until it closes, or is silent for five seconds."""
    got = b""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for piece in pieces:
                line.sendall(piece)
                time.sleep(pause)
        with contextlib.suppress(TimeoutError, ConnectionResetError):
            while part := line.recv(65536):
                got += part
    return got


def closed_in_time(line: socket.socket) -> bool:
    line.settimeout(10)
    try:
        return line.recv(1) == b""
    except ConnectionResetError:
        return True


def test_two_hundred_silent_connections_are_closed_and_others_are_served(port: int) -> None:
    with contextlib.ExitStack() as stack:
        lines = [stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(200)]
        for n, line in enumerate(lines):
            line.sendall([b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: loc", b"GET / HTTP/1.1\r\nX: 1\r\n"][n % 4])
        assert httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).status_code == 200
        assert all(closed_in_time(line) for line in lines)
    assert httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).status_code == 200


def test_headers_that_drip_are_given_up(port: int) -> None:
    drops = [b"GET / HTTP/1.1\r\nHost: localhost\r\n", *[f"X-{n}: a\r\n".encode() for n in range(8)], b"\r\n"]
    assert talk(port, *drops, pause=0.15) == b""


def test_a_second_request_has_its_own_deadline(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(GET)
        assert b"200 OK" in line.recv(65536)
        time.sleep(2 * SOON)  # an idle connection may be kept …
        line.sendall(GET)
        assert b"200 OK" in line.recv(65536)
        line.sendall(b"GET / HTTP/1.1\r\nHo")  # … a half request may not
        assert closed_in_time(line)


def test_a_slow_answer_is_not_cut_off() -> None:
    async def slow(scope: Any, receive: Any, send: Any) -> None:
        import asyncio

        await asyncio.sleep(3 * SOON)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"done"})

    with served(slow) as at:
        assert httpx.get(f"http://127.0.0.1:{at}/", trust_env=False).text == "done"


def test_a_body_that_drips_gets_408() -> None:
    limited = LimitedBody(create_app(Scripted()), limit=BODY_LIMIT, too_large="quá lớn", seconds=0.5)
    with served(Observed(limited, metrics=Metrics())) as at:
        head = b"POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n"
        said = talk(at, head, *[b"{"] * 12, pause=0.1)
    assert said.startswith(b"HTTP/1.1 408") and b"content-security-policy" in said


@pytest.mark.parametrize("path", ["/api/chat", "/", "/webhooks/telegram", "/khong-co"])
def test_an_oversized_body_is_refused_declared_or_chunked(port: int, path: str) -> None:
    size = WEBHOOK_LIMIT + 1 if path.startswith("/webhooks") else BODY_LIMIT + 1
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n".encode()
    declared = talk(port, head + b"Content-Length: 9999999999\r\n\r\nx")
    assert declared.startswith(b"HTTP/1.1 413")
    chunk = b"%x\r\n" % size + b"x" * size + b"\r\n0\r\n\r\n"
    assert b"HTTP/1.1 413" in talk(port, head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk)


@pytest.mark.parametrize(
    "lines",
    [
        b"Content-Length: 4\r\nContent-Length: 5\r\n",
        b"Content-Length: +4\r\n",
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
    ],
)
def test_a_message_whose_end_is_in_doubt_smuggles_no_second_one(port: int, lines: bytes) -> None:
    inner = b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
    said = talk(port, b"POST /healthz HTTP/1.1\r\nHost: localhost\r\n" + lines + b"\r\n0\r\n\r\n" + inner)
    assert said.count(b"HTTP/1.1 ") <= 2
    assert not said or b"HTTP/1.1 400" in said or said.startswith((b"HTTP/1.1 405", b"HTTP/1.1 413"))
    assert b"200 OK" not in said


@pytest.mark.parametrize("line", [b"X: a\rb: c\r\n", b"X: \x00\r\n", b"X y: 1\r\n", b": 1\r\n", b" folded: 1\r\n"])
def test_headers_that_are_none_are_refused(port: int, line: bytes) -> None:
    said = talk(port, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + line + b"\r\n")
    assert said.startswith(b"HTTP/1.1 400") and say("bad_http").encode() in said
    for header in (b"Content-Security-Policy", b"X-Content-Type-Options: nosniff", b"Cache-Control: no-store"):
        assert header in said
    assert b"server: uvicorn" not in said


def test_ten_thousand_headers_or_a_long_one_are_answered_or_refused_and_the_server_lives(port: int) -> None:
    many = b"".join(b"X-%d: 1\r\n" % n for n in range(10_000))
    talk(port, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + many + b"\r\n")
    talk(port, b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).status_code == 200


@pytest.mark.parametrize("method", [b"TRACE", b"CONNECT", b"TRACK", b"OPTIONS", b"DELETE", b"PUT"])
def test_methods_nobody_needs_are_not_served(port: int, method: bytes) -> None:
    said = talk(port, method + b" / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Secret: marke\r\n\r\n")
    assert not said.startswith(b"HTTP/1.1 2") and b"marke" not in said


def test_the_program_serves_with_the_deadline() -> None:
    import inspect

    from bot.web import server

    assert "http=impatient()" in inspect.getsource(server.serve) and 5 <= HEADER_SECONDS <= 30
