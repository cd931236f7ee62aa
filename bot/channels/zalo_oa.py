"""A Zalo Official Account: webhooks in, consultation messages (tin tư vấn) out through Open API v3."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx

from bot.channels.contract import (
    Ask,
    Capabilities,
    ChannelError,
    Check,
    Inbound,
    Later,
    Misconfigured,
    Piece,
    Rate,
    Refused,
    Sent,
    Unclear,
)
from bot.channels.zalo_oa_errors import TOKEN_DEAD, error_of
from bot.channels.zalo_oa_read import CHANNEL, read
from bot.channels.zalo_oa_tokens import TokenStore
from bot.messages import Button

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
_TITLE = 25  # longer titles are cut on screen
_FORM_TITLE = "Để lại số điện thoại"
_FORM_WORDS = "Anh/chị bấm vào đây để chia sẻ tên và số điện thoại, cán bộ sẽ gọi lại."
_REMIND = "Đặt trong trang ứng dụng: địa chỉ PUBLIC_URL/webhooks/zalo-oa, bật các sự kiện tin nhắn, tắt lọc cú pháp."


class ZaloOA:
    """One account. `oa_secret_key` proves webhooks; `tokens` keeps the pair for sending.

    `form_picture`: public https address of the picture on the form that asks for a phone.
    """

    name = CHANNEL
    capabilities = Capabilities(
        text_limit=1900,  # the platform says 2000 and not in which unit
        utf16=True,
        buttons=5,
        button_label=_TITLE,
        button_value=1000,
        contact_form=True,
        pictures=True,
        rate=Rate(50, 1.0),  # 4,000 a minute for the application
        conversation_rate=Rate(2, 1.0),
        free_hours=48,
        reach_hours=168,
    )

    def __init__(
        self, *, app_id: str, oa_secret_key: str, api_url: str, tokens: TokenStore, form_picture: str = ""
    ) -> None:
        self._form_picture = form_picture
        self._app_id, self._key, self._url, self._tokens = app_id, oa_secret_key, api_url, tokens
        self._client: httpx.AsyncClient | None = None

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raises Refused unless the signature is that of these very bytes. There is no window in time: repeats come hours later."""
        given = headers.get("x-zevent-signature", "").strip()
        given = given[4:] if given[:4].lower() == "mac=" else given
        right = signature(self._app_id, body, _timestamp(body), self._key)
        if not (self._key and right and hmac.compare_digest(given.lower().encode("utf-8", "replace"), right.encode())):
            raise Refused("Lời gọi webhook Zalo OA không mang đúng chữ ký.")

    def read(self, body: bytes) -> Sequence[Inbound]:
        """The event of a webhook body. Raises ValueError."""
        return read(body)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """The connection pool."""
        async with httpx.AsyncClient(base_url=self._url, timeout=httpx.Timeout(10.0, read=15.0)) as client:
            self._client = client
            try:
                yield
            finally:
                self._client = None

    async def send(self, conversation: str, piece: Piece) -> Sent:
        """One attempt; a form for the phone follows its text as a message of its own."""
        sent = await self._message(conversation, _words(piece))
        picture = piece.picture or self._form_picture
        if piece.ask is Ask.CONTACT and picture:  # the platform's form must have one; without it people type the number
            await self._message(conversation, _form(picture))
        return sent

    async def typing(self, conversation: str) -> None:
        """Nothing: the platform has no such sign."""

    async def acknowledge(self, event: Inbound) -> None:
        """Nothing: the platform waits for no such answer."""

    async def start(self, webhook: str | None) -> None:
        """Checks the token; webhook and menu are set in the platform's console. Raises Later, Misconfigured."""
        await self._call("GET", "/v2.0/oa/getoa", {})

    async def poll(self) -> AsyncGenerator[bytes, None]:
        """Raises Misconfigured: the platform only delivers."""
        if self.name:
            raise Misconfigured("Zalo OA chỉ có webhook.", _REMIND, code="polling")
        yield b""

    async def checks(self, webhook: str) -> list[Check]:
        """The token works, how old it is, and what to set in the console."""
        try:
            about = await self._call("GET", "/v2.0/oa/getoa", {})
            shown = " · ".join(str(about[k]) for k in ("name", "package_name") if about.get(k))
            found = [Check("Zalo OA: mã truy cập", True, shown or "dùng được")]
        except ChannelError as error:
            found = [Check("Zalo OA: mã truy cập", False, str(error), error.remedy)]
        age, problem = await asyncio.to_thread(self._tokens.age)
        found.append(Check("Zalo OA: tuổi cặp mã", not problem, problem or f"{age / 3600:.1f} giờ, tự đổi mỗi 20 giờ"))
        told = f"{webhook or 'PUBLIC_URL chưa đặt'}: đặt tay trong trang ứng dụng"
        found.append(Check("Zalo OA: webhook", bool(webhook), told, "" if webhook else _REMIND))
        return found

    async def _message(self, user: str, message: Mapping[str, Any]) -> Sent:
        data = await self._call("POST", "/v3.0/oa/message/cs", {"recipient": {"user_id": user}, "message": message})
        quota = data.get("quota")
        note = str(quota.get("quota_type") or "") if isinstance(quota, dict) else "tính phí"
        return Sent(str(data.get("message_id") or ""), note)

    async def _call(self, verb: str, path: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """`data` of the answer; a token that is dead is renewed once. Raises Later, Unclear, Unreachable, Rejected, Misconfigured."""
        token = await self._tokens.current()
        code, message, data = await self._once(verb, path, fields, token)
        if code in TOKEN_DEAD:
            token = await self._tokens.refused(token)
            code, message, data = await self._once(verb, path, fields, token)
        if code:
            raise error_of(code, message)
        return data

    async def _once(
        self, verb: str, path: str, fields: Mapping[str, Any], token: str
    ) -> tuple[int, str, dict[str, Any]]:
        """(error code, the platform's words, data). Raises Later, Unclear, Misconfigured."""
        if self._client is None:
            async with self.opened():
                return await self._once(verb, path, fields, token)
        headers = {"access_token": token, "content-type": "application/json"}
        try:
            response = await self._client.request(
                verb, path, content=json.dumps(fields).encode() if verb == "POST" else None, headers=headers
            )
        except _NOT_SENT as error:
            raise Later(f"Chưa nối được tới Zalo OA ({type(error).__name__}).", code="unsent") from None
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise Unclear(f"Zalo OA không trả lời ({type(error).__name__}).", code="lost") from None
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if isinstance(answer, dict) and isinstance(answer.get("error"), int):
            data = answer.get("data")
            return answer["error"], str(answer.get("message") or ""), data if isinstance(data, dict) else {}
        if response.status_code >= 500 or response.status_code == 429:
            raise Later(f"Zalo OA đang trục trặc (HTTP {response.status_code}).", code=str(response.status_code))
        if response.is_success:  # something unreadable: it may have been done
            raise Unclear("Zalo OA trả lời không rõ ràng.", code="lost")
        raise Misconfigured(
            f"Địa chỉ API của Zalo OA không đúng (HTTP {response.status_code}).", "Kiểm ZALO_OA_API_URL.",
            code=str(response.status_code),
        )  # fmt: skip


def signature(app_id: str, body: bytes, timestamp: str, key: str) -> str:
    """SHA-256 over application id, body as received, timestamp of the body and key, in hex; empty without a timestamp."""
    if not timestamp:
        return ""
    return hashlib.sha256(app_id.encode() + body + timestamp.encode() + key.encode()).hexdigest()


def _timestamp(body: bytes) -> str:
    try:
        found = json.loads(body)
    except ValueError:
        return ""
    value = found.get("timestamp") if isinstance(found, dict) else None
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _words(piece: Piece) -> dict[str, Any]:
    if piece.buttons:
        payload: dict[str, Any] = {"buttons": [_button(b) for b in piece.buttons]}
        return {"text": piece.text, "attachment": {"type": "template", "payload": payload}}
    if piece.picture.startswith("https://") and piece.ask is Ask.NOTHING:
        element = {"media_type": "image", "url": piece.picture}
        payload = {"template_type": "media", "elements": [element]}
        return {"text": piece.text, "attachment": {"type": "template", "payload": payload}}
    return {"text": piece.text}


def _button(button: Button) -> dict[str, Any]:
    if button.value.startswith(("https://", "http://")):
        return {"title": button.label, "type": "oa.open.url", "payload": {"url": button.value}}
    if button.value.startswith("tel:"):
        phone = button.value.removeprefix("tel:").lstrip("+")
        return {"title": button.label, "type": "oa.open.phone", "payload": {"phone_code": phone}}
    return {"title": button.label, "type": "oa.query.show", "payload": button.value}


def _form(picture: str) -> dict[str, Any]:
    element = {"title": _FORM_TITLE, "subtitle": _FORM_WORDS, "image_url": picture}
    return {
        "attachment": {"type": "template", "payload": {"template_type": "request_user_info", "elements": [element]}}
    }
