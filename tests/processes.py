"""An installation of several processes, as it is run: each is the command itself, told of everything by settings."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import httpx

from tests.models import prepared_models

ROOT = Path(__file__).parents[1]
TUVAN = [sys.executable, "-c", "from bot.cli import main; main()"]
SECRET = "a-webhook-secret-for-tests"


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


class Processes:
    """Starts and ends processes over one database. Each may have a data folder of its own, like another machine."""

    def __init__(self, folder: Path, database_url: str, **settings: str) -> None:
        self.folder = folder
        self._settings = {
            "TUVAN_TODAY": "2026-11-22", "DATABASE_URL": database_url, "HF_HUB_OFFLINE": "1", "TUVAN_MESSAGES_PER_MINUTE": "10000",
            "PYTHONUNBUFFERED": "1", **settings,
        }  # fmt: skip
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._logs: list[IO[bytes]] = []
        self.ports: dict[str, int] = {}

    def data(self, machine: str = "data") -> Path:
        """The data folder of `machine`, with the model linked in."""
        folder = self.folder / machine
        if not folder.exists():
            folder.mkdir()
            (folder / "models").symlink_to(prepared_models().absolute(), target_is_directory=True)
        return folder

    def run(self, *words: str, machine: str = "data") -> str:
        """Runs a command to its end; what it printed. Raises when it failed."""
        done = subprocess.run(
            [*TUVAN, *words], cwd=ROOT, env=self._environment(machine), capture_output=True, text=True, timeout=300
        )
        if done.returncode:
            raise RuntimeError(f"tuvan {' '.join(words)}: {done.stderr[-2000:]}")
        return done.stdout

    def start(self, name: str, command: str, machine: str = "data") -> subprocess.Popen[bytes]:
        """Starts `command` as `name`, without waiting for it."""
        log = (self.folder / f"{name}.log").open("wb")
        self._logs.append(log)
        words = [command]
        if command in ("serve", "run"):
            self.ports.setdefault(name, free_port())
            words += ["--port", str(self.ports[name])]
        process = subprocess.Popen(
            [*TUVAN, *words], cwd=ROOT, env=self._environment(machine), stdout=log, stderr=subprocess.STDOUT
        )
        self._running[name] = process
        return process

    def ready(self, name: str, seconds: float = 120.0) -> None:
        """Waits until `name` answers (a server) or says that it works. Raises RuntimeError when it does not."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            if self._running[name].poll() is not None:
                raise RuntimeError(f"{name} ended: {self.log(name)[-2000:]}")
            if name in self.ports:
                try:
                    if httpx.get(f"{self.address(name)}/readyz", timeout=5).status_code == 200:
                        return
                except httpx.HTTPError:
                    pass
            elif "Dừng bằng Ctrl+C" in self.log(name):
                return
            time.sleep(0.1)
        raise RuntimeError(f"{name} was not ready in {seconds:.0f} s: {self.log(name)[-2000:]}")

    def signal(self, name: str, what: signal.Signals) -> None:
        """Sends a signal; SIGKILL also forgets the process."""
        process = self._running[name]
        process.send_signal(what)
        if what == signal.SIGKILL:
            process.wait()
            del self._running[name]

    def address(self, name: str) -> str:
        """Where the server `name` listens."""
        return f"http://127.0.0.1:{self.ports[name]}"

    def log(self, name: str) -> str:
        """What `name` has written."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        """Ends all that still run."""
        for process in self._running.values():
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for process in self._running.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()
        for log in self._logs:
            log.close()

    def _environment(self, machine: str) -> dict[str, str]:
        return {**os.environ, **self._settings, "TUVAN_DATA": str(self.data(machine))}


@contextmanager
def processes(folder: Path, database_url: str, **settings: str) -> Iterator[Processes]:
    """Processes that end with the block."""
    made = Processes(folder, database_url, **settings)
    try:
        yield made
    finally:
        made.stop()
