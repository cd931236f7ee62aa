"""A program of tomorrow: this one with one more step of its tables, in a process of its own. What it leaves is what this program meets
when an administrator goes back."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from bot.storage import migrate
from tests.bot.backup.places import Place

REVISION = "9001"
GOOD = """
    op.add_column("campaigns", sa.Column("colour", sa.Text(), nullable=False, server_default="red"))
    op.execute("UPDATE conversations SET name = 'rewritten'")
    op.drop_column("outbox", "problem")
"""
BAD = (
    GOOD
    + """
    op.execute("INSERT INTO knowledge_state (id, version) VALUES (1, 0)")
"""
)
"""It changes something, then cannot go on."""
_STEP = '''"""A step of tomorrow."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade() -> None:{body}
'''
_PROGRAM = """
import sys
from pathlib import Path
import bot.storage.migrate as migrate
migrate._FOLDER = Path(sys.argv.pop(1))
from bot.cli import main
main()
"""


def steps_of_tomorrow(folder: Path, body: str = GOOD) -> Path:
    """The folder of migrations with the further step."""
    steps = folder / "migrations"
    shutil.copytree(migrate._FOLDER, steps, ignore=shutil.ignore_patterns("__pycache__"))
    (steps / "versions/9001_tomorrow.py").write_text(
        _STEP.format(revision=REVISION, before=migrate.head(), body=body), encoding="utf-8"
    )
    return steps


def start(at: Place, steps: Path, *words: str, limit: int = 0, **settings: str) -> subprocess.Popen[str]:
    """A command of the program of tomorrow at `at`, in a process that can write files of at most `limit` bytes."""
    environment = os.environ | {"TUVAN_DATA": str(at.data), "DATABASE_URL": at.settings.database_url} | settings
    bounds = ["sh", "-c", f'ulimit -f {limit // 512}; exec "$@"', "sh"] if limit else []
    return subprocess.Popen(
        [*bounds, sys.executable, "-c", _PROGRAM, str(steps), *words],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def run(at: Place, steps: Path, *words: str, limit: int = 0, **settings: str) -> tuple[int, str]:
    """Runs it to its end: the status and what it said on standard error."""
    process = start(at, steps, *words, limit=limit, **settings)
    told = process.communicate(timeout=180)[1]
    return process.returncode, told
