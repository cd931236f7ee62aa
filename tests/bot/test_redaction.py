"""No secret and no number of a person is written down."""

from __future__ import annotations

import io
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest

from bot.redaction import Redactor, install
from bot.settings import Settings, secrets_of

TOKEN = "123456789:AAF-fake_token_for_tests_0123456789"
CANARIES = [
    TOKEN,
    "oa-secret-canary-1",
    "0900000123",
    "+84 900 000 123",
    "051200000001",
    "051 200 000 002",
    "0255 3 555 000",
    "lan@example.vn",
]


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    before = logging.getLogRecordFactory()
    hook, thread_hook = sys.excepthook, __import__("threading").excepthook
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logger = logging.getLogger("canary")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    install(["oa-secret-canary-1"])
    yield stream
    logger.removeHandler(handler)
    logging.setLogRecordFactory(before)
    sys.excepthook = hook
    __import__("threading").excepthook = thread_hook


def test_messages_arguments_and_tracebacks_are_clean(written: io.StringIO) -> None:
    log = logging.getLogger("canary")
    for canary in CANARIES:
        log.debug("gọi https://api.telegram.org/bot%s/sendMessage cho %s", TOKEN, canary)
        log.warning("%s", {"phone": canary, "access_token": "another-value-78"})
        try:
            raise RuntimeError(f"hỏng với {canary}")
        except RuntimeError:
            log.exception("lỗi")
    text = written.getvalue()
    assert "hỏng với" in text and "lỗi" in text and "sendMessage" in text
    assert [c for c in [*CANARIES, "another-value-78"] if c in text] == []


def test_no_text_begins_a_line_of_its_own(written: io.StringIO) -> None:
    logging.getLogger("canary").warning("kênh %s", "a\n2026-01-01 ERROR bot: giả\r\x1b[31m\u2028x")
    assert written.getvalue().count("\n") == 1
    assert "a\\n2026" in written.getvalue() and "\x1b" not in written.getvalue()


@pytest.mark.parametrize("library", ["httpx", "httpx2", "httpcore", "httpcore2", "telegram.ext"])
def test_libraries_that_tell_of_every_request_are_quiet(written: io.StringIO, library: str) -> None:
    """Whatever level the root logger has: an address may hold anything."""
    log, handler = logging.getLogger(library), logging.StreamHandler(written)
    log.addHandler(handler)
    try:
        log.info("HTTP Request: GET http://vi.du/?ten=Lan")
        log.warning("gone")
    finally:
        log.removeHandler(handler)
    assert written.getvalue() == "gone\n"


def test_a_record_that_does_not_fit_its_arguments_is_not_lost(written: io.StringIO) -> None:
    logging.getLogger("canary").error("một %d", "hai 0900000123")
    assert "hai [số điện thoại]" in written.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "mức đóng 330.000 đồng/tháng",
        "gọi 1900 9068",
        "Nghị định 159/2025/NĐ-CP",
        "mất 0.123456 giây",
        "dòng 1234567890",
        "id 17950000000001",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    assert Redactor()(text) == text


def test_an_exception_nobody_caught_is_printed_clean() -> None:
    code = (
        "import threading; from bot.redaction import install; install(['canary-secret-9'])\n"
        "def run(): raise ValueError('canary-secret-9 0900000123 a')\n"
        "t = threading.Thread(target=run); t.start(); t.join()\n"
        "raise ValueError('canary-secret-9 0900000123 b')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("[số điện thoại]") == 2
    assert "canary-secret-9" not in done.stderr.replace(code, "") and "0900000123" not in done.stderr


def test_every_secret_of_the_settings_is_known() -> None:
    names = [n for n, f in Settings.model_fields.items() if "SecretStr" in str(f.annotation)]
    values = {n: f"canary-value-of-{n}" for n in names}
    made = Settings.model_construct(**{n: __import__("pydantic").SecretStr(v) for n, v in values.items()})
    assert len(names) >= 8
    assert set(values.values()) <= set(secrets_of(made))
