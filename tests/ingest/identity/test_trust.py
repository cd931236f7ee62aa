from __future__ import annotations

import pytest

from ingest.header import Identified, identify
from ingest.manifest import ManifestRow
from knowledge.law import DocumentStatus
from tests.ingest.identity.makers import ARTICLES, SIGNATURE, decree, document, header

NUMBER = "159/2025/NĐ-CP"
ABOVE = header(NUMBER, "Hà Nội, ngày 25 tháng 6 năm 2025", subject="Về bảo hiểm xã hội tự nguyện")
ENDS = ("Điều 18. Hiệu lực thi hành", "Nghị định này có hiệu lực thi hành từ ngày 01 tháng 7 năm 2025.")
TRUE = (
    "Điều 5. Hỗ trợ",
    "1. Tính trên mức chuẩn hộ nghèo của khu vực nông thôn:",
    "a) Bằng 50% với người thuộc hộ nghèo hoặc đang sống ở xã đảo, đặc khu;",
    "b) Bằng 40% với người thuộc hộ cận nghèo;",
    "c) Bằng 30% với người dân tộc thiểu số;",
    "d) Bằng 20% với người tham gia khác.",
    "Điều 13. Người tham gia trước",
    "Người tham gia trước ngày 01 tháng 01 năm 2021 và đủ 20 năm đóng thì hưởng lương hưu khi nam đủ 60 tuổi.",
)


def judged(
    *middle: str, above: tuple[str, ...] = ABOVE, ends: tuple[str, ...] = ENDS, ocr: tuple[int, ...] = ()
) -> Identified:
    return identify(document(*above, *middle, *ends, *SIGNATURE, ocr=ocr), None)


def test_a_text_that_agrees_with_what_is_known_is_taken() -> None:
    found = judged(*TRUE)
    assert found.status is DocumentStatus.ACCEPTED, found.message


@pytest.mark.parametrize(
    "wrong",
    [
        ("Điều 4. Hỗ trợ", "b) Bằng 30% với người thuộc hộ nghèo thông thường;"),
        ("Điều 4. Hỗ trợ", "c) Bằng 25% với người thuộc hộ cận nghèo;"),
        ("Điều 4. Hỗ trợ", "d) Bằng 10% với các đối tượng khác."),
        (
            "Điều 6. Lương hưu",
            "Người tham gia được hưởng lương hưu khi đủ tuổi và có đủ 20 năm đóng bảo hiểm xã hội trở lên.",
        ),
        ("Điều 7. Đóng bù", "Thời gian đóng còn thiếu không quá 10 năm (120 tháng) thì được đóng một lần."),
        ("Điều 60. Điều thừa", "Không có trong văn bản thật."),
    ],
)
def test_a_text_that_contradicts_the_known_document_is_a_forgery(wrong: tuple[str, ...]) -> None:
    found = judged(*wrong)
    assert (found.status, found.reason) == (DocumentStatus.REFUSED, "forgery")
    assert NUMBER in found.message and found.remedy


def test_a_forgery_needs_no_day_in_force_to_be_seen() -> None:
    found = judged("Điều 4. Hỗ trợ", "c) Bằng 25% với người thuộc hộ cận nghèo.", ends=())
    assert found.reason == "forgery"


@pytest.mark.parametrize(
    ("above", "ends"),
    [
        (header(NUMBER, "Hà Nội, ngày 15 tháng 3 năm 2025"), ENDS),
        (ABOVE, ("Điều 18. Hiệu lực thi hành", "Nghị định này có hiệu lực thi hành từ ngày 01 tháng 01 năm 2026.")),
        (header(NUMBER, "Hà Nội, ngày 25 tháng 6 năm 2025", issuer="BỘ TÀI CHÍNH"), ENDS),
    ],
)
def test_a_false_header_under_a_known_number_is_a_forgery(above: tuple[str, ...], ends: tuple[str, ...]) -> None:
    assert judged(*TRUE, above=above, ends=ends).reason == "forgery"


def test_the_number_may_be_claimed_in_the_manifest_only() -> None:
    row = ManifestRow("vuon.md", number=NUMBER, effective_date="2025-07-01")
    found = identify(document("Điều 4. Hỗ trợ", "c) Bằng 25% với người thuộc hộ cận nghèo."), row)
    assert found.reason == "forgery"


def test_a_wrong_day_in_the_manifest_does_not_make_the_text_a_forgery() -> None:
    row = ManifestRow("vuon.md", number=NUMBER, date_issued="2025-06-20", effective_date="2025-07-15")
    found = identify(document(*ABOVE, *TRUE, *ENDS, *SIGNATURE), row)
    assert found.status is DocumentStatus.ACCEPTED, found.message


def test_what_another_document_said_is_not_held_against_this_one() -> None:
    found = judged(
        *TRUE,
        "Điều 17. Chuyển tiếp",
        "Mức 10% với đối tượng khác theo Nghị định số 134/2015/NĐ-CP áp dụng đến hết tháng 6.",
    )
    assert found.status is DocumentStatus.ACCEPTED, found.message


def test_one_contradiction_in_a_scan_is_for_a_person_to_decide() -> None:
    wrong = ("Điều 4. Hỗ trợ", "a) Bằng 30% với người thuộc hộ nghèo;")
    found = judged(*wrong, ocr=(1,))
    assert (found.status, found.reason) == (DocumentStatus.QUARANTINED, "contradicts-known")
    assert judged(*wrong, "b) Bằng 25% với người thuộc hộ cận nghèo;", ocr=(1,)).reason == "forgery"


def test_a_document_nobody_knows_is_not_judged_by_its_shares() -> None:
    found = identify(document(*decree(), "Bằng 25% với hộ cận nghèo."), None)
    assert found.status is DocumentStatus.ACCEPTED


SUMMARY = (
    "# Thông tư 77/2026/TT-BTC - Hướng dẫn đếm cây",
    "## Tóm tắt",
    "Theo các nguồn công khai, Thông tư có hiệu lực từ ngày 15/02/2026.",
    "### 1. Phạm vi áp dụng",
    "- Người làm vườn.",
)


@pytest.mark.parametrize(
    "texts",
    [
        SUMMARY,
        (
            "# Những điểm mới của Nghị định 901/2026/NĐ-CP",
            "Điều 5. Mức hỗ trợ",
            "Người dân được hỗ trợ nhiều hơn.",
            "Thông tư này có hiệu lực từ ngày 1/1/2026.",
        ),
        ("# Nghị định 901/2026/NĐ-CP về đếm cây", "Nghị định này có hiệu lực từ ngày 15/3/2026, người dân cần chú ý."),
    ],
)
def test_a_press_summary_is_refused_as_law(texts: tuple[str, ...]) -> None:
    front = {"title": texts[0].lstrip("# "), "so_hieu": "901/2026/NĐ-CP" if "901" in texts[0] else "77/2026/TT-BTC"}
    found = identify(document(*texts, front=front), None)
    assert (found.status, found.reason) == (DocumentStatus.REFUSED, "summary")
    assert found.remedy


def test_an_article_that_names_the_law_it_tells_of_is_refused_without_a_number_of_its_own() -> None:
    texts = ("# Toàn cảnh Nghị định 901/2026/NĐ-CP", "Từ tháng 3, ai có vườn cũng được đếm cây.", "- Đếm mỗi quý.")
    found = identify(document(*texts), None)
    assert (found.status, found.reason) == (DocumentStatus.REFUSED, "summary")
    assert "901/2026/NĐ-CP" in found.message


def test_a_text_its_collector_calls_no_original_is_refused() -> None:
    row = ManifestRow("vuon.md", number="901/2026/NĐ-CP", completeness="KHÔNG PHẢI VĂN BẢN GỐC: tóm tắt thứ cấp")
    assert identify(document(*decree()), row).reason == "summary"


def test_a_summary_added_below_the_original_does_not_make_it_one() -> None:
    found = identify(document(*decree(), "## Tóm tắt nội dung chính", "Theo các nguồn công khai, cây được đếm."), None)
    assert found.status is DocumentStatus.ACCEPTED, found.message


def test_an_original_without_articles_is_no_summary() -> None:
    texts = (
        *header("44/NQ-CP", kind="NGHỊ QUYẾT"),
        "QUYẾT NGHỊ:",
        "1. Giao Bộ Cây xanh đếm cây.",
        "2. Nghị quyết này có hiệu lực từ ngày ký.",
        *SIGNATURE,
    )
    found = identify(document(*texts), None)
    assert found.status is DocumentStatus.ACCEPTED, found.message


def test_articles_alone_with_a_day_are_no_summary() -> None:
    texts = (
        "# LUẬT LÀM VƯỜN số 900/2025/QH15 — TRÍCH các điều về cây",
        *ARTICLES,
        "Điều 3. Hiệu lực thi hành",
        "Luật này có hiệu lực từ ngày 01/7/2026.",
    )
    found = identify(document(*texts), None)
    assert found.status is DocumentStatus.ACCEPTED, found.message
    assert found.identity is not None and found.identity.title == "Luật Làm vườn"
