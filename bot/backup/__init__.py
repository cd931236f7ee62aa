"""Backups: one archive of all that cannot be made again, verified when it is written, restored whole or not at all."""
