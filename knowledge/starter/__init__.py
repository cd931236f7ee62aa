"""The handbook that comes along: what a fresh installation knows."""

from __future__ import annotations

from importlib import resources
from pathlib import Path


def documents_folder() -> Path:
    """The folder with the handbook's files, as an office would keep them."""
    return Path(str(resources.files("knowledge.starter").joinpath("documents")))
