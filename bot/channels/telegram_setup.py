"""What is set up at Telegram beside the conversations: webhook and menu; and what `tuvan doctor` finds there."""

from __future__ import annotations

import logging
import time
from functools import partial

from telegram import Bot, BotCommand, WebhookInfo

from bot.channels.contract import ChannelError, Check, Misconfigured, Rejected
from bot.channels.telegram_calls import attempt
from bot.channels.telegram_write import menu
from bot.time_zone import TIME_ZONE

log = logging.getLogger("bot.channels.telegram")

UPDATES = ["message", "callback_query", "my_chat_member"]
"""The kinds of updates we ask for."""

_FRESH_ERROR = 3600.0  # seconds in which a failed webhook call counts as a trouble of now
_BACKLOG = 100
_WEBHOOK_REMEDY = (
    "Kiểm PUBLIC_URL (https, cổng 443, 80, 88 hoặc 8443, truy cập được từ ngoài) rồi chạy lại `tuvan run`."
)


async def set_webhook(bot: Bot, webhook: str, secret: str) -> None:
    """Registers `webhook`, or takes it away when empty; what waits is kept. Raises ChannelErrors."""
    if not webhook:
        await attempt(bot.delete_webhook(drop_pending_updates=False))
        return
    if not secret:
        raise Misconfigured("Webhook Telegram chưa có mã bí mật.", "Đặt TELEGRAM_WEBHOOK_SECRET.", code="secret")
    call = bot.set_webhook(
        webhook, secret_token=secret, allowed_updates=UPDATES, max_connections=20, drop_pending_updates=False
    )
    try:
        await attempt(call)
    except Rejected as error:
        told = f"Telegram không nhận địa chỉ webhook. {error}"
        raise Misconfigured(told, _WEBHOOK_REMEDY, code=error.code) from None


async def set_menu(bot: Bot) -> None:
    """Commands and descriptions. What the platform does not take is only logged: answering does not wait for a menu."""
    commands = [BotCommand(c["command"], c["description"]) for c in menu()["commands"]]
    for call in (
        partial(bot.set_my_commands, commands),
        partial(bot.set_my_commands, commands, language_code="vi"),
        partial(bot.set_my_description, menu()["description"]),
        partial(bot.set_my_short_description, menu()["short_description"]),
    ):
        try:
            await attempt(call())
        except ChannelError as error:
            log.warning("the menu could not be set: %s", error.code)
            return


def webhook_checks(info: WebhookInfo, webhook: str) -> list[Check]:
    """Whether the webhook is `webhook` (none when it is empty), its calls succeed and nothing piles up."""
    name = "Telegram: webhook"
    if info.url == webhook:
        found = [Check(name, True, webhook or "không đặt, hệ thống tự hỏi tin")]
    else:
        remedy = _WEBHOOK_REMEDY if webhook else "Chạy `tuvan run` hoặc `tuvan poll` để gỡ, hoặc TELEGRAM_MODE=webhook."
        detail = f"đang là {info.url or 'chưa đặt'}, cần {webhook or 'không đặt'}"
        found = [Check(name, False, detail, remedy)]
    if info.last_error_date is not None:
        at = info.last_error_date.astimezone(TIME_ZONE)
        fresh = time.time() - at.timestamp() < _FRESH_ERROR
        detail = f"{at:%H:%M} ngày {at.day}/{at.month}/{at.year}: {info.last_error_message or 'không rõ lý do'}"
        remedy = "Xem nhật ký máy chủ web lúc ấy; kiểm chứng thư https và TELEGRAM_WEBHOOK_SECRET." if fresh else ""
        found.append(Check("Telegram: lần gọi webhook hỏng gần nhất", not fresh, detail, remedy))
    waiting = info.pending_update_count
    many = waiting > _BACKLOG
    remedy = "Kiểm `tuvan run` (hoặc `tuvan poll`) có đang chạy không; Telegram chỉ giữ tin 24 giờ." if many else ""
    return [*found, Check("Telegram: tin chờ nhận", not many, f"{waiting} tin", remedy)]
