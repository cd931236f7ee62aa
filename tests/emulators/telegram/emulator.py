"""The Telegram Bot API over HTTP: `/bot{token}/{method}` and `/file/bot{token}/{path}`."""

from __future__ import annotations

import copy
import json
import math
import re
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response

from tests.emulators.control import Clock, RateWindows
from tests.emulators.delivery import Envelope, Happening, WebhookSender
from tests.emulators.telegram.markup import ApiError, bad
from tests.emulators.telegram.methods import Methods
from tests.emulators.telegram.people import People
from tests.emulators.telegram.state import Chat, State
from tests.emulators.telegram.updates import UpdateQueue
from tests.emulators.wire import Answer

NESTED = {
    "reply_markup",
    "commands",
    "allowed_updates",
    "entities",
    "caption_entities",
    "reply_parameters",
    "link_preview_options",
    "scope",
    "menu_button",
}
"""Fields that are JSON text in a form body. Any other text stays text, even if it looks like JSON."""
POLL_WITH_WEBHOOK = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


@dataclass(frozen=True, slots=True)
class FloodLimits:
    """Sends allowed, as (count, seconds): per private chat, per group, and together."""

    chat: tuple[int, float] = (1, 1.0)
    group: tuple[int, float] = (20, 60.0)
    overall: tuple[int, float] = (30, 1.0)


class TelegramEmulator(People):
    """One bot with its chats.

    `enforce_flood`: sends above `flood` get 429; otherwise they pass and are only counted in `violations`.
    `allow_private_webhook`: http and local addresses are taken by setWebhook, which the real server refuses.
    """

    name = "telegram"

    def __init__(
        self,
        token: str = "42:TEST-TOKEN",
        *,
        username: str = "demo_bot",
        clock: Clock | None = None,
        enforce_flood: bool = False,
        flood: FloodLimits | None = None,
        allow_private_webhook: bool = True,
    ) -> None:
        super().__init__(clock)
        self.token = token
        self.enforce_flood, self.flood = enforce_flood, flood or FloodLimits()
        self.allow_private_webhook = allow_private_webhook
        self.updates = UpdateQueue(self.clock)
        self.data = State(int(token.split(":")[0]), username, self.clock)
        self.methods = Methods(self)
        self._add_actions()
        self.record.overall = lambda method: method.lower().startswith(("send", "edit"))
        self.secret_token = ""
        self.max_connections = 40
        self._windows = RateWindows()
        self.app.add_api_route("/file/bot{token}/{path:path}", self._file, methods=["GET"])
        self.app.add_api_route("/bot{token}/{method}", self._call, methods=["GET", "POST"])

    def settings(self) -> dict[str, str]:
        return {"TELEGRAM_API_URL": self.url, "TELEGRAM_BOT_TOKEN": self.token}

    def state(self) -> dict[str, Any]:
        return super().state() | {"pending_updates": len(self.updates.waiting())}

    def emit(self, kind: str, value: dict[str, Any], chat_id: int) -> Happening:
        """Makes an update and posts it to the webhook, if there is one; else it waits for getUpdates."""
        with self.lock:
            update = self.updates.put(kind, copy.deepcopy(value))
        if update is None:
            return Happening({})
        return Happening(update, self.webhook.send(self._envelope(update, chat_id)) if self.webhook.url else [])

    def set_webhook(self, url: str, secret: str, drop: bool, allowed: list[str] | None, connections: int) -> None:
        """What setWebhook does once its fields are sound; '' ends webhook mode."""
        with self.lock:
            self.webhook.forget()
            self.webhook.url, self.secret_token, self.max_connections = url, secret, connections
            if allowed is not None:
                self.updates.allowed = allowed
            if drop:
                self.updates.clear()
            if url:
                self.updates.interrupt()
                for update in self.updates.waiting():
                    self.webhook.send_later(self._envelope(update, _chat_of(update)))

    def flood_check(self, chat: Chat) -> None:
        """Counts one send; raises a 429 when limits are enforced and it is too much."""
        limits = [(str(chat.id), *(self.flood.chat if chat.private else self.flood.group)), ("*", *self.flood.overall)]
        now = self.clock.now()
        for key, count, seconds in limits:
            wait = self._windows.exceeded(key, count, seconds, now)
            if wait > 0:
                self.record.violated(key, count, seconds)
                if self.enforce_flood:
                    self.record.penalise(key, math.ceil(wait), str(chat.id))
                    raise ApiError(
                        429, f"Too Many Requests: retry after {math.ceil(wait)}", retry_after=math.ceil(wait)
                    )
        for key, _, _ in limits:
            self._windows.note(key, now)

    async def _call(self, request: Request, token: str, method: str) -> Response:
        async def handle(fields: dict[str, Any]) -> Answer:
            try:
                if not re.fullmatch(r"\d+:[\w-]+", token):
                    raise ApiError(404, "Not Found")
                if token != self.token:
                    raise ApiError(401, "Unauthorized")
                decoded = _decoded(fields)
                if method.lower() == "getupdates":
                    return self._ok(await self._get_updates(request, decoded))
                with self.lock:
                    return self._ok(*copy.deepcopy(self.methods.run(method, decoded)))
            except ApiError as refused:
                return self._refusal(refused)
            except (TypeError, ValueError):  # such as letters for a number
                return self._refusal(bad("wrong parameter in request"))

        return await self.answer(request, method, handle)

    async def _get_updates(self, request: Request, fields: dict[str, Any]) -> list[dict[str, Any]]:
        if isinstance(fields.get("allowed_updates"), list):
            self.updates.allowed = fields["allowed_updates"]
        offset, timeout = number(fields, "offset", 0), number(fields, "timeout", 0)
        limit = min(max(number(fields, "limit", 100), 1), 100)

        def refuse() -> str:
            return POLL_WITH_WEBHOOK if self.webhook.url else ""

        return await self.updates.poll(request, offset, limit, timeout, refuse, lambda: self.closed)

    def _file(self, token: str, path: str) -> Response:
        found = next((f for f in self.data.files.values() if f.path == path), None)
        if token != self.token or found is None:
            status = 401 if token != self.token else 404
            return Response(json.dumps({"ok": False, "error_code": status}), status, media_type="application/json")
        return Response(found.data, media_type="application/octet-stream")

    def _envelope(self, update: dict[str, Any], chat_id: int) -> Envelope:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret_token} if self.secret_token else {}
        kind = next(name for name in update if name != "update_id")
        return Envelope(kind, str(chat_id), json.dumps(update).encode(), headers, update["update_id"])

    def _make_sender(self) -> WebhookSender:
        def done(envelope: Envelope) -> None:
            self.updates.remove(envelope.id)

        intervals = (1, 2, 4, 8, 15, 30, 60, 60, 60, 60)  # "a reasonable amount of attempts": not published
        return WebhookSender(self.clock, intervals=intervals, ordered=True, accepted=done, gave_up=done)

    def _key(self, method: str, fields: dict[str, Any]) -> str:
        return str(fields.get("chat_id", ""))

    @staticmethod
    def _ok(result: Any, description: str = "") -> Answer:
        return Answer(200, {"ok": True, "result": result} | ({"description": description} if description else {}))

    @staticmethod
    def _refusal(refused: ApiError) -> Answer:
        body: dict[str, Any] = {"ok": False, "error_code": refused.code, "description": refused.description}
        if refused.parameters:
            body["parameters"] = refused.parameters
        return Answer(refused.code, body, applied=False)

    def _too_many(self, seconds: float) -> Answer:
        wait = max(1, math.ceil(seconds))
        return self._refusal(ApiError(429, f"Too Many Requests: retry after {wait}", retry_after=wait))

    def _error(self, code: int, description: str) -> Answer:
        return self._refusal(ApiError(code, description))


def number(fields: dict[str, Any], name: str, default: int) -> int:
    """Whole number of a field, from a form or JSON. Raises a 400."""
    try:
        return int(fields.get(name) or default)
    except (TypeError, ValueError):
        raise bad(f'field "{name}" must be of type Integer') from None


def _decoded(fields: dict[str, Any]) -> dict[str, Any]:
    decoded = dict(fields)
    for name in NESTED & fields.keys():
        if isinstance(fields[name], str) and fields[name]:
            try:
                decoded[name] = json.loads(fields[name])
            except ValueError:
                raise bad(f"can't parse {name.replace('_', ' ')} JSON object") from None
    return decoded


def _chat_of(update: dict[str, Any]) -> int:
    value = update.get("message") or update.get("my_chat_member") or update.get("callback_query", {}).get("message", {})
    return int(value.get("chat", {}).get("id", 0))
