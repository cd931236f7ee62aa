"""`python -m tests.emulators telegram --port 8081`: one emulator by hand, until interrupted."""

from __future__ import annotations

import argparse
import contextlib
import signal
from pathlib import Path

from tests.emulators.base import Emulator
from tests.emulators.serve import Running
from tests.emulators.telegram import TelegramEmulator
from tests.emulators.zalo_bot import ZaloBotEmulator
from tests.emulators.zalo_oa import ZaloOAEmulator

KINDS: dict[str, type[Emulator]] = {
    "telegram": TelegramEmulator,
    "zalo-oa": ZaloOAEmulator,
    "zalo-bot": ZaloBotEmulator,
}


def main() -> None:
    """Serves until Ctrl-C; prints the address and the settings that a client needs."""
    parser = argparse.ArgumentParser(prog="python -m tests.emulators", description=__doc__)
    parser.add_argument("platform", choices=sorted(KINDS))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: a free one")
    parser.add_argument("--webhook", default="", help="where events are posted (Zalo OA has no call for it)")
    parser.add_argument(
        "--trust", type=Path, help="PEM file of the authority whose certificates an https webhook must show"
    )
    arguments = parser.parse_args()
    emulator = KINDS[arguments.platform]()
    emulator.webhook.url = arguments.webhook
    if arguments.trust:
        emulator.webhook.trust(arguments.trust)
    emulator.webhook.start_retries()
    running = Running(emulator, arguments.host, arguments.port).start()
    print(f"{arguments.platform} emulator at {running.base_url}", flush=True)
    for name, value in emulator.settings().items():
        print(f"  {name}={value}")
    print(f"  acts: POST {running.base_url}/_control/act/… one of {', '.join(sorted(emulator.actions))}", flush=True)
    # A shell that starts this in the background has it ignore Ctrl-C, and Python keeps to that unless told otherwise.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        running.wait()
    running.stop()
    emulator.close()


if __name__ == "__main__":
    main()
