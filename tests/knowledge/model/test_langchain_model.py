"""The real client of LangChain against a server that speaks the wire format of OpenAI, well and badly."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from langchain_core.tracers.langchain import wait_for_all_tracers

from knowledge.model import ModelFailed, Prompt, Usage
from knowledge.model.contract import Why
from knowledge.model.langchain_model import open_model
from knowledge.model.providers import PROVIDERS, BadModel

PROMPT = Prompt("luật", "dữ liệu")


@dataclass
class Server:
    """Answers `/chat/completions` as `mode` says; keeps what it was sent."""

    mode: str = "well"
    bodies: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    address: str = ""


def handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: object) -> None:
            """Quiet."""

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.bodies.append(body)
            server.keys.append(self.headers.get("Authorization", ""))
            if server.mode == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
                self.connection.close()
                self.close_connection = True
                return
            if server.mode == "hang":
                time.sleep(3)
                return
            if server.mode.isdecimal():
                self._plain(int(server.mode), b'{"error": {"message": "sk-secret prompt text"}}')
                return
            if server.mode == "html":
                self._plain(200, b"<html>login</html>", "text/html")
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            self.close_connection = True
            for event in self._events():
                self.wfile.write(event)
                self.wfile.flush()

        def _events(self) -> Iterator[bytes]:
            def chunk(text: str, **more: Any) -> bytes:
                choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}
                data = {
                    "id": "1",
                    "object": "chat.completion.chunk",
                    "created": 1,
                    "model": "m",
                    "choices": [choice],
                    **more,
                }
                return f"data: {json.dumps(data)}\n\n".encode()

            match server.mode:
                case "empty":
                    yield chunk("")
                case "garbage":
                    yield b"data: {not json\n\n"
                case "long":
                    for _ in range(250):
                        yield chunk("x" * 4096)
                case "cut":
                    yield chunk("Nửa câu")
                    return
                case "drip":
                    for _ in range(40):
                        time.sleep(0.1)
                        yield chunk("x")
                case _:
                    yield chunk("Xin ")
                    yield chunk("chào")
                    usage = {"prompt_tokens": 11, "completion_tokens": 3, "total_tokens": 14}
                    yield chunk("", usage=usage)
            yield b"data: [DONE]\n\n"

        def _plain(self, status: int, body: bytes, kind: str = "application/json") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    http = ThreadingHTTPServer(("127.0.0.1", 0), handler(made))
    http.daemon_threads = True
    made.address = f"http://127.0.0.1:{http.server_port}/v1"
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    yield made
    http.shutdown()
    http.server_close()


def test_words_tokens_and_settings_go_over_the_wire(server: Server) -> None:
    model = open_model("openai:qwen", address=server.address, key="k-1", seconds=5, tokens=321)
    heard: list[str] = []
    said = model.say(PROMPT, lambda piece: heard.append(piece) is None)
    assert (said.text, said.usage) == ("Xin chào", Usage(11, 3))
    assert heard == ["Xin ", "chào"]
    sent = server.bodies[0]
    assert [(m["role"], m["content"]) for m in sent["messages"]] == [("system", "luật"), ("user", "dữ liệu")]
    assert (sent["model"], sent["temperature"], sent["stream"]) == ("qwen", 0.0, True)
    assert 321 in (sent.get("max_tokens"), sent.get("max_completion_tokens"))
    assert server.keys == ["Bearer k-1"]
    assert model.name == "openai:qwen"


@pytest.mark.parametrize(
    ("mode", "whys"),
    [
        ("500", {Why.REFUSED}),
        ("429", {Why.REFUSED}),
        ("401", {Why.REFUSED}),
        ("reset", {Why.UNREACHABLE}),
        ("hang", {Why.TIME}),
        ("html", {Why.EMPTY, Why.GARBAGE}),
        ("empty", {Why.EMPTY}),
        ("garbage", {Why.GARBAGE}),
        ("long", {Why.TOO_LONG}),
    ],
)
def test_every_bad_answer_is_one_error_without_the_servers_words(mode: str, whys: set[Why], server: Server) -> None:
    server.mode = mode
    with pytest.raises(ModelFailed) as failed:
        open_model("openai:qwen", address=server.address, seconds=1).say(PROMPT, lambda piece: True)
    assert failed.value.why in whys
    assert "secret" not in str(failed.value)
    assert len(server.bodies) == 1  # nobody tried again behind our back


def test_nobody_there_is_unreachable() -> None:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{door.getsockname()[1]}/v1"
    with pytest.raises(ModelFailed) as failed:
        open_model("openai:qwen", address=address, seconds=2).say(PROMPT, lambda piece: True)
    assert failed.value.why is Why.UNREACHABLE


def test_a_machine_that_asks_for_tracing_sends_no_prompt_anywhere(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The recorder stands in the place of the tracing service, which gets each prompt when tracing is on."""
    asked: list[str] = []

    class Recorder(BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            """Quiet."""

        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(500)

        do_POST = do_GET

    http = ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    for name in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"):
        monkeypatch.setenv(name, "true")
    monkeypatch.setenv("LANGSMITH_API_KEY", "a-key-for-tests")
    monkeypatch.setenv("LANGSMITH_ENDPOINT", f"http://127.0.0.1:{http.server_port}")
    model = open_model("openai:qwen", address=server.address, seconds=5)
    assert model.say(PROMPT, lambda piece: True).text == "Xin chào"
    wait_for_all_tracers()  # tracing sends from a thread of its own
    http.shutdown()
    http.server_close()
    assert asked == []


def test_listening_can_end_early(server: Server) -> None:
    server.mode = "drip"
    said = open_model("openai:qwen", address=server.address, seconds=5).say(PROMPT, lambda piece: False)
    assert said.text == "x"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_provider_opens_its_own_class(provider: str) -> None:
    key = "a-key-for-tests" if PROVIDERS[provider].key else ""
    address = "http://127.0.0.1:9/v1" if PROVIDERS[provider].address else ""
    assert open_model(f"{provider}:some-model", address=address, key=key).name == f"{provider}:some-model"


@pytest.mark.parametrize("name", ["", "openai", "openai:", "nobody:gpt", ":x", "gpt-4"])
def test_a_name_that_says_nothing_is_refused_with_the_names_there_are(name: str) -> None:
    with pytest.raises(BadModel, match="LLM_MODEL") as refused:
        open_model(name)
    assert "ollama" in refused.value.remedy
