"""Markdown, line by line.

A Markdown parser would turn "1." at the start of a clause into a list and renumber it; here every line keeps its label and only
the marks of headings, emphasis, quotes, links and tables are taken away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import yaml
from bs4 import BeautifulSoup

from ingest.alerts import Unseen
from ingest.errors import Refused
from ingest.hidden_web import take_out
from ingest.readers.finish import finished, prepare
from ingest.readers.model import Line, ReadDocument
from ingest.readers.paragraphs import join_wrapped
from ingest.readers.plain import decoded
from knowledge.vietnamese import clean

_FRONT = re.compile(r"\A\ufeff?---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_RULE = re.compile(r"^\s*(?:[-*_]\s*){3,}$")
_ROW = re.compile(r"^\s*\|.*\|\s*$")
_DIVIDER = re.compile(r"^\s*\|?(?:\s*:?-{2,}:?\s*\|)+\s*:?-*:?\s*\|?\s*$")
_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]+)\]\((?:[^()\s]|\([^)]*\))+(?:\s+\"[^\"]*\")?\)")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)  # one that never ends hides the rest, as in a browser
_TITLE = re.compile(r"\]\([^()\s]*\s+[\"'(]([^\"\n]{12,})[\"')]\)")
_REFERENCE = re.compile(
    r"""^[ ]{0,3}\[[^\]\n]+\]:[ \t]*(?:<[^>\n]*>|\S*[/.#]\S*)(?:[ \t]+["'(](.*)["')])?[ \t]*$""", re.MULTILINE
)  # shows nothing
_STYLED = re.compile(
    r"<([a-zA-Z][\w-]*)\b[^<>]*\b(?:style|hidden|aria-hidden|color|size)\b[^<>]*>.*?(?:</\1\s*>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_HIDDEN = re.compile(r"<(script|style|template|noscript)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_BOLD_LINE = re.compile(r"^\s*(?:\*\*|__)(?=\S).*(?:\*\*|__)[.:]?\s*$")
_STRONG = re.compile(r"(\*\*\*|\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_EMPHASIS = re.compile(
    r"(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*(?![\w*])|(?<![\w_])_(?=[^\s_])([^_\n]+?)(?<=[^\s_])_(?![\w_])"
)
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!|>~-])")

__all__ = ["prepare", "read"]  # the sandbox calls the first once


def read(path: str, name: str, sha256: str) -> dict[str, Any]:
    """The document. Runs inside a parser process."""
    text, notes, unseen = decoded(path)
    front, text = front_matter(text)
    unseen += _left_out(text)
    text, hidden = _shown_only(text)
    unseen += hidden
    text = _REFERENCE.sub("", text)
    text = _HIDDEN.sub(" ", _COMMENT.sub(" ", text))
    lines = _lines(text)
    if not any(line.text for line in lines):
        raise Refused("no_text")
    return finished(ReadDocument(name, "markdown", lines, front, notes=notes, sha256=sha256), unseen)


def _left_out(text: str) -> list[Unseen]:
    """Comments, titles of links and pictures, reference lines that show nothing, and elements that a browser hides."""
    found = [
        Unseen("comment", "chú thích", m[0].removeprefix("<!--").removesuffix("-->")) for m in _COMMENT.finditer(text)
    ]
    found += [Unseen("alt", "lời mô tả hình", m[1]) for m in _IMAGE.finditer(text)]
    found += [Unseen("alt", "tên liên kết, hình", m[1]) for m in _TITLE.finditer(text)]
    found += [Unseen("comment", "dòng tham chiếu", m[1] or "") for m in _REFERENCE.finditer(text)]
    found += [Unseen("part", "thẻ ẩn", m[0]) for m in _HIDDEN.finditer(text)]
    return found


def _shown_only(text: str) -> tuple[str, list[Unseen]]:
    """`text` without the elements of HTML in it that a browser does not show, and what those said."""
    if not _STYLED.search(text):
        return text, []
    unseen: list[Unseen] = []

    def judged(match: re.Match[str]) -> str:
        soup = BeautifulSoup(match[0], "lxml")
        found = [u for u in take_out(soup) if u.kind not in ("alt", "part")]
        unseen.extend(found)
        return " " if found else match[0]

    return _STYLED.sub(judged, text), unseen


def front_matter(text: str) -> tuple[dict[str, str], str]:
    """The YAML block at the top as strings, and the text below it. A block that is no YAML stays out of the text too.

    Nested values are left out: aliases in them can grow without end when they are written as text.
    """
    found = _FRONT.match(text)
    if found is None:
        return {}, text
    try:
        loaded = yaml.safe_load(found[1])
    except yaml.YAMLError:
        loaded = None
    values = loaded.items() if isinstance(loaded, dict) else ()
    return {str(k): _written(v) for k, v in values if not isinstance(v, dict)}, text[found.end() :]


def _written(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_written(v) for v in value if not isinstance(v, dict | list))
    return "" if value is None else str(value)


def _lines(text: str) -> list[Line]:
    made: list[Line] = []
    waiting: list[str] = []

    def flush(quote: bool = False) -> None:
        if waiting:
            made.extend(Line(p, quote=quote) for p in join_wrapped(waiting))
            waiting.clear()

    quoted = False
    for raw in _whole_emphasis(text.split("\n")):
        line = raw.rstrip()
        body = line.lstrip()
        is_quote = body.startswith(">")
        if is_quote != quoted:
            flush(quoted)
            quoted = is_quote
        if is_quote:
            waiting.append(plain(body.lstrip("> ")))
            continue
        if body.startswith(("```", "~~~")):
            continue
        heading = _HEADING.match(body)
        if heading:
            flush()
            made.append(Line(plain(heading[2]), heading=len(heading[1])))
        elif _RULE.match(line):
            flush()
            made.append(Line("", rule=True))
        elif _DIVIDER.match(line) and "|" in line:
            continue
        elif _ROW.match(line):
            flush()
            cells = [plain(cell) for cell in re.split(r"(?<!\\)\|", body.strip()[1:-1])]
            if any(cells):
                made.append(Line(" | ".join(cells), table=True))
        elif _BOLD_LINE.match(line):
            flush()
            made.append(Line(plain(body), bold=True))
        else:
            waiting.append(plain(line))
            if line.endswith("  ") or raw.endswith("  "):
                waiting.append("")
    flush(quoted)
    return made


def _whole_emphasis(lines: list[str]) -> Iterator[str]:
    """`lines` with those joined over which bold type goes on: converters cut lines at a column whatever stands in them."""
    index = 0
    while index < len(lines):
        line, end = lines[index], index
        if line.count("**") % 2 and not _ROW.match(line):
            end = next((i for i in range(index + 1, len(lines)) if not lines[i].strip() or "**" in lines[i]), index)
            if end >= len(lines) or lines[end].count("**") % 2 == 0:
                end = index
        yield (
            " ".join([line.rstrip(), *(more.strip(" >") for more in lines[index + 1 : end + 1])])
            if end > index
            else line
        )
        index = end + 1


def plain(text: str) -> str:
    """`text` without marks of emphasis, links, images, tags and escapes."""
    text = _IMAGE.sub(r"\1", text)
    text = _LINK.sub(r"\1", text)
    text = re.sub(r"<br\s*/?>", " ", text, flags=re.IGNORECASE)
    text = _TAG.sub("", text)
    for _ in range(2):
        text = _STRONG.sub(r"\2", text)
        text = _EMPHASIS.sub(lambda m: m[1] or m[2], text)
    return clean(unescape(_ESCAPED.sub(r"\1", text).replace("`", "")))
