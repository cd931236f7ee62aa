"""The desk keeps the queue fair: few at once, one a session, nobody waits for ever."""

from __future__ import annotations

import asyncio

import pytest

from bot.messages import CANNOT_REACH_SOURCES, ChatReply
from bot.web.desk import Desk
from bot.web.refusals import Refused
from tests.bot.web.answerers import Held, Scripted


async def until(held: Held, begun: int) -> None:
    for _ in range(begun):
        assert await asyncio.to_thread(held.begun.acquire, timeout=30)


def test_only_as_many_questions_are_answered_at_once_as_there_are_workers() -> None:
    held = Held()

    async def scene() -> list[ChatReply]:
        desk = Desk(held, workers=2, timeout=30)
        asks = [asyncio.create_task(desk.ask(str(i), session=f"session-{i}")) for i in range(6)]
        await until(held, 2)
        held.let_go.set()
        return await asyncio.gather(*asks)

    replies = asyncio.run(scene())
    assert held.most_inside == 2
    assert [r.replies[0].text for r in replies] == [f"đã trả lời {i}" for i in range(6)]


def test_a_full_queue_turns_away_politely_instead_of_growing() -> None:
    held = Held()

    async def scene() -> list[ChatReply]:
        desk = Desk(held, workers=1, waiting=2, timeout=30)
        asks = [asyncio.create_task(desk.ask(str(i), session=f"session-{i}")) for i in range(5)]
        await until(held, 1)
        held.let_go.set()
        return await asyncio.gather(*asks)

    replies = asyncio.run(scene())
    assert [r.reason for r in replies] == ["", "", "", CANNOT_REACH_SOURCES, CANNOT_REACH_SOURCES]
    assert "nhiều người hỏi" in replies[-1].replies[0].text


def test_a_session_has_one_open_question_and_may_ask_again_afterwards() -> None:
    held = Held()

    async def scene() -> None:
        desk = Desk(held, timeout=30)
        first = asyncio.create_task(desk.ask("một", session="session-1"))
        await until(held, 1)
        with pytest.raises(Refused) as refused:
            await desk.ask("hai", session="session-1")
        assert (refused.value.status, refused.value.key) == (429, "one_at_a_time")
        other = asyncio.create_task(desk.ask("ba", session="session-2"))
        await until(held, 1)
        held.let_go.set()
        await asyncio.gather(first, other)
        assert (await desk.ask("bốn", session="session-1")).replies[0].text == "đã trả lời bốn"

    asyncio.run(scene())


def test_a_question_given_up_keeps_its_session_until_its_thread_ends() -> None:
    """Else calls of one session could overlap in the dialogue."""
    held = Held()

    async def scene() -> None:
        desk = Desk(held, timeout=0.5)
        given_up = await desk.ask("một", session="session-1")
        assert given_up.reason == CANNOT_REACH_SOURCES
        with pytest.raises(Refused):
            await desk.ask("hai", session="session-1")
        held.let_go.set()
        for _ in range(200):
            await asyncio.sleep(0.02)
            try:
                assert (await desk.ask("ba", session="session-1")).replies[0].text == "đã trả lời ba"
            except Refused:
                continue
            return
        pytest.fail("the session was never free again")

    asyncio.run(scene())


def test_a_citizen_who_leaves_does_not_block_the_next() -> None:
    held = Held()

    async def scene() -> None:
        desk = Desk(held, workers=1, timeout=30)
        gone = asyncio.create_task(desk.ask("một", session="session-1"))
        await until(held, 1)
        waiting = asyncio.create_task(desk.ask("hai", session="session-2"))
        later = asyncio.create_task(desk.ask("ba", session="session-3"))
        await asyncio.sleep(0)
        gone.cancel()
        waiting.cancel()  # was still in the queue, so it is never put to the answerer
        held.let_go.set()
        assert (await later).replies[0].text == "đã trả lời ba"
        assert held.most_inside == 1

    asyncio.run(scene())


def test_the_window_slides_with_the_clock() -> None:
    now = [1000.0]
    answerer = Scripted()

    async def scene() -> None:
        desk = Desk(answerer, per_session=2, clock=lambda: now[0])
        await desk.ask("một", session="session-1")
        now[0] += 40
        await desk.ask("hai", session="session-1")
        with pytest.raises(Refused) as refused:
            await desk.ask("ba", session="session-1")
        assert refused.value.retry_after == 20
        now[0] += 20
        await desk.ask("bốn", session="session-1")

    asyncio.run(scene())
    assert [text for _, text in answerer.asked] == ["một", "hai", "bốn"]
