"""Conversations that came by a code before visits were kept are counted from the day of the update."""

from __future__ import annotations

from alembic import command
from sqlalchemy import Engine, insert, select

from bot.delivery.tables import conversations
from bot.outreach.campaign_tables import campaign_visits
from bot.storage.migrate import _config, migrate
from knowledge.store import reading, writing
from tests.bot.storage.test_migrate import engine

__all__ = ["engine"]


def test_the_code_in_a_conversation_becomes_a_visit(engine: Engine) -> None:
    config = _config()
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        for number, state in enumerate(({"campaign": "PN-BaTo"}, {}, {"campaign": ""}, {"campaign": 7})):
            connection.execute(
                insert(conversations).values(
                    channel="telegram", key=f"k{number}", person="p", name="", state=state, created_at=5.0, heard_at=9.0,
                    reachable=True, staff_until=0.0, notified_until=0.0, worker="", worker_until=0.0,
                )
            )  # fmt: skip
    migrate(engine)
    with reading(engine) as connection:
        assert [tuple(row) for row in connection.execute(select(campaign_visits))] == [("pn-bato", 1, 5.0)]
