"""Greetings and thanks: messages that ask nothing.

Whole messages of a kind stand in `smalltalk.yaml`. Thanks and greetings also come with whom they are said to, by whom and for what: their
words are listed there one by one, and a message that has any other word is a question.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources

from knowledge.vietnamese import fold
from knowledge.yaml_files import load_yaml

_FILLER = re.compile(r"(?<!\w)(?:a|ah|ak|nhe|nha|da|oi|voi|nhieu|lam)(?!\w)")


@lru_cache(maxsize=1)
def _raw() -> dict[str, list[str]]:
    text = resources.files("knowledge.answering").joinpath("smalltalk.yaml").read_text(encoding="utf-8")
    raw: dict[str, list[str]] = load_yaml(text)
    return raw


@lru_cache(maxsize=1)
def _kinds() -> dict[str, str]:
    return {_bare(phrase): kind for kind in ("greeting", "thanks", "who") for phrase in _raw()[kind]}


@lru_cache(maxsize=1)
def _forms() -> dict[str, re.Pattern[str]]:
    words = {kind: "|".join(map(_bare, listed)) for kind, listed in _raw().items()}
    people, before = words["people"], words["before"]
    said = {"thanks": (words["thank"], f"{people}|{words['for_what']}"), "greeting": (words["greet"], people)}
    return {
        kind: re.compile(rf"(?:(?:{people}|{before}) )*(?:{core})(?: (?:{behind}))*")
        for kind, (core, behind) in said.items()
    }


def smalltalk(text: str) -> str:
    """`greeting`, `thanks` or `who` when `text` is nothing else, else an empty string."""
    bare = _bare(text)
    return _kinds().get(bare, "") or next((kind for kind, form in _forms().items() if form.fullmatch(bare)), "")


def _bare(text: str) -> str:
    letters = " ".join(re.findall(r"[^\W_]+", fold(text)))
    return " ".join(_FILLER.sub(" ", letters).split()) or letters
