"""Limits and refusals of the Bot API, as a plain HTTP client meets them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.emulators.telegram.markup import commands, parse_html
from tests.test_emulators.conftest import ME, Api


def refusal(api: Api, method: str, **fields: Any) -> tuple[int, str]:
    answer = api(method, **fields)
    body = answer.json()
    assert body["ok"] is False and body["error_code"] == answer.status_code
    return answer.status_code, body["description"]


def test_text_is_counted_in_scalars_not_utf16_units(telegram: Api) -> None:
    assert telegram("sendMessage", chat_id=ME, text="😀" * 4096).status_code == 200
    assert refusal(telegram, "sendMessage", chat_id=ME, text="😀" * 4097) == (400, "Bad Request: message is too long")


def test_text_is_counted_after_entities_are_parsed(telegram: Api) -> None:
    text = "<b>" + "&lt;" * 4096 + "</b>"
    message = telegram("sendMessage", chat_id=ME, text=text, parse_mode="HTML").json()["result"]
    assert message["text"] == "<" * 4096
    assert message["entities"] == [{"type": "bold", "offset": 0, "length": 4096}]


@pytest.mark.parametrize("text", ["", "   ", "<b></b>"])
def test_empty_text(telegram: Api, text: str) -> None:
    refused = refusal(telegram, "sendMessage", chat_id=ME, text=text, parse_mode="HTML")
    assert refused == (400, "Bad Request: message text is empty")


@pytest.mark.parametrize(
    ("data", "status"), [("d" * 64, 200), ("d" * 65, 400), ("ề" * 21 + "x", 200), ("ề" * 22, 400), ("", 400)]
)
def test_callback_data_is_1_to_64_bytes(telegram: Api, data: str, status: int) -> None:
    keyboard = {"inline_keyboard": [[{"text": "a", "callback_data": data}]]}
    answer = telegram("sendMessage", chat_id=ME, text="x", reply_markup=keyboard)
    assert answer.status_code == status
    if status == 400:
        assert answer.json()["description"] == "Bad Request: BUTTON_DATA_INVALID"


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("<x>a", 'Unsupported start tag "x" at byte offset 0'),
        ("ề <x>", 'Unsupported start tag "x" at byte offset 4'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<br>", 'Unsupported start tag "br" at byte offset 0'),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_bad_html(telegram: Api, source: str, problem: str) -> None:
    refused = refusal(telegram, "sendMessage", chat_id=ME, text=source, parse_mode="HTML")
    assert refused == (400, f"Bad Request: can't parse entities: {problem}")


def test_html_becomes_entities_in_utf16_units() -> None:
    source = '😀<b>a<i>ề</i></b> <a href="https://e.vn/?a=1&amp;b=2">x</a> &#x27;&copy;&amp;'
    text, entities = parse_html(source)
    assert text == "😀aề x '&copy;&"
    assert entities == [
        {"type": "bold", "offset": 2, "length": 2},
        {"type": "italic", "offset": 3, "length": 1},
        {"type": "text_link", "offset": 5, "length": 1, "url": "https://e.vn/?a=1&b=2"},
    ]


def test_commands_are_found_with_utf16_offsets() -> None:
    assert commands("/start qr_01") == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert commands("😀 /help a/b") == [{"type": "bot_command", "offset": 3, "length": 5}]


def test_unknown_chat_and_blocked_bot(telegram: Api) -> None:
    assert refusal(telegram, "sendMessage", chat_id=1, text="x") == (400, "Bad Request: chat not found")
    telegram.emulator.block(ME)
    assert refusal(telegram, "sendMessage", chat_id=ME, text="x") == (403, "Forbidden: bot was blocked by the user")
    telegram.emulator.unblock(ME)
    assert telegram("sendMessage", chat_id=ME, text="x").status_code == 200


@pytest.mark.parametrize(("token", "status"), [("42:WRONG", 401), ("nonsense", 404)])
def test_bad_token(telegram: Api, token: str, status: int) -> None:
    answer = telegram.http.post(f"{telegram.base}/bot{token}/getMe")
    assert (answer.status_code, answer.json()["error_code"]) == (status, status)


def test_unknown_method_and_any_case(telegram: Api) -> None:
    assert refusal(telegram, "sendNonsense") == (404, "Not Found: method not found")
    assert telegram("GETME").json()["result"]["is_bot"] is True


def test_form_json_and_query_are_all_read(telegram: Api) -> None:
    url = f"{telegram.base}/bot{telegram.emulator.token}/sendMessage"
    keyboard = json.dumps({"inline_keyboard": [[{"text": "a", "callback_data": "d"}]]})
    form = telegram.http.post(url, data={"chat_id": "777", "text": "[1]", "reply_markup": keyboard}).json()["result"]
    assert form["text"] == "[1]"
    assert form["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "d"
    assert telegram.http.get(url, params={"chat_id": 777, "text": "b"}).json()["result"]["text"] == "b"
    files = {"photo": ("ảnh.png", b"\x89PNG\r\n--x--", "image/png")}
    data = {"chat_id": "777", "caption": "ả" * 1024}
    photo = telegram.http.post(url.replace("sendMessage", "sendPhoto"), data=data, files=files).json()["result"]
    assert photo["photo"][0]["file_size"] == 11 and photo["caption"] == "ả" * 1024
    data["caption"] += "ả"
    long = telegram.http.post(url.replace("sendMessage", "sendPhoto"), data=data, files=files)
    assert long.json()["description"] == "Bad Request: message caption is too long"


def test_editing(telegram: Api) -> None:
    sent = telegram("sendMessage", chat_id=ME, text="a").json()["result"]
    number = sent["message_id"]
    assert telegram("editMessageText", chat_id=ME, message_id=number, text="b").json()["result"]["edit_date"]
    status, description = refusal(telegram, "editMessageText", chat_id=ME, message_id=number, text="b")
    assert status == 400 and description.startswith("Bad Request: message is not modified")
    assert refusal(telegram, "editMessageText", chat_id=ME, message_id=999, text="b")[1].endswith("to edit not found")


def test_a_press_is_answered_in_time_or_not_at_all(telegram: Api) -> None:
    keyboard = {"inline_keyboard": [[{"text": "Tính tiền", "callback_data": "calc"}]]}
    telegram("sendMessage", chat_id=ME, text="x", reply_markup=keyboard)
    early = telegram.emulator.press(ME, "Tính tiền").event["callback_query"]
    late = telegram.emulator.press(ME, "calc").event["callback_query"]
    assert early["data"] == "calc"
    assert telegram("answerCallbackQuery", callback_query_id=early["id"]).json()["result"] is True
    telegram.emulator.clock.advance(16)
    assert "query is too old" in refusal(telegram, "answerCallbackQuery", callback_query_id=late["id"])[1]


def test_people_press_only_what_they_see(telegram: Api) -> None:
    with pytest.raises(ValueError, match="no button 'Có'"):
        telegram.emulator.press(ME, "Có")
    keyboard = {"keyboard": [[{"text": "Gửi số", "request_contact": True}]]}
    telegram("sendMessage", chat_id=ME, text="x", reply_markup=keyboard)
    assert telegram.emulator.buttons(ME) == ["Gửi số"]
    contact = telegram.emulator.press(ME, "Gửi số").event["message"]["contact"]
    assert contact == {"phone_number": "+84900000001", "first_name": "Minh", "user_id": ME}
    telegram("sendMessage", chat_id=ME, text="x", reply_markup={"remove_keyboard": True})
    assert telegram.emulator.buttons(ME) == []


def test_command_lists_by_scope_and_language(telegram: Api) -> None:
    start = [{"command": "start", "description": "Bắt đầu"}]
    english = [{"command": "start", "description": "Start"}]
    assert telegram("setMyCommands", commands=start).json()["ok"]
    assert telegram("setMyCommands", commands=english, language_code="en").json()["ok"]
    assert telegram.emulator.data.menu(ME, "vi") == start
    assert telegram.emulator.data.menu(ME, "en") == english
    for wrong in ("Start", "a" * 33, "bắt"):
        refused = refusal(telegram, "setMyCommands", commands=[{"command": wrong, "description": "x"}])
        assert refused == (400, "Bad Request: BOT_COMMAND_INVALID")


def test_draft_needs_a_number_and_leaves_no_message(telegram: Api) -> None:
    assert telegram("sendMessageDraft", chat_id=ME, draft_id=5, text="").json()["result"] is True
    assert telegram("sendMessageDraft", chat_id=ME, draft_id=0, text="a").status_code == 400
    assert telegram.emulator.sent(ME) == []
