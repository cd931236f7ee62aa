"""What a form is: steps with their questions, readers and ways on. Read from `data/<name>.yaml`; drawn in `data/<name>.md`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from knowledge.yaml_files import load_yaml

READERS = ("choice", "name", "phone", "commune", "words", "income", "age", "month", "day")
"""Kinds of steps; each is read by the function of that name in `readers`."""


class FormBroken(ValueError):
    """Raised when a data file of a form does not hold together; says which step and why."""


@dataclass(frozen=True, slots=True)
class Option:
    """A button of a step. `words`: what people type instead, without marks."""

    value: str
    label: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One question. `next` names the step (or end) that follows, by the option chosen or by "" for anything else.

    `contact`: asks with the platform's own form too. `optional`: may be passed over.
    """

    name: str
    reader: str
    say: str
    next: Mapping[str, str]
    options: tuple[Option, ...] = ()
    contact: bool = False
    optional: bool = False
    chain: bool = False  # also when corrected, the step after it is asked


@dataclass(frozen=True, slots=True)
class Explained:
    """What an end explains with an approved card: `ask` is the question it answers, with blanks. Left out while a blank is empty."""

    card: str
    ask: str
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A form: its steps by name, the first one, its ends by name with the text that each says and what each explains."""

    name: str
    first: str
    steps: Mapping[str, Step]
    ends: Mapping[str, str]
    texts: Mapping[str, str]
    explains: Mapping[str, tuple[Explained, ...]] = field(default_factory=dict)

    def text(self, key: str, **values: object) -> str:
        """A text of the form with its blanks filled."""
        return self.texts[key].strip().format_map(_Blanks(values))


@dataclass(frozen=True, slots=True)
class FormState:
    """Where a conversation stands in a form; plain values, kept as JSON in the conversation's state."""

    form: str
    step: str
    values: Mapping[str, str] = field(default_factory=dict)
    trail: tuple[str, ...] = ()  # steps behind us, for "back"
    editing: bool = False  # one step is being corrected; then back to where we were
    touched_at: float = 0.0
    offered: tuple[tuple[str, str], ...] = ()  # (label, value) of choices made up for this moment, e.g. communes

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "form": self.form, "step": self.step, "values": dict(self.values), "trail": list(self.trail),
            "editing": self.editing, "touched_at": self.touched_at, "offered": [list(pair) for pair in self.offered],
        }  # fmt: skip

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> FormState:
        """From what was kept."""
        return cls(
            kept["form"], kept["step"], dict(kept["values"]), tuple(kept["trail"]), bool(kept["editing"]),
            float(kept["touched_at"]), tuple((a, b) for a, b in kept["offered"]),
        )  # fmt: skip


@cache
def load_form(name: str) -> Form:
    """The form `name`. Raises FormBroken, FileNotFoundError."""
    raw = load_yaml(files("bot.dialogue.forms").joinpath(f"data/{name}.yaml").read_text("utf-8"))
    return made(name, raw)


def made(name: str, raw: Mapping[str, Any]) -> Form:
    """A form of its raw data. Raises FormBroken for a way that leads nowhere, a text or reader that is not there."""
    steps = {}
    for key, step in raw["steps"].items():
        following = step["next"] if isinstance(step["next"], dict) else {"": step["next"]}
        options = tuple(Option(str(o["value"]), o["label"], tuple(o.get("words", ()))) for o in step.get("options", ()))
        if step["reader"] not in READERS:
            raise FormBroken(f"{name}.{key}: no reader {step['reader']!r}")
        for value, target in following.items():
            if target not in raw["steps"] and target not in raw["ends"]:
                raise FormBroken(f"{name}.{key}: {target!r} is no step and no end")
            if value and value not in {o.value for o in options} and (step["reader"], value) != ("age", "young"):
                raise FormBroken(f"{name}.{key}: {value!r} is no option")
        steps[key] = Step(
            key, step["reader"], step["say"], following, options,
            bool(step.get("contact")), bool(step.get("optional")), bool(step.get("chain")),
        )  # fmt: skip
    for key in [step.say for step in steps.values()] + [text for text in raw["ends"].values() if text]:
        if key not in raw["texts"]:
            raise FormBroken(f"{name}: no text {key!r}")
    if raw["first"] not in steps:
        raise FormBroken(f"{name}: it begins nowhere")
    explains = {end: tuple(Explained(**e) for e in found) for end, found in raw.get("explains", {}).items()}
    if stray := set(explains) - set(raw["ends"]):
        raise FormBroken(f"{name}: {stray} is no end")
    return Form(name, raw["first"], steps, raw["ends"], raw["texts"], explains)


class _Blanks(dict[str, object]):
    """A blank that nobody fills stays empty."""

    def __init__(self, values: Mapping[str, object]) -> None:
        super().__init__(values)

    def __missing__(self, key: str) -> str:
        return ""
