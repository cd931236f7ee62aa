"""`tuvan alerts`: what is wrong now, for machines that nobody watches with Prometheus."""

from __future__ import annotations

import sys
from dataclasses import asdict

from bot.cli.answers import AsJson
from bot.cli.app import app
from bot.cli.output import console, print_json
from bot.settings import load_settings
from bot.storage.opening import open_as_it_is
from bot.watching.figures import Figures
from bot.watching.rules import alerts as judged


@app.command()
def alerts(as_json: AsJson = False) -> None:
    """Điều đang hỏng hoặc sắp hỏng, mỗi việc một dòng; có việc thì mã thoát là 1."""
    settings = load_settings()
    engine = open_as_it_is(settings)
    try:
        found = list(judged(Figures(engine, settings)()))
    finally:
        engine.dispose()
    if as_json:
        print_json([asdict(one) for one in found])
    else:
        for one in found:
            console.print(f"{one.name}: {one.says} → {one.remedy}", markup=False)
    if found:
        sys.exit(1)
