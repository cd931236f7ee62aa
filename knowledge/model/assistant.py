"""What a chat model may do for one answer, in the citizen's time: read what was not understood, word what was found.

Whatever the model does, an answer found without it stands: these calls give something better or nothing, within `seconds` for both.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from knowledge.answering.claims import Grounds
from knowledge.answering.helped import Read, Show
from knowledge.answering.trace import Trace
from knowledge.model import understanding
from knowledge.model.contract import NOTHING_USED, ModelFailed, Prompt, Usage, Why
from knowledge.model.grounding import Checker, Removed, missing
from knowledge.model.guarded import Guarded
from knowledge.model.masking import Masker, leaks
from knowledge.model.prompts import understanding_prompt, wording_prompt
from knowledge.model.reading import Sentence, SentenceReader

SECONDS = 8.0  # for all calls of one answer; the citizen has it within ten
_LEAST = 0.5  # seconds left that are worth a call
_LONGEST = 1_200  # characters of a worded answer


@dataclass(frozen=True, slots=True)
class Money:
    """Prices in đồng for a million tokens, for what staff see; zero where the server is one's own."""

    tokens_in: float = 0.0
    tokens_out: float = 0.0

    def of(self, usage: Usage) -> float:
        """What `usage` costs in đồng."""
        return (usage.tokens_in * self.tokens_in + usage.tokens_out * self.tokens_out) / 1_000_000


class Turn:
    """The model's part in one answer: its time, its marks for personal data, its notes."""

    def __init__(self, assistant: Assistant, person: str, day: date, notes: Trace, show: Show | None) -> None:
        self._of, self._person, self._day, self._notes = assistant, person, day, notes
        self._show = show or (lambda text: None)
        self._until = time.monotonic() + assistant.seconds
        self._masker = Masker(assistant.places)

    def read(self, message: str, before: str) -> Read | None:
        """`message` as a question of ours, in the citizen's own words again; None when the model cannot say or may not be asked."""
        if not self._of.reads:
            return None
        masked, past = self._masker.mask(message), self._masker.mask(before)
        prompt = understanding_prompt(masked, past, [f"{k}: {v}" for k, v in understanding.labels().items()])
        if leaks(prompt.material):
            self._notes.note("model", "not asked, personal data")
            return None
        got: list[Read | None] = []
        if (
            self._ask(prompt, check=lambda text: got.append(understanding.read(text, masked, past))) is None
            or got[0] is None
        ):
            self._notes.note("model read", "unclear")
            return None
        found = got[0]
        told = f"{found.topic}" + (f", without {', '.join(found.refused)}" if found.refused else "")
        self._notes.note("model read", told)
        return Read(self._masker.restore(found.question), found.topic, found.refused)

    def word(
        self, body: str, sources: Sequence[str], grounds: Sequence[Grounds], question: str, *, beside: bool
    ) -> str | None:
        """`body` (source 1) in other words; None when the model's do not stand. `beside`: they go before it and need not tell all."""
        if not self._of.words:
            return None
        masked = self._masker.mask(question)
        prompt = wording_prompt(sources, masked)
        if leaks(masked):
            self._notes.note("model", "not asked, personal data")
            return None
        checker = Checker(sources, grounds, masked)
        reader = SentenceReader()
        kept: list[str] = []
        removed: list[Removed] = []

        def hear(piece: str) -> None:
            for sentence in reader.take(piece):
                self._weigh(sentence, checker, len(sources), kept, removed)

        def check(text: str) -> None:
            if not kept and not removed:
                raise ModelFailed(Why.GARBAGE)

        if self._ask(prompt, hear=hear, check=check) is None:
            return None
        self._notes.note("model kept", f"{len(kept)} of {len(kept) + len(removed)}")
        for one in removed:
            self._notes.note("model removed", f"{one.why}: {one.text[:160]}")
        worded = self._masker.restore(" ".join(kept)).strip()
        lost = [] if beside else missing(body, worded)
        if not any(s for s in kept if len(s.split()) > 3) or len(worded) > _LONGEST or lost:
            self._notes.note("model answer", "not used" + (f", lost: {'; '.join(lost[:4])}" if lost else ""))
            return None
        self._notes.note("model answer", "used")
        return worded

    def _weigh(self, sentence: Sentence, checker: Checker, count: int, kept: list[str], removed: list[Removed]) -> None:
        numbers = [n for n in sentence.sources if 1 <= n <= count]
        why = (
            "mark"
            if self._masker.foreign(sentence.text)
            else checker.refused(self._masker.without(sentence.text), numbers)
        )
        if why:
            removed.append(Removed(sentence.text, why))
            return
        kept.append(sentence.text if sentence.text.endswith((".", "!", "?", ":", ";")) else f"{sentence.text}.")
        self._show(self._masker.restore(" ".join(kept)))

    def _ask(
        self,
        prompt: Prompt,
        *,
        hear: Callable[[str], None] = lambda piece: None,
        check: Callable[[str], object] = lambda text: None,
    ) -> str | None:
        """What the model says, in the time left; None when that is nothing. Notes time, tokens and cost."""
        left = self._until - time.monotonic()
        model = self._of.model
        if left < _LEAST:
            self._notes.note("model", f"{model.name}, no time left")
            return None
        begun = time.monotonic()
        usage, failed, text = NOTHING_USED, "", None
        try:
            said = model.say(prompt, person=self._person, day=self._day, seconds=left, hear=hear, check=check)
            usage, text = said.usage, said.text
        except ModelFailed as error:
            failed = f", {error.why.value}"
        spent = self._of.money.of(usage)
        tokens = f"{usage.tokens_in}+{usage.tokens_out}"
        self._notes.note("model", f"{model.name} {time.monotonic() - begun:.1f} s {tokens} {spent:.2f} đ{failed}")
        return text


@dataclass(frozen=True, slots=True)
class Assistant:
    """A guarded model with what it may do. `places`: names of communes, folded, that are addresses in a message."""

    model: Guarded
    reads: bool = True
    words: bool = True
    seconds: float = SECONDS
    money: Money = Money()
    places: frozenset[str] = frozenset()

    def turn(self, person: str, day: date, notes: Trace, show: Show | None = None) -> Turn:
        """The model's part in one answer to `person` on `day`; `show` is given what may be shown before the answer is whole."""
        return Turn(self, person, day, notes, show)
