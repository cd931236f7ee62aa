"""One generation on disk: the exact vectors, their ids, a manifest, and Chroma's own files in a folder of their own.

indexes/g000007/manifest.json   what this is; written last, so a folder without it is not finished
    indexes/g000007/ids.txt         passage ids, one a line, in the order of the vectors
    indexes/g000007/vectors.f32     float32, little-endian, row after row
    indexes/g000007/chroma/         the approximate index; absent when Chroma could not be made

`g000007.building` is one being made, `g000007r1` the same generation made again after damage. Nothing in here is the
only copy of anything.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from knowledge.errors import IndexBroken
from knowledge.index.contract import Matrix

FORMAT = 1
SMALL = 1_000
"""Passages below which Chroma's graph is not written down: it is made from the tables at every opening."""
_NAME = re.compile(r"(g\d{6,})(?:r(\d+))?(\.building)?")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation folder holds. Hashes are SHA-256 in hex; `graph_hash` is "" when there is no Chroma part."""

    fingerprint: str
    dimension: int
    passages: int
    ids_hash: str
    vectors_hash: str
    graph_hash: str = ""
    format: int = FORMAT


def hash_ids(ids: Iterable[str]) -> tuple[int, str]:
    """(number of ids, hash of the ids in their order)."""
    digest, number = hashlib.sha256(), 0
    for passage_id in ids:
        digest.update(passage_id.encode())
        digest.update(b"\n")
        number += 1
    return number, digest.hexdigest()


def ids_path(folder: Path) -> Path:
    """The file of ids."""
    return folder / "ids.txt"


def vectors_path(folder: Path) -> Path:
    """The file of vectors."""
    return folder / "vectors.f32"


def chroma_path(folder: Path) -> Path:
    """The folder that is Chroma's."""
    return folder / "chroma"


def write_exact_files(
    folder: Path, fingerprint: str, dimension: int, batches: Iterable[tuple[list[str], Matrix]]
) -> Manifest:
    """Writes ids and vectors batch by batch and returns their manifest, without Chroma and not yet saved."""
    folder.mkdir(parents=True)
    ids_digest, vectors_digest, passages = hashlib.sha256(), hashlib.sha256(), 0
    with ids_path(folder).open("wb") as ids_file, vectors_path(folder).open("wb") as vectors_file:
        for ids, matrix in batches:
            lines = "".join(f"{i}\n" for i in ids).encode()
            rows = np.ascontiguousarray(matrix, dtype="<f4").tobytes()
            ids_digest.update(lines)
            vectors_digest.update(rows)
            ids_file.write(lines)
            vectors_file.write(rows)
            passages += len(ids)
    return Manifest(fingerprint, dimension, passages, ids_digest.hexdigest(), vectors_digest.hexdigest())


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Saves the manifest, last of all files."""
    (folder / "manifest.json").write_text(json.dumps(asdict(manifest), indent=1) + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of `folder`. Raises `IndexBroken` when it is missing, unreadable or of another format."""
    try:
        manifest = Manifest(**json.loads((folder / "manifest.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise IndexBroken(f"Chỉ mục {folder.name}: không đọc được tệp kê khai.") from error
    if manifest.format != FORMAT:
        raise IndexBroken(f"Chỉ mục {folder.name}: định dạng {manifest.format}, cần {FORMAT}.")
    return manifest


def check_exact_files(folder: Path, manifest: Manifest) -> None:
    """Raises `IndexBroken` when ids or vectors are not, byte for byte, what the manifest says (0.1 s a 100 MB)."""
    for path, wanted in ((ids_path(folder), manifest.ids_hash), (vectors_path(folder), manifest.vectors_hash)):
        try:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise IndexBroken(f"Chỉ mục {folder.name}: không đọc được {path.name}.") from error
        if found != wanted:
            raise IndexBroken(f"Chỉ mục {folder.name}: tệp {path.name} bị cụt hoặc bị thay đổi.")


def hash_graph(folder: Path, passages: int) -> str:
    """Hash of the names and bytes of the files of Chroma's graph; a finished one never changes (0.1 s a 100 MB).

    Its tables (`chroma.sqlite3`) are not in it: every opening writes to them. Below `SMALL` passages the graph is made anew from the
    tables at every opening, and its files hold whatever the memory held: their names and sizes alone are in it.
    """
    digest, root = hashlib.sha256(), chroma_path(folder)
    for path in sorted(p for p in root.rglob("*") if p.is_file() and p.parent != root):
        with path.open("rb") as file:
            content = path.stat().st_size if passages < SMALL else hashlib.file_digest(file, "sha256").hexdigest()
            digest.update(f"{path.relative_to(root)} {content}\n".encode())
    return digest.hexdigest()


def ids_of(folder: Path) -> list[str]:
    """The passage ids in the order of the vectors."""
    return ids_path(folder).read_text(encoding="utf-8").splitlines()


def matrix_of(folder: Path, manifest: Manifest) -> Matrix:
    """The vectors, mapped read-only; for processes that may end when the file is cut short."""
    if not manifest.passages:
        return np.empty((0, manifest.dimension), np.float32)
    return np.memmap(vectors_path(folder), dtype="<f4", mode="r", shape=(manifest.passages, manifest.dimension))


def working_name(name: str) -> str:
    """The name of a folder while it is being made."""
    return f"{name}.building"


def folders_of(indexes: Path, name: str) -> list[Path]:
    """Finished folders of the generation called `name`, the latest made first."""
    found = [(int(m[2] or 0), path) for path, m in _ours(indexes) if m[1] == name and not m[3]]
    return [path for _, path in sorted(found, reverse=True)]


def next_name(indexes: Path, name: str) -> str:
    """A folder name for the generation called `name` that nothing on disk has."""
    taken = [int(m[2] or 0) for _, m in _ours(indexes) if m[1] == name]
    return f"{name}r{max(taken) + 1}" if taken else name


def remove_others(indexes: Path, keep: set[str]) -> list[str]:
    """Deletes every generation folder, finished or not, whose generation is not in `keep`.

    Of a generation that is kept, unfinished folders and all but the latest go as well. Returns the unfinished ones'
    names.
    """
    latest = {path for name in keep for path in folders_of(indexes, name)[:1]}
    unfinished = []
    for path, match in _ours(indexes):
        if path not in latest:
            if match[3]:
                unfinished.append(match[1])
            shutil.rmtree(path, ignore_errors=True)
    return unfinished


def sync_tree(folder: Path) -> None:
    """Returns when every file below `folder` is on the disk: a power cut must not find the pointer ahead of the
    files.
    """
    for path in [*folder.rglob("*"), folder, folder.parent]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def signature(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """(name, size, time of change in ns) of each file below `folder`; a finished index never changes it."""
    return tuple(
        sorted((str(p), s.st_size, s.st_mtime_ns) for p in folder.rglob("*") if (s := p.stat()) and p.is_file())
    )


def _ours(indexes: Path) -> Iterator[tuple[Path, re.Match[str]]]:
    if not indexes.is_dir():
        return
    for path in sorted(indexes.iterdir()):
        match = _NAME.fullmatch(path.name)
        if match and path.is_dir():
            yield path, match
