"""Making generations: exported from SQL, built and probed in child processes, then the pointer is moved.

A kill at any moment leaves the pointer on the old generation, whose folder nobody has touched; what was half made is
removed by the next build.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from knowledge.errors import IndexBroken, KnowledgeError
from knowledge.index.children import run_child
from knowledge.index.folder import (
    Manifest,
    check_exact_files,
    folders_of,
    hash_graph,
    hash_ids,
    next_name,
    read_manifest,
    remove_others,
    sync_tree,
    working_name,
    write_exact_files,
    write_manifest,
)
from knowledge.index.locks import building
from knowledge.store import KnowledgeStore
from knowledge.store.generations import Generation, GenerationState

log = logging.getLogger("knowledge.index")

Report = Callable[[int, int], None]
_TRIES = 2
_WAIT_SECONDS = 900.0


def build_generation(
    store: KnowledgeStore,
    indexes_folder: Path,
    fingerprint: str,
    dimension: int,
    report: Report | None = None,
    *,
    wait: float = _WAIT_SECONDS,
) -> Generation | None:
    """Makes a new generation of all live passages that have a vector, and moves the pointer to it.

    None when the live one is already so. `report(done, total)` counts vectors twice: added, then found again. When
    Chroma cannot be made, the generation holds the exact vectors alone and its `message` says why. At most two
    generations stay on disk. Raises `ModelChanged` when a stored vector has another dimension, `IndexBusy` when
    another process builds for more than `wait` seconds, `KnowledgeError` when the folder cannot be written.
    """
    with building(indexes_folder, wait):
        live = store.live_generation()
        _tidy(store, indexes_folder, live)
        passages, ids_hash = hash_ids(store.vector_ids(fingerprint))
        if live is None and not passages:
            return None
        if live is not None and (live.fingerprint, live.dimension, live.passages, live.ids_hash) == (
            fingerprint, dimension, passages, ids_hash,
        ):  # fmt: skip
            if live.state is GenerationState.LIVE and is_sound(indexes_folder, live):
                return None
            folder, message = make_folder(store, indexes_folder, live, report)
            store.mend_generation(live.id, message)
            return store.generation(live.id)
        generation = store.new_generation(fingerprint, dimension)
        try:
            folder, message = make_folder(store, indexes_folder, generation, report)
        except Exception as error:
            store.break_generation(generation.id, str(error))
            raise
        manifest = read_manifest(folder)
        store.fill_generation(generation.id, passages=manifest.passages, ids_hash=manifest.ids_hash)
        store.make_live(generation.id, message)
        # A process that has not yet seen the pointer move still reads the one before.
        remove_others(indexes_folder, {generation.folder, live.folder if live else ""})
        store.forget_unused_vectors()
        return store.generation(generation.id)


def rebuild_live(
    store: KnowledgeStore, indexes_folder: Path, generation: Generation, damaged: Path | None = None
) -> Path | None:
    """A sound folder of the live generation on this machine, made from SQL unless another process has just done so.

    `damaged` is the folder that is not to be used any more. None when the pointer has moved on meanwhile. Raises as
    `build_generation`.
    """
    with building(indexes_folder, _WAIT_SECONDS):
        live = store.live_generation()
        if live is None or live.id != generation.id:
            return None
        newest = next(iter(folders_of(indexes_folder, live.folder)), None)
        if newest is not None and newest != damaged and is_sound(indexes_folder, live):
            return newest
        folder, message = make_folder(store, indexes_folder, live, None)
        remove_others(indexes_folder, {live.folder})
        store.mend_generation(live.id, message)
        return folder


def make_folder(
    store: KnowledgeStore, indexes_folder: Path, generation: Generation, report: Report | None
) -> tuple[Path, str]:
    """A finished folder for `generation` under a name never used, and why it has no Chroma part ("" when it has).

    The caller holds the right to build.
    """
    final = indexes_folder / next_name(indexes_folder, generation.folder)
    for attempt in range(1, _TRIES + 1):
        work = indexes_folder / working_name(final.name)
        try:
            manifest = _export(store, work, generation)
            why = _add_chroma(work, manifest, report) if manifest.passages else ""
            if why and attempt < _TRIES:
                log.warning("Chroma of %s could not be made, trying again: %s", final.name, why)
                remove_unfinished(work)
                continue
            if manifest.passages and not why:
                manifest = replace(manifest, graph_hash=hash_graph(work, manifest.passages))
            write_manifest(work, manifest)
            sync_tree(work)
            work.replace(final)
            sync_tree(final)
        except OSError as error:
            remove_unfinished(work)
            raise KnowledgeError(
                f"Không ghi được chỉ mục vào {indexes_folder.name}: {error.strerror or error}.",
                "Kiểm tra dung lượng đĩa và quyền ghi; tra cứu vẫn dùng chỉ mục cũ.",
            ) from error
        break
    if why:
        log.error("Chroma of %s could not be made, vectors are searched one by one: %s", final.name, why)
    return final, why


def is_sound(indexes_folder: Path, generation: Generation) -> bool:
    """True when the newest folder of `generation` is complete: exact files byte for byte, and a Chroma part."""
    for folder in folders_of(indexes_folder, generation.folder)[:1]:
        try:
            manifest = read_manifest(folder)
            check_exact_files(folder, manifest)
        except IndexBroken:
            return False
        return bool(manifest.graph_hash) or not manifest.passages
    return False


def remove_unfinished(work: Path) -> None:
    """Deletes a folder being made."""
    shutil.rmtree(work, ignore_errors=True)


def _export(store: KnowledgeStore, work: Path, generation: Generation) -> Manifest:
    batches = store.vector_batches(generation.fingerprint, generation.dimension)
    manifest = write_exact_files(work, generation.fingerprint, generation.dimension, batches)
    write_manifest(work, manifest)  # the children read it; the work folder's name says that it is not finished
    return manifest


def _add_chroma(work: Path, manifest: Manifest, report: Report | None) -> str:
    """Builds and probes the Chroma part; returns why it is of no use, "" when it is good."""
    total = manifest.passages
    seconds = 120 + total / 50  # six times what 100,000 took here
    tell = report or (lambda done, total: None)
    try:
        run_child("knowledge.index.builder", [str(work)], seconds=seconds, report=lambda done: tell(done, 2 * total))
        run_child(
            "knowledge.index.probe", [str(work)], seconds=seconds, report=lambda done: tell(total + done, 2 * total)
        )
    except IndexBroken as error:
        return str(error)
    return ""


def _tidy(store: KnowledgeStore, indexes_folder: Path, live: Generation | None) -> None:
    """Removes what killed builds left and all generations but the live one."""
    unfinished = set(remove_others(indexes_folder, {live.folder} if live else set()))
    for generation in store.generations():
        if generation.folder in unfinished and generation.state is GenerationState.BUILDING:
            store.break_generation(generation.id, "Lần lập chỉ mục này bị dừng giữa chừng.")
