"""The turn that makes a lead breaks at any statement: after the next try there is one lead, one consent, one answer."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select, update

from bot.delivery.tables import conversations, inbox, outbox
from bot.outreach.tables import consents, leads
from knowledge.store import writing
from tests.bench.kill_leads import house, steps
from tests.bot.delivery.plain import PlainChannel
from tests.bot.delivery.test_faults import Broken, breaking
from tests.bot.delivery.test_workers import deliver

MOST = 80  # statements that a turn may take


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_lead_its_consent_and_its_answer_are_stored_together_or_not_at_all(engine: Engine, moment: str) -> None:
    channel = PlainChannel()
    made = house(engine, channel)
    made.acceptor.start()

    def step() -> bool:
        return made._workers.step("w")

    broken = 0
    for at in range(1, MOST):
        *before, last = steps(at)
        for one in before:
            deliver(made, channel, one)
            assert step()
        deliver(made, channel, last)
        with breaking(engine, at, moment) as seen:
            try:
                step()
            except Broken:
                broken += 1
        with engine.connect() as connection:
            found = connection.execute(select(leads.c.id).where(leads.c.person == f"p{at}")).all()
            done = connection.execute(select(inbox.c.state).where(inbox.c.event_id == f"{at}-6")).scalar_one()
            said = connection.execute(
                select(outbox.c.id).join_from(outbox, inbox).where(inbox.c.event_id == f"{at}-6")
            ).all()
        assert (len(found), done, len(said) > 0) in ((0, "new", False), (1, "done", True)), f"half done at {at}"
        with writing(engine) as connection:  # as if the wait before the next try were over
            connection.execute(
                update(conversations)
                .where(conversations.c.inbox_due.is_not(None))
                .values(inbox_due=0.0, worker="", worker_until=0.0)
            )
        while step():
            pass
        with engine.connect() as connection:
            for table in (leads, consents):
                assert len(connection.execute(select(table.c.id).where(table.c.person == f"p{at}")).all()) == 1
        if len(seen) < at:
            break
    else:
        pytest.fail("the turn takes more statements than the test tries")
    made.acceptor.stop()
    assert at > 12
