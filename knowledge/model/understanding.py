"""A rambling message read by a model as a question of ours; believed only as far as the message itself bears it out.

What comes back is a question in words, which goes the same way as any question: nothing a model says here is ever an answer. The label
must be one of the data file, every number and group must be the citizen's own, and the answer must be of the label's topic.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

from knowledge.answering.claim_reader import read_claims
from knowledge.answering.claims import Grounds, unfounded
from knowledge.answering.helped import Read
from knowledge.model.contract import ModelFailed, Why
from knowledge.model.reading import object_in
from knowledge.vietnamese import clean, nfc
from knowledge.yaml_files import load_yaml

UNCLEAR = "khong_ro"
_LONGEST = 300  # characters of a question
_ACTIVE = ("http", "www.", "<", ">", "{", "}", "`", "⟦")


@lru_cache(maxsize=1)
def labels() -> Mapping[str, str]:
    """What a question may be about: topic of cards to its description."""
    loaded: dict[str, str] = load_yaml(
        resources.files("knowledge.model").joinpath("labels.yaml").read_text(encoding="utf-8")
    )
    return loaded


def read(reply: str, message: str, before: str) -> Read | None:
    """What `reply` says of `message` after the question `before`, both masked; None for "unclear". Raises ModelFailed."""
    found = object_in(reply, "label", "question")
    if found is None:
        raise ModelFailed(Why.GARBAGE)
    label = found.get("label")
    question = clean(str(found.get("question") or ""))
    if label == UNCLEAR:
        return None
    if (
        label not in labels()
        or not question
        or len(question) > _LONGEST
        or any(sign in question.lower() for sign in _ACTIVE)
    ):
        return None
    said = f"{message}\n{before}"
    if not borne_out(question, said):
        return None
    facts, refused = _facts(found.get("facts"), said, question)
    return Read(f"{question.rstrip('.?! ')}{facts}?", str(label), refused)


def borne_out(question: str, said: str) -> bool:
    """Whether every claim in `question` is one of `said`: a model may leave things out, never bring them in."""
    shares = {c.value for c in read_claims(nfc(said))}
    wrong = unfounded(question, Grounds.of(said=said, contacts=()))
    return all(claim.value in shares for claim in wrong)


def _facts(given: Any, said: str, question: str) -> tuple[str, tuple[str, ...]]:
    """The facts as words behind the question, those that `said` bears out and the question does not have; and the others by name."""
    if not isinstance(given, dict):
        return "", ()
    words, refused = [], []
    for name, phrase in _PHRASES.items():
        value = given.get(name)
        if value in (None, "", 0) or isinstance(value, bool):
            continue
        told = phrase(value)
        if told is None or not borne_out(told, said):
            refused.append(name)
        elif not _has(question, told):
            words.append(told)
    return "".join(f", {w}" for w in words), tuple(refused)


def _has(question: str, told: str) -> bool:
    held = {(c.kind, c.value) for c in read_claims(nfc(question))}
    return all((c.kind, c.value) in held for c in read_claims(nfc(told)))


def _whole(value: Any, least: int, most: int) -> int | None:
    number = int(value) if isinstance(value, int | float) and value == int(value) else None
    return number if number is not None and least <= number <= most else None


def _income(value: Any) -> str | None:
    number = _whole(value, 100_000, 1_000_000_000)
    return None if number is None else f"thu nhập {number:,} đồng/tháng".replace(",", ".")


def _age(value: Any) -> str | None:
    number = _whole(value, 1, 120)
    return None if number is None else f"{number} tuổi"


def _years(value: Any) -> str | None:
    number = _whole(value, 1, 60)
    return None if number is None else f"đã đóng {number} năm"


def _group(value: Any) -> str | None:
    known = {"hộ nghèo": "hộ nghèo", "hộ cận nghèo": "hộ cận nghèo", "dân tộc thiểu số": "người dân tộc thiểu số"}
    return known.get(value) if isinstance(value, str) else None


_PHRASES = {"income": _income, "age": _age, "years_paid": _years, "group": _group}
