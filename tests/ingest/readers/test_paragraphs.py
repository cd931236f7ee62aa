"""Lines of a page joined to paragraphs, and the lines that belong to the page and not to the text."""

from __future__ import annotations

import random

import pytest

from ingest.readers.paragraphs import join_wrapped, without_running_lines
from tests.ingest.readers import papers


@pytest.mark.parametrize("width", [60, 78, 100])
def test_text_of_every_page_width_comes_back(width: int) -> None:
    lines = [line for paragraph in papers.DECISION for line in papers.wrapped(paragraph, width)]
    assert join_wrapped(lines) == papers.DECISION


@pytest.mark.parametrize(
    "start",
    ["Điều 5. Thi hành", "Chương II", "Mục 1. Chung", "1. Việc một", "12) Việc", "a) Việc a", "đ) Việc đ", "- Việc", "+ Việc",
     "II. Việc hai", "1.2. Việc", "Nơi nhận:", "TM. ỦY BAN", "Kính gửi: các thôn", "Căn cứ Luật", "PHỤ LỤC I"],
)  # fmt: skip
def test_what_may_start_a_unit_is_never_joined_to_a_full_line(start: str) -> None:
    full = "Các thôn rà soát từng hộ gia đình trong địa bàn và lập danh sách những người"
    assert join_wrapped([full, full, start])[-1] == start


def test_a_reference_at_the_start_of_a_line_is_no_new_article() -> None:
    lines = ["Việc hỗ trợ được thực hiện theo quy định tại khoản 2", "Điều 5 của Quyết định này và các văn bản khác."]
    cut = [lines[0].removesuffix(" khoản 2"), lines[1]]
    assert join_wrapped(cut) == [" ".join(cut)]


@pytest.mark.parametrize(
    ("line", "next_line", "joined"),
    [
        ("Người dân được hưởng chế độ theo quy định tại khoản 7", "Điều 33 của Luật này.", True),
        ("Người dân được hưởng chế độ theo quy định tại điểm đ", "Điều 33, Điều 34 của Luật này.", True),
        ("Người dân được hưởng chế độ theo quy định tại khoản 7", "Điều 33. Mức hưởng", False),
        ("Người dân được hưởng chế độ trong các năm đã đóng phí", "Điều 33 của Luật này.", False),
        ("Thực hiện kế hoạch phát triển người tham gia năm 2030;", "xét đề nghị của phòng Văn hóa", True),
        ("Thực hiện kế hoạch phát triển người tham gia năm 2030;", "Các thôn báo cáo hằng tháng", False),
        ("Các thôn thực hiện những việc sau đây trong tháng này:", "rà soát danh sách", False),
    ],
)
def test_what_follows_a_full_line(line: str, next_line: str, joined: bool) -> None:
    assert (join_wrapped([line, next_line]) == [f"{line} {next_line}"]) is joined


def test_an_empty_line_ends_a_paragraph() -> None:
    full = "Các thôn rà soát từng hộ gia đình trong địa bàn và lập danh sách những người"
    assert join_wrapped([full, "", "chưa tham gia"]) == [full, "chưa tham gia"]


def test_long_lines_are_paragraphs_already() -> None:
    lines = ["Người dân nộp tờ khai tại bộ phận một cửa " * 5, "Hộ nghèo được miễn " * 10]
    assert join_wrapped(lines) == [" ".join(line.split()) for line in lines]


def _page(number: int, *body: str, header: str = "", footer: str = "") -> list[str]:
    return [*([header.format(n=number)] if header else []), *body, *([footer.format(n=number)] if footer else [])]


def _body(number: int) -> list[str]:
    return [papers.sentence(random.Random(number))]


def test_running_lines_are_gone_though_their_numbers_change() -> None:
    pages = [_page(n, *_body(n), header="CÔNG BÁO/Số 4{n}", footer="Trang {n}/4") for n in range(1, 5)]
    assert without_running_lines(pages) == [_body(n) for n in range(1, 5)]


def test_headers_of_even_and_odd_pages_are_gone() -> None:
    pages = [
        _page(n, *_body(n), header="{n} CÔNG BÁO/Số 7" if n % 2 == 0 else "CÔNG BÁO/Số 7 {n}") for n in range(1, 9)
    ]
    assert without_running_lines(pages) == [_body(n) for n in range(1, 9)]


def test_the_first_page_may_have_no_header() -> None:
    pages = [_body(1), *(_page(n, *_body(n), header="CÔNG BÁO") for n in range(2, 6))]
    assert without_running_lines(pages) == [_body(n) for n in range(1, 6)]


def test_articles_that_differ_by_their_number_only_are_text() -> None:
    pages = [[f"Điều {n}. Việc thứ {n}", *_body(n), f"{n}. Báo cáo."] for n in range(1, 6)]
    assert without_running_lines(pages) == pages


def test_a_line_in_the_middle_is_text_however_often_it_comes() -> None:
    pages = []
    for n in range(5):
        around = [papers.sentence(random.Random(10 * n + k)) for k in range(6)]
        pages.append([*around[:3], "Lặp lại ở mọi trang", *around[3:]])
    assert without_running_lines(pages) == pages


def test_pages_that_are_all_alike_keep_their_text() -> None:
    pages = [["Xin chào bà con trong xã."]] * 4
    assert without_running_lines(pages) == pages


def test_of_numbers_at_the_end_of_a_page_one_is_the_page_number() -> None:
    pages = [[*_body(n), "10", "20", str(n)] for n in range(1, 4)]
    assert without_running_lines(pages) == [[*_body(n), "10", "20"] for n in range(1, 4)]


def test_one_page_has_no_running_lines() -> None:
    assert without_running_lines([["CÔNG BÁO", "Điều 1. Việc", "1"]]) == [["CÔNG BÁO", "Điều 1. Việc"]]
