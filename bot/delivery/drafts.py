"""Shows an answer while it is still being written, on channels that can."""

from __future__ import annotations

import asyncio
import contextlib
import time
import zlib
from collections.abc import Callable, Mapping

from bot.channels.contract import Channel, Drafting, Inbound

_EVERY = 0.8  # seconds between drafts of one conversation, under the platforms' limits
_WAIT = 1.5  # seconds a draft may take
_MOST = 1_000  # conversations remembered


class Drafts:
    """Called by workers. A draft is waited for, so that none comes in after the answer itself."""

    def __init__(self, channels: Mapping[str, Channel], loop: Callable[[], asyncio.AbstractEventLoop | None]) -> None:
        self._channels, self._loop = channels, loop
        self._shown: dict[tuple[str, str], float] = {}

    def __call__(self, event: Inbound, text: str) -> None:
        """Shows `text`, or nothing when that is too soon or not possible; never raises."""
        channel: object = self._channels.get(event.channel)
        loop = self._loop()
        key = (event.channel, event.event_id)
        now = time.monotonic()
        if not isinstance(channel, Drafting) or loop is None or now - self._shown.get(key, -_EVERY) < _EVERY:
            return
        if len(self._shown) >= _MOST:
            self._shown.clear()
        self._shown[key] = now
        number = zlib.crc32(event.event_id.encode()) % 0x7FFFFFFF + 1
        with contextlib.suppress(Exception):
            call = asyncio.run_coroutine_threadsafe(channel.draft(event.conversation, text, number), loop)
            call.result(_WAIT)
