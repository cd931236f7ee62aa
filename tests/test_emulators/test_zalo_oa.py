"""OAuth, sending and windows of the emulated Zalo OA."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.emulators import Fault
from tests.emulators.zalo_oa.people import VIETNAM
from tests.test_emulators.conftest import Api

CS = "/v3.0/oa/message/cs"
HOUR = 3600


def text(words: str, **more: Any) -> dict[str, Any]:
    return {"recipient": {"user_id": "u1"}, "message": {"text": words, **more}}


def with_buttons(*buttons: dict[str, Any]) -> dict[str, Any]:
    return text("Chọn ạ", attachment={"type": "template", "payload": {"buttons": list(buttons)}})


def ask(title: str, payload: str = "#hoi") -> dict[str, Any]:
    return {"title": title, "type": "oa.query.show", "payload": payload}


def refresh(api: Api, token: str, secret: str = "demo-app-secret") -> dict[str, Any]:
    fields = {"refresh_token": token, "app_id": api.emulator.app_id, "grant_type": "refresh_token"}
    answer = api.http.post(f"{api.base}/v4/oa/access_token", data=fields, headers={"secret_key": secret})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


# tokens


def test_a_refresh_token_works_once(oa: Api) -> None:
    first = oa.emulator.oauth.refresh_token
    pair = refresh(oa, first)
    assert pair["expires_in"] == "90000"
    again = refresh(oa, first)
    assert again["error"] == -14014 and "access_token" not in again
    assert "access_token" in refresh(oa, pair["refresh_token"])
    assert [r.outcome for r in oa.emulator.refreshes] == ["granted", "spent", "granted"]


def test_refusals_may_come_without_a_number(oa: Api) -> None:
    oa.emulator.oauth.numeric_errors = False
    refused = refresh(oa, "nonsense")
    assert "error" not in refused and refused["error_name"] == "Invalid refresh token"


def test_a_wrong_app_secret_does_not_spend_the_token(oa: Api) -> None:
    assert "access_token" not in refresh(oa, oa.emulator.oauth.refresh_token, secret="other")
    assert "access_token" in refresh(oa, oa.emulator.oauth.refresh_token)


def test_a_new_pair_ends_the_old_access_token(oa: Api) -> None:
    old = oa.emulator.oauth.access_token
    new = refresh(oa, oa.emulator.oauth.refresh_token)["access_token"]
    assert oa.oa(CS, text("a"), token=old)["error"] == -220
    assert oa.oa(CS, text("a"), token=new)["error"] == 0


def test_an_access_token_lives_25_hours(oa: Api) -> None:
    oa.emulator.clock.advance(25 * HOUR - 60)
    assert oa.oa("/v2.0/oa/getoa")["error"] == 0
    oa.emulator.clock.advance(61)
    assert oa.oa("/v2.0/oa/getoa")["error"] == -220
    assert oa.oa("/v2.0/oa/getoa", token="nonsense") == {"error": -216, "message": "Access token is invalid"}


def test_bearer_is_not_read(oa: Api) -> None:
    headers = {"Authorization": f"Bearer {oa.emulator.oauth.access_token}"}
    assert oa.http.get(f"{oa.base}/v2.0/oa/getoa", headers=headers).json()["error"] == -216


def test_app_secret_proof(oa: Api) -> None:
    token = oa.emulator.oauth.access_token
    right = hmac.new(b"demo-app-secret", token.encode(), hashlib.sha256).hexdigest()
    assert oa.oa("/v2.0/oa/getoa", appsecret_proof=right)["error"] == 0
    assert oa.oa("/v2.0/oa/getoa", appsecret_proof="0" * 64)["error"] == -242


def test_consent_gives_a_code_for_one_use_and_ten_minutes(oa: Api) -> None:
    challenge = "6oZqdX5MOLq_qBJ8vppAnT4fk6AP8UiP9zX8-Rev_9A"
    query = {"app_id": oa.emulator.app_id, "redirect_uri": "https://bot.example.vn/cb", "code_challenge": challenge}

    def code() -> str:
        answer = oa.http.get(f"{oa.base}/v4/oa/permission", params=query)
        return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]

    def exchange(value: str, verifier: str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8") -> dict[str, Any]:
        fields = {
            "code": value,
            "app_id": query["app_id"],
            "grant_type": "authorization_code",
            "code_verifier": verifier,
        }
        headers = {"secret_key": "demo-app-secret"}
        found: dict[str, Any] = oa.http.post(f"{oa.base}/v4/oa/access_token", data=fields, headers=headers).json()
        return found

    used = code()
    assert "access_token" in exchange(used)
    assert "access_token" not in exchange(used)
    assert "access_token" not in exchange(code(), "wrong")
    late = code()
    oa.emulator.clock.advance(601)
    assert "access_token" not in exchange(late)
    oa.emulator.redirects = {"https://other.example.vn"}
    assert oa.http.get(f"{oa.base}/v4/oa/permission", params=query).json()["error"] == -14003


# sending


def test_a_text_is_sent(oa: Api) -> None:
    answer = oa.oa(CS, text("Chào anh/chị ạ"))
    data = answer["data"]
    assert answer["error"] == 0 and data["user_id"] == "u1" and data["sent_time"].isdigit()
    assert data["quota"] == {"quota_type": "reply", "owner_type": "OA", "owner_id": oa.emulator.oa_id}
    assert [s.text for s in oa.emulator.sent("u1")] == ["Chào anh/chị ạ"]
    assert int(oa.oa(CS, text("b"))["data"]["message_id"], 16) > int(data["message_id"], 16)


@pytest.mark.parametrize(("words", "code"), [("a" * 2000, 0), ("a" * 2001, -210), ("😀" * 1001, -210), ("", -201)])
def test_text_has_1_to_2000_characters(oa: Api, words: str, code: int) -> None:
    assert oa.oa(CS, text(words))["error"] == code


@pytest.mark.parametrize(
    ("buttons", "code"),
    [
        ([ask(f"Nút {n}") for n in range(5)], 0),
        ([ask(f"Nút {n}") for n in range(6)], -201),
        ([], -201),
        ([ask("a" * 100, "b" * 1000)], 0),
        ([ask("a" * 101)], -210),
        ([ask("a", "b" * 1001)], -210),
        ([{"title": "Gọi", "type": "oa.open.phone", "payload": {"phone_code": "84900000001"}}], 0),
        ([{"title": "SMS", "type": "oa.open.sms", "payload": {"phone_code": "84900000001"}}], -201),
        ([{"title": "Trang", "type": "oa.open.url", "payload": {"url": "https://example.vn"}}], 0),
        ([{"title": "Trang", "type": "oa.open.url", "payload": "https://example.vn"}], -201),
        ([{"title": "Lạ", "type": "oa.open.nonsense", "payload": {}}], -201),
    ],
)
def test_buttons(oa: Api, buttons: list[dict[str, Any]], code: int) -> None:
    assert oa.oa(CS, with_buttons(*buttons))["error"] == code


def test_a_query_button_comes_back_as_text(oa: Api) -> None:
    oa.oa(CS, with_buttons(ask("Tính tiền", "#tinh")))
    event = oa.emulator.press("u1", "Tính tiền").event
    assert (event["event_name"], event["message"]["text"]) == ("user_send_text", "#tinh")
    with pytest.raises(ValueError, match="no button"):
        oa.emulator.press("u1", "Khác")


def test_request_for_name_and_phone(oa: Api) -> None:
    with pytest.raises(ValueError, match="no request"):
        oa.emulator.fill_info("u1", "Lan")
    element = {"title": "Đăng ký", "subtitle": "Để lại thông tin ạ", "image_url": "https://example.vn/a.jpg"}

    def ask_for(*elements: dict[str, Any]) -> int:
        payload = {"template_type": "request_user_info", "elements": list(elements)}
        message = {"attachment": {"type": "template", "payload": payload}}
        return int(oa.oa(CS, {"recipient": {"user_id": "u1"}, "message": message})["error"])

    assert ask_for(element, element) == -201
    assert ask_for(element | {"subtitle": "a" * 501}) == -210
    assert ask_for(element) == 0
    info = oa.emulator.fill_info("u1", "Lan", city="Huế").event["info"]
    assert (info["phone"], info["full_address"]["user_city"]) == ("84900000001", "Huế")
    detail = oa.http.get(
        f"{oa.base}/v3.0/oa/user/detail",
        params={"data": '{"user_id":"u1"}'},
        headers={"access_token": oa.emulator.oauth.access_token},
    ).json()["data"]
    assert detail["shared_info"]["name"] == "Lan" and detail["user_is_follower"] is True


def test_windows_of_48_hours_and_7_days(oa: Api) -> None:
    oa.emulator.oauth.access_until += 90 * 24 * HOUR
    oa.emulator.clock.advance(48 * HOUR - 60)
    assert oa.oa(CS, text("a"))["data"]["quota"]["quota_type"] == "reply"
    oa.emulator.clock.advance(120)
    assert "quota" not in oa.oa(CS, text("a"))["data"], "charged"
    oa.emulator.package_quota = 1
    assert oa.oa(CS, text("a"))["data"]["quota"]["remain"] == 0
    oa.emulator.charged = False
    assert oa.oa(CS, text("a"))["error"] == -211
    oa.emulator.clock.advance(5 * 24 * HOUR)
    assert oa.oa(CS, text("a"))["error"] == -230
    oa.emulator.user_says("u1", "alo")
    assert oa.oa(CS, text("a"))["error"] == 0, "a new message opens the window again"


def test_the_night_rule_when_it_is_switched_on(oa: Api) -> None:
    night = datetime(2026, 11, 23, 22, 0, 5, tzinfo=VIETNAM).timestamp()
    oa.emulator.clock.set(night)
    oa.emulator.oauth.access_until = night + 24 * HOUR
    oa.emulator.user_says("u1", "a")
    assert oa.oa(CS, text("a"))["error"] == 0
    oa.emulator.night_ban = True
    assert oa.oa(CS, text("a"))["error"] == -234
    oa.emulator.clock.advance(8 * HOUR)
    assert oa.oa(CS, text("a"))["error"] == 0


def test_people_who_left_or_blocked(oa: Api) -> None:
    oa.emulator.unfollow("u1")
    assert oa.oa(CS, text("a"))["error"] == -213
    oa.emulator.follow("u1")
    oa.emulator.block("u1")
    assert oa.oa(CS, text("a"))["error"] == -217
    nobody = {"recipient": {"user_id": "nobody"}, "message": {"text": "a"}}
    assert oa.oa(CS, nobody) == {"error": -201, "message": "user_id is invalid!"}


def test_uploads_expire_after_7_days(oa: Api) -> None:
    def upload(kind: str, name: str, data: bytes) -> dict[str, Any]:
        found: dict[str, Any] = oa.http.post(
            f"{oa.base}/v2.0/oa/upload/{kind}",
            files={"file": (name, data)},
            headers={"access_token": oa.emulator.oauth.access_token},
        ).json()
        return found

    assert upload("image", "a.png", b"not a picture")["error"] == -201
    assert upload("image", "a.png", b"\x89PNG" + bytes(1 << 20))["error"] == -210
    assert upload("file", "a.exe", b"MZ")["error"] == -201
    number = upload("image", "a.png", b"\x89PNG....")["data"]["attachment_id"]
    elements = [{"media_type": "image", "attachment_id": number}]
    attachment = {"type": "template", "payload": {"template_type": "media", "elements": elements}}
    body = {"recipient": {"user_id": "u1"}, "message": {"attachment": attachment}}
    assert oa.oa(CS, body)["error"] == 0
    oa.emulator.clock.advance(7 * 24 * HOUR + 1)
    oa.emulator.oauth.access_until = oa.emulator.clock.now() + HOUR
    assert oa.oa(CS, body)["error"] == -100


def test_rate_of_the_application(oa: Api) -> None:
    oa.emulator.rate = 3
    headers = {"access_token": oa.emulator.oauth.access_token}
    answers = [oa.http.get(f"{oa.base}/v2.0/oa/getoa", headers=headers) for _ in range(4)]
    assert [a.json()["error"] for a in answers] == [0, 0, 0, -32]
    assert (answers[0].headers["X-RateLimit-Limit"], answers[0].headers["X-RateLimit-Remain"]) == ("3", "2")
    oa.emulator.clock.advance(61)
    assert oa.oa("/v2.0/oa/getoa")["error"] == 0


def test_old_and_unknown_addresses(oa: Api) -> None:
    headers = {"access_token": oa.emulator.oauth.access_token}
    bare = oa.http.post(f"{oa.base}/v3.0/oa/message", json=text("a"), headers=headers)
    assert bare.status_code == 404 and "empty or invalid API" in bare.json()["message"]
    assert oa.oa("/v2.0/oa/message", text("a"))["error"] == -240


def test_a_token_that_dies_under_way(oa: Api) -> None:
    oa.emulator.faults.add("message/cs", Fault("expire_token"))
    assert oa.oa(CS, text("a"))["error"] == -220
    refresh(oa, oa.emulator.oauth.refresh_token)
    assert oa.oa(CS, text("a"))["error"] == 0


def test_a_refresh_whose_answer_is_lost_spends_the_token(oa: Api) -> None:
    oa.emulator.faults.add("oauth/access_token", Fault("reset", applied=True))
    token = oa.emulator.oauth.refresh_token
    with pytest.raises(httpx.ReadError):
        refresh(oa, token)
    assert "access_token" not in refresh(oa, token)
    assert [r.outcome for r in oa.emulator.refreshes] == ["granted", "spent"]
