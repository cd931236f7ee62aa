"""The civil time of Việt Nam, whatever zone the machine is in."""

from __future__ import annotations

from zoneinfo import ZoneInfo

TIME_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
