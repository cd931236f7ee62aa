"""The nineteen real files: each is accepted, held back or refused for the right reason, and quoted word for word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from bot.storage.migrate import migrate
from ingest.pipeline import FileReport, ingest
from knowledge.law import Coordinate, InForce, Provision, ProvisionKind
from knowledge.store import DocumentRow, KnowledgeStore, open_engine
from knowledge.vietnamese import clean
from tests.shared import shared_folder

pytestmark = [pytest.mark.shared, pytest.mark.slow]

TODAY = date(2026, 11, 22)
LETTER = "cong-van-ubnd-tinh-quang-ngai-trien-khai-nq-403.txt"
# file → (number, articles, first day, last day) as manifest, header and the article on validity say
ACCEPTED: dict[str, tuple[str, int, InForce]] = {
    "luat-134-2025-qh15.md": ("134/2025/QH15", 35, InForce(date(2026, 3, 1))),
    "luat-41-2024-qh15-trich.md": ("41/2024/QH15", 40, InForce(date(2025, 7, 1))),
    "luat-91-2025-qh15.md": ("91/2025/QH15", 39, InForce(date(2026, 1, 1))),
    "nghi-dinh-161-2026-nd-cp.md": ("161/2026/NĐ-CP", 7, InForce(date(2026, 7, 1))),
    "nghi-dinh-162-2026-nd-cp.md": ("162/2026/NĐ-CP", 6, InForce(date(2026, 7, 1))),
    "nghi-dinh-276-2026-nd-cp.md": ("276/2026/NĐ-CP", 5, InForce(date(2026, 7, 8))),
    "nghi-dinh-283-2026-nd-cp.md": ("283/2026/NĐ-CP", 68, InForce(date(2026, 9, 10))),
    # Its article 44 says 10 May; manifest and front matter say 1 July: the text wins, with a warning.
    "nghi-dinh-85-2026-nd-cp.md": ("85/2026/NĐ-CP", 45, InForce(date(2026, 5, 10))),
    "nghi-quyet-66.22-2026-nq-cp.md": ("66.22/2026/NQ-CP", 10, InForce(date(2026, 8, 15), date(2027, 2, 28))),
    "thong-tu-13-2026-tt-bnv.md": ("13/2026/TT-BNV", 5, InForce(date(2026, 7, 1))),
    "thong-tu-14-2026-tt-bnv.md": ("14/2026/TT-BNV", 5, InForce(date(2026, 7, 1))),
}
CODIFICATIONS = (
    "phap-dien-an-toan-ve-sinh-lao-dong-luat-84-2015.md",
    "phap-dien-bao-hiem-y-te-luat-25-2008.md",
    "phap-dien-nguoi-cao-tuoi-luat-39-2009.md",
    "phap-dien-tro-giup-xa-hoi-nd-20-2021.md",
    "phap-dien-viec-lam-luat-38-2013.md",
)


@dataclass(frozen=True, slots=True)
class World:
    """All files, ingested in one run."""

    folder: Path
    reports: dict[str, FileReport]
    documents: dict[str, DocumentRow]
    store: KnowledgeStore

    def provisions(self, file: str) -> list[Provision]:
        return self.store.provisions_of(self.documents[file].id)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = shared_folder() / "documents"
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('kho') / 'knowledge.sqlite3'}")
    migrate(engine)
    store = KnowledgeStore(engine)
    report = ingest([folder], store)
    reports = {f.name: f for f in report.files}
    return World(folder, reports, {Path(d.path).name: d for d in store.documents()}, store)


def test_each_of_the_nineteen_files_is_reported_once(world: World) -> None:
    assert sorted(world.reports) == sorted(
        [*ACCEPTED, *CODIFICATIONS, LETTER, "nghi-dinh-142-2026-nd-cp.md", "thong-tu-09-2026-tt-btc-TOM-TAT.md"]
    )


@pytest.mark.parametrize("file", ACCEPTED)
def test_law_is_accepted_with_its_number_its_articles_and_its_days(world: World, file: str) -> None:
    number, articles, held = ACCEPTED[file]
    report, document = world.reports[file], world.documents[file]
    assert (report.outcome, report.number, document.identity.number) == ("accepted", number, number)
    assert document.identity.in_force == held
    found = {p.coordinate.article for p in world.provisions(file) if not p.coordinate.section or p.quotable}
    assert len(found - {""}) == articles
    assert {p.coordinate.document for p in world.provisions(file)} == {number}


@pytest.mark.parametrize("file", [f for f in ACCEPTED if f != "luat-41-2024-qh15-trich.md"])
def test_no_article_of_a_whole_text_is_missing(world: World, file: str) -> None:
    own = {int(p.coordinate.article) for p in world.provisions(file) if p.coordinate.article.isdigit()}
    assert own == set(range(1, ACCEPTED[file][1] + 1))


def test_days_that_text_and_manifest_disagree_on_are_told(world: World) -> None:
    warnings = " ".join(world.reports["nghi-dinh-85-2026-nd-cp.md"].warnings)
    assert "10/5/2026" in warnings
    assert "1/7/2026" in warnings


def test_every_article_of_the_excerpt_stands_at_its_coordinate(world: World) -> None:
    file = "luat-41-2024-qh15-trich.md"
    printed = re.findall(r"^#+ Điều (\d+)\.", (world.folder / file).read_text(encoding="utf-8"), re.MULTILINE)
    articles = list(dict.fromkeys(p.coordinate.article for p in world.provisions(file)))
    assert articles == printed
    places = {p.coordinate for p in world.provisions(file)}
    for article, clause, point in (
        ("33", "7", ""),
        ("112", "2", "a"),
        ("119", "2", ""),
        ("2", "4", "b"),
        ("141", "14", ""),
    ):
        assert Coordinate("41/2024/QH15", article, clause, point) in places


@pytest.mark.parametrize("file", [*ACCEPTED, LETTER])
def test_every_text_that_can_be_quoted_stands_in_the_file_word_for_word(world: World, file: str) -> None:
    pages = (world.folder / file).read_text(encoding="utf-8")
    printed = _bare(re.sub(r"^\s*\d{1,3}\s*$", "", pages, flags=re.MULTILINE))  # page numbers of the paper
    quotable = [p for p in world.provisions(file) if p.quotable and p.kind is not ProvisionKind.TABLE]
    assert quotable
    for provision in quotable:
        for part in provision.text.split("\n"):
            assert _bare(part) in printed, str(provision.coordinate)


def _bare(text: str) -> str:
    """Letters, digits and punctuation in order, without Markdown's signs and blanks: a margin may cut anywhere."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)|</?[a-z][^>]*>", r"\1", clean(text))
    return re.sub(r"[\s*_`#>|\\]+", "", text)


def test_the_provincial_letter_has_a_section_for_each_addressee_and_holds_from_the_last_possible_day(
    world: World,
) -> None:
    document = world.documents[LETTER]
    assert document.identity.in_force == InForce(date(2026, 1, 31))
    assert document.identity.dates_inferred
    sections = world.provisions(LETTER)
    assert [p.coordinate.section for p in sections] == ["1", "2", "3", "4", "5"]
    commune = next(p for p in sections if "Ủy ban nhân dân các xã" in p.heading)
    assert "\n-" in commune.text


def test_the_shortened_decree_waits_for_a_person(world: World) -> None:
    report = world.reports["nghi-dinh-142-2026-nd-cp.md"]
    assert (report.outcome, report.reason, report.number) == ("quarantined", "abridged", "142/2026/NĐ-CP")
    assert report.message and report.remedy
    assert "nghi-dinh-142-2026-nd-cp.md" not in world.documents


def test_the_press_summary_is_refused_as_law(world: World) -> None:
    report = world.reports["thong-tu-09-2026-tt-btc-TOM-TAT.md"]
    assert (report.outcome, report.reason, report.number) == ("refused", "summary", "09/2026/TT-BTC")
    assert report.message and report.remedy
    assert "thong-tu-09-2026-tt-btc-TOM-TAT.md" not in world.documents


@pytest.mark.parametrize("file", CODIFICATIONS)
def test_nothing_of_an_old_codification_holds_today(world: World, file: str) -> None:
    held = [row.in_force for row in world.store.live_passages() if row.document_id == world.documents[file].id]
    assert held
    assert not [days for days in held if TODAY in days]
    assert [days for days in held if date(2021, 7, 1) in days]


def test_codified_articles_are_cited_by_the_law_they_come_from(world: World) -> None:
    provisions = world.provisions("phap-dien-bao-hiem-y-te-luat-25-2008.md")
    numbers = {p.coordinate.document for p in provisions}
    assert "25/2008/QH12" in numbers
    assert len(numbers) > 5
    assert all(p.in_force is not None for p in provisions)


def test_what_digitisers_added_is_not_quoted(world: World) -> None:
    added = re.compile(r"THÔNG TIN VĂN BẢN|Ghi chú số hóa|[Nn]gười số hóa|docid=|github|\.pdf\b")
    for file in ACCEPTED:
        for provision in world.provisions(file):
            assert not added.search(provision.text), str(provision.coordinate)


def test_a_second_run_reads_nothing_again(world: World) -> None:
    before = world.store.state()
    report = ingest([world.folder], world.store)
    assert world.store.state() == before
    assert {f.outcome for f in report.files} == {"unchanged", "quarantined", "refused"}
