"""The nineteen real files: who each one is, with its manifest row and without."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ingest.header import Identified, identify
from ingest.manifest import Manifest, read_manifest
from ingest.readers import ReadDocument, read_document
from knowledge.law import DocumentKind, DocumentStatus, InForce
from tests.shared import shared_folder

pytestmark = pytest.mark.shared

LETTER = "Công văn của UBND tỉnh Quảng Ngãi triển khai Nghị quyết 403/NQ-CP"
DECREE, CIRCULAR, RESOLUTION = DocumentKind.DECREE, DocumentKind.CIRCULAR, DocumentKind.RESOLUTION
# file -> number, kind, issued, first day, last day, replaces
ACCEPTED: dict[str, tuple[str, DocumentKind, date | None, date, date | None, tuple[str, ...]]] = {
    "luat-41-2024-qh15-trich.md": ("41/2024/QH15", DocumentKind.LAW, date(2024, 6, 29), date(2025, 7, 1), None, ()),
    "luat-91-2025-qh15.md": ("91/2025/QH15", DocumentKind.LAW, date(2025, 6, 26), date(2026, 1, 1), None, ()),
    "luat-134-2025-qh15.md": ("134/2025/QH15", DocumentKind.LAW, date(2025, 12, 10), date(2026, 3, 1), None, ()),
    "nghi-dinh-161-2026-nd-cp.md": ("161/2026/NĐ-CP", DECREE, date(2026, 5, 15), date(2026, 7, 1), None, ("73/2024/NĐ-CP",)),
    "nghi-dinh-162-2026-nd-cp.md": ("162/2026/NĐ-CP", DECREE, date(2026, 5, 15), date(2026, 7, 1), None, ("75/2024/NĐ-CP",)),
    "nghi-dinh-276-2026-nd-cp.md": ("276/2026/NĐ-CP", DECREE, date(2026, 7, 8), date(2026, 7, 8), None, ("25/2025/NĐ-CP",)),
    "nghi-dinh-283-2026-nd-cp.md": ("283/2026/NĐ-CP", DECREE, date(2026, 7, 15), date(2026, 9, 10), None, ("12/2022/NĐ-CP",)),
    # The text itself says 10 May; the manifest and the digitiser's table say 1 July.
    "nghi-dinh-85-2026-nd-cp.md": ("85/2026/NĐ-CP", DECREE, date(2026, 3, 25), date(2026, 5, 10), None, ("88/2016/NĐ-CP",)),
    "nghi-quyet-66.22-2026-nq-cp.md": ("66.22/2026/NQ-CP", RESOLUTION, date(2026, 7, 9), date(2026, 8, 15), date(2027, 2, 28), ()),
    "thong-tu-13-2026-tt-bnv.md": ("13/2026/TT-BNV", CIRCULAR, date(2026, 5, 29), date(2026, 7, 1), None, ("07/2024/TT-BNV",)),
    "thong-tu-14-2026-tt-bnv.md": ("14/2026/TT-BNV", CIRCULAR, date(2026, 5, 29), date(2026, 7, 1), None, ("06/2023/TT-BLĐTBXH",)),
}  # fmt: skip
# file -> number, last day the collection can vouch for (with its manifest row)
CODIFICATIONS = {
    "phap-dien-an-toan-ve-sinh-lao-dong-luat-84-2015.md": ("84/2015/QH13", date(2025, 4, 1)),
    "phap-dien-bao-hiem-y-te-luat-25-2008.md": ("25/2008/QH12", date(2025, 1, 1)),
    "phap-dien-nguoi-cao-tuoi-luat-39-2009.md": ("39/2009/QH12", date(2022, 12, 31)),
    "phap-dien-tro-giup-xa-hoi-nd-20-2021.md": ("20/2021/NĐ-CP", date(2023, 12, 31)),
    "phap-dien-viec-lam-luat-38-2013.md": ("38/2013/QH13", date(2025, 12, 31)),
}
THE_LETTER = "cong-van-ubnd-tinh-quang-ngai-trien-khai-nq-403.txt"
ABRIDGED = "nghi-dinh-142-2026-nd-cp.md"
SUMMARY = "thong-tu-09-2026-tt-btc-TOM-TAT.md"


@pytest.fixture(scope="module")
def folder() -> Path:
    return shared_folder() / "documents"


@pytest.fixture(scope="module")
def manifest(folder: Path) -> Manifest:
    return read_manifest(folder)


@pytest.fixture(scope="module")
def documents(folder: Path) -> dict[str, ReadDocument]:
    files = [f for f in sorted(folder.iterdir()) if f.suffix in (".md", ".txt") and f.stem != "README"]
    return {f.name: read_document(f) for f in files}


def test_every_file_is_accounted_for(documents: dict[str, ReadDocument]) -> None:
    assert set(documents) == {*ACCEPTED, *CODIFICATIONS, THE_LETTER, ABRIDGED, SUMMARY}


@pytest.mark.parametrize("declared", [True, False], ids=["manifest", "text only"])
@pytest.mark.parametrize("name", ACCEPTED)
def test_laws_decrees_and_circulars(
    name: str, declared: bool, documents: dict[str, ReadDocument], manifest: Manifest
) -> None:
    found = identify(documents[name], manifest.row_for(name) if declared else None)
    assert found.status is DocumentStatus.ACCEPTED, found.message
    who = found.identity
    assert who is not None
    number, kind, issued, since, until, replaces = ACCEPTED[name]
    assert (who.number, who.kind, who.issued_on, who.replaces) == (number, kind, issued, replaces)
    assert who.in_force == InForce(since, until)
    assert not who.dates_inferred
    assert "(" not in who.title and who.title.split()[0].lower() in kind.value


@pytest.mark.parametrize("name", CODIFICATIONS)
def test_codifications_vouch_for_no_day_of_today(
    name: str, documents: dict[str, ReadDocument], manifest: Manifest
) -> None:
    found = identify(documents[name], manifest.row_for(name))
    assert found.status is DocumentStatus.ACCEPTED, found.message
    assert found.identity is not None
    assert (found.identity.kind, found.identity.in_force) == (DocumentKind.CODIFICATION, None)
    assert (found.identity.number, found.until) == CODIFICATIONS[name]
    alone = identify(documents[name], None)
    assert alone.identity is not None and alone.identity.number == CODIFICATIONS[name][0]
    assert alone.until is not None and alone.until <= CODIFICATIONS[name][1]


def test_the_provincial_letter(documents: dict[str, ReadDocument], manifest: Manifest) -> None:
    found = identify(documents[THE_LETTER], manifest.row_for(THE_LETTER))
    assert found.status is DocumentStatus.ACCEPTED, found.message
    who = found.identity
    assert who is not None
    assert (who.number, who.kind, who.in_force) == (LETTER, DocumentKind.LETTER, InForce(date(2026, 1, 31)))
    assert who.dates_inferred
    alone = identify(documents[THE_LETTER], None)
    assert (alone.status, alone.reason) == (DocumentStatus.QUARANTINED, "dates-unknown")


@pytest.mark.parametrize("declared", [True, False], ids=["manifest", "text only"])
@pytest.mark.parametrize(
    ("name", "status", "reason"),
    [(ABRIDGED, DocumentStatus.QUARANTINED, "abridged"), (SUMMARY, DocumentStatus.REFUSED, "summary")],
)
def test_what_is_no_full_original_stays_out(
    name: str,
    status: DocumentStatus,
    reason: str,
    declared: bool,
    documents: dict[str, ReadDocument],
    manifest: Manifest,
) -> None:
    found = identify(documents[name], manifest.row_for(name) if declared else None)
    assert (found.status, found.reason) == (status, reason)


def unmarked(document: ReadDocument) -> ReadDocument:
    """The document as a PDF or a text file would give it: no headings, no bold, no rules."""
    kept = [replace(line, heading=0, bold=False) for line in document.lines if line.text]
    return replace(document, lines=kept, front_matter={}, media="pdf")


@pytest.mark.parametrize("name", ACCEPTED)
def test_the_same_text_without_marked_headings_is_the_same_document(
    name: str, documents: dict[str, ReadDocument], manifest: Manifest
) -> None:
    row = manifest.row_for(name)
    marked, plain = identify(documents[name], row), identify(unmarked(documents[name]), row)
    assert plain.status is DocumentStatus.ACCEPTED, plain.message
    assert marked.identity is not None and plain.identity is not None
    assert replace(plain.identity, warnings=()) == replace(marked.identity, warnings=())


def additions(found: Identified) -> list[str]:
    told = (
        "THÔNG TIN VĂN BẢN",
        "GHI CHÚ",
        "Tóm tắt",
        "NGUỒN THAM CHIẾU",
        "Điểm nhấn",
        "OCR",
        "Phương pháp số hóa",
        "Trạng thái |",
    )
    return [line.text for line in found.body if line.text.startswith(told) or "pdftotext" in line.text]


@pytest.mark.parametrize("name", ACCEPTED)
def test_no_added_line_can_be_quoted(name: str, documents: dict[str, ReadDocument], manifest: Manifest) -> None:
    assert additions(identify(documents[name], manifest.row_for(name))) == []
