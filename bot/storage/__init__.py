"""The database of an installation: its tables, and the migrations that bring an older one up to date."""
