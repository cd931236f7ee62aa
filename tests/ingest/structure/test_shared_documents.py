"""The real documents beside the checkout: how many articles, and every word as it stands."""

from __future__ import annotations

from functools import cache

import pytest

from ingest.header import Identified, identify
from ingest.manifest import read_manifest
from ingest.readers import ReadDocument, read_document
from ingest.structure import Parsed, parse
from tests.ingest.structure.makers import assert_verbatim
from tests.shared import shared_folder

pytestmark = pytest.mark.shared

# What codifications add to paragraphs and what scans put in them; none of it is in a provision.
_ADDED = r"\s*\((?:Điều|Mục|Chương|Phần) này có nội dung liên quan.*$"

EXCERPT = [
    2,
    3,
    4,
    5,
    6,
    7,
    *range(21, 26),
    27,
    28,
    31,
    32,
    33,
    36,
    *range(94, 108),
    *range(109, 113),
    114,
    119,
    138,
    140,
    141,
]
WHOLE = {
    "nghi-dinh-161-2026-nd-cp": 7,
    "nghi-dinh-162-2026-nd-cp": 6,
    "nghi-dinh-85-2026-nd-cp": 45,
    "nghi-dinh-283-2026-nd-cp": 68,
    "nghi-dinh-276-2026-nd-cp": 5,
    "nghi-quyet-66.22-2026-nq-cp": 10,
    "luat-91-2025-qh15": 39,
    "luat-134-2025-qh15": 35,
    "thong-tu-13-2026-tt-bnv": 5,
    "thong-tu-14-2026-tt-bnv": 5,
}
CODIFICATIONS = {
    "phap-dien-bao-hiem-y-te-luat-25-2008": "25/2008/QH12",
    "phap-dien-viec-lam-luat-38-2013": "38/2013/QH13",
    "phap-dien-an-toan-ve-sinh-lao-dong-luat-84-2015": "84/2015/QH13",
    "phap-dien-tro-giup-xa-hoi-nd-20-2021": "20/2021/NĐ-CP",
    "phap-dien-nguoi-cao-tuoi-luat-39-2009": "39/2009/QH12",
}
LETTER = "cong-van-ubnd-tinh-quang-ngai-trien-khai-nq-403"


@cache
def _read(stem: str) -> tuple[ReadDocument, Identified, Parsed]:
    (path,) = (shared_folder() / "documents").glob(f"{stem}.*")
    document = read_document(path)
    who = identify(document, read_manifest(path.parent).row_for(path.name))
    assert who.identity is not None
    return document, who, parse(who.body, who.identity.number, who.identity.kind)


def _articles(parsed: Parsed) -> list[str]:
    return list(dict.fromkeys(p.coordinate.article for p in parsed.provisions if p.coordinate.article))


@pytest.mark.parametrize("stem", WHOLE)
def test_every_article_is_found_in_order(stem: str) -> None:
    assert _articles(_read(stem)[2]) == [str(n) for n in range(1, WHOLE[stem] + 1)]


def test_the_excerpt_has_its_articles_at_their_numbers() -> None:
    parsed = _read("luat-41-2024-qh15-trich")[2]
    assert _articles(parsed) == [str(n) for n in EXCERPT]
    where = [(p.coordinate.article, p.coordinate.clause, p.coordinate.point) for p in parsed.provisions]
    assert [w for w in where if w[0] == "33"] == [("33", "7", "")]
    assert {w[1] for w in where if w[0] == "112"} == {"2"}


@pytest.mark.parametrize("stem", [*WHOLE, *CODIFICATIONS, "luat-41-2024-qh15-trich", LETTER])
def test_every_word_stands_in_the_file(stem: str) -> None:
    document, _, parsed = _read(stem)
    assert parsed.provisions
    assert_verbatim(parsed.provisions, document.lines, apart=_ADDED)


@pytest.mark.parametrize("stem", [*WHOLE, *CODIFICATIONS, "luat-41-2024-qh15-trich", LETTER])
def test_each_coordinate_is_used_once_and_says_something(stem: str) -> None:
    provisions = _read(stem)[2].provisions
    assert len({p.coordinate for p in provisions}) == len(provisions)
    assert all(p.text for p in provisions)


@pytest.mark.parametrize("stem", WHOLE)
def test_little_of_the_legal_body_is_lost(stem: str) -> None:
    _, who, parsed = _read(stem)
    body = sum(len(line.text) for line in who.body)
    outside = sum(len(line.text) for line in (*parsed.preamble, *parsed.closing))
    told = sum(len(p.text) for p in parsed.provisions)
    # Labels, titles of articles and chapters are not text of a provision.
    assert told >= 0.85 * (body - outside)


@pytest.mark.parametrize("stem", CODIFICATIONS)
def test_codified_articles_stand_at_their_own_documents(stem: str) -> None:
    provisions = _read(stem)[2].provisions
    assert CODIFICATIONS[stem] in {p.coordinate.document for p in provisions}
    assert all(p.in_force is not None for p in provisions)
    assert not any("nội dung liên quan đến Điều" in p.text or ".docx" in p.text for p in provisions)


def test_the_letter_has_a_section_for_each_body_and_the_communes() -> None:
    provisions = _read(LETTER)[2].provisions
    assert [p.coordinate.section for p in provisions] == ["1", "2", "3", "4", "5"]
    communes = provisions[-1]
    assert "xã, phường" in communes.heading
    assert communes.text.count("\n- ") == 4
    assert not any("Nơi nhận" in p.text for p in provisions)
