"""Long runs: each prints one line of JSON with its figures and targets. `python -m tests.soak --list`."""
