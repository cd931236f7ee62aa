"""Narrow topics by the words that every question about them has at least one of."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from knowledge.yaml_files import load_yaml


@cache
def matters() -> dict[str, re.Pattern[str]]:
    """By topic of cards, the words as a pattern for lower-case text with marks; other topics are too wide to tell."""
    text = resources.files("knowledge.understanding").joinpath("data/matters.yaml").read_text(encoding="utf-8")
    return {topic: re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)") for topic, words in load_yaml(text).items()}
