"""HTML: what a browser would show, without scripts, styles, comments and hidden parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag
from bs4.element import Comment, NavigableString

from ingest.encodings import declared_charset, decode_bytes
from ingest.errors import Refused
from ingest.hidden_signs import signs_in
from ingest.hidden_web import take_out
from ingest.readers.finish import finished, prepare
from ingest.readers.model import Line, ReadDocument
from ingest.readers.paragraphs import join_wrapped
from ingest.syllables import garbled_share, words
from knowledge.vietnamese import clean

_DROPPED = tuple(
    """
    script style template noscript head svg iframe object embed nav footer input select textarea button dialog
    """.split()  # noqa: SIM905
)
# No "form": many portals of agencies wrap their whole page in one.
_BLOCKS = frozenset(
    """
    address article aside blockquote body caption center dd details div dl dt figcaption figure footer form h1 h2 h3 h4
    h5 h6 header hr html li main ol p pre section summary table tbody td tfoot th thead tr ul
    """.split()  # noqa: SIM905
)
_MOST_DEPTH = 300
_BREAK = "\x00"  # stands for <br>; parsed text never holds it
_MOST_NESTED = 2000
_NESTING = re.compile(
    r"<(/?)(?:div|span|table|ul|ol|dl|blockquote|section|article|center|font|b|i|em|strong)[\s>]", re.I
)

__all__ = ["prepare", "read"]  # the sandbox calls the first once


def read(path: str, name: str, sha256: str) -> dict[str, Any]:
    """The document. Runs inside a parser process."""
    data = Path(path).read_bytes()
    text = _decoded(data)
    _check_nesting(text)
    soup = BeautifulSoup(text, "lxml")
    front = {
        str(m["name"]): str(m.get("content", ""))
        for m in soup.find_all("meta", attrs={"name": True})
        if m.get("content")
    }
    unseen = [*signs_in(soup.get_text("\n"), "mã trang"), *take_out(soup)]
    _strip(soup)
    lines = [line for line in _walk(soup.body or soup, 0) if line.text or line.rule]
    shown = "\n".join(line.text for line in lines)
    if not shown.strip():
        raise Refused("no_text")
    if len(words(shown)) > 20 and garbled_share(shown) > 0.4:
        raise Refused("garbled", f"share {garbled_share(shown):.2f}")
    return finished(ReadDocument(name, "html", lines, front, sha256=sha256), unseen)


def _check_nesting(text: str) -> None:
    """Counts open elements before parsing: building a tree of a hundred thousand levels takes longer than any limit."""
    open_now = 0
    for tag in _NESTING.finditer(text):
        open_now = max(0, open_now - 1) if tag[1] else open_now + 1
        if open_now > _MOST_NESTED:
            raise Refused("too_complex", "nesting")


def _decoded(data: bytes) -> str:
    declared = declared_charset(data)
    if declared and declared.lower() not in ("utf-8", "utf8"):
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            try:
                return data.decode(declared)
            except (LookupError, UnicodeDecodeError):
                pass
    return decode_bytes(data)[0]


def _strip(soup: BeautifulSoup) -> None:
    for comment in soup.find_all(string=lambda s: isinstance(s, Comment)):
        comment.extract()
    for tag in soup.find_all("br"):
        tag.replace_with(_BREAK)
    for tag in soup.find_all(_DROPPED):
        tag.decompose()


def _walk(tag: Tag, depth: int) -> Iterator[Line]:
    if depth > _MOST_DEPTH:
        raise Refused("too_complex", "nesting")
    inline: list[str] = []
    bolds: list[bool] = []

    def flush() -> Iterator[Line]:
        for part in "".join(inline).split(_BREAK):
            if text := clean(part):
                item = tag.name == "li"
                yield Line(
                    _labelled(tag, text),
                    heading=_level(tag),
                    bold=bool(bolds) and all(bolds),
                    list_item=item,
                    quote=tag.name == "blockquote",
                )
        inline.clear()
        bolds.clear()

    for child in tag.children:
        if isinstance(child, NavigableString):
            inline.append(re.sub(r"\s+", " ", str(child)))
            if str(child).strip():
                bolds.append(False)
        elif isinstance(child, Tag):
            if child.name == "hr":
                yield from flush()
                yield Line("", rule=True)
            elif child.name == "table":
                yield from flush()
                yield from _table(child)
            elif child.name == "pre":
                yield from flush()
                yield from map(Line, join_wrapped(child.get_text().replace(_BREAK, "\n").split("\n")))
            elif child.name in _BLOCKS or child.find(list(_BLOCKS)) is not None:
                yield from flush()
                yield from _walk(child, depth + 1)
            else:
                words_of = re.sub(r"\s+", " ", child.get_text())
                inline.append(words_of)
                if words_of.strip():
                    bolds.append(child.name in ("b", "strong") or child.find(["b", "strong"]) is not None)
    yield from flush()


def _labelled(tag: Tag, text: str) -> str:
    """List items with the sign a browser prints before them."""
    if tag.name != "li" or tag.parent is None:
        return text
    if tag.parent.name == "ol":
        items = list(tag.parent.find_all("li", recursive=False))
        start = str(tag.parent.get("start"))
        number = (int(start) if start.isdigit() else 1) + items.index(tag)
        kind = tag.parent.get("type", "1")
        label = f"{chr(ord('a') + number - 1)})" if kind == "a" and number <= 26 else f"{number}."
        return f"{label} {text}"
    return f"- {text}"


def _level(tag: Tag) -> int:
    return int(tag.name[1]) if re.fullmatch(r"h[1-6]", tag.name or "") else 0


def _table(table: Tag) -> Iterator[Line]:
    """Rows as lines; a table that only lays out the page (one cell a row, or blocks of text inside) is read as text."""
    rows = table.find_all("tr")
    if table.find("table") is not None or all(len(r.find_all(["td", "th"])) <= 1 for r in rows):
        for cell in table.find_all(["td", "th", "caption"], recursive=True):
            if cell.find_parent("table") is table:
                yield from _walk(cell, 0)
        return
    for caption in table.find_all("caption"):
        yield from _walk(caption, 0)
    for row in rows:
        cells = [clean(cell.get_text(" ").replace("\n", " ")) for cell in row.find_all(["td", "th"])]
        if any(cells):
            yield Line(" | ".join(cells), table=True)
