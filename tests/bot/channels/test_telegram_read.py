"""What Telegram tells, as events: samples written after the Bot API's description."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.channels.contract import ContactShare, Inbound, Kind, Refused
from bot.channels.telegram import Telegram
from bot.channels.telegram_read import Self, read

US = Self("42", "demo_bot")
LAN = {"id": 777, "is_bot": False, "first_name": "Lan", "last_name": "Ngô"}
CHAT = {"id": 777, "type": "private", "first_name": "Lan"}
GROUP = {"id": -1001, "type": "supergroup", "title": "Xã"}
BOT = {"id": 42, "is_bot": True, "first_name": "Demo", "username": "demo_bot"}


def message(**fields: Any) -> dict[str, Any]:
    return {"message_id": 7, "date": 1_795_000_000, "chat": CHAT, "from": LAN} | fields


def events(us: Self = US, **update: Any) -> list[Inbound]:
    return list(read(json.dumps({"update_id": 100, **update}).encode(), us))


def one(us: Self = US, **fields: Any) -> Inbound:
    (event,) = events(us, message=message(**fields))
    return event


def in_group(us: Self = US, **fields: Any) -> list[Inbound]:
    return events(us, message=message(chat=GROUP, **fields))


def member(now: str, before: str = "member", chat: dict[str, Any] = CHAT) -> list[Kind]:
    change = {"chat": chat, "from": LAN, "date": 1, "old_chat_member": {"user": BOT, "status": before}}
    found = events(my_chat_member=change | {"new_chat_member": {"user": BOT, "status": now}})
    assert all(event.conversation == str(chat["id"]) for event in found)
    return [event.kind for event in found]


def test_typed_words() -> None:
    assert one(text="  mu\u031b\u0301c đóng?\x00\ud83d") == Inbound(
        channel="telegram",
        event_id="100",
        conversation="777",
        person="777",
        kind=Kind.TEXT,
        text="mức đóng?",
        order=100,
        name="Lan Ngô",
        message_id="7",
    )


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("/start", Kind.START, ""),
        ("/start qr_xa01", Kind.START, "qr_xa01"),
        ("/start@Demo_Bot   qr_xa01", Kind.START, "qr_xa01"),
        ("/start\nqr_xa01", Kind.START, "qr_xa01"),
        ("/start@other_bot qr", Kind.TEXT, "/start@other_bot qr"),
        ("/started", Kind.TEXT, "/started"),
        ("/tinh", Kind.TEXT, "/tinh"),
        ("/tinh@demo_bot 2 triệu", Kind.TEXT, "/tinh 2 triệu"),
        ("xin /start", Kind.TEXT, "xin /start"),
        ("30/4", Kind.TEXT, "30/4"),
    ],
)
def test_commands(text: str, kind: Kind, expected: str) -> None:
    found = one(text=text)  # without entities: they may be missing
    assert (found.kind, found.text) == (kind, expected)


def test_before_our_name_is_known_every_start_is_ours() -> None:
    found = one(Self("42"), text="/start@demo_bot qr")
    assert (found.kind, found.text) == (Kind.START, "qr")


def test_contact_is_own_only_with_the_persons_id() -> None:
    contact = {"phone_number": "84900000001", "first_name": "Lan", "user_id": 777}
    found = one(contact=contact)
    assert (found.kind, found.text) == (Kind.CONTACT, "")
    assert found.contact == ContactShare("84900000001", "Lan", own=True)
    for other in ({"user_id": 778}, {"user_id": None}):
        forwarded = one(contact=contact | other).contact
        assert forwarded is not None and not forwarded.own


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"photo": [{"file_id": "F"}], "caption": "sổ"}, "photo"),
        ({"sticker": {"file_id": "F"}}, "sticker"),
        ({"voice": {"file_id": "F"}}, "voice"),
        ({"document": {"file_id": "F"}}, "file"),
        ({"animation": {"file_id": "F"}, "document": {"file_id": "F"}}, "video"),
        ({"location": {"latitude": 1, "longitude": 2}}, "location"),
        ({"a_thing_of_tomorrow": {}}, "unknown"),
    ],
)
def test_what_is_not_words(fields: dict[str, Any], what: str) -> None:
    found = one(**fields)
    assert (found.kind, found.what, found.text) == (Kind.OTHER, what, fields.get("caption", ""))


def test_a_pressed_button() -> None:
    query = {"id": "9001", "from": LAN, "chat_instance": "c", "data": " Câu hỏi? ", "message": message(message_id=8)}
    (found,) = events(callback_query=query)
    assert (found.kind, found.text, found.acknowledge) == (Kind.BUTTON, " Câu hỏi? ", "9001")
    assert (found.conversation, found.person, found.message_id, found.group) == ("777", "777", "8", False)
    (alone,) = events(callback_query=query | {"message": None})
    assert alone.conversation == "777"
    (together,) = events(callback_query=query | {"message": message(chat=GROUP)})
    assert (together.conversation, together.person, together.group) == ("-1001", "777", True)


def test_blocking_and_coming_back() -> None:
    assert member("kicked") == [Kind.STOP]
    assert member("member", "kicked") == [Kind.FOLLOW]
    assert member("member") == []
    assert member("left", chat=GROUP) == [Kind.STOP]
    assert member("member", "left", chat=GROUP) == []
    assert member("kicked", chat={"id": -1002, "type": "channel"}) == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"text": "mấy giờ rồi"}, None),
        ({"text": "@demo_bot mức đóng?"}, "mức đóng?"),
        ({"text": "nhờ @DEMO_bot: mức đóng?"}, "nhờ : mức đóng?"),
        ({"text": "@demo_bot2 mức đóng?"}, None),
        ({"text": "/tinh"}, "/tinh"),
        ({"text": "/tinh@demo_bot"}, "/tinh"),
        ({"text": "/tinh@other_bot", "reply_to_message": message(**{"from": BOT})}, None),
        ({"text": "còn nữa?", "reply_to_message": message(**{"from": BOT})}, "còn nữa?"),
        ({"text": "còn nữa?", "reply_to_message": message(**{"from": BOT}, forum_topic_created={"name": "A"})}, None),
        ({"text": "còn nữa?", "reply_to_message": message()}, None),
        ({"text": "Demo ơi", "entities": [{"type": "text_mention", "user": BOT}]}, "Demo ơi"),
        ({"photo": [{"file_id": "F"}], "caption": "@demo_bot xem hộ"}, "xem hộ"),
    ],
)
def test_groups_are_answered_only_when_they_speak_to_us(fields: dict[str, Any], expected: str | None) -> None:
    found = in_group(**fields)
    assert [event.text for event in found] == ([] if expected is None else [expected])
    assert all(e.group and e.conversation == "-1001" and e.person == "777" for e in found)


@pytest.mark.parametrize(
    "update",
    [
        {"edited_message": message(text="a")},
        {"channel_post": message(text="a")},
        {"message": message(text="a", **{"from": BOT})},
        {"message": message(text="a", sender_chat={"id": -5, "type": "channel"})},
        {"message": message(text="a", chat={"id": -5, "type": "channel"})},
        {"message": message(pinned_message=message(text="a"))},
        {"message": {"message_id": 1, "text": "a"}},
        {"callback_query": {"id": "1", "from": LAN, "game_short_name": "g"}},
        {"poll": {"id": "1"}},
        {},
    ],
)
def test_what_concerns_nobody(update: dict[str, Any]) -> None:
    assert events(**update) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"{}", b'{"update_id": "x"}', b'{"update_id": true}', b"\xff"])
def test_what_is_no_update(body: bytes) -> None:
    with pytest.raises(ValueError):
        read(body, US)


@pytest.mark.parametrize("given", [None, "", "wrong", "một-mã-bí-mật"])
def test_only_the_registered_secret_is_let_in(given: str | None) -> None:
    headers = {} if given is None else {"x-telegram-bot-api-secret-token": given}
    for secret in ("webhook-secret-for-tests", ""):
        with pytest.raises(Refused):
            Telegram("42:KEY", api_url="http://127.0.0.1:1", webhook_secret=secret).verify(headers, b"{}")


def test_the_right_secret() -> None:
    bot = Telegram("42:KEY", api_url="http://127.0.0.1:1", webhook_secret="webhook-secret-for-tests")
    bot.verify({"x-telegram-bot-api-secret-token": "webhook-secret-for-tests"}, b"{}")
