"""The archive: a ZIP file of parts with a manifest, sealed with a secret when there is one.

An archive that is not sealed ends with the hash of all bytes before it (inside the ZIP comment), because a ZIP file has bytes that
nothing else looks at. This finds damage; only a sealed archive finds who changed it on purpose.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from bot.backup.sealing import BadSecret, Damaged, Sealer, Unsealer, is_sealed
from bot.errors import BotError

DATABASE = "database.sqlite3"
FILES = "data/"
FORMAT = 1
_MANIFEST = "manifest.json"
_HASH = b"sha256:"
_DIGITS = 64
_BLOCK = 1 << 20


class BadArchive(BotError):
    """Raised when a file is no backup, was damaged, or was made by a newer program."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a part must be."""

    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in an archive. `counts` are the rows of each table."""

    program: str
    revision: str
    backend: str
    made_at: str
    counts: Mapping[str, int]
    parts: Mapping[str, Part] = field(default_factory=dict)
    format: int = FORMAT


class Writing:
    """An archive under way."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._parts: dict[str, Part] = {}

    def add(self, name: str, path: Path) -> None:
        """Takes in a file as it is now. Raises FileNotFoundError before anything is written when it is gone."""
        with path.open("rb") as source:
            info = zipfile.ZipInfo(name)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            digest, size = hashlib.sha256(), 0
            with self._archive.open(info, "w", force_zip64=True) as part:
                while block := source.read(_BLOCK):
                    part.write(block)
                    digest.update(block)
                    size += len(block)
        self._parts[name] = Part(digest.hexdigest(), size)

    def manifest(self, told: Manifest) -> Manifest:
        """Writes `told` with the parts so far; the last thing to be written."""
        whole = Manifest(**{**_fields(told), "parts": dict(sorted(self._parts.items()))})
        self._archive.writestr(_MANIFEST, json.dumps(asdict(whole), ensure_ascii=False, indent=1))
        return whole


@contextmanager
def written(file: IO[bytes], secret: bytes | None) -> Iterator[Writing]:
    """Writes an archive into `file` (open for reading and writing); whole only when the block ends without an exception."""
    sealer = Sealer(file, secret) if secret is not None else None
    with zipfile.ZipFile(sealer or file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        yield Writing(archive)
        archive.comment = _HASH + b"0" * _DIGITS
    if sealer is not None:
        sealer.finish()
    else:
        file.flush()
        digest = _digest(file)
        file.seek(-_DIGITS, io.SEEK_END)
        file.write(digest.encode())
    file.flush()
    os.fsync(file.fileno())


class Reading:
    """An archive whose manifest has been read."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.manifest = _manifest(archive)

    def check(self, into: Callable[[str], Path | None]) -> None:
        """Reads every part, compares it with the manifest and writes it where `into` says (None: nowhere).

        Raises BadArchive at the first part that differs; what was written until then is the caller's to remove.
        """
        for name, wanted in self.manifest.parts.items():
            target = into(name)
            digest, size = hashlib.sha256(), 0
            with self._archive.open(name) as source, _sink(target) as sink:
                while block := source.read(_BLOCK):
                    size += len(block)
                    if size > wanted.bytes:
                        break
                    digest.update(block)
                    sink.write(block)
            if Part(digest.hexdigest(), size) != wanted:
                raise _damaged()


@contextmanager
def opened(path: Path, secret: bytes | None) -> Iterator[Reading]:
    """Opens an archive. Raises BadArchive, BadSecret."""
    try:
        with path.open("rb") as file:
            sealed = is_sealed(path)
            if sealed and secret is None:
                raise BadSecret("Bản sao lưu này đã mã hóa.", "Thêm --key-file TỆP hoặc --passphrase.")
            if not sealed and not zipfile.is_zipfile(path):
                raise BadArchive(
                    f"{path} không phải bản sao lưu, hoặc đã bị cắt mất phần cuối.", "Dùng một bản sao lưu khác."
                )
            if not sealed:
                _check_whole(file)
            source = io.BufferedReader(Unsealer(file, secret)) if sealed and secret is not None else file
            with zipfile.ZipFile(source) as archive:
                yield Reading(archive)
    except (zipfile.BadZipFile, zlib.error, Damaged, EOFError, NotImplementedError) as error:
        raise _damaged() from error
    except FileNotFoundError as error:
        if error.filename != str(path):
            raise
        raise BadArchive(f"Không có tệp {path}.", "Kiểm tra đường dẫn.") from None
    except IsADirectoryError:
        raise BadArchive(f"{path} là thư mục.", "Ghi tên một bản sao lưu trong thư mục đó.") from None


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        told: dict[str, Any] = json.loads(archive.read(_MANIFEST))
        if told["format"] > FORMAT:
            raise BadArchive(
                f"Bản sao lưu do bản chương trình mới hơn tạo ra ({told['program']}).", "Cài bản chương trình đó."
            )
        parts = {name: Part(**part) for name, part in told.pop("parts").items()}
        manifest = Manifest(**told, parts=parts)
    except (KeyError, ValueError, TypeError) as error:
        raise _damaged() from error
    names = archive.namelist()
    if sorted(names) != sorted([*parts, _MANIFEST]) or DATABASE not in parts or not all(map(_harmless, parts)):
        raise _damaged()
    return manifest


def _harmless(name: str) -> bool:
    """The database, or a file below `data/` that stays there."""
    path = PurePosixPath(name)
    inside = name.startswith(FILES) and name == str(path) and ".." not in path.parts and "\\" not in name
    return name == DATABASE or (inside and "\0" not in name)


def _check_whole(file: IO[bytes]) -> None:
    digest = _digest(file)
    file.seek(-_DIGITS - len(_HASH), io.SEEK_END)
    if file.read() != _HASH + digest.encode():
        raise _damaged()
    file.seek(0)


def _digest(file: IO[bytes]) -> str:
    """Of all bytes but the last, which are this hash."""
    left = file.seek(0, io.SEEK_END) - _DIGITS
    if left < len(_HASH):
        raise _damaged()
    file.seek(0)
    digest = hashlib.sha256()
    while left and (block := file.read(min(_BLOCK, left))):
        digest.update(block)
        left -= len(block)
    return digest.hexdigest()


@contextmanager
def _sink(target: Path | None) -> Iterator[IO[bytes]]:
    if target is None:
        with Path(os.devnull).open("wb") as nowhere:
            yield nowhere
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _fields(manifest: Manifest) -> dict[str, Any]:
    return {name: getattr(manifest, name) for name in Manifest.__dataclass_fields__}


def _damaged() -> BadArchive:
    return BadArchive("Bản sao lưu bị thay đổi hoặc bị cắt mất một phần.", "Dùng một bản sao lưu khác.")
