"""What is known about social insurance and how a question is answered. Imports nothing from `ingest` or `bot`."""
