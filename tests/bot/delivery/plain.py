"""A channel without a platform: what a test says comes in, what goes out is kept. The fake beside the real ones."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from bot.channels.contract import (
    Capabilities,
    Check,
    Inbound,
    Kind,
    Later,
    Piece,
    Rate,
    Refused,
    Sent,
    Unclear,
)

FAST = Rate(1000, 1.0)


def body(event_id: str, conversation: str, text: str, order: int = 0, kind: Kind = Kind.TEXT) -> bytes:
    """A delivery of this platform."""
    return json.dumps({"id": event_id, "chat": conversation, "text": text, "order": order, "kind": kind.value}).encode()


class PlainChannel:
    """`trouble` is asked before each send: it returns an error to raise, or None."""

    def __init__(
        self,
        name: str = "plain",
        *,
        rate: Rate = FAST,
        conversation_rate: Rate = FAST,
        trouble: Callable[[], Exception | None] = lambda: None,
    ) -> None:
        self.name = name
        self.capabilities = Capabilities(
            text_limit=200, utf16=False, buttons=3, button_label=30, button_value=64, rate=rate, typing_seconds=5.0,
            conversation_rate=conversation_rate,
        )  # fmt: skip
        self.trouble = trouble
        self.delivered: list[tuple[str, str]] = []  # (conversation, text) as people see it
        self.calls: list[tuple[float, str]] = []  # (when, conversation) of every attempt
        self.early = 0
        self.seconds = 0.0
        self._not_before: dict[str, float] = {}
        self._number = 0

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        if headers.get("x-proof") != "yes":
            raise Refused("Thiếu chữ ký.")

    def read(self, body: bytes) -> Sequence[Inbound]:
        raw = json.loads(body)
        return [Inbound(self.name, raw["id"], raw["chat"], raw["chat"], Kind(raw["kind"]), raw["text"], raw["order"])]

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        yield

    async def send(self, conversation: str, piece: Piece) -> Sent:
        self.calls.append((time.monotonic(), conversation))
        if self._not_before.get(conversation, 0.0) > time.monotonic():
            self.early += 1
        if self.seconds:
            await asyncio.sleep(random.uniform(0, self.seconds))
        error = self.trouble()
        if isinstance(error, Later) and error.after is not None:
            self._not_before[conversation] = time.monotonic() + error.after
        if error is not None:
            if isinstance(error, Unclear) and error.code == "arrived":
                self.delivered.append((conversation, piece.text))
            raise error
        self.delivered.append((conversation, piece.text))
        self._number += 1
        return Sent(f"m{self._number}")

    async def typing(self, conversation: str) -> None:
        return

    async def acknowledge(self, event: Inbound) -> None:
        return

    async def start(self, webhook: str | None) -> None:
        return

    async def poll(self) -> AsyncGenerator[bytes, None]:
        while True:
            await asyncio.sleep(3600)
            yield b""

    async def checks(self, webhook: str) -> list[Check]:
        return []

    def heard(self) -> Counter[tuple[str, str]]:
        """How often each message reached its person."""
        return Counter(self.delivered)
