"""The Official Account: what comes in, what goes out, what its refusals mean."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.channels.contract import (
    Ask,
    ContactShare,
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
from bot.channels.zalo_oa import ZaloOA, signature
from bot.channels.zalo_oa_errors import error_of
from bot.channels.zalo_oa_read import read
from bot.channels.zalo_oa_tokens import TokenStore, challenge, pkce
from bot.messages import Button
from bot.storage.migrate import migrate
from knowledge.store import open_engine
from tests.emulators import Fault, ZaloOAEmulator, serving

LAN = "2000000000000000002"
BODY = (
    '{"app_id":"1000000000000000001","sender":{"id":"2000000000000000002"},"user_id_by_app":"4000000000000000004",'
    '"recipient":{"id":"3000000000000000003"},"event_name":"user_send_text","message":{"text":"Xin chào",'
    '"msg_id":"aa11bb22cc33dd44ee5"},"timestamp":"1795000000000"}'
).encode()
MAC = "c6892eae18a4426e768553de9f2597aac070f48357e2f7b8bb611e95efcd01e1"


@pytest.fixture
def emulator() -> Iterator[ZaloOAEmulator]:
    made = ZaloOAEmulator()
    with serving(made):
        yield made


def account(emulator: ZaloOAEmulator, folder: Path, **seeds: str) -> ZaloOA:
    engine = open_engine(f"sqlite:///{folder / 'oa.sqlite3'}")
    migrate(engine)
    seeds = {"seed_access": emulator.oauth.access_token, "seed_refresh": emulator.oauth.refresh_token, **seeds}
    tokens = TokenStore(
        engine, emulator.app_id, app_secret=emulator.app_secret, oauth_url=emulator.url,
        seed_access=seeds["seed_access"], seed_refresh=seeds["seed_refresh"], clock=emulator.clock.now,
    )  # fmt: skip
    return ZaloOA(app_id=emulator.app_id, oa_secret_key=emulator.oa_secret_key, api_url=emulator.url, tokens=tokens)


def send(channel: ZaloOA, piece: Piece, to: str = LAN) -> Sent:
    async def within() -> Sent:
        async with channel.opened():
            await channel.typing(to)
            return await channel.send(to, piece)

    return asyncio.run(within())


def event(name: str, **more: object) -> bytes:
    return json.dumps(
        {
            "event_name": name,
            "sender": {"id": LAN},
            "recipient": {"id": "3000000000000000003"},
            "timestamp": "1795000000002",
            **more,
        }
    ).encode()


def only(body: bytes) -> Inbound:
    (found,) = read(body)
    return found


@pytest.mark.parametrize("header", [f"mac={MAC}", MAC, f"MAC={MAC.upper()}"])
def test_a_signature_over_these_bytes_is_taken(emulator: ZaloOAEmulator, tmp_path: Path, header: str) -> None:
    account(emulator, tmp_path).verify({"x-zevent-signature": header}, BODY)
    assert signature("1000000000000000001", BODY, "1795000000000", "demo-oa-secret-KEY-01") == MAC


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, BODY),
        ({"x-zevent-signature": ""}, BODY),
        ({"x-zevent-signature": "mac=" + MAC[:-1] + "0"}, BODY),
        ({"x-zevent-signature": "cf114f481b5814464a9b263724d4e748157dcd9b09e4d48eafab1db4263fccff"}, BODY),  # HMAC
        ({"x-zevent-signature": MAC}, BODY + b" "),
        ({"x-zevent-signature": MAC}, BODY.replace(b'"timestamp":"1795000000000"', b'"time":"1795000000000"')),
        ({"x-zevent-signature": "ă" * 64}, BODY),
        ({"x-zevent-signature": MAC}, b"not json"),
    ],
)
def test_any_other_signature_is_refused(
    emulator: ZaloOAEmulator, tmp_path: Path, headers: dict[str, str], body: bytes
) -> None:
    with pytest.raises(Refused):
        account(emulator, tmp_path).verify(headers, body)


def test_without_a_key_nothing_is_taken() -> None:
    bare = ZaloOA(app_id="1", oa_secret_key="", api_url="http://x", tokens=None)  # type: ignore[arg-type]
    mac = signature("1", BODY, "1795000000000", "")
    with pytest.raises(Refused):
        bare.verify({"x-zevent-signature": mac}, BODY)


def test_words_buttons_and_commands() -> None:
    text = only(BODY)
    assert (text.kind, text.text, text.event_id, text.order) == (
        Kind.TEXT,
        "Xin chào",
        "aa11bb22cc33dd44ee5",
        1795000000000,
    )
    assert only(event("user_send_text", message={"text": "#1f.2", "msg_id": "m"})).kind is Kind.BUTTON
    assert only(event("user_send_text", message={"text": "#hoi dong bao nhieu", "msg_id": "m"})).kind is Kind.TEXT
    start = only(event("user_send_text", message={"text": "/start cho1", "msg_id": "m"}))
    assert (start.kind, start.text) == (Kind.START, "cho1")
    assert only(event("user_click_chatnow", user_id=LAN)).kind is Kind.START


@pytest.mark.parametrize(
    ("name", "what"),
    [("image", "photo"), ("gif", "photo"), ("sticker", "sticker"), ("audio", "voice"), ("file", "file"),
     ("location", "location"), ("business_card", "unknown"), ("hologram", "unknown")],
)  # fmt: skip
def test_other_things_have_names(name: str, what: str) -> None:
    found = only(event(f"user_send_{name}", message={"msg_id": "m", "text": "chú thích"}))
    assert (found.kind, found.what, found.text) == (Kind.OTHER, what, "chú thích")


def test_our_own_echo_is_nothing_and_an_officers_word_is_a_takeover() -> None:
    echo = {"sender": {"id": "3000000000000000003"}, "recipient": {"id": LAN}, "message": {"msg_id": "m", "text": "x"}}
    assert read(event("oa_send_text", **echo)) == []
    echo["sender"]["admin_id"] = "9"
    staff = only(event("oa_send_text", **echo))
    assert (staff.kind, staff.conversation, staff.message_id) == (Kind.STAFF, LAN, "m")


def test_following_and_leaving() -> None:
    assert only(event("follow", follower={"id": LAN})).kind is Kind.FOLLOW
    left = only(event("unfollow", follower={"id": LAN}))
    again = only(event("unfollow", follower={"id": LAN}, timestamp="1795000009999"))
    assert left.kind is Kind.STOP and left.event_id.startswith("h:") and left.event_id != again.event_id
    assert left.event_id == only(event("unfollow", follower={"id": LAN}, num_retry=3)).event_id


@pytest.mark.parametrize(
    "info",
    [
        {"name": "Lan", "phone": "84900000001",
         "full_address": {"user_city": "Quảng Ngãi", "user_ward": "Xã Sơn Hà", "user_address": "Thôn 1"}},
        {"name": "Lan", "phone": 84900000001, "address": "Thôn 1", "district": "Xã Sơn Hà", "city": "Quảng Ngãi"},
    ],
)  # fmt: skip
def test_a_shared_card_in_both_shapes(info: dict[str, object]) -> None:
    found = only(event("user_submit_info", info=info))
    assert found.contact == ContactShare("84900000001", "Lan", place="Thôn 1, Xã Sơn Hà, Quảng Ngãi")


@pytest.mark.parametrize(
    "name", ["user_seen_message", "user_received_message", "user_reacted_message", "add_user_to_tag", "mới_toanh"]
)
def test_what_needs_no_answer_is_nothing(name: str) -> None:
    assert read(event(name)) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b'{"event_name": 5}'])
def test_what_is_no_event_is_an_error(body: bytes) -> None:
    with pytest.raises(ValueError):
        read(body)


def test_text_and_buttons_arrive(emulator: ZaloOAEmulator, tmp_path: Path) -> None:
    emulator.user_says(LAN, "chào")
    channel = account(emulator, tmp_path)
    sent = send(
        channel,
        Piece(
            "Chọn giúp tôi.",
            (Button("Nam", "#a.1"), Button("Gọi", "tel:+84900000001"), Button("Trang", "https://example.vn")),
        ),
    )
    assert sent.message_id and sent.note == "reply"
    assert emulator.buttons(LAN) == ["Nam", "Gọi", "Trang"]
    back = emulator.press(LAN, "Nam")
    assert only(json.dumps(back.event).encode()).kind is Kind.BUTTON


def test_the_form_for_the_phone_follows_its_words(emulator: ZaloOAEmulator, tmp_path: Path) -> None:
    emulator.user_says(LAN, "chào")
    send(account(emulator, tmp_path), Piece("Để lại số nhé.", ask=Ask.CONTACT, picture="https://example.vn/a.png"))
    filled = emulator.fill_info(LAN, "Lan", "84900000001")
    contact = only(json.dumps(filled.event).encode()).contact
    assert contact is not None and contact.phone == "84900000001"


@pytest.mark.parametrize(
    ("fault", "raised"),
    [
        (Fault("status", status=502), Later),
        (Fault("rate_limit"), Later),
        (Fault("reset"), Unclear),
        (Fault("garbage"), Unclear),
        (Fault("error", status=-230), Unreachable),
        (Fault("error", status=-213), Unreachable),
        (Fault("error", status=-201), Rejected),
        (Fault("error", status=-224), Misconfigured),
        (Fault("error", status=-99999), Rejected),
    ],
)
def test_failures_are_what_the_sender_knows(
    emulator: ZaloOAEmulator, tmp_path: Path, fault: Fault, raised: type[Exception]
) -> None:
    emulator.user_says(LAN, "chào")
    emulator.faults.add("message/cs", fault)
    with pytest.raises(raised) as found:
        send(account(emulator, tmp_path), Piece("x"))
    assert emulator.oauth.access_token not in repr(found.value) + str(found.value.__cause__)


def test_who_never_wrote_or_left_cannot_be_reached(emulator: ZaloOAEmulator, tmp_path: Path) -> None:
    emulator.user_says(LAN, "chào")
    emulator.unfollow(LAN)
    with pytest.raises(Unreachable) as found:
        send(account(emulator, tmp_path), Piece("x"))
    assert found.value.left


def test_the_night_ban_waits_for_the_morning() -> None:
    late = (
        time.mktime((2026, 11, 22, 16, 30, 0, 0, 0, 0)) - time.timezone
    )  # 23:30 in Việt Nam, whatever this machine's zone
    error = error_of(-234, "night", lambda: late)
    assert isinstance(error, Later) and error.after == 6.5 * 3600


def test_a_dead_token_is_renewed_and_the_message_goes_out(emulator: ZaloOAEmulator, tmp_path: Path) -> None:
    emulator.user_says(LAN, "chào")
    channel = account(emulator, tmp_path)
    send(channel, Piece("một"))
    emulator.expire_token()
    send(channel, Piece("hai"))
    assert [m.text for m in emulator.sent(LAN)] == ["một", "hai"]
    assert [r.outcome for r in emulator.refreshes] == ["granted"]


def test_the_doctor_sees_what_is_wrong(emulator: ZaloOAEmulator, tmp_path: Path) -> None:
    channel = account(emulator, tmp_path)
    good = asyncio.run(channel.checks("https://x.vn/webhooks/zalo-oa"))
    assert [c.ok for c in good] == [True, True, True]
    emulator.oauth.revoke()
    bad = asyncio.run(channel.checks(""))
    assert [c.ok for c in bad] == [False, False, False]
    assert all(c.remedy or c.detail for c in bad)
    assert emulator.oauth.access_token not in repr(bad)


def test_pkce() -> None:
    assert challenge("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8") == "6oZqdX5MOLq_qBJ8vppAnT4fk6AP8UiP9zX8-Rev_9A"
    verifier, made = pkce()
    assert len(verifier) == len(made) == 43 and challenge(verifier) == made
