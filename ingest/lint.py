"""What a person should look at in the knowledge that is stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.law import DocumentIdentity, DocumentKind, DocumentStatus

SOON_DAYS = 120


@dataclass(frozen=True, slots=True)
class Stored:
    """A file with what became of it; `articles` are the article numbers of the live document in reading order.

    `until` is the last day that a codification, which has no dates of its own, can vouch for.
    """

    file: str
    status: DocumentStatus
    reason: str = ""
    message: str = ""
    remedy: str = ""
    identity: DocumentIdentity | None = None
    articles: tuple[str, ...] = ()
    ocr_pages: int = 0
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` is stable; `where` names the document or file; the rest is Vietnamese."""

    code: str
    where: str
    message: str
    remedy: str = ""


def lint(stored: Sequence[Stored], today: date) -> list[Finding]:
    """Unknown dates, refused files, gaps, clashing numbers, law that ends soon or has ended, inferred dates, scans."""
    findings: list[Finding] = []
    for one in stored:
        if one.status in (DocumentStatus.QUARANTINED, DocumentStatus.REFUSED, DocumentStatus.DUPLICATE):
            code = {
                "dates-unknown": "unknown-date",
                "number-taken": "number-clash",
                "number-clash": "number-clash",
                "machine-instruction": "machine-instruction",
            }.get(one.reason, one.status.value)
            findings.append(Finding(code, one.file, one.message, one.remedy))
        elif one.identity is not None:
            findings += _of_document(one, one.identity, today)
    findings += _replaced(stored)
    return findings


def _of_document(one: Stored, who: DocumentIdentity, today: date) -> Iterable[Finding]:
    name = who.number or who.title
    if who.dates_inferred:
        yield Finding(
            "date-inferred", name, "Ngày hiệu lực do máy suy ra.", "Ghi ngày đúng vào manifest.csv rồi nạp lại."
        )
    end = who.in_force.until if who.in_force is not None else one.until
    if end is not None:
        if end < today:
            yield Finding(
                "expired",
                name,
                f"Hết hiệu lực từ sau {end:%d/%m/%Y}; chỉ tìm được với --on.",
                "Nạp văn bản thay thế nếu có.",
            )
        elif end <= today + timedelta(days=SOON_DAYS):
            yield Finding("expires-soon", name, f"Hết hiệu lực sau ngày {end:%d/%m/%Y}.", "Chuẩn bị văn bản thay thế.")
    if who.in_force is not None and who.in_force.since > today:
        yield Finding("not-yet", name, f"Chưa có hiệu lực, đến {who.in_force.since:%d/%m/%Y} mới áp dụng.")
    gaps = _gaps(one.articles)
    if gaps and who.kind not in (DocumentKind.CODIFICATION, DocumentKind.HANDBOOK):
        yield Finding(
            "gap",
            name,
            f"Thiếu điều: {', '.join(gaps[:12])}{' …' if len(gaps) > 12 else ''}.",
            "Đối chiếu với bản gốc; bản trích thì bỏ qua.",
        )
    if one.ocr_pages:
        yield Finding(
            "scanned", name, f"{one.ocr_pages} trang do máy nhận dạng chữ.", "Đọc lại số tiền, tỷ lệ trước khi dùng."
        )


def _gaps(articles: Sequence[str]) -> list[str]:
    numbers = sorted({int(a) for a in articles if a.isdigit()})
    return [str(n) for n in range(1, numbers[-1]) if n not in set(numbers)] if numbers else []


def _replaced(stored: Sequence[Stored]) -> Iterable[Finding]:
    live = {
        one.identity.number: one for one in stored if one.identity is not None and one.status is DocumentStatus.ACCEPTED
    }
    for one in live.values():
        assert one.identity is not None
        for number in one.identity.replaces:
            old = live.get(number)
            if (
                old is not None
                and old.identity is not None
                and old.identity.in_force is not None
                and old.identity.in_force.until is None
            ):
                yield Finding(
                    "replaced",
                    number,
                    f"Đã bị {one.identity.number} thay thế mà vẫn đang dùng.",
                    f"Rút văn bản cũ: tuvan withdraw {number}",
                )
