"""Greetings and thanks: messages that ask nothing."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources

from knowledge.vietnamese import fold
from knowledge.yaml_files import load_yaml

_FILLER = re.compile(r"(?<!\w)(?:a|ah|ak|nhe|nha|da|oi|voi|nhieu|lam)(?!\w)")


@lru_cache(maxsize=1)
def _kinds() -> dict[str, str]:
    raw = load_yaml(resources.files("knowledge.answering").joinpath("smalltalk.yaml").read_text(encoding="utf-8"))
    return {_bare(phrase): kind for kind, phrases in raw.items() for phrase in phrases}


def smalltalk(text: str) -> str:
    """`greeting`, `thanks` or `who` when `text` is nothing else, else an empty string."""
    return _kinds().get(_bare(text), "")


def _bare(text: str) -> str:
    letters = " ".join(re.findall(r"[^\W_]+", fold(text)))
    return " ".join(_FILLER.sub(" ", letters).split()) or letters
