from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.header import Identified, identify
from ingest.manifest import ManifestRow
from knowledge.law import DocumentIdentity, DocumentKind, DocumentStatus, InForce
from tests.ingest.identity.makers import ARTICLES, SIGNATURE, decree, document, effect, header


def accepted(found: Identified) -> DocumentIdentity:
    assert found.status is DocumentStatus.ACCEPTED, found.message
    assert found.identity is not None
    return found.identity


def kept_out(found: Identified, status: DocumentStatus, reason: str) -> str:
    assert (found.status, found.reason) == (status, reason), (found.status, found.reason, found.message)
    assert found.message and found.remedy
    assert "\n" not in found.message + found.remedy
    return found.message


def test_an_official_text_needs_no_manifest() -> None:
    who = accepted(identify(document(*decree()), None))
    assert who.number == "901/2026/NĐ-CP"
    assert who.kind is DocumentKind.DECREE
    assert who.issuer == "Chính phủ"
    assert who.title == "Nghị định quy định việc đếm cây trong vườn"
    assert who.issued_on == date(2026, 2, 3)
    assert who.in_force == InForce(date(2026, 3, 15))
    assert not who.dates_inferred
    assert who.warnings == ()


def test_a_header_laid_out_as_a_table_is_read() -> None:
    above = (
        "| CHÍNH PHỦ | CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM |",
        "| Số: 901/2026/NĐ-CP | Hà Nội, ngày 03 tháng 02 năm 2026 |",
        "NGHỊ ĐỊNH",
        "Quy định việc đếm cây trong vườn",
    )
    who = accepted(identify(document(*decree(above=above)), None))
    assert (who.number, who.issued_on) == ("901/2026/NĐ-CP", date(2026, 2, 3))


def test_a_noisy_scan_still_gives_number_and_days() -> None:
    above = (
        "——— Độc lập - Tự do - Hạnh phúc",
        "Số: 901/2026/NĐ- CP Hà Nội, ngày 03 thắng 02 năm 2026",
        "Căn cứ Luật Làm vườn;",
    )
    ends = effect(
        "1. Nghị định nảy có hiệu lực thị hành kế từ nigày 15 tháng 3 năm 2026 đến hết ngàÿ 31 tháng 12 năm 2027."
    )
    who = accepted(identify(document(*decree(above=above, ends=ends)), None))
    assert (who.number, who.issued_on) == ("901/2026/NĐ-CP", date(2026, 2, 3))
    assert who.in_force == InForce(date(2026, 3, 15), date(2027, 12, 31))


def test_a_law_is_dated_by_its_passing() -> None:
    texts = (
        "QUỐC HỘILuật số: 900/2025/QH15",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAMĐộc lập – Tự do – Hạnh phúc",
        "# LUẬT LÀM VƯỜN",
        "Căn cứ Hiến pháp nước Cộng hòa xã hội chủ nghĩa Việt Nam;",
        *ARTICLES,
        "Điều 3. Hiệu lực thi hành",
        "Luật này có hiệu lực thi hành từ ngày 01 tháng 7 năm 2026, trừ trường hợp quy định tại Điều 2 của Luật này.",
        "Luật này được Quốc hội nước Cộng hòa xã hội chủ nghĩa Việt Nam khóa XV thông qua ngày 20 tháng 11 năm 2025.",
        "CHỦ TỊCH QUỐC HỘI",
        "Nguyễn Văn Mẫu",
    )
    found = identify(document(*texts), None)
    who = accepted(found)
    assert (who.number, who.kind, who.issuer) == ("900/2025/QH15", DocumentKind.LAW, "Quốc hội")
    assert who.title == "Luật Làm vườn"
    assert who.issued_on == date(2025, 11, 20)
    assert who.in_force == InForce(date(2026, 7, 1))
    assert any("ngày khác" in w for w in found.warnings)


@pytest.mark.parametrize(
    ("number", "kind", "issuer", "word", "expected", "named"),
    [
        ("17/2026/TT-BNV", "THÔNG TƯ", "BỘ NỘI VỤ", "Thông tư", DocumentKind.CIRCULAR, "Bộ Nội vụ"),
        ("44/NQ-CP", "NGHỊ QUYẾT", "CHÍNH PHỦ", "Nghị quyết", DocumentKind.RESOLUTION, "Chính phủ"),
        (
            "9/2026/QĐ-TTg",
            "QUYẾT ĐỊNH",
            "THỦ TƯỚNG CHÍNH PHỦ",
            "Quyết định",
            DocumentKind.DECISION,
            "Thủ tướng Chính phủ",
        ),
        ("70/KH-UBND", "KẾ HOẠCH", "ỦY BAN NHÂN DÂN TỈNH MẪU", "Kế hoạch", DocumentKind.PLAN, "Ủy ban nhân dân"),
        (
            "5/2026/NQ-HĐND",
            "NGHỊ QUYẾT",
            "HỘI ĐỒNG NHÂN DÂN TỈNH MẪU",
            "Nghị quyết",
            DocumentKind.RESOLUTION,
            "Hội đồng nhân dân",
        ),
    ],
)
def test_kind_and_issuer_follow_the_number(
    number: str, kind: str, issuer: str, word: str, expected: DocumentKind, named: str
) -> None:
    above = header(number, issuer=issuer, kind=kind)
    who = accepted(
        identify(document(*decree(above=above, ends=effect(f"{word} này có hiệu lực từ ngày 15/3/2026."))), None)
    )
    assert (who.number, who.kind, who.issuer) == (number, expected, named)


def test_the_text_wins_over_the_manifest_about_days_and_says_so() -> None:
    row = ManifestRow("vuon.md", number="901/2026/NĐ-CP", date_issued="2026-02-04", effective_date="2026-04-01")
    found = identify(document(*decree()), row)
    who = accepted(found)
    assert (who.issued_on, who.in_force) == (date(2026, 2, 3), InForce(date(2026, 3, 15)))
    assert sum("tệp khai báo ghi" in w for w in found.warnings) == 2


def test_agreement_with_the_manifest_needs_no_warning() -> None:
    row = ManifestRow("vuon.md", "Nghị định đếm cây (bản đẹp)", "901/2026/NĐ-CP", "3/2/2026", "15/3/2026")
    found = identify(document(*decree()), row)
    assert accepted(found).title == "Nghị định đếm cây"
    assert found.warnings == ()


def test_days_only_in_the_manifest_are_taken_with_a_warning() -> None:
    row = ManifestRow("vuon.md", number="901/2026/NĐ-CP", effective_date="2026-03-15 (hết hiệu lực 2027-01-01)")
    found = identify(document(*decree(ends=())), row)
    who = accepted(found)
    assert who.in_force == InForce(date(2026, 3, 15), date(2026, 12, 31))
    assert not who.dates_inferred
    assert any("lấy từ tệp khai báo" in w for w in found.warnings)


def test_days_only_in_added_metadata_are_taken_with_a_warning() -> None:
    table = (
        "# Nghị định 901/2026/NĐ-CP",
        "## THÔNG TIN VĂN BẢN",
        "| Ngày ban hành | 03/02/2026 |",
        "| Ngày có hiệu lực | 15/03/2026 |",
    )
    found = identify(document(*table, *ARTICLES, *SIGNATURE), None)
    who = accepted(found)
    assert (who.number, who.issued_on, who.in_force) == ("901/2026/NĐ-CP", date(2026, 2, 3), InForce(date(2026, 3, 15)))
    assert any("thông tin ở đầu tệp" in w for w in found.warnings)


def test_two_numbers_for_one_text_are_put_aside() -> None:
    row = ManifestRow("vuon.md", number="902/2026/NĐ-CP")
    message = kept_out(identify(document(*decree()), row), DocumentStatus.QUARANTINED, "number-clash")
    assert "901/2026/NĐ-CP" in message and "902/2026/NĐ-CP" in message


def test_a_number_misread_by_a_scan_is_no_clash() -> None:
    row = ManifestRow("vuon.md", number="901/2026/NĐ-CP")
    who = accepted(identify(document(*decree(above=header("9O1/2026/ND-CP".replace("O", "0")))), row))
    assert who.number == "901/2026/NĐ-CP"


def test_an_unknown_day_keeps_a_document_out() -> None:
    message = kept_out(identify(document(*decree(ends=())), None), DocumentStatus.QUARANTINED, "dates-unknown")
    assert "901/2026/NĐ-CP" in message


def test_two_different_days_in_the_article_on_validity_are_not_chosen_from() -> None:
    ends = (*effect(), "Nghị định này có hiệu lực thi hành từ ngày 20 tháng 3 năm 2026.")
    kept_out(identify(document(*decree(ends=ends)), None), DocumentStatus.QUARANTINED, "dates-unknown")
    row = ManifestRow("vuon.md", number="901/2026/NĐ-CP", effective_date="2026-03-20")
    assert accepted(identify(document(*decree(ends=ends)), row)).in_force == InForce(date(2026, 3, 20))


def test_a_text_cut_off_before_its_end_is_put_aside_unless_somebody_vouches_for_it() -> None:
    cut = decree(ends=(), below=())
    metadata = {"ngay_hieu_luc": "2026-03-15"}
    kept_out(identify(document(*cut, front=metadata), None), DocumentStatus.QUARANTINED, "abridged")
    row = ManifestRow("vuon.md", number="901/2026/NĐ-CP", effective_date="2026-03-15")
    accepted(identify(document(*cut), row))


def test_a_copy_its_collector_calls_shortened_is_put_aside() -> None:
    row = ManifestRow("vuon.md", number="901/2026/NĐ-CP", completeness="CÓ VẺ RÚT GỌN; chỉ để tham khảo")
    kept_out(identify(document(*decree()), row), DocumentStatus.QUARANTINED, "abridged")


def test_an_excerpt_is_taken_with_a_warning() -> None:
    row = ManifestRow(
        "vuon.md", "Nghị định đếm cây (trích các điều về cây)", "901/2026/NĐ-CP", completeness="TRÍCH: Đ1, 2"
    )
    found = identify(document(*decree()), row)
    accepted(found)
    assert any("Bản trích" in w for w in found.warnings)


def test_advice_to_read_before_quoting_does_not_make_an_excerpt() -> None:
    row = ManifestRow(
        "vuon.md", number="901/2026/NĐ-CP", completeness="TOÀN VĂN, OCR nhiễu; đọc người trước khi trích số tiền"
    )
    found = identify(document(*decree()), row)
    accepted(found)
    assert not any("Bản trích" in w for w in found.warnings)
    assert any("đọc lại" in w for w in found.warnings)


def test_recognised_pages_are_told() -> None:
    found = identify(document(*decree(), ocr=[1, 2]), None)
    assert any(w.startswith("2 trang") for w in found.warnings)


def test_a_draft_is_no_law() -> None:
    above = ("DỰ THẢO", *header("     /2026/NĐ-CP"))
    row = ManifestRow("vuon.md", number="901/2026/NĐ-CP")
    kept_out(identify(document(*decree(above=above)), row), DocumentStatus.QUARANTINED, "draft")


@pytest.mark.parametrize(
    ("above", "reason"),
    [
        (header(issuer="BỘ TÀI CHÍNH"), "header-mismatch"),
        (header(day="Hà Nội, ngày 03 tháng 02 năm 2024"), "header-mismatch"),
        (header(day="Hà Nội, ngày 16 tháng 03 năm 2026"), "dates-clash"),
    ],
)
def test_a_header_that_cannot_be_right_is_put_aside(above: tuple[str, ...], reason: str) -> None:
    kept_out(identify(document(*decree(above=above)), None), DocumentStatus.QUARANTINED, reason)


LETTER = (
    "Kính gửi:",
    "- Các phòng chuyên môn;",
    "Thực hiện Kế hoạch số 12/KH-UBND ngày 05 tháng 01 năm 2026, Chủ tịch yêu cầu:",
    "1. Phòng Cây xanh",
    "- Đếm cây trước ngày 30/06/2026.",
    "Nơi nhận:",
    "- Như trên;",
    "KT. CHỦ TỊCH",
    "PHÓ CHỦ TỊCH",
)


def test_a_letter_without_a_day_holds_from_the_last_possible_one() -> None:
    row = ManifestRow(
        "thu.txt",
        "Công văn của UBND xã Mẫu về đếm cây (bản gốc)",
        "(không có số)",
        "2025-12 hoặc 2026-01 (suy ra)",
        "khi ký",
    )
    found = identify(document(*LETTER, name="thu.txt"), row)
    who = accepted(found)
    assert who.number == "Công văn của UBND xã Mẫu về đếm cây"
    assert who.kind is DocumentKind.LETTER
    assert who.in_force == InForce(date(2026, 1, 31))
    assert who.dates_inferred and who.issued_on is None
    assert any("Không rõ ngày ký" in w for w in found.warnings)


def test_a_letter_is_not_older_than_what_it_refers_to() -> None:
    row = ManifestRow("thu.txt", "Công văn đếm cây", "", "2025-12", "khi ký")
    who = accepted(identify(document(*LETTER), row))
    assert who.in_force == InForce(date(2026, 1, 5))


def test_a_letter_without_any_day_is_put_aside() -> None:
    kept_out(identify(document(*LETTER, name="thu.txt"), None), DocumentStatus.QUARANTINED, "dates-unknown")


def test_a_dated_letter_holds_from_its_signing() -> None:
    texts = ("ỦY BAN NHÂN DÂN XÃ MẪU", "Số: 55/UBND-KT", "Mẫu, ngày 07 tháng 01 năm 2026", *LETTER)
    who = accepted(identify(document(*texts), None))
    assert (who.number, who.kind) == ("55/UBND-KT", DocumentKind.LETTER)
    assert who.in_force == InForce(date(2026, 1, 7))
    assert not who.dates_inferred


HANDBOOK = ("# Cẩm nang đếm cây", "## Đếm cây để làm gì?", "Để biết vườn có bao nhiêu cây.")
FRONT = {
    "loai": "cẩm nang",
    "tieu_de": "Cẩm nang đếm cây",
    "co_quan": "Phòng Cây xanh",
    "hieu_luc_tu": "2026-01-01",
    "hieu_luc_den": "2026-12-31",
    "cap_nhat": "2026-02-03",
}


def test_a_handbook_says_itself_when_it_holds() -> None:
    who = accepted(identify(document(*HANDBOOK, front=FRONT), None))
    assert (who.number, who.title, who.kind) == ("Cẩm nang đếm cây", "Cẩm nang đếm cây", DocumentKind.HANDBOOK)
    assert (who.issuer, who.issued_on) == ("Phòng Cây xanh", date(2026, 2, 3))
    assert who.in_force == InForce(date(2026, 1, 1), date(2026, 12, 31))


def test_a_handbook_without_front_matter_says_it_in_its_first_lines() -> None:
    tops = ("Loại: cẩm nang", "Hiệu lực từ: 1/1/2026", "Hiệu lực đến:", "Cập nhật: 3/2/2026", "Cơ quan: Phòng Cây xanh")
    found = identify(document(HANDBOOK[0], *tops, *HANDBOOK[1:]), None)
    who = accepted(found)
    assert who.title == "Cẩm nang đếm cây"
    assert who.in_force == InForce(date(2026, 1, 1))
    assert who.issued_on == date(2026, 2, 3)
    assert not any("Hiệu lực" in line.text or "Loại" in line.text for line in found.body)


@pytest.mark.parametrize("change", [{"hieu_luc_tu": ""}, {"hieu_luc_den": "2025-12-31"}])
def test_a_handbook_without_a_usable_day_is_put_aside(change: dict[str, str]) -> None:
    found = identify(document(*HANDBOOK, front=FRONT | change), None)
    kept_out(found, DocumentStatus.QUARANTINED, "dates-unknown")
    assert found.identity is not None and found.identity.in_force is None


def test_a_handbook_that_names_a_law_is_not_taken_for_it() -> None:
    texts = ("# Cẩm nang theo Nghị định 159/2025/NĐ-CP", "## Ai được hỗ trợ?", "Hộ nghèo được hỗ trợ 30%.")
    front = {"loai": "cẩm nang", "hieu_luc_tu": "2026-01-01"}
    assert accepted(identify(document(*texts, front=front), None)).kind is DocumentKind.HANDBOOK


CODIFIED = (
    "# Làm vườn",
    "Chương I",
    "Điều 9.1.LQ.1. Phạm vi điều chỉnh",
    "(Điều 1 Luật số 90/2015/QH13 Làm vườn ngày 20/11/2015 của Quốc hội, có hiệu lực thi hành kể từ ngày 01/07/2016)",
    "Luật này quy định về vườn.",
    "Điều 9.1.LQ.2. Đối tượng",
    "(Điều 2 Luật số 90/2015/QH13, có hiệu lực thi hành kể từ ngày 01/07/2016)",
    "Người làm vườn.",
    "Điều 9.1.NĐ.1.3. Cách đếm",
    "(Điều 3 Nghị định số 44/2019/NĐ-CP ngày 01/03/2019 của Chính phủ, có hiệu lực thi hành kể từ ngày 20/04/2019)",
    "Đếm từng cây.",
)


@pytest.mark.parametrize(
    ("effective", "completeness", "until"),
    [
        ("", "", date(2019, 4, 20)),
        ("2016-07-01 (hết hiệu lực 2022-01-01)", "CŨ", date(2021, 12, 31)),
        ("2016-07-01 (nhiều phần đã thay thế)", "CŨ (~2021)", date(2020, 12, 31)),
        ("2016-07-01", "CŨ: chưa gồm NĐ 76/2024 và NĐ 176/2025", date(2023, 12, 31)),
        ("2016-07-01", "ĐẦY ĐỦ nhưng không gồm Luật 5/2018/QH14", date(2019, 4, 20)),
        ("2016-07-01", "CŨ (~0000)", date(2019, 4, 20)),
    ],
)
def test_a_codification_vouches_only_for_the_time_it_knows(effective: str, completeness: str, until: date) -> None:
    row = ManifestRow(
        "phap-dien.md",
        "Pháp điển đề mục Làm vườn",
        "90/2015/QH13 (+ hướng dẫn)",
        "2015-11-20",
        effective,
        "",
        completeness,
    )
    found = identify(document(*CODIFIED), row)
    who = accepted(found)
    assert (who.number, who.kind, who.in_force) == ("90/2015/QH13", DocumentKind.CODIFICATION, None)
    assert found.until == until
    assert len(found.warnings) == 1


def test_a_codification_without_a_manifest_is_named_by_its_first_article() -> None:
    found = identify(document(*CODIFIED), None)
    assert accepted(found).number == "90/2015/QH13"
    assert found.until == date(2019, 4, 20)


def test_a_text_of_unknown_nature_is_put_aside() -> None:
    texts = ("# Công thức nấu chè", "Đậu xanh ngâm hai giờ.", "Văn bản này có hiệu lực từ ngày 01/01/2026.")
    kept_out(identify(document(*texts), None), DocumentStatus.QUARANTINED, "identity-unknown")


def test_nothing_at_all_is_kept_out_without_an_error() -> None:
    assert identify(document(), None).status is DocumentStatus.QUARANTINED


@pytest.mark.parametrize(
    ("words", "replaced"),
    [
        (
            "Nghị định này thay thế Nghị định số 12/2020/NĐ-CP ngày 01 tháng 02 năm 2020 của Chính phủ về cây.",
            ("12/2020/NĐ-CP",),
        ),
        (
            "2. Nghị định số 12/2020/NĐ-CP của Chính phủ hết hiệu lực kể từ ngày Nghị định này có hiệu lực thi hành.",
            ("12/2020/NĐ-CP",),
        ),
        (
            "2. Nghị định số 12/2020/NĐ-CP được sửa đổi, bổ sung bởi Nghị định số 13/2022/NĐ-CP hết hiệu lực kể từ ngày này.",
            ("12/2020/NĐ-CP",),
        ),
        ("2. Bãi bỏ khoản 2 Điều 5 Nghị định số 12/2020/NĐ-CP.", ()),
        ("2. Bãi bỏ Nghị định số 12/2020/NĐ-CP và Thông tư số 3/2021/TT-BTC.", ("12/2020/NĐ-CP", "3/2021/TT-BTC")),
        ("2. Việc đếm theo Nghị định số 12/2020/NĐ-CP được tiếp tục.", ()),
    ],
)
def test_what_a_document_replaces_as_a_whole(words: str, replaced: tuple[str, ...]) -> None:
    who = accepted(identify(document(*decree(ends=(*effect(), words))), None))
    assert who.replaces == replaced


TRICKY = st.sampled_from(
    [
        *decree(),
        *LETTER,
        *CODIFIED,
        "DỰ THẢO",
        "Số: ",
        "Số: /",
        "# Nghị định /",
        "| Số hiệu | |",
        "| Ngày ban hành | 30/02/2026 |",
        "Loại: cẩm nang",
        "Hiệu lực từ: hôm qua",
        "## Tóm tắt",
        "Nghị định này có hiệu lực từ ngày 99/99/9999 đến hết tháng 13 năm 2026.",
        "Phụ lục",
        "Nơi nhận: " + "x " * 200 + "Nơi nhận: TM. ",
        "Nghị định này thay thế , ; và Nghị định số 1/2001/NĐ-CP",
        "ǰ İ ﬀ bị bãi bỏ Nghị định số 1/2001/NĐ-CP hết hiệu lực",
    ]
)
CELLS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["2026-02-30", "1/7/2026", "2025-13", "0000-00-00", "9999-12-31", "khi ký", "~0000", "901/2026/NĐ-CP"]
    ),
)


@given(
    st.lists(st.one_of(TRICKY, st.text(max_size=40)), max_size=30), st.none() | st.lists(CELLS, min_size=7, max_size=7)
)
def test_no_file_however_odd_raises(texts: list[str], cells: list[str] | None) -> None:
    found = identify(document(*texts), ManifestRow(*cells) if cells else None)
    if found.status is DocumentStatus.ACCEPTED:
        assert found.identity is not None and found.identity.number
        assert found.identity.in_force is not None or found.until is not None
    else:
        assert found.reason and found.message and found.remedy


_NATION = ("ỦY BAN NHÂN DÂN TỈNH MẪU", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")


def test_a_header_that_fills_two_cells_of_a_table_is_read() -> None:
    above = (
        "| CHÍNH PHỦ ------- Số: 901/2026/NĐ-CP | CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc --------------- "
        "Thành phố Hà Nội, ngày 03 tháng 02 năm 2026 |",
        "NGHỊ ĐỊNH",
        "Quy định việc đếm cây trong vườn",
    )
    who = accepted(identify(document(*decree(above=above)), None))
    assert (who.number, who.issued_on) == ("901/2026/NĐ-CP", date(2026, 2, 3))


@pytest.mark.parametrize(
    ("below", "title"),
    [
        (("CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH MẪU",), "Quyết định về việc giao việc đếm cây"),
        (("HỘI ĐỒNG NHÂN DÂN TỈNH MẪU", "KHÓA XVIII, KỲ HỌP THỨ 3"), "Quyết định về việc giao việc đếm cây"),
        (
            ("Thực hiện Công văn số 3/UBND-VX, Ủy ban nhân dân tỉnh", "giao việc như sau:"),
            "Quyết định về việc giao việc đếm cây",
        ),
        (("Những năm qua, vườn còn ít cây. Tỉnh yêu cầu:",), "Quyết định về việc giao việc đếm cây"),
        (("cho tổ 3 và", "Ban Quản lý vườn"), "Quyết định về việc giao việc đếm cây cho tổ 3 và Ban Quản lý vườn"),
    ],
)
def test_a_title_ends_where_the_authority_or_the_text_begins(below: tuple[str, ...], title: str) -> None:
    above = (*_NATION, "Số: 9/QĐ-UBND", "Mẫu, ngày 03 tháng 02 năm 2026", "QUYẾT ĐỊNH")
    texts = (
        *above,
        "Về việc giao việc đếm cây",
        *below,
        "Căn cứ Luật Trồng cây;",
        "Điều 1. Giao tổ 3 đếm cây trong vườn.",
        "Điều 2. Quyết định này có hiệu lực từ ngày ký.",
        *SIGNATURE,
    )
    assert accepted(identify(document(*texts), None)).title == title


def test_a_letter_is_called_after_what_it_is_about() -> None:
    above = (*_NATION, "| SỞ NỘI VỤ Số: 12/SNV-BHXH V/v đếm cây trong vườn | Mẫu, ngày 03 tháng 02 năm 2026 |")
    who = accepted(identify(document(*above, "Kính gửi: Các xã", "1. Đếm cây.", *SIGNATURE), None))
    assert (who.number, who.title) == ("12/SNV-BHXH", "Công văn về việc đếm cây trong vườn")


def test_a_notice_has_the_title_below_its_kind() -> None:
    above = (*_NATION, "Số: 8/TB-UBND", "Mẫu, ngày 03 tháng 02 năm 2026", "THÔNG BÁO", "Lịch đếm cây tháng 3")
    who = accepted(identify(document(*above, "1. Thứ Bảy: vườn trên.", "2. Chủ nhật: vườn dưới.", *SIGNATURE), None))
    assert who.title == "Thông báo lịch đếm cây tháng 3"


CONSOLIDATED = (
    "VĂN PHÒNG QUỐC HỘI",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Số: 12/VBHN-VPQH",
    "Hà Nội, ngày 05 tháng 3 năm 2026",
    "LUẬT",
    "LÀM VƯỜN",
    "Luật Làm vườn số 900/2019/QH14 ngày 20 tháng 11 năm 2019 của Quốc hội, có hiệu lực kể từ ngày 01 tháng 7 năm 2020, "
    "được sửa đổi, bổ sung bởi:",
    "Luật số 57/2024/QH15 ngày 29 tháng 11 năm 2024 của Quốc hội, có hiệu lực kể từ ngày 15 tháng 01 năm 2025.",
    "Điều 1. Đếm cây[1]",
    "1. Đếm từ trái sang phải.",
    "Điều 2. Hiệu lực thi hành",
    "Luật này có hiệu lực thi hành từ ngày 01 tháng 7 năm 2020.",
    "XÁC THỰC VĂN BẢN HỢP NHẤT",
    "CHỦ NHIỆM",
    "[1] Điều này được sửa đổi theo quy định tại Điều 5 của Luật số 57/2024/QH15.",
)


def test_a_consolidated_text_holds_from_its_last_amendment() -> None:
    who = accepted(identify(document(*CONSOLIDATED), None))
    assert (who.number, who.kind, who.title) == ("12/VBHN-VPQH", DocumentKind.LAW, "Luật Làm vườn")
    assert who.in_force == InForce(date(2025, 1, 15))
