"""A fresh machine for the steps of docs/administrator.md: below one folder, with real Caddy, real curl and openssl, the program itself.

`REPLACED` is all that differs between a step as it is read and as it is run; what stands in for the rest of a machine is in `standins`.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.administrator.standins import PROGRAMS, alive
from tests.models import prepared_models
from tests.processes import free_port

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/administrator.md"
HEADING = "## From a fresh machine to HTTPS"
REPLACED = (
    ("<this project>", "{project}"),  # what is cloned
    ("https://bhxh.example.vn", "https://localhost:{tls}"),  # a name that leads here, ports that need no rights
    ("http://bhxh.example.vn", "http://localhost:{plain}"),
    ("SITE_ADDRESS=bhxh.example.vn", "SITE_ADDRESS=localhost:{tls}"),
    ("127.0.0.1:8000", "127.0.0.1:{port}"),
    ("TUVAN_ENV=production", "TUVAN_ENV=production\nTUVAN_PORT={port}"),
    (r"(?<![\w.])/(srv|etc|var)/", r"{root}/\1/"),  # folders of the machine
)
"""(what stands there, what is run), besides the accounts on the platforms, which are those of the emulators."""
_GLOBAL = """{{
	http_port {plain}
	admin off
	skip_install_trust
}}
import {site}
"""


def steps(heading: str = HEADING) -> list[str]:
    """The blocks of a section of the page, in order."""
    section = PAGE.read_text(encoding="utf-8").partition(f"\n{heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)


class Machine:
    """Runs steps. `accounts` are settings that take the place of those in the steps, or are added to them."""

    def __init__(self, root: Path, accounts: Mapping[str, str]) -> None:
        self.root, self._accounts = root, dict(accounts)
        self.tls, self.plain, self.port = free_port(), free_port(), free_port()
        self.url, self.plain_url = f"https://localhost:{self.tls}", f"http://localhost:{self.plain}"
        self.inside = f"http://127.0.0.1:{self.port}"
        self.folder = root / "srv/tuvan-bhxh"
        self.said: list[str] = []
        for folder in ("bin", "home", "srv", "run", "var/backups", "etc/caddy", "etc/systemd/system"):
            (root / folder).mkdir(parents=True)
        for name in PROGRAMS:
            program = root / "bin" / name
            program.write_text(
                f'#!/bin/sh\nexec {sys.executable} {Path(__file__).with_name("standins.py")} {name} "$@"\n'
            )
            program.chmod(0o755)
        self._caddyfile = root / "etc/caddy/Caddyfile.test"
        self._caddyfile.write_text(_GLOBAL.format(plain=self.plain, site=root / "etc/caddy/Caddyfile"))

    @property
    def authority(self) -> Path:
        """Caddy's own authority, which signs for names of this machine only."""
        return self.root / "home/.local/share/caddy/pki/authorities/local/root.crt"

    def adapted(self, step: str) -> str:
        """A step as it is run here."""
        known = {
            "project": str(ROOT), "tls": self.tls, "plain": self.plain, "port": self.port, "root": str(self.root),
        }  # fmt: skip
        for there, here in REPLACED:
            text = here.format(**known)
            step = re.sub(there, text, step) if there.startswith("(?") else step.replace(there, text)
        for name, value in self._accounts.items():
            step, found = re.subn(rf"^{name}=.*$", f"{name}={value}", step, flags=re.MULTILINE)
            if not found and "TUVAN_ENV=" in step:
                step = step.replace("TUVAN_ENV=", f"{name}={value}\nTUVAN_ENV=")
        return step

    def run(self, step: str, seconds: float = 400.0) -> str:
        """Runs a step to its end; what it printed. Raises RuntimeError when it failed."""
        at = self.folder if self.folder.is_dir() else self.root
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.adapted(step)],
            cwd=at, env=self._environment(), capture_output=True, text=True, timeout=seconds,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(
                f"{done.returncode}: {step}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}\n{self.logs()[-4000:]}"
            )
        self.said.append(done.stdout)
        return done.stdout

    def client(self, address: str = "127.0.0.1", **more: object) -> httpx.Client:
        """A browser of somebody at `address`, who trusts Caddy's authority."""
        import ssl

        trust = ssl.create_default_context(cafile=self.authority)
        way = httpx.HTTPTransport(verify=trust, local_address=address, limits=httpx.Limits(keepalive_expiry=1))
        return httpx.Client(base_url=self.url, transport=way, trust_env=False, timeout=60, **more)  # type: ignore[arg-type]

    def kill(self, unit: str) -> None:
        """kill -9."""
        number = int((self.root / "run" / f"{unit}.pid").read_text())
        os.kill(number, signal.SIGKILL)
        while alive(number):
            time.sleep(0.02)

    def logs(self) -> str:
        """What the units have written."""
        return "\n".join(
            path.read_text(encoding="utf-8", errors="replace")[-3000:] for path in self.root.glob("run/*.log")
        )

    def close(self) -> None:
        """Ends the services."""
        numbers = [int(path.read_text()) for path in self.root.glob("run/*.pid")]
        for what, seconds in ((signal.SIGTERM, 30.0), (signal.SIGKILL, 5.0)):
            until = time.monotonic() + seconds
            for number in filter(alive, numbers):
                os.kill(number, what)
            while any(map(alive, numbers)) and time.monotonic() < until:
                time.sleep(0.05)

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": f"{self.root / 'bin'}:{os.environ.get('PATH', '/usr/bin:/bin')}:/usr/sbin:/sbin", "LANG": "C.UTF-8",
            "HOME": str(self.root / "home"), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "HF_HUB_OFFLINE": "1",
            "FRESH_ROOT": str(self.root), "FRESH_PROJECT": str(ROOT), "FRESH_MODELS": str(prepared_models().absolute()),
            "FRESH_CADDYFILE": str(self._caddyfile), "CURL_CA_BUNDLE": str(self.authority),
        }  # fmt: skip


@contextmanager
def fresh_machine(root: Path, accounts: Mapping[str, str]) -> Iterator[Machine]:
    """A machine whose services end with the block."""
    made = Machine(root, accounts)
    try:
        yield made
    finally:
        made.close()


def proxy_missing() -> str:
    """Which program of those that are really run is not here, or ''."""
    return next((name for name in ("caddy", "curl", "openssl", "bash") if shutil.which(name) is None), "")
