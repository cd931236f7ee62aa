"""Chat models through LangChain.

Traps: some clients try again by themselves, which would eat the citizen's ten seconds, so all are told not to; tokens are told with the
last piece, or not at all.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from knowledge.model.contract import Hear, ModelFailed, Prompt, Said, Usage, Why
from knowledge.model.providers import BadModel, split_name

LONGEST = 20_000  # characters of one reply; nothing we ask for comes near
_PER_TOKEN = 3  # characters of Vietnamese a token holds, about; for servers that do not count


def open_model(model: str, *, address: str = "", key: str = "", seconds: float = 8.0, tokens: int = 700) -> ChatThrough:
    """The model `provider:name`. `seconds`, `tokens`: what one reply may take. Raises BadModel."""
    provider, name = split_name(model)
    # LangChain sends every prompt to a service of its maker's when the environment of the machine says so.
    os.environ.update(LANGSMITH_TRACING="false", LANGCHAIN_TRACING_V2="false", LANGSMITH_TRACING_V2="false")
    try:
        made = getattr(importlib.import_module(provider.module), provider.name)
    except ImportError as error:
        raise BadModel(f"LLM_MODEL: chưa cài {provider.package}.", "Chạy `make llm`, rồi khởi động lại.") from error
    told: dict[str, Any] = {"model": name, "temperature": 0.0, provider.tokens: tokens, **dict(provider.quiet)}
    if provider.seconds:
        told[provider.seconds] = seconds
    else:
        told["client_kwargs"] = {"timeout": seconds}
    if address and provider.address:
        told[provider.address] = address
    if provider.key:
        # A local server asks for no key, but the client wants one.
        told[provider.key] = key or ("none" if address else "")
    try:
        return ChatThrough(made(**told), model)
    except Exception as error:  # every client checks its arguments in its own way
        raise BadModel(
            f"LLM_MODEL: không mở được {model} ({type(error).__name__}).", "Kiểm LLM_MODEL, LLM_BASE_URL, LLM_API_KEY."
        ) from None


class ChatThrough:
    """A LangChain chat model as a `ChatModel`."""

    def __init__(self, model: BaseChatModel, name: str) -> None:
        self._model, self._name = model, name

    @property
    def name(self) -> str:
        """`provider:model`."""
        return self._name

    def say(self, prompt: Prompt, hear: Hear) -> Said:
        """The whole text, piece by piece to `hear`. Raises ModelFailed."""
        messages = [SystemMessage(prompt.rules), HumanMessage(prompt.material)]
        parts: list[str] = []
        length, told = 0, Usage()
        try:
            for text, usage in self._pieces(messages):
                told = told + usage
                parts.append(text)
                length += len(text)
                if length > LONGEST:
                    raise ModelFailed(Why.TOO_LONG)
                if text and not hear(text):
                    break
        except ModelFailed:
            raise
        except Exception as error:
            # LangChain says so when a stream had nothing in it; an exception's words may carry the prompt, so they are left.
            nothing = not parts and type(error) is ValueError
            raise ModelFailed(Why.EMPTY if nothing else _class_of(error), type(error).__name__) from None
        text = "".join(parts)
        if not text.strip():
            raise ModelFailed(Why.EMPTY)
        guessed = Usage((len(prompt.rules) + len(prompt.material)) // _PER_TOKEN, length // _PER_TOKEN + 1)
        return Said(text, told if told.tokens_in or told.tokens_out else guessed)

    def _pieces(self, messages: list[BaseMessage]) -> Iterator[tuple[str, Usage]]:
        for chunk in self._model.stream(messages):
            meta = getattr(chunk, "usage_metadata", None) or {}
            usage = Usage(int(meta.get("input_tokens") or 0), int(meta.get("output_tokens") or 0))
            yield str(chunk.text), usage


def _class_of(error: Exception) -> Why:
    """The class of a client's exception, by its name: each client has its own, and none may be imported here."""
    names = " ".join(kind.__name__ for kind in type(error).__mro__)
    if "Timeout" in names:
        return Why.TIME
    if getattr(error, "status_code", None) is not None or "Status" in names or "ResponseError" in names:
        return Why.REFUSED
    if any(word in names for word in ("Connect", "Connection", "Network", "Protocol", "OSError", "Transport")):
        return Why.UNREACHABLE
    return Why.GARBAGE
