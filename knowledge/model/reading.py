"""Reads what a model wrote as data: objects in JSON, in whatever wrapping, as far as they are whole.

Models wrap JSON in fences, greetings or another object, and are cut in the middle; so every whole object that has the fields is taken
from wherever it stands, and everything around it is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from knowledge.vietnamese import clean

MOST_SENTENCES = 24
LONGEST_SENTENCE = 600  # characters
_TOKEN = re.compile(r"\[\s*(\d{1,2})\s*\]")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a model, cleaned, with the numbers of the sources it says it is from. `odd`: it named something that is no source."""

    text: str
    sources: tuple[int, ...]
    odd: bool = False


class SentenceReader:
    """Takes a text piece by piece and gives sentences as soon as they are whole."""

    def __init__(self) -> None:
        self._text = ""
        self._at = 0
        self._found = 0

    def take(self, piece: str) -> list[Sentence]:
        """The sentences that `piece` completes."""
        self._text += piece
        found: list[Sentence] = []
        while self._found < MOST_SENTENCES and (start := self._text.find("{", self._at)) >= 0:
            whole = _object_at(self._text, start)
            if whole is None:  # an object that wraps others, or one that has not ended: look inside it
                inner = self._text.find("{", start + 1)
                if inner < 0:
                    self._at = start  # it may yet end
                    break
                self._at = inner
                continue
            value, self._at = whole
            for sentence in _sentences(value):
                self._found += 1
                found.append(sentence)
        return found[:MOST_SENTENCES]


def object_in(text: str, *fields: str) -> Mapping[str, Any] | None:
    """The first whole object in `text` that has one of `fields`; None when there is none."""
    at = 0
    for _ in range(50):
        at = text.find("{", at)
        if at < 0:
            return None
        whole = _object_at(text, at)
        if whole is not None and any(name in whole[0] for name in fields):
            return whole[0]
        at += 1
    return None


def _object_at(text: str, start: int) -> tuple[dict[str, Any], int] | None:
    try:
        value, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    return (value, end) if isinstance(value, dict) else None


def _sentences(value: Mapping[str, Any]) -> Iterator[Sentence]:
    """The sentences of one object: itself, or those in a list of it."""
    if isinstance(value.get("text"), str):
        yield _sentence(value["text"], value.get("sources"))
        return
    for item in value.values():
        for one in item if isinstance(item, list) else ():
            if isinstance(one, dict) and isinstance(one.get("text"), str):
                yield _sentence(one["text"], one.get("sources"))


def _sentence(text: str, sources: Any) -> Sentence:
    """Tokens may stand in the list or in the text; they are taken out of the text, where the citizen has no use for them."""
    text = text[: LONGEST_SENTENCE + 1]
    listed = sources if isinstance(sources, list) else [sources]
    named: list[int] = []
    odd = False
    for one in listed[:20]:
        found = _TOKEN.fullmatch(one.strip()) if isinstance(one, str) else None
        if found:
            named.append(int(found[1]))
        elif isinstance(one, str) and one.strip().isdecimal() and len(one.strip()) < 3:
            named.append(int(one))
        elif isinstance(one, int) and not isinstance(one, bool) and 0 < one < 100:
            named.append(one)
        elif one not in (None, ""):
            odd = True
    named += [int(n) for n in _TOKEN.findall(text)]
    text = clean(re.sub(r"\s+", " ", _TOKEN.sub("", text)))
    return Sentence(re.sub(r"\s+([.,;:!?])", r"\1", text), tuple(dict.fromkeys(named)), odd)
