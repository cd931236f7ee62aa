"""An answer as a stream of events (text/event-stream), for the page: what is sure of it while it is made, then the whole.

`event: part` with `{"text": …}`, each replacing the one before, then one `event: answer` with the body of the plain response. Refusals
come before the stream begins, as status codes.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from starlette.responses import Response, StreamingResponse

from bot.messages import ChatReply, Show

STREAM = "text/event-stream"
_PULSE = 5.0  # seconds without anything after which an empty line keeps proxies from closing


async def streamed(
    ask: Callable[[Show], Awaitable[ChatReply]], as_body: Callable[[ChatReply], dict[str, Any]]
) -> Response:
    """The stream of what `ask` gives. Raises what `ask` raises before anything is shown."""
    loop = asyncio.get_running_loop()
    parts: asyncio.Queue[str] = asyncio.Queue()

    def show(text: str) -> None:
        loop.call_soon_threadsafe(parts.put_nowait, text)

    task = asyncio.ensure_future(ask(show))
    first = asyncio.ensure_future(parts.get())
    await asyncio.wait({task, first}, return_when=asyncio.FIRST_COMPLETED)
    if task.done() and not first.done():
        first.cancel()
        whole = task.result()  # raises the refusal

        async def at_once() -> AsyncIterator[str]:
            yield _event("answer", as_body(whole))

        return StreamingResponse(at_once(), media_type=STREAM, headers=_HEADERS)

    async def events() -> AsyncIterator[str]:
        yield _event("part", {"text": await first})
        while not (task.done() and parts.empty()):
            more = asyncio.ensure_future(parts.get())
            await asyncio.wait({task, more}, timeout=_PULSE, return_when=asyncio.FIRST_COMPLETED)
            if more.done():
                yield _event("part", {"text": more.result()})
                continue
            more.cancel()
            if not task.done():
                yield ": \n\n"
        yield _event("answer", as_body(task.result()))

    return StreamingResponse(events(), media_type=STREAM, headers=_HEADERS)


_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
