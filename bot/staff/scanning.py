"""Uploads looked at by ClamAV before anybody reads them, where the office has it (`TUVAN_CLAMD`).

The file goes to the daemon over its socket on this machine, piece by piece. What the daemon finds, what it cannot judge and a daemon that
does not answer are all refusals: a file nobody looked at is not taken.
"""

from __future__ import annotations

import logging
import socket
import struct
from pathlib import Path
from typing import BinaryIO

from bot.errors import BotError

log = logging.getLogger("bot.staff")

_PIECE = 1 << 16
_SECONDS = 20.0


class NotClean(BotError):
    """Raised for a file in which something was found, or that could not be looked at."""


class Scanner:
    """The daemon at a socket in the file system."""

    def __init__(self, path: Path, seconds: float = _SECONDS) -> None:
        self._path, self._seconds = path, seconds

    def __call__(self, file: BinaryIO) -> None:
        """Looks at `file` from its beginning and winds it back. Raises NotClean."""
        file.seek(0)
        try:
            said = self._ask(file)
        except OSError as error:
            log.error("uploads cannot be scanned: %s", type(error).__name__)
            said = ""
        file.seek(0)
        if said.endswith("FOUND"):
            log.warning("an upload was refused: the scanner found something in it")
            raise NotClean("Tệp có mã độc nên không nhận.", "Xoá tệp này khỏi máy và báo người quản trị mạng.")
        if said != "stream: OK":
            raise NotClean(
                "Chưa quét được mã độc nên chưa nhận tệp.", "Thử lại sau ít phút; vẫn không được thì báo quản trị."
            )

    def _ask(self, file: BinaryIO) -> str:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
            door.settimeout(self._seconds)
            door.connect(str(self._path))
            door.sendall(b"zINSTREAM\0")
            while piece := file.read(_PIECE):
                door.sendall(struct.pack("!I", len(piece)) + piece)
            door.sendall(struct.pack("!I", 0))
            said = b""
            while not said.endswith(b"\0") and (more := door.recv(4096)):
                said += more
        return said.rstrip(b"\0").decode("utf-8", "replace").strip()
