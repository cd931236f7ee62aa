"""What a file would become, before it is published: the same as the pipeline then makes of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.storage.migrate import migrate
from ingest.errors import UnreadableFile
from ingest.lint import Stored
from ingest.manifest import ManifestRow
from ingest.pipeline import ingest
from ingest.preview import preview
from knowledge.law import DocumentIdentity, DocumentKind, DocumentStatus, InForce
from knowledge.store import KnowledgeStore, open_engine
from tests.ingest.resolution import RESOLUTION

TODAY = date(2026, 11, 28)


def written(folder: Path, text: str = RESOLUTION, name: str = "nghi-quyet.txt") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_it_tells_who_the_document_is_and_what_it_says(tmp_path: Path) -> None:
    found = preview(written(tmp_path), None, TODAY)
    assert found.status is DocumentStatus.ACCEPTED and found.identity is not None
    assert found.identity.number == "12/2026/NQ-HĐND"
    assert found.identity.in_force == InForce(date(2027, 1, 1))
    assert found.identity.replaces == ("05/2024/NQ-HĐND",)
    assert found.articles == ("1", "2", "3", "4")
    assert "hộ nghèo được hỗ trợ thêm 20%" in " ".join(p.text for p in found.provisions)
    assert [f.code for f in found.findings] == ["not-yet"]


def test_it_is_what_the_pipeline_makes(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'kho.sqlite3'}")
    migrate(engine)
    store = KnowledgeStore(engine)
    path = written(tmp_path)
    found = preview(path, None, TODAY)
    report = ingest([path], store).files[0]
    assert (report.number, report.provisions, report.passages) == (
        "12/2026/NQ-HĐND", len(found.provisions), found.passages,
    )  # fmt: skip
    stored = store.provisions_of(store.documents()[0].id)
    assert [(p.coordinate, p.text) for p in stored] == [(p.coordinate, p.text) for p in found.provisions]


def test_what_is_missing_is_said_and_can_be_declared(tmp_path: Path) -> None:
    text = RESOLUTION.replace("có hiệu lực từ ngày 01 tháng 01 năm 2027", "do Thường trực tổ chức thi hành")
    path = written(tmp_path, text)
    held = preview(path, None, TODAY)
    assert held.status is DocumentStatus.QUARANTINED and held.message and held.remedy and not held.provisions
    row = ManifestRow(path.name, effective_date="2027-01-01")
    assert preview(path, row, TODAY).status is DocumentStatus.ACCEPTED


def test_a_document_it_replaces_is_pointed_out(tmp_path: Path) -> None:
    old = DocumentIdentity(
        "05/2024/NQ-HĐND", DocumentKind.RESOLUTION, "Nghị quyết cũ", in_force=InForce(date(2024, 8, 1))
    )
    held = [Stored("cu.pdf", DocumentStatus.ACCEPTED, identity=old)]
    found = preview(written(tmp_path), None, TODAY, held)
    assert ("replaced", "05/2024/NQ-HĐND") in [(f.code, f.where) for f in found.findings]


def test_a_bad_file_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "hỏng.pdf"
    path.write_bytes(b"khong phai pdf")
    with pytest.raises(UnreadableFile) as caught:
        preview(path, None, TODAY)
    assert caught.value.reason == "mislabelled" and "\n" not in str(caught.value)
