"""The card of a converted model folder: where it came from and the checksum of every file in it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from knowledge.embedding.source import sha256_of
from knowledge.errors import ModelMissing

CARD_FILE = "model-card.json"


@dataclass(frozen=True, slots=True)
class FileMark:
    """Size in bytes and SHA-256 of one file of the folder."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What a model folder is made of.

    `runtime` names the subfolder whose graph embeds questions and documents, `precision` how that multiplies, and
    `special_ids` the ids of its begin, end and unknown tokens. `checks` keeps the figures of the last export.
    """

    name: str
    source: str
    source_sha256: str
    converter: str
    dimension: int
    prompts: dict[str, str]
    files: dict[str, FileMark]
    runtime: str
    precision: str
    special_ids: dict[str, int]
    checks: dict[str, float] = field(default_factory=dict)


def marks_of(folder: Path) -> dict[str, FileMark]:
    """The mark of every file under `folder` except the card itself, by relative POSIX path."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != CARD_FILE)
    return {p.relative_to(folder).as_posix(): FileMark(p.stat().st_size, sha256_of(p)) for p in files}


def write_card(folder: Path, card: ModelCard) -> None:
    """Write `card` into `folder`."""
    text = json.dumps(asdict(card), ensure_ascii=False, indent=2, sort_keys=True)
    (folder / CARD_FILE).write_text(text + "\n", encoding="utf-8")


def read_card(folder: Path) -> ModelCard | None:
    """The card of `folder`, or None where there is none. Raised when a card is there but unreadable: `ModelMissing`."""
    path = folder / CARD_FILE
    if not path.is_file():
        return None
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        fields["files"] = {name: FileMark(**mark) for name, mark in fields["files"].items()}
        return ModelCard(**fields)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ModelMissing(
            f"Phiếu mô hình {CARD_FILE} trong thư mục {folder.name} không đọc được.", remedy(folder)
        ) from error


def verify(folder: Path, card: ModelCard, *, thorough: str | None = None) -> None:
    """Compare the files of `folder` with `card`: sizes always, checksums of those whose path begins with `thorough`.

    "" checks every file, which takes about a second a gigabyte. Raised when a file is missing, cut short or altered:
    `ModelMissing`.
    """
    for name, mark in card.files.items():
        path = folder / name
        if not path.is_file():
            raise ModelMissing(f"Mô hình {folder.name} thiếu tệp {name}.", remedy(folder))
        same = path.stat().st_size == mark.size
        if same and thorough is not None and name.startswith(thorough):
            same = sha256_of(path) == mark.sha256
        if not same:
            raise ModelMissing(f"Tệp {name} của mô hình {folder.name} đã bị thay đổi hoặc cụt.", remedy(folder))


def remedy(folder: Path) -> str:
    """What to do about a folder that cannot be used."""
    return f"Chuẩn bị lại mô hình: python -m knowledge.embedding {folder.parent}"
