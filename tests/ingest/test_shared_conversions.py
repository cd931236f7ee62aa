"""The real files in every form in which offices keep them give the provisions that the files themselves give."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from pathlib import Path

import pytest

from ingest.encodings import from_tcvn3, to_tcvn3
from ingest.header import identify
from ingest.manifest import ManifestRow, read_manifest
from ingest.readers import ocr, read_document
from ingest.structure import parse
from knowledge.law import Coordinate
from tests.ingest import convert
from tests.ingest.convert import Paragraph
from tests.ingest.test_conversions import Taken, differing_letters, take, who_it_is
from tests.ingest.test_shared_documents import ACCEPTED, CODIFICATIONS, LETTER
from tests.shared import shared_folder

pytestmark = [pytest.mark.shared, pytest.mark.slow]

FILES = (*ACCEPTED, *CODIFICATIONS, LETTER)
FORMS = ("word.docx", "typeset.pdf", "portal.html", "nfd.txt", "wrapped.txt")
# Only of documents that are not codifications, to keep the time short.
MORE_FORMS = ("spaced.txt", "wrapped.md")
LAW = "luat-41-2024-qh15-trich.md"

# Files whose appendices and forms, which are never quoted as a rule, are tables and dotted lines drawn by a scan: a PDF has
# no tables, only words at places, so that its forms begin and end elsewhere.
DRAWN_APPENDICES = {
    "nghi-dinh-85-2026-nd-cp.md",
    "nghi-quyet-66.22-2026-nq-cp.md",
    "thong-tu-14-2026-tt-bnv.md",
}
# What a typeset PDF of a file cannot tell apart, and why. Nothing else may differ.
DIFFERENT_IN_PDF = {
    # A dash inside a name stands at the start of a line, where it reads as the dash of a list.
    Coordinate("07/2012/TT-BLĐTBXH", "2"),
    # "TT- BYT": the blank behind the hyphen was at the end of a line.
    Coordinate("35/2016/TT-BYT", "1", "1", "a"),
    Coordinate("43/2016/TT-BCA", "13", "1", "b"),
}
# How many provisions hold a sign that TCVN3 has no code for: × of a formula, ≤, ½, specks of a scan.
SIGNS_LOST = {
    "nghi-dinh-283-2026-nd-cp.md": 11,
    "nghi-dinh-85-2026-nd-cp.md": 11,
    "thong-tu-13-2026-tt-bnv.md": 4,
    "thong-tu-14-2026-tt-bnv.md": 1,
    "phap-dien-bao-hiem-y-te-luat-25-2008.md": 2,
    "phap-dien-viec-lam-luat-38-2013.md": 1,
}


@dataclass(frozen=True, slots=True)
class Original:
    """A real file: what became of it, its paragraphs for writing it again, and its row of the manifest."""

    taken: Taken
    text: list[Paragraph]
    row: ManifestRow | None
    quotable: frozenset[Coordinate]


@cache
def original(file: str) -> Original:
    folder = shared_folder() / "documents"
    row = read_manifest(folder).row_for(file)
    document = read_document(folder / file)
    who = identify(document, row)
    assert who.identity is not None
    provisions = parse(who.body, who.identity.number, who.identity.kind).provisions
    quotable = frozenset(p.coordinate for p in provisions if p.quotable)
    return Original(take(folder / file, row), convert.from_document(document), row, quotable)


@pytest.mark.parametrize(
    ("file", "form"),
    [*product(FILES, FORMS), *product((*ACCEPTED, LETTER), MORE_FORMS)],
)
def test_every_form_of_a_real_file_gives_the_same_provisions(file: str, form: str, tmp_path: Path) -> None:
    source = original(file)
    taken = take(convert.CONVERSIONS[form](tmp_path / form, source.text), source.row)
    expected, got = source.taken.texts, taken.texts
    if form == "typeset.pdf":
        if file in DRAWN_APPENDICES:
            expected = [(place, text) for place, text in expected if place in source.quotable]
            got = [(place, text) for place, text in got if place.article]
        known = [place for place, _ in expected if place in DIFFERENT_IN_PDF]
        assert len(known) <= 0.005 * len(expected)
        expected, got = _without(expected), _without(got)
    assert [place for place, _ in got] == [place for place, _ in expected]
    assert got == expected
    assert who_it_is(taken) == who_it_is(source.taken)


def _without(texts: list[tuple[Coordinate, str]]) -> list[tuple[Coordinate, str]]:
    """`texts` with those that a PDF cannot tell apart by their place only."""
    return [(place, "" if place in DIFFERENT_IN_PDF else text) for place, text in texts]


@pytest.mark.parametrize("file", FILES)
def test_tcvn3_of_a_real_file_gives_the_same_provisions_but_for_capitals_and_signs_that_it_has_not(
    file: str, tmp_path: Path
) -> None:
    source = original(file)
    taken = take(convert.tcvn3(tmp_path / "tcvn3.txt", source.text), source.row)
    # Where × or a speck of a scan has no place in the encoding, another letter comes back: expected is what it makes of
    # the paragraph, read as text of today.
    kept = [replace(p, text=_through_tcvn3(p.text)) for p in source.text]
    expected = take(convert.plain(tmp_path / "utf8.txt", kept), source.row)
    assert _folded(taken) == _folded(expected)
    assert who_it_is(taken) == who_it_is(source.taken)
    # A paragraph that was changed so changes the provision it stands in and no other; most files have none.
    changed = sum(before.text != after.text for before, after in zip(source.text, kept, strict=True))
    before, after = dict(_folded(source.taken)), dict(_folded(taken))
    different = sum(before.get(place) != after.get(place) for place in before.keys() | after.keys())
    assert different <= min(changed, SIGNS_LOST.get(file, 0))


def _through_tcvn3(text: str) -> str:
    """`text` with the signs that TCVN3 has no code for as they come back from it; capitals as they are."""
    return "".join(_sign_through_tcvn3(sign) for sign in text)


@cache
def _sign_through_tcvn3(sign: str) -> str:
    got = from_tcvn3(f"x{to_tcvn3(sign).decode('cp1252', errors='replace')}")[1:]
    return sign if got.casefold() == sign.casefold() else got


def _folded(taken: Taken) -> list[tuple[Coordinate, str]]:
    return [(place, text.casefold()) for place, text in taken.texts]


# Automatic numbering cannot skip numbers as an excerpt does.
@pytest.mark.parametrize(
    "form", [f for f in convert.CONVERSIONS if f not in (*FORMS, "word-numbered.docx", "tcvn3.txt")]
)
def test_the_other_forms_of_the_law_on_social_insurance_give_the_same_provisions(form: str, tmp_path: Path) -> None:
    source = original(LAW)
    taken = take(convert.CONVERSIONS[form](tmp_path / form, source.text), source.row)
    assert taken.texts == source.taken.texts
    assert who_it_is(taken) == who_it_is(source.taken)


@pytest.mark.ocr
@pytest.mark.parametrize(
    ("file", "pages", "at_least"),
    [(LAW, 3, 20), ("luat-91-2025-qh15.md", 3, 8), ("luat-134-2025-qh15.md", 2, 8), (CODIFICATIONS[-2], 3, 5)],
)
def test_the_first_scanned_pages_of_a_real_file_stand_at_their_coordinates(
    file: str, pages: int, at_least: int, tmp_path: Path
) -> None:
    if not ocr.available():
        pytest.skip("Tesseract with the language vie is not installed")
    source = original(file)
    taken = take(convert.scan(tmp_path / "scan.pdf", source.text, pages=pages), source.row)
    expected = dict(source.taken.texts)
    last = taken.coordinates[-1]  # the last page ends within its article
    whole = [
        (place, text) for place, text in taken.texts if (place.document, place.article) != (last.document, last.article)
    ]
    assert [place for place, _ in whole] == source.taken.coordinates[: len(whole)]
    assert len(whole) >= at_least
    assert differing_letters(whole, [(place, expected[place]) for place, _ in whole]) <= 0.01
