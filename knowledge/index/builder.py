"""Child process: makes the Chroma part of a generation folder out of its exact part.

`python -m knowledge.index.builder FOLDER`

Prints the number of vectors added so far, one a line.
"""

from __future__ import annotations

import sys
from pathlib import Path

from knowledge.index.children import end_child, limit_child
from knowledge.index.chroma import build_chroma
from knowledge.index.folder import chroma_path, ids_of, matrix_of, read_manifest, vectors_path


def main(folder: Path) -> None:
    """Builds; the process ends with status 1 and one line of why when it cannot."""
    try:
        limit_child(folder, vectors_path(folder).stat().st_size)
        matrix = matrix_of(folder, read_manifest(folder))
        build_chroma(chroma_path(folder), ids_of(folder), matrix, lambda done: print(done, flush=True))  # noqa: T201
    except Exception as error:
        end_child(error)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
