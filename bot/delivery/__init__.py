"""Durable delivery: what comes in is stored before it is acknowledged, what goes out is stored before it is sent."""
