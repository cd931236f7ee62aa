"""Folders into the store: what is read, what is left alone, what takes whose place."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from bot.storage.migrate import migrate
from ingest.manifest import BadManifest
from ingest.pipeline import FileReport, find_files, ingest
from knowledge.law import Coordinate, DocumentStatus, InForce
from knowledge.store import KnowledgeStore, metadata, open_engine, reading
from tests.ingest import convert

CHORES = "1. Mỗi quý, tổ trưởng tổ dân phố đến thăm từng hộ có người già neo đơn và ghi vào sổ thăm hỏi."


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_engine(f"sqlite:///{tmp_path / 'kho' / 'knowledge.sqlite3'}")
    migrate(opened)
    yield opened
    opened.dispose()


@pytest.fixture
def store(engine: Engine) -> KnowledgeStore:
    return KnowledgeStore(engine)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "văn bản"
    made.mkdir()
    return made


def decision(number: str = "45/2031/QĐ-UBND", rule: str = CHORES, since: str = "01 tháng 9 năm 2031") -> str:
    """A short decision of a people's committee."""
    return "\n".join(
        [
            "ỦY BAN NHÂN DÂN TỈNH",
            f"Số: {number}",
            "ngày 05 tháng 8 năm 2031",
            "QUYẾT ĐỊNH",
            "Về việc thăm hỏi người già neo đơn",
            "Điều 1. Việc thăm hỏi",
            rule,
            "2. Kết quả thăm hỏi được đọc trong buổi họp tổ gần nhất.",
            "Điều 2. Hiệu lực thi hành",
            f"Quyết định này có hiệu lực từ ngày {since}.",
            "Nơi nhận:",
            "- Lưu: VT.",
            "TM. ỦY BAN NHÂN DÂN",
        ]
    )


def write(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


def only(report_files: list[FileReport]) -> FileReport:
    assert len(report_files) == 1
    return report_files[0]


def live_texts(store: KnowledgeStore) -> str:
    return "\n".join(row.text for row in store.live_passages())


def everything(engine: Engine) -> dict[str, list[Any]]:
    """All rows of all tables."""
    with reading(engine) as connection:
        return {t.name: [tuple(r) for r in connection.execute(t.select())] for t in metadata.sorted_tables}


def test_a_file_becomes_provisions_that_can_be_found(folder: Path, store: KnowledgeStore) -> None:
    write(folder / "quyet-dinh.txt", decision())
    report = only(ingest([folder], store).files)
    assert (report.outcome, report.number, report.articles, report.provisions) == ("accepted", "45/2031/QĐ-UBND", 2, 3)
    found = store.provisions_at(Coordinate("45/2031/QĐ-UBND", "1", "1"), date(2031, 9, 1))
    assert [p.text for p in found] == [CHORES.removeprefix("1. ")]
    assert store.provisions_at(Coordinate("45/2031/QĐ-UBND", "1", "1"), date(2031, 8, 31)) == []


def test_a_second_run_over_the_same_files_writes_nothing(folder: Path, store: KnowledgeStore, engine: Engine) -> None:
    write(folder / "quyet-dinh.txt", decision())
    write(folder / "hong.pdf", "không phải PDF")
    write(folder / "trung.txt", decision() + "\n")
    ingest([folder], store)
    before = everything(engine)
    with engine.connect() as watcher:
        version = watcher.exec_driver_sql("PRAGMA data_version").scalar()
        watcher.rollback()
        report = ingest([folder], store)
        assert watcher.exec_driver_sql("PRAGMA data_version").scalar() == version  # counts commits of others
    assert everything(engine) == before
    assert {f.name: f.outcome for f in report.files} == {
        "quyet-dinh.txt": "unchanged",
        "hong.pdf": "refused",
        "trung.txt": "duplicate",
    }


def test_a_refusal_is_told_again_with_its_remedy_on_every_run(folder: Path, store: KnowledgeStore) -> None:
    write(folder / "hong.pdf", "không phải PDF")
    first, second = only(ingest([folder], store).files), only(ingest([folder], store).files)
    assert first.reason == "mislabelled"
    assert (second.reason, second.message, second.remedy) == (first.reason, first.message, first.remedy)


def test_a_changed_file_replaces_its_older_text(folder: Path, store: KnowledgeStore) -> None:
    path = write(folder / "quyet-dinh.txt", decision())
    ingest([folder], store)
    write(path, decision(rule="1. Mỗi tháng, bí thư chi bộ đến thăm từng hộ nghèo."))
    assert only(ingest([folder], store).files).outcome == "accepted"
    assert "bí thư chi bộ" in live_texts(store)
    assert "sổ thăm hỏi" not in live_texts(store)


def test_a_file_that_breaks_leaves_its_older_version_in_use_and_a_good_copy_heals_it(
    folder: Path, store: KnowledgeStore
) -> None:
    path = convert.word(folder / "nghi-dinh.docx", convert.DECREE)
    sound = path.read_bytes()
    ingest([folder], store)
    shown = live_texts(store)
    path.write_bytes(sound[: len(sound) // 2])
    state = store.state()
    assert only(ingest([folder], store).files).outcome == "refused"
    assert (live_texts(store), store.state()) == (shown, state)
    path.write_bytes(sound)
    assert only(ingest([folder], store).files).outcome == "unchanged"
    assert store.source_files()[0].status is DocumentStatus.ACCEPTED
    assert only(ingest([folder], store).files).outcome == "unchanged"


def test_a_refused_file_is_taken_once_it_is_mended(folder: Path, store: KnowledgeStore) -> None:
    path = write(folder / "quyet-dinh.docx", "chưa phải tệp Word")
    assert only(ingest([folder], store).files).outcome == "refused"
    convert.word(path, [convert.Paragraph(line) for line in decision().split("\n")])
    assert only(ingest([folder], store).files).outcome == "accepted"
    assert "sổ thăm hỏi" in live_texts(store)


def test_a_changed_manifest_row_is_taken_up_without_a_change_of_the_file(folder: Path, store: KnowledgeStore) -> None:
    write(
        folder / "thu.txt",
        "Kính gửi: Ủy ban nhân dân các xã\n1. Đề nghị các xã quét vôi lại trường học.\nNơi nhận:\n- Lưu: VT.",
    )
    assert only(ingest([folder], store).files).reason == "dates-unknown"
    write(folder / "manifest.csv", "file,title,effective_date\nthu.txt,Công văn về quét vôi trường học,2031-10-01\n")
    assert only(ingest([folder], store).files).outcome == "accepted"
    identity = store.documents()[0].identity
    assert identity.in_force == InForce(date(2031, 10, 1))


def test_a_manifest_row_is_found_for_a_name_in_the_other_unicode_form(folder: Path, store: KnowledgeStore) -> None:
    name = unicodedata.normalize("NFD", "thư của tỉnh.txt")
    write(
        folder / name,
        "Kính gửi: Ủy ban nhân dân các xã\n1. Đề nghị các xã quét vôi lại trường học.\nNơi nhận:\n- Lưu: VT.",
    )
    write(folder / "manifest.csv", "file,title,effective_date\nthư của tỉnh.txt,Công văn về quét vôi,2031-10-01\n")
    assert only(ingest([folder], store).files).outcome == "accepted"


def test_a_broken_manifest_stops_the_run_before_anything_is_written(
    folder: Path, store: KnowledgeStore, engine: Engine
) -> None:
    write(folder / "quyet-dinh.txt", decision())
    write(folder / "manifest.csv", 'file,title\nquyet-dinh.txt,"Quyết định\n')
    before = everything(engine)
    with pytest.raises(BadManifest, match=r"manifest\.csv, dòng 2"):
        ingest([folder], store)
    assert everything(engine) == before


def test_a_document_without_dates_waits_and_cannot_be_found(folder: Path, store: KnowledgeStore) -> None:
    write(
        folder / "x.txt",
        decision().replace("Quyết định này có hiệu lực từ ngày 01 tháng 9 năm 2031.", "Thi hành quyết định này."),
    )
    report = only(ingest([folder], store).files)
    assert (report.outcome, report.reason) == ("quarantined", "dates-unknown")
    assert report.remedy
    assert store.live_passages() == []


def test_the_same_text_from_a_second_file_is_a_duplicate(folder: Path, store: KnowledgeStore) -> None:
    write(folder / "a.txt", decision())
    convert.word(folder / "b.docx", [convert.Paragraph(line) for line in decision().split("\n")])
    report = ingest([folder], store)
    assert [f.outcome for f in report.files] == ["accepted", "duplicate"]
    assert "a.txt" in report.files[1].message
    assert len(store.documents()) == 1


def test_another_text_under_a_number_in_use_waits_for_a_person(folder: Path, store: KnowledgeStore) -> None:
    write(folder / "a.txt", decision())
    other = decision(rule="1. Cấm thả diều.").replace("buổi họp tổ gần nhất", "chợ")
    write(folder / "b.txt", other.replace("thăm hỏi người già neo đơn", "thả diều"))
    report = ingest([folder], store)
    assert [(f.outcome, f.reason) for f in report.files] == [("accepted", ""), ("quarantined", "number-taken")]
    assert "Cấm thả diều" not in live_texts(store)
    assert [f.outcome for f in ingest([folder / "b.txt"], store, supersede=True).files] == ["accepted"]
    assert "Cấm thả diều" in live_texts(store)
    assert "sổ thăm hỏi" not in live_texts(store)


def test_a_file_that_is_gone_is_told_and_withdrawn_only_on_demand(folder: Path, store: KnowledgeStore) -> None:
    path = write(folder / "a.txt", decision())
    write(folder / "b.txt", decision("46/2031/QĐ-UBND", "1. Mỗi thôn trồng một hàng cây quế dọc đường liên thôn."))
    ingest([folder], store)
    path.unlink()
    assert ingest([folder], store).missing == [str(path)]
    assert "sổ thăm hỏi" in live_texts(store)
    ingest([folder], store, prune=True)
    assert "sổ thăm hỏi" not in live_texts(store)
    assert "cây quế" in live_texts(store)
    assert ingest([folder], store).missing == []


def test_files_of_other_folders_are_never_taken_for_gone(folder: Path, store: KnowledgeStore, tmp_path: Path) -> None:
    other = tmp_path / "văn bản khác"
    other.mkdir()
    write(other / "a.txt", decision())
    ingest([other], store)
    report = ingest([folder], store, prune=True)
    assert report.missing == []
    assert "sổ thăm hỏi" in live_texts(store)


def test_a_renamed_file_stays_in_use_when_the_old_name_is_pruned(folder: Path, store: KnowledgeStore) -> None:
    path = write(folder / "a.txt", decision())
    ingest([folder], store)
    path.rename(folder / "z.txt")
    ingest([folder], store, prune=True)
    assert "sổ thăm hỏi" in live_texts(store)
    assert [Path(d.path).name for d in store.documents() if d.status is DocumentStatus.ACCEPTED] == ["z.txt"]
    assert only(ingest([folder], store).files).outcome == "unchanged"


def test_a_duplicate_takes_over_when_the_file_it_repeats_is_pruned(folder: Path, store: KnowledgeStore) -> None:
    path = write(folder / "a.txt", decision())
    write(folder / "b.txt", decision() + "\n")
    ingest([folder], store)
    path.unlink()
    report = ingest([folder], store, prune=True)
    assert [(f.name, f.outcome) for f in report.files] == [("b.txt", "accepted")]
    assert "sổ thăm hỏi" in live_texts(store)


def test_a_gone_file_whose_last_version_was_refused_is_pruned_too(folder: Path, store: KnowledgeStore) -> None:
    path = convert.word(folder / "a.docx", [convert.Paragraph(line) for line in decision().split("\n")])
    ingest([folder], store)
    path.write_bytes(b"")
    ingest([folder], store)
    path.unlink()
    report = ingest([folder], store, prune=True)
    assert report.missing == [str(path)]
    assert store.live_passages() == []


def test_a_withdrawn_document_comes_back_only_when_asked_for(folder: Path, store: KnowledgeStore) -> None:
    write(folder / "a.txt", decision())
    ingest([folder], store)
    store.withdraw("45/2031/QĐ-UBND")
    assert only(ingest([folder], store).files).outcome == "withdrawn"
    write(folder / "b.txt", decision() + "\n")
    assert {f.outcome for f in ingest([folder], store).files} == {"withdrawn"}
    assert store.live_passages() == []
    report = ingest([folder / "a.txt"], store, restore=True)
    assert only(report.files).outcome == "accepted"
    assert "sổ thăm hỏi" in live_texts(store)


def test_progress_is_told_after_each_file_in_order(folder: Path, store: KnowledgeStore) -> None:
    for letter in "cab":
        write(folder / f"{letter}.txt", decision(f"{ord(letter)}/2031/QĐ-UBND"))
    told: list[tuple[int, int, str]] = []
    ingest([folder], store, progress=lambda done, total, name: told.append((done, total, name)))
    assert told == [(1, 3, "a.txt"), (2, 3, "b.txt"), (3, 3, "c.txt")]


def test_one_bad_file_does_not_stop_the_others(folder: Path, store: KnowledgeStore) -> None:
    write(folder / "a.docx", "rác")
    write(folder / "b.txt", decision())
    (folder / "c.pdf").write_bytes(b"%PDF-1.7\n")
    report = ingest([folder], store)
    assert [f.outcome for f in report.files] == ["refused", "accepted", "refused"]
    assert [f.failed for f in report.files] == [True, False, True]
    assert report.count("refused") == 2


def test_only_documents_are_looked_for_in_folders_but_a_named_file_is_always_tried(
    folder: Path, store: KnowledgeStore
) -> None:
    inside = folder / "xã"
    inside.mkdir()
    for name in ("a.txt", "README.md", "manifest.csv", ".ẩn.txt", "~$b.docx", "bảng.xlsx", "xã/c.PDF"):
        write(folder / name, "file\n" if name == "manifest.csv" else "x")
    assert [p.name for p in find_files([folder])] == ["a.txt", "c.PDF"]
    assert find_files([folder, folder / "a.txt"]) == [folder / "a.txt", inside / "c.PDF"]
    report = only(ingest([folder / "bảng.xlsx"], store).files)
    assert (report.outcome, report.reason) == ("refused", "unsupported")


def test_a_path_that_does_not_exist_is_a_refusal(folder: Path, store: KnowledgeStore) -> None:
    report = only(ingest([folder / "không-có.pdf"], store).files)
    assert (report.outcome, report.reason) == ("refused", "missing")


def test_pipes_and_endless_devices_in_a_folder_are_refused(folder: Path, store: KnowledgeStore) -> None:
    os.mkfifo(folder / "ong.pdf")
    (folder / "vo-tan.txt").symlink_to("/dev/zero")
    for _ in range(2):
        assert [f.reason for f in ingest([folder], store).files] == ["not_a_file", "not_a_file"]


def test_a_name_that_no_screen_or_database_can_hold_is_told_in_plain_signs(folder: Path, store: KnowledgeStore) -> None:
    write(folder / os.fsdecode(b"\xff\xfe.txt"), decision())
    write(folder / "\x1b[31m\u202etxt.fdp.pdf", "rác")
    reports = {f.outcome: f for f in ingest([folder], store).files}
    assert reports["accepted"].name == r"\xff\xfe.txt"
    assert reports["refused"].name == r"\x1b[31m\u202etxt.fdp.pdf"
    assert {f.outcome for f in ingest([folder], store).files} == {"unchanged", "refused"}


CODIFIED = """CHỦ ĐỀ NGƯỜI GIÀ
Chương I
QUY ĐỊNH CHUNG
Điều 90.1.QĐ.1.1. Việc thăm hỏi
(Điều 1 Quyết định số 12/2019/QĐ-UBND ngày 04/02/2019 của Ủy ban nhân dân tỉnh, có hiệu lực thi hành kể từ ngày 01/03/2019)
1. Tổ trưởng đến thăm người già mỗi quý một lần.
Điều 90.1.QĐ.1.2. Sổ thăm hỏi
(Điều 2 Quyết định số 12/2019/QĐ-UBND ngày 04/02/2019 của Ủy ban nhân dân tỉnh, có hiệu lực thi hành kể từ ngày 01/03/2019)
Sổ thăm hỏi được giữ mười năm.
Điều 90.1.QĐ.2.3. Quà Tết
(Điều 3 Quyết định số 77/2022/QĐ-UBND ngày 01/12/2022 của Ủy ban nhân dân tỉnh, có hiệu lực thi hành kể từ ngày 01/01/2023)
Người già trên chín mươi tuổi được tặng một áo ấm.
"""


def test_a_codification_is_believed_up_to_the_last_day_it_knows(folder: Path, store: KnowledgeStore) -> None:
    write(folder / "phap-dien.md", CODIFIED)
    assert only(ingest([folder], store).files).outcome == "accepted"
    visits = Coordinate("12/2019/QĐ-UBND", "1", "1")
    assert [p.text for p in store.provisions_at(visits, date(2020, 5, 1))] == [
        "Tổ trưởng đến thăm người già mỗi quý một lần."
    ]
    assert store.provisions_at(visits, date(2019, 2, 28)) == []
    assert store.provisions_at(visits, date(2031, 1, 1)) == []
    assert store.provisions_at(Coordinate("77/2022/QĐ-UBND", "3"), date(2023, 1, 1)) != []


def test_an_article_with_a_later_day_of_its_own_holds_from_that_day(folder: Path, store: KnowledgeStore) -> None:
    text = """QUỐC HỘI
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Luật số: 900/2031/QH17
Hà Nội, ngày 18 tháng 6 năm 2031
LUẬT
LÀNG NGHỀ
Điều 1. Nghệ nhân
Nghệ nhân được tặng một khung cửi.
Điều 2. Làng nghề
1. Làng nghề được dựng cổng.
2. Làng nghề được mở chợ.
Điều 3. Hiệu lực thi hành
1. Luật này có hiệu lực thi hành từ ngày 01 tháng 10 năm 2031, trừ trường hợp quy định tại khoản 2 Điều này.
2. Điều 1 và khoản 2 Điều 2 của Luật này có hiệu lực thi hành từ ngày 01 tháng 01 năm 2033.
Nơi nhận:
CHỦ TỊCH QUỐC HỘI
"""
    write(folder / "luat.txt", text)
    assert only(ingest([folder], store).files).outcome == "accepted"

    def held(article: str, clause: str, on: date) -> bool:
        return bool(store.provisions_at(Coordinate("900/2031/QH17", article, clause), on))

    before, after = date(2032, 12, 31), date(2033, 1, 1)
    assert [held(a, c, before) for a, c in (("1", ""), ("2", "1"), ("2", "2"))] == [False, True, False]
    assert [held(a, c, after) for a, c in (("1", ""), ("2", "1"), ("2", "2"))] == [True, True, True]
