"""Short made-up documents and what every structure must keep."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ingest.readers.model import Line
from ingest.structure import Parsed, parse
from knowledge.law import Coordinate, DocumentKind, Provision

NUMBER = "7/2031/NĐ-CP"


def lines(text: str) -> list[Line]:
    """One line for each line of `text`: `# ` marks a heading, `| ` a table row, `** ` a bold line."""
    made = []
    for raw in text.strip("\n").split("\n"):
        words = raw.strip()
        marks = re.match(r"^(#{1,6}) ", words)
        if marks:
            made.append(Line(words[marks.end() :], heading=len(marks[1])))
        elif words.startswith("| "):
            made.append(Line(words.strip("| "), table=True))
        elif words.startswith("** "):
            made.append(Line(words[3:], bold=True))
        elif words:
            made.append(Line(words))
    return made


def decree(text: str, kind: DocumentKind = DocumentKind.DECREE) -> Parsed:
    """`text` as the document NUMBER."""
    return parse(lines(text), NUMBER, kind)


def places(provisions: Iterable[Provision]) -> list[str]:
    """Coordinates without the document, in reading order."""
    return [str(p.coordinate).partition(" · ")[2] for p in provisions]


def at(parsed: Parsed, article: str = "", clause: str = "", point: str = "", section: str = "") -> Provision:
    """The one provision at this place of NUMBER; fails when there is none or more than one."""
    (found,) = [p for p in parsed.provisions if p.coordinate == Coordinate(NUMBER, article, clause, point, section)]
    return found


def codes(parsed: Parsed) -> list[str]:
    """The codes of the warnings."""
    return [w.code for w in parsed.warnings]


def assert_verbatim(provisions: Sequence[Provision], source: Sequence[Line], apart: str = "") -> None:
    """Every unbroken paragraph of every provision stands in `source`, blanks and lines without a word apart.

    `apart` is a pattern for what somebody added to the paragraphs of the source.
    """
    said = [line.text for line in source if line.table or re.search(r"[^\W\d_]|\d{4}|[%=+×÷/<>]", line.text)]
    whole = _one_blank(" ".join(re.sub(apart, "", text, flags=re.DOTALL) if apart else text for text in said))
    for provision in provisions:
        for paragraph in provision.text.split("\n"):
            assert _one_blank(paragraph) in whole, f"{provision.coordinate}: {paragraph!r}"


def _one_blank(text: str) -> str:
    return " ".join(text.split())
