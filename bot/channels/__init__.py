"""Channels: the doors through which citizens come. Each is verify + read + send + capabilities (`contract.Channel`)."""
