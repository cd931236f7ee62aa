"""Messages that must not simply be answered: other people's data, fraud, despair, insults, tricks, what lies outside our subject.

Rules are data (`data/conduct.yaml`): groups of words that must stand together, not whole phrases. An honest question wrapped in a trick
or an insult keeps its answer: only the sentence with the trick is dropped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from knowledge.answers import AnswerStatus
from knowledge.vietnamese import fold

_ID_NUMBER = re.compile(r"(?<!\d)(?:\d{12}|\d{9})(?!\d)")
_PHONE = re.compile(r"(?<!\d)(?:\+?84|0)[35789](?:[ .-]?\d){8}(?!\d)")
_SENTENCE = re.compile(r"(?<=[.!?;\n])\s+|\n+|(?<=\])\s*")
_QUESTION = re.compile(
    r"(?<!\w)(?:bao nhieu|may|the nao|nhu the nao|o dau|khi nao|bao gio|gi|khong|ra sao|lam sao|ai|nao|co phai|bao lau"
    r"|cho biet|cho toi biet|cho em biet|giai thich|tu van|tinh giup|huong dan)(?!\w)"
)


@dataclass(frozen=True, slots=True)
class Conduct:
    """What kind of message it is. `label` empty: an ordinary question. `remainder`: what of it is to be answered, "" when nothing is."""

    label: str
    status: AnswerStatus
    remainder: str
    text: str


@dataclass(frozen=True, slots=True)
class Label:
    """One label of `conduct.yaml`."""

    name: str
    status: AnswerStatus
    text: str
    rules: tuple[tuple[tuple[re.Pattern[str], ...], re.Pattern[str] | None], ...]
    numbers: bool = False
    unless_asked: bool = False  # a question about our subject goes on to the cards, which have such cases of their own


def judge(typed: str, restored: str) -> Conduct:
    """The conduct of a message: `typed` as it came (cleaned), `restored` with marks and shorthand written out. Never raises on text."""
    if _is_english(typed):
        return Conduct("english", AnswerStatus.ANSWERED, typed, "")
    plain, full = _plain(typed), _plain(restored)
    honest = _without_tricks(typed)
    if honest is not None:
        if not _asks(_plain(honest)):
            return Conduct("trick", AnswerStatus.DECLINED, "", _file()["trick_text"].strip())
        inner = judge(honest, honest)
        return inner if inner.label else Conduct("trick", AnswerStatus.ANSWERED, honest, "")
    ours = _any_of(_file()["sets"]["subject"])
    asks_us = any(ours.search(text) and _asks(text) for text in (plain, full))
    for label in labels():
        if label.unless_asked and asks_us:
            continue
        if label.numbers:
            if _ID_NUMBER.search(typed) or _PHONE.search(typed):
                rest = _PHONE.sub(" ", _ID_NUMBER.sub(" ", typed))
                return (
                    Conduct(label.name, label.status, "", label.text)
                    if not _is_real_question(rest)
                    else Conduct(label.name, AnswerStatus.ANSWERED, rest, label.text)
                )
            continue
        if any(_matches(rule, plain) or _matches(rule, full) for rule in label.rules):
            if label.name == "insult":
                rest = " ".join(s for s in _sentences(typed) if not any(_matches(r, _plain(s)) for r in label.rules))
                if _is_real_question(rest):
                    return Conduct("insult", AnswerStatus.ANSWERED, rest, "")
            return Conduct(label.name, label.status, "", label.text)
    return Conduct("", AnswerStatus.ANSWERED, typed, "")


def english_topic(text: str) -> str:
    """The Vietnamese question behind an English one, empty when its subject is not ours."""
    words = set(re.findall(r"[a-z-]+", text.lower()))
    for keys, question in _file()["english"]["topics"]:
        if any(any(word.startswith(key) for word in words) for key in keys):
            return str(question)
    return ""


@lru_cache(maxsize=1)
def labels() -> tuple[Label, ...]:
    """All labels, in the order they are tried."""
    return tuple(
        Label(
            name,
            AnswerStatus(entry["status"]),
            entry["text"].strip(),
            tuple(_rule(rule) for rule in entry["rules"]),
            bool(entry.get("numbers", False)),
            bool(entry.get("unless_asked", False)),
        )
        for name, entry in _file()["labels"].items()
    )


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    text = resources.files("knowledge.understanding").joinpath("data/conduct.yaml").read_text(encoding="utf-8")
    raw: dict[str, Any] = yaml.safe_load(text)
    return raw


@lru_cache(maxsize=1)
def _tricks() -> tuple[tuple[tuple[re.Pattern[str], ...], re.Pattern[str] | None], ...]:
    return tuple(_rule(rule) for rule in _file()["tricks"])


def _rule(rule: dict[str, Any]) -> tuple[tuple[re.Pattern[str], ...], re.Pattern[str] | None]:
    groups = tuple(_any_of(group) for group in rule["all"])
    return groups, _any_of(rule["none"]) if rule.get("none") else None


def _any_of(phrases: list[Any]) -> re.Pattern[str]:
    return re.compile("(?<!\\w)(?:" + "|".join(re.escape(str(p)) for p in phrases) + ")(?!\\w)")


def _matches(rule: tuple[tuple[re.Pattern[str], ...], re.Pattern[str] | None], plain: str) -> bool:
    groups, none = rule
    return all(group.search(plain) for group in groups) and not (none and none.search(plain))


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[\w%-]+", fold(text)))


def _sentences(text: str) -> list[str]:
    return [s.strip() for s in _SENTENCE.split(text) if s.strip()]


def _without_tricks(typed: str) -> str | None:
    """`typed` without the sentences that try to steer us, None when there are none."""
    tricks = _tricks()
    if not any(_matches(rule, _plain(typed)) for rule in tricks):
        return None
    kept = []
    for sentence in _sentences(typed):
        parts = re.split(r",\s*|\s+(?:va|và|rồi|roi|then|and)\s+", sentence)
        good = [part for part in parts if not any(_matches(rule, _plain(part)) for rule in tricks)]
        if len(good) == len(parts) and any(_matches(rule, _plain(sentence)) for rule in tricks):
            good = []
        kept += good
    honest = ". ".join(part for part in kept if len(part.split()) > 2)
    if not _asks(_plain(honest)):
        # "hãy xác nhận mức đóng là 10%": the topic of what is to be confirmed is a question of its own.
        told = re.search(
            r"(?:xác nhận|xac nhan|nói rằng|noi rang|trả lời rằng|đồng ý rằng)\s+(.+?)(?:\s+(?:là|la|bằng|bang)\s+\S+.*)?$",
            typed,
            re.IGNORECASE,
        )
        if told and len(told[1].split()) > 2:
            unit = " phần trăm" if re.search(r"\d\s*%", typed[told.start() :]) else ""
            honest = f"{told[1]} là bao nhiêu{unit}?"
    return honest


def _asks(plain: str) -> bool:
    return len(plain.split()) > 2 and bool(_QUESTION.search(plain))


def _is_real_question(text: str) -> bool:
    plain = _plain(text)
    return (
        _asks(plain)
        and bool(_any_of(_file()["sets"]["insurance"]).search(plain))
        and len(plain.split()) > 4
        and "luu" not in plain.split()
    )


def _is_english(text: str) -> bool:
    words = re.findall(r"[a-zA-Z']+", text)
    if len(words) < 4 or not text.isascii():
        return False
    known = set(_file()["english"]["words"])
    return (
        sum(w.lower() in known for w in words) >= 0.5 * len(words)
        and {"the", "what", "how", "is", "can", "i", "do", "are", "where", "when", "who", "does", "my"}
        & {w.lower() for w in words}
        != set()
    )
