"""The table of docs/security.md: every requirement of levels 1 and 2 once, every test named is there, every met row has one."""

from __future__ import annotations

import re
import sys
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from bot.staff.accounts import LEAST_PASSWORD, MOST_PASSWORD
from bot.staff.passwords import words
from bot.staff.sessions import LONGEST
from bot.web.app import BODY_LIMIT, STAFF_LIMIT, WEBHOOK_LIMIT
from bot.web.middleware import BODY_SECONDS
from bot.web.protocol import HEADER_SECONDS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/security.md"

SIZES = """
1.1:2 1.2:10 1.3:12 1.4:3 1.5:3 2.1:3 2.2:3 2.3:5 2.4:2 3.1:1 3.2:3 3.3:5 3.4:8 3.5:8 3.6:1 3.7:5 4.1:5 4.2:5 4.3:2 4.4:4
5.1:1 5.2:6 5.3:3 5.4:3 6.1:3 6.2:12 6.3:8 6.4:6 6.5:8 6.6:4 6.7:2 6.8:4 7.1:3 7.2:4 7.3:2 7.4:5 7.5:3 7.6:2 8.1:4 8.2:4
8.3:3 8.4:2 9.1:3 9.2:4 10.1:2 10.2:3 10.3:5 10.4:16 10.5:5 10.6:2 10.7:3 11.1:4 11.2:5 11.3:5 11.4:4 11.5:2 11.6:2 11.7:2
12.1:5 12.2:2 12.3:5 13.1:4 13.2:6 13.3:4 13.4:7 14.1:2 14.2:8 14.3:3 15.1:5 15.2:5 15.3:7 15.4:4 16.1:1 16.2:5 16.3:4
16.4:3 16.5:4 17.1:2 17.2:8 17.3:2
"""
THIRD = """
1.2.10 1.3.12 1.5.3 2.3.5 2.4.2 3.1.1 3.2.3 3.3.5 3.4.7 3.4.8 3.5.6 3.5.7 3.5.8 3.6.1 3.7.3 3.7.4 3.7.5 4.1.4 4.1.5 4.2.2
4.2.3 4.2.4 4.2.5 5.2.4 5.2.5 5.2.6 5.3.3 6.3.5 6.3.6 6.3.7 6.3.8 6.4.5 6.4.6 6.5.6 6.5.7 6.5.8 6.6.4 6.7.1 6.7.2 7.5.3
8.1.3 8.1.4 8.2.4 8.3.2 8.3.3 8.4.2 10.2.3 10.3.5 10.4.12 10.4.13 10.4.14 10.4.15 10.4.16 11.1.3 11.1.4 11.2.4 11.2.5
11.3.4 11.3.5 11.5.2 11.6.2 11.7.1 11.7.2 12.1.4 12.1.5 12.3.5 13.1.2 13.1.3 13.1.4 13.2.6 13.3.3 13.3.4 13.4.6 13.4.7
14.2.5 14.2.6 14.2.7 14.2.8 15.1.4 15.1.5 15.2.4 15.2.5 15.4.1 15.4.2 15.4.3 15.4.4 16.5.4 17.1.2 17.2.5 17.2.6 17.2.7
17.2.8
"""
"""How many requirements each section of ASVS 5.0.0 has, and which of them are level 3 alone."""
SECTIONS = (
    "What is checked", "Limits", "Files", "Signing in", "Sessions", "Keys", "Connections", "Data", "Packages", "Logs",
)  # fmt: skip


def wanted() -> list[str]:
    sizes = [part.split(":") for part in SIZES.split()]
    every = [f"{section}.{n}" for section, count in sizes for n in range(1, int(count) + 1)]
    third = set(THIRD.split())
    assert len(every) == 345 and third <= set(every)
    return [r for r in every if r not in third]


@cache
def rows() -> list[tuple[list[str], str, str, list[str]]]:
    """(requirements, state, reason, tests) of each row."""
    found = []
    for line in PAGE.read_text("utf-8").splitlines():
        cells = [c.strip() for c in line.strip("|").split("|")]
        if len(cells) == 5 and re.match(r"\d+\.\d+\.\d+", cells[0]):
            found.append((re.split(r",\s*", cells[0]), cells[2], cells[3], re.findall(r"`(tests/[^`]+)`", cells[4])))
    return found


def test_every_requirement_of_two_levels_stands_in_one_row() -> None:
    assert len(wanted()) == 253
    listed = [r for ids, *_ in rows() for r in ids]
    assert sorted(listed) == sorted(wanted())


def test_every_row_is_met_with_a_test_or_says_why_not(capsys: pytest.CaptureFixture[str]) -> None:
    counts = dict.fromkeys(("met", "not here", "open"), 0)
    for ids, state, reason, tests in rows():
        assert state in counts, ids
        counts[state] += len(ids)
        assert bool(tests) == (state == "met"), ids
        assert state == "met" or len(reason) > 4, f"{ids}: no reason"
    assert sum(counts.values()) == 253
    told = f"ASVS 5.0 level 2: {counts['met']} met, {counts['not here']} not here, {counts['open']} open"
    assert f"**{told.partition(': ')[2]}**" in PAGE.read_text("utf-8"), told
    with capsys.disabled():
        sys.stdout.write(f"\n{told}\n")


def test_every_test_that_is_named_is_there() -> None:
    named = {t for *_, tests in rows() for t in tests}
    assert len(named) > 90
    for test in sorted(named):
        path, _, name = test.partition("::")
        assert (ROOT / path).is_file(), test
        assert re.search(rf"^(?:async )?def {re.escape(name)}\(", (ROOT / path).read_text("utf-8"), re.MULTILINE), test


def test_the_documentation_that_is_asked_for_is_here() -> None:
    text = PAGE.read_text("utf-8")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    parts = dict(zip(headings, re.split(r"^## .+$", text, flags=re.MULTILINE)[1:], strict=True))
    for section in SECTIONS:
        assert len(parts[section].split()) > 25, section
    limits = parts["Limits"]
    for figure in (
        f"{BODY_LIMIT // 1024} KiB", f"{WEBHOOK_LIMIT // 2**20} MiB", f"{STAFF_LIMIT // 2**20} MiB",
        f"{BODY_SECONDS:.0f} s", f"{HEADER_SECONDS:.0f} s",
    ):  # fmt: skip
        assert figure in limits, figure
    assert f"{LEAST_PASSWORD} to {MOST_PASSWORD}" in parts["Signing in"]
    assert f"{LONGEST / 3600:.0f} hours" in parts["Sessions"]
    assert len(words()) > 40 and "passwords.yaml" in parts["Signing in"]
    places = [text.index(f"## {s}") for s in SECTIONS]
    assert all(a < b for a, b in pairwise(places))
