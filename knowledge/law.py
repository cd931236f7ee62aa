"""The words of legal documents: coordinates, kinds, dates in force.

A *provision* (quy định) is one unit of a document with one *coordinate*: article (Điều), clause (khoản), point (điểm),
or, in letters and plans without articles, a numbered section (mục). Nothing here reads files or databases.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class ProvisionKind(StrEnum):
    """What a unit of text is; only quotable kinds may be cited as a rule."""

    ARTICLE = "article"  # Điều, its own text before the first clause
    CLAUSE = "clause"  # khoản, its own text before the first point
    POINT = "point"  # điểm
    SECTION = "section"  # numbered section or dash item of a document without articles
    TABLE = "table"  # a table inside an article or section
    APPENDIX = "appendix"  # phụ lục: kept, findable, never quoted as a rule
    FORM = "form"  # biểu mẫu: kept, never quoted


class DocumentKind(StrEnum):
    """Loại văn bản. HANDBOOK is explanatory text written by this project or an office, not law."""

    LAW = "luật"
    CODE = "bộ luật"
    RESOLUTION = "nghị quyết"
    DECREE = "nghị định"
    CIRCULAR = "thông tư"
    DECISION = "quyết định"
    DIRECTIVE = "chỉ thị"
    PLAN = "kế hoạch"
    LETTER = "công văn"
    CODIFICATION = "pháp điển"
    HANDBOOK = "cẩm nang"
    OTHER = "văn bản"


class DocumentStatus(StrEnum):
    """What became of a file: only ACCEPTED documents are ever searched."""

    ACCEPTED = "accepted"
    QUARANTINED = "quarantined"  # readable, but a date or an identity is unknown: a person must look
    REFUSED = "refused"  # not a source of law, or unreadable
    DUPLICATE = "duplicate"  # the same provisions under the same number are live from another file
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, order=True)
class Coordinate:
    """Where a provision stands: `41/2024/QH15 · Điều 36 · khoản 2 · điểm đ`.

    `document` is the official number (số hiệu), or a short title where a document has none.
    """

    document: str
    article: str = ""
    clause: str = ""
    point: str = ""
    section: str = ""

    def __str__(self) -> str:
        parts = [
            self.document,
            self.section and (self.section if self.section[0].isalpha() else f"mục {self.section}"),
            self.article and f"Điều {self.article}",
            self.clause and f"khoản {self.clause}",
            self.point and f"điểm {self.point}",
        ]
        return " · ".join(p for p in parts if p)

    def contains(self, other: Coordinate) -> bool:
        """True when `other` is this provision or lies inside it."""
        return all(
            not mine or mine == theirs
            for mine, theirs in (
                (self.document, other.document),
                (self.section, other.section),
                (self.article, other.article),
                (self.clause, other.clause),
                (self.point, other.point),
            )
        )


@dataclass(frozen=True, slots=True)
class InForce:
    """Validity in days, both ends included; `until=None` means no known end."""

    since: date
    until: date | None = None

    def __contains__(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Provision:
    """One unit of a document.

    `text` is the unit's own words, verbatim after whitespace and NFC repair, without its children: an article's text is what
    stands before its first clause, a clause's text what stands before its first point. `heading` is the title of the
    article or section it belongs to; `breadcrumb` names what it stands in, outermost first, for search only.
    `in_force` overrides the document's validity (codifications, transitional rules).
    """

    coordinate: Coordinate
    kind: ProvisionKind
    text: str
    heading: str = ""
    breadcrumb: tuple[str, ...] = ()
    quotable: bool = True
    in_force: InForce | None = None


@dataclass(frozen=True, slots=True)
class DocumentIdentity:
    """Who a document is. `in_force=None` means unknown, which keeps it out of search."""

    number: str
    kind: DocumentKind
    title: str
    issuer: str = ""
    issued_on: date | None = None
    in_force: InForce | None = None
    replaces: tuple[str, ...] = ()
    dates_inferred: bool = False  # a bound worked out from the text or the manifest, not stated
    warnings: tuple[str, ...] = field(default=())


_NUMBER = re.compile(r"\d{1,4}(?:\.\d{1,3})?/(?:\d{4}/)?[A-ZĐ][A-ZĐ0-9]*(?:-[A-ZĐ0-9]+)*", re.IGNORECASE)


def official_numbers(text: str) -> list[str]:
    """Official numbers (số hiệu) in `text`, in order of appearance: `41/2024/QH15`, `159/2025/NĐ-CP`, `66.22/2026/NQ-CP`."""
    return [_spelt(m[0].upper()) for m in _NUMBER.finditer(text)]


def _spelt(number: str) -> str:
    """`number` with the two abbreviations that are not written in capitals: Thủ tướng (TTg), tờ trình (TTr)."""
    return re.sub(r"(?<=-)TTG$", "TTg", re.sub(r"(?<=/)TTR(?=-)", "TTr", number))


_COORDINATE = re.compile(
    r"^(?P<document>[^·]+?)(?:\s*·\s*mục\s+(?P<section>[^·]+?))?(?:\s*·\s*Điều\s+(?P<article>\d{1,3}[a-zđ]?))?"
    r"(?:\s*·\s*khoản\s+(?P<clause>\d{1,2}[a-zđ]?))?(?:\s*·\s*điểm\s+(?P<point>[a-zđ]\d?))?$"
)


def parse_coordinate(text: str) -> Coordinate:
    """`41/2024/QH15 · Điều 36 · khoản 2 · điểm đ` as a Coordinate, the reverse of `str`. Raises ValueError."""
    found = _COORDINATE.match(text.strip())
    if found is None:
        raise ValueError(text)
    return Coordinate(**{part: value or "" for part, value in found.groupdict().items()})
