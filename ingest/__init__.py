"""Turns files into knowledge. May import `knowledge`, never `bot`."""
