"""Turns at writing: in order, urgent ones first, never two at once."""

from __future__ import annotations

import threading
import time

import pytest

from knowledge.store.turns import Turns


def test_turns_come_in_the_order_of_asking_and_urgent_ones_first() -> None:
    turns, order = Turns(), []

    def take(name: str, urgent: bool) -> None:
        with turns.turn(urgent=urgent):
            order.append(name)

    threads = []
    with turns.turn():
        for number, (name, urgent) in enumerate([("một", False), ("hai", False), ("gấp", True), ("ba", False)], 1):
            threads.append(threading.Thread(target=take, args=(name, urgent)))
            threads[-1].start()
            while turns.waiting < number:
                time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert order == ["gấp", "một", "hai", "ba"]
    assert turns.waiting == 0


def test_a_turn_that_fails_is_handed_on() -> None:
    turns = Turns()
    with pytest.raises(ValueError, match="hỏng"), turns.turn():
        raise ValueError("hỏng")
    with turns.turn():
        assert turns.waiting == 0


def test_there_is_never_more_than_one() -> None:
    turns, inside, most = Turns(), [], []

    def work() -> None:
        for _ in range(200):
            with turns.turn():
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 1200 and max(most) == 1
