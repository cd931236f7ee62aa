"""Which channels an installation has: those whose token is set. The libraries of the others are not loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Engine

from bot.channels.contract import PATHS, Channel
from bot.settings import Mode, Settings


@dataclass(frozen=True, slots=True)
class Channels:
    """The channels of an installation by name, which of them are polled, and the public webhook address of the others."""

    by_name: Mapping[str, Channel]
    polled: frozenset[str]
    webhooks: Mapping[str, str]


def channels_of(settings: Settings, engine: Engine) -> Channels:
    """The channels whose tokens `settings` give."""
    made: dict[str, Channel] = {}
    modes: dict[str, Mode] = {}
    if token := settings.telegram_bot_token.get_secret_value():
        from bot.channels.telegram import Telegram

        secret = settings.telegram_webhook_secret.get_secret_value()
        made["telegram"] = Telegram(token, api_url=settings.telegram_api_url, webhook_secret=secret)
        modes["telegram"] = settings.telegram_mode
    if settings.zalo_oa:
        from bot.channels.zalo_oa import ZaloOA
        from bot.channels.zalo_oa_tokens import TokenStore
        from bot.web.assets import Assets

        tokens = TokenStore(
            engine,
            settings.zalo_oa_app_id,
            app_secret=settings.zalo_oa_app_secret.get_secret_value(),
            oauth_url=settings.zalo_oa_oauth_url,
            seed_access=settings.zalo_oa_access_token.get_secret_value(),
            seed_refresh=settings.zalo_oa_refresh_token.get_secret_value(),
        )
        made["zalo_oa"] = ZaloOA(
            app_id=settings.zalo_oa_app_id,
            oa_secret_key=settings.zalo_oa_secret_key.get_secret_value(),
            api_url=settings.zalo_oa_api_url,
            tokens=tokens,
            form_picture=f"{settings.public_url}{Assets().url('contact-form.png')}" if settings.public_url else "",
        )
        modes["zalo_oa"] = Mode.WEBHOOK
    if token := settings.zalo_bot_token.get_secret_value():
        from bot.channels.zalo_bot import ZaloBot

        secret = settings.zalo_bot_webhook_secret.get_secret_value()
        made["zalo_bot"] = ZaloBot(token, api_url=settings.zalo_bot_api_url, webhook_secret=secret)
        modes["zalo_bot"] = settings.zalo_bot_mode
    by_webhook = {name for name, mode in modes.items() if mode is Mode.WEBHOOK}
    webhooks = {name: f"{settings.public_url}{PATHS[name]}" for name in by_webhook} if settings.public_url else {}
    return Channels(made, frozenset(made) - by_webhook, webhooks)
