"""The Telegram channel over real connections to the emulator of the platform."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import socket
import threading
import time
import traceback
from collections.abc import Awaitable, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar
from urllib.parse import parse_qs

import pytest

from bot.channels.contract import (
    Ask,
    ChannelError,
    Inbound,
    Kind,
    Later,
    Misconfigured,
    Piece,
    Rejected,
    Sent,
    Unclear,
    Unreachable,
)
from bot.channels.telegram import Telegram, back_off
from bot.channels.telegram_write import html_of, menu, rows
from bot.messages import Button
from tests.emulators import Fault, TelegramEmulator, serving

KEY = "not-a-real-key-0123456789abcdefghij"
TOKEN = f"4200000:{KEY}"
SECRET = "webhook-secret-for-tests"
ME = 777
HOOK = "https://bhxh.example.vn/webhooks/telegram"
PICTURE = "https://bhxh.example.vn/a.png"
HELLO = Piece("Chào")
T = TypeVar("T")


@pytest.fixture
def emulator() -> Iterator[TelegramEmulator]:
    made = TelegramEmulator(TOKEN)
    made.user_says(ME, "/start")
    made.updates.clear()
    with serving(made):
        yield made


def bot_of(emulator: TelegramEmulator, token: str = TOKEN) -> Telegram:
    return Telegram(token, api_url=emulator.url, webhook_secret=SECRET, poll_seconds=1)


def using(emulator: TelegramEmulator, act: Callable[[Telegram], Awaitable[T]], token: str = TOKEN) -> T:
    async def within() -> T:
        bot = bot_of(emulator, token)
        async with bot.opened():
            return await act(bot)

    return asyncio.run(within())


def send(emulator: TelegramEmulator, piece: Piece, to: str = str(ME), token: str = TOKEN) -> Sent:
    return using(emulator, lambda bot: bot.send(to, piece), token)


def failure(emulator: TelegramEmulator, piece: Piece = HELLO, **how: Any) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        send(emulator, piece, **how)
    return caught.value


def keyboard(emulator: TelegramEmulator) -> dict[str, Any]:
    """The keyboard of the last message."""
    found = emulator.sent(ME)[-1].payload.get("reply_markup", {})
    return json.loads(found) if isinstance(found, str) else found


# text, buttons, pictures, forms


def test_words_arrive_as_they_are_with_their_bold_spans(emulator: TelegramEmulator) -> None:
    text = 'Mức <b>thấp</b> & "cao" 👨‍👩‍👧 là 330.000 đồng/tháng.\nCăn cứ: Điều 36'
    strong = ((text.index("Căn cứ:"), text.index(" Điều")), (-4, 3), (2, 5), (9, 9), (999, 1000))
    sent = send(emulator, Piece(text, strong=strong))
    (arrived,) = emulator.sent(ME)
    assert (arrived.text, arrived.message_id) == (text, sent.message_id)
    shown = emulator.data.chats[ME].messages[int(sent.message_id)]
    entities = [(e["type"], e["offset"], e["length"]) for e in shown["entities"]]
    units = len(text[: text.index("Căn cứ:")].encode("utf-16-le")) // 2
    assert entities == [("bold", 0, 5), ("bold", units, 7)]
    assert arrived.payload["link_preview_options"] == {"is_disabled": True}


def test_markup_that_is_refused_goes_again_as_plain_text(emulator: TelegramEmulator) -> None:
    refusal = Fault("error", status=400, description="Bad Request: can't parse entities: Unsupported start tag")
    emulator.faults.add("sendMessage", refusal)
    assert send(emulator, Piece("a < b", strong=((0, 1),))).note == "plain text"
    (arrived,) = emulator.sent(ME)
    assert arrived.text == "a < b" and "parse_mode" not in arrived.payload
    emulator.faults.add("sendMessage", refusal, times=2)
    assert isinstance(failure(emulator), Rejected)
    assert len(emulator.calls("sendMessage")) == 4


def test_buttons_bring_back_their_values(emulator: TelegramEmulator) -> None:
    short, long = Button("Hộ nghèo", "é" * 32), Button("Người từ đủ 60 tuổi trở lên", "b")
    send(emulator, Piece("Nhóm nào?", (short, Button("Khác", "k"), Button("Ba", "c"), long, short)))
    labels = [[b["text"] for b in row] for row in keyboard(emulator)["inline_keyboard"]]
    assert labels == [["Hộ nghèo", "Khác"], ["Ba"], [long.label], ["Hộ nghèo"]]
    (event,) = bot_of(emulator).read(json.dumps(emulator.press(ME, "Hộ nghèo").event).encode())
    assert (event.kind, event.text) == (Kind.BUTTON, short.value)
    using(emulator, lambda bot: bot.acknowledge(event))
    assert list(emulator.data.answered) == [event.acknowledge]
    emulator.clock.advance(60)
    using(emulator, lambda bot: bot.acknowledge(event))  # too old: nobody minds
    assert [call.status for call in emulator.calls("answerCallbackQuery")] == [200, 400]


@pytest.mark.parametrize("value", ["", "x" * 65, "é" * 33])
def test_a_value_that_does_not_fit_is_never_sent(emulator: TelegramEmulator, value: str) -> None:
    assert isinstance(failure(emulator, Piece("Chọn", (Button("A", value),))), Rejected)
    assert emulator.calls("sendMessage") == []


def test_the_contact_form_comes_and_goes(emulator: TelegramEmulator) -> None:
    send(emulator, Piece("Cho xin số ạ", ask=Ask.CONTACT))
    form = keyboard(emulator)
    assert form["resize_keyboard"] and form["one_time_keyboard"]
    happened = emulator.press(ME, menu()["contact_button"])
    (event,) = bot_of(emulator).read(json.dumps(happened.event).encode())
    assert event.kind is Kind.CONTACT and event.contact is not None and event.contact.own
    send(emulator, Piece("Cảm ơn", ask=Ask.FORGET_KEYBOARD))
    assert emulator.buttons(ME) == []


def test_a_form_beside_buttons_is_a_message_of_its_own(emulator: TelegramEmulator) -> None:
    send(emulator, Piece("Cho xin số ạ", (Button("Thôi", "no"),), ask=Ask.CONTACT))
    assert emulator.buttons(ME) == ["Thôi", menu()["contact_button"]]
    assert emulator.violations == []
    emulator.user_says(ME, "/tinh", chat_id=-5)
    send(emulator, Piece("Trong nhóm", ask=Ask.CONTACT), to="-5")
    assert "reply_markup" not in emulator.sent(-5)[0].payload


def test_pictures(emulator: TelegramEmulator) -> None:
    send(emulator, Piece("Sơ đồ", (Button("A", "a"),), picture=PICTURE, strong=((0, 2),)))
    assert [(s.method, s.text, s.payload.get("caption")) for s in emulator.sent(ME)] == [
        ("sendPhoto", "Sơ đồ", "<b>Sơ</b> đồ")
    ]
    assert emulator.buttons(ME) == ["A"]
    time.sleep(1)
    send(emulator, Piece("x" * 1025, (Button("B", "b"),), picture=PICTURE))
    assert [(s.method, len(s.text)) for s in emulator.sent(ME)[1:]] == [("sendPhoto", 0), ("sendMessage", 1025)]
    assert emulator.violations == []


def test_words_arrive_without_a_picture_the_platform_cannot_fetch(emulator: TelegramEmulator) -> None:
    refusal = Fault("error", status=400, description="Bad Request: failed to get HTTP URL content")
    for text in ("Sơ đồ", "x" * 1025):
        emulator.faults.add("sendPhoto", refusal)
        assert send(emulator, Piece(text, picture=PICTURE)).note == "picture refused"
        assert emulator.sent(ME)[-1].text == text
    emulator.faults.add("sendPhoto", refusal)
    assert isinstance(failure(emulator, Piece("", picture=PICTURE)), Rejected)


def test_a_second_attempt_goes_on_where_the_first_ended(emulator: TelegramEmulator) -> None:
    emulator.faults.add("sendMessage", Fault("status", status=502))
    piece = Piece("x" * 1025, picture=PICTURE)

    async def twice(bot: Telegram) -> None:
        with pytest.raises(Later):
            await bot.send(str(ME), piece)
        await bot.send(str(ME), piece)
        await bot.send(str(ME), piece)

    using(emulator, twice)
    methods = [s.method for s in emulator.sent(ME)]
    assert methods == ["sendPhoto", "sendMessage", "sendPhoto", "sendMessage"]


def test_rows() -> None:
    exactly, over = Button("x" * 20, "1"), Button("x" * 21, "2")
    assert rows([exactly, exactly, over, exactly]) == [[exactly, exactly], [over], [exactly]]
    assert html_of(Piece("abc", strong=((0, 2), (1, 3)))) == "<b>abc</b>"


# failures


@pytest.mark.parametrize(
    ("fault", "expected", "code"),
    [
        (Fault("status", status=500), Later, "500"),
        (Fault("status", status=502, body="<html>bad gateway</html>"), Later, "502"),
        (Fault("status", status=504), Later, "504"),
        (Fault("reset"), Unclear, "lost"),
        (Fault("garbage"), Unclear, "lost"),
        (Fault("garbage", body='{"ok":true}'), Unclear, "garbage"),
        (Fault("garbage", body='{"ok":true,"result":{"a":1}}'), Unclear, "garbage"),
        (Fault("error", status=400, description="Bad Request: chat not found"), Unreachable, "400"),
        (Fault("error", status=400, description="Bad Request: message is too long"), Rejected, "400"),
        (Fault("error", status=413, description="Request Entity Too Large"), Rejected, "413"),
        (Fault("error", status=401, description="Unauthorized"), Misconfigured, "401"),
        (Fault("error", status=404, description="Not Found"), Misconfigured, "404"),
        (Fault("error", status=409, description="Conflict: other"), Misconfigured, "409"),
        (Fault("status", status=403, body="<html>proxy</html>"), Misconfigured, "403"),
        (Fault("status", status=302, body="moved"), Misconfigured, "302"),
        (
            Fault("status", status=400, body='{"ok":false,"description":"x","parameters":{"migrate_to_chat_id":-9}}'),
            Rejected,
            "400",
        ),
    ],
)
def test_failures_by_kind(emulator: TelegramEmulator, fault: Fault, expected: type[ChannelError], code: str) -> None:
    emulator.faults.add("sendMessage", fault)
    found = failure(emulator)
    assert (type(found), found.code) == (expected, code)
    assert len(emulator.calls("sendMessage")) == 1, "one attempt"
    assert found.remedy or not isinstance(found, Misconfigured)


def test_too_many(emulator: TelegramEmulator) -> None:
    emulator.faults.add("sendMessage", Fault("rate_limit", retry_after=7))
    found = failure(emulator)
    assert isinstance(found, Later) and (found.after, found.everyone) == (7.0, True)


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("Forbidden: bot was blocked by the user", True),
        ("Forbidden: user is deactivated", True),
        ("Forbidden: bot was kicked from the supergroup chat", True),
        ("Forbidden: bot can't initiate conversation with a user", False),
    ],
)
def test_people_who_cannot_be_written_to(emulator: TelegramEmulator, words: str, left: bool) -> None:
    emulator.faults.add("sendMessage", Fault("error", status=403, description=words))
    found = failure(emulator)
    assert isinstance(found, Unreachable) and found.left is left


def test_refusals_of_the_platform_itself(emulator: TelegramEmulator) -> None:
    assert isinstance(failure(emulator, to="5"), Unreachable)
    assert isinstance(failure(emulator, Piece("x" * 4097)), Rejected)
    assert isinstance(failure(emulator, Piece("half \ud83d")), Rejected)
    assert isinstance(failure(emulator, to="@some_channel"), Rejected)
    emulator.block(ME)
    blocked = failure(emulator)
    assert isinstance(blocked, Unreachable) and blocked.left


def test_a_server_that_does_not_listen_or_does_not_answer(emulator: TelegramEmulator) -> None:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        nobody = Telegram(TOKEN, api_url=f"http://127.0.0.1:{door.getsockname()[1]}", webhook_secret=SECRET)
        with pytest.raises(Later) as refused:
            asyncio.run(nobody.send(str(ME), Piece("Chào")))
        assert refused.value.code == "unsent"
        asyncio.run(nobody.typing(str(ME)))
        assert [check.ok for check in asyncio.run(nobody.checks(""))] == [False]
    emulator.faults.add("sendChatAction", Fault("delay", seconds=30))
    begun = time.monotonic()
    using(emulator, lambda bot: bot.typing(str(ME)))
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("token", [f"4200000:{KEY[:-1]}X", f"odd/{KEY}", f"odd {KEY}\n"])
def test_the_token_is_in_no_error_and_no_log(
    emulator: TelegramEmulator, caplog: pytest.LogCaptureFixture, token: str
) -> None:
    for name in ("", "httpx", "httpcore", "telegram"):  # an installation keeps these quiet
        caplog.set_level(logging.DEBUG, name)
    found = failure(emulator, token=token)
    assert isinstance(found, Misconfigured)
    send(emulator, Piece("Chào"))
    emulator.faults.add("sendMessage", Fault("reset"))
    lost = failure(emulator)
    told = "".join(traceback.format_exception(found) + traceback.format_exception(lost)) + caplog.text
    assert "sendMessage" in caplog.text
    assert token not in told and KEY[:-1] not in told
    assert lost.__context__ is None and found.__context__ is None


# set up and polling


def test_start_sets_webhook_and_menu(emulator: TelegramEmulator) -> None:
    emulator.user_says(ME, "chờ")
    using(emulator, lambda bot: bot.start(HOOK))
    assert (emulator.webhook.url, emulator.secret_token, emulator.max_connections) == (HOOK, SECRET, 20)
    assert emulator.updates.allowed == ["message", "callback_query", "my_chat_member"]
    names = [command["command"] for command in emulator.data.menu(ME, "vi")]
    assert names == ["start", "hoi", "tinh", "dangky", "canbo", "nhac", "dulieu", "quyenriengtu", "trogiup"]
    assert emulator.data.menu(ME, "en") == emulator.data.menu(ME, "vi")
    (described,) = emulator.calls("setMyDescription")
    (shortly,) = emulator.calls("setMyShortDescription")
    assert len(described.payload["description"]) <= 512 and len(shortly.payload["short_description"]) <= 120
    using(emulator, lambda bot: bot.start(None))
    assert emulator.webhook.url == HOOK
    using(emulator, lambda bot: bot.start(""))
    assert emulator.webhook.url == ""
    assert len(emulator.updates.waiting()) == 1, "what waits is kept"


def test_start_that_fails(emulator: TelegramEmulator, caplog: pytest.LogCaptureFixture) -> None:
    for fault, expected in (
        (Fault("reset"), Later),
        (Fault("rate_limit", retry_after=0.1), Later),
        (Fault("error", status=400, description="Bad Request: bad webhook"), Misconfigured),
    ):
        emulator.faults.add("setWebhook", fault)
        with pytest.raises(expected):
            using(emulator, lambda bot: bot.start(HOOK))
        emulator.clock.advance(2)
    with pytest.raises(Misconfigured):
        using(emulator, lambda bot: bot.start(HOOK), token="1:wrong")
    with pytest.raises(Misconfigured, match="mã bí mật"):
        asyncio.run(Telegram(TOKEN, api_url=emulator.url, webhook_secret="").start(HOOK))
    assert emulator.webhook.url == ""
    emulator.faults.add("setMyCommands", Fault("rate_limit", retry_after=60))
    using(emulator, lambda bot: bot.start(HOOK))
    assert emulator.webhook.url == HOOK and "menu" in caplog.text


def test_after_start_our_name_is_known_in_groups(emulator: TelegramEmulator) -> None:
    happened = emulator.user_says(ME, "@demo_bot mức đóng?", chat_id=-5)

    async def act(bot: Telegram) -> list[Inbound]:
        await bot.start(None)
        return list(bot.read(json.dumps(happened.event).encode()))

    assert [(e.text, e.group) for e in using(emulator, act)] == [("mức đóng?", True)]


def test_an_update_is_confirmed_when_the_next_is_asked_for(emulator: TelegramEmulator) -> None:
    for text in ("một", "hai"):
        emulator.user_says(ME, text)

    async def act(bot: Telegram) -> None:
        updates = bot.poll()
        assert [e.text for e in bot.read(await anext(updates))] == ["một"]
        assert [e.text for e in bot.read(await anext(updates))] == ["hai"]
        assert len(emulator.updates.waiting()) == 2
        third = asyncio.ensure_future(anext(updates))
        while emulator.updates.waiting():
            await asyncio.sleep(0.01)
        emulator.block(ME)
        assert [e.kind for e in bot.read(await asyncio.wait_for(third, 10))] == [Kind.STOP]
        await updates.aclose()
        again = bot.poll()
        assert [e.kind for e in bot.read(await anext(again))] == [Kind.STOP], "not confirmed, so told again"
        await again.aclose()

    using(emulator, act)
    last = emulator.updates.waiting()[0]["update_id"]
    assert {call.payload.get("offset") for call in emulator.calls("getUpdates")} == {None, str(last)}


def test_polling_goes_on_after_failures(emulator: TelegramEmulator) -> None:
    emulator.faults.add("getUpdates", Fault("reset"), Fault("garbage"), Fault("rate_limit", retry_after=3))
    emulator.user_says(ME, "vẫn đến")

    async def act(bot: Telegram) -> str:
        updates = bot.poll()
        (event,) = bot.read(await asyncio.wait_for(anext(updates), 20))
        await updates.aclose()
        return event.text

    assert using(emulator, act) == "vẫn đến"
    times = [call.at for call in emulator.calls("getUpdates")]
    assert len(times) == 4 and times[1] - times[0] >= 0.99 and times[3] - times[2] >= 2.99
    assert emulator.early_retries == []


@pytest.mark.parametrize(
    "body", ['{"ok":true,"result":[{"a":1}]}', '{"ok":true,"result":{}}', '{"ok":true,"result":[]}']
)
def test_a_server_in_trouble_is_not_asked_in_a_rush(emulator: TelegramEmulator, body: str) -> None:
    emulator.faults.add("getUpdates", Fault("garbage", body=body), times=20)

    async def act(bot: Telegram) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(bot.poll()), 2.5)

    using(emulator, act)
    assert 2 <= len(emulator.calls("getUpdates")) <= 4


def test_a_server_that_shows_the_same_update_for_ever_is_not_asked_in_a_rush(emulator: TelegramEmulator) -> None:
    again = '{"ok":true,"result":[{"update_id":7,"message":{"text":"a","from":{"id":777},"chat":{"id":777}}}]}'
    emulator.faults.add("getUpdates", Fault("garbage", body=again), times=1000)

    async def act(bot: Telegram) -> int:
        seen = 0
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2.5):
                async for _ in bot.poll():
                    seen += 1
        return seen

    assert 2 <= using(emulator, act) <= 4


def test_fields_of_a_poll_are_in_its_body() -> None:
    """Where the library puts those of its own calls: not every server looks into the address."""
    seen: list[tuple[str, dict[str, list[str]]]] = []

    class Server(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            seen.append((self.path, parse_qs(body.decode())))
            answer = b'{"ok":true,"result":[{"update_id":7,"message":{}}]}'
            self.send_response(200)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            return

    async def act(bot: Telegram) -> None:
        async with bot.opened():
            updates = bot.poll()
            for _ in range(2):
                await anext(updates)
            await updates.aclose()

    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}"
        asyncio.run(act(Telegram(TOKEN, api_url=address, webhook_secret="", poll_seconds=3)))
        server.shutdown()
    assert {path for path, _ in seen} == {f"/bot{TOKEN}/getUpdates"}
    assert [fields["timeout"] for _, fields in seen] == [["3"], ["3"]]
    assert [fields.get("offset") for _, fields in seen] == [None, ["8"]]
    assert json.loads(seen[0][1]["allowed_updates"][0]) == ["message", "callback_query", "my_chat_member"]


def test_what_the_library_does_not_know_still_comes(emulator: TelegramEmulator) -> None:
    strange = '{"ok":true,"result":[{"update_id":7,"message":{"text":"a","from":{"id":777},"chat":{"id":777}}}]}'
    emulator.faults.add("getUpdates", Fault("garbage", body=strange))
    found = using(emulator, lambda bot: anext(bot.poll()))
    assert [event.text for event in bot_of(emulator).read(found)] == ["a"]


def test_polling_ends_when_somebody_must_act(emulator: TelegramEmulator) -> None:
    with pytest.raises(Misconfigured) as wrong:
        using(emulator, lambda bot: anext(bot.poll()), token="1:wrong")
    assert wrong.value.code == "401"
    emulator.webhook.url = HOOK
    with pytest.raises(Misconfigured) as taken:
        using(emulator, lambda bot: anext(bot.poll()))
    assert taken.value.code == "409" and "webhook" in taken.value.remedy


def test_checks(emulator: TelegramEmulator) -> None:
    def ok(webhook: str, token: str = TOKEN) -> list[bool]:
        found = asyncio.run(bot_of(emulator, token).checks(webhook))
        assert all(check.remedy for check in found if not check.ok)
        return [check.ok for check in found]

    assert ok("") == [True, True, True]
    assert ok(HOOK) == [True, False, True]
    assert ok("", "1:wrong") == [False]
    for n in range(101):
        emulator.user_says(ME, str(n))
    assert ok("") == [True, True, False]
    emulator.updates.clear()
    with socket.socket() as door:  # nobody listens: webhook calls fail
        door.bind(("127.0.0.1", 0))
        hook = f"http://127.0.0.1:{door.getsockname()[1]}/hook"
        using(emulator, lambda bot: bot.start(hook))
        emulator.user_says(ME, "alo")
    assert ok(hook) == [True, True, False, True]
    emulator.faults.add("getWebhookInfo", Fault("status", status=500))
    assert ok(hook) == [True, False]


def test_back_off() -> None:
    assert all(0.99 < back_off(1) <= 1 and 22 < back_off(n) <= 30 for n in (6, 7, 5000))
