"""One person floods: what do the others notice?

python -m tests.soak.flood [--messages 1000] [--people 20] [--seconds 20]

Twenty people ask once a second each, first alone, then beside one who sends a thousand messages in ten seconds. Answers take 50 ms of
waiting, as a model does, so that the workers are what there is too little of. Status 1 when the 95th percentile of the others grows by
more than a fifth (and more than 20 ms), or the flooder gets more than 15 answers a minute or more than one notice.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from bot.delivery.runtime import Parts, Runtime
from bot.dialogue.texts import say
from bot.messages import ChatReply
from bot.storage.migrate import migrate
from knowledge.store import open_engine
from tests.bot.delivery.plain import PlainChannel, body
from tests.bot.delivery.test_workers import Echo, deliver

_FLOOD_SECONDS = 10.0
_PER_MINUTE = 15


class Waiting(Echo):
    """Takes 50 ms to answer."""

    def answer(self, text: str, *, session: str) -> ChatReply:
        time.sleep(0.05)
        return super().answer(text, session=session)


def trial(folder: Path, messages: int, people: int, seconds: float) -> dict[str, Any]:
    """The figures with and without a flood."""
    calm = _measure(folder / "calm", 0, people, seconds)
    flooded = _measure(folder / "flood", messages, people, seconds)
    return {
        "people": people, "messages": messages, "p95_ms": [calm["p95_ms"], flooded["p95_ms"]],
        "p50_ms": [calm["p50_ms"], flooded["p50_ms"]], "unanswered": calm["unanswered"] + flooded["unanswered"],
        "flooder_answers": flooded["answers"], "flooder_notices": flooded["notices"],
    }  # fmt: skip


def _measure(folder: Path, messages: int, people: int, seconds: float) -> dict[str, Any]:
    folder.mkdir()
    engine = open_engine(f"sqlite:///{folder / 'flood.sqlite3'}")
    migrate(engine)
    channel, asked, heard = PlainChannel(), dict[str, float](), dict[str, float]()
    plain = channel.send

    async def send(conversation: str, piece: Any) -> Any:
        sent = await plain(conversation, piece)
        heard.setdefault(piece.text.rsplit("đáp: ", 1)[-1], time.perf_counter())
        return sent

    channel.send = send  # type: ignore[method-assign]
    made = Runtime(engine, {"plain": channel}, Waiting(), parts=Parts(poll=False), workers=4, per_minute=_PER_MINUTE)
    made.start()
    begun = time.perf_counter()

    def flood() -> None:
        for n in range(messages):
            time.sleep(max(0.0, begun + n * _FLOOD_SECONDS / messages - time.perf_counter()))
            deliver(made, channel, body(f"f{n}", "flooder", f"lũ {n}", order=n))

    def person(number: int) -> None:
        # each asks in a conversation that is new after ten questions, so that nobody of them reaches the limit
        for n in range(int(seconds)):
            time.sleep(max(0.0, begun + n + number / people - time.perf_counter()))
            text = f"câu {number}.{n}"
            asked[text] = time.perf_counter()
            deliver(made, channel, body(f"{number}-{n}", f"p{number}-{n // 10}", text, order=n))

    threads = [threading.Thread(target=person, args=(number,)) for number in range(people)]
    threads += [threading.Thread(target=flood)] if messages else []
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ends = time.monotonic() + 120
    while time.monotonic() < ends and (
        made.inbox.waiting() or made.outbox.count("waiting") or made.outbox.count("sending")
    ):
        time.sleep(0.1)
    made.stop()
    took = [heard[text] - at for text, at in asked.items() if text in heard]
    told = [text for conversation, text in channel.delivered if conversation == "flooder"]
    engine.dispose()
    return {
        "p50_ms": round(float(np.percentile(took, 50)) * 1000), "p95_ms": round(float(np.percentile(took, 95)) * 1000),
        "unanswered": len(asked) - len(took), "answers": sum("đáp: " in text for text in told),
        "notices": sum(text == say("too_fast") for text in told),
    }  # fmt: skip


def main() -> int:
    """Prints one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20.0)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = trial(Path(folder), told.messages, told.people, told.seconds)
    calm, flooded = found["p95_ms"]
    sys.stdout.write(json.dumps(found | {"target": "+20 % (or 20 ms), 15 answers, one notice"}) + "\n")
    slower = flooded > max(1.2 * calm, calm + 20)
    return int(
        slower or found["unanswered"] > 0 or found["flooder_answers"] > _PER_MINUTE or found["flooder_notices"] != 1
    )


if __name__ == "__main__":
    sys.exit(main())
