"""Official numbers (số hiệu) and articles, clauses, points in Vietnamese text, and which document an article is said to be of.

"điểm đ khoản 2 Điều 36 Luật BHXH 41/2024/QH15" and "Luật BHXH 41/2024/QH15, Điều 36 khoản 2 điểm đ" say the same.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from knowledge.answering.claims_model import Claim, ClaimKind

_KIND = r"(?:Bộ luật|Luật|Nghị định|Nghị quyết|Thông tư(?: liên tịch)?|Quyết định|Chỉ thị|Kế hoạch|Công văn|Pháp lệnh|Hướng dẫn|Văn bản)"
_NUMBER = re.compile(
    r"(?<![\w.,/])\d{1,5}(?:\.\d{1,3})?/(?:\d{4}/)?[A-ZĐ][A-ZĐ0-9]*(?:-[A-ZĐ0-9]+)*(?!\w)", re.IGNORECASE
)
# Forms: 02-TK, TK1-TS.
_FORM = re.compile(r"(?<![\w.,/])(?:[A-Z]{1,3}\d{1,3}[a-z]?|\d{1,3}[a-z]?)-[A-ZĐ]{2,}(?:-[A-ZĐ0-9]+)*(?!\w)")
_SHORT = re.compile(
    rf"(?<!\w)(?:{_KIND}|NĐ|NQ|TT|QĐ|CV|VBHN)(?:\s+(?:BHXH|của Chính phủ))?\s+(?:số\s+)?(\d{{1,5}}(?:\.\d{{1,3}})?(?:/\d{{4}})?)"
    r"(?![\w%]|[.,/-]\d|/\w|\s*(?:năm|tháng|ngày|lần|người|tuổi|đồng|phần trăm)(?!\w))",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?<!\w)(Bộ luật|Luật)\s+([A-ZĐ][^\W\d_]*(?:,?[ \t]+[^\W\d_]+){0,9}?)[ \t]+(?:năm[ \t]+)?((?:19|20)\d\d)(?![\d/]|[.,]\d)",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"(?<!\w)(?:này|từ|có|đã|kể|trước|sau|đến|được|áp dụng|quy định|hiện|cũ|mới|cho|thì|là|không|nói|đặt|vào|trong)(?!\w)",
    re.IGNORECASE,
)

_UNIT = r"(?!\s*(?:%|(?:năm|tháng|ngày|tuổi|phần trăm|đồng|nghìn|triệu|tỷ|lần|người|tuần)(?!\w)))"
_NUMERAL = rf"\d{{1,3}}[a-zđ]?(?![\w%]|[.,/]\d){_UNIT}"
_LETTER = r"[a-zđ]\d?(?![\w/])"
_LIST = r"\s*(?:,|và|hoặc|hay|đến|–|-)\s*"
_ATOM = re.compile(
    rf"(?<!\w)(?:(?P<article>điều)\s+(?P<articles>{_NUMERAL}(?:{_LIST}{_NUMERAL})*)"
    rf"|(?P<clause>khoản)\s+(?P<clauses>{_NUMERAL}(?:{_LIST}{_NUMERAL})*)"
    rf"|(?P<point>điểm)\s+(?P<points>{_LETTER}(?:{_LIST}{_LETTER})*)"
    rf"|(?P<section>mục)\s+(?P<sections>(?:\d{{1,2}}|[IVX]{{1,5}})(?:\.(?:\d{{1,2}}|[a-zđ](?!\w)))*(?![\w%]|[.,/]\d){_UNIT}))",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"(?:\s|,|và|hoặc|các|tại|của)*", re.IGNORECASE)
_SPLIT = re.compile(r"\s*(?:,|–|-|\bvà\b|\bhoặc\b|\bhay\b|\bđến\b)\s*")
_AFTER = re.compile(
    rf"\s*\(?(?:,\s*)?(?:của\s+|tại\s+|trong\s+|theo\s+)?(?:{_KIND}(?!\w)[^\d;\n]{{0,80}}|NĐ\s+|TT\s+|số\s+)?$",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"\)?[\s,:(–-]*(?:tại\s+)?$")
_ONE_KIND = re.compile(_KIND, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Atom:
    level: int  # 1 article, 2 clause, 3 point
    values: tuple[str, ...]
    start: int
    end: int


def read_documents(text: str, claims: list[Claim]) -> str:
    """`text` with its official numbers and laws named by their year masked; their claims go to `claims`."""

    def numbered(m: re.Match[str]) -> str:
        claims.append(Claim(ClaimKind.DOCUMENT, bare(m[0]), m.span(), m[0]))
        return "\x01" * len(m[0])

    def shortly(m: re.Match[str]) -> str:
        claims.append(Claim(ClaimKind.DOCUMENT, bare(m[1]), m.span(), m[0]))
        return "\x01" * len(m[0])

    def named(m: re.Match[str]) -> str:
        if _NO_NAME.search(m[2]):
            return m[0]
        claims.append(Claim(ClaimKind.DOCUMENT, f"luật {m[3]}", m.span(), m[0]))
        return "\x01" * len(m[0])

    if "/" in text:
        text = _NUMBER.sub(numbered, text)
    if "-" in text:
        text = _FORM.sub(numbered, text)
    text = _NAMED.sub(named, text)
    return _SHORT.sub(shortly, text)


def bare(number: str) -> str:
    """An official number for comparison: capitals, Đ as D (`159/2025/ND-CP`)."""
    return number.strip().upper().replace("Đ", "D")


def same_document(said: str, given: str) -> bool:
    """True when the number `said` (whole, shortened to "159/2025" or "159", or "luật 2024") names the document `given`."""
    if said == given:
        return True
    if said.startswith("luật "):
        return f"/{said[5:]}/QH" in given
    return ("/" not in said or said.count("/") == 1) and said[-1:].isdigit() and given.startswith(f"{said}/")


def read_articles(text: str, original: str, claims: list[Claim]) -> str:
    """`text` with its articles, clauses and points masked; `claims` (with the documents already in it) gets theirs."""
    atoms: list[_Atom] = []

    def atom(m: re.Match[str]) -> str:
        if m["section"]:
            claims.append(
                Claim(
                    ClaimKind.ARTICLE, (f"mục {m['sections'].lower()}", "", ""), m.span(), original[m.start() : m.end()]
                )
            )
        else:
            level = 1 if m["article"] else 2 if m["clause"] else 3
            listed = m["articles"] or m["clauses"] or m["points"]
            atoms.append(_Atom(level, tuple(v.lower() for v in _SPLIT.split(listed)), m.start(), m.end()))
        return "\x01" * len(m[0])

    masked = _ATOM.sub(atom, text)
    if not atoms:
        return masked
    documents = sorted((c for c in claims if c.kind is ClaimKind.DOCUMENT), key=lambda c: c.span)
    for group in _groups(atoms, text):
        document = _document_of(group, documents, original)
        span = (group[0].start, group[-1].end)
        claims.extend(
            Claim(ClaimKind.ARTICLE, value, span, original[span[0] : span[1]], document)
            for value in dict.fromkeys(_tuples(group))
        )
    return masked


def _groups(atoms: list[_Atom], text: str) -> Iterator[list[_Atom]]:
    """Atoms that say one thing together.

    Nothing but connecting words stands between them, and "Điều 31, khoản 1 Điều 36" is two: the clause belongs to what follows it
    with nothing but a blank between.
    """
    tight = [not text[a.end : b.start].strip() for a, b in itertools.pairwise(atoms)]
    first = 0
    for i in range(1, len(atoms) + 1):
        if i < len(atoms) and _BETWEEN.fullmatch(text[atoms[i - 1].end : atoms[i].start]):
            climbs = atoms[first].level == 1 and atoms[i].level > 1 and not tight[i - 1]
            if not (climbs and i < len(tight) and tight[i] and atoms[i + 1].level < atoms[i].level):
                continue
        yield atoms[first:i]
        first = i


def _tuples(group: list[_Atom]) -> Iterable[tuple[str, str, str]]:
    largest = min(atom.level for atom in group)
    return _largest_first(group) if group[0].level == largest else _smallest_first(group)


def _largest_first(group: list[_Atom]) -> Iterator[tuple[str, str, str]]:
    """ "Điều 36 khoản 2 điểm đ", "Điều 98 và Điều 99"."""
    article: tuple[str, ...] = ("",)
    clause: tuple[str, ...] = ("",)
    for i, atom in enumerate(group):
        leaf = i + 1 == len(group) or group[i + 1].level <= atom.level
        if atom.level == 1:
            article, clause = atom.values, ("",)
        elif atom.level == 2:
            clause = atom.values
        if leaf:
            points = atom.values if atom.level == 3 else ("",)
            yield from ((a, c, p) for a in article for c in (clause if atom.level > 1 else ("",)) for p in points)


def _smallest_first(group: list[_Atom]) -> Iterator[tuple[str, str, str]]:
    """ "điểm a khoản 1, điểm b khoản 2 Điều 36", "khoản 1 và khoản 2 Điều 36"."""
    waiting: list[tuple[str, str]] = []  # (clause, point) without their article
    for atom in group:
        if atom.level == 3:
            waiting += [("", point) for point in atom.values]
        elif atom.level == 2:
            open_points = [point for clause, point in waiting if not clause and point]
            waiting = [pair for pair in waiting if pair[0] or not pair[1]]
            waiting += [(clause, point) for clause in atom.values for point in (open_points or [""])]
        else:
            yield from (
                (article, clause, point) for article in atom.values for clause, point in (waiting or [("", "")])
            )
            waiting = []
    yield from (("", clause, point) for clause, point in waiting)


def _document_of(group: list[_Atom], documents: list[Claim], text: str) -> str:
    """The document the articles of `group` are said to be of, "" when none is named beside them."""
    start, end = group[0].start, group[-1].end
    after = next((d for d in documents if d.span[0] >= end), None)
    before = next((d for d in reversed(documents) if d.span[1] <= start), None)
    gap_after = text[end : after.span[0]] if after is not None and after.span[0] - end <= 120 else None
    follows = (
        gap_after is not None and _AFTER.fullmatch(gap_after) is not None and len(_ONE_KIND.findall(gap_after)) <= 1
    )
    gap_before = text[before.span[1] : start] if before is not None else None
    if after is not None and gap_after is not None and follows and not gap_after.lstrip().startswith(","):
        return str(after.value)
    if before is not None and gap_before is not None and _BEFORE.fullmatch(gap_before):
        return str(before.value)
    return str(after.value) if after is not None and follows else ""
