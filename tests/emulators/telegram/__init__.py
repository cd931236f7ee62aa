"""A stand-in for the Telegram Bot API: see `emulator.TelegramEmulator`."""

from tests.emulators.telegram.emulator import FloodLimits, TelegramEmulator

__all__ = ["FloodLimits", "TelegramEmulator"]
