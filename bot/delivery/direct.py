"""Conversations whose answer goes back in the same request: the web chat. The same turns, the same tables, one transaction a turn.

What is said is stored as sent, so that staff see one transcript, whatever the channel. Workers leave these conversations alone.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import Engine

from bot.channels.contract import Inbound, Kind, Piece
from bot.delivery.holders import holder_name
from bot.delivery.inbox import DIRECT, Inbox, Taken
from bot.delivery.outbox import Outbox
from bot.delivery.pages import Looked, PageMail
from bot.dialogue.turns import Turned, Turns
from bot.messages import ChatReply, Show
from bot.outreach.records import Records
from knowledge.store import writing

_STATUSES = {"answered", "clarify", "unknown", "handoff", "declined", "smalltalk"}
_ENDED = {"done": "answered", "refused": "declined", "stopped": "smalltalk"}


class DirectTalks:
    """An `Answerer` that remembers: the session is the conversation. Turns of one session follow each other, in other processes too."""

    def __init__(
        self,
        engine: Engine,
        inbox: Inbox,
        outbox: Outbox,
        turns: Turns,
        records: Records,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine, self._inbox, self._outbox = engine, inbox, outbox
        self._turns, self._records, self._clock = turns, records, clock
        self._mail = PageMail(engine, clock)

    def look(self, session: str, after: int) -> Looked:
        """What an officer has written to the page of `session` behind message `after`. Raises what the database raises."""
        return self._mail.look(session, after)

    def answer(self, text: str, *, session: str) -> ChatReply:
        """One turn. Raises what the database raises; then nothing of the turn was kept."""
        return self._turn(text, session, None)

    def answer_aloud(self, text: str, *, session: str, show: Show) -> ChatReply:
        """As `answer`, with what is sure of it shown before it is whole."""
        return self._turn(text, session, show)

    def _turn(self, text: str, session: str, show: Show | None) -> ChatReply:
        now = self._clock()
        kind = Kind.BUTTON if text.startswith("@") else Kind.TEXT
        event = Inbound(DIRECT, secrets.token_hex(12), session, session, kind, text, order=int(now * 1000))
        taken = self._inbox.open(event, worker=holder_name())
        try:
            turned = self._answered(event, taken, show)
        except BaseException:
            with suppress(Exception):  # the database is away: the lease ends by itself
                self._inbox.let_go(taken)
            raise
        status, reason = status_of(turned)
        return ChatReply(status, turned.replies, reason)

    def _answered(self, event: Inbound, taken: Taken, show: Show | None) -> Turned:
        turned = self._turns.take(
            event,
            taken.conversation,
            received_at=taken.received_at,
            recent=taken.recent,
            now=self._clock(),
            reminds=False,  # nothing reaches a page that is closed
            show=show,
        )
        pieces = [Piece(reply.text, reply.buttons) for reply in turned.replies]
        changes = dict(turned.changes) | {"state": dict(turned.state)}
        with writing(self._engine) as connection:
            self._inbox.finish(connection, taken, outcome=turned.outcome, changes=changes, topic=turned.topic)
            if turned.effects:
                self._records.apply(connection, taken, turned.effects)
            self._outbox.add(
                connection, taken.conversation.id, DIRECT, pieces, turned.purpose, inbox_id=taken.inbox_id, sent=True
            )
        return turned


def status_of(turned: Turned) -> tuple[str, str]:
    """(answer status, reason) of a turn, as `POST /api/chat` tells them."""
    first, _, rest = turned.outcome.partition(":")
    if first in _STATUSES:
        return first, rest
    if first == "form":
        return _ENDED.get(rest, "clarify"), turned.outcome
    if first in ("rights", "wrong", "lead"):
        return "answered", turned.outcome
    return "smalltalk", turned.outcome
