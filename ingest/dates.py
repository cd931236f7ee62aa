"""Days in the words of official texts: when issued, from when and until when in force, what is replaced.

Scans break words before they break digits ("nigày 28 thắng 02 năm 2027", "thị hành", "kế từ"): all matching is done on
text without marks, and only the digits of a day must be right.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ingest.marks import UPPER, article_mark
from ingest.readers.model import Line
from knowledge.law import official_numbers
from knowledge.vietnamese import fold

_D = r"(?:n[a-z]{1,5}\s+)?(\d{1,2})\s*(?:thang\s*|[/.-]\s*)(\d{1,2})\s*(?:nam\s*|[/.-]\s*)(\d{4})(?!\d)"
_DAY = re.compile(_D)
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_PLACE_DATE = re.compile(r"(?:^|[,;.\s])ngay\s+(\d{1,2})\s+thang\s+(\d{1,2})\s+nam\s+(\d{4})\W*$")
_OWN = (
    r"(?:bo luat|luat|phap lenh|nghi dinh|nghi quyet|thong tu(?: lien tich)?|quyet dinh|chi thi|ke hoach"
    r"|cong van|huong dan|quy dinh|van ban)\s+n[aà]y"
)
_PASSED = re.compile(rf"thong qua\s+(?:tai\s[^.;]{{0,80}}?)?{_D}")
# "Nghị quyết này được Hội đồng nhân dân … thông qua ngày … và có hiệu lực từ ngày …" puts a whole clause in between.
_HOLDS = (
    rf"{_OWN}\s+(?:(?:da\s+)?duoc\s[^;]{{0,200}}?thong qua[^;]{{0,80}}?\s(?:va\s+)?)?(?:bat dau\s+)?co hieu"
    rf" luc(?:\s+(?:thi hanh|ap dung))?,?\s*"
)
_IN_FORCE = re.compile(rf"{_HOLDS}(?:ke\s*)?tu\s+{_D}(.{{0,80}})", re.DOTALL)
_FROM_SIGNING = re.compile(rf"{_HOLDS}(?:ke\s*)?tu ngay (?:duoc\s+)?(?:ky|ban hanh|quoc hoi thong qua|thong qua)\b")
_AFTER = re.compile(
    rf"{_HOLDS}sau\s+(\d{{1,3}})\s*(?:\([^)]*\)\s*)?ngay,?\s*ke tu ngay (?:duoc\s+)?(?:ky|ban hanh|thong qua)\b"
)
_UNTIL = re.compile(
    rf"^\W{{0,3}}(?:va\s+)?(?:co hieu luc\s+|ap dung\s+|thuc hien\s+)?den(?:\s+het)?\s+(?:{_D}"
    rf"|(?:thang\s+(\d{{1,2}})\s+)?nam\s+(\d{{4}}))"
)
_UNTIL_ELSE = re.compile(
    rf"{_OWN}\s[^.;]{{0,60}}?(?:ap dung|thuc hien|hieu luc)\s+(?:ke tu[^.;]{{0,60}}?\s)?den(?:\s+het)?\s+(?:{_D}"
    rf"|(?:thang\s+(\d{{1,2}})\s+)?nam\s+(\d{{4}}))"
)
_ANY_IN_FORCE = re.compile(rf"co hieu luc(?:\s+thi hanh)?\s*(?:ke\s*)?tu\s+{_D}")
# "Điều 4 của Luật này có hiệu lực …": the day of a part, not of the law.
_PARTS_OF = re.compile(r"\b(?:dieu|khoan|diem|chuong|muc)\s+(?:\d|[ivxa-z]\b|[ivx]+\b).*\bcua\s*$", re.DOTALL)
_ENDS = re.compile(rf"{_OWN}\s+het hieu luc(?:\s+thi hanh)?\s*(?:ke\s*)?tu\s+{_D}")
_QUOTES = ("“", '"', "«", "”")


@dataclass(frozen=True, slots=True)
class Validity:
    """What a text itself says of its days in force.

    `others` is True when parts of it hold from other days ("trừ …"), `parts` are those of which the text names article,
    clause (or "") and first day; `disputed` when it states two different first days, so that neither can be believed.
    """

    since: date | None = None
    until: date | None = None
    others: bool = False
    disputed: bool = False
    parts: tuple[tuple[str, str, date], ...] = ()


def to_day(year: str, month: str, day: str) -> date | None:
    """The day, None when there is no such day."""
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def days(text: str) -> list[tuple[int, date]]:
    """(place, day) of each full date in `text` as people write them: 2026-07-01, 1/7/2026, ngày 1 tháng 7 năm 2026."""
    plain = fold(text)
    found = [(m.start(), to_day(m[1], m[2], m[3])) for m in _ISO.finditer(plain)]
    taken = {place for place, _ in found}
    found += [
        (m.start(), to_day(m[3], m[2], m[1]))
        for m in _DAY.finditer(plain)
        if not taken & set(range(m.start() - 4, m.end()))
    ]
    return sorted((place, day) for place, day in found if day is not None)


def one_day(text: str) -> date | None:
    """The first date in `text`, None when there is none."""
    found = days(text)
    return found[0][1] if found else None


def issued_on(lines: Sequence[Line]) -> date | None:
    """The day in the header ("Hà Nội, ngày 15 tháng 5 năm 2026"), or, for laws, the day they were passed."""
    for above in header_lines(lines):
        plain = fold(above)
        # A cell of a header table may hold the name of the nation, its motto, a rule and the place in one.
        short = len(plain) < 110 or plain.lstrip().startswith("cong hoa xa hoi chu nghia")
        if short and (found := _PLACE_DATE.search(plain)):
            return to_day(found[3], found[2], found[1])
    for line in lines:
        plain = fold(line.text)
        if line.text.startswith(_QUOTES) or not re.match(rf"\W*{_OWN}\s+(?:da\s+)?duoc\s", plain):
            continue
        if found := _PASSED.search(plain):
            return to_day(found[3], found[2], found[1])
    return None


def header_lines(lines: Sequence[Line]) -> Iterator[str]:
    """The lines above the legal grounds ("Căn cứ …") and the first article; each cell of a header table is one."""
    for line in lines[:40]:
        plain = fold(line.text)
        if article_mark(line.text, "", is_heading=bool(line.heading)) or re.match(r"\W*can cu\s", plain):
            return
        yield from (part.strip() for part in re.split(r"\s\|\s|\n|(?<=\S)\s{3,}", line.text) if part.strip())


def in_force(lines: Sequence[Line], issued: date | None) -> Validity:
    """What the text says of itself; what stands in its article on validity counts before anything else."""
    stated: list[tuple[bool, date]] = []
    until: date | None = None
    others = about = False
    parts: list[tuple[str, str, date]] = []
    for line in lines:
        plain = fold(line.text)
        if head := article_mark(line.text, "", is_heading=bool(line.heading)):
            about = "hieu luc" in fold(head.rest)[:160] or "dieu khoan thi hanh" in fold(head.rest)[:160]
        if line.table or line.text.startswith(_QUOTES):
            continue
        for found in _IN_FORCE.finditer(plain):
            if day := to_day(found[3], found[2], found[1]):
                if _PARTS_OF.search(sentence := re.split(r"[.;]\s", plain[: found.start()])[-1]):
                    others = True
                    parts += [(article, clause, day) for article, clause in _named_parts(sentence)]
                    continue
                stated.append((about, day))
                tail = found[4].lstrip()
                until = _last_day(_UNTIL.match(tail)) or until
                others = others or tail.startswith((", tru", "tru ", ". tru"))
        if issued is not None and _FROM_SIGNING.search(plain):
            stated.append((about, issued))
        if issued is not None and (found_after := _AFTER.search(plain)):
            stated.append((about, issued + timedelta(days=int(found_after[1]))))
        if (found_end := _ENDS.search(plain)) and (end := to_day(found_end[3], found_end[2], found_end[1])):
            until = end - timedelta(days=1)
        if about and until is None:
            until = _last_day(_UNTIL_ELSE.search(plain))
    best = [day for told, day in stated if told] or [day for _, day in stated]
    if len(set(best)) > 1:
        return Validity(None, until, others, disputed=True)
    since = best[0] if best else None
    kept = until if since is None or until is None or until >= since else None
    return Validity(since, kept, others, parts=tuple(parts))


def _named_parts(sentence: str) -> Iterator[tuple[str, str]]:
    """(article, clause) of "Khoản 1, khoản 3 Điều 5, Điều 7 và Điều 9 của Luật này"; nothing where points are named."""
    if re.search(r"\bdiem\s", sentence):
        return
    clauses: list[str] = []
    kind, named = "", False
    for word in re.findall(r"khoan|dieu|\d{1,3}[a-z]?\b|[a-z]+", sentence):
        if word in ("khoan", "dieu"):
            if word == "khoan" and kind == "dieu":
                clauses = []
            kind, named = word, False
        elif word[0].isdigit() and kind == "khoan":
            clauses.append(word)
        elif word[0].isdigit() and kind == "dieu":
            yield from ((word, clause) for clause in clauses or [""])
            named = True
        elif word not in ("va", "cac") and named:
            kind = ""
        if named and kind == "dieu":
            clauses = []


def consolidated_since(lines: Sequence[Line]) -> date | None:
    """The latest day from which one of the texts put together in a consolidated text (văn bản hợp nhất) holds.

    They are listed above its first article; before that day the words were others.
    """
    found: list[date] = []
    for line in lines:
        if article_mark(line.text, "", is_heading=bool(line.heading or line.bold)):
            break
        for told in _ANY_IN_FORCE.finditer(fold(line.text)):
            if day := to_day(told[3], told[2], told[1]):
                found.append(day)
    return max(found, default=None)


def _last_day(found: re.Match[str] | None) -> date | None:
    """The last day in a match of `_UNTIL`: a day, or the end of a month or year."""
    if found is None:
        return None
    if found[1]:
        return to_day(found[3], found[2], found[1])
    year, month = int(found[5]), int(found[4] or 12)
    return date(year, month, calendar.monthrange(year, month)[1]) if 1 <= month <= 12 else None


def replaces(lines: Sequence[Line], own: str) -> tuple[str, ...]:
    """Official numbers of the documents that this one ends as a whole ("thay thế", "hết hiệu lực", "bãi bỏ")."""
    found: list[str] = []
    for sentence in _sentences(lines):
        found += _ended(sentence)
    return tuple(dict.fromkeys(n for n in found if n != own))


def _sentences(lines: Sequence[Line]) -> Iterator[str]:
    """Sentences of articles about validity, without what is quoted."""
    about = False
    for line in lines:
        if head := article_mark(line.text, "", is_heading=bool(line.heading)):
            title = fold(head.rest)
            about = "hieu luc" in title or "thi hanh" in title or "thay the" in title or "bai bo" in title
        if about and not line.table and not line.text.startswith(_QUOTES):
            yield from re.split(rf"(?<=[.;])\s+(?=[{UPPER}\d])", line.text)


_BREAKS = re.compile(
    r"\s+(?:duoc|da duoc)\s+sua doi|\s+sua doi, bo sung|\s+cua\s+(?:chinh phu|quoc hoi|bo truong|thu tuong|uy ban"
    r"|hoi dong)"
)
_PARTIAL = re.compile(r"\b(?:khoan|diem|dieu|chuong|muc|phu luc|cum tu|mot so)\b")


def _ended(sentence: str) -> list[str]:
    plain = fold(sentence)
    if len(plain) != len(sentence):  # a sign without a plain form: places would not agree
        sentence = plain.upper()
    told = re.search(rf"{_OWN}[^.;]{{0,160}}?\bthay the\s+", plain)
    if told:
        return _first_numbers(sentence[told.end() :], plain[told.end() :])
    ends = re.search(r"\s(?:het hieu luc|(?:bi|duoc) bai bo|(?:bi|duoc) thay the)\b", plain)
    if ends and not re.search(rf"{_OWN}\s+het hieu luc", plain):
        return _first_numbers(sentence[: ends.start()], plain[: ends.start()])
    lifted = re.match(r"\W*(?:\d+\.|[a-z]\))?\s*bai bo\s+", plain)
    return _first_numbers(sentence[lifted.end() :], plain[lifted.end() :]) if lifted else []


def _first_numbers(sentence: str, plain: str) -> list[str]:
    """The numbers that a list of documents names, without those that amended them; none where only parts are meant."""
    numbers: list[str] = []
    place = 0
    for piece in re.split(
        r"(?:,|;|\bva\b)\s*(?=(?:luat|bo luat|nghi dinh|nghi quyet|thong tu|quyet dinh|phap lenh|chi thi)\b)", plain
    ):
        start = plain.index(piece, place)
        place = start + len(piece)
        stop = _BREAKS.search(piece)
        head = piece[: stop.start()] if stop else piece
        named = official_numbers(sentence[start : start + len(head)])
        before = head[: re.search(r"\d{1,4}/", head).start()] if named and re.search(r"\d{1,4}/", head) else head  # type: ignore[union-attr]
        if named and not _PARTIAL.search(before):
            numbers.append(named[0])
        if stop:
            continue
    return numbers


def latest_named(lines: Iterable[Line]) -> date | None:
    """The latest day of a document that the text refers to ("Công văn số … ngày …"): the text cannot be older."""
    named: list[date] = []
    for plain in (fold(" ".join(line.text for line in lines)),):
        for found in re.finditer(rf"\bso\s+\d[^\s,;]*\s+(?:cua\s[^,;.]{{0,60}}?)?{_D}", plain):
            if day := to_day(found[3], found[2], found[1]):
                named.append(day)
    return max(named, default=None)
