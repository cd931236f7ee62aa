"""Generations: built aside, proved, swapped; two on disk at most; a kill leaves the old one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil
import pytest

from knowledge.errors import IndexBroken, KnowledgeError, ModelChanged
from knowledge.index import IndexBusy, build_generation, open_live
from knowledge.index.children import PROBE, _environment, run_child
from knowledge.index.chroma import build_chroma
from knowledge.index.folder import ids_of, matrix_of, read_manifest, write_exact_files, write_manifest
from knowledge.index.live import SAMPLES
from knowledge.index.locks import FileLock
from knowledge.store.generations import GenerationState
from tests.knowledge.index.worlds import DIMENSION, World, articles, directions
from tests.soak.losses import found_out, lose
from tests.soak.rebuilds import runaway

HERE = Path(__file__).parents[3]


def nearest(world: World, count: int = 20) -> list[list[str]]:
    """Answers from whatever is live now, through brute force."""
    index = open_live(world.store, world.indexes, world.embedder.fingerprint, DIMENSION, chroma=False)
    assert index is not None
    found = [[hit.passage_id for hit in index.search(q, 5)] for q in directions(count)]
    index.close()
    return found


def test_a_generation_holds_every_vector_of_sql(built: World) -> None:
    live = built.store.live_generation()
    assert live is not None
    manifest = read_manifest(built.folder())
    ids, matrix = built.vectors()
    assert (live.state, live.passages, live.message) == (GenerationState.LIVE, len(ids), "")
    assert ids_of(built.folder()) == ids
    assert np.array_equal(matrix_of(built.folder(), manifest), matrix)
    assert manifest.graph_hash


def test_nothing_changed_means_nothing_built(built: World) -> None:
    before = [(p, p.stat().st_mtime_ns) for p in sorted(built.indexes.rglob("*")) if p.is_file()]
    state = built.store.state()
    assert not built.build()
    assert built.store.state() == state
    assert [(p, p.stat().st_mtime_ns) for p in sorted(built.indexes.rglob("*")) if p.is_file()] == before


def test_progress_ends_at_its_total(empty: World) -> None:
    empty.publish(articles(40))
    seen: list[tuple[int, int]] = []
    made = build_generation(
        empty.store,
        empty.indexes,
        empty.embedder.fingerprint,
        DIMENSION,
        lambda done, total: seen.append((done, total)),
    )
    assert made is not None
    assert seen == sorted(seen)
    assert seen[-1] == (80, 80)


def test_many_rebuilds_leave_two_generations_on_disk(empty: World) -> None:
    for i in range(3):
        empty.publish(articles(20 + i))
        assert empty.build()
        assert len(empty.folders()) <= 2
    live = empty.store.live_generation()
    assert live is not None and live.passages == 22
    assert [g.state for g in empty.store.generations()] == [GenerationState.RETIRED] * 2 + [GenerationState.LIVE]
    assert sum(g.name.startswith(live.folder) for g in empty.folders()) == 1


def test_without_vectors_there_is_nothing_to_build(empty: World) -> None:
    assert not empty.build()
    assert open_live(empty.store, empty.indexes, "thử", DIMENSION) is None


def test_a_withdrawn_document_is_not_in_the_next_generation(empty: World) -> None:
    empty.publish(articles(5), number="7/2030/NĐ-CP")
    empty.publish(articles(5, start=100), number="8/2030/NĐ-CP")
    empty.build()
    gone = {p.id for p in empty.store.live_passages() if p.number == "7/2030/NĐ-CP"}
    assert gone & {i for answer in nearest(empty) for i in answer}
    empty.store.withdraw("7/2030/NĐ-CP")
    empty.build()
    left = {i for answer in nearest(empty) for i in answer}
    assert left and not gone & left
    empty.store.withdraw("8/2030/NĐ-CP")
    assert empty.build()
    assert nearest(empty) == [[]] * 20


def test_another_dimension_is_refused_before_anything_is_built(built: World) -> None:
    before = nearest(built)
    with pytest.raises(ModelChanged):
        build_generation(built.store, built.indexes, built.embedder.fingerprint, DIMENSION + 1)
    assert nearest(built) == before
    assert [g.state for g in built.store.generations()] == [GenerationState.LIVE, GenerationState.BROKEN]


def test_a_second_builder_is_told_to_wait(built: World) -> None:
    lock = FileLock(built.indexes / "build.lock")
    assert lock.take()
    with pytest.raises(IndexBusy) as caught:
        build_generation(built.store, built.indexes, built.embedder.fingerprint, DIMENSION, wait=0.2)
    assert caught.value.remedy
    lock.release()
    assert not built.build()


def test_a_folder_that_cannot_be_written_leaves_the_old_generation(built: World) -> None:
    built.publish(articles(1_201))
    before = nearest(built)
    next_id = max(g.id for g in built.store.generations()) + 1
    (built.indexes / f"g{next_id:06d}.building").write_text("a file in the way")
    with pytest.raises(KnowledgeError, match="Không ghi được chỉ mục") as caught:
        built.build()
    assert "đĩa" in caught.value.remedy
    assert nearest(built) == before


def test_a_builder_child_that_is_killed_is_tried_again(empty: World) -> None:
    empty.publish(articles(50))
    killed = _kill_children(times=1)
    assert empty.build()
    assert killed.wait(1)
    live = empty.store.live_generation()
    assert live is not None and live.message == ""
    assert read_manifest(empty.folder()).graph_hash


def test_without_chroma_the_exact_vectors_still_go_live(empty: World) -> None:
    empty.publish(articles(50))
    killed = _kill_children(times=2)
    assert empty.build()
    assert killed.wait(1)
    live = empty.store.live_generation()
    assert live is not None and "-9" in live.message
    assert read_manifest(empty.folder()).graph_hash == ""
    assert len(nearest(empty)[0]) == 5
    # The next run mends what is missing, and only that.
    assert empty.build()
    mended = empty.store.live_generation()
    assert mended is not None and (mended.id, mended.message) == (live.id, "")
    assert not empty.build()


def _kill_children(times: int) -> threading.Event:
    """Kills the next `times` builder children of this process with signal 9, each as soon as it is seen."""
    done, known = threading.Event(), set[int]()

    def hunt() -> None:
        end = time.monotonic() + 30
        while len(known) < times and time.monotonic() < end:
            for child in psutil.Process().children():
                try:
                    if child.pid not in known and "knowledge.index.builder" in child.cmdline():
                        child.kill()
                        known.add(child.pid)
                except psutil.Error:
                    continue
            time.sleep(0.01)
        if len(known) == times:
            done.set()

    threading.Thread(target=hunt, daemon=True).start()
    return done


BUILD = """
import sys
from pathlib import Path
from tests.knowledge.index.worlds import open_world
world = open_world(Path(sys.argv[1]))
world.build()
"""


@pytest.mark.parametrize("stage", ["exporting", "knowledge.index.builder", "knowledge.index.probe"])
def test_a_killed_build_leaves_the_old_generation_and_the_next_one_completes(built: World, stage: str) -> None:
    before, old = nearest(built), built.store.live_generation()
    built.publish(articles(1_300))
    process = subprocess.Popen(
        [sys.executable, "-c", BUILD, str(built.root)], env=os.environ | {"PYTHONPATH": str(HERE)}
    )
    children = _wait_for(stage, process, built)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "the build ended before it could be killed"
    assert built.store.live_generation() == old
    assert nearest(built) == before
    assert not psutil.wait_procs(children, timeout=20)[1], "a child outlived its parent"
    assert built.build()
    live = built.store.live_generation()
    assert live is not None and (live.state, live.passages) == (GenerationState.LIVE, 1_300)
    assert len(built.folders()) <= 2
    assert not [p for p in built.folders() if p.name.endswith(".building")]
    assert nearest(built) != before


def _wait_for(stage: str, process: subprocess.Popen[bytes], world: World) -> list[psutil.Process]:
    """Returns the children of `process` once it is at `stage`."""
    end = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < end:
        children = psutil.Process(process.pid).children()
        for child in children:
            with suppress(psutil.Error):
                if stage in child.cmdline():
                    return children
        if stage == "exporting" and any(p.name.endswith(".building") for p in world.folders()):
            return children
        time.sleep(0.005)
    raise AssertionError(f"never came to {stage}")


@pytest.mark.parametrize("samples", [None, SAMPLES], ids=["build", "start"])
@pytest.mark.parametrize("kind", ["missing", "strangers", "swapped", "graph gone"])
def test_vectors_lost_without_an_error_are_noticed(built: World, kind: str, samples: int | None) -> None:
    """One in a hundred of them, with the count right, or all (`tests.soak.losses` also lets two processes write one folder)."""
    folder = lose(built, kind, seed=2)
    assert folder is not None
    assert found_out(folder, samples)


def test_a_whole_folder_passes_both_probes(built: World) -> None:
    assert not found_out(built.folder(), None) and not found_out(built.folder(), SAMPLES)


def test_equal_vectors_may_stand_in_for_each_other(empty: World) -> None:
    empty.publish(articles(30))
    _, matrix = empty.vectors()
    ids = [f"{i:032x}" for i in range(200)]
    folder = empty.root / "g000009"
    same = np.repeat(matrix[:4], 50, axis=0)
    write_manifest(folder, write_exact_files(folder, "thử", DIMENSION, [(ids, same)]))
    build_chroma(folder / "chroma", ids, same)
    run_child(PROBE, [str(folder)], seconds=60)


def test_a_runaway_child_stops_at_its_file_size_limit(tmp_path: Path) -> None:
    assert runaway(tmp_path) == "stopped"


def test_a_child_that_hangs_is_ended(tmp_path: Path) -> None:
    begin = time.monotonic()
    with pytest.raises(IndexBroken, match="không xong"):
        run_child("timeit", ["-n", "1", "-r", "1", "-s", "import time", "time.sleep(60)"], seconds=0.5)
    assert time.monotonic() - begin < 30


def test_children_get_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:secret")
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:secret@h/d")
    assert "secret" not in str(_environment())
