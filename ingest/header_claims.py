"""What a file says about itself outside the legal text: front matter, a table of facts, "Loại: …" lines at the top.

It is worth what a manifest row is worth: it fills gaps, it never wins over the text, it is never quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ingest import dates
from ingest.header_names import claimed_number, claimed_title, tidy
from ingest.readers.model import Line, ReadDocument
from knowledge.law import official_numbers
from knowledge.vietnamese import clean, fold

_KEYS = {
    "sohieu": "number", "sokyhieu": "number", "number": "number",
    "ngaybanhanh": "issued", "dateissued": "issued", "ngayky": "issued",
    "hieuluc": "since", "ngayhieuluc": "since", "ngaycohieuluc": "since", "hieuluctu": "since", "apdungtu": "since",
    "effectivedate": "since",
    "hieulucden": "until", "apdungden": "until", "ngayhethieuluc": "until",
    "loai": "kind", "loaitailieu": "kind", "loaivanban": "kind",
    "tieude": "title", "title": "title", "tenvanban": "title", "trichyeu": "subject",
    "coquan": "issuer", "coquanbanhanh": "issuer", "donvi": "issuer", "capnhat": "updated", "ngaycapnhat": "updated",
}  # fmt: skip
_TOP_LINE = re.compile(
    r"^\s*(Loại(?: tài liệu)?|Tiêu đề|Cơ quan(?: ban hành)?|Đơn vị|(?:Hiệu lực|Áp dụng) (?:từ|đến)|Cập nhật"
    r"|Ngày cập nhật|Số hiệu|Ngày (?:ban hành|ký|hiệu lực|có hiệu lực))"
    r"\s*:\s*(.*)$",
    re.IGNORECASE | re.DOTALL,
)
_UNKNOWN = re.compile(r"dang cap nhat|chua (?:ro|xac minh)|khong ro|\?")
_TOP_LINES = 25


@dataclass(frozen=True, slots=True)
class Claims:
    """Facts as claimed; empty or None when nothing is said. `kind` is folded ("cam nang")."""

    number: str = ""
    kind: str = ""
    title: str = ""
    issuer: str = ""
    issued: date | None = None
    since: date | None = None
    until: date | None = None
    updated: date | None = None


def read_claims(document: ReadDocument, added: Sequence[Line]) -> Claims:
    """The claims of `document`, whose lines outside the legal text are `added`."""
    told: dict[str, str] = {}
    for key, value in (*_fields(document), *_rows(added)):
        name = _KEYS.get(re.sub(r"[^a-z]", "", fold(key)))
        value = clean(value)
        if name and value and not _UNKNOWN.search(fold(value)):
            told.setdefault(name, value)
    span = [day for _, day in dates.days(told.get("since", ""))]
    heading = next((line.text for line in document.lines if line.heading == 1), "")
    lead = [heading, *(line.text for line in document.lines[:3] if not line.table), told.get("title", "")]
    numbers = official_numbers(tidy(told.get("number", "")))
    return Claims(
        number=numbers[0] if numbers else next((n for n in map(claimed_number, lead) if n), ""),
        kind=" ".join(fold(told.get("kind", "")).split()),
        title=claimed_title(told.get("title", "") or heading, told.get("subject", "")),
        issuer=told.get("issuer", ""),
        issued=dates.one_day(told.get("issued", "")) or _passed(added),
        since=span[0] if span else None,
        until=dates.one_day(told.get("until", "")) or (span[1] if len(span) == 2 and span[1] > span[0] else None),
        updated=dates.one_day(told.get("updated", "")),
    )


def top_lines(lines: Sequence[Line]) -> list[int]:
    """Indexes of the "Loại: …" lines that open a handbook which has no front matter."""
    found = [i for i, line in enumerate(lines[:_TOP_LINES]) if _TOP_LINE.match(line.text)]
    return found if any(fold(lines[i].text).startswith("loai") for i in found) else []


def _fields(document: ReadDocument) -> Iterable[tuple[str, str]]:
    yield from document.front_matter.items()
    for index in top_lines(document.lines):
        found = _TOP_LINE.match(document.lines[index].text)
        assert found is not None
        yield found[1], found[2]


def _rows(added: Sequence[Line]) -> Iterable[tuple[str, str]]:
    """Rows "Số hiệu | 161/2026/NĐ-CP" of an added table, or the same as lines "Số hiệu: …"."""
    for line in added:
        key, mark, value = line.text.partition(" | " if line.table else ":")
        if mark and len(key) < 40:
            yield key, value


def _passed(added: Sequence[Line]) -> date | None:
    """The day that a note gives as the one on which the law was passed."""
    for line in added:
        if "thong qua" in (plain := fold(line.text)):
            return dates.one_day(plain[plain.index("thong qua") :][:60])
    return None
