from __future__ import annotations

from datetime import date

import pytest

from ingest import dates
from ingest.readers.model import Line
from tests.ingest.identity.makers import lines

ISSUED = date(2026, 2, 3)


@pytest.mark.parametrize(
    ("words", "since", "until"),
    [
        ("Nghị định này có hiệu lực thi hành từ ngày 15 tháng 3 năm 2026.", date(2026, 3, 15), None),
        (
            "Thông tư này có hiệu lực kể từ ngày 15/3/2026 và thay thế Thông tư số 1/2020/TT-BTC.",
            date(2026, 3, 15),
            None,
        ),
        ("Nghị định này có hiệu lực thi hành kể từ ngày ký ban hành.", ISSUED, None),
        ("Quyết định này có hiệu lực từ ngày ký.", ISSUED, None),
        ("Quyết định này có hiệu lực thi hành sau 45 ngày, kể từ ngày ký ban hành.", date(2026, 3, 20), None),
        (
            "Nghị quyết này có hiệu lực từ ngày 15 tháng 3 năm 2026 đến ngày 28 tháng 02 năm 2027.",
            date(2026, 3, 15),
            date(2027, 2, 28),
        ),
        ("Nghị quyết này có hiệu lực từ ngày 15/3/2026 đến hết năm 2030.", date(2026, 3, 15), date(2030, 12, 31)),
        (
            "Nghị quyết này có hiệu lực từ ngày 15/3/2026 đến hết tháng 02 năm 2028.",
            date(2026, 3, 15),
            date(2028, 2, 29),
        ),
        (
            "Nghị quyết này được Hội đồng nhân dân tỉnh khóa XIII, kỳ họp thứ 3 thông qua ngày 10 tháng 3 năm 2026 và có hiệu lực từ ngày "
            "20 tháng 3 năm 2026.",
            date(2026, 3, 20),
            None,
        ),
        ("Nghị định này có hiệu lực thi hành từ ngày 31 tháng 02 năm 2026.", None, None),
        (
            "Người đủ điều kiện trước ngày Nghị định này có hiệu lực thi hành được áp dụng từ ngày 01/01/2020.",
            None,
            None,
        ),
        ("Nghị định số 12/2020/NĐ-CP có hiệu lực từ ngày 01/01/2020.", None, None),
        ("“Luật này có hiệu lực thi hành từ ngày 01 tháng 01 năm 2020.”", None, None),
    ],
)
def test_days_in_force_in_the_words_of_the_text(words: str, since: date | None, until: date | None) -> None:
    found = dates.in_force([Line("Điều 9. Hiệu lực thi hành"), Line(words)], ISSUED)
    assert (found.since, found.until) == (since, until)


def test_a_term_in_a_clause_of_its_own_is_an_end() -> None:
    body = lines(
        "Điều 9. Hiệu lực thi hành",
        "1. Nghị quyết này có hiệu lực từ ngày 15/3/2026.",
        "2. Nghị quyết này được thực hiện đến hết ngày 31/12/2030.",
    )
    assert dates.in_force(body, ISSUED).until == date(2030, 12, 31)


def test_an_own_end_day_is_the_day_after_the_last() -> None:
    body = lines(
        "Điều 9. Hiệu lực",
        "Thông tư này có hiệu lực từ ngày 15/3/2026.",
        "Thông tư này hết hiệu lực kể từ ngày 01/01/2027.",
    )
    assert dates.in_force(body, ISSUED).until == date(2026, 12, 31)


def test_the_article_on_validity_counts_before_what_stands_elsewhere() -> None:
    body = lines(
        "Điều 1. Phạm vi",
        "Quy định này có hiệu lực từ ngày 01/01/2025 với cây cũ.",
        "Điều 9. Hiệu lực thi hành",
        "Nghị định này có hiệu lực từ ngày 15/3/2026.",
    )
    assert dates.in_force(body, ISSUED) == dates.Validity(date(2026, 3, 15))


def test_two_days_in_the_article_on_validity_are_disputed() -> None:
    body = lines(
        "Điều 9. Hiệu lực", "Luật này có hiệu lực từ ngày 15/3/2026.", "Luật này có hiệu lực từ ngày 16/3/2026."
    )
    found = dates.in_force(body, ISSUED)
    assert found.disputed and found.since is None


def test_signing_says_nothing_while_the_day_of_signing_is_unknown() -> None:
    body = lines("Điều 9. Hiệu lực", "Quyết định này có hiệu lực kể từ ngày ký.")
    assert dates.in_force(body, None).since is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-07-01", [date(2026, 7, 1)]),
        ("1/7/2026", [date(2026, 7, 1)]),
        ("01.07.2026", [date(2026, 7, 1)]),
        ("ngày 1 tháng 7 năm 2026", [date(2026, 7, 1)]),
        ("2026-08-15 đến 2027-02-28", [date(2026, 8, 15), date(2027, 2, 28)]),
        ("2026-13-01, 30/2/2026, 2026-07", []),
        ("Số 12/2026/NĐ-CP", []),
    ],
)
def test_days_as_people_write_them(text: str, found: list[date]) -> None:
    assert [day for _, day in dates.days(text)] == found


def test_only_days_of_documents_are_references() -> None:
    body = lines(
        "Theo Công văn số 7/UBND-KT ngày",
        "24/12/2025, báo cáo trước ngày 30/6/2026; Nghị quyết số 5/NQ-CP ngày 10 tháng 12 năm 2025.",
    )
    assert dates.latest_named(body) == date(2025, 12, 24)


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("Điều 4 của Luật này có hiệu lực thi hành từ ngày 01 tháng 01 năm 2028.", [("4", "")]),
        ("Khoản 2 Điều 4 của Luật này có hiệu lực thi hành từ ngày 01 tháng 01 năm 2028.", [("4", "2")]),
        (
            "Khoản 1, khoản 3 Điều 4, Điều 6 và Điều 7a của Luật này có hiệu lực từ ngày 01/01/2028.",
            [("4", "1"), ("4", "3"), ("6", ""), ("7a", "")],
        ),
        (
            "Quy định tại các điều 4, 5 và 6 của Luật này có hiệu lực từ ngày 01/01/2028.",
            [("4", ""), ("5", ""), ("6", "")],
        ),
        ("Điểm a khoản 1 Điều 4 của Luật này có hiệu lực từ ngày 01/01/2028.", []),
        ("Chương III của Luật này có hiệu lực từ ngày 01/01/2028.", []),
    ],
)
def test_the_day_of_a_part_is_not_the_day_of_the_law(words: str, parts: list[tuple[str, str]]) -> None:
    text = lines(
        "Điều 9. Hiệu lực thi hành",
        "1. Luật này có hiệu lực thi hành từ ngày 01 tháng 10 năm 2026, trừ quy định tại khoản 2 Điều này.",
        f"2. {words}",
    )
    found = dates.in_force(text, ISSUED)
    assert (found.since, found.disputed, found.others) == (date(2026, 10, 1), False, True)
    assert found.parts == tuple((article, clause, date(2028, 1, 1)) for article, clause in parts)
