"""For whom a request is, and who may come to the console from where and when."""

from __future__ import annotations

import ipaddress
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from bot.door_settings import networks_of, own_hosts
from bot.errors import BadSettings
from bot.outreach.hours import Hours
from bot.settings import load_settings
from bot.staff.audit import Audit, audit_key
from bot.staff.emergency import BadOpening, open_for, open_until
from bot.storage.migrate import migrate
from bot.time_zone import TIME_ZONE
from bot.web.app import Doors, create_app
from bot.web.doors import OwnHost
from bot.web.metrics import Metrics
from bot.web.texts import say
from knowledge.store import open_engine
from tests.bot.web.answerers import Scripted

INSIDE, OUTSIDE = "10.20.0.7", "203.0.113.9"
NOON = datetime(2026, 11, 27, 12, 0, tzinfo=TIME_ZONE).timestamp()  # a Friday
NIGHT = datetime(2026, 11, 27, 23, 0, tzinfo=TIME_ZONE).timestamp()


def client(doors: Doors, address: str = INSIDE, host: str = "bhxh.example") -> TestClient:
    return TestClient(create_app(Scripted(), doors=doors), base_url=f"http://{host}", client=(address, 5000))


HOSTS = own_hosts("", "https://bhxh.example", "127.0.0.1")


@pytest.mark.parametrize("host", ["bhxh.example", "BHXH.example:8443", "localhost:8000", "127.0.0.1", "[::1]:8000"])
def test_our_own_names_are_served(host: str) -> None:
    assert client(Doors(HOSTS)).get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "bhxh.example.evil.example", "bhxh.example:80@evil.example", "", "[::1].evil.example", "10.0.0.1"],
)
def test_a_request_for_another_name_is_refused_everywhere(host: str) -> None:
    browser = client(Doors(HOSTS))
    for path in ("/", "/staff", "/api/chat", "/khong-co", "/openapi.json", "/metrics"):
        answer = browser.get(path, headers={"host": host})
        assert answer.status_code == 400 and say("other_host") in answer.text, path
        assert "content-security-policy" in answer.headers and answer.headers["cache-control"] == "no-store"
        assert not host or host not in answer.text
    assert browser.get("/healthz", headers={"host": host}).json() == {"status": "ok"}


async def reached(scope: Any, receive: Any, send: Any) -> None:
    """An application that has every page."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"reached"})


def test_a_console_with_a_host_of_its_own_is_nowhere_else_and_alone_there() -> None:
    names = own_hosts("canbo.example", "https://bhxh.example", "127.0.0.1")
    door = TestClient(OwnHost(reached, hosts=names, metrics=Metrics(), staff_host="canbo.example"))
    staff, chat = (
        ("/staff", "/staff/dang-nhap", "/staff/lead/1"),
        ("/", "/gioi-thieu", "/api/chat", "/webhooks/telegram"),
    )
    for own, path in [
        *((True, p) for p in staff),
        *((False, p) for p in (*chat, "/staffs", "/metrics", "/openapi.json")),
    ]:
        for host in ("bhxh.example", "localhost:8000", "127.0.0.1"):
            assert door.get(path, headers={"host": host}).status_code == (404 if own else 200), (path, host)
        for host in ("canbo.example", "CANBO.example:443"):
            assert door.get(path, headers={"host": host}).status_code == (200 if own else 404), (path, host)
    for path in ("/static/staff.1.css", "/healthz", "/readyz"):
        assert {door.get(path, headers={"host": h}).status_code for h in ("canbo.example", "bhxh.example")} == {200}
    assert door.get("/staff", headers={"host": "evil.example"}).status_code == 400


def test_the_application_keeps_the_console_to_its_host() -> None:
    names = own_hosts("canbo.example", "https://bhxh.example", "127.0.0.1")
    apart, beside = client(Doors(names, staff_host="canbo.example")), client(Doors(names))
    assert (apart.get("/").status_code, beside.get("/").status_code) == (200, 200)
    for told in ({"host": "canbo.example"}, {"host": "canbo.example", "accept": "text/html"}):
        answer = apart.get("/", headers=told)
        assert answer.status_code == 404 and say("not_found") in answer.text
        assert "content-security-policy" in answer.headers
        assert beside.get("/", headers=told).status_code == 200


def test_two_host_headers_are_refused() -> None:
    answer = client(Doors(HOSTS)).get("/", headers=[("host", "bhxh.example"), ("host", "evil.example")])
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("hosts", "public", "listens", "ours"),
    [
        ("", "", "127.0.0.1", {"localhost", "127.0.0.1", "[::1]"}),
        ("", "", "0.0.0.0", set()),
        ("A.example, b.example", "", "0.0.0.0", {"a.example", "b.example", "localhost", "127.0.0.1", "[::1]"}),
        ("", "https://c.example:8443", "10.0.0.5", {"c.example", "10.0.0.5", "localhost", "127.0.0.1", "[::1]"}),
    ],
)
def test_which_names_are_ours(hosts: str, public: str, listens: str, ours: set[str]) -> None:
    assert own_hosts(hosts, public, listens) == ours


def test_the_console_opens_from_listed_networks_only() -> None:
    doors = Doors(networks=networks_of("10.20.0.0/16, 2001:db8::/32"))
    for address, status in ((INSIDE, 200), ("::ffff:10.20.0.7", 200), ("2001:db8::1", 200), (OUTSIDE, 403), ("x", 403)):
        browser = client(doors, address)
        for path in ("/staff", "/staff/dang-nhap", "/staff/khong-co"):
            answer = browser.get(path, headers={"accept": "text/html"})
            assert (answer.status_code == 403) == (status == 403), (address, path)
            if status == 403:
                assert say("staff_elsewhere") in answer.text and "content-security-policy" in answer.headers
        assert browser.post("/staff/dang-nhap").status_code == (403 if status == 403 else 404)  # no console in this app
        assert browser.get("/").status_code == 200  # citizens come from everywhere


def test_a_forwarded_address_of_a_stranger_opens_nothing() -> None:
    browser = client(Doors(networks=networks_of("10.20.0.0/16")), OUTSIDE)
    for header in ("x-forwarded-for", "x-real-ip", "forwarded"):
        assert browser.get("/staff", headers={header: INSIDE}).status_code == 403


def test_the_console_opens_in_its_hours_only() -> None:
    hours = Hours.parse("1-6 06:00-21:00")
    assert client(Doors(hours=hours, clock=lambda: NOON)).get("/staff").status_code == 404
    refused = client(Doors(hours=hours, clock=lambda: NIGHT)).get("/staff/dang-nhap", headers={"accept": "text/html"})
    assert refused.status_code == 403 and say("staff_closed") in refused.text


def test_an_administrator_at_the_machine_opens_it_for_a_while(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    migrate(engine)
    key = audit_key(tmp_path)
    now = [NIGHT]
    doors = Doors(
        networks=networks_of("10.0.0.0/8"), hours=Hours.parse("1-5 08:00-17:00"),
        lifted=lambda: open_until(tmp_path), clock=lambda: now[0],
    )  # fmt: skip
    browser = client(doors, OUTSIDE)
    assert browser.get("/staff").status_code == 403
    open_for(tmp_path, engine, key, 30, "mạng cơ quan mất", by="root", clock=lambda: NIGHT)
    assert browser.get("/staff").status_code == 404
    assert (tmp_path / "keys" / "door").stat().st_mode & 0o077 == 0
    now[0] += 30 * 60
    assert browser.get("/staff").status_code == 403
    now[0] = NIGHT
    open_for(tmp_path, engine, key, 0, "mạng đã có lại", by="root", clock=lambda: NIGHT)
    assert browser.get("/staff").status_code == 403
    noted = Audit(engine, key).rows()
    assert [(e.action, e.by) for e in noted] == [("door.closed", "root"), ("door.opened", "root")]
    assert noted[1].data["minutes"] == 30 and Audit(engine, key).troubles() == []
    for minutes, reason in ((481, "vì sao"), (-1, "vì sao"), (5, " ")):
        with pytest.raises(BadOpening):
            open_for(tmp_path, engine, key, minutes, reason, by="root")


def test_the_command_opens_and_closes(tmp_path: Path) -> None:
    tuvan = Path(sys.executable).with_name("tuvan")
    told = [sys.executable, "-c", "from bot.cli import main; main()"] if not tuvan.exists() else [str(tuvan)]
    env = {"TUVAN_DATA": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run(
        [*told, "staff", "open", "15", "--reason", "trực khẩn"], env=env, cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "mở cho mọi mạng" in done.stdout and open_until(tmp_path) > 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TUVAN_STAFF_NETWORKS", "10.0.0.1/8"),
        ("TUVAN_STAFF_NETWORKS", "cơ quan"),
        ("TUVAN_STAFF_HOURS", "8-17"),
        ("TUVAN_HOSTS", "https://bhxh.example"),
        ("TUVAN_HOSTS", "bhxh.example:8000"),
    ],
)
def test_a_wrong_list_stops_the_start(name: str, value: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings) as refused:
        load_settings()
    assert name in str(refused.value)


def test_the_settings_reach_the_doors(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from bot.web.server import doors_of

    monkeypatch.chdir(tmp_path)
    values: dict[str, Any] = {
        "TUVAN_HOSTS": "noi-bo.example", "TUVAN_STAFF_NETWORKS": "10.0.0.0/8", "TUVAN_STAFF_HOURS": "1-5 08:00-17:00",
        "PUBLIC_URL": "https://bhxh.example", "TUVAN_DATA": str(tmp_path),
    }  # fmt: skip
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    doors = doors_of(load_settings())
    assert {"noi-bo.example", "bhxh.example", "localhost"} <= set(doors.hosts)
    assert doors.networks == (ipaddress.ip_network("10.0.0.0/8"),)
    assert doors.hours is not None and not doors.hours.open_at(NIGHT)
    assert doors.lifted() == 0
