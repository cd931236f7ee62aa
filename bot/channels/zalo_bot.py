"""Zalo Bot Platform: text in and out, pictures out, no buttons. Webhook, or polling for one update at a time."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import logging
import random
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx

from bot.channels.contract import (
    Capabilities,
    ChannelError,
    Check,
    Inbound,
    Later,
    Misconfigured,
    Piece,
    Rate,
    Refused,
    Rejected,
    Sent,
)
from bot.channels.zalo_bot_calls import Failure, TokenTransport, call, error_of
from bot.channels.zalo_bot_read import CHANNEL, message_id_of, read

log = logging.getLogger("bot.channels.zalo_bot")

_FLOOR = 1.0  # seconds between polls that bring nothing new: some servers show the same update on every poll
_REMEMBERED = 1_000  # ids of updates seen by polling
_LONGEST_BACK_OFF = 30.0
_MEND_ACCESS = "Kiểm ZALO_BOT_TOKEN (dạng <mã bot>:<khoá>), lấy lại ở Zalo Bot Manager."
_WEBHOOK_REMEDY = "Kiểm PUBLIC_URL (https, truy cập được từ ngoài) và ZALO_BOT_WEBHOOK_SECRET."


class ZaloBot:
    """One bot. Calls go to `{api_url}/bot{token}/{method}`; the token appears nowhere else, not in errors or logs.

    `poll_seconds`: how long the platform holds an idle poll.
    """

    name = CHANNEL
    capabilities = Capabilities(
        text_limit=1900,  # the platform says 2000 and not in which unit
        utf16=True,
        pictures=True,
        typing_seconds=5.0,
        rate=Rate(10, 1.0),
        conversation_rate=Rate(1, 1.0),
    )

    def __init__(self, token: str, *, api_url: str, webhook_secret: str, poll_seconds: int = 30) -> None:
        self._token, self._api_url, self._secret = token, api_url, webhook_secret
        self._poll_seconds = poll_seconds
        self._client: httpx.AsyncClient | None = None

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raises Refused unless the secret header is the one we registered; without a secret everything is refused."""
        given = headers.get("x-bot-api-secret-token", "")
        same = hmac.compare_digest(given.encode("utf-8", "replace"), self._secret.encode())
        if not (self._secret and same):
            raise Refused("Lời gọi webhook Zalo Bot không mang đúng mã bí mật.")

    def read(self, body: bytes) -> Sequence[Inbound]:
        """The events of a webhook body or a polled update. Raises ValueError."""
        return read(body)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """The connection pool."""
        async with self._new_client() as client:
            self._client = client
            try:
                yield
            finally:
                self._client = None

    async def send(self, conversation: str, piece: Piece) -> Sent:
        """One attempt: a message, or a photo with the text under it."""
        if piece.picture:
            if not piece.picture.startswith("https://"):
                raise Rejected("Ảnh gửi qua Zalo Bot phải có địa chỉ https công khai.", code="picture")
            fields = {"chat_id": conversation, "photo": piece.picture} | ({"caption": piece.text} if piece.text else {})
            answer = await self._call("sendPhoto", fields)
        else:
            answer = await self._call("sendMessage", {"chat_id": conversation, "text": piece.text})
        if isinstance(answer, Failure):
            raise error_of(answer, remedy=_MEND_ACCESS)
        result = answer.get("result")
        return Sent(str(result.get("message_id") or "") if isinstance(result, dict) else "")

    async def typing(self, conversation: str) -> None:
        """Shows "đang nhập"; never raises."""
        with contextlib.suppress(RuntimeError):  # the connections are being closed
            await self._call("sendChatAction", {"chat_id": conversation, "action": "typing"}, seconds=5.0)

    async def acknowledge(self, event: Inbound) -> None:
        """Nothing: the platform waits for no such answer."""

    async def start(self, webhook: str | None) -> None:
        """Registers `webhook`, takes it away when empty, leaves it when None. Raises Later, Misconfigured."""
        if webhook:
            await self._set_webhook(webhook)
        elif webhook is not None:
            await self._delete_webhook()

    async def poll(self) -> AsyncGenerator[bytes, None]:
        """Updates for ever, some of them again and again: the caller knows by the event id. Raises Misconfigured."""
        seen: OrderedDict[str, None] = OrderedDict()
        fails = 0
        webhook_taken = False
        while True:
            begun = time.monotonic()
            answer = await self._call(
                "getUpdates", {"timeout": str(self._poll_seconds)}, seconds=self._poll_seconds + 10.0
            )
            fresh = False
            if isinstance(answer, Failure):
                if answer.code == "408":  # nothing has come in
                    fails = 0
                elif answer.code == "400" and "webhook" in answer.description.lower():
                    if webhook_taken:
                        raise Misconfigured(
                            "Zalo Bot đang có webhook do nơi khác đặt nên không hỏi tin được.",
                            "Gỡ webhook ở nơi đó, hoặc đặt ZALO_BOT_MODE=webhook.",
                            code=answer.code,
                        )
                    webhook_taken = await self._make_way()
                    fails = 0 if webhook_taken else fails + 1
                else:
                    if isinstance(error := error_of(answer, method="getUpdates", remedy=_MEND_ACCESS), Misconfigured):
                        raise error
                    fails += 1
            else:
                fails = 0
                for update in _updates(answer):
                    key = message_id_of(update)
                    fresh = fresh or key not in seen
                    seen[key] = None
                    seen.move_to_end(key)
                    if len(seen) > _REMEMBERED:
                        seen.popitem(last=False)
                    yield json.dumps(update).encode()
            if fails:
                log.warning("getUpdates failed %d times in a row: %s", fails, _code(answer))
                await asyncio.sleep(back_off(fails))
            elif not fresh:
                await asyncio.sleep(max(0.0, begun + _FLOOR - time.monotonic()))

    async def checks(self, webhook: str) -> list[Check]:
        """The token works; the webhook is `webhook` (none when it is empty)."""
        return [await self._check_token(), await self._check_webhook(webhook)]

    async def _set_webhook(self, webhook: str) -> None:
        if not self._secret:
            raise Misconfigured("Webhook Zalo Bot chưa có mã bí mật.", "Đặt ZALO_BOT_WEBHOOK_SECRET.", code="secret")
        answer = await self._call("setWebhook", {"url": webhook, "secret_token": self._secret})
        if isinstance(answer, Failure):
            if answer.code in ("400", "410"):
                told = f"Zalo Bot không nhận địa chỉ webhook: {answer.description}"
                raise Misconfigured(told, _WEBHOOK_REMEDY, code=answer.code)
            raise _soon(answer)
        result = answer.get("result")
        verified = result.get("verification") if isinstance(result, dict) else None
        if isinstance(verified, dict) and verified.get("ok") is False:
            # The address is kept all the same; `checks` cannot see this, so it is said here.
            log.warning("the platform could not reach the webhook: %s", str(verified.get("outcome", ""))[:80])

    async def _delete_webhook(self) -> None:
        answer = await self._call("deleteWebhook", {})
        if isinstance(answer, Failure) and not (answer.envelope and answer.code in ("400", "404")):  # there was none
            raise _soon(answer)

    async def _make_way(self) -> bool:
        """Takes a webhook away that forbids polling; False when that has to be tried again."""
        try:
            await self._delete_webhook()
        except Later:
            return False
        log.warning("a webhook was set; it is removed because this installation polls")
        return True

    async def _check_token(self) -> Check:
        name = "Zalo Bot: mã truy cập"
        answer = await self._call("getMe", {})
        if isinstance(answer, Failure):
            return _failed(name, error_of(answer, method="getMe", remedy=_MEND_ACCESS))
        result = answer.get("result")
        me = result if isinstance(result, dict) else {}
        shown = str(me.get("display_name") or me.get("account_name") or me.get("id") or "")
        return Check(name, True, f"{shown} ({me.get('account_type', '')})".removesuffix(" ()"))

    async def _check_webhook(self, webhook: str) -> Check:
        name = "Zalo Bot: webhook"
        answer = await self._call("getWebhookInfo", {})
        if isinstance(answer, Failure) and (answer.code != "404" or not answer.envelope):
            return _failed(name, error_of(answer, method="getWebhookInfo", remedy=_MEND_ACCESS))
        result = None if isinstance(answer, Failure) else answer.get("result")
        found = str(result.get("url") or "") if isinstance(result, dict) else ""
        if found == webhook:
            return Check(name, True, found or "không đặt, hệ thống tự hỏi tin")
        remedy = _WEBHOOK_REMEDY if webhook else "Chạy `tuvan run` hoặc `tuvan poll` để gỡ, hoặc ZALO_BOT_MODE=webhook."
        return Check(name, False, f"đang là {found or 'chưa đặt'}, cần {webhook or 'không đặt'}", remedy)

    async def _call(self, method: str, fields: Mapping[str, str], *, seconds: float = 15.0) -> dict[str, Any] | Failure:
        if self._client is not None:
            return await call(self._client, method, fields, seconds=seconds, secret=self._token)
        async with self._new_client() as client:  # a single question, e.g. of `tuvan doctor`
            return await call(client, method, fields, seconds=seconds, secret=self._token)

    def _new_client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=self._api_url, transport=TokenTransport(self._token, self._api_url), follow_redirects=False
        )


def back_off(fails: int) -> float:
    """Seconds to wait after `fails` failures in a row: 1, 2, 4 … 30, with jitter."""
    return max(1.0, min(_LONGEST_BACK_OFF, 2.0 ** (min(fails, 10) - 1)) * random.uniform(0.75, 1.0))


def _updates(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The one update of an answer; a list is taken as well."""
    result = answer.get("result")
    return [one for one in (result if isinstance(result, list) else [result]) if isinstance(one, dict) and one]


def _soon(failure: Failure) -> ChannelError:
    """Misconfigured, or Later for all that may pass: setting and removing a webhook twice does no harm."""
    error = error_of(failure, method="setWebhook", remedy=_MEND_ACCESS)
    return error if isinstance(error, Later | Misconfigured) else Later(str(error), code=failure.code)


def _failed(name: str, error: ChannelError) -> Check:
    return Check(name, False, str(error), error.remedy or "Kiểm mạng và ZALO_BOT_API_URL, rồi thử lại sau ít phút.")


def _code(answer: object) -> str:
    return answer.code if isinstance(answer, Failure) else ""
