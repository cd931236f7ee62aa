"""Opening the live generation, sound or damaged in the eleven ways that were seen."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.errors import ModelChanged
from knowledge.index import Hit, LiveIndex, build_generation, open_live
from knowledge.index.folder import vectors_path
from knowledge.store.generations import GenerationState
from tests.knowledge.index.worlds import DIMENSION, World, articles, directions

QUESTIONS = directions(10)
GARBAGE = b"\xa5\x5a\xff\x00" * 4_096


def opened(world: World, **options: object) -> LiveIndex:
    index = open_live(world.store, world.indexes, world.embedder.fingerprint, DIMENSION, **options)  # type: ignore[arg-type]
    assert index is not None
    return index


def answers(index: LiveIndex) -> list[list[Hit]]:
    return [index.search(q, 5) for q in QUESTIONS]


def truth(world: World) -> list[list[Hit]]:
    index = opened(world, chroma=False)
    found = answers(index)
    index.close()
    return found


def garbage(path: Path) -> None:
    path.write_bytes(GARBAGE[: path.stat().st_size] + path.read_bytes()[len(GARBAGE) :])


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def remove_segment(path: Path) -> None:
    for file in path.parent.iterdir():
        file.unlink()
    path.parent.rmdir()


DAMAGES: dict[str, tuple[str, Callable[[Path], None]]] = {
    "header garbage": ("*/header.bin", garbage),
    "level 0 garbage": ("*/data_level0.bin", garbage),
    "level 0 half": ("*/data_level0.bin", half),
    "metadata half": ("*/index_metadata.pickle", half),
    "segment gone": ("*/header.bin", remove_segment),
    "links half": ("*/link_lists.bin", half),
    "header half": ("*/header.bin", half),
    "length half": ("*/length.bin", half),
    "links garbage": ("*/link_lists.bin", garbage),
    "tables half": ("chroma.sqlite3", half),
    "tables gone": ("chroma.sqlite3", Path.unlink),
}


def damage(world: World, how: str) -> None:
    pattern, act = DAMAGES[how]
    (path,) = (world.folder() / "chroma").glob(pattern)
    act(path)


def test_a_sound_generation_answers_at_once_and_then_through_chroma(built: World) -> None:
    wanted = truth(built)
    index = opened(built, look_every=0.0)
    assert not index.uses_chroma
    assert answers(index) == wanted
    assert index.settled(60) and index.uses_chroma and index.trouble == ""
    # Looked at before every question: Chroma itself changes none of its files.
    assert answers(index) == wanted
    assert index.uses_chroma
    assert index.count() == 1_200
    index.close()


def test_a_small_generation_is_sound_at_every_start(empty: World) -> None:
    """Opening a collection of a few hundred makes its graph anew, whose files then hold other rubbish: that is no damage."""
    empty.publish(articles(40))
    assert empty.build()
    for _ in range(2):
        index = opened(empty, repair=False)
        assert index.settled(60) and index.uses_chroma and index.trouble == ""
        index.close()
        for path in (empty.folder() / "chroma").glob("*/*.bin"):
            path.write_bytes(GARBAGE[: path.stat().st_size] + path.read_bytes()[len(GARBAGE) :])


@pytest.mark.parametrize("how", DAMAGES)
def test_a_folder_damaged_before_the_start_is_found_out_and_answers_go_on(built: World, how: str) -> None:
    wanted = truth(built)
    damage(built, how)
    index = opened(built, repair=False)
    assert answers(index) == wanted
    assert index.settled(60)
    assert not index.uses_chroma and index.trouble
    assert answers(index) == wanted
    live = built.store.live_generation()
    assert live is not None and live.state is GenerationState.BROKEN and live.message
    index.close()


@pytest.mark.parametrize("how", DAMAGES)
def test_a_folder_damaged_while_running_is_left_and_answers_go_on(built: World, how: str) -> None:
    wanted = truth(built)
    index = opened(built, repair=False, look_every=0.5)
    assert index.settled(60) and index.uses_chroma
    damage(built, how)
    assert answers(index) == wanted  # most of them before the next look at the files
    time.sleep(0.5)
    assert answers(index) == wanted
    assert index.settled(60)
    assert not index.uses_chroma and index.trouble
    index.close()


def test_a_damaged_folder_is_made_again_in_the_background(built: World) -> None:
    wanted, state = truth(built), built.store.state()
    damage(built, "segment gone")
    index = opened(built)
    assert index.settled(120)
    assert index.uses_chroma and index.trouble == ""
    assert answers(index) == wanted
    assert built.folder().name == "g000001r1"
    live = built.store.live_generation()
    assert live is not None and live.state is GenerationState.LIVE
    assert built.store.state() == state, "the pointer has not moved, no other machine is disturbed"
    index.close()


@pytest.mark.parametrize("gone", ["folder", "vectors"])
def test_what_is_missing_on_this_machine_comes_from_sql_and_is_made_here(built: World, gone: str) -> None:
    wanted = truth(built)
    if gone == "vectors":
        half(vectors_path(built.folder()))
    else:
        built.folder().rename(built.root / "elsewhere")
    index = opened(built)
    assert answers(index) == wanted
    assert index.settled(120) and index.uses_chroma
    assert answers(index) == wanted
    index.close()


HOLD = """
import sys
from pathlib import Path
from tests.knowledge.index.worlds import DIMENSION, open_world
from knowledge.index import open_live
world = open_world(Path(sys.argv[1]))
index = open_live(world.store, world.indexes, world.embedder.fingerprint, DIMENSION)
index.settled(60)
print(index.uses_chroma, flush=True)
sys.stdin.read()
"""


def test_only_one_process_opens_chroma_and_both_answer(built: World) -> None:
    wanted = truth(built)
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(built.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert other.stdout is not None
    assert other.stdout.readline() == b"True\n"
    index = opened(built)
    assert index.settled(60)
    assert not index.uses_chroma and "Tiến trình khác" in index.trouble
    assert answers(index) == wanted
    index.close()
    other.kill()  # the lock is given back even so
    other.wait()
    index = opened(built)
    assert index.settled(60) and index.uses_chroma
    index.close()


def test_a_process_that_closed_lets_the_next_one_in(built: World) -> None:
    for _ in range(2):
        index = opened(built)
        assert index.settled(60) and index.uses_chroma
        index.close()
    assert built.folder().name == "g000001", "nothing was damaged, so nothing was made again"


def test_an_old_index_answers_on_while_the_next_generation_goes_live(built: World) -> None:
    wanted = truth(built)
    index = opened(built, look_every=0.0)
    assert index.settled(60) and index.uses_chroma
    built.publish(articles(1_250))
    assert built.build()
    assert answers(index) == wanted and index.uses_chroma
    new = opened(built, chroma=False)
    assert new.count() == 1_250
    new.close()
    index.close()


def test_vectors_of_another_model_are_refused_with_what_to_do(built: World) -> None:
    for fingerprint, dimension in (("mô hình khác", DIMENSION), (built.embedder.fingerprint, DIMENSION * 2)):
        with pytest.raises(ModelChanged) as caught:
            open_live(built.store, built.indexes, fingerprint, dimension)
        assert "tuvan ingest" in caught.value.remedy


def test_vectors_that_no_generation_holds_yet_can_be_searched(empty: World) -> None:
    empty.publish(articles(30))
    index = opened(empty)
    assert index.settled(1)
    assert len(answers(index)[0]) == 5
    with pytest.raises(ModelChanged):
        open_live(empty.store, empty.indexes, "mô hình khác", DIMENSION)


def test_a_changed_model_takes_over_after_ingesting_again(built: World) -> None:
    assert build_generation(built.store, built.indexes, "mới", 8) is not None  # no vector yet: an empty generation
    with pytest.raises(ModelChanged):
        opened(built)
