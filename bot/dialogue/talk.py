"""What is said to a person who may be answered: forms that are open, buttons, commands, rights over one's data, and questions.

Pure but for the answer and for looking up what is kept of the person. What a turn changes beside the conversation is given as effects.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.channels.contract import Kind
from bot.delivery.inbox import DIRECT
from bot.dialogue import rights
from bot.dialogue.filling import Filling
from bot.dialogue.forms import FormState, Given
from bot.dialogue.forms.readers import FindPlace
from bot.dialogue.officers import officer_code
from bot.dialogue.privacy import as_message
from bot.dialogue.questions import Questions, wants_forgetting, wants_recall
from bot.dialogue.reminding import Wish, may_be_about, stops, wants_bulletin, wish
from bot.dialogue.texts import action_of, commands, first_questions, say, thing
from bot.dialogue.values import (
    BULLETIN,
    DATA,
    ERASE,
    LEAD,
    OFFICE,
    PERSON,
    WITHDRAW,
    WRONG,
    Here,
    Office,
    OfficeNow,
    People,
    Said,
    with_buttons,
)
from bot.messages import Answerer, Button, ChatReply, Reply
from bot.outreach.consent import Purpose
from bot.outreach.effects import CameBy, Effect, NoReminders, OfficerCode, PersonWanted, Reported
from knowledge.vietnamese import clean, fold

TEXT_LIMIT = 1_000  # characters of one question
MOST_UNKNOWN = 2  # questions without an answer in a row before a person is offered
_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_TYPED_CODE = re.compile(r"#?\s?([A-Za-z0-9][A-Za-z0-9_-]{1,39})", re.ASCII)
_NO_MORE = re.compile(
    r"\b(?:dung|khong|ko|thoi|ngung|het)\b.*\b(?:goi|lien he|lien lac|lam phien)\b|\brut\b.*\bdong y\b"
)
_PERSON_REASONS = frozenset({"speak_to_person", "complaint"})


class Talk:
    """Talks with people."""

    def __init__(
        self, answerer: Answerer, people: People, find_place: FindPlace, office: OfficeNow, today: Callable[[], Any]
    ) -> None:
        self._people, self._office, self._today = people, office, today
        self._questions = Questions(answerer, find_place)
        self._forms = Filling(self._questions, find_place, office, today)

    def take(self, here: Here) -> Said:
        """What is said to the event of `here`."""
        event = here.event
        if event.kind in (Kind.TEXT, Kind.START) and (code := officer_code(event.text)):
            return _by_officer(here, code)
        form = self._forms.open(here)
        if event.kind is Kind.START:
            return self._start(here, event.text)
        if event.kind is Kind.FOLLOW:
            return Said((), "followed") if here.state.get("met") else self._greet(here)
        if event.kind is Kind.CONTACT:
            if form is not None:
                return self._forms.move(here, form, Given(contact=event.contact))
            return Said((Reply(say("contact_not_kept"), (Button(say("button_lead"), LEAD),)),), "contact")
        text = clean(event.text)
        if event.kind is Kind.OTHER and not text:
            if event.group:
                return Said((), "other")
            return Said((Reply(say("only_words", what=thing(event.what))),), f"other:{event.what}")
        return self._words(here, text, form)

    def rights(self, here: Here) -> Said | None:
        """What is said to somebody who sees, withdraws, erases, or ends reminders; None when `here` is about something else."""
        text = clean(here.event.text)
        name = text[1:].split("@")[0].split(" ")[0].lower() if text.startswith("/") else ""
        meant = commands().done.get(name, "") or chosen(here.state.get("choices", {}), text)
        if meant in (DATA, ERASE, WITHDRAW):
            return self._do(here, meant)
        if may_be_about(text):
            held = self._people.held(here.conversation_id)
            if (held.reminders or Purpose.BULLETIN in held.consents) and stops(text, waiting=True):
                return self._about_reminders(here, text)
        return self._do(here, WITHDRAW) if self._wants_no_more(here, text) else None

    def _wants_no_more(self, here: Here, text: str) -> bool:
        """Whether somebody who agreed to be contacted takes it back in words."""
        return bool(_NO_MORE.search(fold(text)) and self._people.held(here.conversation_id).consents)

    # words, buttons, commands

    def _words(self, here: Here, text: str, form: FormState | None) -> Said:
        choices: Mapping[str, str] = here.state.get("choices", {})
        meant = chosen(choices, text)
        if meant.startswith("@") and text not in choices and here.buttons and form is None:
            meant = ""  # "2" typed where buttons can be pressed is no wish to report an answer
        if meant:
            text = meant
        elif here.event.kind is Kind.BUTTON and text.startswith("#"):
            return Said((Reply(say("choice_gone"), first_questions()),), "choice_gone")
        elif text.startswith("/"):
            name = text[1:].split("@")[0].split(" ")[0].lower()
            if name == "start":  # where the platform has no start of its own
                return self._start(here, text.partition(" ")[2].strip())
            if name in commands().done:
                return self._do(here, commands().done[name])
            if name in commands().said:
                return Said((Reply(say(commands().said[name]), first_questions()),), f"greeting:{name}")
            text = commands().asked.get(name, text[1:])
        if form is not None and not text.startswith("@"):
            return self._forms.move(here, form, Given(text))
        if text.startswith("@") and form is not None and text in ("@back", "@stop", "@skip"):
            return self._forms.move(here, form, Given(text))
        if text.startswith("@"):
            return self._do(here, text)
        if (code := _TYPED_CODE.fullmatch(text)) and not here.event.group:
            if campaign := self._people.campaign(code[1]):
                return self._start(here, campaign.code)
            if text.startswith("#"):
                return self._start(here, code[1])
        if not text:
            return Said((Reply(say("help"), first_questions()),), "empty")
        if len(text) > TEXT_LIMIT:
            return Said((Reply(say("too_long", limit=TEXT_LIMIT)),), "too_long")
        if self._wants_no_more(here, text):
            return self._do(here, WITHDRAW)
        if may_be_about(text) and (told := self._about_reminders(here, text)):
            return told
        if wants_recall(text):
            return self._do(here, DATA)
        if wants_forgetting(text):
            return rights.forgotten(here)
        return self._question(here, text)

    def _do(self, here: Here, what: str) -> Said:
        match what:
            case "@lead":
                return self._forms.begin_lead(here)
            case "@calculator" | "@eligibility":
                return self._forms.begin(here, what[1:])
            case "@remind":
                return self._forms.begin_reminder(here, Wish())
            case "@bulletin":
                return self._forms.begin_bulletin(here)
            case "@privacy":
                return Said((Reply(as_message(self._office.keeping)),), "rights:notice")
            case "@person":
                return self._person(here, "asked")
            case "@wrong":
                return self._wrong(here)
            case "@data":
                return rights.shown(here, self._people.held(here.conversation_id))
            case "@withdraw":
                return rights.withdrawn(here)
            case "@erase":
                return rights.erased(here)
            case _:
                return Said((Reply(say("choice_gone"), first_questions()),), "choice_gone")

    def _start(self, here: Here, code: str) -> Said:
        if not (code and _CODE.fullmatch(code)):
            return self._greet(here)
        here.state["campaign"] = code
        campaign = self._people.campaign(code)
        if campaign is None:
            return self._greet(here)
        extra = "\n".join(part for part in (campaign.greeting, campaign.top_up) if part)
        text = f"{say('greeting')}\n\n{extra}" if extra else say("greeting")
        more = (Button(say("button_bulletin"), BULLETIN),) if here.buttons and self._forms.pushes(here) else ()
        return Said((Reply(text, (*first_questions(), *more)),), "greeting:campaign", (CameBy(campaign.code),))

    def _about_reminders(self, here: Here, text: str) -> Said | None:
        """Begins or ends reminders; None when `text` is about something else."""
        held = self._people.held(here.conversation_id)
        news = Purpose.BULLETIN in held.consents
        if stops(text, waiting=bool(held.reminders) or news):
            if not held.reminders and not news:
                return Said((Reply(say("remind_none")),), "remind:none")
            return Said(
                (Reply(say("bulletin_stopped" if news else "remind_stopped")),), "remind:stopped", (NoReminders(),)
            )
        if wants_bulletin(text):
            return self._forms.begin_bulletin(here)
        wanted = wish(text, self._today(), here.now)
        return self._forms.begin_reminder(here, wanted) if wanted is not None else None

    @staticmethod
    def _greet(here: Here) -> Said:
        return Said((Reply(say("greeting"), first_questions()),), "greeting")

    # questions

    def _question(self, here: Here, text: str) -> Said:
        said = self._questions.ask(here, text)
        return replace(self._answered(here, text, said), topic=said.past.get("topic", ""))

    def _answered(self, here: Here, text: str, said: ChatReply) -> Said:
        outcome = f"{said.status}:{said.reason}"
        if action := action_of(said.reason):
            if action.instead:
                return self._do(here, action.does)
            return Said(with_buttons(said, (Button(action.label, action.does),)), outcome)
        effects: list[Effect] = []
        here.state["unknown"] = here.state.get("unknown", 0) + 1 if said.status == "unknown" else 0
        if said.status == "unknown" and said.replies:
            effects.append(Reported("gap", text, said.replies[0].text, outcome, said.trace))
        if said.status == "handoff":
            if said.reason in _PERSON_REASONS:
                return self._person(here, said.reason, said)
            return Said(with_buttons(said, (Button(say("button_lead"), LEAD),)), outcome, tuple(effects))
        if said.status == "unknown":
            more = [Button(say("button_lead"), LEAD)]
            if here.state["unknown"] >= MOST_UNKNOWN:
                more.append(Button(say("button_person"), PERSON))
            return Said(with_buttons(said, tuple(more)), outcome, tuple(effects))
        if said.status == "answered" and here.buttons:
            offers = (Button(say("button_lead"), LEAD), Button(say("button_wrong"), WRONG))
            return Said(with_buttons(said, offers), outcome, tuple(effects))
        return Said(said.replies, outcome, tuple(effects))

    # people and rights

    def _person(self, here: Here, reason: str, said: ChatReply | None = None) -> Said:
        at_work = self._office.hours.open_at(here.now)
        key = "person_wanted" if at_work else "person_later"
        if here.event.channel == DIRECT:
            key = "person_web" if at_work else "person_web_later"
        told = say(key, hours=self._office.hours.in_words())
        text = f"{said.replies[0].text}\n\n{told}" if said is not None and said.replies else told
        reply = Reply(text, (Button(say("button_lead"), LEAD),))
        return Said((reply,), f"handoff:{reason}", (PersonWanted(reason),))

    def _wrong(self, here: Here) -> Said:
        last = here.state.get("last")
        if not last:
            return Said((Reply(say("wrong_nothing"), first_questions()),), "wrong:nothing")
        effect = Reported("wrong", last["question"], last["answer"], last["reason"], tuple(last.get("trace", ())))
        buttons = (Button(say("button_lead"), LEAD), Button(say("button_person"), PERSON))
        return Said((Reply(say("wrong_noted"), buttons),), "wrong:noted", (effect,))


def _by_officer(here: Here, code: str) -> Said:
    """An officer's code: the chat is told what comes of it where it is stored; a page or a group is no chat of one officer."""
    if here.event.channel == DIRECT or here.event.group:
        return Said((Reply(say("officer_code_elsewhere")),), "officer_code:elsewhere")
    return Said((), "officer_code", (OfficerCode(code),))


def chosen(choices: Mapping[str, str], text: str) -> str:
    """What `text` stands for: the value of a button, or the number of one of the choices offered last; empty for other words."""
    if text in choices:
        return choices[text]
    number = text.rstrip(".) ")
    if not number.isdecimal() or not choices:
        return ""
    offer = list(choices)[-1].removeprefix("#").rpartition(".")[0]
    return choices.get(f"#{offer}.{int(number)}" if offer else f"#{int(number)}", "")


__all__ = ["OFFICE", "TEXT_LIMIT", "Here", "Office", "OfficeNow", "Said", "Talk", "chosen"]
