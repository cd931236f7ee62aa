"""The real python-telegram-bot against the emulator: start, updates, sending, files, errors."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import ApplicationBuilder, CallbackQueryHandler, CommandHandler, MessageHandler, filters

from tests.emulators import Fault
from tests.test_emulators.conftest import ME, Api, until


def with_bot(api: Api, act: Callable[[Bot], Awaitable[Any]], token: str | None = None) -> Any:
    async def run() -> Any:
        name, base, files = token or api.emulator.token, f"{api.base}/bot", f"{api.base}/file/bot"
        async with Bot(name, base_url=base, base_file_url=files) as bot:
            return await act(bot)

    return asyncio.run(run())


def test_get_me_and_commands(telegram: Api) -> None:
    async def act(bot: Bot) -> Any:
        await bot.set_my_commands([BotCommand("start", "Bắt đầu")], language_code="vi")
        return bot.username, await bot.get_my_commands(language_code="vi")

    assert with_bot(telegram, act) == ("demo_bot", (BotCommand("start", "Bắt đầu"),))


def test_sends_and_reads_back(telegram: Api) -> None:
    async def act(bot: Bot) -> Any:
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Tính", callback_data="calc")]])
        message = await bot.send_message(ME, "<b>330.000 đồng</b>/tháng", parse_mode="HTML", reply_markup=keyboard)
        await bot.send_chat_action(ME, "typing")
        await message.edit_text("khác")
        telegram.emulator.user_says(ME, "cảm ơn")
        updates = await bot.get_updates(timeout=1)
        photo = await bot.send_photo(ME, b"\x89PNG-data", caption="ảnh")
        data = await (await bot.get_file(photo.photo[-1].file_id)).download_as_bytearray()
        return message, updates, bytes(data)

    message, updates, data = with_bot(telegram, act)
    assert message.text == "330.000 đồng/tháng" and message.entities[0].type == "bold"
    assert [u.message.text for u in updates] == ["cảm ơn"]
    assert data == b"\x89PNG-data"
    assert [s.method for s in telegram.emulator.sent(ME)] == ["sendMessage", "editMessageText", "sendPhoto"]


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault("rate_limit", retry_after=3), RetryAfter),
        (Fault("error", status=403, description="Forbidden: bot was kicked"), Forbidden),
        (Fault("error", status=400, description="Bad Request: chat not found"), BadRequest),
        (Fault("error", status=409, description="Conflict: other"), Conflict),
        (Fault("error", status=401, description="Unauthorized"), InvalidToken),
        (Fault("status", status=502), NetworkError),
        (Fault("garbage"), TelegramError),
        (Fault("reset"), NetworkError),
        (Fault("delay", seconds=1.5), TimedOut),
    ],
)
def test_faults_are_seen_as_the_client_names_them(telegram: Api, fault: Fault, expected: type[Exception]) -> None:
    telegram.emulator.faults.add("sendMessage", fault)

    async def act(bot: Bot) -> None:
        with pytest.raises(TelegramError) as caught:
            await bot.send_message(ME, "a", read_timeout=0.5)
        assert type(caught.value) is expected

    with_bot(telegram, act)
    assert telegram.emulator.sent(ME) == []


def test_own_refusals_are_mapped(telegram: Api) -> None:
    async def act(bot: Bot) -> None:
        with pytest.raises(BadRequest, match="Message is too long"):
            await bot.send_message(ME, "a" * 4097)
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(5, "a")
        telegram.emulator.block(ME)
        with pytest.raises(Forbidden, match="blocked by the user"):
            await bot.send_message(ME, "a")

    with_bot(telegram, act)


def test_a_wrong_token_ends_initialisation(telegram: Api) -> None:
    async def nothing(bot: Bot) -> None:
        raise AssertionError("must not start")

    for token in ("42:WRONG", "nonsense"):
        with pytest.raises(InvalidToken):
            with_bot(telegram, nothing, token)


def test_an_application_polls_answers_and_stops(telegram: Api) -> None:
    """`/start` with a payload, a pressed button and a shared contact go through real handlers."""
    seen: list[str] = []
    failed: list[BaseException] = []

    async def start(update: Any, context: Any) -> None:
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Tính", callback_data="calc")]])
        await update.effective_message.reply_text(" ".join(context.args), reply_markup=keyboard)

    async def pressed(update: Any, context: Any) -> None:
        await update.callback_query.answer()
        await update.callback_query.edit_message_text(f"đã chọn {update.callback_query.data}")

    async def contact(update: Any, context: Any) -> None:
        seen.append(update.effective_message.contact.phone_number)

    async def wrong(update: object, context: Any) -> None:
        failed.append(context.error)

    async def run() -> None:
        builder = ApplicationBuilder().token(telegram.emulator.token).base_url(f"{telegram.base}/bot")
        application: Any = builder.build()
        application.add_handler(CommandHandler("start", start))
        application.add_handler(CallbackQueryHandler(pressed))
        application.add_handler(MessageHandler(filters.CONTACT, contact))
        application.add_error_handler(wrong)
        async with application:
            await application.start()
            await application.updater.start_polling(timeout=5)
            emulator = telegram.emulator
            emulator.user_says(ME, "/start qr_xa01")
            await asyncio.to_thread(until, lambda: emulator.sent(ME))
            emulator.press(ME, "Tính")
            await asyncio.to_thread(until, lambda: len(emulator.sent(ME)) == 2)
            emulator.share_contact(ME)
            await asyncio.to_thread(until, lambda: seen)
            await application.updater.stop()
            await application.stop()

    asyncio.run(run())
    assert [s.text for s in telegram.emulator.sent(ME)] == ["qr_xa01", "đã chọn calc"]
    assert (seen, failed) == (["+84900000001"], [])
    assert len(telegram.emulator.data.answered) == 1
    assert telegram.emulator.updates.waiting() == [], "the last batch is confirmed at the end"
    assert [c.status for c in telegram.emulator.calls() if c.status == 409] == []
