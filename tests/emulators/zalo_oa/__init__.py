"""A stand-in for the Zalo Official Account API, its OAuth and its webhook: see `emulator.ZaloOAEmulator`."""

from tests.emulators.zalo_oa.emulator import ZaloOAEmulator
from tests.emulators.zalo_oa.signing import STYLES, oa_mac

__all__ = ["STYLES", "ZaloOAEmulator", "oa_mac"]
