"""Generations of the vector index: what was built from the vectors, where, and which one answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, Select, select, update

from knowledge.store.database import reading, writing
from knowledge.store.tables import generations, knowledge_state


class GenerationState(StrEnum):
    """Life of a generation: building → ready → live → retired; broken from anywhere."""

    BUILDING = "building"
    READY = "ready"
    LIVE = "live"
    RETIRED = "retired"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Generation:
    """One index generation. `folder` is a name inside the folder of indexes."""

    id: int
    fingerprint: str
    dimension: int
    folder: str
    passages: int
    ids_hash: str
    state: GenerationState
    created_at: datetime
    message: str


class Generations:
    """The generation rows of `KnowledgeStore`."""

    engine: Engine

    def new_generation(self, fingerprint: str, dimension: int) -> Generation:
        """A row in state building, with a folder name that was never used before."""
        with writing(self.engine) as connection:
            values = {"fingerprint": fingerprint, "dimension": dimension, "folder": "", "passages": 0, "ids_hash": ""}
            insert = generations.insert().values(
                **values, state=GenerationState.BUILDING.value, created_at=datetime.now(UTC), message=""
            )
            generation_id: int = connection.execute(insert.returning(generations.c.id)).scalar_one()
            connection.execute(
                update(generations).where(generations.c.id == generation_id).values(folder=f"g{generation_id:06d}")
            )
        found = self.generation(generation_id)
        assert found is not None
        return found

    def generation(self, generation_id: int) -> Generation | None:
        """The generation with this id, None when there is none."""
        return self._one(select(generations).where(generations.c.id == generation_id))

    def live_generation(self) -> Generation | None:
        """The generation the pointer names, None before the first one is ready."""
        return self._one(
            select(generations).join(knowledge_state, knowledge_state.c.live_generation_id == generations.c.id)
        )

    def generations(self) -> list[Generation]:
        """All generations, oldest first."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(generations).order_by(generations.c.id)).mappings()
            return [_generation(row) for row in rows]

    def fill_generation(self, generation_id: int, *, passages: int, ids_hash: str) -> None:
        """Note that the folder is built and verified: building → ready."""
        self._update(generation_id, state=GenerationState.READY.value, passages=passages, ids_hash=ids_hash)

    def break_generation(self, generation_id: int, message: str) -> None:
        """Note that the folder cannot be used, and why. The pointer stays: what it names is made again from SQL."""
        self._update(generation_id, state=GenerationState.BROKEN.value, message=message[:500])

    def mend_generation(self, generation_id: int, message: str = "") -> None:
        """Note that a folder of the live generation was made again; nothing when the pointer has moved on."""
        live = select(knowledge_state.c.live_generation_id).scalar_subquery()
        with writing(self.engine) as connection:
            connection.execute(
                update(generations)
                .where(generations.c.id == generation_id, generations.c.id == live)
                .values(state=GenerationState.LIVE.value, message=message[:500])
            )

    def make_live(self, generation_id: int, message: str = "") -> None:
        """Move the pointer to `generation_id`; the one before is retired. One transaction."""
        with writing(self.engine) as connection:
            connection.execute(
                update(generations)
                .where(generations.c.state == GenerationState.LIVE.value, generations.c.id != generation_id)
                .values(state=GenerationState.RETIRED.value)
            )
            connection.execute(
                update(generations)
                .where(generations.c.id == generation_id)
                .values(state=GenerationState.LIVE.value, message=message[:500])
            )
            connection.execute(update(knowledge_state).values(live_generation_id=generation_id))

    def _update(self, generation_id: int, **values: Any) -> None:
        with writing(self.engine) as connection:
            connection.execute(update(generations).where(generations.c.id == generation_id).values(**values))

    def _one(self, query: Select[Any]) -> Generation | None:
        with reading(self.engine) as connection:
            row = connection.execute(query.with_only_columns(*generations.c)).mappings().first()
        return _generation(row) if row is not None else None


def _generation(row: Any) -> Generation:
    created_at = row["created_at"]
    return Generation(
        **{k: row[k] for k in ("id", "fingerprint", "dimension", "folder", "passages", "ids_hash", "message")},
        state=GenerationState(row["state"]),
        created_at=created_at if created_at.tzinfo else created_at.replace(tzinfo=UTC),
    )
