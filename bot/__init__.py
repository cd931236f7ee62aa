"""Talks to people: web chat, settings, command line. May import `knowledge`; `ingest` only from the command line."""
