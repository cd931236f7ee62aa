"""Calls to the Bot API by python-telegram-bot, used as transport only, and what their failures mean.

Trap: in that library a refused message and a timeout are both "network errors", and 404 is a wrong token. So answers other than 2xx
are read here (`Refusal`), and of failed requests only the cause counts: whether it had left.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Mapping
from typing import Any, TypeVar, cast

import httpx
from telegram import Bot
from telegram.error import TelegramError
from telegram.request import HTTPXRequest, RequestData

from bot.channels.contract import ChannelError, Later, Misconfigured, Rejected, Unclear, Unreachable
from bot.channels.zalo_bot_calls import TokenTransport

T = TypeVar("T")

CONFLICT_REMEDY = (
    "Mỗi bot chỉ một nơi nhận tin: dừng nơi đang hỏi tin khác hoặc gỡ webhook do nơi khác đặt, rồi chạy lại; "
    "hoặc đặt TELEGRAM_MODE=webhook."
)
MEND_ACCESS = "Kiểm TELEGRAM_BOT_TOKEN (dạng <số>:<khoá>), lấy lại ở @BotFather."
ADDRESS_REMEDY = "Kiểm TELEGRAM_API_URL và máy chủ trung gian (proxy)."

_LONGEST_TOLD = 200  # characters of the platform's words that are kept
_LONGEST_WAIT = 86_400.0
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_BAD_ADDRESS = (httpx.InvalidURL, httpx.UnsupportedProtocol)
# 403 of somebody who has left us; the other 403 are people who never wrote.
_LEFT = ("blocked", "kicked", "deactivated", "not a member")
# 400 that say the chat cannot be written to, not that the message is wrong.
_NO_CHAT = ("chat not found", "user not found", "peer_id_invalid", "chat_write_forbidden", "not enough rights",
            "have no rights", "deactivated", "user_is_blocked")  # fmt: skip


class Refusal(TelegramError):
    """An answer other than 2xx. `envelope`: it is the platform's own; `after`: seconds it asks us to wait."""

    def __init__(self, status: int, payload: bytes) -> None:
        try:
            body = json.loads(payload)
        except ValueError:
            body = None
        self.status = status
        self.envelope = isinstance(body, dict) and "ok" in body
        told: dict[str, Any] = body if isinstance(body, dict) else {}
        self.description = str(told.get("description") or "")[:_LONGEST_TOLD]
        parameters = told.get("parameters")
        parameters = parameters if isinstance(parameters, dict) else {}
        self.after = _seconds(parameters.get("retry_after"))
        self.migrated = bool(parameters.get("migrate_to_chat_id"))
        super().__init__(self.description or str(status))


class _Body:
    """What a request reads of the library's `RequestData`, which is final and is filled by its own methods only."""

    contains_files = False
    multipart_data: Mapping[str, Any] = {}

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.json_parameters = dict(fields)


def in_body(fields: Mapping[str, str]) -> RequestData:
    """Fields of a call that is made without a method of the library, sent in the body as the library sends its own."""
    return cast(RequestData, _Body(fields))


class Request(HTTPXRequest):
    """Calls the Bot API at `api_url`. The addresses it is given have no token: that is put in on the way out."""

    def __init__(self, token: str, api_url: str) -> None:
        super().__init__(
            connect_timeout=10.0,
            read_timeout=15.0,
            write_timeout=10.0,
            pool_timeout=5.0,
            # an answer of somebody else's server may point anywhere: the token must not go there
            httpx_kwargs={"transport": TokenTransport(token, api_url), "follow_redirects": False},
        )

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Raises Refusal for every answer that is no 2xx."""
        status, payload = await super().do_request(*args, **kwargs)
        if not 200 <= status <= 299:
            raise Refusal(status, payload)
        return status, payload


def bot_of(api_url: str, request: Request, poller: Request) -> Bot:
    """The library's bot over our requests. It is not told the token, which it would show in its logs and errors."""
    return Bot("hidden", base_url=lambda _: api_url, base_file_url=lambda _: f"{api_url}/file",
               request=request, get_updates_request=poller)  # fmt: skip


async def attempt(call: Awaitable[T]) -> T:
    """The result of `call`. Raises ChannelErrors only, and none that holds on to the library's."""
    try:
        return await call
    except TelegramError as error:
        failure = error_of(error)
    except (LookupError, TypeError, ValueError, AttributeError):  # 2xx that is no answer of the Bot API
        failure = Unclear("Telegram trả lời không rõ ràng.", code="garbage")
    raise failure


def error_of(error: TelegramError) -> ChannelError:
    """What a failed call means to whoever made it."""
    if isinstance(error, Refusal):
        return _refused(error)
    cause = error.__cause__
    name = type(cause).__name__ if cause is not None else "garbage"
    if isinstance(cause, _NOT_SENT):
        return Later(f"Chưa nối được tới Telegram ({name}).", code="unsent")
    if isinstance(cause, _BAD_ADDRESS):
        return Misconfigured("Địa chỉ gọi Telegram không đúng.", f"{ADDRESS_REMEDY} {MEND_ACCESS}", code="address")
    if isinstance(cause, UnicodeError):  # half a surrogate
        return Rejected("Tin có ký tự không gửi được.", code="text")
    return Unclear(f"Telegram không trả lời rõ ràng ({name}).", code="lost")


def _refused(refusal: Refusal) -> ChannelError:
    status, code, words = refusal.status, str(refusal.status), refusal.description.lower()
    told = f"Telegram: {refusal.description or 'không rõ lý do'} ({code})"
    if status == 429 or refusal.after is not None:  # it does not tell whether of one chat or of all
        return Later(told, after=refusal.after, everyone=True, code=code)
    if status >= 500:
        return Later(told, code=code)
    if not refusal.envelope:  # some other server: a redirect, a page of a proxy
        return Misconfigured("Nơi trả lời không phải Telegram.", ADDRESS_REMEDY, code=code)
    if status in (401, 404):
        return Misconfigured("Telegram không nhận mã bot.", MEND_ACCESS, code=code)
    if status == 409:
        return Misconfigured(told, CONFLICT_REMEDY, code=code)
    if status == 403:
        return Unreachable(told, left=any(word in words for word in _LEFT), code=code)
    if not refusal.migrated and any(word in words for word in _NO_CHAT):
        return Unreachable(told, code=code)
    return Rejected(told, code=code)


def _seconds(value: Any) -> float | None:
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return None
    return min(_LONGEST_WAIT, seconds) if seconds >= 0 else None
