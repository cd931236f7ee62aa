"""The server as a process, and the application over a real store."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

from bot.messages import Answerer
from bot.settings import Settings
from bot.storage.migrate import migrate
from bot.web import CannotListen, app_for, create_app, serve
from knowledge.law import Coordinate, DocumentIdentity, DocumentKind, InForce, Provision, ProvisionKind
from knowledge.store import KnowledgeStore, NewDocument, Passage, SourceFile, open_engine
from tests.bot.web.answerers import Scripted

ROOT = Path(__file__).parents[3]
PROGRAM = """
import sys
from bot.web import create_app, serve
from tests.bot.web.answerers import Scripted
serve(create_app(Scripted()), "127.0.0.1", int(sys.argv[1]))
print("closed in order")
"""


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_server_returns_so_that_its_caller_can_close(stop: signal.Signals) -> None:
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(port)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            deadline = time.monotonic() + 60
            while True:
                try:
                    response = httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False)
                    break
                except httpx.TransportError:
                    assert process.poll() is None, "the server ended by itself"
                    assert time.monotonic() < deadline
                    time.sleep(0.1)
            assert response.json() == {"status": "ok"}
            assert "server" not in response.headers
            process.send_signal(stop)
            said, _ = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == 0
    assert said == "closed in order\n"


def test_a_taken_port_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen) as refused:
            serve(create_app(Scripted()), "127.0.0.1", port)
    assert str(port) in str(refused.value)
    assert "--port" in refused.value.remedy


@pytest.mark.parametrize("host", ["khong-co-may-nay.invalid", "203.0.113.9"])
def test_an_address_of_another_machine_is_one_clear_line(host: str) -> None:
    with pytest.raises(CannotListen) as refused:
        serve(create_app(Scripted()), host, free_port())
    assert host in str(refused.value)


@dataclass
class Installed:
    """A small installation: a real store, a scripted answerer."""

    settings: Settings
    store: KnowledgeStore
    answerer: Answerer


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    engine = open_engine(f"sqlite:///{tmp_path / 'test.sqlite3'}")
    migrate(engine)
    settings = Settings(  # type: ignore[call-arg]
        _env_file=None, tuvan_data=tmp_path, public_url="https://bhxh.example", TUVAN_METRICS_TOKEN="open"
    )
    return Installed(settings, KnowledgeStore(engine), Scripted())


def publish(store: KnowledgeStore, number: str, title: str, in_force: InForce) -> int:
    where = Coordinate(number, "1")
    text = "Điều mẫu để thử."
    document = NewDocument(
        SourceFile(f"{title}.md", "1" * 64),
        DocumentIdentity(number, DocumentKind.LAW, title, in_force=in_force),
        [Provision(where, ProvisionKind.ARTICLE, text)],
        [Passage(where, "", (), text, text, True, in_force)],
        "test-1",
    )
    result = store.publish(document)
    assert result.document_id is not None, result.message
    return result.document_id


def test_an_empty_installation_is_not_ready_and_says_what_to_do(installed: Installed) -> None:
    response = TestClient(app_for(installed), base_url="http://bhxh.example").get("/readyz")
    assert response.status_code == 503
    assert any("tuvan ingest" in reason for reason in response.json()["reasons"])


def test_documents_make_it_ready_and_stand_on_the_page_about_the_bot(installed: Installed) -> None:
    publish(installed.store, "12/2030/QH99", "Luật Mẫu", InForce(date(2031, 3, 2)))
    client = TestClient(app_for(installed), base_url="http://bhxh.example")
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["parts"] == {"database": "ok", "documents": "ok", "index": "keyword only"}
    page = client.get("/gioi-thieu").text
    assert "12/2030/QH99" in page
    assert "có hiệu lực từ 2/3/2031" in page
    installed.store.withdraw("12/2030/QH99")
    assert client.get("/readyz").status_code == 503
    assert "12/2030/QH99" not in client.get("/gioi-thieu").text


def test_the_settings_reach_the_application(installed: Installed) -> None:
    client = TestClient(app_for(installed), base_url="http://bhxh.example", client=("203.0.113.9", 1))
    assert "strict-transport-security" in client.get("/").headers
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer open"}).status_code == 200
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400
