"""Forms in a conversation: begun, moved on, interrupted by a question, ended; the effects that an ended or agreed form has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from bot.channels.contract import Ask
from bot.delivery.inbox import DIRECT
from bot.dialogue.forms import FormState, Given, Moved, load_form
from bot.dialogue.forms import answer as move
from bot.dialogue.forms import begin as begin_form
from bot.dialogue.forms.engine import STALE, again
from bot.dialogue.forms.readers import FindPlace
from bot.dialogue.questions import Questions, remember
from bot.dialogue.reminding import Wish, asked_for
from bot.dialogue.texts import say
from bot.dialogue.values import LEAD, WRONG, Here, OfficeNow, Said, with_buttons
from bot.messages import Button, ChatReply, Reply
from bot.outreach.consent import Purpose, Words
from bot.outreach.effects import Agreed, Effect, Lead
from bot.outreach.schedule import in_words, told_day
from knowledge.about import About
from knowledge.answering.remembering import filled
from knowledge.understanding.facts import Facts

_ADULT = 18
_PURPOSES = {"lead": Purpose.CALL_BACK, "reminder": Purpose.NEWS, "bulletin": Purpose.BULLETIN}
"""What the consent of each form is for."""


class Filling:
    """Forms of a conversation."""

    def __init__(
        self, questions: Questions, find_place: FindPlace, office: OfficeNow, today: Callable[[], date]
    ) -> None:
        self._questions, self._find_place, self._office, self._today = questions, find_place, office, today

    @staticmethod
    def open(here: Here) -> FormState | None:
        """The form that is open; one that nobody went on with is closed here."""
        kept = here.state.get("form")
        if not kept:
            return None
        state = FormState.of_json(kept)
        if here.now - state.touched_at > STALE:
            del here.state["form"]
            here.state["form_timed_out"] = True
            return None
        return state

    def begin(self, here: Here, name: str, values: Mapping[str, str] | None = None) -> Said:
        """Begins a form; steps whose answer is among `values` are not asked."""
        return self._told(here, begin_form(load_form(name), values or {}, here.now, self._blanks(here)), "begun")

    def begin_reminder(self, here: Here, wanted: Wish) -> Said:
        """Asks what to remind of, as far as it was not said, and for consent to it."""
        if not here.reminds or here.event.group:
            return Said((Reply(say("remind_not_here"), (Button(say("button_lead"), LEAD),)),), "remind:not_here")
        moved = begin_form(load_form("reminder"), wanted.values, here.now, self._blanks(here), wanted.step)
        return self._told(here, moved, "begun")

    @staticmethod
    def pushes(here: Here) -> bool:
        """Whether something may be sent to this conversation later: never to a web page or a group."""
        return here.event.channel != DIRECT and not here.event.group

    def begin_bulletin(self, here: Here) -> Said:
        """Asks for consent to messages to many."""
        if not self.pushes(here):
            return Said((Reply(say("remind_not_here"), (Button(say("button_lead"), LEAD),)),), "remind:not_here")
        return self.begin(here, "bulletin")

    def begin_lead(self, here: Here) -> Said:
        """Begins to take a number; nobody under 18 leaves one."""
        kept = here.state.get("about", {})
        about = About.of(kept)
        age = filled(Facts(), about).age_in(self._today())
        if age is not None and age < _ADULT:
            return Said((Reply(say("lead_minor")),), "lead:minor")
        place = {name: kept[name] for name in ("commune", "commune_title") if name in kept}
        return self.begin(here, "lead", place if len(place) == 2 else {})

    def move(self, here: Here, state: FormState, given: Given) -> Said:
        """What follows from what the person did; a question in the middle is answered, and the step asked again."""
        form = load_form(state.form)
        blanks = self._blanks(here)
        moved = move(form, state, given, now=here.now, today=self._today(), find_place=self._find_place, blanks=blanks)
        if moved.elsewhere:
            said = self._questions.ask(here, given.text)
            back = again(form, state, blanks)
            asked = self._told(here, back, "interrupted")
            reply = replace(asked.replies[0], text=f"{say('form_goes_on')}\n{asked.replies[0].text}")
            return Said((*said.replies, reply), f"form:question:{said.status}", asked.effects, asked.ask)
        return self._told(here, moved, state.step, before=state)

    def _told(self, here: Here, moved: Moved, step: str, before: FormState | None = None) -> Said:
        effects: list[Effect] = []
        if before is not None and before.step == "consent" and _agreed(before, moved):
            effects.append(Agreed(self._words_of_consent(here, before)))
        if moved.state is None:
            here.state.pop("form", None)
            if before is not None and (before.form, moved.end) == ("lead", "done"):
                effects.append(self._lead(here, moved.values))
            if before is not None and (before.form, moved.end) == ("reminder", "done"):
                return self._reminded(here, moved.values, effects)
        else:
            here.state["form"] = moved.state.as_json()
        if moved.state is None and before is not None and (told := self._explained(here, before.form, moved)):
            return told
        ask = Ask.CONTACT if moved.contact else Ask.FORGET_KEYBOARD if before is not None else Ask.NOTHING
        outcome = f"form:{moved.end}" if moved.state is None else f"form:{step}"
        return Said((Reply(moved.text, moved.buttons),), outcome, tuple(effects), ask)

    def _explained(self, here: Here, name: str, moved: Moved) -> Said | None:
        """What the end of a form explains, as one answer with what it offers; None when it explains nothing."""
        form = load_form(name)
        asked = [e for e in form.explains.get(moved.end, ()) if not e.needs or moved.values.get(e.needs)]
        answers = [self._questions.explain(e.card, e.ask.format_map(dict(moved.values))) for e in asked]
        replies = [reply for said in answers for reply in said.replies]
        if not replies:
            return None
        text = "\n\n".join(reply.text for reply in replies)
        citations = tuple(citation for reply in replies for citation in reply.citations)
        joined = ChatReply("answered", (Reply(text, (), citations),), f"form:{name}")
        here.state["past"] = dict(answers[0].past)
        remember(here, asked[0].ask.format_map(dict(moved.values)), joined)
        more = (Button(say("button_lead"), LEAD), Button(say("button_wrong"), WRONG))
        return Said(with_buttons(joined, more), f"form:{moved.end}", (), Ask.FORGET_KEYBOARD)

    def _lead(self, here: Here, values: Mapping[str, str]) -> Lead:
        last = here.state.get("last", {})
        return Lead(
            phone=values["phone"], name=values.get("name", ""), commune_code=values.get("commune", ""),
            commune=values.get("commune_title", ""), need=values.get("need", ""),
            best_time=values.get("time", say("time_default")), campaign=here.state.get("campaign", ""),
            question=last.get("question", ""), answer=last.get("answer", ""), citations=tuple(last.get("citations", ())),
        )  # fmt: skip

    def _reminded(self, here: Here, values: Mapping[str, str], effects: list[Effect]) -> Said:
        wanted = asked_for(values, self._today(), here.now)
        if wanted is None:  # the day came too near while the form was open: nothing is agreed to
            return Said((Reply(load_form("reminder").text("day_past")),), "remind:late", (), Ask.FORGET_KEYBOARD)
        text = say(
            "remind_set", what=in_words(wanted.topic, wanted.due_at, wanted.every_months), day=told_day(wanted.due_at)
        )
        return Said((Reply(text),), "remind:set", (*effects, wanted), Ask.FORGET_KEYBOARD)

    def _words_of_consent(self, here: Here, state: FormState) -> Words:
        form = load_form(state.form)
        return Words(_PURPOSES[state.form], form.text("consent", **{**self._blanks(here), **state.values}))

    def _blanks(self, here: Here) -> dict[str, str]:
        return {
            "office": self._office.name, "days": str(self._office.days), "time": say("time_default"),
            "when": self._office.hours.promise(here.now), "name": here.event.name or "",
            "need": say("need_default"),
        }  # fmt: skip


def _agreed(before: FormState, moved: Moved) -> bool:
    """Whether the step of consent was answered with yes: the form goes on to what follows a yes. Going back is no yes."""
    if before.form not in _PURPOSES:
        return False
    if moved.state is None:
        return moved.end == load_form(before.form).steps["consent"].next["yes"]
    return "consent" in moved.state.trail  # the step lies behind us
