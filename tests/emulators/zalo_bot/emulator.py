"""The Zalo Bot Platform over HTTP: `/bot{token}/{method}`, JSON in, `{ok, result}` out."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import secrets
import time
from typing import Any
from urllib.parse import urlsplit

import httpx
from fastapi import Request, Response

from tests.emulators.control import Clock
from tests.emulators.delivery import WebhookSender
from tests.emulators.wire import Answer
from tests.emulators.zalo_bot.people import People

TEXT_LIMIT = 2000
STYLES = re.compile(r"[bius]|f_(13|15|18|20)|c_(050a19|15a85f|f7b503|f27806|db342e)|lst_[12]|ind_[1-5]")
WEBHOOK_SET = "You cannot use this API while a webhook is set. Please remove the webhook first"


class Refused(Exception):
    """Raised when a call is refused, with HTTP status `code`."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code, self.description = code, description


class ZaloBotEmulator(People):
    """One bot of the basic plan.

    `replay`: a polled event comes again at every poll until a newer one is there (both this and at most once were measured).
    `errors_with_200`: refusals arrive with HTTP 200. `monthly_limit`: messages a month, then 429. `wrapped`: webhook bodies as in the
    documentation, not flat. `allow_private_webhook`: http and local addresses are taken, for tests. `probe`: setWebhook tries them.
    """

    name = "zalo-bot"

    def __init__(
        self,
        token: str = "5000000000000000005:demo-secret",
        *,
        clock: Clock | None = None,
        replay: bool = False,
        errors_with_200: bool = False,
        monthly_limit: int = 3000,
        max_users: int = 50,
        allow_private_webhook: bool = True,
        probe: bool = True,
    ) -> None:
        super().__init__(clock)
        self.token = token
        self.replay, self.errors_with_200, self.monthly_limit = replay, errors_with_200, monthly_limit
        self.allow_private_webhook, self.probe = allow_private_webhook, probe
        self._updated_at, self._last, self._months = 0, dict[str, Any](), dict[str, int]()
        self._start_people(max_users)
        self._methods = {
            "getme": self._get_me,
            "getwebhookinfo": self._get_webhook_info,
            "deletewebhook": self._delete_webhook,
            "sendmessage": self._send_message,
            "sendphoto": self._send_photo,
            "sendsticker": self._send_sticker,
            "sendvoice": self._send_voice,
        }
        self.app.add_api_route("/bot{token}/{method}", self._call, methods=["GET", "POST"])

    def settings(self) -> dict[str, str]:
        return {"ZALO_BOT_API_URL": self.url, "ZALO_BOT_TOKEN": self.token}

    def state(self) -> dict[str, Any]:
        return super().state() | {"pending_updates": len(self.queue), "months": self._months}

    async def _call(self, request: Request, token: str, method: str) -> Response:
        async def handle(fields: dict[str, Any]) -> Answer:
            try:
                if not secrets.compare_digest(token.encode(), self.token.encode()):
                    raise Refused(401, "Unauthorized")
                if method.lower() == "getupdates":
                    return await self._get_updates(request, fields)
                if method.lower() == "setwebhook":
                    return await self._set_webhook(fields)
                if method.lower() == "sendchataction":
                    self._chat(fields)
                    if fields.get("action") != "typing":
                        raise Refused(400, "Bad Request: action is invalid")
                    return Answer(200, {"ok": True})  # without a result
                found = self._methods.get(method.lower())
                if found is None:
                    raise Refused(404, "Not Found")
                with self.lock:
                    return Answer(200, {"ok": True, "result": found(fields)})
            except Refused as refused:
                return self._error(refused.code, refused.description)

        return await self.answer(request, method, handle)

    def _get_me(self, fields: dict[str, Any]) -> Any:
        return {
            "id": self.token.split(":")[0],
            "account_name": "bot.DemoAbc12",
            "account_type": "BASIC",
            "can_join_groups": False,
            "display_name": "Bot Demo",
        }

    async def _get_updates(self, request: Request, fields: dict[str, Any]) -> Answer:
        try:
            wait = min(max(float(fields.get("timeout") or 30), 0), 60)
        except (TypeError, ValueError):
            raise Refused(400, "Bad Request: timeout is invalid") from None
        end = time.monotonic() + wait
        while True:
            if self.webhook.url:
                raise Refused(400, WEBHOOK_SET)
            if await request.is_disconnected():  # an event must not go to a poll that nobody waits for
                raise Refused(408, "Request timeout")
            with self.lock:
                if self.queue:
                    self._last = self.queue.pop(0)
                    return Answer(200, {"ok": True, "result": self._last})
                if self.replay and self._last:
                    return Answer(200, {"ok": True, "result": self._last})
            if self.closed or time.monotonic() >= end:
                raise Refused(408, "Request timeout")
            await asyncio.sleep(0.01)

    # webhook

    async def _set_webhook(self, fields: dict[str, Any]) -> Answer:
        url, secret = str(fields.get("url") or ""), str(fields.get("secret_token") or "")
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Refused(400, "Bad Request: url is invalid")
        if not self.allow_private_webhook and (parts.scheme != "https" or _private(parts.hostname)):
            raise Refused(400, "Bad Request: url must be a public https address")
        if not 8 <= len(secret) <= 256:
            raise Refused(400, "Bad Request: secret_token must have 8 to 256 characters")
        with self.lock:
            self.webhook.url, self.secret_token = url, secret
            self._updated_at = int(self.clock.now() * 1000)
            result: dict[str, Any] = {"url": url, "updated_at": self._updated_at}
        if self.probe:
            result["verification"] = await asyncio.to_thread(self._verify, url)
        return Answer(200, {"ok": True, "result": result})

    def _verify(self, url: str) -> dict[str, Any]:
        """Posts an empty body; the address is kept whatever comes of it."""
        try:
            answer = httpx.post(url, headers=self._headers(), timeout=1.0, trust_env=False, verify=False)
            status = answer.status_code
        except httpx.HTTPError:
            return {"ok": False, "outcome": "unreachable", "hint": "the address does not answer"}
        return {"ok": status == 200, "outcome": f"http_{status}", "hint": "" if status == 200 else "answer 200"}

    def _get_webhook_info(self, fields: dict[str, Any]) -> Any:
        if not self.webhook.url:
            raise Refused(404, "Not Found")
        return {"url": self.webhook.url, "updated_at": self._updated_at}

    def _delete_webhook(self, fields: dict[str, Any]) -> Any:
        if not self.webhook.url:
            raise Refused(400, "Bad Request: no webhook is set")
        self.webhook.url, self._updated_at = "", int(self.clock.now() * 1000)
        return {"url": "", "updated_at": self._updated_at}

    # sending

    def _send_message(self, fields: dict[str, Any]) -> Any:
        chat = self._chat(fields)
        text = fields.get("text")
        if not isinstance(text, str) or not text.strip():
            raise Refused(400, "Bad Request: text is empty")
        self._check_length(text, "text")
        if fields.get("parse_mode") not in (None, "", "markdown", "html"):
            raise Refused(400, "Bad Request: parse_mode is invalid")
        self._check_styles(fields.get("text_styles"), text)
        return self._sent("sendMessage", chat, fields, text)

    def _send_photo(self, fields: dict[str, Any]) -> Any:
        chat = self._chat(fields)
        self._check_url(fields, "photo")
        caption = str(fields.get("caption") or "")
        self._check_length(caption, "caption")
        return self._sent("sendPhoto", chat, fields, caption)

    def _send_sticker(self, fields: dict[str, Any]) -> Any:
        chat = self._chat(fields)
        if not fields.get("sticker"):
            raise Refused(400, "Bad Request: sticker is empty")
        return self._sent("sendSticker", chat, fields, "")

    def _send_voice(self, fields: dict[str, Any]) -> Any:
        chat = self._chat(fields)
        self._check_url(fields, "voice_url")
        return self._sent("sendVoice", chat, fields, "")

    def _chat(self, fields: dict[str, Any]) -> str:
        chat = fields.get("chat_id")
        if not isinstance(chat, str) or chat not in self.users:
            raise Refused(400, "Bad Request: chat not found")
        return chat

    def _check_length(self, text: str, name: str) -> None:
        if (
            max(len(text), len(text.encode("utf-16-le", "surrogatepass")) // 2) > TEXT_LIMIT
        ):  # the unit is not documented
            raise Refused(400, f"Bad Request: {name} is too long")

    def _check_url(self, fields: dict[str, Any], name: str) -> None:
        parts = urlsplit(str(fields.get(name) or ""))
        if parts.scheme not in ("http", "https") or not parts.hostname or _private(parts.hostname):
            raise Refused(400, f"Bad Request: {name} must be a public address")

    def _check_styles(self, styles: Any, text: str) -> None:
        if styles is None:
            return
        end = len(text.encode("utf-16-le")) // 2
        try:
            for style in styles:
                inside = style["start"] >= 0 and style["len"] > 0 and style["start"] + style["len"] <= end
                if not inside or not all(STYLES.fullmatch(code) for code in style["st"]):
                    raise ValueError
        except (KeyError, TypeError, ValueError):
            raise Refused(400, "Bad Request: text_styles is invalid") from None

    def _sent(self, method: str, chat: str, fields: dict[str, Any], text: str) -> Any:
        month = time.strftime("%Y-%m", time.gmtime(self.clock.now() + 7 * 3600))
        if self._months.get(month, 0) >= self.monthly_limit:
            raise Refused(429, "Too Many Requests: the quota of this month is used up")
        self._months[month] = self._months.get(month, 0) + 1
        message_id = f"{next(self._ids):x}"
        self.record.sent_now(chat, method, fields, message_id, text)
        return {"message_id": message_id, "date": int(self.clock.now() * 1000)}

    # shapes

    def _make_sender(self) -> WebhookSender:
        return WebhookSender(self.clock, intervals=(5, 30, 120, 600))  # the real schedule is not published

    def _too_many(self, seconds: float) -> Answer:
        return self._error(429, "Too Many Requests")  # the platform does not say for how long

    def _error(self, code: int, description: str) -> Answer:
        body = {"ok": False, "description": description, "error_code": code}
        return Answer(200 if self.errors_with_200 else code, body, applied=False)


def _private(host: str) -> bool:
    if host == "localhost" or host.endswith((".local", ".internal")) or "." not in host.strip("[]").replace(":", "."):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False
