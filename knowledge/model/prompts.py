"""The prompts, from `prompts.yaml`. What comes from elsewhere goes into the material alone, cleaned of invisible characters."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib import resources

from knowledge.model.contract import Prompt
from knowledge.vietnamese import clean
from knowledge.yaml_files import load_yaml

_LONGEST_SOURCE = 2_400  # characters


@lru_cache(maxsize=1)
def _texts() -> dict[str, str]:
    loaded: dict[str, str] = load_yaml(
        resources.files("knowledge.model").joinpath("prompts.yaml").read_text(encoding="utf-8")
    )
    return loaded


def wording_prompt(sources: Sequence[str], question: str) -> Prompt:
    """Asks for `sources` in other words, for who asked `question` (masked)."""
    listed = [_texts()["source"].format(number=n, text=_inside(text)) for n, text in enumerate(sources, 1)]
    material = _texts()["wording_material"].format(sources="\n".join(listed), question=_inside(question))
    return Prompt(_texts()["wording"], material)


def understanding_prompt(message: str, before: str, labels: Sequence[str]) -> Prompt:
    """Asks what `message` (masked) asks, after the question `before`; `labels` are what it may be about."""
    material = _texts()["understanding_material"].format(
        labels="\n".join(labels), before=_inside(before) or "(không có)", message=_inside(message)
    )
    return Prompt(_texts()["understanding"], material)


def _inside(text: str) -> str:
    """`text` as one paragraph of data: it cannot begin a part of the prompt of its own, nor pass for the number of a source."""
    lines = [line.strip() for line in clean(text).split("\n") if line.strip()]
    return " / ".join(lines).replace("[", "(").replace("]", ")")[:_LONGEST_SOURCE]
