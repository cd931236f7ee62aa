"""Runs an emulator on a local port, in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from tests.emulators.base import Emulator
from tests.emulators.wire import TRANSPORT


class CuttableProtocol(H11Protocol):
    """HTTP/1.1 that hands the connection to the application, which may cut it."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        app = self.app

        async def with_transport(scope: Any, receive: Any, send: Any) -> None:
            scope.setdefault("extensions", {})[TRANSPORT] = transport
            await app(scope, receive, send)

        self.app = with_transport


class QuickServer(uvicorn.Server):
    """Looks five times as often whether it shall stop: tests start and stop many."""

    async def main_loop(self) -> None:
        counter = 0
        while not await self.on_tick(counter):
            counter = (counter + 1) % 864_000
            await asyncio.sleep(0.02)


class Running:
    """An emulator that is being served. `stop()` and `start()` play an outage; the port stays the same."""

    def __init__(self, emulator: Emulator, host: str = "127.0.0.1", port: int = 0) -> None:
        self.emulator = emulator
        self._host, self._port = host, port
        self._server: QuickServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def base_url(self) -> str:
        """`http://host:port`."""
        return f"http://{self._host}:{self._port}"

    def start(self) -> Running:
        """Serves until `stop`; returns once it answers. Raises RuntimeError when it does not within 10 s."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((self._host, self._port))
        self._port = listener.getsockname()[1]
        config = uvicorn.Config(
            self.emulator.app,
            http=CuttableProtocol,
            lifespan="off",
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        server = QuickServer(config)
        self._server = server
        self._thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        self.emulator.closed = False
        self.emulator.url = self.base_url
        self._thread.start()
        end = time.monotonic() + 10
        while not server.started:
            if time.monotonic() > end or not self._thread.is_alive():
                raise RuntimeError(f"the emulator did not start at {self.base_url}")
            time.sleep(0.005)
        return self

    def stop(self) -> None:
        """Stops listening; long polls are let go."""
        self.emulator.closed = True
        if self._server and self._thread:
            self._server.should_exit = True
            self._thread.join(10)

    def wait(self) -> None:
        """Blocks until the server ends."""
        if self._thread:
            self._thread.join()


@contextmanager
def serving(emulator: Emulator, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[Running]:
    """Serves `emulator` (on a free port unless told) within the `with` block; gives `base_url`."""
    running = Running(emulator, host, port).start()
    try:
        yield running
    finally:
        running.stop()
        emulator.close()
