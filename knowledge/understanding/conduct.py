"""Messages that must not simply be answered: other people's data, fraud, despair, insults, tricks, what lies outside our subject.

Rules are data (`data/conduct.yaml`): an act and an object that must stand together, and what makes a message honest after all. An
honest question wrapped in a trick, or beside an insult, keeps its answer: `remainder` carries it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from knowledge.answers import AnswerStatus
from knowledge.shorthand import write_out
from knowledge.understanding.conduct_disguise import undisguise
from knowledge.understanding.conduct_english import english_notice, english_topic, is_english
from knowledge.understanding.conduct_numbers import gives_secret, personal_numbers, without_numbers
from knowledge.understanding.conduct_rules import Label, rulebook
from knowledge.understanding.conduct_tricks import asks_honestly, clauses, honest_part, read, sentences
from knowledge.understanding.conduct_words import Message, Spans

__all__ = ["Conduct", "Label", "by_likeness", "english_notice", "english_topic", "judge", "labels"]

_NUMBERS, _SECRET = "personal_data_given", "credentials"  # labels found by the shape of a number or password
_INSULT, _SCAM = "insult", "scam_report"


@dataclass(frozen=True, slots=True)
class Conduct:
    """What kind of message it is. `label` empty: an ordinary question.

    `remainder`: what of it is to be answered (tricks, insults and personal numbers removed), "" when nothing is. `text`: what the
    citizen reads when nothing is answered.
    """

    label: str
    status: AnswerStatus
    remainder: str
    text: str


def judge(typed: str, restored: str) -> Conduct:
    """The conduct of a message. Never raises on text.

    `typed`: as it came, cleaned; `restored`: marks put back and shorthand written out, which may be wrong and is asked only where a
    word without marks has a common second reading.
    """
    plain = undisguise(typed, rulebook().vocabulary)
    message = Message.of(write_out(plain), restored, typed=plain)
    hits = rulebook().lexicon.hits(message)
    honest = honest_part(plain, message, hits)
    if honest is None:
        return _judged(typed, message, hits)
    if not honest.question:
        # Despair or a scam told in odd words still comes before the refusal.
        found = _labelled(message, hits)
        label = found if found and found.status is AnswerStatus.HANDOFF else _label(honest.label)
        return Conduct(label.name, label.status, "", label.text)
    inside = Message.of(write_out(honest.question), restored, typed=honest.question)
    rest = _judged(honest.question, inside, rulebook().lexicon.hits(inside))
    return rest if rest.label else Conduct(honest.label, AnswerStatus.ANSWERED, honest.question, "")


def by_likeness(typed: str, name: str, ordinary: Callable[[str], bool]) -> Conduct:
    """The conduct of a message that is like those of label `name`; `ordinary` tells which of its sentences are not."""
    label = _label(name)
    parts = sentences(typed)
    rest = ""
    if label.beside and len(parts) > 1:
        good = " ".join(part for part in parts if asks_honestly(part) and ordinary(part))
        rest = good if _asks_on_subject(good) else ""
    return Conduct(name, AnswerStatus.ANSWERED if rest else label.status, rest, label.text)


def labels() -> list[Label]:
    """All labels, in the order they are tried."""
    return list(rulebook().labels)


def _judged(text: str, message: Message, hits: Mapping[str, Spans]) -> Conduct:
    """The conduct of `text` without tricks; `message` and `hits` are its words and cues, shorthand written out."""
    if is_english(text):
        return Conduct("english", AnswerStatus.ANSWERED, text, "")
    numbers = personal_numbers(text)
    label = _labelled(message, hits) or _beside_ours(text, hits)
    if gives_secret(text) and (
        label is None or label.status is not AnswerStatus.HANDOFF or label.name == "own_records"
    ):
        label = _label(_SECRET)
    if label is not None and label.name == _SCAM and _asks_back(text):
        # Whoever asks about it has not fallen for it, or wants to know what to do now: the cards on scams say more.
        return Conduct(_SCAM, AnswerStatus.ANSWERED, text, label.text)
    if label is None and not numbers:
        return Conduct("", AnswerStatus.ANSWERED, text, "")
    if label is None:
        label, rest = _label(_NUMBERS), without_numbers(text, numbers)
        rest = rest if _asks_on_subject(rest) else ""
    else:
        rest = _beside(text, label) if label.beside else ""
        rest = without_numbers(rest, personal_numbers(rest))
    return Conduct(label.name, AnswerStatus.ANSWERED if rest else label.status, rest, label.text)


def _asks_back(text: str) -> bool:
    """True when `text` ends in a question: "ai đó" at its beginning asks nothing."""
    last = clauses(text)[-1:]
    return text.rstrip().endswith("?") or any("asks" in rulebook().lexicon.hits(read(clause)) for clause in last)


def _labelled(message: Message, hits: Mapping[str, Spans]) -> Label | None:
    return next((label for label in rulebook().labels if label.holds(hits, message)), None)


def _label(name: str) -> Label:
    return next(label for label in rulebook().labels if label.name == name)


def _beside_ours(text: str, hits: Mapping[str, Spans]) -> Label | None:
    """The label of one sentence that asks about something else beside a question of ours; None when all is one subject."""
    for label in rulebook().labels:
        if label.beside and label.touched(hits):
            for sentence in sentences(text):
                part = read(sentence)
                cues = rulebook().lexicon.hits(part)
                if label.holds(cues, part) and "asks" in cues and _beside(text, label):
                    return label
    return None


def _asks_on_subject(text: str) -> bool:
    """True when `text` asks about our subject in so many words: a wish to be registered is none."""
    hits = rulebook().lexicon.hits(read(text))
    return "asks" in hits and "ours" in hits and len(text.split()) > 3


def _beside(text: str, label: Label) -> str:
    """The honest question beside what `label` is about: other sentences, other clauses, other words; "" when they ask nothing."""
    for parts in (sentences(text), clauses(text)):
        good = [part for part in parts if not _holds(label, part)]
        rest = " ".join(good)
        if len(good) < len(parts) and asks_honestly(rest) and _asks_on_subject(rest):
            return rest
    return _without_abuse(text, label) if label.name == _INSULT else ""


def _holds(label: Label, text: str) -> bool:
    part = read(text)
    return label.holds(rulebook().lexicon.hits(part), part)


def _without_abuse(text: str, label: Label) -> str:
    """`text` without the abusive words themselves, when what is left asks something."""
    message = read(text)
    hits = rulebook().lexicon.hits(message)
    spans = [span for rule in label.rules for span in rule.spans(hits, message)]
    taken = {i for start, end in spans for i in range(start, end)}
    rest = " ".join(message.text[a:b] for i, (a, b) in enumerate(message.places) if i not in taken)
    cues = rulebook().lexicon.hits(read(rest))
    return rest if "asks" in cues and "wide" in cues and len(rest.split()) > 3 else ""
