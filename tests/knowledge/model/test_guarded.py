"""A model has bounds: time, calls at once, a rest after failures, allowances."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import date

import pytest

from knowledge.model import Guarded, ModelFailed, Prompt
from knowledge.model.contract import Why
from knowledge.model.guarded import FAILURES, REST, Breaker
from tests.chat_models import breaking, dripping, saying, scripted, stalling
from tests.knowledge.model.conftest import Free

DAY = date(2026, 11, 22)
PROMPT = Prompt("luật", "dữ liệu")


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def ask(model: Guarded, seconds: float = 2.0) -> str:
    try:
        return model.say(PROMPT, person="p", day=DAY, seconds=seconds).text
    except ModelFailed as error:
        return f"! {error.why.value}"


def test_the_whole_text_is_given_and_its_pieces_as_they_come() -> None:
    heard: list[str] = []
    model = Guarded(scripted(saying("x" * 5000)), Free())
    said = model.say(PROMPT, person="p", day=DAY, seconds=5, hear=heard.append)
    assert said.text == "x" * 5000 == "".join(heard)
    assert len(heard) == 2


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (stalling(30), Why.TIME),
        (dripping(0.05, 10_000), Why.TIME),
        (breaking, Why.GARBAGE),
        (saying(""), Why.EMPTY),
        (saying("   \n"), Why.EMPTY),
        (saying("x" * 1_000_000), Why.TOO_LONG),
    ],
)
def test_every_failure_has_its_name_and_ends_in_time(reply: Callable[[str, str], Iterator[str]], why: Why) -> None:
    begun = time.monotonic()
    assert ask(Guarded(scripted(reply), Free()), 0.5) == f"! {why.value}"
    assert time.monotonic() - begun < 10  # a bound of the promise, not a timing: the model would take 30 s or for ever


def test_after_five_failures_nobody_asks_for_thirty_seconds_and_then_one_does() -> None:
    clock, asked = Clock(), []

    def reply(rules: str, material: str) -> Iterator[str]:
        asked.append(clock.now)
        if clock.now < 40:
            raise OSError
        yield "ok"

    model = Guarded(scripted(reply), Free(), clock=clock)
    said = [ask(model) for _ in range(8)]
    assert said[FAILURES:] == ["! resting"] * 3 and len(asked) == FAILURES and model.resting
    clock.now = REST - 0.1
    assert ask(model) == "! resting"
    clock.now = REST + 0.1
    assert ask(model) != "! resting" and len(asked) == FAILURES + 1
    assert ask(model) == "! resting"  # the one that tried failed: another rest
    clock.now = 2 * REST + 1
    assert [ask(model) for _ in range(3)] == ["ok"] * 3 and not model.resting


def test_one_success_ends_the_count() -> None:
    breaker = Breaker(Clock())
    for _ in range(20):
        for well in (False, False, False, False, True):
            assert breaker.enter()
            breaker.ended(well=well)
    assert not breaker.resting


def test_words_of_the_wrong_form_count_as_failures() -> None:
    model = Guarded(scripted(saying("tôi không viết JSON")), Free())

    def check(text: str) -> None:
        raise ModelFailed(Why.GARBAGE)

    for _ in range(FAILURES):
        with pytest.raises(ModelFailed):
            model.say(PROMPT, person="p", day=DAY, seconds=2, check=check)
    assert ask(model) == "! resting"


def test_hanging_calls_keep_their_places_and_are_never_more_than_allowed() -> None:
    release, began = threading.Event(), []

    def reply(rules: str, material: str) -> Iterator[str]:
        began.append(1)
        release.wait(20)
        yield "muộn"

    model = Guarded(scripted(reply), Free(), at_once=2)
    assert [ask(model, 0.1) for _ in range(4)] == ["! time", "! time", "! busy", "! busy"]
    assert len(began) == 2
    release.set()
    until = time.monotonic() + 10
    while (said := ask(model)) == "! busy" and time.monotonic() < until:
        time.sleep(0.01)
    assert said == "muộn"


def test_who_has_used_up_the_day_is_not_helped_and_every_call_is_counted() -> None:
    meter = Free()
    model = Guarded(scripted(saying("ok")), meter)
    assert ask(model) == "ok"
    meter.open = False
    assert ask(model) == "! spent"
    assert [person for person, _ in meter.calls] == ["p"]
    assert meter.calls[0][1].tokens_in > 0
