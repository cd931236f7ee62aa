"""What all tests share. `TUVAN_REQUIRE=browser,ocr` turns a skip of tests with these markers into a failure."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from bot.settings import Settings
from tests.canary_session import pytest_configure

__all__ = ["pytest_configure"]

REQUIRED = frozenset(filter(None, os.environ.get("TUVAN_REQUIRE", "").split(",")))


@pytest.fixture(autouse=True)
def _settings_of_this_machine_stay_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, field in Settings.model_fields.items():
        monkeypatch.delenv(str(field.validation_alias or name).upper(), raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    needed = REQUIRED & {mark.name for mark in item.iter_markers()}
    if report.skipped and needed and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, but TUVAN_REQUIRE asks for {sorted(needed)}: {report.longrepr}"
    return report
