"""The last step of every reader."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ingest.alerts import Unseen
from ingest.hidden import examine
from ingest.machine_rules import rules
from ingest.readers.model import ReadDocument, to_plain


def prepare() -> None:
    """Loads what every parser needs: called once in the process whose children parse, so that each has it ready."""
    rules()


def finished(document: ReadDocument, unseen: Iterable[Unseen] = ()) -> dict[str, Any]:
    """What a parser process hands over of `document`, with what was found in it and in `unseen`."""
    about = [Unseen("metadata", f"thuộc tính {name}", value) for name, value in document.front_matter.items()]
    document.alerts = examine(document.lines, [*unseen, *about])
    return to_plain(document)
