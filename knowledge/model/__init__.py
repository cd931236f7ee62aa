"""A chat model (mô hình ngôn ngữ) that may help with words, and never with facts.

It is off by default. Where it is set, it does two things, each switchable: it reads a question that the rules could not read
(`understanding`), and it words an answer that was found without it (`assistant`). Everything it says is checked by code
(`grounding`); on any doubt the answer without it is sent. It holds no tool, writes nothing and sees no personal data (`masking`).
"""

from __future__ import annotations

from knowledge.model.assistant import Assistant, Money
from knowledge.model.contract import ChatModel, Meter, ModelFailed, Prompt, Said, Usage
from knowledge.model.guarded import Guarded

__all__ = ["Assistant", "ChatModel", "Guarded", "Meter", "ModelFailed", "Money", "Prompt", "Said", "Usage"]
