"""The part of an emulator that is the same for every platform, and its HTTP control under `/_control`.

| Control | Body or query | Does |
|---|---|---|
| `POST act/{name}` | arguments of the act (`data` in base64) | a person acts; answers the event and its deliveries |
| `POST faults` | `method, faults: [{kind, …}], times` or `probability, seed, at_most` | plans faults (`control.Fault`) |
| `DELETE faults` | | no more faults |
| `POST clock` | `advance` or `to`, in seconds | moves the clock |
| `POST webhook` | `url, retries, scale` | sets the webhook as a console would |
| `POST hold`, `POST release` | `copies` (number or [low, high]), `seed`, `parallel` | gathers events, then posts them |
| `POST retry` | | posts what is due again |
| `GET state`, `sent`, `calls`, `violations`, `deliveries` | `user_id`, `method` | what happened |
| `POST clear` | | forgets what happened |
"""

from __future__ import annotations

import asyncio
import base64
import json
import threading
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from fastapi import FastAPI, Request, Response

from tests.emulators.control import Call, Clock, Fault, FaultPlan, Record, Sent, Violation, plain
from tests.emulators.delivery import Delivery, WebhookSender
from tests.emulators.wire import Answer, BadBody, Handler, Player, parameters, recordable

PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""A PNG of one pixel, the picture people send unless told otherwise."""


class Emulator:
    """State, clock, faults and record of one platform; `app` speaks its wire format.

    `actions` are the things people do, by name; each is also `POST /_control/act/{name}` with its arguments as a JSON object.
    """

    name = "emulator"

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.faults = FaultPlan()
        self.record = Record(self.clock)
        self.lock = threading.RLock()
        self.closed = False
        self.url = ""
        self.webhook = self._make_sender()
        self.player = Player(self.record, self.faults, self._too_many, self._error, self.expire_token)
        self.app = FastAPI(title=f"{self.name} emulator", docs_url=None, redoc_url=None)
        self.actions: dict[str, Callable[..., Any]] = {}
        self._add_control()

    def sent(self, user_id: str | int | None = None) -> list[Sent]:
        """Messages that took effect, in order; of one user or all."""
        return self.record.sent(user_id)

    def calls(self, method: str | None = None) -> list[Call]:
        """Calls in order of arrival, with what became of them."""
        return self.record.calls(method)

    @property
    def early_retries(self) -> list[Call]:
        """Calls made before the wait they were told had passed."""
        return self.record.early()

    @property
    def violations(self) -> list[Violation]:
        """Rates that were broken, whether or not the limit was enforced."""
        return self.record.violations()

    @property
    def deliveries(self) -> list[Delivery]:
        """Every webhook POST so far."""
        return self.webhook.deliveries

    def expire_token(self) -> None:
        """Ends the life of the access token now, where the platform has such a thing."""

    def settings(self) -> dict[str, str]:
        """What a client must be told to talk to this emulator, by usual names of settings."""
        return {}

    def close(self) -> None:
        """Ends long polls and background threads."""
        self.closed = True
        self.webhook.close()

    def state(self) -> dict[str, Any]:
        """Counts for a quick look."""
        return {
            "name": self.name,
            "now": self.clock.now(),
            "calls": len(self.calls()),
            "sent": len(self.sent()),
            "early_retries": len(self.early_retries),
            "violations": len(self.violations),
            "deliveries": len(self.deliveries),
            "deliveries_pending": self.webhook.pending,
            "webhook": self.webhook.url,
        }

    async def answer(self, request: Request, method: str, handle: Callable[[dict[str, Any]], Any]) -> Response:
        """Reads the fields, notes the call, plays faults; `handle` gives an `Answer` or an awaitable of one."""
        problem = ""
        try:
            fields = await parameters(request)
        except BadBody as bad:
            fields, problem = {}, str(bad)
        key = self._key(method, fields) or f"/{method}"
        call = self.record.begin(method, key, recordable(fields))

        async def run() -> Answer:
            if problem:
                return self._unreadable(problem)
            answer = handle(fields)
            found: Answer = answer if isinstance(answer, Answer) else await answer
            return found

        handler: Handler = run
        return await self.player.play(request, call, handler)

    # what a platform fills in

    def _make_sender(self) -> WebhookSender:
        raise NotImplementedError

    def _too_many(self, seconds: float) -> Answer:
        raise NotImplementedError

    def _error(self, code: int, description: str) -> Answer:
        raise NotImplementedError

    def _unreadable(self, problem: str) -> Answer:
        return self._error(400, f"Bad Request: {problem}")

    def _key(self, method: str, fields: dict[str, Any]) -> str:
        """The person or chat a call is about, or ''."""
        return str(fields.get("chat_id", ""))

    # control over HTTP

    def _add_control(self) -> None:
        def reply(value: Any, status: int = 200) -> Response:
            text = json.dumps(value, ensure_ascii=False, default=_shown)
            return Response(text, status, media_type="application/json")

        async def body(request: Request) -> dict[str, Any]:
            text = await request.body()
            found = json.loads(text) if text else {}
            if not isinstance(found, dict):
                raise ValueError("the body must be a JSON object")
            return found

        async def control(path: str, request: Request) -> Response:
            try:
                arguments, query = await body(request), dict(request.query_params)
                # in a thread: a control call may wait for a webhook whose receiver calls back
                return reply(await asyncio.to_thread(self._control, request.method, path, arguments, query))
            except LookupError as problem:
                return reply({"error": str(problem)}, 404)
            except (ValueError, TypeError) as problem:
                return reply({"error": str(problem)}, 422)

        self.app.add_api_route("/_control/{path:path}", control, methods=["GET", "POST", "DELETE"])

    def _control(self, verb: str, path: str, arguments: dict[str, Any], query: dict[str, str]) -> Any:
        """One control request; raises LookupError for an unknown path, ValueError or TypeError for bad arguments."""
        if path.startswith("act/"):
            action = self.actions.get(path.removeprefix("act/"))
            if action is None:
                raise LookupError(f"no such act; there are: {', '.join(sorted(self.actions))}")
            if isinstance(arguments.get("data"), str):
                arguments["data"] = base64.b64decode(arguments["data"])
            return action(**arguments)
        found = {
            ("GET", "state"): self.state,
            ("GET", "sent"): lambda: plain(self.sent(query.get("user_id"))),
            ("GET", "calls"): lambda: plain(self.calls(query.get("method"))),
            ("GET", "violations"): lambda: plain(self.violations),
            ("GET", "deliveries"): lambda: plain(self.deliveries),
            ("POST", "faults"): lambda: self._control_faults(**arguments),
            ("DELETE", "faults"): self.faults.clear,
            ("POST", "clock"): lambda: self._control_clock(**arguments),
            ("POST", "webhook"): lambda: self._control_webhook(**arguments),
            ("POST", "hold"): self.webhook.hold,
            ("POST", "release"): lambda: plain(self.webhook.release(**_copies(arguments))),
            ("POST", "retry"): lambda: plain(self.webhook.retry_due()),
            ("POST", "clear"): self.record.clear,
        }.get((verb, path))
        if found is None:
            raise LookupError(f"no control {verb} {path}")
        result: Any = found()
        return {"ok": True} if result is None else result

    def _control_faults(
        self,
        method: str,
        faults: list[dict[str, Any]],
        times: int = 1,
        probability: float | None = None,
        seed: int = 0,
        at_most: int | None = None,
    ) -> None:
        made = [Fault(**fault) for fault in faults]
        if probability is None:
            self.faults.add(method, *made, times=times)
        else:
            self.faults.chance(method, probability, *made, seed=seed, at_most=at_most)

    def _control_clock(self, advance: float | None = None, to: float | None = None) -> dict[str, float]:
        if to is not None:
            self.clock.set(to)
        if advance is not None:
            self.clock.advance(advance)
        return {"now": self.clock.now()}

    def _control_webhook(self, url: str | None = None, retries: bool | None = None, scale: float | None = None) -> None:
        if url is not None:
            self.webhook.url = url
        if retries is not None:
            self.webhook.retries = retries
        if scale is not None:
            self.webhook.scale = scale


def _copies(arguments: dict[str, Any]) -> dict[str, Any]:
    copies = arguments.get("copies")
    return arguments | {"copies": tuple(copies)} if isinstance(copies, list) else arguments


def _shown(value: Any) -> Any:
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    return asdict(value) if hasattr(value, "__dataclass_fields__") else str(value)
