"""Requests in and answers out: body parsing without help of the framework, and one place where faults are played."""

from __future__ import annotations

import asyncio
import json
import random
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

from fastapi import Request, Response

from tests.emulators.control import Call, Fault, FaultPlan, Record

TRANSPORT = "emulator.transport"
"""Name of the ASGI extension that carries the socket's transport (see `serve`), so that a connection can be cut."""


class BadBody(ValueError):
    """Raised when a body cannot be read: not UTF-8, not JSON, no boundary."""


@dataclass(frozen=True, slots=True)
class File:
    """A file out of a multipart body."""

    name: str
    content_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a method answers: HTTP status and JSON body. `applied`: the call took effect."""

    status: int
    body: dict[str, Any]
    applied: bool = True
    headers: dict[str, str] = field(default_factory=dict)


async def parameters(request: Request) -> dict[str, Any]:
    """Fields of query, form, multipart or JSON body; form values stay strings. Raises `BadBody`."""
    fields: dict[str, Any] = dict(request.query_params)
    body = await request.body()
    if not body:
        return fields
    kind = request.headers.get("content-type", "")
    try:
        if "json" in kind:
            found = json.loads(body)
            if not isinstance(found, dict):
                raise BadBody("the body is no object")
            return fields | found
        if kind.startswith("multipart/form-data"):
            return fields | _multipart(kind, body)
        return fields | dict(
            parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=1000)
        )
    except ValueError as problem:
        raise BadBody(str(problem)) from problem


def _multipart(kind: str, body: bytes) -> dict[str, Any]:
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    if not message.is_multipart():
        raise BadBody("no multipart boundary")
    fields: dict[str, Any] = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        data = part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(data, bytes):
            continue
        filename = part.get_filename()
        fields[name] = data.decode() if filename is None else File(filename, part.get_content_type(), data)
    return fields


def recordable(fields: dict[str, Any]) -> dict[str, Any]:
    """`fields` as they may be shown: a file becomes its name, type and size."""
    return {
        name: {"file": value.name, "content_type": value.content_type, "size": len(value.data)}
        if isinstance(value, File)
        else value
        for name, value in fields.items()
    }


class Cut(Response):
    """Cuts the connection (TCP reset) instead of answering."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        transport = scope.get("extensions", {}).get(TRANSPORT)
        if transport is None:  # called without a server: the client sees the same kind of error
            raise ConnectionResetError("cut by the emulator")
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
        await asyncio.sleep(0.01)  # lets the server notice, or it would complain of a missing answer


Handler = Callable[[], Awaitable[Answer]]


@dataclass(slots=True)
class Player:
    """Runs one call of a method with the fault it is due. The platform gives the shapes of its own errors."""

    record: Record
    faults: FaultPlan
    too_many: Callable[[float], Answer]
    error: Callable[[int, str], Answer]
    expire_token: Callable[[], None] = lambda: None

    async def play(self, request: Request, call: Call, handler: Handler) -> Response:
        """The HTTP answer; `call` is completed with what happened."""
        left = self.record.penalty(call)
        if left > 0:
            return self._finish(call, self.too_many(left))
        fault = self.faults.next(call.method)
        if fault is None:
            return self._finish(call, await handler())
        call.fault = fault.kind
        if fault.kind == "expire_token":
            self.expire_token()
            return self._finish(call, await handler())
        if fault.kind == "rate_limit":
            response = self._finish(call, self.too_many(fault.retry_after))
            self.record.penalise(call.key, fault.retry_after)
            return response
        if fault.kind in ("duplicate", "reorder"):
            return self._finish(call, _spoil_batch(await handler(), fault.kind, call.number))
        return await self._lost(request, call, fault, handler)

    async def _lost(self, request: Request, call: Call, fault: Fault, handler: Handler) -> Response:
        """Faults that hide, or prevent, the effect."""
        answer = await handler() if fault.applied else None
        call.applied = answer is not None and answer.applied
        if fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
            if answer is None and await request.is_disconnected():
                return self._close(call, 0, Cut())
            return self._finish(call, answer or await handler())
        if fault.kind == "reset":
            return self._close(call, 0, Cut())
        if fault.kind == "garbage":
            text = fault.body or "<html><body>502 Bad Gateway</body></html>"
            return self._close(call, 200, Response(text, 200, media_type="text/html"))
        if fault.kind == "error":
            return self._finish(call, self.error(fault.status, fault.description), keep_applied=True)
        text = fault.body or json.dumps({"ok": False, "error_code": fault.status, "description": fault.description})
        return self._close(call, fault.status, Response(text, fault.status, media_type="application/json"))

    def _finish(self, call: Call, answer: Answer, *, keep_applied: bool = False) -> Response:
        if not keep_applied:
            call.applied = answer.applied
        text = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":"))
        return self._close(
            call, answer.status, Response(text, answer.status, answer.headers, media_type="application/json")
        )

    def _close(self, call: Call, status: int, response: Response) -> Response:
        call.status, call.answered = status, self.record.clock.now()
        return response


def _spoil_batch(answer: Answer, kind: str, seed: int) -> Answer:
    updates = answer.body.get("result")
    if not isinstance(updates, list):
        return answer
    spoilt = [u for u in updates for _ in range(2)] if kind == "duplicate" else list(updates)
    if kind == "reorder":
        random.Random(seed).shuffle(spoilt)
    return Answer(answer.status, answer.body | {"result": spoilt}, answer.applied, answer.headers)
