"""A stand-in for the Zalo Bot Platform: see `emulator.ZaloBotEmulator`."""

from tests.emulators.zalo_bot.emulator import ZaloBotEmulator

__all__ = ["ZaloBotEmulator"]
