"""Facts that the person gave earlier: which are learnt from a turn, and which complete a question that lacks them. Pure.

Traps: "hộ nghèo đóng bao nhiêu?" asks of a group and says nothing of the asker; "nếu tôi là nữ" supposes; "mẹ tôi 60 tuổi" is about
somebody else, and so, mostly, is what is asked right after; whoever asks for "nam 50 tuổi" after having said that she is a woman asks
for another. In doubt nothing is learnt and nothing filled: a general answer is right for all, a figure for the wrong person for none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Any

from knowledge.about import FAMILIES, NOTHING, About, says
from knowledge.understanding.facts import Facts, read_facts
from knowledge.understanding.followups import Past, mended, only_facts
from knowledge.yaml_files import load_yaml

_CLAUSE = re.compile(r"[.,;:?!\n]+(?=\s|$)|\s+(?:thì|nhưng|còn)\s+", re.IGNORECASE)
_ASKED: Mapping[str, str] = {"sex": "sex", "born": "age", "group": "groups", "income": "income", "months": "months"}
"""The family that a fact belongs to which was asked back for (`needs_…`)."""
_INSTEAD: Mapping[str, tuple[str, ...]] = {
    "income": ("payment",),  # what one pays a month tells the income
    "months": ("years_planned", "missing_months", "months_before_2014", "months_from_2014"),
}
"""Facts of a question beside which a family is not filled: it says the same in another way."""


def learn(about: About, typed: str, whole: str, past: Past, today: date) -> About:
    """`about` with what the person says of themself in `typed` (marks restored); `whole` is the question completed from `past`."""
    if _of_another(typed) or _of_another(whole) or read_facts(whole, today).for_whom:
        return about
    known = about
    text, corrects = mended(typed, today)
    if corrects:  # a correction speaks of what was said, whoever is named in it
        known = known.learned(read_facts(text, today), known.families)
    speaks = False
    parts = _parts(text)
    for part in parts:
        own, kin = _of_oneself(part), _pattern("kin").search(part) is not None
        if kin:  # "con tôi thì 20 tuổi": what follows is theirs
            speaks = False
        facts = read_facts(part, today)
        if _supposes(part):
            speaks = False
            continue
        if not kin and (own or (speaks and only_facts(part, today))):
            known = known.learned(facts, FAMILIES)
        speaks = not kin and (speaks or own)
    if (family := _ASKED.get(past.asked, "")) and parts and not _supposes(parts[-1]):
        known = known.learned(read_facts(parts[-1], today), [family])
    return known


def asked_again(said: str, whole: str, about: About, past: Past, today: date) -> str:
    """The question that a correction asks again: the last one as it was when what is corrected stood in `about` and not in it."""
    text, corrects = mended(said, today)
    new, before = read_facts(text, today), read_facts(past.question, today)
    told = [family for family in FAMILIES if says(new, family)]
    if not (corrects and past.question and told and only_facts(text, today)):
        return whole
    kept = all(says(about, family) and not says(before, family) for family in told)
    return past.question if kept else whole


def known_of(about: About, text: str, facts: Facts, past: Past, today: date) -> About:
    """What of `about` completes the question `text` with its `facts`: nothing where the case may be another person's."""
    if about == NOTHING or facts.for_whom or _of_another(text):
        return NOTHING
    own = speaks_of_oneself(text)
    if not own and past.question:
        before = read_facts(past.question, today)
        if before.for_whom or _of_another(past.question):
            return NOTHING  # "thế lương hưu bao nhiêu?" behind a question for one's mother
    if not own and _differs(about, facts, today):
        return NOTHING
    missing = [
        family
        for family in about.families
        if not says(facts, family) and all(getattr(facts, fact) is None for fact in _INSTEAD.get(family, ()))
    ]
    return about.only(missing)


def speaks_of_oneself(text: str) -> bool:
    """Whether `text` (marks restored) is about the person who writes."""
    return any(_of_oneself(part) for part in _parts(text))


def filled(facts: Facts, known: About) -> Facts:
    """`facts` with those of `known`, which lie in other families."""
    return replace(facts, **{f: getattr(known, f) for family in known.families for f in FAMILIES[family]})


def _differs(about: About, facts: Facts, today: date) -> bool:
    """Whether the question names a sex or an age that is not this person's."""
    if about.sex and facts.sex and about.sex is not facts.sex:
        return True
    mine, asked = filled(Facts(), about.only(["age"])).age_in(today), facts.age_in(today)
    return mine is not None and asked is not None and mine != asked


def _parts(text: str) -> list[str]:
    """The clauses of `text`; a point inside a number ends none."""
    return [part.strip() for part in _CLAUSE.split(text) if part.strip()]


def _of_oneself(part: str) -> bool:
    """Whether a clause speaks of the person who writes: "tôi là nữ", "nhà em hộ nghèo", not "cho tôi hỏi", "tôi nghe nói"."""
    return _pattern("self").search(_pattern("kin").sub(" ", _pattern("asking").sub(" ", part))) is not None


def _of_another(text: str) -> bool:
    return _pattern("others").search(text) is not None


def _supposes(part: str) -> bool:
    return _pattern("supposing").search(part) is not None


@lru_cache(maxsize=8)
def _pattern(name: str) -> re.Pattern[str]:
    """A list of `remembering.yaml` as one pattern; `asking` and `kin` have "@" for the words of the list `self`."""
    listed = _listed()
    mine = "|".join(re.escape(word) for word in listed["self"])
    parts = [re.escape(word) for word in listed[name]] if name not in ("asking", "kin") else listed[name]
    joined = "|".join(parts).replace("@", f"(?:{mine})")
    return re.compile(rf"(?<!\w)(?:{joined})(?!\w)", re.IGNORECASE)


@lru_cache(maxsize=1)
def _listed() -> dict[str, Any]:
    text = resources.files("knowledge.answering").joinpath("remembering.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = load_yaml(text)
    return loaded
