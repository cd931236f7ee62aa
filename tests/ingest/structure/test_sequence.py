"""Numbers read as a run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sequence import (
    POINTS,
    Label,
    _gap_cost,
    align,
    fill_gaps,
    number_name,
    number_readings,
    point_name,
    point_readings,
)


def letters(printed: str) -> list[str | None]:
    positions = align([Label(point_readings(sign)) for sign in printed.split()])
    return [None if p is None else point_name(p) for p in positions]


def numbers(printed: str) -> list[str | None]:
    positions = align([Label(number_readings(sign)) for sign in printed.split()])
    return [None if p is None else number_name(p) for p in positions]


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("a b c d đ e", "a b c d đ e"),
        ("a b c đ đ e", "a b c d đ e"),  # the stroke of the second letter was seen on the first
        ("2 b c", "a b c"),
        ("a h c", "a b c"),
        ("a b e d", "a b c d"),
        ("h 1 k l", "h i k l"),
    ],
)
def test_misread_letters_are_read_from_their_neighbours(printed: str, read: str) -> None:
    assert letters(printed) == read.split()


def test_a_number_that_does_not_go_on_is_only_text() -> None:
    assert numbers("1 2 45 3 4") == ["1", "2", None, "3", "4"]


def test_numbers_with_a_letter_stand_between_whole_numbers() -> None:
    assert numbers("5 5a 5b 6") == ["5", "5a", "5b", "6"]


@pytest.mark.parametrize(("printed", "read"), [("l2", "12"), ("1O", "10"), ("S", "5"), ("1 0", "10")])
def test_misread_digits_can_be_read(printed: str, read: str) -> None:
    assert read in [number_name(position) for position, _ in number_readings(printed)]


def test_a_word_is_no_number() -> None:
    assert number_readings("này") == ()
    assert point_readings("ấy") == ()


def test_a_worn_label_takes_the_place_between_its_neighbours() -> None:
    assert fill_gaps({0: 1.0, 4: 3.0}, [2]) == {2: 2.0}


def test_a_worn_label_is_left_alone_where_it_does_not_fill_the_gap_exactly() -> None:
    assert fill_gaps({0: 1.0, 4: 3.0}, [1, 2]) == {}
    assert fill_gaps({0: 1.0, 4: 2.0}, [2]) == {}
    assert fill_gaps({0: 1.0, 4: 3.0}, [5]) == {}


@given(st.integers(1, len(POINTS)))
def test_a_clean_run_is_read_as_it_stands(length: int) -> None:
    assert letters(" ".join(POINTS[:length])) == list(POINTS[:length])


@given(st.lists(st.sampled_from([*POINTS, "2", "ø", "?"]), max_size=12))
def test_what_is_read_always_increases(printed: list[str]) -> None:
    taken = [p for p in align([Label(point_readings(sign)) for sign in printed]) if p is not None]
    assert taken == sorted(set(taken))


def cheapest(labels: list[Label]) -> list[float | None]:
    """`align` by trying every state, as its definition says; of equal costs the reading that comes first."""
    states: dict[float, tuple[float, tuple[float | None, ...]]] = {0.0: (0.0, ())}
    for label in labels:
        following: dict[float, tuple[float, tuple[float | None, ...]]] = {}
        for last, (cost, chosen) in states.items():
            ways: list[tuple[float, float, float | None]] = [(last, cost + label.drop_cost, None)]
            for position, reading in label.readings:
                if position > last:
                    gap = 0.0 if label.after_gap else _gap_cost(last, position)
                    ways.append((position, cost + reading + gap, position))
            for where, price, read in ways:
                if where not in following or price < following[where][0]:
                    following[where] = (price, (*chosen, read))
        states = following
    return list(min(states.values(), key=lambda state: state[0])[1])


_PRINTED = st.one_of(
    st.integers(1, 12).map(str), st.sampled_from(["5a", "5b", "1 0", "l", "S", "l2"]), st.sampled_from(POINTS)
)
_LABELS = st.builds(
    lambda printed, gap, drop: Label(number_readings(printed) or point_readings(printed), gap, drop),
    _PRINTED,
    st.booleans(),
    st.sampled_from([2.0, 2.5, 4.0, 5.0]),
)


@given(st.lists(_LABELS, max_size=14))
def test_leaving_out_what_cannot_win_changes_no_reading(labels: list[Label]) -> None:
    assert align(labels) == cheapest(labels)


@given(st.integers(1, 30), st.data())
def test_nor_does_it_in_a_long_run_with_a_few_labels_that_are_only_text(length: int, data: st.DataObject) -> None:
    printed = [str(number) for number in range(1, length + 1)]
    for _ in range(data.draw(st.integers(0, 4))):
        printed.insert(data.draw(st.integers(0, len(printed))), str(data.draw(st.integers(1, length + 5))))
    labels = [Label(number_readings(sign), drop_cost=data.draw(st.sampled_from([2.5, 5.0]))) for sign in printed]
    assert align(labels) == cheapest(labels)
