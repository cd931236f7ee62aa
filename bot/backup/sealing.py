"""An encrypted file that is written as a stream and read at any place.

AES-256-GCM over pieces of a fixed size; the nonce of a piece is its number and whether it is the last, so pieces cannot be
swapped, repeated or cut off. The key comes from the secret and a salt of this file (scrypt); beside it stands a proof of the key,
so that a wrong secret is told apart from a changed file.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import os
import secrets
from pathlib import Path
from typing import IO, TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from bot.errors import BotError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

MAGIC = b"TUVANBK1"
PIECE = 256 * 1024
SHORTEST_SECRET = 12  # characters
_SALT, _PROOF, _TAG = 16, 32, 16
_HEADER = len(MAGIC) + _SALT + _PROOF


class BadSecret(BotError):
    """Raised when a secret is missing, too short, cannot be read, or is not the one the file was made with."""


class Damaged(BotError):
    """Raised when a sealed file was changed or cut."""


def read_secret(path: Path) -> bytes:
    """The secret of a key file: its content without the line end. Raises BadSecret."""
    try:
        secret = path.read_bytes().rstrip(b"\r\n")
    except OSError as error:
        raise BadSecret(f"Không đọc được tệp khóa {path} ({error.strerror}).", "Kiểm tra đường dẫn và quyền.") from None
    return checked(secret)


def checked(secret: bytes) -> bytes:
    """`secret` when it is long enough. Raises BadSecret."""
    if len(secret) < SHORTEST_SECRET:
        raise BadSecret(
            f"Khóa sao lưu quá ngắn: cần ít nhất {SHORTEST_SECRET} ký tự.", "Tạo khóa: openssl rand -base64 32"
        )
    return secret


def is_sealed(path: Path) -> bool:
    """Whether the file begins as a sealed one."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


class Sealer(io.RawIOBase):
    """Writes encrypted to `file`. Without `finish` the file stays one that cannot be opened."""

    def __init__(self, file: IO[bytes], secret: bytes) -> None:
        salt = secrets.token_bytes(_SALT)
        key, proof = _keys(secret, salt)
        file.write(MAGIC + salt + proof)
        self._file, self._cipher, self._number, self._held = file, AESGCM(key), 0, bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer) -> int:
        piece = memoryview(data).cast("B")
        self._held += piece
        while len(self._held) > PIECE:  # the last piece is kept back: it is sealed as the last
            self._put(bytes(self._held[:PIECE]), last=False)
            del self._held[:PIECE]
        return len(piece)

    def finish(self) -> None:
        """Writes the last piece."""
        self._put(bytes(self._held), last=True)
        self._held.clear()

    def _put(self, plain: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, last), plain, None))
        self._number += 1


class Unsealer(io.RawIOBase):
    """Reads a sealed file at any place. Raises BadSecret at once, Damaged when a changed piece is read."""

    def __init__(self, file: IO[bytes], secret: bytes) -> None:
        size = os.fstat(file.fileno()).st_size
        header = file.read(_HEADER)
        if len(header) < _HEADER or not header.startswith(MAGIC) or size < _HEADER + _TAG:
            raise _damaged()
        key, proof = _keys(secret, header[len(MAGIC) : len(MAGIC) + _SALT])
        if not hmac.compare_digest(proof, header[-_PROOF:]):
            raise BadSecret("Khóa không đúng với bản sao lưu này.", "Dùng khóa đã dùng khi sao lưu.")
        self._file, self._cipher = file, AESGCM(key)
        full, rest = divmod(size - _HEADER, PIECE + _TAG)
        self._pieces = full + (rest > 0)
        self._size = size - _HEADER - self._pieces * _TAG
        self._at, self._known = 0, (-1, b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise OSError("before the start")
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: WriteableBuffer) -> int:
        room = memoryview(buffer).cast("B")
        number, skip = divmod(self._at, PIECE)
        if number >= self._pieces:
            return 0
        data = self._piece(number)[skip : skip + len(room)]
        room[: len(data)] = data
        self._at += len(data)
        return len(data)

    def _piece(self, number: int) -> bytes:
        if self._known[0] != number:
            self._file.seek(_HEADER + number * (PIECE + _TAG))
            sealed = self._file.read(PIECE + _TAG)
            try:
                plain = self._cipher.decrypt(_nonce(number, number == self._pieces - 1), sealed, None)
            except (InvalidTag, ValueError):
                raise _damaged() from None
            self._known = (number, plain)
        return self._known[1]


def _keys(secret: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """(key of the cipher, proof of the secret)."""
    made = Scrypt(salt=salt, length=64, n=2**15, r=8, p=1).derive(secret)
    return made[:32], hmac.new(made[32:], MAGIC + salt, hashlib.sha256).digest()


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _damaged() -> Damaged:
    return Damaged("Bản sao lưu bị thay đổi hoặc bị cắt mất một phần.", "Dùng một bản sao lưu khác.")
