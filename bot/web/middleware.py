"""What every request passes: a limited body, security headers, one line in the access log, metrics.

Traps: headers must also be on errors, so this stands outside the routes and their error handling. The access log names
the route, never the path or query as sent: people paste phone numbers anywhere.
"""

from __future__ import annotations

import asyncio
import html
import json
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.metrics import Metrics
from bot.web.texts import say

access_log = logging.getLogger("bot.web.access")
log = logging.getLogger("bot.web")

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",  # no text becomes markup in the page, not even by mistake
        "trusted-types 'none'",
    )
)
_POLICY = "Content-Security-Policy"
SECURITY_HEADERS = {
    _POLICY: CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
BODY_SECONDS = 15.0


class BodyTooLarge(Exception):
    """Raised when a request body passes the limit."""


class LimitedBody:
    """Reads the whole body before the app sees it: at most `limit` bytes within `seconds`, else 413 or 408.

    A declared length above the limit is refused without reading. `limits` has other limits for paths by their beginning.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        limit: int,
        too_large: str,
        seconds: float = BODY_SECONDS,
        limits: Mapping[str, int] | None = None,
    ) -> None:
        self._app = app
        self._limit = limit
        self._limits = dict(limits or {})
        self._too_large = too_large
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = next((size for start, size in self._limits.items() if scope["path"].startswith(start)), self._limit)
        try:
            declared = _declared_length(scope["headers"])
            if declared is not None and not 0 <= declared <= limit:
                raise BodyTooLarge
            body = await asyncio.wait_for(self._read(receive, limit), self._seconds)
        except BodyTooLarge:
            await send_line(scope, send, 413, self._too_large)
            return
        except TimeoutError:
            await send_line(scope, send, 408, say("too_slow"))
            return
        if body is None:  # the client left
            return
        await self._app(scope, _replay(body, receive), send)

    async def _read(self, receive: Receive, limit: int) -> bytes | None:
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            if len(body) > limit:
                raise BodyTooLarge
            if not message.get("more_body", False):
                return bytes(body)


class Observed:
    """Security headers, metrics and the access log around everything, and the last word when something breaks."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, https: bool = False) -> None:
        self._app = app
        self._metrics = metrics
        self._headers = dict(SECURITY_HEADERS)
        if https:
            self._headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                own = headers.get(_POLICY)  # a picture that styles itself, a file: narrower than what pages need
                for name, value in self._headers.items():
                    headers[name] = value
                if own is not None and own.startswith("default-src 'none'"):
                    headers[_POLICY] = own
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:
            log.error("request failed: %s on %s", type(error).__name__, _route(scope))
            if not status:
                await send_line(scope, send_with_headers, 500, say("broken"))
        finally:
            seconds = time.perf_counter() - started
            route, method = _route(scope), scope["method"]
            self._metrics.request(route, method, status, seconds)
            access_log.info("%s %s %s %.1f ms", method, route, status or "-", seconds * 1000)


def wants_page(scope: Scope) -> bool:
    """True when a person's browser asks for a page, not a program for data."""
    if scope["path"].startswith("/api/"):
        return False
    return any(name == b"accept" and b"text/html" in value for name, value in scope["headers"])


async def send_line(scope: Scope, send: Send, status: int, line: str) -> None:
    """A refusal of one line, for places where no route can answer: `{"detail": line}`, or a bare page for a person."""
    if wants_page(scope):
        kind = b"text/html; charset=utf-8"
        head = (
            '<!doctype html><html lang="vi"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        )
        name, home = html.escape(say("name")), html.escape(say("back_home"))
        body = f'{head}<title>{name}</title><p>{html.escape(line)}</p><p><a href="/">{home}</a></p></html>'.encode()
    else:
        kind = b"application/json"
        body = json.dumps({"detail": line}, ensure_ascii=False).encode()
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body if scope["method"] != "HEAD" else b""})


def _declared_length(headers: Iterable[tuple[bytes, bytes]]) -> int | None:
    for name, value in headers:
        if name == b"content-length":
            return int(value) if value.isdigit() else -1
    return None


def _replay(body: bytes, receive: Receive) -> Callable[[], Awaitable[Message]]:
    sent = False

    async def replayed() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed


def _route(scope: Scope) -> str:
    return str(getattr(scope.get("route"), "path", "other"))
