"""Stand-ins for the programs of a machine that a test does not have: what each does instead is said in its function.

Run as `python standins.py PROGRAM WORDS…` by the wrappers that `machine.Machine` puts first on the path. No imports but the standard
library: it is started for every word of the steps.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

MAPPED = ("/srv/", "/etc/", "/var/")
"""Folders of the machine, which lie below `ROOT` in the test."""
ROOT = Path(os.environ.get("FRESH_ROOT", "/nowhere"))
PROJECT = Path(os.environ.get("FRESH_PROJECT", "/nowhere"))
TOMORROW = ROOT / "run/tomorrow"
LEFT_OUT = {".git", ".venv", ".env", ".cache", ".stamps", "data", "build"}


def mapped(text: str) -> str:
    """`text` with paths of the machine below ROOT."""
    return " ".join(f"{ROOT}{word}" if word.startswith(MAPPED) else word for word in text.split(" "))


def nothing(*_: str) -> int:
    """apt-get, useradd, chown: the test has the packages and is one user."""
    return 0


def git(verb: str, *words: str) -> int:
    """`git clone`: the checkout under test, by links. `git pull` brings the version of tomorrow, `git checkout` takes it back."""
    if verb == "clone":
        assert Path(words[0]) == PROJECT
        folder = Path(words[1])
        folder.mkdir(parents=True)
        for entry in PROJECT.iterdir():
            if entry.name not in LEFT_OUT:
                (folder / entry.name).symlink_to(entry)
    elif verb == "pull":
        TOMORROW.touch()
    else:
        assert verb == "checkout"
        TOMORROW.unlink()
    return 0


def make(target: str) -> int:
    """`make install`: the Python that runs the tests, with what is installed there, and the model that was converted for all tests.

    The version of tomorrow is this one with one more step of its tables.
    """
    assert target == "install"
    other = f"import bot.storage.migrate as m, pathlib; m._FOLDER = pathlib.Path('{ROOT}/tomorrow/migrations'); "
    program, code = Path(".venv/bin/tuvan"), "from bot.cli import main; main()"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{other if TOMORROW.exists() else ""}{code}" "$@"\n')
    program.chmod(0o755)
    if not Path("data").exists():
        Path("data").mkdir()
        Path("data/models").symlink_to(os.environ["FRESH_MODELS"], target_is_directory=True)
    return 0


def runuser(option: str, user: str, dashes: str, *words: str) -> int:
    """The command itself: the test is one user."""
    assert (option, user, dashes) == ("-u", "tuvan", "--")
    return subprocess.run(words).returncode


def journalctl(option: str, name: str) -> int:
    """What the unit has written."""
    assert option == "-u"
    sys.stdout.write((ROOT / "run" / f"{name}.log").read_text(encoding="utf-8", errors="replace"))
    return 0


def systemctl(verb: str, *words: str) -> int:
    """Starts what the unit's ExecStart says with its environment, in its folder. No users and no sandbox of systemd."""
    if verb == "daemon-reload":
        return 0
    names = [word for word in words if not word.startswith("--")]
    if verb == "enable":
        assert "--now" in words
    for name in names:
        told = unit(name)
        if name.endswith(".timer"):
            assert unit(name.replace(".timer", ".service"))
            continue
        if verb in ("restart", "stop"):
            end(name)
        if verb != "stop" and (status := start(name, told)):
            return status
    return 0


def unit(name: str) -> list[tuple[str, str]]:
    """Lines of a unit and what is dropped in beside it; of the office's own folder or of a package."""
    places = [ROOT / "etc/systemd/system", Path("/lib/systemd/system"), Path("/usr/lib/systemd/system")]
    file = re.sub(r"@[^.]+", "@", name)  # name@number is a copy of name@
    files = [next(p / file for p in places if (p / file).is_file()), *sorted((places[0] / f"{name}.d").glob("*.conf"))]
    lines = [line.strip() for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    pairs = [line.partition("=") for line in lines if "=" in line and not line.startswith(("#", ";"))]
    return [(key.strip(), value.strip()) for key, _, value in pairs]


def start(name: str, told: list[tuple[str, str]]) -> int:
    """Starts a service; one that says when it is ready is waited for, one that ends is waited for until then."""
    values = dict(told)
    environment = dict(os.environ)
    for key, value in told:
        if key == "EnvironmentFile":
            environment |= settings_in(Path(mapped(value)).read_text(encoding="utf-8").splitlines())
        if key == "Environment":
            environment |= settings_in(shlex.split(value))
    words = shlex.split(mapped(values["ExecStart"]))
    if name == "caddy.service":  # ports that nobody needs rights for, nothing written into the machine's trust
        words = [os.environ["FRESH_CADDYFILE"] if word.endswith("/Caddyfile") else word for word in words]
    kind, folder = values.get("Type", "simple"), mapped(values.get("WorkingDirectory", str(ROOT)))
    if kind == "oneshot":
        return subprocess.run(words, cwd=folder, env=environment).returncode
    (ROOT / "run").mkdir(exist_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as door, (ROOT / "run" / f"{name}.log").open("ab") as log:
        if kind == "notify":
            door.bind(f"\0fresh-{os.getpid()}")
            environment["NOTIFY_SOCKET"] = f"@fresh-{os.getpid()}"
        process = subprocess.Popen(
            words, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
        (ROOT / "run" / f"{name}.pid").write_text(str(process.pid))
        if kind == "notify":
            door.settimeout(60)
            while b"READY=1" not in door.recv(4096):
                pass
    return 0


def end(name: str) -> None:
    """SIGTERM, and patience."""
    note = ROOT / "run" / f"{name}.pid"
    if note.is_file() and (number := int(note.read_text())) and alive(number):
        os.kill(number, signal.SIGTERM)
        until = time.monotonic() + 60
        while alive(number) and time.monotonic() < until:
            time.sleep(0.05)
    note.unlink(missing_ok=True)


def alive(number: int) -> bool:
    """Whether a process runs; one that has ended and was not asked for its status does not."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def settings_in(lines: Iterable[str]) -> dict[str, str]:
    """NAME=VALUE lines, quotes taken off."""
    pairs = [line.partition("=") for line in lines if "=" in line and not line.startswith("#")]
    return {name: value.strip().strip('"') for name, _, value in pairs}


PROGRAMS = {
    "apt-get": nothing,
    "useradd": nothing,
    "chown": nothing,
    "git": git,
    "make": make,
    "runuser": runuser,
    "journalctl": journalctl,
    "systemctl": systemctl,
}

if __name__ == "__main__":
    sys.exit(PROGRAMS[sys.argv[1]](*sys.argv[2:]))
