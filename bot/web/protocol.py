"""Connections that take too long to say what they want (slow-loris) are closed.

uvicorn waits for ever for the first line and headers of a request; so a few hundred silent connections would keep everybody out. The
deadline runs from the opening of the connection, or from the first byte of a further request, to the end of its headers; how long a body
may take is `bot.web.middleware.LimitedBody`'s to say.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

from bot.web.middleware import SECURITY_HEADERS
from bot.web.texts import say

HEADER_SECONDS = 10.0


def impatient(seconds: float = HEADER_SECONDS) -> type[asyncio.Protocol]:
    """uvicorn's HTTP protocol with a deadline for the headers of each request."""
    base: Any = AutoHTTPProtocol

    class Impatient(base):  # type: ignore[misc]
        """uvicorn's own, and a deadline."""

        deadline: asyncio.TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self.deadline = self.loop.call_later(seconds, self._give_up)

        def data_received(self, data: bytes) -> None:
            before = self.cycle
            super().data_received(data)
            if self.cycle is not before:  # a request began: its headers are complete
                self._rest()
            elif self.deadline is None and (before is None or before.response_complete):
                self.deadline = self.loop.call_later(seconds, self._give_up)

        def connection_lost(self, exc: Exception | None) -> None:
            self._rest()
            super().connection_lost(exc)

        def send_400_response(self, msg: str) -> None:
            """What cannot be read as HTTP never reaches the application, so its answer is written here, with the same headers."""
            body = say("bad_http").encode()
            headers = SECURITY_HEADERS | {
                "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store", "Connection": "close",
                "Content-Length": str(len(body)),
            }  # fmt: skip
            lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            self.transport.write(f"HTTP/1.1 400 Bad Request\r\n{lines}\r\n".encode("ascii") + body)
            self.transport.close()

        def _give_up(self) -> None:
            self.deadline = None
            if not self.transport.is_closing():
                self.transport.close()

        def _rest(self) -> None:
            if self.deadline is not None:
                self.deadline.cancel()
                self.deadline = None

    return Impatient
