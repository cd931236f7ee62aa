"""Telegram: text with bold, buttons, pictures, contact form, menu. Webhook, or polling."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import logging
import random
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx
from telegram import Bot, LinkPreviewOptions, Message
from telegram.constants import ChatAction, ParseMode

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
from bot.channels.telegram_calls import ADDRESS_REMEDY, Request, attempt, bot_of, in_body
from bot.channels.telegram_read import CHANNEL, Self, read
from bot.channels.telegram_setup import UPDATES, set_menu, set_webhook, webhook_checks
from bot.channels.telegram_write import VALUE_BYTES, Part, parts

log = logging.getLogger("bot.channels.telegram")

_SPACING = 1.05  # seconds between two messages of one piece: one a second to a chat
_FLOOR = 1.0  # seconds between polls that bring nothing new at once, which only a server in trouble does
_LONGEST_BACK_OFF = 30.0
_HALVES = 1_000  # pieces remembered of which only the first message went out


@dataclass(frozen=True, slots=True)
class _Line:
    """The library's bot, and the request of long polls, which must not take the connections of sending."""

    bot: Bot
    poller: Request


class Telegram:
    """One bot. The token goes into the address of calls and nowhere else, not into errors or logs.

    `poll_seconds`: how long the platform holds an idle poll.
    """

    name = CHANNEL
    capabilities = Capabilities(
        text_limit=4096,
        utf16=True,  # the platform counts code points; its limits of other things are in UTF-16, so the stricter
        buttons=8,
        button_label=40,
        button_value=VALUE_BYTES,
        contact_form=True,
        pictures=True,
        typing_seconds=5.0,
        menu=True,
        start_payload=True,
        rate=Rate(25, 1.0),  # of 30
        conversation_rate=Rate(1, 1.0),
    )

    def __init__(self, token: str, *, api_url: str, webhook_secret: str, poll_seconds: int = 25) -> None:
        self._token, self._api_url, self._secret = token, api_url, webhook_secret
        self._poll_seconds = poll_seconds
        self._self = Self(token.partition(":")[0])
        self._line: _Line | None = None
        self._halves: dict[tuple[str, Piece], int] = {}  # messages of a piece that went out before one failed

    @property
    def username(self) -> str:
        """Our name, by which links lead to us; empty until the platform has told it."""
        return self._self.username

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raises Refused unless the secret header is the one we registered; without a secret everything is refused."""
        given = headers.get("x-telegram-bot-api-secret-token", "")
        same = hmac.compare_digest(given.encode("utf-8", "replace"), self._secret.encode())
        if not (self._secret and same):
            raise Refused("Lời gọi webhook Telegram không mang đúng mã bí mật.")

    def read(self, body: bytes) -> Sequence[Inbound]:
        """The events of an update. Raises ValueError. In groups our name is needed, which `start` and `checks` find out."""
        return read(body, self._self)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """The connection pools; nothing is asked, so that an outage does not keep us from starting."""
        async with self._new_line() as line:
            self._line = line
            try:
                yield
            finally:
                self._line = None

    async def send(self, conversation: str, piece: Piece) -> Sent:
        """One attempt. A piece of two messages (long text with a picture) goes on where an attempt before it ended."""
        if not re.fullmatch(r"-?\d{1,20}", conversation, re.ASCII):  # "@name" would be a public channel
            raise Rejected("Mã cuộc trò chuyện Telegram phải là số.", code="chat_id")
        made = parts(piece, private=not conversation.startswith("-"))
        key = (conversation, piece)
        done = self._halves.pop(key, 0)
        note = ""
        async with self._using() as line:
            for n, part in enumerate(made):
                if n < done:
                    continue
                if n > done:
                    await asyncio.sleep(_SPACING)
                try:
                    message, refused = await self._send_part(line.bot, int(conversation), part)
                except Rejected:
                    if not part.picture or not piece.text:
                        raise
                    note = "picture refused"  # the words must arrive all the same
                    if not part.text:
                        continue
                    message, refused = await self._send_part(line.bot, int(conversation), replace(part, picture=""))
                except ChannelError:
                    if n:
                        self._remember(key, n)
                    raise
                note = refused or note
        return Sent(str(message.message_id), note)

    async def typing(self, conversation: str) -> None:
        """Shows "đang nhập"; never raises."""
        with contextlib.suppress(ChannelError, RuntimeError):  # RuntimeError: the connections are being closed
            async with self._using() as line:
                await attempt(line.bot.send_chat_action(conversation, ChatAction.TYPING, read_timeout=5.0))

    async def draft(self, conversation: str, text: str, number: int) -> None:
        """Shows `text` as a draft, which fades by itself; only private chats have drafts. Never raises."""
        if conversation.startswith("-"):
            return
        with contextlib.suppress(ChannelError, RuntimeError):
            async with self._using() as line:
                call = line.bot.send_message_draft(int(conversation), number, text[:4000], read_timeout=3.0)
                await attempt(call)

    async def acknowledge(self, event: Inbound) -> None:
        """Ends the waiting sign on a pressed button; too late is no harm."""
        if not event.acknowledge:
            return
        with contextlib.suppress(ChannelError, RuntimeError):
            async with self._using() as line:
                await attempt(line.bot.answer_callback_query(event.acknowledge, read_timeout=5.0))

    async def start(self, webhook: str | None) -> None:
        """Registers `webhook`, takes it away when empty, leaves it when None; then menu and descriptions.

        Raises Later, Misconfigured. A menu that could not be set is only logged: answering does not wait for it.
        """
        async with self._using() as line:
            try:
                await self._learn(line.bot)
                if webhook is not None:
                    await set_webhook(line.bot, webhook, self._secret)
            except (Later, Misconfigured):
                raise
            except ChannelError as error:  # all of this may be done twice
                failure = Later(str(error), code=error.code)
            else:
                await set_menu(line.bot)
                return
            raise failure

    async def poll(self) -> AsyncGenerator[bytes, None]:
        """Updates for ever, in order. Raises Misconfigured."""
        async with self._using() as line:
            offset = fails = 0
            while True:
                begun = time.monotonic()
                try:
                    updates = await self._updates(line.poller, offset)
                except Misconfigured:
                    raise
                except ChannelError as error:
                    fails += 1
                    wait = error.after if isinstance(error, Later) and error.after is not None else 0.0
                    log.warning("getUpdates failed %d times in a row: %s", fails, error.code)
                else:
                    fails, wait = 0, 0.0
                    fresh = any(number >= offset for number, _ in updates)
                    for number, update in updates:
                        yield json.dumps(update).encode()
                        offset = max(offset, number + 1)  # told to the platform with the next call, which confirms
                    if not fresh:
                        await asyncio.sleep(max(0.0, begun + _FLOOR - time.monotonic()))
                if fails:
                    await asyncio.sleep(max(wait, back_off(fails)))

    async def checks(self, webhook: str) -> list[Check]:
        """The token works, the webhook is `webhook` (none when it is empty), its calls succeed, nothing piles up."""
        name, found = "Telegram: mã bot", list[Check]()
        try:
            async with self._using() as line:
                await self._learn(line.bot)
                found.append(Check(name, True, f"@{self._self.username}"))
                name = "Telegram: webhook"
                return found + webhook_checks(await attempt(line.bot.get_webhook_info()), webhook)
        except ChannelError as error:
            return [*found, Check(name, False, str(error), error.remedy or f"{ADDRESS_REMEDY} Thử lại sau ít phút.")]

    async def _send_part(self, bot: Bot, chat: int, part: Part) -> tuple[Message, str]:
        """Sends with markup, and once more without when the platform cannot read that."""
        try:
            return await self._send_once(bot, chat, part, part.html, ParseMode.HTML), ""
        except Rejected as error:
            if not ("parse" in str(error) and "entit" in str(error)):
                raise
        log.warning("markup was refused, the message goes as plain text")
        return await self._send_once(bot, chat, part, part.text, None), "plain text"

    @staticmethod
    async def _send_once(bot: Bot, chat: int, part: Part, text: str, mode: str | None) -> Message:
        if part.picture:
            return await attempt(
                bot.send_photo(chat, part.picture, caption=text or None, parse_mode=mode, reply_markup=part.markup)
            )
        return await attempt(
            bot.send_message(
                chat,
                text,
                parse_mode=mode,
                reply_markup=part.markup,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        )

    def _remember(self, key: tuple[str, Piece], done: int) -> None:
        if len(self._halves) >= _HALVES:
            self._halves.clear()
        self._halves[key] = done

    async def _learn(self, bot: Bot) -> None:
        """Finds out our name, by which people in groups call us."""
        me = await attempt(bot.get_me())
        self._self = replace(self._self, id=str(me.id), username=me.username or "")

    async def _updates(self, poller: Request, offset: int) -> list[tuple[int, dict[str, Any]]]:
        """One long poll: update numbers and updates as they came, unread by the library, which trips over what it does not know."""
        fields = {"timeout": str(self._poll_seconds), "allowed_updates": json.dumps(UPDATES)}
        if offset:
            fields["offset"] = str(offset)
        call = poller.post(f"{self._api_url}/getUpdates", in_body(fields), read_timeout=self._poll_seconds + 10.0)
        result: Any = await attempt(call)
        if not isinstance(result, list):
            raise Later("Telegram trả lời không rõ ràng.", code="garbage")
        numbered = [(u["update_id"], u) for u in result if isinstance(u, dict) and isinstance(u.get("update_id"), int)]
        if result and not numbered:
            raise Later("Telegram trả lời không rõ ràng.", code="garbage")
        return numbered

    @asynccontextmanager
    async def _using(self) -> AsyncIterator[_Line]:
        if self._line is not None:
            yield self._line
            return
        async with self._new_line() as line:  # a single question, e.g. of `tuvan doctor`
            yield line

    @asynccontextmanager
    async def _new_line(self) -> AsyncIterator[_Line]:
        try:
            request = Request(self._token, self._api_url)
            poller = Request(self._token, self._api_url)
        except httpx.InvalidURL:
            raise Misconfigured("Địa chỉ gọi Telegram không đúng.", ADDRESS_REMEDY, code="address") from None
        try:
            yield _Line(bot_of(self._api_url, request, poller), poller)
        finally:
            await asyncio.gather(request.shutdown(), poller.shutdown())


def back_off(fails: int) -> float:
    """Seconds to wait after `fails` failures in a row: 1, 2, 4 … 30, with jitter."""
    return max(1.0, min(_LONGEST_BACK_OFF, 2.0 ** (min(fails, 10) - 1)) * random.uniform(0.75, 1.0))
