"""One built generation for all tests of a worker; each test gets a copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.knowledge.index.worlds import World, articles, open_world

PASSAGES = 1_200  # from 1,000 on Chroma flushes its graph, so that every file of it is there


@pytest.fixture(scope="session")
def _built(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = open_world(tmp_path_factory.mktemp("built"))
    world.publish(articles(PASSAGES))
    assert world.build()
    world.store.engine.dispose()
    return world


@pytest.fixture
def built(_built: World, tmp_path: Path) -> World:
    """1,200 passages with a sound live generation."""
    return _built.copy_to(tmp_path / "world")


@pytest.fixture
def empty(tmp_path: Path) -> World:
    """Tables without rows."""
    return open_world(tmp_path / "world")
