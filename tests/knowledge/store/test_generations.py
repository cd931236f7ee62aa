"""The pointer to the generation that answers."""

from __future__ import annotations

from knowledge.store import KnowledgeStore
from knowledge.store.generations import GenerationState


def states(store: KnowledgeStore) -> list[GenerationState]:
    return [g.state for g in store.generations()]


def test_the_pointer_moves_and_the_one_before_retires(store: KnowledgeStore) -> None:
    assert store.live_generation() is None
    first, second = store.new_generation("m", 4), store.new_generation("m", 4)
    assert store.live_generation() is None
    for generation in (first, second):
        store.fill_generation(generation.id, passages=3, ids_hash="a" * 64)
        store.make_live(generation.id)
    live = store.live_generation()
    assert live is not None and (live.id, live.passages) == (second.id, 3)
    assert store.state().live_generation == second.id
    assert states(store) == [GenerationState.RETIRED, GenerationState.LIVE]


def test_folder_names_never_come_back(store: KnowledgeStore) -> None:
    names = [store.new_generation("m", 4).folder for _ in range(3)]
    assert len(set(names)) == 3


def test_a_broken_generation_keeps_the_pointer_and_can_be_mended(store: KnowledgeStore) -> None:
    generation = store.new_generation("m", 4)
    store.make_live(generation.id)
    store.break_generation(generation.id, "hỏng" * 1_000)
    live = store.live_generation()
    assert live is not None and live.state is GenerationState.BROKEN
    assert 0 < len(live.message) <= 500
    store.mend_generation(generation.id)
    live = store.live_generation()
    assert live is not None and (live.state, live.message) == (GenerationState.LIVE, "")


def test_mending_does_not_bring_back_a_generation_that_was_replaced(store: KnowledgeStore) -> None:
    old, new = store.new_generation("m", 4), store.new_generation("m", 4)
    store.make_live(old.id)
    store.make_live(new.id)
    store.mend_generation(old.id)
    assert states(store) == [GenerationState.RETIRED, GenerationState.LIVE]
