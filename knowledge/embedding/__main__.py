"""`python -m knowledge.embedding FOLDER` makes the default embedding model in FOLDER (chuẩn bị mô hình nhúng)."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from knowledge.embedding.card import CARD_FILE, read_card, verify
from knowledge.embedding.prepare import DEFAULT_MODEL, prepare_default_model
from knowledge.errors import ModelMissing


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0, or 1 with one line why and one what to do."""
    parser = argparse.ArgumentParser(
        prog="python -m knowledge.embedding", description="Chuẩn bị mô hình nhúng mặc định."
    )
    parser.add_argument("folder", type=Path, help="thư mục chứa các mô hình, ví dụ data/models")
    models: Path = parser.parse_args(arguments).folder
    try:
        folder = models / DEFAULT_MODEL
        _discard_altered(folder)
        folder = prepare_default_model(models, _say)
    except ModelMissing as error:
        print(f"{error}\n{error.remedy}", file=sys.stderr)  # noqa: T201
        return 1
    card = read_card(folder)
    checks = ", ".join(f"{name} {value:g}" for name, value in card.checks.items()) if card else ""
    _say(f"{folder}: sẵn sàng ({checks}).")
    return 0


def _discard_altered(folder: Path) -> None:
    """Takes the card off a folder with an altered file, so that it is made anew."""
    try:
        card = read_card(folder)
        if card:
            verify(folder, card, thorough="")
    except ModelMissing as error:
        _say(str(error))
        (folder / CARD_FILE).unlink(missing_ok=True)


def _say(line: str) -> None:
    print(line)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
