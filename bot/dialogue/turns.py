"""One turn of a conversation: may the person be answered now, and what is said and remembered?

Pure but for the answer itself: no database, no platform, no clock of its own. The caller stores the outcome in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.channels.contract import Ask, Inbound, Kind
from bot.clocks import ahead
from bot.delivery.inbox import DIRECT, Conversation
from bot.delivery.leases import ChannelState
from bot.delivery.windows import Purpose
from bot.dialogue.talk import TEXT_LIMIT, Here, Said, Talk, chosen
from bot.dialogue.texts import say
from bot.messages import Reply, Show
from bot.outreach.effects import Effect, Left
from bot.outreach.erasure import ERASED
from bot.outreach.handover import KEEP

STAFF_KEEP = KEEP
_TOLD_OFF = 1800.0  # the notice that a channel is off is not repeated sooner
_TOLD_FAST = 60.0


@dataclass(frozen=True, slots=True)
class Turned:
    """The outcome of a turn. `changes` are columns of the conversation, `state` what the dialogue keeps, `effects` what else changes."""

    outcome: str  # status:reason, for statistics
    replies: tuple[Reply, ...] = ()
    state: Mapping[str, Any] = field(default_factory=dict)
    changes: Mapping[str, Any] = field(default_factory=dict)
    ask: Ask = Ask.NOTHING
    purpose: Purpose = Purpose.ANSWER
    effects: tuple[Effect, ...] = ()
    topic: str = ""  # of the card that answered, for statistics


class Turns:
    """Takes turns. `per_minute`: messages of one person that are answered in a minute."""

    def __init__(
        self,
        talk: Talk,
        state_of: Callable[[str], ChannelState],
        is_ours: Callable[[str, str], bool],
        *,
        per_minute: int = 15,
    ) -> None:
        self._talk, self._state_of, self._is_ours = talk, state_of, is_ours
        self._per_minute = per_minute

    def take(
        self,
        event: Inbound,
        conversation: Conversation,
        *,
        received_at: float,
        recent: int,
        now: float,
        buttons: bool = True,
        reminds: bool = True,
        show: Show | None = None,
    ) -> Turned:
        """What is said and remembered after `event`; `recent` messages came in the minute before it.

        `buttons`: the platform shows buttons, so that something may be offered under every answer. `reminds`: it takes messages that
        nobody asked for, however long ago the person wrote. `show` is given what may be shown of an answer still being made.
        """
        state = dict(conversation.state)
        if event.kind is Kind.STOP:
            return Turned("stopped", state=state, changes={"reachable": False}, effects=(Left(),))
        if event.kind is Kind.STAFF:
            if self._is_ours(event.channel, event.message_id):
                return Turned("own_echo", state=state)
            return Turned("staff_spoke", state=state, changes={"staff_until": now + STAFF_KEEP})
        heard: dict[str, Any] = {"heard_at": max(conversation.heard_at, received_at), "reachable": True}
        if event.name and event.name != conversation.name:
            heard["name"] = event.name
        if recent >= self._per_minute:
            if ahead(conversation.notified_until, now, _TOLD_FAST):
                return Turned("flood", state=state, changes=heard)
            heard["notified_until"] = now + _TOLD_FAST
            return Turned("flood:told", (Reply(say("too_fast")),), state, heard, purpose=Purpose.NOTICE)
        here = Here(event, conversation.id, state, now, buttons, reminds, show)
        if conversation.staff_until > now:
            said = self._talk.rights(here)  # rights over one's data wait for nobody
            if said is None:
                # A page that sends something waits for a word; elsewhere the platform itself shows that it was delivered.
                told = (Reply(say("with_staff_web")),) if event.channel == DIRECT else ()
                return Turned("with_staff", told, state, heard, purpose=Purpose.NOTICE)
            return Turned(said.outcome, said.replies, state, heard, said.ask, Purpose.NOTICE, said.effects)
        off = self._state_of(event.channel)
        if off.off_since is not None:
            if abs(now - state.get("off_told", 0.0)) < _TOLD_OFF:
                return Turned("channel_off", state=state, changes=heard)
            state["off_told"] = now
            text = off.off_message or say("channel_off")
            return Turned("channel_off:told", (Reply(text),), state, heard, purpose=Purpose.NOTICE)
        said = self._talk.take(here)
        replies = self._opened(said, state)
        purpose = Purpose.NOTICE if ERASED in state else Purpose.ANSWER
        return Turned(said.outcome, replies, state, heard, said.ask, purpose, said.effects, said.topic)

    @staticmethod
    def _opened(said: Said, state: dict[str, Any]) -> tuple[Reply, ...]:
        """The replies, with what must be said before them: that this is a machine, and that an open form was closed."""
        replies = said.replies
        if not replies or ERASED in state:
            return replies
        before = [say("form_closed")] if state.pop("form_timed_out", False) else []
        if not state.get("met") and not said.outcome.startswith("greeting"):  # the greeting says it itself
            before.insert(0, say("machine"))
        state["met"] = True
        if not before:
            return replies
        return (replace(replies[0], text="\n\n".join([*before, replies[0].text])), *replies[1:])


__all__ = ["STAFF_KEEP", "TEXT_LIMIT", "Turned", "Turns", "chosen"]
