"""What commands print: results to standard output, everything else to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

console = Console(highlight=False, soft_wrap=True)
messages = Console(stderr=True, highlight=False, soft_wrap=True)


def complain(message: str, remedy: str = "") -> None:
    """One line why it failed, and what to do."""
    messages.print(f"Lỗi: {message}" + (f" {remedy}" if remedy else ""), markup=False, style="red")


def note(message: str) -> None:
    """A line about what is going on."""
    messages.print(message, markup=False, style="dim")


def print_json(value: Any) -> None:
    """`value` as JSON for programs."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


@contextmanager
def progress_bars() -> Iterator[Progress]:
    """Bars on standard error while a terminal watches, silence otherwise."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=messages, disable=not messages.is_terminal, transient=True) as progress:
        yield progress


def parse_day(text: str | None) -> date | None:
    """A day given as 2026-11-22 or 22/11/2026. Raises typer.BadParameter (exit 2) for anything else."""
    if not text:
        return None
    parts = text.split("/")
    try:
        return date(int(parts[2]), int(parts[1]), int(parts[0])) if len(parts) == 3 else date.fromisoformat(text)
    except (ValueError, IndexError):
        raise typer.BadParameter(f"{text!r} không phải ngày; viết 2026-11-22 hoặc 22/11/2026.") from None
