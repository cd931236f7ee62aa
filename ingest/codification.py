"""Codifications (pháp điển): articles of many documents under one roof, each with a note that says where it comes from.

    Điều 6.2.LQ.1. Phạm vi điều chỉnh
    (Điều 1 Luật số 39/2009/QH12 … có hiệu lực thi hành kể từ ngày 01/07/2010)

Each article is read at its own number, so that a citation names the law and not the collection.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest

from ingest.articles import Warning, read_article
from ingest.breadcrumb import Breadcrumb
from ingest.readers.model import Line
from knowledge.law import InForce, Provision, official_numbers

_CODE = r"Điều\s+\d{1,3}(?:\.\d{1,3})*\.[A-ZĐ]{2,4}(?:\.\d{1,4})+[a-zđ]?"
_HEAD = re.compile(rf"^\s*({_CODE})\.?\s*(.*)$", re.DOTALL)
_INLINE_HEAD = re.compile(rf"{_CODE}\.\s+(?=\S)")
_ORIGIN = re.compile(
    r"^\s*\(\s*(?:Điểm\s+\S+\s+)?(?:[Kk]hoản\s+\S+\s+)?(?:Điều\s+)?(\d{1,3}[a-zđ]?)\s+((?:Bộ luật|Luật|Pháp lệnh|Nghị|Quyết|Thông|Chỉ).*)$",
    re.DOTALL,
)
_SINCE = re.compile(r"có hiệu lực(?: thi hành)?\s*(?:kể)?\s*từ ngày\s+(\d{1,2})/(\d{1,2})/(\d{4})", re.IGNORECASE)
# What the editors of the collection add: cross-references, keys of its database, names of attached files.
_RELATED = re.compile(r"\s*\((?:Điều|Mục|Chương|Phần) này có nội dung liên quan.*$", re.IGNORECASE | re.DOTALL)
_CONTENTS = re.compile(r"^\s*(?:Danh sách điều khoản|Mục lục)\s*$", re.IGNORECASE)
_ADDED = re.compile(r"^\s*\d{20,}\s*$|^\s*\S.{0,150}\.(?:docx?|xlsx?|pdf|rar|zip)\s*$", re.IGNORECASE)


@dataclass(slots=True)
class _Block:
    """An article of the collection: its code, its title, the lines below it and where it stands."""

    code: str
    title: str
    body: list[Line]
    path: tuple[str, ...]

    @property
    def origin(self) -> int | None:
        """Which of the first lines says where the article comes from."""
        return next((i for i, line in enumerate(self.body[:3]) if _ORIGIN.match(line.text)), None)


def parse(lines: Sequence[Line]) -> tuple[list[Provision], list[Warning]]:
    """Provisions at their own documents, with the day their text came into force.

    Articles of unknown origin are left out, with a warning. The text is that of the last amendment, so it holds from the
    day of that amendment, not of the first version.
    """
    provisions: list[Provision] = []
    warnings: list[Warning] = []
    blocks = _blocks(lines)
    told = {block.code for block in blocks if block.origin is not None}
    for block in blocks:
        if block.origin is None:
            if block.code not in told:  # else a line of a list; the article itself stands elsewhere
                warnings.append(
                    Warning("origin_unknown", block.code, "Không rõ điều này thuộc văn bản nào nên không nạp.")
                )
            continue
        note = _ORIGIN.match(block.body[block.origin].text)
        assert note is not None
        numbers, since = official_numbers(note[2]), _since(note[2])
        if not numbers or since is None:
            warnings.append(
                Warning(
                    "origin_unknown", block.code, "Không rõ số hiệu hoặc ngày hiệu lực của văn bản gốc nên không nạp."
                )
            )
            continue
        kept = [line for i, line in enumerate(block.body) if i != block.origin]
        article = read_article(note[1], block.title, kept)
        held = InForce(since)
        provisions += [replace(p, in_force=held) for p in article.provisions(numbers[0], block.path) if p.text]
        warnings += [replace(w, where=f"{numbers[0]} · {w.where}") for w in article.warnings]
    return provisions, warnings


def _blocks(lines: Sequence[Line]) -> list[_Block]:
    end = next((i for i, line in enumerate(lines) if _CONTENTS.match(line.text)), len(lines))
    kept = [
        replace(line, text=_RELATED.sub("", line.text))
        for line in _open_heads(lines[:end])
        if not line.rule and not _ADDED.match(line.text)
    ]
    kept = [line for line in kept if line.text]
    crumbs = Breadcrumb()
    blocks: list[_Block] = []
    index = 0
    while index < len(kept):
        head = _HEAD.match(kept[index].text)
        taken = 0 if head else crumbs.take(kept, index)
        if head:
            blocks.append(_Block(head[1], head[2].strip(), [], crumbs.path))
        elif not taken and blocks:
            blocks[-1].body.append(kept[index])
        index += taken or 1
    return blocks


def _open_heads(lines: Sequence[Line]) -> list[Line]:
    """`lines` with headings that were run into the paragraph before them on lines of their own: an origin note follows them."""
    opened: list[Line] = []
    for line, after in zip_longest(lines, lines[1:]):
        if after is not None and _ORIGIN.match(after.text) and not _HEAD.match(line.text):
            heads = [m for m in _INLINE_HEAD.finditer(line.text) if _closed(line.text[: m.start()])]
            if heads:
                begin = heads[-1].start()
                opened += [replace(line, text=line.text[:begin].rstrip()), replace(line, text=line.text[begin:])]
                continue
        opened.append(line)
    return opened


def _closed(text: str) -> bool:
    """True outside brackets; codes inside are cross-references."""
    return text.count("(") <= text.count(")")


def latest_day(lines: Sequence[Line]) -> date | None:
    """The latest day on which anything in the collection came into force: it knows nothing of the time after."""
    days = [day for line in lines if (note := _ORIGIN.match(line.text)) and (day := _since(note[2]))]
    return max(days, default=None)


def _since(note: str) -> date | None:
    """The latest day in the origin note; None when it names none or an impossible one."""
    try:
        return max((date(int(year), int(month), int(day)) for day, month, year in _SINCE.findall(note)), default=None)
    except ValueError:
        return None
