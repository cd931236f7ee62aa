"""Templates of cards, compiled once and filled in Jinja's sandbox within `bounds`: they may come from staff."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any

from jinja2 import TemplateError

from knowledge.cards.bounds import BoundedEnvironment, budget, checked_length
from knowledge.cards.model import Card, CardsError
from knowledge.cards.words import FILTERS


def _tidy(text: str) -> str:
    lines = [re.sub(r"[ \t]+", " ", line).strip() for line in text.split("\n")]
    joined = "\n".join(line for line in lines if line)
    joined = re.sub(r"\s+([,.;:?!])(?=\s|$)", r"\1", joined)
    # A block at the end of a line takes the line break with it.
    return re.sub(r"(?<=[a-zà-ỹ0-9)%][.;?!])(?=[A-ZĐÀ-Ỹ])", " ", joined)


@lru_cache(maxsize=1)
def environment() -> BoundedEnvironment:
    """The sandbox of all templates."""
    return BoundedEnvironment(FILTERS)


@lru_cache(maxsize=2048)
def template(text: str) -> Any:
    """`text` compiled. Raises TemplateError."""
    return environment().from_string(text)


def warm(cards: Sequence[Card]) -> None:
    """Compiles the templates of `cards`, which the first citizen to ask for each would wait for (some 10 ms)."""
    for card in cards:
        for text in (card.answer, card.change):
            with suppress(TemplateError, RecursionError):  # said when the card is asked for
                template(text)


def filled(text: str, names: Mapping[str, Any], place: str) -> str:
    """The template `text`, which stands at `place`, with `names`. Raises CardsError when it is broken, and what the names raise."""
    try:
        with budget():
            return _tidy(checked_length(template(text).render(names)))
    except (TemplateError, TypeError, KeyError, AttributeError, ValueError, ArithmeticError, RecursionError) as error:
        raise CardsError(
            f"{place}: mẫu câu hỏng ({type(error).__name__}: {error}).", "Sửa answer hoặc change của thẻ."
        ) from error
