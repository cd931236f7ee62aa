"""Plain answer text as paragraphs and lists, so that a page can show them without markup in the text.

`static/chat.js` has the same rules for the page with script; a browser test holds the two together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_BULLET = re.compile(r"\s*[-•*+–]\s+(?=\S)")
_NUMBERED = re.compile(r"\s*(\d{1,2})[.)]\s+(?=\S)")


@dataclass(slots=True)
class Block:
    """A paragraph (`p`), bullet list (`ul`) or numbered list (`ol`, counting from `start`) of `lines`."""

    kind: str
    lines: list[str] = field(default_factory=list)
    start: int = 1


def blocks(text: str) -> list[Block]:
    """`text` cut into blocks: blank lines end a paragraph, "- " and "1. " lines make lists."""
    found: list[Block] = []
    open_block: Block | None = None
    for line in text.split("\n"):
        if not line.strip():
            open_block = None
            continue
        kind, start, words = "p", 1, line.strip()
        if bullet := _BULLET.match(line):
            kind, words = "ul", line[bullet.end() :].strip()
        elif numbered := _NUMBERED.match(line):
            kind, start, words = "ol", int(numbered[1]), line[numbered.end() :].strip()
        if open_block is None or open_block.kind != kind:
            open_block = Block(kind, [], start)
            found.append(open_block)
        open_block.lines.append(words)
    return found
