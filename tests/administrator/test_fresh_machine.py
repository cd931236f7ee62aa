"""From a fresh machine to HTTPS: the steps of docs/administrator.md as they stand there, then people, platforms and strangers come."""

from __future__ import annotations

import re
import socket
import ssl
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from bot.channels.contract import PATHS
from bot.storage.migrate import head
from knowledge.store import sqlite_module
from tests.administrator.machine import Machine, fresh_machine, proxy_missing, steps
from tests.bot.backup.newer import REVISION, steps_of_tomorrow
from tests.bot.channels.drivers import until
from tests.emulators import Clock, TelegramEmulator, ZaloOAEmulator, serving
from tests.emulators.delivery import Envelope, WebhookSender

pytestmark = [pytest.mark.proxy, pytest.mark.slow]

QUESTION = "Hộ nghèo được hỗ trợ bao nhiêu phần trăm mức đóng?"
SOURCE = "Điều"
SIGN_IN, ACCOUNT = "/staff/dang-nhap", "/staff/tai-khoan"


@dataclass
class Office:
    """The machine when all steps are done, and the platforms."""

    machine: Machine
    telegram: TelegramEmulator
    zalo: ZaloOAEmulator

    def telegram_said(self, person: int) -> list[str]:
        return [sent.text for sent in self.telegram.sent(person)]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    if missing := proxy_missing():
        pytest.skip(f"no {missing}: apt-get install {missing}")
    telegram, zalo = TelegramEmulator(), ZaloOAEmulator()
    with serving(telegram), serving(zalo):
        accounts = telegram.settings() | zalo.settings()
        with fresh_machine(tmp_path_factory.mktemp("machine"), accounts) as machine:
            for step in steps():
                machine.run(step)
            for platform in (telegram, zalo):
                platform.webhook.trust(machine.authority)
            zalo.webhook.url = machine.url + PATHS["zalo_oa"]  # which people set by hand in the account's console
            yield Office(machine, telegram, zalo)


def test_every_step_did_its_work(office: Office) -> None:
    said = "\n".join(office.machine.said)
    assert len(steps()) >= 6
    assert '"ready":true' in said
    assert f"location: {office.machine.url}/" in said.lower()
    assert "strict-transport-security: max-age=31536000" in said.lower()
    assert "kênh telegram" in said and "kênh zalo_oa" in said and "hỏng" not in said  # tuvan doctor
    assert re.search(r"Đăng nhập lần đầu: admin, mật khẩu \S+", said)
    backups = list((office.machine.root / "var/backups/tuvan-bhxh").iterdir())
    assert [path.suffix for path in backups] == [".zip"]
    settings = office.machine.root / "etc/tuvan-bhxh.env"
    assert settings.stat().st_mode & 0o077 == 0
    assert re.search(r"^TELEGRAM_WEBHOOK_SECRET=[0-9a-f]{48}$", settings.read_text(encoding="utf-8"), re.MULTILINE)


def test_a_question_on_telegram_is_answered_with_its_source(office: Office) -> None:
    assert office.telegram.webhook.url == office.machine.url + PATHS["telegram"]  # registered by the program itself
    assert office.telegram.user_says(11, QUESTION).status == 200
    until(lambda: any(SOURCE in text for text in office.telegram_said(11)), 60, "no answer on Telegram")


def test_a_question_on_zalo_is_answered_with_its_source(office: Office) -> None:
    assert office.zalo.user_says("21", QUESTION).status == 200
    until(lambda: any(SOURCE in sent.text for sent in office.zalo.sent("21")), 60, "no answer on Zalo")
    assert office.zalo.late == []


def test_a_question_on_the_page_is_answered_with_its_source(office: Office) -> None:
    with office.machine.client() as browser:
        page = browser.get("/", headers={"accept": "text/html"})
        answer = browser.post("/api/chat", json={"session": uuid.uuid4().hex, "text": QUESTION}).json()
    assert page.status_code == 200 and "cookie" not in str(page.headers).lower()
    assert answer["status"] == "answered"
    assert any(cited["article"] for reply in answer["replies"] for cited in reply["citations"])


def test_a_forged_webhook_is_refused(office: Office) -> None:
    before = len(office.telegram.sent()), len(office.zalo.sent())
    update = {"update_id": 9, "message": {"message_id": 9, "date": 1, "chat": {"id": 99, "type": "private"},
              "from": {"id": 99, "is_bot": False, "first_name": "X"}, "text": QUESTION}}  # fmt: skip
    with office.machine.client() as stranger:
        for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "x" * 48}):
            assert stranger.post(PATHS["telegram"], json=update, headers=headers).status_code == 403
    event = {"event_name": "user_send_text", "sender": {"id": "99"}, "recipient": {"id": office.zalo.oa_id},
             "message": {"text": QUESTION, "msg_id": "99"}}  # fmt: skip
    assert office.zalo.raw_event(event, "app_secret", "99").status == 403
    office.zalo.webhook.forget()  # the emulator would try it again
    time.sleep(2)
    assert (len(office.telegram.sent()), len(office.zalo.sent())) == before


def test_figures_are_read_from_inside_only(office: Office) -> None:
    with office.machine.client() as stranger:
        for headers in ({}, {"X-Forwarded-For": "127.0.0.1"}):
            assert stranger.get("/metrics", headers=headers).status_code == 404
    figures = httpx.get(f"{office.machine.inside}/metrics", trust_env=False)
    assert figures.status_code == 200 and 'channel="telegram"' in figures.text


def test_http_is_sent_to_https_and_browsers_stay_there(office: Office) -> None:
    moved = httpx.get(f"{office.machine.plain_url}/gioi-thieu?a=1", trust_env=False)
    assert (moved.status_code, moved.headers["location"]) == (308, f"{office.machine.url}/gioi-thieu?a=1")
    with office.machine.client() as browser:
        for path in ("/", "/staff", "/api/none"):
            assert "max-age=31536000" in browser.get(path).headers["strict-transport-security"]


ANY_CIPHER = "ALL:@SECLEVEL=0"


@pytest.mark.parametrize(
    ("version", "ciphers", "spoken"),
    [
        (ssl.TLSVersion.TLSv1, ANY_CIPHER, ""),
        (ssl.TLSVersion.TLSv1_1, ANY_CIPHER, ""),
        (
            ssl.TLSVersion.TLSv1_2,
            "AES128-SHA:AES256-SHA:AES128-GCM-SHA256:@SECLEVEL=0",
            "",
        ),  # the key would not be forgotten
        (ssl.TLSVersion.TLSv1_2, "ECDHE+3DES:3DES:RC4:NULL:@SECLEVEL=0", ""),
        (ssl.TLSVersion.TLSv1_2, ANY_CIPHER, "TLSv1.2"),
        (ssl.TLSVersion.TLSv1_3, ANY_CIPHER, "TLSv1.3"),
    ],
)
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_only_versions_and_ciphers_that_hold_are_spoken(
    office: Office, version: ssl.TLSVersion, ciphers: str, spoken: str
) -> None:
    asks = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    asks.load_verify_locations(office.machine.authority)
    asks.set_ciphers(ciphers)
    asks.minimum_version = asks.maximum_version = version
    refused = pytest.raises(ssl.SSLError) if not spoken else nullcontext()
    with (
        socket.create_connection(("127.0.0.1", office.machine.tls), 10) as plain,
        refused,
        asks.wrap_socket(plain, server_hostname="localhost") as door,
    ):
        (name, *_) = door.cipher() or ("",)
        assert door.version() == spoken and ("ECDHE" in name or spoken == "TLSv1.3")
        assert any(sign in name for sign in ("GCM", "CHACHA20")), name


def test_the_administrator_signs_in(office: Office) -> None:
    found = re.search(r"mật khẩu (\S+)", "\n".join(office.machine.said))
    assert found is not None
    with office.machine.client(headers={"accept": "text/html"}, follow_redirects=True) as browser:
        page = browser.get("/staff")
        assert page.url.path == SIGN_IN
        page = browser.post(
            SIGN_IN, data={"csrf": csrf(page), "login": "admin", "password": found[1], "tiep": "/staff"}
        )
        assert page.url.path == ACCOUNT, page.text  # a new password first
        cookie = next(
            line for answer in page.history for line in answer.headers.get_list("set-cookie") if "staff=" in line
        )
        name, _, properties = cookie.partition("=")
        assert name == "__Host-staff"
        assert {"secure", "httponly", "samesite=strict", "path=/"} <= {p.strip().lower() for p in properties.split(";")}
        new = "cầu treo qua sông mùa nước nổi"
        browser.post(ACCOUNT, data={"csrf": csrf(page), "old": found[1], "new": new, "again": new})
        page = browser.get("/staff")
        page = browser.post(SIGN_IN, data={"csrf": csrf(page), "login": "admin", "password": new, "tiep": "/staff"})
        assert (page.status_code, page.url.path) == (200, "/staff")


def test_another_host_name_is_refused(office: Office) -> None:
    for name in ("evil.example", "bhxh.example.vn.evil.example"):
        straight = httpx.get(f"{office.machine.inside}/", headers={"host": name}, trust_env=False)
        assert straight.status_code == 400
        with office.machine.client() as stranger:
            by_proxy = stranger.get("/", headers={"host": name})
            assert by_proxy.text == "" or by_proxy.status_code >= 400  # nothing of ours
            forwarded = stranger.get("/", headers={"x-forwarded-host": name, "accept": "text/html"})
            assert forwarded.status_code == 200 and name not in forwarded.text + str(forwarded.headers)


def test_the_address_that_counts_is_the_real_one(office: Office) -> None:
    def tries(address: str, count: int) -> list[int]:
        """Wrong passwords from `address`, each with another login and another address that the browser makes up."""
        found = []
        with office.machine.client(address, headers={"accept": "text/html"}) as stranger:
            for n in range(count):
                headers = {"x-forwarded-for": f"203.0.113.{n + 1}", "x-real-ip": f"203.0.113.{n + 1}"}
                token = csrf(stranger.get(SIGN_IN, headers=headers))
                form = {"csrf": token, "login": f"{uuid.uuid4().hex[:8]}", "password": "sai hoàn toàn rồi"}
                found.append(stranger.post(SIGN_IN, data=form, headers=headers).status_code)
        return found

    assert tries("127.0.0.2", 6) == [401] * 5 + [429]
    assert tries("127.0.0.3", 1) == [401]


def test_a_kill_loses_no_message(office: Office) -> None:
    machine, telegram = office.machine, office.telegram
    assert telegram.user_says(31, QUESTION).status == 200
    machine.kill("tuvan.service")  # what was acknowledged may not be answered yet
    refused = [telegram.user_says(person, QUESTION).status for person in (32, 33, 34)]
    assert all(status is not None and status >= 500 for status in refused), refused
    telegram.webhook.start_retries()
    machine.run("systemctl restart tuvan.service\nuntil curl -fs http://127.0.0.1:8000/readyz; do sleep 1; done")
    people = (31, 32, 33, 34)
    until(lambda: all(any(SOURCE in t for t in office.telegram_said(p)) for p in people), 90, "somebody has no answer")
    assert telegram.webhook.pending == 0
    for person in people[1:]:  # delivered once, so answered once; what was on its way at the kill may come twice
        assert sum(SOURCE in text for text in office.telegram_said(person)) == 1


def test_an_update_and_the_way_back(office: Office) -> None:
    machine, telegram = office.machine, office.telegram
    update, back = steps("## Update")
    ready = "until curl -fs http://127.0.0.1:8000/readyz; do sleep 1; done"

    def asks(person: int) -> None:
        before = len(telegram.sent(person))
        telegram.user_says(person, QUESTION)
        until(lambda: any(SOURCE in sent.text for sent in telegram.sent(person)[before:]), 60, f"no answer to {person}")

    def found() -> tuple[str, set[str]]:
        """The revision, and who has written."""
        with closing(sqlite_module().connect(machine.folder / "data/tuvan.sqlite3")) as database:
            ((revision,),) = database.execute("SELECT version_num FROM alembic_version").fetchall()
            return revision, {key for (key,) in database.execute("SELECT key FROM conversations").fetchall()}

    steps_of_tomorrow(machine.root / "tomorrow", '\n    op.add_column("campaigns", sa.Column("colour", sa.Text()))\n')
    asks(41)
    telegram.webhook.start_retries()
    machine.run(f"{update}\n{ready}")
    (copy,) = (machine.folder / "data/backups").iterdir()
    asks(42)
    revision, people = found()
    assert revision == REVISION and {"41", "42"} <= people
    machine.run("systemctl stop tuvan.service")
    machine.run(back.replace("before-REVISION-DAY-TIME.zip", copy.name) + ready)
    revision, people = found()
    assert revision == head() and "41" in people and "42" not in people
    asks(41)


def test_platforms_look_at_the_certificate(office: Office, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    office.machine.run(
        f"openssl req -x509 -newkey rsa:2048 -nodes -keyout /dev/null -subj /CN=other -days 2 -out {other} 2>/dev/null"
    )
    sender = WebhookSender(Clock(), intervals=())
    sender.url = office.machine.url + PATHS["telegram"]
    for authority, status in ((other, None), (office.machine.authority, 403)):
        sender.trust(authority)
        (delivery,) = sender.send(Envelope("message", "1", b"{}", {}))
        assert delivery.status == status


def csrf(page: httpx.Response) -> str:
    """The token of the form on a page."""
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found is not None, page.text
    return found[1]
