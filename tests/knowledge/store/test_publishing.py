"""Publishing, refusing, withdrawing: what may be found afterwards."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from knowledge.errors import KnowledgeError
from knowledge.law import Coordinate, DocumentKind, DocumentStatus, InForce
from knowledge.store import KnowledgeStore, PublishOutcome, SourceFile, metadata, open_engine
from tests.knowledge.store.makers import DECREE, decree, moved


def texts(store: KnowledgeStore) -> list[str]:
    return [p.text for p in store.live_passages()]


def test_a_published_document_is_found_whole(store: KnowledgeStore) -> None:
    document = decree()
    result = store.publish(document)
    assert result.outcome is PublishOutcome.PUBLISHED
    (row,) = store.documents()
    assert (row.id, row.path, row.identity) == (result.document_id, document.source.path, document.identity)
    assert (row.provisions, row.passages, row.status) == (2, 2, DocumentStatus.ACCEPTED)
    assert store.provisions_of(row.id) == [replace(p, in_force=document.identity.in_force) for p in document.provisions]
    found = store.live_passages()
    assert [(p.coordinate, p.breadcrumb, p.text, p.in_force) for p in found] == [
        (p.coordinate, p.breadcrumb, p.text, p.in_force) for p in document.passages
    ]


def test_the_same_file_again_writes_nothing(engine: Engine, store: KnowledgeStore) -> None:
    store.publish(decree())
    written: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def _note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.split()[0].upper() not in ("SELECT", "BEGIN", "PRAGMA"):
            written.append(statement)

    before = store.state()
    assert store.publish(decree()).outcome is PublishOutcome.UNCHANGED
    assert written == []
    assert store.state() == before
    # The listener does see a write when there is one.
    store.publish(decree(["Khác."]))
    assert any("INSERT" in statement for statement in written)


def test_the_same_file_again_leaves_the_database_file_alone(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'k.sqlite3'}")
    metadata.create_all(engine)
    store = KnowledgeStore(engine)

    def version() -> tuple[int, list[tuple[str, int, int]]]:
        # data_version of one connection changes when another one commits.
        kept = [p for p in tmp_path.iterdir() if not p.name.endswith("-shm")]
        files = sorted((p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in kept)
        return watcher.execute(text("PRAGMA data_version")).scalar_one(), files

    with engine.connect().execution_options(isolation_level="AUTOCOMMIT", tuvan_read_only=True) as watcher:
        watcher.rollback()
        store.publish(decree())
        watcher.rollback()
        before = version()
        watcher.rollback()
        store.publish(decree())
        assert version() == before
        watcher.rollback()
        store.publish(decree(["Khác."]))
        assert version() != before


def test_new_bytes_with_the_same_content_stay_unchanged_and_are_remembered(store: KnowledgeStore) -> None:
    store.publish(decree(sha256="1" * 64))
    before = store.state()
    assert store.publish(decree(sha256="2" * 64)).outcome is PublishOutcome.UNCHANGED
    assert store.state() == before
    known = store.source_file("hồ sơ/a.docx")
    assert known is not None and known.sha256 == "2" * 64


@pytest.mark.parametrize(
    "changed",
    [
        decree(["Mức đóng mới.", "Mức hưởng."]),
        decree(in_force=InForce(date(2026, 1, 1))),
        decree(parser="2"),
        replace(decree(), identity=replace(decree().identity, title="Tên khác")),
    ],
    ids=["words", "dates", "parser", "title"],
)
def test_whatever_matters_changes_the_content_hash(store: KnowledgeStore, changed: Any) -> None:
    assert changed.content_hash() != decree().content_hash()
    store.publish(decree())
    assert store.publish(changed).outcome is PublishOutcome.PUBLISHED
    assert len(store.documents()) == 1


def test_a_new_version_replaces_the_old_and_unchanged_passages_keep_their_id(store: KnowledgeStore) -> None:
    store.publish(decree(["Giữ nguyên.", "Bị sửa."]))
    old = {p.text: p.id for p in store.live_passages()}
    store.publish(decree(["Giữ nguyên.", "Đã sửa."]))
    new = {p.text: p.id for p in store.live_passages()}
    assert set(new) == {"Giữ nguyên.", "Đã sửa."}
    assert new["Giữ nguyên."] == old["Giữ nguyên."]
    assert new["Đã sửa."] not in old.values()


def test_a_withdrawn_document_is_never_found_again(store: KnowledgeStore) -> None:
    store.publish(decree(["Đã rút."]))
    store.publish(decree(["Còn lại."], number="8/2030/NĐ-CP", path="b"))
    assert store.withdraw("7/2030/nđ-cp") == 1
    assert texts(store) == ["Còn lại."]
    assert store.provisions_at(Coordinate(DECREE), date(2026, 1, 1)) == []
    for again in (decree(["Đã rút."]), decree(["Đã rút, sửa."]), moved(decree(["Đã rút."]), "bản sao.pdf")):
        assert store.publish(again).outcome is PublishOutcome.WITHDRAWN
    assert texts(store) == ["Còn lại."]
    assert store.publish(decree(["Đã rút."]), restore=True).outcome is PublishOutcome.PUBLISHED
    assert texts(store) == ["Còn lại.", "Đã rút."]


def test_withdrawing_a_handbook_by_path_leaves_other_handbooks(store: KnowledgeStore) -> None:
    for path in ("a.md", "b.md"):
        store.publish(decree([f"Sổ tay {path}."], number="", path=path, kind=DocumentKind.HANDBOOK))
    assert store.withdraw("a.md") == 1
    assert texts(store) == ["Sổ tay b.md."]
    assert store.withdraw("không có") == 0


def test_the_same_document_from_another_file_is_a_duplicate(store: KnowledgeStore) -> None:
    store.publish(decree())
    before = store.state()
    result = store.publish(moved(decree(), "bản sao.pdf"))
    assert result.outcome is PublishOutcome.DUPLICATE
    assert "hồ sơ/a.docx" in result.message
    assert store.state() == before
    copy = store.source_file("bản sao.pdf")
    assert copy is not None and copy.status is DocumentStatus.DUPLICATE


def test_another_text_under_a_taken_number_is_quarantined_until_a_person_decides(store: KnowledgeStore) -> None:
    store.publish(decree(["Bản thật."]))
    other = decree(["Bản giả mạo."], path="lạ.pdf")
    result = store.publish(other)
    assert result.outcome is PublishOutcome.QUARANTINED
    assert result.remedy
    assert texts(store) == ["Bản thật."]
    assert store.publish(other, supersede=True).outcome is PublishOutcome.PUBLISHED
    assert texts(store) == ["Bản giả mạo."]
    first = store.source_file("hồ sơ/a.docx")
    assert first is not None and first.reason == "superseded"


@pytest.mark.parametrize("kind", [DocumentKind.HANDBOOK, DocumentKind.CODIFICATION])
def test_files_may_share_a_number_that_is_not_theirs_alone(store: KnowledgeStore, kind: DocumentKind) -> None:
    for path in ("a", "b"):
        assert store.publish(decree(["Như nhau."], path=path, kind=kind)).outcome is PublishOutcome.PUBLISHED
    assert texts(store) == ["Như nhau."] * 2
    assert len({p.id for p in store.live_passages()}) == 2


def test_a_document_without_dates_or_words_is_kept_out_and_the_older_version_stays(store: KnowledgeStore) -> None:
    store.publish(decree(["Bản cũ."]))
    for bad, reason in ((decree(["Bản mới."], in_force=None), "dates-unknown"), (decree([]), "empty")):
        result = store.publish(bad)
        assert result.outcome is PublishOutcome.QUARANTINED
        assert "Bản trước" in result.message
        assert texts(store) == ["Bản cũ."]
        known = store.source_file(bad.source.path)
        assert known is not None and known.reason == reason


def test_a_refusal_is_remembered_and_changes_nothing_that_is_found(store: KnowledgeStore) -> None:
    store.publish(decree())
    before = store.state()
    store.record_refusal(
        SourceFile("báo.html", "3" * 64), reason="press", message="Bài báo.", remedy="Nạp văn bản gốc."
    )
    assert store.state() == before
    known = store.source_file("báo.html")
    assert known is not None
    assert (known.status, known.name, known.remedy) == (DocumentStatus.REFUSED, "báo.html", "Nạp văn bản gốc.")
    assert known.seen_at.tzinfo is not None


def test_a_failure_in_the_middle_leaves_nothing_half_done(engine: Engine, store: KnowledgeStore) -> None:
    store.publish(decree(["Bản cũ."]))
    before = store.state()
    broken = decree(["Bản mới.", "Đoạn hỏng."])
    # A passage without a date is refused by the database itself, in the last statement of the transaction.
    passages = [broken.passages[0], replace(broken.passages[1], in_force=InForce(None))]  # type: ignore[arg-type]
    with pytest.raises(Exception, match="effective_from"):
        store.publish(replace(broken, passages=passages))
    assert store.state() == before
    assert texts(store) == ["Bản cũ."]
    assert [p.text for p in store.provisions_of(store.documents()[0].id)] == ["Bản cũ."]


def test_publishers_at_the_same_time_take_turns(store: KnowledgeStore) -> None:
    outcomes: list[PublishOutcome] = []

    def publish(number: int) -> None:
        outcomes.append(store.publish(moved(decree(), f"tệp {number}")).outcome)

    threads = [threading.Thread(target=publish, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [PublishOutcome.DUPLICATE] * 5 + [PublishOutcome.PUBLISHED]
    assert store.state().version == 1


def test_a_database_without_its_first_row_is_named_as_such(engine: Engine, store: KnowledgeStore) -> None:
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM knowledge_state"))
    with pytest.raises(KnowledgeError, match="chưa được tạo"):
        store.publish(decree())
