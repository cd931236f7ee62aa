"""Child processes that touch Chroma: a crash, a runaway file or a hang ends them and nothing else.

Traps: limits are set by the child itself, because code between fork and exec is unsafe in a process with threads; a
parent that is killed cannot end its child, so the child ends itself when its standard input closes; Python ignores
SIGXFSZ, so a file at its limit gives an error instead of a signal.
"""

from __future__ import annotations

import logging
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from knowledge.errors import IndexBroken

log = logging.getLogger("knowledge.index")

BUILDER, PROBE = "knowledge.index.builder", "knowledge.index.probe"
_MEGABYTE = 1024 * 1024
_NICENESS = 5  # answers come first
_PASSED_ON = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "OMP_NUM_THREADS")


def run_child(
    module: str, arguments: Sequence[str], *, seconds: float, report: Callable[[int], None] | None = None
) -> None:
    """Runs `python -m module arguments`; each number that it prints on a line is passed to `report`.

    Raises `IndexBroken` when it ends by a signal, with a status other than 0, or not within `seconds`.
    """
    with subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=_environment(),
    ) as child:
        late = threading.Event()

        def give_up() -> None:
            late.set()
            child.kill()

        timer = threading.Timer(seconds, give_up)
        timer.daemon = True
        timer.start()
        said: list[str] = []
        aside = threading.Thread(target=lambda: said.extend(child.stderr or ()), daemon=True)
        aside.start()
        try:
            for line in child.stdout or ():
                if report and line.strip().isdigit():
                    report(int(line))
            status = child.wait()
        except BaseException:
            child.kill()
            raise
        finally:
            timer.cancel()
        aside.join(5)
    if late.is_set():
        raise IndexBroken(f"Chroma không xong trong {seconds:.0f} giây.")
    if status:
        last = next((line.strip() for line in reversed(said) if line.strip()), "")
        raise IndexBroken(last if status > 0 and last else f"Chroma làm hỏng tiến trình con (mã {status}).")


def limit_child(folder: Path, vectors_bytes: int) -> None:
    """For the child: lower priority, limits on memory and file size, and an end when the parent ends.

    What is needed was measured: about 1.3 GB of addresses and two and a half times the vectors on disk.
    """
    os.nice(_NICENESS)
    _lower(resource.RLIMIT_FSIZE, 64 * _MEGABYTE + 6 * vectors_bytes)
    _lower(resource.RLIMIT_AS, 6 * 1024 * _MEGABYTE + 10 * vectors_bytes)
    _lower(resource.RLIMIT_CORE, 0)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def end_child(error: BaseException) -> None:
    """For the child: tells the parent in one line why it failed, and exits with status 1."""
    print(" ".join(str(error).split()) or type(error).__name__, file=sys.stderr, flush=True)  # noqa: T201
    os._exit(1)


def _end_with_parent() -> None:
    os.read(0, 1)
    os._exit(1)


def _lower(which: int, value: int) -> None:
    _, hard = resource.getrlimit(which)
    wanted = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (wanted, wanted))


def _environment() -> dict[str, str]:
    """No tokens and passwords: only what Python needs to find itself and this package."""
    package_home = str(Path(__file__).resolve().parents[2])
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    paths = [package_home, *filter(None, [os.environ.get("PYTHONPATH", "")])]
    return passed | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1", "ANONYMIZED_TELEMETRY": "False"}
