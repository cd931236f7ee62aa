"""Moves through a form. Pure: the state and what the person did in, the next state and what is said out.

Anything may be said in the middle: `Elsewhere` leaves the state as it is, the caller answers and then repeats the step. "Back", "stop"
and "skip" work at every step, by button or in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from bot.channels.contract import ContactShare
from bot.dialogue.forms.model import Form, FormState, Step
from bot.dialogue.forms.readers import Complaint, Elsewhere, FindPlace, Value, read
from bot.messages import Button
from bot.outreach.phones import Phone, read_phone
from knowledge.vietnamese import fold

BACK, STOP, SKIP = "@back", "@stop", "@skip"
"""Values of the buttons that every step knows."""
STALE = 24 * 3600.0
"""Seconds after which a form that nobody went on with is closed, and what was typed into it forgotten."""
_BACK_WORDS = {"quay lai", "tro lai", "lui lai", "ve buoc truoc", "buoc truoc"}
_STOP_WORDS = {
    "thoi",
    "dung",
    "dung lai",
    "huy",
    "huy bo",
    "thoat",
    "khong lam nua",
    "thoi khong can",
    "khong can nua",
    "stop",
    "bo",
}
_SKIP_WORDS = {"bo qua", "khong co", "khoi", "de sau"}


@dataclass(frozen=True, slots=True)
class Given:
    """What the person did: typed or pressed `text`, or shared a `contact`."""

    text: str = ""
    contact: ContactShare | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """The outcome. `state` None: the form is over, by `end`. `elsewhere`: it was no answer to the step; nothing moved.

    `values` are all that was gathered. `text` is said, `buttons` are offered, `contact` asks by the platform's own form.
    """

    state: FormState | None
    text: str = ""
    buttons: tuple[Button, ...] = ()
    contact: bool = False
    end: str = ""
    values: Mapping[str, str] = ()  # type: ignore[assignment]
    elsewhere: bool = False


def begin(form: Form, values: Mapping[str, str], now: float, blanks: Mapping[str, str], at: str = "") -> Moved:
    """The first step (of those from `at` on) whose answer is not yet in `values`, consent excepted: that is always asked."""
    return _ask(form, FormState(form.name, at or form.first, dict(values), (), False, now), blanks)


def again(form: Form, state: FormState, blanks: Mapping[str, str]) -> Moved:
    """The step once more, e.g. after a question in the middle or a restart."""
    return _ask(form, state, blanks, skip=False)


def answer(
    form: Form,
    state: FormState,
    given: Given,
    *,
    now: float,
    today: date,
    find_place: FindPlace,
    blanks: Mapping[str, str],
) -> Moved:
    """What follows from what the person did."""
    step = form.steps[state.step]
    state = replace(state, touched_at=now)
    said = fold(given.text).strip(" .!,")
    if given.text == STOP or said in _STOP_WORDS:
        return _end(form, state, "stopped", blanks)
    if given.text == BACK or said in _BACK_WORDS:
        return _back(form, state, blanks)
    if step.optional and (given.text == SKIP or said in _SKIP_WORDS):
        return _on(form, state, step, Value({step.name: ""}), blanks)
    if given.contact is not None:
        return _contact(form, state, step, given.contact, blanks)
    found = read(step, given.text, state, today, find_place)
    if isinstance(found, Elsewhere):
        return Moved(state, elsewhere=True, values=state.values)
    if isinstance(found, Complaint):
        kept = replace(state, offered=found.offered)
        told = form.text(found.say, **{**blanks, **state.values, **(found.blanks or {})})
        asked = _ask(form, kept, blanks, skip=False)
        buttons = tuple(Button(label, value) for label, value in found.offered) + asked.buttons
        return replace(asked, text=told, buttons=buttons)
    return _on(form, state, step, found, blanks)


def _contact(form: Form, state: FormState, step: Step, contact: ContactShare, blanks: Mapping[str, str]) -> Moved:
    """A shared card answers the steps for name and phone at once; somebody else's card answers none."""
    if step.reader not in ("name", "phone") or not contact.own:
        key = "choose" if contact.own else "contact_not_own"
        return replace(_ask(form, state, blanks, skip=False), text=form.text(key))
    phone = read_phone(contact.phone if contact.phone.startswith(("+", "0")) else f"+{contact.phone}")
    if not isinstance(phone, Phone):
        return replace(_ask(form, state, blanks, skip=False), text=form.text(phone.value))
    values = {"phone": phone.e164, "phone_shown": phone.shown}
    if contact.name and not state.values.get("name"):
        values["name"] = " ".join(contact.name.split())[:60]
    return _on(form, state, step, Value(values), blanks)


def _on(form: Form, state: FormState, step: Step, value: Value, blanks: Mapping[str, str]) -> Moved:
    values = {**state.values, **value.values}
    target = step.next.get(value.option, step.next.get("", ""))
    if target in form.ends:
        return _end(form, replace(state, values=values), target, blanks)
    editing = target in _editable(form, step)
    if state.editing and step.chain:
        return _ask(form, replace(state, step=target, values=values, offered=()), blanks, skip=False)
    if state.editing and not editing:
        target = state.trail[-1] if state.trail else target
        return _ask(
            form, replace(state, step=target, values=values, trail=state.trail[:-1], editing=False, offered=()), blanks
        )
    moved = replace(state, step=target, values=values, trail=(*state.trail, step.name), editing=editing, offered=())
    return _ask(form, moved, blanks, skip=not editing)


def _editable(form: Form, step: Step) -> set[str]:
    """Steps that `step` sends back to: those before it in the file."""
    order = list(form.steps)
    return set(order[: order.index(step.name)]) if step.reader == "choice" else set()


def _back(form: Form, state: FormState, blanks: Mapping[str, str]) -> Moved:
    if not state.trail:
        return _end(form, state, "stopped", blanks)
    return _ask(
        form,
        replace(state, step=state.trail[-1], trail=state.trail[:-1], editing=False, offered=()),
        blanks,
        skip=False,
    )


def _ask(form: Form, state: FormState, blanks: Mapping[str, str], *, skip: bool = True) -> Moved:
    """Asks at the state's step, or at the first after it that has no answer yet."""
    step = form.steps[state.step]
    while skip and step.reader != "choice" and step.name in state.values:
        target = step.next.get("", "")
        if target in form.ends:
            return _end(form, state, target, blanks)
        step = form.steps[target]
        state = replace(state, step=target)
    buttons = [Button(option.label, option.value) for option in step.options]
    if step.optional:
        buttons.append(Button("Bỏ qua", SKIP))
    if step.reader != "choice" and state.trail:
        buttons.append(Button("Quay lại", BACK))
    buttons.append(Button("Dừng", STOP)) if step.reader != "choice" else None
    text = form.text(step.say, **{**blanks, **state.values})
    return Moved(state, text, tuple(buttons), step.contact, values=state.values)


def _end(form: Form, state: FormState, end: str, blanks: Mapping[str, str]) -> Moved:
    key = form.ends[end]
    text = form.text(key, **{**blanks, **state.values}) if key else ""
    return Moved(None, text, end=end, values=state.values)
