"""Runs one function in a child process with limits on CPU, wall time, memory, written bytes and output; no network.

A *nursery* process (`python -m ingest.sandbox`) imports each parser once and forks one fresh child for every call, so each
file gets its own limits and its own death while a call costs milliseconds. The answer comes back as JSON, never
pickled: a parser that was taken over must not be able to run code in the parent.

Trap: `RLIMIT_CPU` counts a whole process life, which is why a reused worker could not hold a limit per file.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import importlib
import json
import os
import resource
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, NoReturn

from ingest.errors import Refused

_GRACE_SECONDS = 10.0  # what the supervisor may need on top of the child's wall time on a busy machine
_STDERR_KEPT = 2000


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may use. Sizes in bytes, times in seconds."""

    cpu_seconds: int = 30
    wall_seconds: float = 33.0
    memory_bytes: int = 1 << 30
    write_bytes: int = 64 << 20
    output_bytes: int = 32 << 20
    open_files: int = 64
    input_bytes: int = 100 << 20
    pages: int = 3000
    ocr_pages: int = 200
    ocr_seconds: float = 120.0  # wall time for one scanned page, apart from `wall_seconds`


def run_limited(function: str, args: Sequence[Any], limits: Limits | None = None) -> Any:
    """The JSON value that `function` ("module:name") returns for the JSON values `args`, worked out in a child process.

    Raises Refused with reason "time_limit", "memory_limit", "output_limit" or "crashed", or with the reason the function
    itself raised.
    """
    nursery = _borrow()
    try:
        answer = nursery.call(function, list(args), limits or Limits())
    except BaseException:
        nursery.close()
        raise
    _give_back(nursery)
    if "ok" in answer:
        return answer["ok"]
    raise Refused(
        str(answer.get("reason", "crashed")), str(answer.get("detail", ""))[:500], tuple(answer.get("pages", ()))
    )


class _Nursery:
    """The parent's end of one nursery process."""

    def __init__(self) -> None:
        root = str(Path(__file__).resolve().parents[1])
        environment = {k: v for k, v in os.environ.items() if k in ("PATH", "TMPDIR", "VIRTUAL_ENV", "TESSDATA_PREFIX")}
        environment |= {"PYTHONPATH": root, "LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1", "PYTHONNOUSERSITE": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ingest.sandbox"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
        self.owner = os.getpid()

    def call(self, function: str, args: list[Any], limits: Limits) -> dict[str, Any]:
        request = json.dumps({"function": function, "args": args, "limits": asdict(limits)}).encode()
        try:
            _send(self._process.stdin, request)
            # Starting the nursery imports the parsers, which may take seconds on a loaded machine.
            head = self._receive(8, limits.wall_seconds + 3 * _GRACE_SECONDS)
            answer = json.loads(self._receive(int.from_bytes(head, "big"), _GRACE_SECONDS * 3))
        except (OSError, ValueError) as error:
            raise Refused("crashed", f"supervisor: {error}") from None
        if not isinstance(answer, dict):
            raise Refused("crashed", "supervisor: answer is no object")
        return answer

    def _receive(self, size: int, seconds: float) -> bytes:
        assert self._process.stdout is not None
        end, data, descriptor = time.monotonic() + seconds, bytearray(), self._process.stdout.fileno()
        while len(data) < size:
            ready, _, _ = select.select([descriptor], [], [], max(0.0, end - time.monotonic()))
            if not ready:
                raise Refused("time_limit", "supervisor silent")
            chunk = os.read(descriptor, min(1 << 20, size - len(data)))
            if not chunk:
                raise OSError("nursery ended")
            data += chunk
        return bytes(data)

    def close(self) -> None:
        if self.owner != os.getpid():  # inherited through fork: the other process still uses it
            return
        with contextlib.suppress(OSError):
            self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                with contextlib.suppress(OSError):
                    stream.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5)


_idle: list[_Nursery] = []
_lock = threading.Lock()


def _borrow() -> _Nursery:
    with _lock:
        while _idle:
            nursery = _idle.pop()
            if nursery.owner == os.getpid() and nursery._process.poll() is None:
                return nursery
    return _Nursery()


def _give_back(nursery: _Nursery) -> None:
    with _lock:
        if len(_idle) < 4:
            _idle.append(nursery)
            return
    nursery.close()


@atexit.register
def _close_all() -> None:
    with _lock:
        for nursery in _idle:
            nursery.close()
        _idle.clear()


def _send(stream: IO[bytes] | None, payload: bytes) -> None:
    assert stream is not None
    stream.write(len(payload).to_bytes(8, "big") + payload)
    stream.flush()


# --- inside the nursery ---------------------------------------------------------------------------------------------


def _serve() -> None:
    """Reads requests from standard input until the parent closes it."""
    _leave_the_network()
    source, target = sys.stdin.buffer, sys.stdout.buffer
    while len(head := source.read(8)) == 8:
        request = json.loads(source.read(int.from_bytes(head, "big")))
        # Imported here, on first use, so that the children share it and a single file waits for its own parser only.
        with contextlib.suppress(Exception):
            module = importlib.import_module(request["function"].partition(":")[0])
            getattr(module, "prepare", lambda: None)()  # what all its children need is made once
        _send(target, _supervise(request, Limits(**request["limits"])))


def _leave_the_network() -> None:
    """Moves this process and its children into a network without interfaces, where the kernel allows that."""
    new_user, new_network = 0x10000000, 0x40000000
    with contextlib.suppress(OSError, AttributeError):
        unshare = ctypes.CDLL(None).unshare
        if unshare(new_network) != 0:
            unshare(new_user | new_network)


def _supervise(request: dict[str, Any], limits: Limits) -> bytes:
    """Forks, waits, kills what is left over; returns the JSON answer."""
    reader, writer = os.pipe()
    with tempfile.TemporaryFile() as errors:
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            _child(request, limits, writer, errors.fileno())
        os.close(writer)
        data, ending = _collect(reader, limits)
        os.close(reader)
        if ending:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        status = _wait(pid)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)  # Tesseract or LibreOffice that outlived its caller
        if ending:
            return _refusal(ending, "")
        if os.WIFSIGNALED(status):
            number = os.WTERMSIG(status)
            return _refusal("time_limit" if number == signal.SIGXCPU else "crashed", f"signal {number}")
        if os.WEXITSTATUS(status) != 0 or not data:
            errors.seek(0, os.SEEK_END)
            errors.seek(max(0, errors.tell() - _STDERR_KEPT))
            return _refusal("crashed", errors.read().decode("utf-8", "replace")[-300:])
        return data


def _collect(reader: int, limits: Limits) -> tuple[bytes, str]:
    """What the child wrote, and why reading stopped early ("" when it did not)."""
    end, data, parent = time.monotonic() + limits.wall_seconds, bytearray(), sys.stdin.fileno()
    while True:
        left = end - time.monotonic()
        ready = select.select([reader, parent], [], [], left)[0] if left > 0 else []
        if not ready:
            return b"", "time_limit"
        if parent in ready and reader not in ready:
            return b"", "crashed"  # only end-of-file can be readable here: the parent is gone
        chunk = os.read(reader, 1 << 20)
        if not chunk:
            return bytes(data), ""
        data += chunk
        if len(data) > limits.output_bytes:
            return b"", "output_limit"


def _wait(pid: int) -> int:
    end = time.monotonic() + 2.0
    while time.monotonic() < end:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return status
        time.sleep(0.001)
    os.kill(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)[1]


def _refusal(reason: str, detail: str, pages: Sequence[int] = ()) -> bytes:
    return json.dumps({"reason": reason, "detail": detail, "pages": list(pages)}).encode()


# --- inside the child -----------------------------------------------------------------------------------------------


def _child(request: dict[str, Any], limits: Limits, writer: int, errors: int) -> NoReturn:
    code = 1
    try:
        os.setsid()
        _die_with_parent()
        nothing = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1):
            os.dup2(nothing, number)
        os.dup2(errors, 2)
        restrict(limits)
        answer = _answer(request)
        with open(writer, "wb") as pipe:
            pipe.write(answer)
        code = 0
    finally:
        os._exit(code)


def _answer(request: dict[str, Any]) -> bytes:
    try:
        module, _, name = request["function"].partition(":")
        value = getattr(importlib.import_module(module), name)(*request["args"])
        return json.dumps({"ok": value}).encode()
    except Refused as refused:
        return _refusal(refused.reason, refused.detail, refused.pages)
    except MemoryError:
        return _refusal("memory_limit", "")
    except RecursionError:
        return _refusal("too_complex", "recursion")
    except Exception as error:  # whatever a parser raises on a bad file is one refusal
        return _refusal("damaged", f"{type(error).__name__}: {error}"[:300])


def restrict(limits: Limits) -> None:
    """Applies `limits` to this process for good and forbids sockets to its Python code, also where `unshare` is not allowed."""
    for kind, soft, hard in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 2),
        (resource.RLIMIT_AS, limits.memory_bytes, limits.memory_bytes),
        (resource.RLIMIT_FSIZE, limits.write_bytes, limits.write_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files, limits.open_files),
    ):
        resource.setrlimit(kind, (soft, hard))
    sys.addaudithook(_no_network)


def _no_network(event: str, _: tuple[Any, ...]) -> None:
    if event.startswith("socket."):
        raise PermissionError("network is forbidden in a parser process")


def _die_with_parent() -> None:
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


if __name__ == "__main__":
    _serve()
