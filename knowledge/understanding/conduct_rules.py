"""The rules of conduct as data: labels whose cues stand together, read from `data/conduct.yaml` and `data/conduct_texts.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from knowledge.answers import AnswerStatus
from knowledge.errors import BadInput
from knowledge.understanding.conduct_words import Lexicon, Message, Spans
from knowledge.vietnamese import fold
from knowledge.yaml_files import load_yaml

_REMEDY = "Sửa tệp dữ liệu rồi chạy lại."


@dataclass(frozen=True, slots=True)
class Rule:
    """`groups`: each must have a cue, all in one sentence; with `near` in this order, at most so many words apart.

    `none`: a set of which no cue may stand anywhere in the message.
    """

    groups: tuple[str, ...]
    none: str = ""
    near: int = 0

    def span(self, hits: Mapping[str, Spans], message: Message) -> tuple[int, int] | None:
        """The words the cues first take up, None when the rule does not hold."""
        return next(self.spans(hits, message), None)

    def spans(self, hits: Mapping[str, Spans], message: Message) -> Iterator[tuple[int, int]]:
        """Every stretch of words the cues take up; none when the rule does not hold."""
        if any(group not in hits for group in self.groups) or self.none in hits:
            return iter(())
        return self._chains(hits, message) if self.near else self._together(hits, message)

    def _together(self, hits: Mapping[str, Spans], message: Message) -> Iterator[tuple[int, int]]:
        for number in {message.sentence[start] for start, _ in hits[self.groups[0]]}:
            inside = [[s for s in hits[g] if message.sentence[s[0]] == number] for g in self.groups]
            if all(inside):
                first = [spans[0] for spans in inside]
                yield min(s for s, _ in first), max(e for _, e in first)

    def _chains(self, hits: Mapping[str, Spans], message: Message) -> Iterator[tuple[int, int]]:
        def go(group: int, end: int, start: int) -> Iterator[tuple[int, int]]:
            if group == len(self.groups):
                yield start, end
                return
            for s, e in hits[self.groups[group]]:
                if 0 <= s - end <= self.near and message.sentence[s] == message.sentence[start]:
                    yield from go(group + 1, e, start)

        for s, e in hits[self.groups[0]]:
            yield from go(1, e, s)


@dataclass(frozen=True, slots=True)
class Label:
    """One kind of message that is not simply answered. `beside`: an honest question beside it is still answered."""

    name: str
    status: AnswerStatus
    text: str
    rules: tuple[Rule, ...]
    beside: bool = False

    def holds(self, hits: Mapping[str, Spans], message: Message) -> bool:
        """True when one of the rules holds."""
        return any(rule.span(hits, message) is not None for rule in self.rules)

    def touched(self, hits: Mapping[str, Spans]) -> bool:
        """True when the cues of one of the rules are there, whatever else is."""
        return any(all(group in hits for group in rule.groups) for rule in self.rules)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rules, read once."""

    lexicon: Lexicon
    labels: tuple[Label, ...]
    tricks: tuple[Rule, ...]
    dictations: tuple[Rule, ...]
    vocabulary: frozenset[str]  # single words of the tricks, to see through disguised spelling
    raw: Mapping[str, Any]


@lru_cache(maxsize=1)
def rulebook() -> Rulebook:
    """The rules of the package. Raises BadInput when a file names a set or status that does not exist."""
    return read_rules(_yaml("conduct.yaml"), _yaml("conduct_texts.yaml"))


def read_rules(raw: Mapping[str, Any], texts: Mapping[str, str]) -> Rulebook:
    """A rulebook from the two files as read. Raises BadInput naming the label at fault."""
    sets: dict[str, list[str]] = {name: [] for name in raw["sets"]}
    for name, phrases in raw["sets"].items():
        sets[name] = list(_phrases(phrases, raw["sets"], name))
    numbered = iter(range(1_000_000))

    def group(entry: Any, where: str) -> str:
        if isinstance(entry, str) and entry.startswith("$") and entry[1:] in sets:
            return entry[1:]
        name = f"{where}#{next(numbered)}"
        sets[name] = list(_phrases(entry if isinstance(entry, list) else [entry], raw["sets"], where))
        return name

    def rules(entries: list[dict[str, Any]], where: str) -> tuple[Rule, ...]:
        return tuple(
            Rule(
                tuple(group(g, where) for g in entry["all"]),
                group(entry["none"], where) if entry.get("none") else "",
                int(entry.get("near", 0)),
            )
            for entry in entries
        )

    labels = []
    for name, entry in raw["labels"].items():
        if name not in texts:
            raise BadInput(f"conduct_texts.yaml: nhãn {name} chưa có lời đáp.", _REMEDY)
        if entry["status"] not in set(AnswerStatus):
            raise BadInput(f"conduct.yaml: nhãn {name} có trạng thái lạ: {entry['status']}.", _REMEDY)
        labels.append(
            Label(
                name,
                AnswerStatus(entry["status"]),
                texts[name].strip(),
                rules(entry.get("rules", []), name),
                bool(entry.get("beside", False)),
            )
        )
    tricks, dictations = rules(raw["tricks"], "tricks"), rules(raw["dictations"], "dictations")
    lexicon = Lexicon(sets)
    used = (phrase for rule in tricks for group in rule.groups for phrase in sets[group])
    vocabulary = frozenset(fold(word) for phrase in used for word in re.split(r"[ |_=]+", phrase) if word)
    return Rulebook(lexicon, tuple(labels), tricks, dictations, vocabulary, raw)


def _phrases(entries: list[Any], sets: Mapping[str, Any], where: str) -> Iterator[str]:
    for entry in map(str, entries):
        if not entry.startswith("$"):
            yield entry
        elif entry[1:] in sets:
            yield from _phrases(sets[entry[1:]], sets, where)
        else:
            raise BadInput(f"conduct.yaml: {where} gọi nhóm từ không có: {entry}.", _REMEDY)


def _yaml(name: str) -> dict[str, Any]:
    text = resources.files("knowledge.understanding").joinpath(f"data/{name}").read_text(encoding="utf-8")
    raw: dict[str, Any] = load_yaml(text)
    return raw
