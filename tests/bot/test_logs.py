"""The log file: turned over by several processes without losing a line, without secrets, and never the end of the program."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import BadSettings
from bot.logs import files_of, set_up
from bot.redaction import install
from bot.settings import Settings

WRITE = """
import logging, sys
from bot.logs import set_up
from bot.settings import load_settings
set_up(load_settings())
for number in range(3000):
    logging.getLogger("w").error("%s-%s %s", sys.argv[1], number, "x" * 500)
"""


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root, made = logging.getLogger(), logging.getLogRecordFactory()
    hooks = sys.excepthook, threading.excepthook
    formats = [(handler, handler.formatter) for handler in root.handlers]
    yield
    set_up(Settings(_env_file=None))  # type: ignore[call-arg]
    for handler, form in formats:
        handler.setFormatter(form)
    logging.setLogRecordFactory(made)
    sys.excepthook, threading.excepthook = hooks


def settings(path: Path, **more: object) -> Settings:
    return Settings(_env_file=None, TUVAN_LOG_FILE=path, **more)  # type: ignore[call-arg, arg-type]


def test_lines_of_several_processes_are_all_there_and_the_file_is_turned_over(tmp_path: Path) -> None:
    path = tmp_path / "logs/tuvan.log"
    told = {"TUVAN_LOG_FILE": str(path), "TUVAN_LOG_MB": "1", "TUVAN_LOG_COUNT": "9", "PATH": "/usr/bin"}
    running = [subprocess.Popen([sys.executable, "-c", WRITE, name], env=told) for name in ("a", "b")]
    assert [process.wait(60) for process in running] == [0, 0]
    files = sorted(path.parent.glob("tuvan.log*"))
    assert 3 <= len(files) <= 10 and all(file.stat().st_size <= 1_000_000 for file in files)
    found = [line.split(": ")[1].split()[0] for file in files for line in file.read_text().splitlines()]
    assert sorted(found) == sorted(f"{name}-{number}" for name in "ab" for number in range(3000))


def test_old_files_go(tmp_path: Path) -> None:
    path = tmp_path / "tuvan.log"
    set_up(settings(path, TUVAN_LOG_MB=1, TUVAN_LOG_COUNT=2))
    for _ in range(5000):
        logging.getLogger("w").error("x" * 1000)
    assert sorted(file.name for file in tmp_path.glob("tuvan*")) == ["tuvan.log", "tuvan.log.1", "tuvan.log.2"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_file_holds_no_secret_and_no_number_of_a_person(tmp_path: Path) -> None:
    path = tmp_path / "tuvan.log"
    install(["oa-secret-canary-1"])
    set_up(settings(path, TUVAN_LOG_FORM="json"))
    try:
        raise ValueError("0900000123 oa-secret-canary-1")
    except ValueError:
        logging.getLogger("w").exception("gọi %s", "0900000124")
    found = json.loads(path.read_text())
    assert found["level"] == "ERROR" and "ValueError" in found["trace"]
    assert "0900000" not in path.read_text() and "canary" not in path.read_text()


def test_what_ends_a_thread_or_a_process_stands_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "tuvan.log"
    program = (
        "import threading\nfrom bot.logs import set_up\nfrom bot.redaction import install\nfrom bot.settings import load_settings\n"
        "install()\nset_up(load_settings())\nt = threading.Thread(target=lambda: 1 / 0)\nt.start()\nt.join()\n"
        "raise ValueError('0900000123')"
    )
    done = subprocess.run([sys.executable, "-c", program], env={"TUVAN_LOG_FILE": str(path)}, capture_output=True)
    assert done.returncode == 1
    told = path.read_text()
    assert "ZeroDivisionError" in told and "ValueError: [số điện thoại]" in told


def test_a_file_that_was_moved_away_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "tuvan.log"
    set_up(settings(path))
    logging.getLogger("w").error("one")
    path.rename(tmp_path / "moved")
    logging.getLogger("w").error("two")
    assert "two" in path.read_text() and "two" not in (tmp_path / "moved").read_text()


def test_a_full_disk_does_not_stop_anybody() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full")
    program = (
        "import logging, os\nfrom bot.logs import SharedFile\nfrom pathlib import Path\nimport tempfile\n"
        "folder = Path(tempfile.mkdtemp())\nhandler = SharedFile(folder / 'log', most=10**9, count=1)\n"
        "handler.stream.close()\nhandler.stream = open('/dev/full', 'w')\nhandler._follow = lambda: None\n"
        "logging.getLogger().addHandler(handler)\nlogging.getLogger().error('x')\nprint('goes on')\nos._exit(0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "goes on\n" and "Traceback" not in done.stderr


def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadSettings, match="TUVAN_LOG_FILE") as refused:
        set_up(settings(tmp_path / "file/log"))
    assert refused.value.remedy


def test_its_files_are_known(tmp_path: Path) -> None:
    set_up(settings(tmp_path / "tuvan.log"))
    assert {path.name for path in files_of(settings(tmp_path / "tuvan.log"))} == {"tuvan.log", ".tuvan.log.lock"}
