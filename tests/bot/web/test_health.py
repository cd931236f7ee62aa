"""`/healthz`, `/readyz`, `/metrics`."""

from __future__ import annotations

import time
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from bot.web import Readiness, create_app
from bot.web.health import health_router
from bot.web.metrics import Metrics
from tests.bot.web.answerers import Failing, Scripted


def client_at(host: str, **options: Any) -> TestClient:
    return TestClient(create_app(Scripted(), **options), client=(host, 1000))


def test_a_living_process_says_so_even_when_it_cannot_answer() -> None:
    client = client_at("203.0.113.9", ready=lambda: Readiness(False, reasons=("kho trống",)))
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503


def test_a_degraded_system_is_ready_and_names_its_trouble() -> None:
    state = Readiness(True, {"index": "keyword only"}, ("đang dựng chỉ mục",))
    response = client_at("203.0.113.9", ready=lambda: state).get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"ready": True, "parts": {"index": "keyword only"}, "reasons": ["đang dựng chỉ mục"]}


def test_a_check_that_raises_is_not_ready_and_hides_its_words() -> None:
    def broken() -> Readiness:
        raise ConnectionError("postgresql://user:hunter2@host/db refused")

    response = client_at("203.0.113.9", ready=broken).get("/readyz")
    assert response.status_code == 503
    assert "ConnectionError" in response.text
    assert "hunter2" not in response.text


def test_a_check_that_hangs_is_not_ready() -> None:
    def hanging() -> Readiness:
        time.sleep(1)
        return Readiness(True)

    app = FastAPI()
    app.include_router(health_router(hanging, Metrics(), timeout=0.1))
    response = TestClient(app).get("/readyz")
    assert response.status_code == 503
    assert response.json()["reasons"]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "127.8.8.8"])
def test_figures_are_read_from_this_machine(host: str) -> None:
    assert client_at(host).get("/metrics").status_code == 200


@pytest.mark.parametrize("host", ["203.0.113.9", "10.0.0.7", "::ffff:203.0.113.9", "not-an-address"])
def test_figures_are_closed_to_others(host: str) -> None:
    response = client_at(host).get("/metrics")
    assert response.status_code == 403
    assert "tuvan_" not in response.text


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Via"])
def test_a_proxy_on_this_machine_does_not_open_the_figures(name: str) -> None:
    assert client_at("127.0.0.1").get("/metrics", headers={name: "127.0.0.1"}).status_code == 403


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ("Bearer right-token", 200),
        ("Bearer wrong", 403),
        ("Bearer ", 403),
        ("", 403),
        ("Bearer right-token2", 403),
        ("Bearer dấu", 403),
    ],
)
def test_figures_open_with_the_token_alone(sent: str, status: int) -> None:
    client = client_at("203.0.113.9", metrics_token="right-token")
    assert client.get("/metrics", headers=[(b"authorization", sent.encode())]).status_code == status


def test_an_empty_token_opens_nothing() -> None:
    client = client_at("203.0.113.9", metrics_token="")
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 403


def test_figures_count_answers_refusals_and_requests() -> None:
    client = TestClient(create_app(Failing(), per_session=1), client=("127.0.0.1", 1000))
    for _ in range(2):
        client.post("/api/chat", json={"session": "session-of-test", "text": "đóng?"})
    client.get("/khong-co/so-dien-thoai-cua-toi")
    figures = client.get("/metrics").text
    assert 'tuvan_chat_answers_total{reason="cannot_reach_sources",status="unknown"} 1.0' in figures
    assert 'tuvan_chat_refusals_total{reason="too_often"} 1.0' in figures
    assert 'tuvan_http_requests_total{method="POST",route="/api/chat",status="200"} 1.0' in figures
    assert 'tuvan_http_requests_total{method="POST",route="/api/chat",status="429"} 1.0' in figures
    assert 'tuvan_http_requests_total{method="GET",route="other",status="404"} 1.0' in figures
    assert "so-dien-thoai" not in figures
