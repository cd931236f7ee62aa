"""Bringing documents in, step by step: published, searchable by keyword, embedded, indexed."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.progress import Progress

from bot.bootstrap import System
from ingest.pipeline import IngestReport, ingest
from knowledge.index import build_generation, embed_missing
from knowledge.starter import documents_folder

STARTER = "starter:"


def bring_in(
    system: System,
    paths: Sequence[Path],
    bars: Progress | None,
    *,
    restore: bool = False,
    supersede: bool = False,
    prune: bool = False,
    embed: bool = True,
) -> IngestReport:
    """Publishes `paths` and makes them searchable; keyword search serves them before embedding begins.

    With no paths it brings the indexes up to date with the store.
    """
    bars = bars or Progress(disable=True)
    reading = bars.add_task("Đọc tệp", total=None)
    with _only_new_garbage():
        report = ingest(
            paths,
            system.store,
            progress=lambda done, total, name: bars.update(reading, completed=done, total=total),
            name_of=known_as,
            restore=restore,
            supersede=supersede,
            prune=prune,
        )
        system.search.refresh()  # writes the keyword index of this version, which a running server picks up
    if embed:
        embedding = bars.add_task("Nhúng vector", total=None)
        embed_missing(
            system.store, system.embedder, lambda done, total: bars.update(embedding, completed=done, total=total)
        )
        build_generation(
            system.store, system.settings.indexes_folder, system.embedder.fingerprint, system.embedder.dimension
        )
    return report


@contextmanager
def _only_new_garbage() -> Iterator[None]:
    """Lets the collector look through what is made inside only: a file makes so many small objects that it would go through
    all that the program holds besides, a third of the time of a first file.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def known_as(path: Path) -> str:
    """The name by which a file is known from run to run: its path; for the handbook that comes along, whatever folder
    the program is installed in, its name alone.
    """
    folder = documents_folder()
    return STARTER + path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)


def bring_in_starter(system: System, bars: Progress | None = None) -> IngestReport:
    """Loads the handbook that comes along."""
    return bring_in(system, [documents_folder()], bars)
