"""Searches all that a test session writes for all canaries, and fails the session when one is there.

What is looked at is what production would have written: each log record, at DEBUG, cleaned as `bot.redaction` cleans it with the secrets
of the settings that were in force; answers of our own web application that are errors; warnings; standard error of each test and of
our own commands; log files of processes that tests started; the report for machines. Each process of the session writes into files of
its own; the one that started them looks at the end.

Trap: a page that is given back to who filled it in, with status 400, shows what they typed. That is no leak, so of such pages only secrets
are looked for; error pages and lines are looked at for people too.
"""

from __future__ import annotations

import contextlib
import copy
import gzip
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import zlib
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import IO, Any

import pytest

from bot.logs import DATED, PLAIN
from bot.redaction import NOISY, Redactor, cleaned
from bot.settings import Settings, secrets_of
from tests.canaries import forget, gathered, listen, note, program

ALLOWED: dict[tuple[str, str], str] = {
    (
        "tests/security/test_canaries.py::test_logins_reports",
        "SECRET of security/test_canaries.py",
    ): "it is typed as a login, "
    "which the form for signing in gives back to who typed it; the test itself looks that it is nowhere else on the page",
}
"""(test, beginning of the canary's name): why it may be seen there."""
_LOGS = ("*.log", "*.log.*", "*.err", "*.stderr")
_LARGEST = 256 << 20  # bytes of one file that is read
_SIGNS = 5  # different signs of a value that can be looked for
_PAGE_OF_AN_ERROR = "<title>Không làm được"
_MARK = " ‹"  # before the name of the test at the end of a line
_SHOWN = 20


def pytest_configure(config: pytest.Config) -> None:
    """Puts the search into the session."""
    if not config.pluginmanager.has_plugin("canaries") and not config.option.collectonly:
        config.pluginmanager.register(CanarySession(config), "canaries")


class CanarySession:
    """One process of a session; the one without `workerinput` began it and looks at the end."""

    def __init__(self, config: pytest.Config) -> None:
        told = getattr(config, "workerinput", None)
        self.config, self.first = config, told is None
        self.folder = Path(tempfile.mkdtemp(prefix="tuvan-canaries-")) if told is None else Path(told["canaries"])
        self.worker = told["workerid"] if told else "main"
        self.lock = threading.Lock()
        self.files: dict[str, IO[str]] = {}
        self.secrets: set[str] = set()
        self.redact = Redactor()
        self.patched: set[str] = set()
        self.undo: list[Callable[[], None]] = []
        self.handler = _Written(self)
        self.told, self.found = "", list[str]()

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        node.workerinput["canaries"] = str(self.folder)

    def pytest_sessionstart(self) -> None:
        root = logging.getLogger()
        before = root.level
        root.addHandler(self.handler)
        root.setLevel(logging.DEBUG)
        for name in NOISY:  # as `redaction.install` does
            logging.getLogger(name).setLevel(logging.WARNING)
        shown = self.config.pluginmanager.get_plugin("logging-plugin")
        for handler in (shown.caplog_handler, shown.report_handler) if shown is not None else ():
            handler.setLevel(logging.WARNING)  # what tests are shown stays as it was; `caplog.set_level` lowers it
        listen(self.keep)
        self.undo += [
            lambda: root.setLevel(before),
            lambda: root.removeHandler(self.handler),
            lambda: forget(self.keep),
        ]
        self._watch_settings()
        self._watch_commands()

    def pytest_runtest_setup(self) -> None:
        """What a test module has imported by now is watched; nothing is imported for that. A test may have set the level."""
        logging.getLogger().setLevel(logging.DEBUG)
        if "bot.web.middleware" in sys.modules:
            self._once("web", self._watch_errors)
        if "bot.staff.accounts" in sys.modules:
            self._once("accounts", self._watch_accounts)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if (not self.first or not self._spread) and report.passed and report.capstderr:
            self.write("stderr", report.capstderr)

    def pytest_warning_recorded(self, warning_message: Any, nodeid: str) -> None:
        if not self.first or not self._spread:
            text = str(warning_message.message)
            self.write(
                "warnings", self.redact(text) if "ThreadException" in warning_message.category.__name__ else text
            )

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        for step in reversed(self.undo):
            step()
        self.undo.clear()
        for file in self.files.values():
            file.close()
        if not self.first:
            return
        try:
            self.look(failed=exitstatus != 0)
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
        if self.found and session.exitstatus in (0, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self.told:
            terminalreporter.write_line(self.told, red=bool(self.found), bold=bool(self.found))
        for line in self.found[:_SHOWN]:
            terminalreporter.write_line(f"  canary in {line}", red=True)

    def look(self, *, failed: bool) -> None:
        """Searches all files of the session; `told` and `found` say what became of it."""
        root = self.config.rootpath
        tests = root / "tests" if (root / "tests").is_dir() else root
        canaries = gathered(tests, program(root))
        for path in sorted(self.folder.glob("*.noted")):
            for line in path.read_text("utf-8").splitlines():
                canaries.add(*json.loads(line))
        size, files, self.found = 0, 0, []
        for path in self._written(failed=failed):
            text = path.read_text("utf-8", "replace") if path.stat().st_size <= _LARGEST else ""
            size, files = size + len(text), files + 1
            own = path.parent == self.folder
            lines = text.split("\n")
            for number, name in canaries.find(text, people=path.suffix != ".forms", answer=path.suffix == ".errors"):
                test = lines[number - 1].rpartition(_MARK)[2] if own else ""
                if not any(test.startswith(t) and name.startswith(n) for t, n in ALLOWED):
                    self.found.append(f"{path.name if own else path}:{number}: {name}{f' in {test}' if test else ''}")
        if self.found and (keep := os.environ.get("TUVAN_CANARY_FILES")):
            shutil.copytree(self.folder, keep, dirs_exist_ok=True)
        self.told = (
            f"canaries: {len(canaries)} looked for in {files} files of {size / 1e6:.1f} MB: {len(self.found)} hits"
        )

    def write(self, kind: str, text: str) -> None:
        """Appends to this process's file of a kind, with the test under way at the end of the line."""
        test = (
            os.environ.get("PYTEST_CURRENT_TEST", "").partition("[")[0].partition(" (")[0]
        )  # without values of its arguments
        with self.lock, contextlib.suppress(ValueError):  # a thread that logs after the end
            if kind not in self.files:
                self.files[kind] = (self.folder / f"{self.worker}.{kind}").open("a", encoding="utf-8", errors="replace")
            self.files[kind].writelines(f"{line}{_MARK}{test}\n" for line in text.splitlines() or [""])

    def keep(self, name: str, value: str) -> None:
        """Keeps a canary that was noted."""
        with self.lock, contextlib.suppress(ValueError):
            if "noted" not in self.files:
                self.files["noted"] = (self.folder / f"{self.worker}.noted").open("a", encoding="utf-8")
            self.files["noted"].write(json.dumps([name, value]) + "\n")

    def know(self, settings: Settings) -> None:
        """The secrets of settings in force: the program's own logs blank them out, and nothing else may show them."""
        new = set(secrets_of(settings)) - self.secrets
        if new:
            self.secrets |= new
            self.redact = Redactor(self.secrets)
            for value in new:
                if len(set(value)) >= _SIGNS:  # "xxxxxxxx" is in every bar and in every long line of a test
                    note("a secret of the settings", value)

    @property
    def _spread(self) -> bool:
        """Whether tests run in other processes than the first."""
        return bool(getattr(self.config.option, "dist", "no") != "no" and getattr(self.config.option, "tx", None))

    def _written(self, *, failed: bool) -> Iterator[Path]:
        yield from sorted(p for p in self.folder.iterdir() if p.suffix != ".noted")
        base = getattr(self.config, "_tmp_path_factory", None)
        if base is not None and getattr(base, "_basetemp", None) is not None:
            made = base.getbasetemp().rglob("*")  # once: a whole run leaves thousands of folders
            yield from sorted(p for p in made if any(map(p.match, _LOGS)) and p.is_file() and not p.is_symlink())
        report = getattr(self.config.option, "xmlpath", None)
        if report and not failed and Path(report).is_file():  # of a failed test it shows the values that were compared
            yield Path(report)

    def _once(self, what: str, do: Callable[[], None]) -> None:
        if what not in self.patched:
            self.patched.add(what)
            do()

    def _replace(self, owner: Any, name: str, make: Callable[[Any], Any]) -> None:
        before = getattr(owner, name)
        setattr(owner, name, wraps(before)(make(before)))
        self.undo.append(lambda: setattr(owner, name, before))

    def _watch_settings(self) -> None:
        def make(before: Any) -> Any:
            def made(settings: Settings, *args: Any, **kwargs: Any) -> None:
                before(settings, *args, **kwargs)
                self.know(settings)

            return made

        self._replace(Settings, "__init__", make)

    def _watch_commands(self) -> None:
        """Standard error of our own commands is the machine's journal."""

        def make(before: Any) -> Any:
            def communicated(process: subprocess.Popen[Any], *args: Any, **kwargs: Any) -> Any:
                out, err = before(process, *args, **kwargs)
                words = process.args if isinstance(process.args, str) else " ".join(map(str, process.args))
                if err and ("bot." in words or "tuvan" in words):
                    self.write("journal", err if isinstance(err, str) else err.decode("utf-8", "replace"))
                return out, err

            return communicated

        self._replace(subprocess.Popen, "communicate", make)

    def _watch_errors(self) -> None:
        from bot.web.middleware import Observed

        def make(before: Any) -> Any:
            async def called(app: Any, scope: Any, receive: Any, send: Any) -> None:
                answer = _Answer()

                async def seen(message: Any) -> None:
                    answer.take(message)
                    await send(message)

                try:
                    await before(app, scope, receive, seen)
                finally:
                    if answer.status >= 400:
                        text = answer.text
                        given_back = str(scope.get("path", "")).startswith("/staff") and _PAGE_OF_AN_ERROR not in text
                        self.write("forms" if given_back else "errors", text)

            return called

        self._replace(Observed, "__call__", make)

    def _watch_accounts(self) -> None:
        from bot.staff.accounts import Accounts
        from bot.staff.sessions import Sessions

        def telling(name: str) -> Callable[[Any], Any]:
            def make(before: Any) -> Any:
                def called(*args: Any, **kwargs: Any) -> Any:
                    made = before(*args, **kwargs)
                    note(name, made)
                    return made

                return called

            return make

        def chosen(before: Any) -> Any:
            def called(accounts: Any, person: Any, old: str, new: str, again: str) -> Any:
                note("a password of staff", new)
                return before(accounts, person, old, new, again)

            return called

        self._replace(Accounts, "add", telling("a first password"))
        self._replace(Accounts, "reset", telling("a first password"))
        self._replace(Accounts, "begin_second_factor", telling("the seed of a second factor"))
        self._replace(Accounts, "set_password", chosen)
        self._replace(Sessions, "begin", telling("the cookie of a session"))


class _Written(logging.Handler):
    """What production would write of a record, were its level DEBUG."""

    def __init__(self, session: CanarySession) -> None:
        super().__init__(logging.DEBUG)
        self._session = session
        self.setFormatter(logging.Formatter(PLAIN, DATED))

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno < logging.WARNING and record.name.partition(".")[0] in NOISY:
            return
        try:
            self._session.write("logs", self.format(cleaned(copy.copy(record), self._session.redact)))
        except Exception:
            self.handleError(record)


class _Answer:
    """One answer of the web application."""

    def __init__(self) -> None:
        self.status, self._body, self._packed = 0, bytearray(), False
        self._head = ""

    def take(self, message: Any) -> None:
        """A message of it."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [(k.decode("latin-1").lower(), v.decode("latin-1")) for k, v in message.get("headers", [])]
            self._packed = ("content-encoding", "gzip") in headers
            self._head = "\n".join(f"{k}: {v}" for k, v in headers if k != "set-cookie")
        elif message["type"] == "http.response.body" and self.status >= 400:
            self._body += message.get("body", b"")

    @property
    def text(self) -> str:
        """Head and body."""
        body = bytes(self._body)
        with contextlib.suppress(OSError, EOFError, zlib.error):
            body = gzip.decompress(body) if self._packed else body
        return f"{self._head}\n{body.decode('utf-8', 'replace')}"
