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
_MOST_TRIED = 200  # beginnings of objects looked at for one piece: a text of braces alone must cost nothing
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
        look = self._at if "}" in piece else len(self._text)  # nothing is completed otherwise
        tried = 0
        while tried < _MOST_TRIED and self._found < MOST_SENTENCES and (start := self._text.find("{", look)) >= 0:
            tried += 1
            whole = _object_at(self._text, start)
            sentences = list(_sentences(whole[0])) if whole is not None else []
            if sentences and whole is not None:
                self._at = look = whole[1]
            elif whole is not None:  # an object of something else: what it is part of may not have ended
                look = whole[1]
            else:  # an object that wraps others, or one that has not ended: it may yet end, and there may be others inside
                look = start + 1
            self._found += len(sentences)
            found += sentences
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
