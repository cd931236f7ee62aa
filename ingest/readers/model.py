"""What every reader returns: the document as paragraph-like lines, in reading order."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any

from ingest.alerts import Alert


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph, heading, list item or table row; never half a sentence that a page margin cut.

    `text` is NFC without markup. `page` counts from 1, 0 where the medium has no pages. `heading` is the level 1–6 of a
    Markdown, HTML or Word heading, 0 for none. `table` rows read "cell | cell | cell". `rule` is a horizontal rule with
    empty text.
    """

    text: str
    page: int = 0
    heading: int = 0
    table: bool = False
    bold: bool = False
    list_item: bool = False
    quote: bool = False
    rule: bool = False


@dataclass(slots=True)
class ReadDocument:
    """A file that was read. `front_matter` (YAML of Markdown) is about the file, never part of its text.

    `media` is one of "pdf", "docx", "doc", "html", "markdown", "text"; `pages` is 0 where the medium has none;
    `ocr_pages` are the pages (from 1) whose text a machine recognised and a person should check; `notes` are Vietnamese
    remarks for staff; `sha256` is the hash of the file's bytes; `alerts` are what `ingest.hidden` found.
    """

    path_name: str
    media: str
    lines: list[Line] = field(default_factory=list)
    front_matter: dict[str, str] = field(default_factory=dict)
    pages: int = 0
    ocr_pages: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    sha256: str = ""
    alerts: list[Alert] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All lines joined by line feeds."""
        return "\n".join(line.text for line in self.lines)


_LINE = tuple(f.name for f in fields(Line))


def to_plain(document: ReadDocument) -> dict[str, Any]:
    """`document` as plain JSON values: what a parser process hands to its parent."""
    # `asdict` copies deeply: a third of the time of a long document.
    plain: dict[str, Any] = {f.name: getattr(document, f.name) for f in fields(document)}
    plain["lines"] = [{name: getattr(line, name) for name in _LINE} for line in document.lines]
    plain["alerts"] = [asdict(alert) for alert in document.alerts]
    return plain


def from_plain(plain: dict[str, Any]) -> ReadDocument:
    """The document in `plain`. Raises TypeError or ValueError when the child sent anything else."""
    lines = [Line(**item) for item in plain["lines"]]
    return ReadDocument(**{**plain, "lines": lines, "alerts": [Alert(**item) for item in plain["alerts"]]})
