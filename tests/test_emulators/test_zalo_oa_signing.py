"""Signature and PKCE vectors, worked out by hand beforehand, and the ways to sign wrongly."""

from __future__ import annotations

import hashlib

import pytest

from tests.emulators import ZaloOAEmulator
from tests.emulators.zalo_oa.oauth import challenge
from tests.emulators.zalo_oa.signing import STYLES, oa_mac, signature
from tests.test_emulators.conftest import Receiver

APP, SECRET, STAMP = "1000000000000000001", "demo-oa-secret-KEY-01", "1795000000000"
BODY = (
    '{"app_id":"1000000000000000001","sender":{"id":"2000000000000000002"},"user_id_by_app":"4000000000000000004",'
    '"recipient":{"id":"3000000000000000003"},"event_name":"user_send_text","message":{"text":"Xin chào",'
    '"msg_id":"aa11bb22cc33dd44ee5"},"timestamp":"1795000000000"}'
).encode()
FOLLOW = (
    b'{"oa_id":"3000000000000000003","follower":{"id":"2000000000000000002"},"user_id_by_app":"4000000000000000004",'
    b'"event_name":"follow","source":"oa_profile","app_id":"1000000000000000001","timestamp":"1795000000001"}'
)


def test_the_body_is_the_one_that_was_measured() -> None:
    assert len(BODY) == 270 and len(FOLLOW) == 213
    assert hashlib.sha256(BODY).hexdigest() == "39f7f024258d37d73e09c9d98abf2237886d6dd01822fd32025d09f2b29b71ed"


@pytest.mark.parametrize(
    ("style", "value"),
    [
        ("good", "mac=c6892eae18a4426e768553de9f2597aac070f48357e2f7b8bb611e95efcd01e1"),
        ("bare", "c6892eae18a4426e768553de9f2597aac070f48357e2f7b8bb611e95efcd01e1"),
        ("hmac", "mac=cf114f481b5814464a9b263724d4e748157dcd9b09e4d48eafab1db4263fccff"),
        ("reordered", "mac=fa3f7f1d6b0128c4648dccdb0331532159e63af08ef95619cce32bfe1dd04b6a"),
        ("reserialised", "mac=765affdb79031f2b364e1ce2feba1b875f8cec647cfdd4f09d972cce9b2dc7fe"),
        ("nfd", "mac=8c0e9593fa5aa81940e1865e9dbe466a15b53768d2ce833a7153fea61ed4e8e6"),
    ],
)
def test_vectors(style: str, value: str) -> None:
    assert signature(style, APP, BODY, STAMP, SECRET, "demo-app-secret") == value


def test_second_vector() -> None:
    expected = "534c49268d137cac98c414cbb5633241dc3e0a2d657b1a924302b92fbd448763"
    assert oa_mac(APP, FOLLOW, "1795000000001", SECRET) == expected


def test_every_wrong_style_differs_from_the_right_one() -> None:
    values = [signature(style, APP, BODY, STAMP, SECRET, "demo-app-secret") for style in STYLES]
    assert len(set(values)) == len(STYLES)
    with pytest.raises(ValueError, match="unknown signature style"):
        signature("odd", APP, BODY, STAMP, SECRET, "x")


def test_pkce_vector() -> None:
    verifier = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
    assert challenge(verifier) == "6oZqdX5MOLq_qBJ8vppAnT4fk6AP8UiP9zX8-Rev_9A"


def test_posted_events_are_signed_over_the_bytes_that_arrive(receiver: Receiver) -> None:
    emulator = ZaloOAEmulator(webhook_url=f"{receiver.url}/hook")
    event = emulator.user_says("u1", "Tôi muốn đóng 1tr5 😀").event
    emulator.raw_event({"event_name": "x"}, signature_style="missing")
    emulator.close()
    headers, body = receiver.got[0]
    mac = oa_mac(emulator.app_id, body, event["timestamp"], emulator.oa_secret_key)
    assert headers["x-zevent-signature"] == f"mac={mac}"
    assert "muốn".encode() in body
    assert "x-zevent-signature" not in receiver.got[1][0]
