"""How many webhook calls a second are stored and acknowledged, beside an endpoint that does nothing, on the same machine.

python -m tests.bench.webhooks [--seconds 10] [--connections 50]

The server runs in a process of its own (uvicorn, SQLite with synchronous=FULL), the client here over plain sockets that stay open. Each
call is a new event; conversations are drawn from 500. `p99_ms` is the time to the answer as the platform sees it at full load,
`gentle_p99_ms` at a tenth of the highest rate.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from fastapi import FastAPI, Request


def serve(folder: Path) -> None:
    """Serves `/bare` and `/webhooks/telegram`; prints its port."""
    import socket

    import uvicorn

    from bot.channels.contract import PATHS
    from bot.delivery.accepting import Acceptor
    from bot.delivery.inbox import Inbox
    from bot.storage.migrate import migrate
    from bot.web import create_app
    from knowledge.store import open_engine
    from tests.bot.delivery.plain import PlainChannel

    class Nobody:
        def answer(self, text: str, *, session: str):  # type: ignore[no-untyped-def]
            raise NotImplementedError

    engine = open_engine(f"sqlite:///{folder / 'bench.sqlite3'}")
    migrate(engine)
    inbox = Inbox(engine)
    acceptor = Acceptor(inbox)
    acceptor.start()
    channel = PlainChannel("telegram")
    app: FastAPI = create_app(Nobody(), channels={"telegram": channel}, acceptor=acceptor)
    bare = FastAPI()

    @bare.post("/bare")
    async def nothing(request: Request) -> dict[str, bool]:
        await request.json()
        return {"ok": True}

    assert PATHS["telegram"]
    outer = FastAPI()
    outer.mount("/b", bare)
    outer.mount("/", app)
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as door:
        sys.stdout.write(f"{door.getsockname()[1]}\n")
        sys.stdout.flush()
        uvicorn.Server(uvicorn.Config(outer, log_config=None, access_log=False, lifespan="off")).run(sockets=[door])


async def _client(port: int, path: str, numbers: itertools.count[int], ends: float, pause: float) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    took: list[float] = []
    while time.perf_counter() < ends:
        n = next(numbers)
        body = json.dumps(
            {"id": str(n), "chat": f"c{n % 500}", "text": "mức đóng?", "order": n, "kind": "text"}
        ).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nX-Proof: yes\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        begun = time.perf_counter()
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1]) for line in answer.lower().split(b"\r\n") if line.startswith(b"content-length")
        )
        await reader.readexactly(length)
        if b" 200 " not in answer.split(b"\r\n")[0]:
            raise RuntimeError(answer.split(b"\r\n")[0].decode())
        took.append(time.perf_counter() - begun)
        if pause:
            await asyncio.sleep(random.uniform(0, 2 * pause))
    writer.close()
    return took


async def _load(
    port: int, path: str, seconds: float, connections: int, start: int, pause: float = 0.0
) -> dict[str, float]:
    numbers = itertools.count(start)
    begun = time.perf_counter()
    parts = await asyncio.gather(*(_client(port, path, numbers, begun + seconds, pause) for _ in range(connections)))
    took = [t for part in parts for t in part]
    return {
        "per_second": round(len(took) / (time.perf_counter() - begun)),
        "p50_ms": round(float(np.percentile(took, 50)) * 1000, 1),
        "p99_ms": round(float(np.percentile(took, 99)) * 1000, 1),
        "longest_ms": round(max(took) * 1000, 1),
    }


def main() -> int:
    """Prints one line of JSON; 1 when a platform would have had to wait."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--connections", type=int, default=50)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments.serve)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.bench.webhooks", "--serve", folder]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout is not None
                port = int(server.stdout.readline())
                asyncio.run(_load(port, "/webhooks/telegram", 1, 10, 10**9))  # warm
                bare = asyncio.run(_load(port, "/b/bare", arguments.seconds, arguments.connections, 0))
                stored = asyncio.run(_load(port, "/webhooks/telegram", arguments.seconds, arguments.connections, 0))
                pause = 10 * arguments.connections / max(1, stored["per_second"])
                gentle = asyncio.run(
                    _load(port, "/webhooks/telegram", arguments.seconds, arguments.connections, 10**8, pause)
                )
            finally:
                server.terminate()
    sys.stdout.write(
        json.dumps({"bare": bare, "stored": stored, "gentle": gentle, "limits": "p99 200 ms, always < 2 s"}) + "\n"
    )
    return int(gentle["p99_ms"] > 200 or max(gentle["longest_ms"], stored["longest_ms"]) > 2000)


if __name__ == "__main__":
    sys.exit(main())
