"""Who a document is: number, kind, title, issuer, dates; and whether it may be taken in at all.

The text's own words come first; the manifest and what the file says about itself fill gaps and are compared. Whatever
stays unknown keeps a document out: a rule without a date would be cited on the wrong day.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from ingest import codification, dates
from ingest.body import has_header, is_complete, legal_body
from ingest.header_claims import Claims, read_claims, top_lines
from ingest.header_names import Name, issuer_of, kind_of, read_name, same_number, short_title
from ingest.manifest import ManifestRow
from ingest.readers.model import Line, ReadDocument
from ingest.trust import Doubt, abridged_doubt, forgery_doubt, header_doubt, summary_doubt
from knowledge.law import DocumentIdentity, DocumentKind, DocumentStatus, InForce, official_numbers
from knowledge.vietnamese import fold

_EXCERPT = re.compile(r"\bTRÍCH\b|\((?:bản )?trích\b|^\s*(?:bản )?trích\b")
_NOISY = re.compile(r"OCR\W+nhiễu|nhiễu nặng|đọc người trước", re.IGNORECASE)
_HANDBOOK_TITLE = re.compile(r"^\s*(?:cẩm nang|sổ tay|tờ rơi|hỏi đáp)\b", re.IGNORECASE)
_CODIFIED = re.compile(r"^\s*Điều\s+\d{1,3}(?:\.\d{1,3})*\.[A-ZĐ]{2,4}(?:\.\d{1,4})+")
_FROM_SIGNING = (DocumentKind.LETTER, DocumentKind.PLAN, DocumentKind.DIRECTIVE)
_WRITE_DATE = "Ghi ngày vào cột effective_date (và date_issued) của manifest.csv cạnh tệp rồi nạp lại."


@dataclass(frozen=True, slots=True)
class Identified:
    """What is known of a document. `body` is the text that may be quoted.

    `until` is the last day a codification can vouch for; `parts` are articles, or clauses of them, with a first day of their
    own; `reason` a stable word when `status` is not ACCEPTED, with a
    Vietnamese `message` and `remedy`.
    """

    identity: DocumentIdentity | None
    body: list[Line]
    status: DocumentStatus
    reason: str = ""
    message: str = ""
    remedy: str = ""
    warnings: tuple[str, ...] = ()
    until: date | None = None
    parts: tuple[tuple[str, str, date], ...] = ()


@dataclass(slots=True)
class _Facts:
    """What is worked out so far; `own_*` is what the legal text itself says, whatever anybody claims."""

    number: str = ""
    kind: DocumentKind = DocumentKind.OTHER
    title: str = ""
    issuer: str = ""
    issued: date | None = None
    since: date | None = None
    until: date | None = None
    own_issued: date | None = None
    own_since: date | None = None
    disputed: bool = False
    inferred: bool = False
    parts: tuple[tuple[str, str, date], ...] = ()
    warnings: list[str] = field(default_factory=list)

    @property
    def consolidated(self) -> bool:
        """True for a consolidated text (văn bản hợp nhất): its own day is that of putting together, not of the law."""
        return "/VBHN-" in self.number

    def identity(self, replaces: tuple[str, ...] = ()) -> DocumentIdentity:
        held = InForce(self.since, self.until) if self.since else None
        number = self.number or self.title
        return DocumentIdentity(
            number, self.kind, self.title, self.issuer, self.issued, held, replaces, self.inferred, tuple(self.warnings)
        )


def identify(document: ReadDocument, row: ManifestRow | None) -> Identified:
    """Who `document` is, with what `row` of the manifest says of it; never raises."""
    declared = row is not None
    row = row or ManifestRow(document.path_name)
    body, added = legal_body(document.lines)
    claims = read_claims(document, added)
    if claims.kind == "cam nang" or (declared and not row.official_number and _HANDBOOK_TITLE.match(row.title)):
        return _handbook(document, claims, row)
    if _is_codification(document.lines):
        return _codification(document, row, claims)
    name = read_name(body)
    facts = _facts(document, body, name, claims, row)
    status, doubt = _doubt(document, body, added, facts, name, claims, row, declared)
    if doubt is not None:
        return Identified(
            facts.identity(), body, status, doubt.reason, doubt.message, doubt.remedy, tuple(facts.warnings)
        )
    _remarks(document, body, added, facts, row)
    who = facts.identity(dates.replaces(body, facts.number))
    return Identified(who, body, DocumentStatus.ACCEPTED, warnings=who.warnings, parts=facts.parts)


def _facts(document: ReadDocument, body: Sequence[Line], name: Name, claims: Claims, row: ManifestRow) -> _Facts:
    told = row.official_number
    number = name.number or claims.number or told
    number = told if told and same_number(number, told) else number
    kind = name.kind if name.number == number and name.kind is not DocumentKind.OTHER else kind_of(number)
    if (
        number
        and kind is DocumentKind.LAW
        and name.kind is DocumentKind.OTHER
        and fold(claims.title or row.title).startswith("nghi quyet")
    ):
        kind = DocumentKind.RESOLUTION
    facts = _Facts(number, kind if number else name.kind)
    facts.issuer = issuer_of(number) or name.issuer or claims.issuer
    facts.title = short_title(row.title or name.title or claims.title or document.path_name.rsplit(".", 1)[0])
    facts.own_issued = dates.issued_on(body)
    facts.issued = facts.own_issued or row.issued_on or claims.issued
    stated = dates.in_force(body, facts.issued)
    facts.own_since, facts.disputed = stated.since, stated.disputed
    facts.since, facts.until, facts.parts = stated.since, stated.until, stated.parts
    if facts.consolidated and (latest := dates.consolidated_since(body)):
        facts.own_since = facts.since = latest
        facts.disputed = False
    _compare(facts, row)
    _fill(facts, body, claims, row)
    if stated.others:
        facts.warnings.append("Có điều khoản áp dụng từ ngày khác ngày hiệu lực chung; xem điều về hiệu lực thi hành.")
    return facts


def _compare(facts: _Facts, row: ManifestRow) -> None:
    """Notes where the manifest disagrees with the text: the text wins."""
    for word, own, told in (
        ("ban hành", facts.own_issued, row.issued_on),
        ("hiệu lực", facts.own_since, row.in_force[0]),
    ):
        if own is not None and told is not None and own != told:
            facts.warnings.append(
                f"Ngày {word} trong văn bản là {_vn(own)}, tệp khai báo ghi {_vn(told)}: dùng ngày trong văn bản."
            )


def _fill(facts: _Facts, body: Sequence[Line], claims: Claims, row: ManifestRow) -> None:
    """Days that the text does not state, from the manifest, from the file's own facts, or bounded for letters."""
    since, until = row.in_force
    if facts.since is None and since is not None:
        facts.since = since
        facts.warnings.append("Ngày có hiệu lực lấy từ tệp khai báo, văn bản không nêu rõ.")
    elif facts.since is None and claims.since is not None and not facts.disputed:
        facts.since = claims.since
        facts.warnings.append("Ngày có hiệu lực lấy từ phần thông tin ở đầu tệp, văn bản không nêu rõ.")
    facts.until = facts.until or until or claims.until
    if facts.since is not None or facts.disputed:
        return
    signed = row.from_signing or facts.kind in _FROM_SIGNING
    if signed and facts.issued is not None:
        facts.since = facts.issued
    elif signed and row.issued_by is not None:
        # The last possible day and never before a document that the text itself refers to: late is safe, early is not.
        facts.since = max(row.issued_by, dates.latest_named(body) or row.issued_by)
        facts.inferred = True
        facts.warnings.append(
            f"Không rõ ngày ký: tạm coi có hiệu lực từ {_vn(facts.since)}, ngày muộn nhất theo tệp khai báo; "
            "anh/chị bổ sung ngày đúng khi biết."
        )


def _doubt(
    document: ReadDocument,
    body: Sequence[Line],
    added: Sequence[Line],
    facts: _Facts,
    name: Name,
    claims: Claims,
    row: ManifestRow,
    declared: bool,
) -> tuple[DocumentStatus, Doubt | None]:
    """The first reason, gravest first, not to take the document in."""
    what = facts.number or facts.title
    scanned = bool(document.ocr_pages)
    if doubt := summary_doubt(body, added, f"{row.completeness} {row.title}", facts.number, facts.kind):
        return DocumentStatus.REFUSED, doubt
    if doubt := forgery_doubt(body, facts.number, facts.own_issued, facts.own_since, name.issuer, scanned=scanned):
        return DocumentStatus.QUARANTINED if doubt.reason != "forgery" else DocumentStatus.REFUSED, doubt
    held = DocumentStatus.QUARANTINED
    if name.draft:
        return held, Doubt(
            "draft", f"{what}: tệp ghi là dự thảo, chưa phải văn bản đã ban hành.", "Nạp bản đã ký ban hành."
        )
    for told, where in ((row.official_number, "tệp khai báo"), (claims.number, "phần thông tin ở đầu tệp")):
        if told and facts.number and not same_number(told, facts.number):
            message = f"Số hiệu trong văn bản là {facts.number}, {where} ghi {told}."
            return held, Doubt(
                "number-clash", message, "Mở tệp xem số nào đúng, sửa manifest.csv hoặc tệp rồi nạp lại."
            )
    if doubt := header_doubt(facts.number, name.issuer, None if facts.consolidated else facts.issued, facts.since):
        return held, doubt
    cut = has_header(body) and not is_complete(body) and facts.own_since is None
    if doubt := abridged_doubt(row.completeness, what, cut=cut and not declared):
        return held, doubt
    if facts.disputed and facts.since is None:
        return held, Doubt("dates-unknown", f"{what}: văn bản nêu hai ngày hiệu lực khác nhau.", _WRITE_DATE)
    if facts.since is None:
        return held, Doubt("dates-unknown", f"{what}: chưa biết ngày có hiệu lực.", _WRITE_DATE)
    if not facts.number and facts.kind is DocumentKind.OTHER and not declared:
        remedy = "Khai tên, số hiệu và ngày trong manifest.csv; tài liệu giải thích thì thêm dòng “Loại: cẩm nang” ở đầu tệp."
        return held, Doubt("identity-unknown", f"{what}: không rõ đây là văn bản gì, số hiệu nào.", remedy)
    return DocumentStatus.ACCEPTED, None


def _remarks(
    document: ReadDocument, body: Sequence[Line], added: Sequence[Line], facts: _Facts, row: ManifestRow
) -> None:
    """Warnings about an accepted document."""
    if document.ocr_pages:
        facts.warnings.append(f"{len(document.ocr_pages)} trang do máy nhận dạng chữ: đọc lại trước khi dùng số tiền.")
    elif _NOISY.search(row.completeness):
        facts.warnings.append("Chữ do máy nhận dạng còn lỗi: đọc lại trước khi dùng số tiền.")
    lead = [line.text for line in (*added, *body)[:6]]
    if any(_EXCERPT.search(text[:240]) for text in (row.title, row.completeness, *lead)):
        facts.warnings.append("Bản trích: không có đủ các điều.")
    if facts.number and not has_header(body):
        facts.warnings.append("Tệp không có phần đầu chính thức (quốc hiệu, số, ngày): đối chiếu với bản gốc.")


def _is_codification(lines: Sequence[Line]) -> bool:
    return sum(bool(_CODIFIED.match(line.text)) for line in lines) >= 3


def _codification(document: ReadDocument, row: ManifestRow, claims: Claims) -> Identified:
    first = next(
        (
            n
            for line in document.lines
            if re.match(r"\s*\(\s*Điều\s+\d", line.text)
            for n in official_numbers(line.text)[:1]
        ),
        "",
    )
    title = short_title(row.title or claims.title or document.path_name)
    number = row.official_number or claims.number or first or title
    until = _vouched(codification.latest_day(document.lines), row)
    body = [line for line in document.lines if not line.rule]
    if until is None:
        doubt = Doubt("dates-unknown", f"{title}: không rõ bộ pháp điển biết đến ngày nào.", _WRITE_DATE)
        return Identified(None, body, DocumentStatus.QUARANTINED, doubt.reason, doubt.message, doubt.remedy)
    warning = f"Bộ pháp điển chỉ biết quy định đến {_vn(until)}: không dẫn cho ngày sau đó, chỉ tìm được với --on."
    identity = DocumentIdentity(number, DocumentKind.CODIFICATION, title, issued_on=row.issued_on, warnings=(warning,))
    return Identified(identity, body, DocumentStatus.ACCEPTED, warnings=(warning,), until=until)


def _vouched(latest: date | None, row: ManifestRow) -> date | None:
    """The last day of which the collection can know the law.

    A stated end wins. Else the newest article's first day, or later when the manifest tells how old the collection is:
    "CŨ (~2023)" and "chưa gồm NĐ 76/2024" both mean that it knows the law of the year before.
    """
    if row.in_force[1] is not None:
        return row.in_force[1]
    years = [int(y) for y in re.findall(r"~\s*(\d{4})", row.completeness)]
    for missing in re.finditer(r"(?:chưa|không)\s+(?:chắc\s+)?gồm\b(.*?)(?:;|$)", row.completeness, re.IGNORECASE):
        years += [int(y) for y in re.findall(r"/(\d{4})\b", missing[1])]
    years = [year for year in years if 1900 < year < 2200]
    told = date(min(years), 1, 1) - timedelta(days=1) if years else None
    return max((d for d in (latest, told) if d is not None), default=None)


def _handbook(document: ReadDocument, claims: Claims, row: ManifestRow) -> Identified:
    """Explanatory text of an office: named by its title, dated by what stands at its top or in the manifest."""
    tops = set(top_lines(document.lines))
    body = [line for index, line in enumerate(document.lines) if index not in tops]
    marked = next((line.text for line in body if line.bold and line.text.strip()), "")
    title = (
        claims.title
        or row.title
        or marked
        or next((line.text for line in body if line.text.strip()), document.path_name)
    )
    since, until = row.in_force
    since, until = claims.since or since, claims.until or until
    held = InForce(since, until) if since else None
    identity = DocumentIdentity(
        title, DocumentKind.HANDBOOK, title, claims.issuer, claims.updated or row.issued_on, held
    )
    if since is None or (until is not None and until < since):
        why = "chưa ghi ngày bắt đầu áp dụng" if since is None else "ngày hết áp dụng đứng trước ngày bắt đầu"
        remedy = "Ghi “Hiệu lực từ: ngày/tháng/năm” ở đầu tệp rồi nạp lại."
        quarantined = replace(identity, in_force=None)
        return Identified(
            quarantined, body, DocumentStatus.QUARANTINED, "dates-unknown", f"{title}: cẩm nang {why}.", remedy
        )
    return Identified(identity, body, DocumentStatus.ACCEPTED)


def _vn(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year}"
