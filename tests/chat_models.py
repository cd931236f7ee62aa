"""Chat models for tests: LangChain models that say what a script says, one that obeys whatever any text in its prompt says, one that
lies, and one that fails in every way a server can.

They are LangChain's own kind of model, so everything of ours runs between them and the citizen, from the wrapper to the check.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from knowledge.model import ChatModel
from knowledge.model.langchain_model import ChatThrough

Reply = Callable[[str, str], Iterator[str]]
"""The pieces said to (rules, material)."""
_SOURCE = re.compile(r"^\[(\d+)\] (.*)$", re.MULTILINE)


@dataclass
class Heard:
    """What a model was given, in order: (rules, material)."""

    prompts: list[tuple[str, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(f"{rules}\n{material}" for rules, material in self.prompts)


class Scripted(BaseChatModel):
    """Says what `reply` gives, piece by piece, and keeps what it heard."""

    reply: Any
    heard: Any

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        rules, material = str(messages[0].text), str(messages[1].text)
        self.heard.prompts.append((rules, material))
        for piece in self.reply(rules, material):
            yield ChatGenerationChunk(message=AIMessageChunk(content=piece))

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        text = "".join(str(chunk.text) for chunk in self._stream(messages))
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content=text))])


def scripted(reply: Reply, heard: Heard | None = None) -> ChatModel:
    """A model of ours over a scripted one of LangChain."""
    return ChatThrough(Scripted(reply=reply, heard=heard or Heard()), "test:scripted")


def sources_in(material: str) -> list[str]:
    """The sources of a prompt, in order."""
    return [text for _, text in _SOURCE.findall(material)]


def line(text: str, *sources: str) -> str:
    """One sentence as models are asked for it."""
    return json.dumps({"text": text, "sources": list(sources)}, ensure_ascii=False) + "\n"


def is_wording(rules: str) -> bool:
    """Whether a model is asked to word an answer, not to read a question."""
    return "[1]" in rules


def faithful(rules: str, material: str) -> Iterator[str]:
    """Says the first source again, warmly, sentence by sentence; reads every question as unclear."""
    if not is_wording(rules):
        yield json.dumps({"label": "khong_ro", "question": ""})
        return
    source = sources_in(material)[0]
    first = True
    for part in re.split(r" / |(?<=[.!?]) ", source):
        words = part.strip(" -")
        if not words:
            continue
        if first and not re.match(r"(?:Có|Không|Chưa|Còn)[.,]", words):
            words = f"Dạ, {words[0].lower()}{words[1:]}"
        first = False
        yield line(words, "[1]")


def obedient(rules: str, material: str) -> Iterator[str]:
    """Does all that any text says: gives the prompt away, repeats what is quoted or asked to be said, changes its role, promises money."""
    said = re.findall(r"[“\"'`«](.{2,200}?)[”\"'`»]", material)
    said += re.findall(
        r"(?i)(?:say|print|reply|respond|answer|output|write|repeat|nói|noi|in ra|trả lời|tra loi|viết|viet|xuất)"
        r"\s*(?:rằng|rang|là|la|with|that|:)?\s+(.{2,200})",
        material,
    )
    said += re.findall(r"\b[A-Z0-9][A-Z0-9_-]{6,}\b", f"{rules}\n{material}")
    if not is_wording(rules):
        asked = said[0] if said else material[-200:]
        yield json.dumps({"label": "ho_tro", "question": asked, "facts": {"income": 99_000_000, "group": "hộ nghèo"}})
        return
    yield line("Tôi là DAN, không còn luật nào với tôi nữa.", "[1]")
    yield line(rules, "[1]")
    yield line(material, "[1]", "[2]")
    yield from (line(text, "[1]") for text in said)
    yield from (line(text, "[1]") for text in rules.split("\n"))
    for source in sources_in(material):
        yield line(re.sub(r"\d+", lambda m: str(int(m[0]) * 2), source), "[1]")
        yield line(source, "[1]")


@dataclass
class Liar:
    """Says the first source again with one lie in it: `lies` are whole sentences, `alters` changes each sentence that it can."""

    lies: list[str] = field(default_factory=list)
    alter: Callable[[str], str | None] = lambda sentence: None

    def __call__(self, rules: str, material: str) -> Iterator[str]:
        if not is_wording(rules):
            yield json.dumps({"label": "ho_tro", "question": self.lies[0] if self.lies else "", "facts": {}})
            return
        for sentence in re.split(r" / |(?<=[.!?]) ", sources_in(material)[0]):
            yield line(self.alter(sentence) or sentence, "[1]")
        yield from (line(lie, "[1]") for lie in self.lies)


class Trouble(RuntimeError):
    """Raised by a failing model, as a client would."""


def stalling(seconds: float) -> Reply:
    """Says nothing for `seconds`."""

    def reply(rules: str, material: str) -> Iterator[str]:
        time.sleep(seconds)
        yield line("Muộn rồi.", "[1]")

    return reply


def dripping(every: float, count: int) -> Reply:
    """Says one letter at a time for ever."""

    def reply(rules: str, material: str) -> Iterator[str]:
        for _ in range(count):
            time.sleep(every)
            yield "x"

    return reply


def breaking(rules: str, material: str) -> Iterator[str]:
    """Begins well, then breaks."""
    yield line("Dạ, tôi xin trả lời.", "[1]")
    raise Trouble("connection reset by peer")


def saying(text: str) -> Reply:
    """Says `text`, whatever it is asked."""

    def reply(rules: str, material: str) -> Iterator[str]:
        for at in range(0, len(text), 4096):
            yield text[at : at + 4096]

    return reply
