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
def _forms() -> dict[str, tuple[list[list[str]], frozenset[str], frozenset[str]]]:
    """Of each kind: the thanks or greetings themselves, and the words that may stand before and behind."""

    def words(*kinds: str) -> frozenset[str]:
        return frozenset(word for kind in kinds for phrase in _raw()[kind] for word in _bare(phrase).split())

    said = {"thanks": ("thank", words("people", "for_what")), "greeting": ("greet", words("people"))}
    before = words("people", "before")
    return {
        kind: ([_bare(phrase).split() for phrase in _raw()[core]], before, behind)
        for kind, (core, behind) in said.items()
    }


def _has_form(words: list[str], kind: str) -> bool:
    cores, before, behind = _forms()[kind]
    return any(
        words[at : at + len(core)] == core
        and before.issuperset(words[:at])
        and behind.issuperset(words[at + len(core) :])
        for core in cores
        for at in range(len(words) - len(core) + 1)
    )


def smalltalk(text: str) -> str:
    """`greeting`, `thanks` or `who` when `text` is nothing else, else an empty string."""
    bare = _bare(text)
    return _kinds().get(bare, "") or next((kind for kind in _forms() if _has_form(bare.split(), kind)), "")


def _bare(text: str) -> str:
    letters = " ".join(re.findall(r"[^\W_]+", fold(text)))
    return " ".join(_FILLER.sub(" ", letters).split()) or letters
