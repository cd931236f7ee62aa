"""Rights over one's own data in the chat: see, correct, withdraw, erase (Law 91/2025/QH15, Article 4). One exchange, with a receipt."""

from __future__ import annotations

from bot.dialogue.questions import told_of
from bot.dialogue.texts import say
from bot.dialogue.values import ERASE, LEAD, WITHDRAW, Here, Said
from bot.messages import Button, Reply
from bot.outreach.effects import Erased, Seen, Withdrawn
from bot.outreach.erasure import ERASED
from bot.outreach.phones import Phone
from bot.outreach.records import Held
from bot.outreach.requests import new_receipt


def shown(here: Here, held: Held) -> Said:
    """What is kept of the person, with buttons to change it."""
    receipt = new_receipt(here.now)
    lines = [say("data_messages", count=held.messages)]
    if held.phone:
        lead = say("data_lead", name=held.name, phone=Phone(held.phone).hidden, commune=held.commune or "chưa rõ")
        lines.append(lead)
    if about := told_of(here.state):
        lines.append(say("data_about", facts=about))
    lines += [say("data_reminder", what=what) for what in held.reminders]
    lines += [say(f"data_consent_{purpose}") for purpose in held.consents] or [say("data_no_consent")]
    lines.append(say("data_rights", receipt=receipt))
    buttons = [Button(say("button_change"), LEAD)] if held.phone else []
    buttons += [Button(say("button_withdraw"), WITHDRAW)] if held.consents else []
    buttons.append(Button(say("button_erase"), ERASE))
    return Said((Reply("\n".join(lines), tuple(buttons)),), "rights:see", (Seen(receipt),))


def withdrawn(here: Here) -> Said:
    """All consents end, and a form that rests on one is closed: nothing of it may be confirmed any more."""
    here.state.pop("form", None)
    receipt = new_receipt(here.now)
    return Said((Reply(say("withdrawn", receipt=receipt)),), "rights:withdraw", (Withdrawn(receipt),))


def erased(here: Here) -> Said:
    """Everything goes, what the conversation remembers included."""
    receipt = new_receipt(here.now)
    here.state.clear()
    here.state[ERASED] = here.now
    return Said((Reply(say("erased", receipt=receipt)),), "rights:erase", (Erased(receipt),))


def forgotten(here: Here) -> Said:
    """What the person said of themself goes, the conversation stays."""
    for kept in ("about", "past"):
        here.state.pop(kept, None)
    return Said((Reply(say("about_forgotten")),), "rights:forget")
