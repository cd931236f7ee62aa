"""How a place in the law reads."""

from __future__ import annotations

import pytest

from bot.messages import Citation


@pytest.mark.parametrize(
    ("citation", "place"),
    [
        (Citation("12/2030/QH99", "Luật Mẫu", "7", "3", "đ"), "điểm đ khoản 3 Điều 7 Luật Mẫu 12/2030/QH99"),
        (Citation("12/2030/QH99", "Luật Mẫu", "7"), "Điều 7 Luật Mẫu 12/2030/QH99"),
        (Citation("12/2030/QH99", "Luật Mẫu 12/2030/QH99"), "Luật Mẫu 12/2030/QH99"),
        (Citation("99/UBND", "Công văn mẫu", section="Mục 2"), "Mục 2 Công văn mẫu 99/UBND"),
        (Citation("12/2030/QH99", ""), "12/2030/QH99"),
        (Citation("x", "y", "1", coordinate="Điều 1 Nghị định mẫu"), "Điều 1 Nghị định mẫu"),
    ],
)
def test_a_place_is_named_smallest_part_first(citation: Citation, place: str) -> None:
    assert citation.place == place
