"""The starter knowledge with a chat model of one's choice beside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from bot.bootstrap import System, bootstrap
from bot.clock import FixedClock
from bot.knowing import bring_in_starter
from bot.settings import Settings
from knowledge.answering import Knowledge
from knowledge.model import Assistant, ChatModel, Guarded, Usage
from tests.models import prepared_models

TODAY = date(2026, 11, 22)


class Free:
    """A meter without limits, which keeps what it is told."""

    def __init__(self, *, open_: bool = True) -> None:
        self.open = open_
        self.calls: list[tuple[str, Usage]] = []

    def allows(self, person: str, day: date) -> bool:
        return self.open

    def used(self, person: str, day: date, usage: Usage) -> None:
        self.calls.append((person, usage))


@pytest.fixture(scope="package")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    data = tmp_path_factory.mktemp("data")
    (data / "models").symlink_to(prepared_models(), target_is_directory=True)
    made = bootstrap(Settings(tuvan_data=data), clock=FixedClock(TODAY))
    bring_in_starter(made)
    yield made
    made.close()


def helped_by(system: System, model: ChatModel, meter: Free | None = None, **options: Any) -> Knowledge:
    """The knowledge of `system` with `model` beside it."""
    guarded = Guarded(model, meter or Free(), at_once=options.pop("at_once", 4))
    return Knowledge(system.search, system.store, system.cards, Assistant(guarded, **options))
