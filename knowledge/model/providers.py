"""Providers of chat models: `provider:model` to LangChain's own class for that provider, which is loaded when it is opened.

The table of four stands in for LangChain's `init_chat_model`, which would bring a graph engine and its stores along.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from knowledge.errors import KnowledgeError


class BadModel(KnowledgeError):
    """Raised when `LLM_MODEL` names a provider we do not know, or one whose package is not installed."""


@dataclass(frozen=True, slots=True)
class Provider:
    """How LangChain's class of a provider is called."""

    module: str
    name: str
    package: str
    key: str  # the argument for the key, empty when there is none
    address: str  # the argument for another address
    seconds: str  # the argument for the time a call may take
    tokens: str  # the argument for the longest reply
    quiet: tuple[tuple[str, Any], ...]  # arguments that keep the client from trying again
    abroad: bool  # its own address is outside Việt Nam


PROVIDERS = {
    "openai": Provider(
        "langchain_openai", "ChatOpenAI", "langchain-openai", "api_key", "base_url", "timeout", "max_tokens",
        (("max_retries", 0), ("stream_usage", True)), True,
    ),
    "ollama": Provider(
        "langchain_ollama", "ChatOllama", "langchain-ollama", "", "base_url", "", "num_predict", (), False,
    ),
    "anthropic": Provider(
        "langchain_anthropic", "ChatAnthropic", "langchain-anthropic", "api_key", "base_url", "timeout", "max_tokens",
        (("max_retries", 0),), True,
    ),
    "google_genai": Provider(
        "langchain_google_genai", "ChatGoogleGenerativeAI", "langchain-google-genai", "google_api_key", "", "timeout",
        "max_output_tokens", (("max_retries", 1),), True,
    ),
}  # fmt: skip
"""Providers by the first part of `LLM_MODEL`."""


def split_name(model: str) -> tuple[Provider, str]:
    """The provider and the model's own name of `provider:model`. Raises BadModel."""
    provider, _, name = model.partition(":")
    if provider not in PROVIDERS or not name:
        raise BadModel(
            f"LLM_MODEL: không hiểu “{model}”.",
            f"Viết nhà cung cấp:tên-mô-hình, nhà cung cấp là một trong: {', '.join(PROVIDERS)}.",
        )
    return PROVIDERS[provider], name
