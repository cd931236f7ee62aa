"""Collections of articles of many documents (pháp điển)."""

from __future__ import annotations

from datetime import date

from ingest import codification
from knowledge.law import Coordinate, InForce, Provision
from tests.ingest.structure.makers import assert_verbatim, lines

AMENDED = "có nội dung được sửa đổi bởi Điều 1 Nghị định số 9/2023/NĐ-CP có hiệu lực thi hành kể từ ngày 01/03/2023"
COLLECTION = f"""
Chương I
QUY ĐỊNH CHUNG
Điều 9.1.LQ.1. Phạm vi
(Điều 1 Luật số 3/2020/QH99, có hiệu lực thi hành kể từ ngày 01/07/2020)
Luật này quy định về bến.(Điều này có nội dung liên quan đến Điều 9.1.NĐ.2.4. Vé đậu)
Điều 9.1.NĐ.2.4. Vé đậu
(Điều 4 Nghị định số 8/2021/NĐ-CP, có hiệu lực thi hành kể từ ngày 15/01/2021, {AMENDED})
1. Vé do xã bán.
2. Vé gồm:
a) Vé ngày;
b) Vé tháng.Điều 9.1.NĐ.2.5. Người bán vé
(5 Nghị định số 8/2021/NĐ-CP, có hiệu lực thi hành kể từ ngày 15/01/2021)
Xã cử người bán vé.
phu luc kem theo.doc
Chương II
CHỦ BẾN
Điều 9.1.TT.1.1. Điều không rõ nguồn
Không có ghi chú nào.
Điều 9.1.TT.1.2. Điều không rõ ngày
(Điều 2 Thông tư số 1/2022/TT-BBB)
Lời.
Danh sách điều khoản
90010000000000000000010000
Điều 9.1.LQ.1. Phạm vi
90010000000000000000010001
Điều 9.1.NĐ.2.9. Điều chỉ có trong danh sách
"""


def read() -> dict[Coordinate, Provision]:
    provisions, _ = codification.parse(lines(COLLECTION))
    made = {p.coordinate: p for p in provisions}
    assert len(made) == len(provisions)
    return made


def test_each_article_stands_at_its_own_document_and_number() -> None:
    assert [str(c) for c in read()] == [
        "3/2020/QH99 · Điều 1",
        "8/2021/NĐ-CP · Điều 4 · khoản 1",
        "8/2021/NĐ-CP · Điều 4 · khoản 2",
        "8/2021/NĐ-CP · Điều 4 · khoản 2 · điểm a",
        "8/2021/NĐ-CP · Điều 4 · khoản 2 · điểm b",
        "8/2021/NĐ-CP · Điều 5",
    ]


def test_the_text_holds_from_the_day_of_its_last_amendment() -> None:
    made = read()
    assert made[Coordinate("3/2020/QH99", "1")].in_force == InForce(date(2020, 7, 1))
    assert made[Coordinate("8/2021/NĐ-CP", "4", "1")].in_force == InForce(date(2023, 3, 1))


def test_what_the_editors_added_is_never_quoted() -> None:
    made = read()
    assert made[Coordinate("3/2020/QH99", "1")].text == "Luật này quy định về bến."
    assert made[Coordinate("8/2021/NĐ-CP", "5")].text == "Xã cử người bán vé."
    assert_verbatim(list(made.values()), lines(COLLECTION))


def test_a_heading_run_into_the_point_before_it_is_found_by_the_note_below() -> None:
    made = read()
    assert made[Coordinate("8/2021/NĐ-CP", "4", "2", "b")].text == "Vé tháng."
    assert made[Coordinate("8/2021/NĐ-CP", "5")].heading == "Người bán vé"


def test_chapter_titles_are_where_an_article_stands_and_not_what_it_says() -> None:
    assert read()[Coordinate("3/2020/QH99", "1")].breadcrumb == ("Chương I. QUY ĐỊNH CHUNG", "Điều 1. Phạm vi")


def test_articles_without_origin_or_day_are_left_out_and_told() -> None:
    _, warnings = codification.parse(lines(COLLECTION))
    assert [(w.code, w.where) for w in warnings] == [
        ("origin_unknown", "Điều 9.1.TT.1.1"),
        ("origin_unknown", "Điều 9.1.TT.1.2"),
    ]


def test_the_collection_knows_nothing_after_its_latest_amendment() -> None:
    assert codification.latest_day(lines(COLLECTION)) == date(2023, 3, 1)
    assert codification.latest_day(lines("Chương I")) is None


def test_an_impossible_day_is_no_day() -> None:
    text = "Điều 9.1.LQ.1. Tên\n(Điều 1 Luật số 3/2020/QH99, có hiệu lực thi hành kể từ ngày 31/02/2020)\nLời."
    provisions, warnings = codification.parse(lines(text))
    assert provisions == []
    assert [w.code for w in warnings] == ["origin_unknown"]
