"""A real server on a free port, and Debian's Chromium."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from bot.messages import Answerer
from bot.web import create_app
from tests.bot.channels.drivers import serve_app

MANY = 10_000  # questions a minute: these tests are not about limits


@contextlib.contextmanager
def running(answerer: Answerer, **options: Any) -> Iterator[str]:
    """The web chat over `answerer` at the address given."""
    with serve_app(create_app(answerer, **{"per_session": MANY, **options})) as address:
        yield address


@pytest.fixture(scope="module")  # not longer: its event loop keeps asyncio.run out of tests that follow
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no Chromium: install Debian's package chromium")
    with sync_playwright() as playwright:
        # The sandbox of Chromium needs a user other than root, which a container seldom has.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


class Watched:
    """A page, with all that must not happen on it."""

    def __init__(self, page: Page, base: str) -> None:
        self.page = page
        self.troubles: list[str] = []
        self.hosts: set[str] = set()
        page.on(
            "console",
            lambda m: self.troubles.append(f"console {m.type}: {m.text}") if m.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda e: self.troubles.append(f"error: {e}"))
        page.on("dialog", self._dialog)
        page.on("request", lambda r: self.hosts.add("/".join(r.url.split("/")[:3])))
        page.add_init_script(
            "addEventListener('securitypolicyviolation', e => console.error('policy: ' + e.violatedDirective))"
        )
        page.goto(base)

    def _dialog(self, dialog: Any) -> None:
        self.troubles.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def ask(self, text: str) -> None:
        """Asks by keyboard, and waits for one more answer."""
        answers = self.page.locator("#log .turn.bot")
        before = answers.count()
        self.page.locator("#text").fill(text)
        self.page.keyboard.press("Enter")
        answers.nth(before).wait_for()


OpenPage = Callable[..., Watched]


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[OpenPage]:
    """Opens the address given in a new profile; further arguments are Playwright's."""
    with contextlib.ExitStack() as stack:

        def opened(base: str, **options: Any) -> Watched:
            context = chromium.new_context(**{"viewport": {"width": 1280, "height": 800}, "locale": "vi-VN", **options})
            stack.callback(context.close)
            context.set_default_timeout(20_000)
            return Watched(context.new_page(), base)

        yield opened
