"""The Zalo Bot channel against the emulator of the platform."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator

import pytest

from bot.channels.contract import Inbound, Kind, Later, Misconfigured, Piece, Rejected, Unclear, Unreachable
from bot.channels.cutting import pieces
from bot.channels.zalo_bot import ZaloBot
from bot.messages import Button, Reply
from tests.emulators import Fault, ZaloBotEmulator, serving

SECRET = "webhook-secret-for-tests"
PERSON = "6000abcd"


@pytest.fixture(params=[False, True], ids=["status", "errors_with_200"])
def emulator(request: pytest.FixtureRequest) -> Iterator[ZaloBotEmulator]:
    made = ZaloBotEmulator(errors_with_200=request.param, probe=False)
    with serving(made):
        yield made


def bot_of(emulator: ZaloBotEmulator, token: str = "") -> ZaloBot:
    return ZaloBot(token or emulator.token, api_url=emulator.url, webhook_secret=SECRET, poll_seconds=1)


def send(emulator: ZaloBotEmulator, piece: Piece, to: str = PERSON, token: str = "") -> str:
    async def within() -> str:
        bot = bot_of(emulator, token)
        async with bot.opened():
            await bot.typing(to)
            return (await bot.send(to, piece)).message_id

    return asyncio.run(within())


def poll(emulator: ZaloBotEmulator, count: int) -> list[Inbound]:
    async def within() -> list[Inbound]:
        bot = bot_of(emulator)
        async with bot.opened():
            updates: AsyncGenerator[bytes, None] = bot.poll()
            found = [await asyncio.wait_for(anext(updates), 20) for _ in range(count)]
            await updates.aclose()
            return [event for body in found for event in bot.read(body)]

    return asyncio.run(within())


def test_what_is_sent_is_what_arrives(emulator: ZaloBotEmulator) -> None:
    emulator.user_says(PERSON, "chào")
    reply = Reply(
        "Mức đóng thấp nhất là 330.000 đồng/tháng. 👨‍👩‍👧‍👦\n" * 90, (Button("Nam", "nam"), Button("Nữ", "nu"))
    )
    cut = pieces(reply, ZaloBot.capabilities).pieces
    ids = [send(emulator, piece) for piece in cut]
    assert len(cut) > 2
    assert [sent.text for sent in emulator.sent(PERSON)] == [piece.text for piece in cut]
    assert [sent.message_id for sent in emulator.sent(PERSON)] == ids
    assert [call.applied for call in emulator.calls("sendChatAction")] == [True] * len(cut)
    send(emulator, Piece("Sơ đồ", picture="https://example.vn/a.png"))
    assert emulator.sent(PERSON)[-1].method == "sendPhoto"


def test_failures(emulator: ZaloBotEmulator) -> None:
    emulator.user_says(PERSON, "chào")
    emulator.faults.add(
        "sendMessage",
        Fault("status", status=503),
        Fault("error", status=403),
        Fault("garbage", applied=True),
        Fault("reset", applied=True),
    )
    for error in (Later, Later, Unclear, Unclear):
        with pytest.raises(error):
            send(emulator, Piece("Chào"))
    with pytest.raises(Rejected):
        send(emulator, Piece("x" * 2001))
    with pytest.raises(Unreachable):
        send(emulator, Piece("Chào"), to="nobody")
    with pytest.raises(Misconfigured):
        send(emulator, Piece("Chào"), token="1:wrong")
    emulator.monthly_limit = 0
    with pytest.raises(Later) as caught:
        send(emulator, Piece("Chào"))
    assert caught.value.everyone


def test_polling_reads_every_event(emulator: ZaloBotEmulator) -> None:
    emulator.user_says(PERSON, "/start TS25", name="Lan")
    emulator.user_says(PERSON, "2")
    emulator.send_photo(PERSON, "sổ")
    emulator.send_sticker(PERSON)
    emulator.send_voice(PERSON)
    emulator.unsupported_without_message()
    emulator.send_file(PERSON)
    found = poll(emulator, 7)
    assert [(event.kind, event.text, event.what) for event in found] == [
        (Kind.START, "TS25", ""),
        (Kind.TEXT, "2", ""),
        (Kind.OTHER, "sổ", "photo"),
        (Kind.OTHER, "", "sticker"),
        (Kind.OTHER, "", "voice"),
        (Kind.OTHER, "", "unknown"),
    ]
    assert len({event.event_id for event in found}) == 6
    assert [event.order for event in found] == sorted(event.order for event in found)


def test_a_server_that_shows_updates_again_gives_the_same_ids(emulator: ZaloBotEmulator) -> None:
    emulator.replay = True
    emulator.user_says(PERSON, "một")
    emulator.user_says(PERSON, "hai")
    assert [event.text for event in poll(emulator, 4)] == ["một", "hai", "hai", "hai"]


def test_start_and_checks_and_a_webhook_in_the_way_of_polling(emulator: ZaloBotEmulator) -> None:
    hook = "https://bhxh.example.vn/webhooks/zalo-bot"

    async def within() -> None:
        bot = bot_of(emulator)
        async with bot.opened():
            await bot.start("")
            assert [check.ok for check in await bot.checks("")] == [True, True]
            assert [check.ok for check in await bot.checks(hook)] == [True, False]
            await bot.start(hook)
            assert [check.ok for check in await bot.checks(hook)] == [True, True]

    asyncio.run(within())
    assert emulator.secret_token == SECRET
    emulator.queue.append(
        {"event_name": "message.text.received", "message": {"message_id": "1", "from": {"id": "7"}, "text": "a"}}
    )
    assert [event.text for event in poll(emulator, 1)] == ["a"]
    assert emulator.webhook.url == ""
