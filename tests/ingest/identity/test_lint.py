from __future__ import annotations

from datetime import date

import pytest

from ingest.lint import SOON_DAYS, Stored, lint
from knowledge.law import DocumentIdentity, DocumentKind, DocumentStatus, InForce

TODAY = date(2026, 11, 22)
ACCEPTED = DocumentStatus.ACCEPTED


def who(
    number: str = "901/2026/NĐ-CP", since: date = date(2026, 3, 15), until: date | None = None, **more: object
) -> DocumentIdentity:
    return DocumentIdentity(number, DocumentKind.DECREE, "Nghị định", in_force=InForce(since, until), **more)  # type: ignore[arg-type]


def codes(*stored: Stored) -> list[str]:
    return [f.code for f in lint(stored, TODAY)]


def test_a_sound_document_gives_no_finding() -> None:
    assert codes(Stored("a.md", ACCEPTED, identity=who(), articles=("1", "2", "2a", "3"))) == []


@pytest.mark.parametrize(
    ("reason", "status", "code"),
    [
        ("dates-unknown", DocumentStatus.QUARANTINED, "unknown-date"),
        ("number-clash", DocumentStatus.QUARANTINED, "number-clash"),
        ("number-taken", DocumentStatus.QUARANTINED, "number-clash"),
        ("abridged", DocumentStatus.QUARANTINED, "quarantined"),
        ("forgery", DocumentStatus.REFUSED, "refused"),
        ("duplicate", DocumentStatus.DUPLICATE, "duplicate"),
    ],
)
def test_files_kept_out_are_listed_with_what_to_do(reason: str, status: DocumentStatus, code: str) -> None:
    (finding,) = lint([Stored("a.md", status, reason, "Vì sao.", "Làm gì.")], TODAY)
    assert (finding.code, finding.where, finding.message, finding.remedy) == (code, "a.md", "Vì sao.", "Làm gì.")


@pytest.mark.parametrize(
    ("until", "code"),
    [
        (date(2026, 11, 21), ["expired"]),
        (TODAY, ["expires-soon"]),
        (date(2027, 2, 28), ["expires-soon"]),
        (date(2028, 1, 1), []),
        (None, []),
    ],
)
def test_law_that_ended_or_ends_soon(until: date | None, code: list[str]) -> None:
    assert SOON_DAYS < 365
    assert codes(Stored("a.md", ACCEPTED, identity=who(until=until))) == code


def test_a_codification_ends_with_what_it_knows() -> None:
    identity = DocumentIdentity("90/2015/QH13", DocumentKind.CODIFICATION, "Pháp điển")
    assert codes(Stored("a.md", ACCEPTED, identity=identity, articles=("1", "9"), until=date(2019, 4, 20))) == [
        "expired"
    ]


def test_law_not_yet_in_force() -> None:
    assert codes(Stored("a.md", ACCEPTED, identity=who(since=date(2027, 1, 1)))) == ["not-yet"]


def test_gaps_inferred_days_and_recognised_pages() -> None:
    stored = Stored("a.md", ACCEPTED, identity=who(dates_inferred=True), articles=("1", "2", "5"), ocr_pages=2)
    findings = {f.code: f for f in lint([stored], TODAY)}
    assert set(findings) == {"date-inferred", "gap", "scanned"}
    assert "3, 4" in findings["gap"].message


def test_a_document_that_a_newer_one_replaced() -> None:
    old, new = (
        Stored("a.md", ACCEPTED, identity=who()),
        Stored("b.md", ACCEPTED, identity=who("902/2026/NĐ-CP", replaces=("901/2026/NĐ-CP",))),
    )
    (finding,) = lint([old, new], TODAY)
    assert (finding.code, finding.where) == ("replaced", "901/2026/NĐ-CP")
    assert "902/2026/NĐ-CP" in finding.message
