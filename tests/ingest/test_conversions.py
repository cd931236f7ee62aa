"""The same text in any form gives the same provisions at the same coordinates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from functools import partial
from pathlib import Path

import pytest

from ingest import structure
from ingest.header import Identified, identify
from ingest.manifest import ManifestRow
from ingest.readers import ocr, read_document
from knowledge.law import Coordinate, DocumentKind, DocumentStatus, InForce
from tests.ingest import convert


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file: who it is and its texts by coordinate, in reading order, blanks made one."""

    who: Identified
    texts: list[tuple[Coordinate, str]]
    headings: dict[str, str]

    @property
    def coordinates(self) -> list[Coordinate]:
        return [place for place, _ in self.texts]


def take(path: Path, row: ManifestRow | None = None) -> Taken:
    who = identify(read_document(path), row)
    assert who.status is DocumentStatus.ACCEPTED, (who.reason, who.message)
    assert who.identity is not None
    parsed = structure.parse(who.body, who.identity.number, who.identity.kind)
    texts = [(p.coordinate, " ".join(p.text.split())) for p in parsed.provisions]
    return Taken(who, texts, {p.coordinate.article: p.heading for p in parsed.provisions})


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    return take(convert.markdown(tmp_path_factory.mktemp("goc") / "goc.md", convert.DECREE))


def test_the_markdown_file_gives_every_clause_and_point_of_the_decree(original: Taken) -> None:
    places = [(c.article, c.clause, c.point) for c in original.coordinates]
    assert places == [
        ("1", "1", ""), ("1", "2", ""),
        ("2", "", ""), ("2", "1", ""), ("2", "2", ""), ("2", "3", ""),
        ("3", "1", ""), *(("3", "1", point) for point in "abcdđ"), ("3", "2", ""), ("3", "3", ""),
        ("4", "1", ""), *(("4", "1", point) for point in "abc"), ("4", "2", ""), ("4", "3", ""), ("4", "4", ""),
        ("5", "1", ""), ("5", "2", ""),
    ]  # fmt: skip
    printed = {p.text for p in convert.DECREE}
    for place, text in original.texts:
        label = f"{place.point}) " if place.point else f"{place.clause}. " if place.clause else ""
        assert label + text in printed, place


def test_the_header_says_who_the_decree_is_and_from_when_it_holds(original: Taken) -> None:
    who = original.who.identity
    assert who is not None and who.in_force is not None
    assert (who.number, who.issuer, who.issued_on) == (convert.NUMBER, "Chính phủ", date(2031, 5, 14))
    assert (who.in_force.since, who.in_force.until) == (date(2031, 8, 1), None)


ALL = convert.CONVERSIONS | convert.OFFICIAL


@pytest.mark.parametrize("name", ALL)
def test_every_form_of_a_file_gives_the_same_provisions(name: str, original: Taken, tmp_path: Path) -> None:
    taken = take(ALL[name](tmp_path / name, convert.DECREE))
    assert taken.coordinates == original.coordinates
    if name == "tcvn3.txt":  # the encoding itself forgets the capitals that carry a tone
        assert [(c, t.casefold()) for c, t in taken.texts] == [(c, t.casefold()) for c, t in original.texts]
    else:
        assert taken.texts == original.texts
        assert taken.headings == original.headings
    assert who_it_is(taken) == who_it_is(original)


@pytest.mark.ocr
@pytest.mark.slow
@pytest.mark.parametrize("printed", [convert.pdf, convert.pdf_official])
def test_a_scan_gives_the_same_provisions_within_one_percent_of_the_letters(
    printed: Callable[[Path, Sequence[convert.Paragraph]], Path], original: Taken, tmp_path: Path
) -> None:
    if not ocr.available():
        pytest.skip("Tesseract with the language vie is not installed")
    taken = take(convert.scan(tmp_path / "scan.pdf", convert.DECREE, printed=printed))
    assert taken.coordinates == original.coordinates
    assert differing_letters(taken.texts, original.texts) <= 0.01
    assert who_it_is(taken) == who_it_is(original)


def test_the_typeset_pdf_has_several_pages_and_none_of_its_running_lines_is_quoted(tmp_path: Path) -> None:
    document = read_document(convert.pdf(tmp_path / "x.pdf", convert.DECREE))
    assert document.pages >= 3
    assert "CÔNG BÁO" not in document.text
    assert "Trang" not in document.text


def who_it_is(taken: Taken) -> tuple[object, ...]:
    """Number, kind, day of issue and days in force."""
    who = taken.who.identity
    assert who is not None
    return who.number, who.kind, who.issued_on, who.in_force


def differing_letters(one: list[tuple[Coordinate, str]], other: list[tuple[Coordinate, str]]) -> float:
    """Share of the letters of `other` that are not the same in `one`."""
    mine, theirs = "\n".join(t for _, t in one), "\n".join(t for _, t in other)
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    return 1.0 - sum(block.size for block in matcher.get_matching_blocks()) / len(theirs)


@pytest.fixture(scope="module")
def letter(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    return take(convert.markdown(tmp_path_factory.mktemp("thư") / "thu.md", convert.LETTER))


def test_a_letter_is_read_by_its_numbered_sections(letter: Taken) -> None:
    assert [place.section for place in letter.coordinates] == ["1", "2", "3"]
    assert letter.who.identity is not None
    assert (letter.who.identity.number, letter.who.identity.kind) == ("815/UBND-VX", DocumentKind.LETTER)
    assert letter.who.identity.in_force == InForce(date(2031, 6, 9))  # a letter holds from the day it was signed
    texts = [text for _, text in letter.texts]
    assert texts[1].startswith("Ủy ban nhân dân các xã có chợ phiên:")
    assert texts[1].endswith("- Dán báo cáo quý tại chợ.")
    assert not any("Lưu: VT" in text or "KT. CHỦ TỊCH" in text for text in texts)


@pytest.mark.parametrize("name", [name for name in convert.CONVERSIONS if name != "word-numbered.docx"])
def test_every_form_of_a_letter_gives_the_same_sections(name: str, letter: Taken, tmp_path: Path) -> None:
    taken = take(convert.CONVERSIONS[name](tmp_path / name, convert.LETTER))
    assert taken.coordinates == letter.coordinates
    assert _folded(taken, name) == _folded(letter, name)
    assert who_it_is(taken) == who_it_is(letter)


@pytest.mark.ocr
@pytest.mark.slow
def test_a_scanned_letter_gives_the_same_sections(letter: Taken, tmp_path: Path) -> None:
    if not ocr.available():
        pytest.skip("Tesseract with the language vie is not installed")
    taken = take(convert.scan(tmp_path / "scan.pdf", convert.LETTER))
    assert taken.coordinates == letter.coordinates
    assert differing_letters(taken.texts, letter.texts) <= 0.01


# Plain text and old encodings keep no headings; the questions are found by their question marks.
@pytest.mark.parametrize("name", convert.CONVERSIONS)
def test_every_form_of_a_handbook_gives_the_same_questions_and_answers(name: str, tmp_path: Path) -> None:
    original = take(convert.markdown(tmp_path / "goc.md", convert.HANDBOOK))
    assert [p.section for p in original.coordinates] == ["1", "2", "3"]
    assert original.texts[1][1].endswith("- Phiếu hẹn của phiên trước, nếu có.")
    make = convert.CONVERSIONS[name]
    if make is convert.pdf:  # one page only: nothing could tell its running title from the title of the handbook
        make = partial(convert.pdf, running="")
    taken = take(make(tmp_path / name, convert.HANDBOOK))
    assert taken.coordinates == original.coordinates
    assert _folded(taken, name) == _folded(original, name)
    assert who_it_is(taken) == who_it_is(original)


def _folded(taken: Taken, name: str) -> list[str]:
    """The texts; in small letters where the encoding forgets capitals."""
    return [text.casefold() if name == "tcvn3.txt" else text for _, text in taken.texts]
