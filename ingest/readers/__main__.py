"""`python -m ingest.readers FILE` prints the lines of a file, to see what a reader made of it."""

from __future__ import annotations

import sys
from pathlib import Path

from ingest.errors import UnreadableFile
from ingest.readers import read_document


def main() -> int:
    """Exit status 0, or 1 when the file cannot be read."""
    try:
        document = read_document(Path(sys.argv[1]))
    except UnreadableFile as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for line in document.lines:
        signs = "".join(
            s
            for s, on in (
                ("T", line.table),
                ("B", line.bold),
                ("L", line.list_item),
                ("Q", line.quote),
                ("-", line.rule),
            )
            if on
        )
        sys.stdout.write(f"{line.page:3} {'#' * line.heading:3}{signs:3} {line.text}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
