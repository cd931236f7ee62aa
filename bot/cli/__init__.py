"""The command `tuvan`. Exit status 0, 1 (it failed, one line says why), 2 (wrong use)."""

from __future__ import annotations

import logging
import sys

from bot.cli.app import app
from bot.cli.output import complain
from bot.errors import BotError
from bot.logs import DATED, PLAIN
from bot.redaction import install
from ingest.errors import IngestError
from knowledge.errors import KnowledgeError

from . import (  # noqa: F401  (each adds its commands)
    alerts,
    answers,
    backup,
    calculate,
    channels,
    demo,
    doctor,
    documents,
    dossier,
    encrypting,
    evaluation,
    gaps,
    handoff,
    moving,
    outreach,
    planning,
    server,
    staff,
)

__all__ = ["app", "main"]


def main() -> None:
    """Runs the command line."""
    logging.basicConfig(level=logging.WARNING, format=PLAIN, datefmt=DATED, stream=sys.stderr)
    install()
    try:
        app()
    except (BotError, KnowledgeError) as error:
        complain(str(error), error.remedy)
        sys.exit(1)
    except IngestError as error:
        complain(str(error))
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
