"""What is known about social insurance and how a question is answered. Imports nothing from `ingest` or `bot`."""

import os

# Before numpy is loaded: its matrix products here are small, and threads that wait for each other cost twice the processor time
# of the product itself, which the other conversations need.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
