"""Everyday and regional words put into the ones that ways of asking and the law use (`data/everyday_words.yaml`).

For comparing texts only: "lãnh" and "nhận", "nhiêu" and "bao nhiêu" are one thing said in two parts of the country, and neither a
small embedding nor a table of words knows that. What a citizen reads, and what facts are read from, is never rewritten.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources

from knowledge.vietnamese import nfc, same_tone_placement
from knowledge.yaml_files import load_yaml

_ONCE = {"nhiêu": r"(?<!bao )(?<!bấy )"}  # already whole: "bao nhiêu"


@lru_cache(maxsize=1)
def _table() -> tuple[re.Pattern[str], dict[str, str]]:
    raw = load_yaml(resources.files("knowledge").joinpath("data/everyday_words.yaml").read_text(encoding="utf-8"))
    words = {same_tone_placement(nfc(str(said))): nfc(str(meant)) for said, meant in raw.items()}
    forms = "|".join(_ONCE.get(said, "") + re.escape(said) for said in sorted(words, key=len, reverse=True))
    # "bảo hiểm tự nguyện" inside "bảo hiểm xã hội tự nguyện" cannot match: the words between differ.
    return re.compile(rf"(?<!\w)(?:{forms})(?!\w)"), words


def standard_words(text: str) -> str:
    """`text`, in small letters, with everyday words put into the usual ones; marks must be there."""
    pattern, words = _table()
    return pattern.sub(lambda found: words[found[0]], same_tone_placement(text.lower()))
