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


def test_pieces_of_a_sentence_at_the_edge_are_text_however_often_they_come() -> None:
    pages = [
        [f"{n}. Tổ trưởng tổ {n} và công chức xã cùng", "thực hiện phần việc thứ 3 theo trình tự đã công khai tại"]
        if n % 2
        else ["Nhà văn hóa của thôn và các nơi có liên quan.", f"{n}. Việc khác của tổ {n}."]
        for n in range(1, 9)
    ]
    assert without_running_lines(pages) == pages


def test_the_last_word_of_a_sentence_alone_on_a_page_is_text() -> None:
    pages = [[f"{n}. Tổ trưởng tổ {n} báo cáo công chức xã", "định;" if n % 2 else "quy định;"] for n in range(1, 7)]
    assert without_running_lines(pages) == pages


def test_short_paragraphs_of_a_text_that_no_margin_cut_stay_apart() -> None:
    text = ["CHỈ THỊ", "Về việc trồng tre chắn sóng ở các xã", "Trong thời gian qua, việc trồng tre còn chậm.", "1. Các xã ven biển",
            "Bố trí đất trồng, phân công người.", "2. Các xã trên núi", "Chọn giống tre khỏe, gửi về.", "3. Hội Nông dân"]  # fmt: skip
    assert join_wrapped(text) == text


_FULL = "Các xã ven sông lập sổ theo dõi từng bến, ghi rõ người giữ bến, số thuyền và giờ"


def test_a_line_that_stops_at_a_word_that_cannot_end_goes_on_however_short_it_is() -> None:
    text = [
        _FULL,
        "của từng thuyền.",
        "Điều 6. Việc ghi sổ theo Nghị định của",
        "Chính phủ về bến",
        "1. Ghi bằng mực đen.",
    ]
    assert join_wrapped(text)[1] == "Điều 6. Việc ghi sổ theo Nghị định của Chính phủ về bến"
    numbered = [
        _FULL,
        "của từng thuyền.",
        "Điều 6. Việc ghi sổ theo Nghị định số",
        "68/2030/NĐ-CP",
        "1. Ghi bằng mực đen.",
    ]
    assert join_wrapped(numbered)[1] == "Điều 6. Việc ghi sổ theo Nghị định số 68/2030/NĐ-CP"


@pytest.mark.parametrize(
    "label", ["'b) Ghi", ",e) Ghi", ",„ 4) Ghi", ".. ) Ghi", "__Ð) Ghi", "¡) Ghi", "là) Ghi", "2.:Ghi"]
)
def test_a_label_among_specks_of_a_scan_begins_a_paragraph(label: str) -> None:
    lines = [_FULL, "của từng thuyền;", f"{_FULL} cập.", f"{label} rõ người giữ bến.", _FULL, "cập bến."]
    assert f"{label} rõ người giữ bến." in join_wrapped(lines)


def test_what_closes_a_bracket_is_no_label() -> None:
    lines = [f"{_FULL[:70]} (cấp", "xã) Ủy ban nhân dân xã giữ sổ.", _FULL, "của từng thuyền."]
    assert join_wrapped(lines)[0].endswith("(cấp xã) Ủy ban nhân dân xã giữ sổ.")


def test_specks_and_page_numbers_behind_a_sentence_stand_alone() -> None:
    assert join_wrapped([_FULL, f"{_FULL} cập.", "8]", _FULL, "của thuyền."])[1] == "8]"
    between = [f"{_FULL} của", "thuyền; trưởng phòng thuộc Cục", "88", "Bến bãi giữ sổ;", _FULL, "của thuyền."]
    assert "88" in join_wrapped(between)


def test_a_number_behind_a_word_that_is_counted_begins_no_clause() -> None:
    lines = [f"a) {_FULL[:66]} theo Danh mục", "3. Các bến nhỏ trên sông;", _FULL, "của thuyền."]
    assert join_wrapped(lines)[0].endswith("Danh mục 3. Các bến nhỏ trên sông;")


def test_a_reference_to_an_article_of_a_named_document_is_no_heading() -> None:
    lines = [
        _FULL,
        "của thuyền.",
        "Điều 7. Việc ghi sổ theo thứ tự đã nêu của bến quy định tại Khoản 2",
        "Điều 10 Nghị định số 70/2030/NĐ-CP",
    ]
    assert join_wrapped(lines)[-1].endswith("Khoản 2 Điều 10 Nghị định số 70/2030/NĐ-CP")


_HEAD = "Điều 9.1.NĐ.2.4. Việc ghi sổ theo dõi bến và người giữ bến (sau đây gọi là sổ)"
_NOTE = [
    "(Điều 4 Nghị định số 8/2021/NĐ-CP, có hiệu lực thi hành kể từ ngày 15/01/2021, có",
    "nội dung sửa đổi bởi",
    "Điều 1 Nghị định số 9/2023/NĐ-CP của Bộ Sông",
    "- Hồ )",
]
_RULE = "Xã giữ sổ và mở cho người dân xem."


@pytest.mark.parametrize(
    "head", [[_HEAD], ["1. Vé do xã bán ở bến.Điều 9.1.NĐ.2.4. Việc ghi sổ theo dõi bến và người giữ bến"]]
)
def test_the_note_of_origin_in_a_codification_stands_alone(head: list[str]) -> None:
    lines = [_FULL, "của thuyền.", *head, *_NOTE, _RULE]
    assert join_wrapped(lines)[1:] == [*head, " ".join(_NOTE), _RULE]


def test_a_list_of_related_articles_is_one_note_whatever_its_lines_begin_with() -> None:
    note = ["(Điều này có nội dung liên quan đến Điều 2. Bến của Thông tư (liên tịch)", "29/2030/TT-BBB Quy định về bến;",
            "Điều 21. Vé đậu của Luật Bến;", "BẾN BÃI; Chương IV", "Điều 9.1.TT.1.2. Vé)"]  # fmt: skip
    lines = [_FULL, "của thuyền.", *note, _HEAD]
    assert join_wrapped(lines)[1:] == [" ".join(note), _HEAD]
    run_in = [_FULL, f"của thuyền.{note[0]}", *note[1:], _HEAD]
    assert join_wrapped(run_in) == [f"{_FULL} của thuyền.{' '.join(note)}", _HEAD]
    full = [_FULL, f"{_FULL} cập.", *note, _HEAD]
    assert join_wrapped(full)[-2:] == [" ".join(note), _HEAD]


def test_a_code_that_the_margin_cut_is_whole() -> None:
    lines = [
        _FULL,
        "của thuyền theo Điều 8 Nghị định số 105/2030/NĐ-CP.Điều",
        "2.2.NĐ.2.23. Lập dự toán",
        "(Điều 23 Luật số 3/2030/QH99)",
    ]
    assert join_wrapped(lines)[-2].endswith("CP.Điều 2.2.NĐ.2.23. Lập dự toán")


def test_the_dash_in_the_name_of_a_ministry_begins_no_list() -> None:
    lines = [f"{_FULL[:60]} theo hướng dẫn của Bộ Lao động", "- Thương binh và Xã hội.", _FULL, "của thuyền."]
    assert join_wrapped(lines)[0].endswith("Bộ Lao động - Thương binh và Xã hội.")


@pytest.mark.parametrize("line", ["Danh muc kem theo.doc", "Danh sách điều khoản"])
def test_names_of_files_and_of_lists_are_no_part_of_a_sentence(line: str) -> None:
    assert join_wrapped([_FULL, f"{_FULL} cập.", line, _HEAD])[1] == line


def test_the_name_of_a_file_over_two_lines_is_one_line_and_no_part_of_the_sentence_before() -> None:
    before = [
        "máy, thiết bị, vật tư có yêu cầu nghiêm ngặt về an toàn lao động",
        "thuộc thẩm quyền quản lý của Bộ Lao động - Thương binh và Xã hội.",
    ]
    name = ["Quy trinh kiem dinh_ban hanh kem theo TT so", "54.2019.TT-BLĐTBXH.doc"]
    assert join_wrapped([*before, *name]) == [" ".join(before), " ".join(name)]


def test_a_line_without_marks_before_no_file_goes_on_as_it_did() -> None:
    lines = ["Cho vay theo quy trinh cua ngan hang tai noi dong thue va", "noi o hien nay."]
    assert join_wrapped(lines) == [" ".join(lines)]
