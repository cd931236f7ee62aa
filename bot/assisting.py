"""Makes the chat model's part from the settings."""

from __future__ import annotations

from sqlalchemy import Engine

from bot.model_use import Allowance, ModelUse
from bot.outreach.communes import load_communes
from bot.settings import Settings
from knowledge.model import Assistant, ChatModel, Guarded, Money
from knowledge.vietnamese import fold


def assistant_for(settings: Settings, engine: Engine, model: ChatModel | None = None) -> Assistant | None:
    """The assistant of `settings`; None when no model is set. `model` stands in for the one of the settings. Raises BadModel."""
    if model is None:
        if not settings.llm_model:
            return None
        from knowledge.model.langchain_model import open_model  # with LangChain's own classes: only where one is used

        model = open_model(
            settings.llm_model,
            address=settings.llm_base_url,
            key=settings.llm_api_key.get_secret_value(),
            seconds=settings.llm_seconds,
            tokens=settings.llm_tokens,
        )
    money = Money(settings.llm_price_in, settings.llm_price_out)
    use = model_use_of(settings, engine)
    return Assistant(
        Guarded(model, use, at_once=settings.llm_at_once),
        reads=settings.model_reads,
        words=settings.model_words,
        seconds=settings.llm_seconds,
        money=money,
        places=places_of(settings.province),
    )


def model_use_of(settings: Settings, engine: Engine) -> ModelUse:
    """What the model has used, with the limits of `settings`."""
    allowance = Allowance(settings.llm_person_tokens, settings.llm_day_tokens, settings.llm_day_cost)
    return ModelUse(engine, allowance, Money(settings.llm_price_in, settings.llm_price_out))


def places_of(province: str) -> frozenset[str]:
    """Names of the communes of `province`, folded: who names one in a message may have given an address."""
    return frozenset(fold(unit.name) for unit in load_communes(province).units if " " in unit.name)
