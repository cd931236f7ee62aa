"""Kills the real command `tuvan ingest FOLDER`: do the answers of what was published stay, and does the next run complete?

python -m tests.bench.kill_ingest --real [--kills 200] [--seed 1]

Decrees in Markdown, Word and PDF come into a folder step by step. Each trial starts the command and kills it at a random
moment of its whole duration, every other time with all of its children; then 50 questions are put to the knowledge of a
program that starts anew. Every few trials a run is let through. Prints one line of JSON; status 1 for a broken promise.
"""

from __future__ import annotations

import logging
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

from bot.bootstrap import System, bootstrap, card_answers
from bot.settings import Settings
from knowledge.answering import Knowledge
from knowledge.answers import AnswerStatus
from knowledge.embedding import Embedder, load_embedder
from knowledge.index import LiveIndex, open_live
from knowledge.store import reading
from tests.ingest import convert
from tests.ingest.convert import Paragraph
from tests.models import prepared_models

TODAY = date(2032, 3, 1)
BASE = 6  # documents that the questions ask about
EACH_TIME = 2  # documents that come before each kill
ROUND = 16  # kills until the installation begins again with the first documents
COMPLETE = 8  # kills until a run is let through
PROBES = 50
_ROOT = Path(__file__).parents[2]
_COMMAND = "from bot.cli import main; main()"
_WRITERS = (("md", convert.markdown), ("docx", convert.word), ("pdf", convert.pdf))
_CRAFTS = """
    nuôi ong rừng|dệt vải lanh|rèn dao phát|đan gùi mây|ép dầu sở|làm giấy dó|đúc lưỡi cày|nặn chum sành|chạm bạc trắng
    ươm cây trẩu|nấu mật mía|khâu nón lá|đóng bè luồng|hái chè cổ thụ|phơi măng nứa|nhuộm chàm xanh
""".replace("\n", "|").split("|")
CRAFTS = [craft.strip() for craft in _CRAFTS if craft.strip()]
_ASPECTS = {
    "Điều kiện lập tổ": [
        "có ít nhất bảy thành viên cùng thôn",
        "có người giữ sổ biết chữ",
        "có chỗ họp tránh được mưa",
    ],
    "Hồ sơ xin lập tổ": ["đơn có chữ ký của mọi thành viên", "danh sách dụng cụ đang dùng", "biên bản họp thôn"],
    "Mức chi mỗi quý": ["tiền dầu đèn của buổi họp", "tiền thuê xe chở dụng cụ", "tiền công của người giữ sổ"],
    "Kiểm tra và nhắc nhở": ["xã xem sổ vào tháng cuối quý", "thôn nhắc khi tổ bỏ họp", "tỉnh hỏi ngẫu nhiên ba tổ"],
}


def number_of(document: int) -> str:
    """The official number of the decree that comes in as number `document`, from 0."""
    return f"{700 + document}/2031/NĐ-CP"


def clauses(document: int) -> list[tuple[str, list[str]]]:
    """Titles and clauses of its articles. The first documents have a craft each; later ones are about lanterns."""
    about = f"tổ {CRAFTS[document]}" if document < BASE else f"đội đèn trời thôn số {document}"
    made = []
    for title, things in _ASPECTS.items():
        of = [f"{thing[0].upper()}{thing[1:]} thì {about} mới được ghi nhận." for thing in things]
        made.append((f"{title} {about.removeprefix('tổ ')}", of))
    return made


def write(folder: Path, document: int) -> None:
    """The decree as a file, in one of three formats by turns."""
    text = [
        *(
            Paragraph(p.text.replace("612/2031", f"{700 + document}/2031"), p.heading, p.centred)
            for p in convert.DECREE[:7]
        ),
        Paragraph("Căn cứ Luật Tổ chức Chính phủ ngày 18 tháng 02 năm 2025;"),
    ]
    for place, (title, of) in enumerate(clauses(document), 1):
        text.append(Paragraph(f"Điều {place}. {title}", heading=3))
        text += [Paragraph(f"{n}. {words}") for n, words in enumerate(of, 1)]
    text += [
        Paragraph(f"Điều {len(_ASPECTS) + 1}. Hiệu lực thi hành", heading=3),
        Paragraph("Nghị định này có hiệu lực thi hành từ ngày 01 tháng 8 năm 2031."),
    ]
    ending, writer = _WRITERS[document % len(_WRITERS)]
    writer(folder / f"nd-{700 + document}.{ending}", text)


def questions() -> list[str]:
    """Questions whose answer no later document can change: they name a clause of the first ones, or are its own words."""
    named = [
        f"Khoản {1 + (d + a) % 3} Điều {a} Nghị định {number_of(d)} quy định gì?"
        for d in range(BASE)
        for a in range(1, 5)
    ]
    by_words = [
        f"{things[(d + a) % 3]} thì tổ {CRAFTS[d]} thế nào?"
        for d in range(BASE)
        for a, things in enumerate(_ASPECTS.values())
    ]
    ends = [f"Nghị định {number_of(d)} có hiệu lực từ ngày nào?" for d in range(BASE)]
    return [*named, *by_words, *ends][:PROBES]


class House:
    """An installation below `root` with the folder of files that people fill."""

    def __init__(self, root: Path) -> None:
        self.files, self.data, self._kept = root / "files", root / "data", root / "kept"
        self.files.mkdir()
        (self.data / "models").mkdir(parents=True)
        models = prepared_models()
        for model in models.iterdir():
            if model.is_dir():
                (self.data / "models" / model.name).symlink_to(model.absolute())
        self.settings = Settings(tuvan_data=self.data, tuvan_today=TODAY, database_url="", embedding_threads=1)
        self.embedder: Embedder = load_embedder("", models, threads=1)
        self._cards = card_answers(
            self.settings, self.embedder
        )  # stand on nothing that is killed; two seconds each time
        self.documents = 0

    def bring(self, count: int) -> None:
        """`count` more files in the folder."""
        for _ in range(count):
            write(self.files, self.documents)
            self.documents += 1

    def start(self) -> subprocess.Popen[bytes]:
        """`tuvan ingest FOLDER` in a session of its own."""
        known = {"TUVAN_DATA": str(self.data), "TUVAN_TODAY": TODAY.isoformat(), "EMBEDDING_THREADS": "1"}
        return subprocess.Popen(
            [sys.executable, "-c", _COMMAND, "ingest", str(self.files)],
            env={k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | known | {"PYTHONPATH": str(_ROOT)},
            cwd=self.data,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def keep(self) -> None:
        """Remembers the data as they are."""
        shutil.copytree(self.data, self._kept, symlinks=True)

    def begin_again(self) -> None:
        """Data and files as they were kept."""
        shutil.rmtree(self.data)
        shutil.copytree(self._kept, self.data, symlinks=True)
        for document in range(BASE, self.documents):
            for file in self.files.glob(f"nd-{700 + document}.*"):
                file.unlink()
        self.documents = BASE

    @contextmanager
    def open(self) -> Iterator[System]:
        """The program as it starts anew over what is on disk."""
        system = bootstrap(self.settings, embedder=self.embedder)
        system.knowledge = Knowledge(system.search, system.store, lambda: self._cards)
        try:
            yield system
        finally:
            system.close()

    def generations(self) -> int:
        """How many folders of generations there are, finished or not."""
        folder = self.settings.indexes_folder
        return sum(p.is_dir() and "keyword" not in p.name for p in folder.iterdir()) if folder.is_dir() else 0


Said = list[tuple[str, str, object]]


def answers(system: System) -> Said:
    """Status, words and citations for every question."""
    told = (system.knowledge.answer(question, today=TODAY) for question in questions())
    return [(a.status.value, a.text, a.citations) for a in told]


def half_documents(system: System) -> list[str]:
    """Published documents that are not what their file says."""
    found = []
    for row in system.store.documents():
        document = int(row.identity.number.split("/")[0]) - 700
        written = [text for _, of in clauses(document) for text in of]
        texts = [p.text for p in system.store.provisions_of(row.id)]
        if texts[: len(written)] != written or len(texts) != len(written) + 1 or row.passages != row.provisions:
            wrong = [text for text in texts if text not in written]
            found.append(f"{row.path}: {row.provisions} provisions, {row.passages} passages, {wrong}")
    return found


def stage(system: System, house: House, live: object) -> str:
    """How far the killed run came."""
    if system.store.live_generation() != live:
        return "generation_moved"
    if len(system.store.documents()) < house.documents:
        return "publishing" if system.store.count_missing_vectors(house.embedder.fingerprint)[0] else "before"
    return "embedding" if system.store.count_missing_vectors(house.embedder.fingerprint)[0] else "building"


def incomplete(house: House) -> list[str]:
    """What is missing after a run that was let through; empty when nothing is."""
    with house.open() as system:
        store, fingerprint = system.store, house.embedder.fingerprint
        live, rows = store.live_generation(), store.documents()
        missing = []
        if len(rows) != house.documents:
            missing.append(f"{len(rows)} of {house.documents} documents")
        if live is None or live.passages != sum(row.passages for row in rows):
            missing.append("a generation without all passages")
        newest = house.documents - 1
        told = system.knowledge.answer(f"Khoản 2 Điều 3 Nghị định {number_of(newest)}", today=TODAY)
        if clauses(newest)[2][1][1] not in told.text:
            missing.append("the newest document is not quoted")
        index = open_live(store, house.settings.indexes_folder, fingerprint, house.embedder.dimension, repair=False)
        assert isinstance(index, LiveIndex)
        if not index.settled(60) or index.trouble:
            missing.append(f"Chroma: {index.trouble}")
        index.close()
    return missing


def trials(root: Path, kills: int, seed: int) -> dict[str, object]:
    """What happened in `kills` trials."""
    logging.getLogger("knowledge").setLevel(logging.CRITICAL)
    chance, begun = random.Random(seed), time.monotonic()
    house = House(root)
    house.bring(BASE)
    assert house.start().wait() == 0, "the first run failed"
    with house.open() as system:
        expected, first = answers(system), system.store.live_generation()
    answered = sum(status == AnswerStatus.ANSWERED.value for status, _, _ in expected)
    assert answered >= 0.8 * PROBES, f"only {answered} questions are answered"
    house.keep()
    house.bring(EACH_TIME)
    started = time.monotonic()
    assert house.start().wait() == 0
    seconds = time.monotonic() - started
    killed, live, stages, broken = 0, first, Counter[str](), Counter[str]()
    most, unsound, notes = 0, 0, list[str]()
    while killed < kills:
        if killed % ROUND == 0:
            house.begin_again()
            live = first
        house.bring(EACH_TIME)
        process, everything = house.start(), chance.random() < 0.5
        time.sleep(chance.uniform(0.0, seconds))
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL) if everything else process.kill()
        ended = process.wait() == 0
        killed += not ended
        most = max(most, house.generations())
        with house.open() as system:
            stages["ended_before_the_kill" if ended else stage(system, house, live)] += 1
            live = system.store.live_generation()
            broken["changed_answers"] += (now := answers(system)) != expected
            notes += [f"{q}: {a!r} → {b!r}" for q, a, b in zip(questions(), expected, now, strict=True) if a != b][:2]
            half = half_documents(system)
            broken["half_documents"] += len(half)
            notes += half
            with reading(system.engine) as connection:
                unsound += connection.exec_driver_sql("PRAGMA integrity_check").scalar() != "ok"
        if ended or killed % COMPLETE:
            continue
        sys.stderr.write(f"{killed} kills, {time.monotonic() - begun:.0f} s, {dict(stages)}, {dict(broken)}\n")
        started = time.monotonic()
        failed = house.start().wait() != 0
        seconds = 0.7 * seconds + 0.3 * (time.monotonic() - started)  # it grows with the documents
        missing = incomplete(house)
        broken["next_runs_that_did_not_complete"] += failed or bool(missing)
        notes += missing
        with house.open() as system:
            broken["changed_answers"] += answers(system) != expected
            broken["half_documents"] += len(half_documents(system))
            live = system.store.live_generation()
        most = max(most, house.generations())
    return {
        "kills": killed,
        "questions": len(expected),
        "answered": answered,
        "killed_while": dict(stages),
        "changed_answers": broken["changed_answers"],
        "half_documents": broken["half_documents"],
        "next_runs_that_did_not_complete": broken["next_runs_that_did_not_complete"],
        "most_folders": most,
        "integrity": "ok" if not unsound else f"{unsound} times not ok",
        "seconds": round(time.monotonic() - begun),
        "notes": notes[:10],
    }
