"""The Zalo Bot channel against a small server that answers as the platform does (or as the test tells it)."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import threading
import time
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from itertools import pairwise
from typing import Any, TypeVar

import pytest
import uvicorn
from fastapi import FastAPI, Request, Response

from bot.channels.contract import (
    Inbound,
    Kind,
    Later,
    Misconfigured,
    Piece,
    Refused,
    Rejected,
    Sent,
    Unclear,
    Unreachable,
)
from bot.channels.zalo_bot import ZaloBot, back_off

KEY = "not-a-real-key-0123456789"
TOKEN = f"5000000000000000005:{KEY}"
SECRET = "webhook-secret-for-tests"
CHAT = "6000abcd6000abcd6000"
HOOK = "https://bhxh.example.vn/webhooks/zalo-bot"
HELLO = Piece("Chào anh/chị")
T = TypeVar("T")
Told = tuple[int, Any]  # HTTP status and JSON body; a string body is sent as it is


def failed(code: int, description: str = "no") -> dict[str, Any]:
    return {"ok": False, "description": description, "error_code": code}


def update(message_id: str = "0a1b2c", text: str = "mức đóng?", **more: Any) -> dict[str, Any]:
    """A text update; `more` replaces fields of the message."""
    message = {
        "message_id": message_id,
        "date": 1_795_000_000_000,
        "chat": {"id": CHAT, "chat_type": "PRIVATE"},
        "from": {"id": CHAT, "display_name": "Lan", "is_bot": False},
        "text": text,
    }
    return {"event_name": "message.text.received", "message": message | more}


class Platform:
    """Answers `POST /bot<token>/<method>`: what was told for the method, in order, else as the platform would."""

    def __init__(self) -> None:
        self.url = ""
        self.told: dict[str, deque[Told]] = defaultdict(deque)
        self.calls: list[tuple[str, dict[str, Any], float]] = []
        self.webhook = ""
        self.waiting: deque[dict[str, Any]] = deque()
        self.replay = False
        self.headers: dict[str, str] = {}
        self.app = FastAPI()
        self.app.add_api_route("/{path:path}", self._answer, methods=["POST"])

    def tell(self, method: str, *answers: Told) -> None:
        self.told[method].extend(answers)

    def of(self, method: str) -> list[dict[str, Any]]:
        return [fields for name, fields, _ in self.calls if name == method]

    def times(self, method: str) -> list[float]:
        return [at for name, _, at in self.calls if name == method]

    async def _answer(self, path: str, request: Request) -> Response:
        bot, _, method = path.partition("/")
        fields = json.loads(await request.body())
        self.calls.append((method, fields, time.monotonic()))
        status: int
        body: Any
        if bot != f"bot{TOKEN}":
            status, body = 401, failed(401, "Unauthorized")
        elif self.told[method]:
            status, body = self.told[method].popleft()
        else:
            status, body = await self._usual(method, fields)
        content = body if isinstance(body, str) else json.dumps(body)
        return Response(content, status, media_type="application/json", headers=self.headers)

    async def _usual(self, method: str, fields: dict[str, Any]) -> Told:
        if method == "getUpdates":
            return await self._updates(float(fields["timeout"]))
        if method in ("sendMessage", "sendPhoto"):
            if len(fields.get("text", "x")) not in range(1, 2001):
                return 400, failed(400, "text is invalid")
            return 200, {"ok": True, "result": {"message_id": f"m{len(self.calls)}", "date": 1_795_000_000_000}}
        if method == "sendChatAction":
            return 200, {"ok": True}
        if method == "getMe":
            return 200, {"ok": True, "result": {"id": "5", "account_name": "bot.Demo", "account_type": "BASIC"}}
        if method == "getWebhookInfo":
            return (200, {"ok": True, "result": {"url": self.webhook}}) if self.webhook else (404, failed(404))
        if method == "deleteWebhook" and not self.webhook:
            return 400, failed(400, "Webhook is not set")
        self.webhook = fields.get("url", "")
        return 200, {"ok": True, "result": {"url": self.webhook, "updated_at": 1_795_000_000_000}}

    async def _updates(self, timeout: float) -> Told:
        if self.webhook:
            return 400, failed(400, "You cannot use this API while a webhook is set. Please remove the webhook first")
        end = time.monotonic() + timeout
        while not self.waiting:
            if time.monotonic() > end:
                return 408, failed(408, "Request timeout")
            await asyncio.sleep(0.01)
        one = self.waiting[0] if self.replay else self.waiting.popleft()
        return 200, {"ok": True, "result": one}


@pytest.fixture
def platform() -> Iterator[Platform]:
    made = Platform()
    listener = socket.create_server(("127.0.0.1", 0))
    made.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(made.app, log_level="error", lifespan="off", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    yield made
    server.should_exit = True
    thread.join(10)


def bot_at(url: str, *, token: str = TOKEN, secret: str = SECRET, poll_seconds: int = 1) -> ZaloBot:
    return ZaloBot(token, api_url=url, webhook_secret=secret, poll_seconds=poll_seconds)


def run(bot: ZaloBot, work: Callable[[ZaloBot], Awaitable[T]]) -> T:
    async def within() -> T:
        async with bot.opened():
            return await work(bot)

    return asyncio.run(within())


def send(url: str, piece: Piece = HELLO, *, token: str = TOKEN) -> Sent:
    return run(bot_at(url, token=token), lambda bot: bot.send(CHAT, piece))


# --- verify and read ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers", [{}, {"x-bot-api-secret-token": ""}, {"x-bot-api-secret-token": SECRET[:-1]}, {"x-bot-api-secret-token": f"{SECRET}x"},
                {"x-bot-api-secret-token": SECRET.upper()}, {"x-bot-api-secret-token": "mã\udc80"}, {"x-other": SECRET}]
)  # fmt: skip
def test_a_call_without_the_secret_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(Refused):
        bot_at("http://x").verify(headers, b"{}")


def test_the_secret_opens_and_no_secret_opens_nothing() -> None:
    bot_at("http://x").verify({"x-bot-api-secret-token": SECRET}, b"")
    for given in ({}, {"x-bot-api-secret-token": ""}, {"x-bot-api-secret-token": SECRET}):
        with pytest.raises(Refused):
            bot_at("http://x", secret="").verify(given, b"{}")


def read(body: Any) -> list[Inbound]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return list(bot_at("http://x").read(raw))


def test_a_text_flat_and_in_an_envelope_is_the_same_event() -> None:
    expected = Inbound(
        "zalo_bot", "0a1b2c", CHAT, CHAT, Kind.TEXT, "mức đóng?", 1_795_000_000_000, name="Lan", message_id="0a1b2c"
    )
    assert read(update()) == read({"ok": True, "result": update()}) == [expected]


@pytest.mark.parametrize(
    ("text", "kind", "read_as"),
    [
        ("3", Kind.TEXT, "3"),
        ("/start", Kind.START, ""),
        ("/start TS25", Kind.START, "TS25"),
        ("/START  TS25 ", Kind.START, "TS25"),
        ("/starting", Kind.TEXT, "/starting"),
        ("học phí\nbao nhiêu", Kind.TEXT, "học phí\nbao nhiêu"),
        ("a\x00b\ud83d", Kind.TEXT, "ab"),
    ],
)
def test_words(text: str, kind: Kind, read_as: str) -> None:
    (event,) = read(update(text=text))
    assert (event.kind, event.text) == (kind, read_as)


@pytest.mark.parametrize(
    ("name", "fields", "what", "text"),
    [
        ("image", {"photo_url": "https://example.vn/a.jpg", "caption": "sổ của tôi"}, "photo", "sổ của tôi"),
        ("image", {"photo": "https://example.vn/a.jpg", "message_type": "CHAT_PHOTO"}, "photo", ""),
        ("sticker", {"sticker": "s1", "url": "https://example.vn/s"}, "sticker", ""),
        ("voice", {"voice_url": "https://example.vn/a.aac"}, "voice", ""),
        ("unsupported", {}, "unknown", ""),
        ("hologram", {}, "unknown", ""),
    ],
)
def test_what_is_no_text(name: str, fields: dict[str, Any], what: str, text: str) -> None:
    found = update()
    del found["message"]["text"]
    (event,) = read({"event_name": f"message.{name}.received", "message": found["message"] | fields})
    assert (event.kind, event.what, event.text) == (Kind.OTHER, what, text)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \n",
        {},
        {"ok": True, "result": None},
        {"event_name": "message.unsupported.received"},
        {"event_name": "message.unsupported.received", "message": {"message_id": "1"}},
        {"event_name": "message.reaction.received", "message": update()["message"]},
        {"event_name": "something.new", "message": update()["message"]},
        {
            "event_name": "message.text.received",
            "message": update()["message"] | {"from": {"id": CHAT, "is_bot": True}},
        },
    ],
)
def test_what_needs_no_answer_gives_no_event(body: Any) -> None:
    assert read(body) == []


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[]", b"3", {"something": 1}, {"result": "x"}])
def test_what_is_no_update_is_an_error(body: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(body)


def test_follow_and_unfollow() -> None:
    (event,) = read({"event_name": "user.follow", "timestamp": 1_795_000_000, "follower": {"id": CHAT}})
    assert (event.kind, event.conversation, event.order) == (Kind.FOLLOW, CHAT, 1_795_000_000_000)
    inside = {"chat": {"id": CHAT}, "from": {"id": CHAT, "display_name": "Lan"}}
    assert read({"event_name": "user.follow", "message": inside})[0].name == "Lan"
    assert read({"event_name": "user.unfollow", "message": inside})[0].kind is Kind.STOP


def test_a_group_is_told_apart_from_the_person() -> None:
    (event,) = read(update(chat={"id": "g1", "chat_type": "GROUP"}))
    assert (event.group, event.conversation, event.person) == (True, "g1", CHAT)


def test_without_a_message_id_a_hash_tells_events_apart() -> None:
    first, again = read(update("", "một"))[0], read({"ok": True, "result": update("", "một")})[0]
    other = read(update("", "hai"))[0]
    assert first.event_id.startswith("h:")
    assert first.event_id == again.event_id != other.event_id
    assert read(update(7))[0].event_id == "7"  # type: ignore[arg-type]


@pytest.mark.parametrize("date", [None, "x", -1, 1e308, "1e400", True, [1]])
def test_an_odd_date_is_no_obstacle(date: Any) -> None:
    assert read(update(date=date))[0].order in (0, 1000)


# --- send ---------------------------------------------------------------------------------------------------------


def test_a_text_goes_out_plain(platform: Platform) -> None:
    assert send(platform.url, Piece("Căn cứ: Điều 94", strong=((0, 7),))) == Sent("m1")
    assert platform.of("sendMessage") == [{"chat_id": CHAT, "text": "Căn cứ: Điều 94"}]


def test_a_picture_goes_out_with_its_words_and_only_by_https(platform: Platform) -> None:
    send(platform.url, Piece("Sơ đồ", picture="https://example.vn/a.png"))
    send(platform.url, Piece("", picture="https://example.vn/a.png"))
    assert platform.of("sendPhoto") == [
        {"chat_id": CHAT, "photo": "https://example.vn/a.png", "caption": "Sơ đồ"},
        {"chat_id": CHAT, "photo": "https://example.vn/a.png"},
    ]
    with pytest.raises(Rejected):
        send(platform.url, Piece("Sơ đồ", picture="http://example.vn/a.png"))


@pytest.mark.parametrize(
    ("status", "body", "error", "code"),
    [
        (429, failed(429, "quota"), Later, "429"),
        (200, failed(429, "quota"), Later, "429"),
        (403, failed(403), Later, "403"),
        (500, failed(500), Later, "500"),
        (502, "<html>Bad Gateway</html>", Later, "502"),
        (200, {"ok": False}, Later, "200"),
        (500, {"ok": True, "result": {}}, Later, "500"),
        (200, "<html>hello</html>", Unclear, "lost"),
        (408, failed(408), Unclear, "408"),
        (400, failed(400), Rejected, "400"),
        (200, failed(400), Rejected, "400"),
        (410, failed(410), Rejected, "410"),
        (401, failed(401), Misconfigured, "401"),
        (404, failed(404), Unreachable, "404"),
        (400, failed(400, "Bad Request: chat not found"), Unreachable, "400"),
        (404, "<html>nginx</html>", Misconfigured, "404"),
        (302, "", Misconfigured, "302"),
    ],
)
def test_each_answer_of_the_platform_is_told_apart(
    platform: Platform, status: int, body: Any, error: type[Exception], code: str
) -> None:
    platform.tell("sendMessage", (status, body))
    with pytest.raises(error) as caught:
        send(platform.url)
    assert type(caught.value) is error
    assert caught.value.code == code  # type: ignore[attr-defined]
    assert len(platform.calls) == 1


def test_too_many_is_the_whole_accounts_and_obeys_a_wait_if_one_is_told(platform: Platform) -> None:
    platform.tell("sendMessage", (429, failed(429)), (429, failed(429)))
    with pytest.raises(Later) as caught:
        send(platform.url)
    assert (caught.value.everyone, caught.value.after) == (True, None)
    platform.headers = {"Retry-After": "7"}
    with pytest.raises(Later) as caught:
        send(platform.url)
    assert caught.value.after == 7


def test_a_wrong_token_is_misconfigured_with_a_remedy(platform: Platform) -> None:
    with pytest.raises(Misconfigured) as caught:
        send(platform.url, token="1:wrong")
    assert "ZALO_BOT_TOKEN" in caught.value.remedy


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_nobody_listening_is_later_for_nothing_was_sent() -> None:
    with pytest.raises(Later) as caught:
        send(f"http://127.0.0.1:{closed_port()}")
    assert caught.value.code == "unsent"


@pytest.fixture
def cutting_server() -> Iterator[str]:
    """Reads the request and closes without an answer."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.close()


def test_no_answer_after_the_request_is_unclear(cutting_server: str) -> None:
    with pytest.raises(Unclear) as caught:
        send(cutting_server)
    assert caught.value.code == "lost"


def test_typing_is_shown_and_never_fails(platform: Platform, cutting_server: str) -> None:
    run(bot_at(platform.url), lambda bot: bot.typing(CHAT))
    assert platform.of("sendChatAction") == [{"chat_id": CHAT, "action": "typing"}]
    platform.tell("sendChatAction", (401, failed(401)), (500, "x"))
    for url in (platform.url, platform.url, cutting_server, f"http://127.0.0.1:{closed_port()}"):
        run(bot_at(url), lambda bot: bot.typing(CHAT))


def test_the_token_is_in_no_error_and_no_log(
    platform: Platform, cutting_server: str, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("", "httpx", "httpcore"):  # an installation keeps these quiet
        caplog.set_level(logging.DEBUG, name)
    said: list[str] = []
    platform.tell("sendMessage", (200, {"ok": True, "result": {}}), (400, failed(400, f"bad path /bot{TOKEN}/x {KEY}")))
    send(platform.url)
    for url in (platform.url, cutting_server, f"http://127.0.0.1:{closed_port()}"):
        try:
            send(url)
        except (Rejected, Unclear, Later) as error:
            chain: BaseException | None = error
            while chain is not None:
                said += [str(chain), repr(chain), str(getattr(chain, "request", ""))]
                chain = chain.__cause__ or chain.__context__
    said += [record.getMessage() for record in caplog.records if record.name != "uvicorn"]
    assert any("sendMessage" in line for line in said)  # the client's own log was on
    assert len(said) > 12
    assert not [line for line in said if KEY in line]


# --- webhook and doctor -------------------------------------------------------------------------------------------


def test_start_sets_the_webhook_with_the_secret(platform: Platform) -> None:
    run(bot_at(platform.url), lambda bot: bot.start(HOOK))
    assert platform.of("setWebhook") == [{"url": HOOK, "secret_token": SECRET}]


def test_start_takes_the_webhook_away_for_polling_and_does_not_mind_that_there_is_none(platform: Platform) -> None:
    platform.webhook = HOOK
    run(bot_at(platform.url), lambda bot: bot.start(""))
    assert platform.webhook == ""
    run(bot_at(platform.url), lambda bot: bot.start(""))
    assert len(platform.of("deleteWebhook")) == 2


@pytest.mark.parametrize(
    ("status", "code", "error"), [(400, 400, Misconfigured), (401, 401, Misconfigured), (500, 500, Later), (429, 429, Later)]
)  # fmt: skip
def test_start_tells_what_is_wrong(platform: Platform, status: int, code: int, error: type[Exception]) -> None:
    platform.tell("setWebhook", (status, failed(code)))
    with pytest.raises(error):
        run(bot_at(platform.url), lambda bot: bot.start(HOOK))


def test_start_is_later_when_no_answer_came_and_refuses_a_webhook_without_a_secret(
    platform: Platform, cutting_server: str
) -> None:
    with pytest.raises(Later):
        run(bot_at(cutting_server), lambda bot: bot.start(HOOK))
    with pytest.raises(Misconfigured):
        run(bot_at(platform.url, secret=""), lambda bot: bot.start(HOOK))
    assert not platform.calls


def test_checks(platform: Platform) -> None:
    bot = bot_at(platform.url)
    assert [check.ok for check in asyncio.run(bot.checks(""))] == [True, True]  # not opened: as `tuvan doctor` asks
    assert [check.ok for check in run(bot, lambda b: b.checks(HOOK))] == [True, False]
    platform.webhook = HOOK
    assert [check.ok for check in run(bot, lambda b: b.checks(HOOK))] == [True, True]
    assert [check.ok for check in run(bot, lambda b: b.checks(""))] == [True, False]
    for broken in (bot_at(platform.url, token="1:no"), bot_at(f"http://127.0.0.1:{closed_port()}")):
        found = asyncio.run(broken.checks(HOOK))
        assert [check.ok for check in found] == [False, False]
        assert all(check.remedy for check in found)


# --- polling ------------------------------------------------------------------------------------------------------


def polled(bot: ZaloBot, count: int, *, within: float = 20.0) -> list[str]:
    """Event ids of the first `count` updates."""

    async def take(bot: ZaloBot) -> list[str]:
        updates: AsyncGenerator[bytes, None] = bot.poll()
        found = [bot.read(await asyncio.wait_for(anext(updates), within))[0].event_id for _ in range(count)]
        await updates.aclose()
        return found

    return run(bot, take)


def test_waiting_updates_come_one_after_the_other_without_delay(platform: Platform) -> None:
    platform.waiting.extend(update(f"id{n}") for n in range(20))
    begun = time.monotonic()
    assert polled(bot_at(platform.url), 20) == [f"id{n}" for n in range(20)]
    assert time.monotonic() - begun < 2
    assert platform.of("getUpdates")[0] == {"timeout": "1"}


def test_an_idle_poll_is_no_error(platform: Platform, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bot")
    threading.Timer(2.5, platform.waiting.append, (update(),)).start()
    assert polled(bot_at(platform.url), 1) == ["0a1b2c"]
    assert len(platform.calls) == 3
    assert not caplog.records


def test_an_update_that_comes_again_on_every_poll_is_asked_for_once_a_second(platform: Platform) -> None:
    platform.replay = True
    platform.waiting.append(update("same"))
    assert polled(bot_at(platform.url), 4) == ["same"] * 4
    times = platform.times("getUpdates")
    gaps = [b - a for a, b in pairwise(times)]
    assert gaps[0] < 0.8  # the first was new
    assert all(gap >= 0.9 for gap in gaps[1:])


def test_an_idle_answer_that_comes_at_once_does_not_spin(platform: Platform) -> None:
    platform.tell("getUpdates", (408, failed(408)), (200, {"ok": True, "result": {}}), (200, {"ok": True}))
    platform.waiting.append(update())
    polled(bot_at(platform.url), 1)
    times = platform.times("getUpdates")
    assert len(times) == 4
    assert times[-1] - times[0] >= 1.5  # three rests of a second; asking without rest would take milliseconds


def test_failures_back_off_and_end(platform: Platform, caplog: pytest.LogCaptureFixture) -> None:
    platform.tell("getUpdates", (502, "<html>"), (200, failed(429)))
    platform.waiting.append(update())
    assert polled(bot_at(platform.url), 1) == ["0a1b2c"]
    times = platform.times("getUpdates")
    assert times[1] - times[0] >= 0.9
    assert times[2] - times[1] >= 1.4
    assert [record.levelname for record in caplog.records if record.name.startswith("bot")] == ["WARNING"] * 2


def test_back_off_doubles_to_thirty_seconds() -> None:
    for fails, longest in ((1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 30), (5000, 30)):
        drawn = [back_off(fails) for _ in range(50)]
        assert max(1.0, longest * 0.75) <= min(drawn) <= max(drawn) <= longest
        assert len(set(drawn)) > 1 or fails == 1


def test_a_webhook_left_behind_is_removed_once(platform: Platform) -> None:
    platform.webhook = HOOK
    platform.waiting.append(update())
    assert polled(bot_at(platform.url), 1) == ["0a1b2c"]
    assert len(platform.of("deleteWebhook")) == 1


def test_a_webhook_that_stays_ends_polling(platform: Platform) -> None:
    platform.webhook = HOOK
    platform.tell("deleteWebhook", (400, failed(400, "Webhook is not set")))
    with pytest.raises(Misconfigured, match="webhook"):
        polled(bot_at(platform.url), 1)
    assert len(platform.of("deleteWebhook")) == 1


def test_a_wrong_token_ends_polling(platform: Platform) -> None:
    with pytest.raises(Misconfigured):
        polled(bot_at(platform.url, token="1:wrong"), 1)
    assert len(platform.calls) == 1
