"""Local stand-ins for Telegram, Zalo Official Account and Zalo Bot, speaking their wire formats over HTTP.

They know nothing of `bot`: they are outside things with their own state, limits and faults. `serve.serving(emulator)` runs one
on a free port; `python -m tests.emulators telegram --port 8081` runs one by hand. Control: methods of the object, or `/_control/…`.
"""

from tests.emulators.control import Clock, Fault
from tests.emulators.delivery import Delivery, Happening
from tests.emulators.serve import Running, serving
from tests.emulators.telegram import TelegramEmulator
from tests.emulators.zalo_bot import ZaloBotEmulator
from tests.emulators.zalo_oa import ZaloOAEmulator

__all__ = [
    "Clock",
    "Delivery",
    "Fault",
    "Happening",
    "Running",
    "TelegramEmulator",
    "ZaloBotEmulator",
    "ZaloOAEmulator",
    "serving",
]
