"""`POST /api/chat`: what is taken, what is refused, what comes back."""

from __future__ import annotations

import json
import logging
import time
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from bot.delivery.pages import Letter, Looked
from bot.messages import CANNOT_REACH_SOURCES, Answerer, ChatReply, Reply
from bot.web import create_app
from tests.bot.web.answerers import ASK_BACK, SHORT, Failing, Held, Mirror, Scripted

SESSION = "session-of-test-1"


def client_of(answerer: Answerer, **options: Any) -> TestClient:
    return TestClient(create_app(answerer, **options), raise_server_exceptions=False)


def ask(client: TestClient, text: str = "Đóng bao nhiêu?", session: str = SESSION, **more: Any) -> Any:
    return client.post("/api/chat", json={"session": session, "text": text}, **more)


def assert_vietnamese(line: str) -> None:
    assert line.strip()
    assert any(unicodedata.combining(c) for c in unicodedata.normalize("NFD", line)), line
    assert "Traceback" not in line
    assert "Error" not in line


def test_an_answer_carries_every_part_of_the_contract() -> None:
    answerer = Scripted()
    response = ask(client_of(answerer), "Tôi chọn mức đóng được không?")
    assert response.status_code == 200
    body = response.json()
    assert body["status"] == "answered"
    (reply,) = body["replies"]
    assert reply["text"] == SHORT.replies[0].text
    assert reply["buttons"] == []
    (citation,) = reply["citations"]
    place = {k: citation[k] for k in ("document", "title", "article", "clause", "point")}
    assert place == {"document": "12/2030/QH99", "title": "Luật Mẫu", "article": "7", "clause": "3", "point": "đ"}
    assert citation["quote"].endswith("Mức chọn ghi vào sổ.")
    assert citation["coordinate"] == "điểm đ khoản 3 Điều 7 Luật Mẫu 12/2030/QH99"
    assert answerer.asked == [(SESSION, "Tôi chọn mức đóng được không?")]


def test_a_chosen_button_reaches_the_answerer_by_its_value() -> None:
    answerer = Scripted(lambda text: ASK_BACK)
    client = client_of(answerer)
    buttons = ask(client).json()["replies"][0]["buttons"]
    assert buttons == [{"label": "Hộ nghèo", "value": "group=poor"}, {"label": "Hộ khác", "value": "group=none"}]
    assert client.post("/api/chat", json={"session": SESSION, "button": buttons[0]["value"]}).status_code == 200
    assert answerer.asked[-1] == (SESSION, "group=poor")


def test_text_reaches_the_answerer_composed_and_without_hidden_signs() -> None:
    answerer = Scripted()
    ask(client_of(answerer), unicodedata.normalize("NFD", "  đóng\u200b bao\x00 nhiêu\U000e0041 ") + "\r\n")
    assert answerer.asked == [(SESSION, "đóng bao nhiêu")]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"session": SESSION}, 422),
        ({"text": "x"}, 422),
        ({"session": SESSION, "text": ""}, 422),
        ({"session": SESSION, "text": " \u200b \n"}, 422),
        ({"session": SESSION, "text": 7}, 422),
        ({"session": SESSION, "text": ["x"]}, 422),
        ({"session": SESSION, "text": "x", "button": "y"}, 422),
        ({"session": SESSION, "button": ""}, 422),
        ({"session": SESSION, "button": "y" * 201}, 422),
        ({"session": "short", "text": "x"}, 422),
        ({"session": "a" * 65, "text": "x"}, 422),
        ({"session": "../../etc/passwd", "text": "x"}, 422),
        ({"session": "ssssssss\n", "text": "x"}, 422),
        ({"session": {"$ne": 1}, "text": "x"}, 422),
        ([], 422),
        ("x", 422),
        (None, 422),
    ],
)
def test_a_wrong_body_gets_one_vietnamese_line_and_no_answer(body: Any, status: int) -> None:
    answerer = Scripted()
    response = client_of(answerer).post("/api/chat", json=body)
    assert response.status_code == status
    assert_vietnamese(response.json()["detail"])
    assert answerer.asked == []


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe{}", b'{"session": NaN', b"session=abcdefgh&text=x"])
def test_what_is_not_json_is_refused(raw: bytes) -> None:
    answerer = Scripted()
    response = client_of(answerer).post("/api/chat", content=raw, headers={"Content-Type": "application/json"})
    assert response.status_code in (400, 422)
    assert_vietnamese(response.json()["detail"])
    assert answerer.asked == []


def test_a_form_of_another_site_cannot_use_the_api() -> None:
    """Without the JSON type a browser sends no preflight, so such a body must not be taken."""
    answerer = Scripted()
    raw = b'{"session": "session-of-test-1", "text": "x"}'
    response = client_of(answerer).post("/api/chat", content=raw, headers={"Content-Type": "text/plain"})
    assert response.status_code == 422
    assert answerer.asked == []


def test_a_question_may_have_a_thousand_characters_however_they_are_written() -> None:
    answerer = Scripted()
    client = client_of(answerer)
    whole = "ệ" * 1_000
    assert ask(client, whole).status_code == 200
    assert ask(client, unicodedata.normalize("NFD", whole)).status_code == 200  # 3,000 code points
    assert [text for _, text in answerer.asked] == [whole, whole]
    refused = ask(client, whole + "ệ")
    assert refused.status_code == 422
    assert "1.001" in refused.json()["detail"]


def test_a_body_above_the_limit_is_refused_declared_or_not() -> None:
    answerer = Scripted()
    client = client_of(answerer)
    declared = ask(client, "x" * 20_000)
    chunked = client.post("/api/chat", content=iter([b" " * 9_000] * 3), headers={"Content-Type": "application/json"})
    for response in (declared, chunked):
        assert response.status_code == 413
        assert_vietnamese(response.json()["detail"])
    assert answerer.asked == []


def test_one_session_is_slowed_down_and_others_are_not() -> None:
    client = client_of(Scripted(), per_session=3)
    assert [ask(client).status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    refused = ask(client)
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["Retry-After"] in refused.json()["detail"]
    assert ask(client, session="another-session").status_code == 200


def test_one_address_is_slowed_down_even_with_ever_new_sessions() -> None:
    app = create_app(Scripted(), per_address=4)
    there = TestClient(app, client=("203.0.113.9", 1000))
    assert [ask(there, session=f"session-{i:04}").status_code for i in range(6)] == [200] * 4 + [429] * 2
    elsewhere = TestClient(app, client=("203.0.113.10", 1000))
    assert ask(elsewhere).status_code == 200


def test_a_flood_from_this_machine_is_not_taken_for_one_person() -> None:
    """Behind a proxy on the same host all people have its address."""
    client = TestClient(create_app(Scripted(), per_address=2), client=("127.0.0.1", 1000))
    assert {ask(client, session=f"session-{i:04}").status_code for i in range(8)} == {200}


def test_a_slow_answer_becomes_a_polite_one_in_time() -> None:
    held = Held()
    with client_of(held, timeout=0.2) as client:
        begin = time.monotonic()
        response = ask(client)
        waited = time.monotonic() - begin
        held.let_go.set()
    assert response.status_code == 200
    body = response.json()
    assert (body["status"], body["reason"]) == ("unknown", CANNOT_REACH_SOURCES)
    assert "1900 9068" in body["replies"][0]["text"]
    assert waited < 20  # far below the thirty seconds the answerer would take


@pytest.mark.parametrize("silent", [ChatReply("answered", ()), ChatReply("answered", (Reply(" \n"),))])
def test_silence_of_the_answerer_becomes_a_sentence(silent: ChatReply) -> None:
    body = ask(client_of(Scripted(lambda text: silent))).json()
    assert body["reason"] == CANNOT_REACH_SOURCES
    assert_vietnamese(body["replies"][0]["text"])


def test_an_answerer_that_raises_is_hidden_from_the_citizen_and_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    response = ask(client_of(Failing()), "số của tôi là 0912345678")
    assert response.status_code == 200
    body = response.json()
    assert (body["status"], body["reason"]) == ("unknown", CANNOT_REACH_SOURCES)
    assert_vietnamese(body["replies"][0]["text"])
    assert "RuntimeError" in caplog.text  # the staff can see that something broke
    assert "0912345678" not in caplog.text


def test_what_people_type_is_in_no_log_and_no_figure(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = TestClient(create_app(Scripted()), client=("127.0.0.1", 1000))
    ask(client, "tôi tên Nguyễn, số 0987654321", session="secret-session-0987654321")
    client.get("/toi-0987654321?cccd=0987654321")
    client.post("/api/chat?phone=0987654321", content=b"0987654321")
    assert "0987654321" not in client.get("/metrics").text
    own = [r.getMessage() for r in caplog.records if r.name.startswith("bot")]
    assert own, "the access log is silent"
    assert not [line for line in own if "0987654321" in line]


def test_hostile_text_comes_back_as_the_same_text() -> None:
    hostile = "<script>alert(1)</script>{{7*7}}${7*7}'; DROP TABLE x;--\u202e"
    reply = ask(client_of(Mirror()), hostile).json()["replies"][0]
    assert reply["text"] == hostile.replace("\u202e", "")  # the turning-round sign is hidden text
    assert "49" not in reply["text"]


def test_the_description_of_the_api_names_the_contract() -> None:
    described = client_of(Scripted()).get("/openapi.json").json()
    operation = described["paths"]["/api/chat"]["post"]
    assert {"200", "413", "422", "429"} <= set(operation["responses"])
    response = described["components"]["schemas"]["ChatResponse"]["properties"]
    assert {"status", "replies"} <= set(response)
    assert set(described["components"]["schemas"]["ChatRequest"]["properties"]) == {"session", "text", "button"}
    look = described["paths"]["/api/chat/look"]["post"]
    assert {"200", "422", "429"} <= set(look["responses"])
    assert set(described["components"]["schemas"]["LookResponse"]["properties"]) == {"messages", "open"}


class Written(Scripted):
    """An answerer in whose conversations an officer has written."""

    def look(self, session: str, after: int) -> Looked:
        if session == "away-from-home":
            raise OSError("0900000123")
        return Looked([Letter(n, f"lời {n} cho {session}", True) for n in (3, 5) if n > after], True)


def test_a_page_looks_for_what_an_officer_wrote() -> None:
    client = client_of(Written())
    answer = client.post("/api/chat/look", json={"session": "session-1", "after": 3})
    assert answer.json() == {"messages": [{"id": 5, "text": "lời 5 cho session-1", "staff": True}], "open": True}
    away = client.post("/api/chat/look", json={"session": "away-from-home"})
    assert away.json() == {"messages": [], "open": True}, "it looks again when the database is back"
    nobody = client_of(Scripted()).post("/api/chat/look", json={"session": "session-1"})
    assert nobody.json() == {"messages": [], "open": False}


@pytest.mark.parametrize(
    "sent",
    [{}, {"session": "x"}, {"session": "a b c d e f"}, {"session": "session-1", "after": -1},
     {"session": "session-1", "after": 2**31}, {"session": "session-1", "after": "3"}, {"session": ["session-1"]}],
)  # fmt: skip
def test_a_look_that_is_none_is_refused(sent: dict[str, object]) -> None:
    answer = client_of(Written()).post("/api/chat/look", json=sent)
    assert answer.status_code == 422 and answer.json()["detail"]


def test_a_page_that_looks_all_the_time_is_asked_to_wait() -> None:
    client = client_of(Written())
    answers = [client.post("/api/chat/look", json={"session": "session-1"}).status_code for _ in range(60)]
    assert answers[0] == 200 and answers[-1] == 429
    assert client.post("/api/chat/look", json={"session": "session-2"}).status_code == 200


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_no_page_loads_documentation_from_other_hosts(path: str) -> None:
    assert client_of(Scripted()).get(path).status_code == 404


class Aloud(Scripted):
    """Shows two parts before it answers."""

    def answer_aloud(self, text: str, *, session: str, show: Callable[[str], None]) -> ChatReply:
        show("Anh/chị")
        show("Anh/chị được chọn <b>mức đóng</b>.")
        return self.answer(text, session=session)


def events(body: str) -> list[tuple[str, Any]]:
    """(event, data) of a stream."""
    found = []
    for block in filter(None, body.split("\n\n")):
        if block.startswith(":"):
            continue
        name, data = block.split("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def test_who_accepts_a_stream_sees_the_answer_grow_and_then_the_whole_of_it() -> None:
    client = client_of(Aloud())
    plain = client.post("/api/chat", json={"session": "session-of-test-1", "text": "x"}).json()
    streamed = client.post(
        "/api/chat", json={"session": "session-of-test-2", "text": "x"}, headers={"Accept": "text/event-stream"}
    )
    assert streamed.headers["content-type"].startswith("text/event-stream")
    assert streamed.headers["cache-control"] == "no-store"
    told = events(streamed.text)
    assert told[:-1] == [("part", {"text": "Anh/chị"}), ("part", {"text": "Anh/chị được chọn <b>mức đóng</b>."})]
    assert told[-1] == ("answer", plain)


def test_a_stream_of_an_answerer_that_shows_nothing_is_the_answer_alone() -> None:
    response = client_of(Scripted()).post(
        "/api/chat", json={"session": SESSION, "text": "x"}, headers={"Accept": "text/event-stream"}
    )
    assert [name for name, _ in events(response.text)] == ["answer"]


def test_a_refusal_comes_before_the_stream_with_its_status() -> None:
    client = client_of(Scripted(), per_session=1)
    stream = {"Accept": "text/event-stream"}
    assert client.post("/api/chat", json={"session": SESSION, "text": "x"}, headers=stream).status_code == 200
    refused = client.post("/api/chat", json={"session": SESSION, "text": "x"}, headers=stream)
    assert refused.status_code == 429 and refused.headers["retry-after"]
    assert_vietnamese(refused.json()["detail"])
