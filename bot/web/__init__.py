"""The web chat: one page at `/`, `POST /api/chat`, health and metrics.

`create_app` makes the application over any `Answerer`; `serve` runs it; `app_for` wires it to an installation.
"""

from bot.web.app import create_app
from bot.web.health import Readiness
from bot.web.pages import Source
from bot.web.server import CannotListen, app_for, make_server, serve

__all__ = ["CannotListen", "Readiness", "Source", "app_for", "create_app", "make_server", "serve"]
