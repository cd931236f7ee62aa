"""The words of notices to officers, from the data file beside this module."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from knowledge.yaml_files import load_yaml


def words(key: str, **values: object) -> str:
    """The text `key` with its blanks filled; a missing key is a programming error (KeyError)."""
    return _loaded()[key].strip().format(**values)


@cache
def _loaded() -> dict[str, str]:
    loaded: dict[str, str] = load_yaml(files("bot.staff").joinpath("notices.yaml").read_text("utf-8"))
    return loaded
