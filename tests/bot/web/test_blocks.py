"""Plain text as paragraphs and lists."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.web.blocks import blocks


def shape(text: str) -> list[tuple[str, list[str]]]:
    return [(b.kind, b.lines) for b in blocks(text)]


def test_blank_lines_part_paragraphs_and_single_breaks_stay_inside() -> None:
    assert shape("một\nhai\n\n \nba") == [("p", ["một", "hai"]), ("p", ["ba"])]


def test_dashes_and_numbers_make_lists() -> None:
    assert shape("Gồm:\n- một\n• hai\n1. ba\n2) bốn\nhết") == [
        ("p", ["Gồm:"]),
        ("ul", ["một", "hai"]),
        ("ol", ["ba", "bốn"]),
        ("p", ["hết"]),
    ]


def test_a_list_that_goes_on_keeps_its_number() -> None:
    assert [b.start for b in blocks("3. ba\n4. bốn")] == [3]


def test_amounts_years_and_minus_signs_are_not_lists() -> None:
    for line in ("330.000 đồng", "22% thu nhập", "2026. Năm sau", "-5 độ", "1.500.000 đồng", "12/2030/QH99"):
        assert shape(line) == [("p", [line])]


@given(st.text(alphabet="a1 -.)•\n", max_size=80))
def test_no_word_is_lost(text: str) -> None:
    kept = "".join("".join(b.lines) for b in blocks(text))
    assert [c for c in kept if c == "a"] == [c for c in text if c == "a"]
