"""What a reader leaves out because nobody would see it, and what staff are told of that."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unseen:
    """Text that a reader left out because no person would see it: a `kind` of `ingest.hidden`, where it stands, in Vietnamese."""

    kind: str
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Alert:
    """Hidden text, or a sentence written for a machine.

    `kind` is stable; `severity` is "warning" (an instruction: a person must look) or "remark"; `visible` when it stands in the text
    itself. The rest is Vietnamese.
    """

    kind: str
    severity: str
    where: str
    excerpt: str
    message: str
    remedy: str
    visible: bool = False
