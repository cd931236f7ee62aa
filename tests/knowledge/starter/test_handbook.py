"""What holds for every section of the handbook, whichever file it is in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import timedelta

import pytest

from knowledge.answering.basis import split_basis
from knowledge.starter import documents_folder
from tests.knowledge.starter.reading import Book, Section, amount_books, amounts, books, general_books, sections

HOTLINE = "1900 9068"
BODY = sections()


def each_section(check: Callable[[Section], None]) -> Callable[[Book], None]:
    """A test for each file that runs `check` on every section in it."""

    @pytest.mark.parametrize("book", books(), ids=lambda b: b.name)
    def of_every_section(book: Book) -> None:
        assert book.sections
        for section in book.sections:
            check(section)

    of_every_section.__doc__ = check.__doc__
    return of_every_section


# A telephone number has no clause of law behind it.
WITHOUT_BASIS = {"Tổng đài hỗ trợ của BHXH Việt Nam là số nào?"}

# The articles that the handbook has to explain; an article nobody cites is a question nobody answers.
EXPLAINED = {
    "41/2024/QH15": "2 3 4 5 6 21 22 23 24 25 27 28 31 32 33 36 94 95 96 97 98 99 100 101 102 103 104 105 106 107"
    " 109 110 111 112 114 115 119 140 141",
    "159/2025/NĐ-CP": "5 6 7 8 9 10 11 13 14",
    "45/2019/QH14": "169",
    "91/2025/QH15": "4 9 10 14",
    "134/2025/QH15": "11",
    "283/2026/NĐ-CP": "47",
}

# Amounts that the law itself names, or an example's own: allowed where amounts of a day are not.
LASTING = {
    r"quyền lợi|thai sản|Sinh con|[Ss]inh đôi|nghỉ thai sản|Thai chết|Vợ|Chồng": {2_000_000, 4_000_000, 6_000_000},
    r"^Khai gian": {1_000_000, 2_000_000},
}


@each_section
def test_a_heading_is_a_question_or_names_a_table(section: Section) -> None:
    assert section.question.endswith("?") or section.rows
    assert 4 <= len(section.question.split()) <= 30


@each_section
def test_a_section_is_short_enough_to_be_read_and_long_enough_to_help(section: Section) -> None:
    words = len(section.prose.split())
    assert (20 if section.rows else 40) <= words <= 130, words


@each_section
def test_the_first_sentence_answers_alone(section: Section) -> None:
    """It is quoted without the rest, so it may not lean on anything before it."""
    first = section.first_sentence
    assert 7 <= len(first.split()) <= 85, first
    assert not re.match(r"(?:Số này|Mức này|Điều này|Việc này|Khoản này|Ở đây|Nó|Ngoài ra|Vì vậy|Ví dụ:)\b", first), (
        first
    )
    assert first.endswith((".", ":")) and not first.endswith(":"), first


@each_section
def test_the_last_line_names_the_clauses_it_stands_on(section: Section) -> None:
    if section.question in WITHOUT_BASIS:
        assert not section.basis and HOTLINE in section.prose
        return
    assert section.basis.endswith("."), section.where
    parts = section.basis.rstrip(".").split("; ")
    rest, coordinates = split_basis(f"Căn cứ: {section.basis}")
    assert rest == "" and len(coordinates) == len(parts), "a part without an official number, or one told twice"
    for part, coordinate in zip(parts, coordinates, strict=True):
        assert coordinate.document in part
        for word, value in (("Điều", coordinate.article), ("khoản", coordinate.clause), ("điểm", coordinate.point)):
            assert (word in part) == bool(value) and (not value or f"{word} {value}" in part), part


@each_section
def test_a_citizen_is_spoken_to_politely_and_in_plain_spelling(section: Section) -> None:
    text = f"{section.question} {section.prose}"
    assert text == unicodedata.normalize("NFC", text)
    assert not re.search(r"\b(?:bạn|quý khách|mày|VNĐ|VND|nghìn đồng)\b", text, re.IGNORECASE)
    assert "  " not in text and " ," not in text and ".." not in text


@each_section
def test_dates_are_written_without_leading_zeros_and_amounts_with_points(section: Section) -> None:
    text = f"{section.question} {section.prose}"
    assert not re.search(r"\b0\d/\d|/0\d/|\d{4}-\d\d|\b\d{1,2}-\d{1,2}-\d{4}|ngày \d+ tháng \d+ năm", text)
    for day, month in re.findall(r"\b(\d{1,2})/(\d{1,2})/20\d\d\b", text):
        assert 1 <= int(day) <= 31 and 1 <= int(month) <= 12
    assert not re.search(r"\d{4,} đồng|\d,\d{3} đồng|\bđ/tháng", text)
    assert not re.search(r"triệu", section.prose), "amounts in full, in figures"


@each_section
def test_the_only_telephone_number_is_the_hotline(section: Section) -> None:
    numbers = re.findall(r"(?<![\d./])\+?\d[\d ]{7,}\d(?![\d./])", section.prose)
    assert {n.strip() for n in numbers} <= {HOTLINE}
    assert not re.search(r"\b0\d{2,3}[.\s]?\d{3}[.\s]?\d{3,4}\b", section.prose)


@each_section
def test_rules_of_before_are_told_as_old(section: Section) -> None:
    old = re.search(
        r"30%, 25% (?:và|hoặc|,)? ?10%|30%, 25%, 10%|[Tt]ỷ lệ 25%|(?<![\d.])700\.000|(?<!\d)33\.000 đồng|46\.800\.000|2\.340\.000"
        r"|Mức 10 năm|Con số 10 năm|(?:điều kiện|đòi) 20 năm|BHXH huyện|BHXH khu vực",
        section.prose,
    )
    if old:
        assert re.search(r"\bcũ\b|không còn|trước ngày|đến hết ngày", section.prose), old[0]


@each_section
def test_nothing_is_promised(section: Section) -> None:
    assert not re.search(
        r"cam kết|chắc chắn (?:có|được|sẽ)(?! nhất)|lãi cao|hấp dẫn|tuyệt đối|100% hài lòng", section.prose
    )


@pytest.mark.parametrize(
    "asks",
    [
        "Đang nhận trợ cấp hưu trí xã hội thì có tham gia được không?",
        "Ngoài Lý Sơn, xã nào của Quảng Ngãi là xã đảo?",
        "Quảng Ngãi có hỗ trợ thêm tiền đóng BHXH tự nguyện không?",
        "Cuối năm 2026 đóng trước cho năm 2027 theo mức cũ có được không?",
        "Sinh con trước ngày 1/7/2025 thì có được trợ cấp thai sản tự nguyện không?",
        "Trợ cấp hưu trí xã hội năm 2026 mỗi tháng bao nhiêu tiền?",
        "Xã được giao chỉ tiêu phát triển BHXH như thế nào?",
    ],
)
def test_what_nobody_has_settled_is_not_told_as_settled(asks: str) -> None:
    section = next(s for s in BODY if s.question == asks)
    assert re.search(r"chưa chắc chắn|chưa có thông tin|có thể đã", section.prose, re.IGNORECASE)
    assert re.search(rf"{HOTLINE}|hỏi|quyết định", section.prose), "says who decides"


def test_the_handbook_has_at_least_130_questions_each_asked_once() -> None:
    assert len(BODY) >= 130
    asked = [s.question.casefold() for s in BODY]
    assert sorted({q for q in asked if asked.count(q) > 1}) == []


def test_no_two_sections_of_a_day_open_with_the_same_answer() -> None:
    """Both would be found, and the second would say nothing new."""
    for amount_book in amount_books():
        of_that_day = [s for b in (*general_books(), amount_book) for s in b.sections]
        firsts = [s.first_sentence for s in of_that_day]
        assert sorted({f for f in firsts if firsts.count(f) > 1}) == []


def test_every_article_that_matters_is_explained() -> None:
    cited = {(c.document, c.article) for s in BODY for c in split_basis(f"Căn cứ: {s.basis}")[1]}
    wanted = {(number, article) for number, articles in EXPLAINED.items() for article in articles.split()}
    assert sorted(wanted - cited) == []


def test_the_front_matter_says_what_each_file_is() -> None:
    for book in books():
        assert book.fields["loai"] == "cẩm nang"
        assert book.fields["co_quan"] == "Nhóm tuvan-bhxh"
        assert str(book.fields["tieu_de"]).strip()
        assert str(book.fields["cap_nhat"]) == "2026-11-22"
        assert book.until is None or book.until > book.since


def test_the_two_amount_documents_follow_each_other_without_gap_or_overlap() -> None:
    now, later = amount_books()
    assert now.until is not None
    assert later.since == now.until + timedelta(days=1)
    assert later.until is None
    assert f"{now.until.day}/{now.until.month}/{now.until.year}" in str(now.fields["tieu_de"])
    assert f"{later.since.day}/{later.since.month}/{later.since.year}" in str(later.fields["tieu_de"])


def test_amounts_that_change_stand_only_in_the_amount_documents() -> None:
    for book in general_books():
        for section in book.sections:
            allowed = {a for pattern, some in LASTING.items() if re.search(pattern, section.question) for a in some}
            loose = {a for money in re.findall(r"[\d.]+ đồng", section.prose) for a in amounts(money)} - allowed
            assert not loose or re.search(r"ước tính", section.prose), f"{section.where}: {loose}"


def test_no_general_file_tells_what_an_amount_document_tells() -> None:
    """What one pays and gets in a period would be found there after the period is over."""
    dated = {a for b in amount_books() for s in b.sections for row in s.rows for cell in row[1:] for a in amounts(cell)}
    assert len(dated) > 30
    for book in general_books():
        for section in book.sections:
            if "ước tính" not in section.prose:
                assert not dated & set(amounts(section.prose)), section.where


def test_a_worked_example_is_called_an_estimate() -> None:
    for section in BODY:
        if re.search(r"= ?\d{1,3}(?:\.\d{3})+ đồng", section.prose):
            assert "ước tính" in section.prose, section.where


def test_the_folder_holds_the_four_formats_of_an_office() -> None:
    files = {path.suffix for path in documents_folder().iterdir()}
    assert files == {".md", ".docx", ".pdf", ".html"}
