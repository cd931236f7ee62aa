"""Anything said in any order: 0 leads without provable consent, 0 stuck forms, 0 doubled. `python -m tests.bench.dialogues` runs many."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

from tests.bot.dialogue.machine import Talks

TestTalks = Talks.TestCase
TestTalks.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
