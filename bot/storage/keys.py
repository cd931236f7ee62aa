"""The keys of personal data inside the database, which stand outside it: sealing and opening single values.

A key is 32 random bytes in a line of base64. The first of a key file seals, the others still open what was sealed before. A sealed value
says by which key and, through its place (table and column), cannot be moved to another column. AES-256-GCM with a random nonce where
nothing is looked up; AES-SIV (RFC 5297), equal for equal values, where equality is asked for in SQL, such as a phone.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Dialect, Engine

from bot.errors import BotError

_LENGTH, _NONCE = 32, 12
_RANDOM, _EQUAL = "tv1r", "tv1e"  # how a sealed value begins
_MAKE = "Tạo khóa: openssl rand -base64 32"


class BadKey(BotError):
    """Raised when a key file cannot be read, or its keys do not belong to the database."""


class CannotOpen(BotError):
    """Raised when a sealed value was changed, moved, or sealed with a key that is not there."""


class _Key:
    def __init__(self, secret: bytes) -> None:
        made = HKDF(hashes.SHA256(), length=32 + 64 + 8, salt=None, info=b"tuvan-bhxh data key 1").derive(secret)
        self.random, self.equal, self.id = AESGCM(made[:32]), AESSIV(made[32:96]), made[96:].hex()


class Keyring:
    """Keys, the first of which seals. Thread-safe."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        made = [_Key(key) for key in keys]
        self._first, self._keys = made[0], {key.id: key for key in made}

    @property
    def id(self) -> str:
        """By what the key that seals is known; tells nothing of the key."""
        return self._first.id

    def knows(self, key_id: str) -> bool:
        """Whether values of that key can be opened."""
        return key_id in self._keys

    def seal(self, plain: str, place: str, *, equal: bool = False) -> str:
        """`plain` sealed for `place`; with `equal` always to the same text."""
        if equal:
            return f"{_EQUAL}:{self._first.id}:{_text(self._first.equal.encrypt(plain.encode('utf-8', 'surrogatepass'), [place.encode()]))}"
        nonce = secrets.token_bytes(_NONCE)
        data = nonce + self._first.random.encrypt(nonce, plain.encode("utf-8", "surrogatepass"), place.encode())
        return f"{_RANDOM}:{self._first.id}:{_text(data)}"

    def open(self, sealed: str, place: str) -> str:
        """What was sealed. Raises CannotOpen."""
        kind, key_id, data = _parts(sealed)
        key = self._keys.get(key_id)
        if key is None:
            raise CannotOpen(
                f"Dữ liệu ở {place} được mã hóa bằng khóa {key_id}, không có trong tệp khóa.",
                "Thêm khóa đó vào tệp khóa.",
            )
        try:
            if kind == _EQUAL:
                return key.equal.decrypt(data, [place.encode()]).decode("utf-8", "surrogatepass")
            return key.random.decrypt(data[:_NONCE], data[_NONCE:], place.encode()).decode("utf-8", "surrogatepass")
        except (InvalidTag, ValueError):
            raise CannotOpen(
                f"Dữ liệu đã mã hóa ở {place} bị thay đổi.", "Khôi phục bản sao lưu gần nhất còn tốt."
            ) from None


def is_sealed(value: object) -> bool:
    """Whether a stored value is a sealed one."""
    return isinstance(value, str) and value.startswith((f"{_RANDOM}:", f"{_EQUAL}:"))


def read_keys(path: Path) -> Keyring:
    """The keys of a key file, one a line; blank lines and lines that begin with # are left out. Raises BadKey."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "không phải văn bản"
        raise BadKey(f"TUVAN_DATA_KEY_FILE: không đọc được {path} ({why}).", "Kiểm tra đường dẫn và quyền.") from None
    found: list[bytes] = []
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.startswith("#"):
            try:
                found.append(base64.b64decode(line.strip(), validate=True))
            except ValueError:
                found.append(b"")
            if len(found[-1]) != _LENGTH:
                raise BadKey(f"TUVAN_DATA_KEY_FILE: dòng {number} của {path} không phải một khóa 32 byte.", _MAKE)
    if not found:
        raise BadKey(f"TUVAN_DATA_KEY_FILE: {path} không có khóa nào.", _MAKE)
    return Keyring(found)


def use_keys(engine: Engine, keys: Keyring | None) -> None:
    """From here on `engine` seals and opens with `keys`; None: values are taken as they stand."""
    engine.dialect.tuvan_keys = keys  # type: ignore[attr-defined]


def keys_of(where: Dialect | Engine) -> Keyring | None:
    """The keys that an engine seals and opens with."""
    dialect: Any = where.dialect if isinstance(where, Engine) else where
    found: Keyring | None = getattr(dialect, "tuvan_keys", None)
    return found


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _parts(sealed: str) -> tuple[str, str, bytes]:
    kind, _, rest = sealed.partition(":")
    key_id, _, data = rest.partition(":")
    try:
        return kind, key_id, base64.b64decode(data, validate=True)
    except binascii.Error:
        return kind, key_id, b""
