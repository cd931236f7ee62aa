"""Child process: does a generation folder find its own vectors? `python -m knowledge.index.probe FOLDER [SAMPLES]`

Without SAMPLES every vector is asked for, and every id compared. Prints the number asked so far, one a line; ends
with status 1 and one line of why when the folder cannot be trusted. Chroma's own `count` is never proof: it stays
right while the vectors are gone.
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.errors import IndexBroken
from knowledge.index.children import end_child, limit_child
from knowledge.index.chroma import open_folder
from knowledge.index.folder import (
    Manifest,
    check_exact_files,
    chroma_path,
    hash_graph,
    hash_ids,
    ids_of,
    matrix_of,
    read_manifest,
    vectors_path,
)

_AT_ONCE = 500
_NEIGHBOURS = 10
_SAME = 1e-4  # cosine distance of a vector to itself, with room for float32


def probe(folder: Path, samples: int | None = None, report: bool = False) -> None:
    """Raises `IndexBroken` when exact files or Chroma are not what the manifest says."""
    manifest = read_manifest(folder)
    check_exact_files(folder, manifest)
    _check_files(folder, manifest)
    ids, matrix = ids_of(folder), matrix_of(folder, manifest)
    client, collection = open_folder(chroma_path(folder))
    if (count := collection.count()) != manifest.passages:
        raise IndexBroken(f"Chroma có {count} vector, cần {manifest.passages}.")
    if samples is None and hash_ids(sorted(_all_ids(collection))) != hash_ids(sorted(ids)):
        raise IndexBroken("Chroma có những đoạn khác với bản kê khai.")
    rows = np.arange(len(ids))
    if samples is not None and samples < len(ids):
        rows = np.unique(np.append(np.random.default_rng().choice(rows, samples, replace=False), [0, len(ids) - 1]))
    row_of = {passage_id: row for row, passage_id in enumerate(ids)}
    for begin in range(0, len(rows), _AT_ONCE):
        asked = rows[begin : begin + _AT_ONCE]
        k = min(_NEIGHBOURS, len(ids))
        found = collection.query(query_embeddings=np.asarray(matrix[asked]), n_results=k, include=["distances"])
        for row, near, distances in zip(asked, found["ids"], found["distances"], strict=True):
            distance = dict(zip(near, distances, strict=True)).get(ids[row])
            if distance is None and near and _equal(matrix, int(row), row_of.get(near[0])):
                distance = distances[0]  # of more equal vectors than neighbours asked for, any may stand in
            if distance is None or distance > _SAME:
                raise IndexBroken(f"Chroma không tìm thấy vector của chính đoạn {ids[row]}.")
        if report:
            print(begin + len(asked), flush=True)  # noqa: T201
    client.close()


def _check_files(folder: Path, manifest: Manifest) -> None:
    """Before Chroma touches them: the graph as it was finished, the tables whole and with all passages."""
    if manifest.graph_hash and hash_graph(folder, manifest.passages) != manifest.graph_hash:
        raise IndexBroken(f"Chỉ mục {folder.name}: tệp của Chroma bị cụt hoặc bị thay đổi.")
    tables = chroma_path(folder) / "chroma.sqlite3"
    try:
        with closing(sqlite3.connect(f"{tables.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        said = str(error)
    if said != "ok":
        raise IndexBroken(f"Chỉ mục {folder.name}: bảng của Chroma bị hỏng ({said}).")


def _all_ids(collection: Any) -> list[str]:
    found: list[str] = []
    while page := collection.get(limit=10_000, offset=len(found), include=[])["ids"]:
        found += page
    return found


def _equal(matrix: np.ndarray[tuple[int, int], np.dtype[np.float32]], row: int, other: int | None) -> bool:
    return other is not None and float(matrix[row] @ matrix[other]) > 1 - 1e-5


def main(folder: Path, samples: int | None) -> None:
    """Probes; the process ends with status 1 and one line of why when the folder cannot be trusted."""
    try:
        limit_child(folder, vectors_path(folder).stat().st_size)
        probe(folder, samples, report=True)
    except Exception as error:
        end_child(error)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else None)
