"""The search that ends each test session finds what was leaked, wherever it was written, and nothing else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

CONSTANTS = """
import asyncio, logging, sys, warnings
from bot.settings import Settings
from bot.web.metrics import Metrics
from bot.web.middleware import Observed

API_KEY = "{key}"
WEBHOOK_SECRET = "{hook}"
PERSON = {{"name": "{name}", "phone": "{phone}"}}

def answered(status, body, path="/api/chat"):
    async def app(scope, receive, send):
        await send({{"type": "http.response.start", "status": status, "headers": []}})
        await send({{"type": "http.response.body", "body": body.encode()}})
    async def receive():
        return {{"type": "http.request", "body": b""}}
    async def send(message):
        pass
    scope = {{"type": "http", "path": path, "method": "GET", "headers": []}}
    asyncio.run(Observed(app, metrics=Metrics())(scope, receive, send))
"""
LEAKS = """
def test_log():
    logging.getLogger("some.package").debug("tells %s", API_KEY)
def test_person_in_a_log():
    logging.getLogger("bot").warning("%s is not there", PERSON["name"])
def test_error_answer():
    answered(500, "broken with " + WEBHOOK_SECRET)
def test_error_answer_with_a_person():
    answered(404, '{"detail": "nobody has ' + PERSON["phone"] + '"}')
def test_warning():
    warnings.warn("refused " + API_KEY)
def test_standard_error():
    sys.stderr.write("at " + WEBHOOK_SECRET + "\\n")
def test_log_of_a_process(tmp_path):
    (tmp_path / "serve.log").write_text("one line\\n" + PERSON["name"] + "\\n")
"""
FINE = """
def test_secret_of_the_settings():
    Settings(_env_file=None, llm_api_key=API_KEY)
    logging.getLogger("bot").warning("refused %s", API_KEY)
def test_telephone_in_a_log():
    logging.getLogger("bot").warning("called %s", PERSON["phone"])
def test_page_of_a_person():
    answered(200, PERSON["name"])
def test_form_given_back():
    answered(400, "<form>" + PERSON["name"], "/staff/lead/nhap")
def test_quiet_library():
    logging.getLogger("httpcore.connection").debug("sends %s", WEBHOOK_SECRET)
"""
VALUES = {
    "key": "inner-key-" + "7f3a9c2e55d1",
    "hook": "inner-hook-" + "99aa88bb77cc",
    "name": "Huỳnh Thị " + "Sẻ Nâu",
    "phone": "0944 " + "135 792",
}
"""In parts, so that they are no canaries of the session that runs this."""


def session(folder: Path, tests: str, *more: str) -> subprocess.CompletedProcess[str]:
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_inner.py").write_text(CONSTANTS.format(**VALUES) + tests, "utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "tests.canary_session", "-p", "no:cacheprovider", "-c", str(folder / "pytest.ini"),
               "--rootdir", str(folder), "--basetemp", str(folder / "made"), "-q", *more, str(folder / "test_inner.py")]  # fmt: skip
    known = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "TUVAN_"))}
    return subprocess.run(command, cwd=ROOT, env=known, capture_output=True, text=True, timeout=300)


@pytest.mark.parametrize("more", [(), ("-n", "2")], ids=["one process", "two processes"])
def test_what_leaks_fails_the_session_and_is_named(tmp_path: Path, more: tuple[str, ...]) -> None:
    done = session(tmp_path, LEAKS, *more)
    assert done.returncode == 1 and "7 passed" in done.stdout, done.stdout + done.stderr
    assert re.search(r"canaries: 4 looked for in \d+ files of [\d.]+ MB: 7 hits", done.stdout), done.stdout
    told = [line for line in done.stdout.splitlines() if line.startswith("  canary in ")]
    for file, name in (
        ("logs", "API_KEY of test_inner.py:7"), ("logs", "name of test_inner.py:9"), ("errors", "WEBHOOK_SECRET of test_inner.py:8"),
        ("errors", "telephone of test_inner.py:9"), ("warnings", "API_KEY"), ("stderr", "WEBHOOK_SECRET"), ("serve.log:2", "name"),
    ):  # fmt: skip
        assert any(file in line and name in line for line in told), (file, name, done.stdout)
    assert not any(value in line for line in told for value in VALUES.values())
    assert any("test_inner.py::test_person_in_a_log" in line for line in told)


def test_what_is_blanked_out_or_meant_to_be_shown_is_no_hit(tmp_path: Path) -> None:
    done = session(tmp_path, FINE)
    assert done.returncode == 0 and "5 passed" in done.stdout, done.stdout + done.stderr
    assert ": 0 hits" in done.stdout
