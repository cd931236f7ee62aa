"""Search over a small catalogue: days in force, named clauses, keyword and meaning together."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from knowledge.catalogue import build_snapshot, load_snapshot, save_snapshot
from knowledge.embedding import HashingEmbedder
from knowledge.index import BruteForceIndex, Hit
from knowledge.law import Coordinate, DocumentKind
from knowledge.search import Found, Searcher, fuse

TODAY = date(2026, 11, 22)


@dataclass(frozen=True, slots=True)
class Row:
    """A passage as search needs it."""

    id: str
    coordinate: Coordinate
    search_text: str
    document_id: int = 1
    title: str = "Luật Thử nghiệm"
    kind: DocumentKind = DocumentKind.LAW
    effective_from: date = date(2025, 7, 1)
    effective_to: date | None = None
    quotable: bool = True


ROWS = [
    Row("a", Coordinate("7/2030/QH16", "1", "1"), "Phạm vi điều chỉnh\nLuật này quy định về quỹ tương trợ."),
    Row("b", Coordinate("7/2030/QH16", "2", "1"), "Mức góp\nMỗi tháng người dân góp mười lăm phần trăm thu nhập."),
    Row("c", Coordinate("7/2030/QH16", "2", "2"), "Mức góp\nNgười cao tuổi được giảm một nửa mức góp."),
    Row("d", Coordinate("7/2030/QH16", "3"), "Trợ cấp khi ốm\nNgười nằm viện nhận trợ cấp theo ngày."),
    Row("e", Coordinate("1/2020/QH14", "2"), "Mức góp\nMỗi tháng góp mười phần trăm.", 2, "Luật Cũ",
        effective_from=date(2021, 1, 1), effective_to=date(2025, 6, 30)),
    Row("f", Coordinate("7/2030/QH16", section="Mẫu 1"), "Tờ khai mức góp hằng tháng", quotable=False),
]  # fmt: skip


def searcher(rows: Sequence[Row] = ROWS, *, vectors: bool = True) -> Searcher:
    embedder = HashingEmbedder()
    if not vectors:
        return Searcher(build_snapshot(1, rows))
    index = BruteForceIndex([r.id for r in rows], embedder.embed_documents([r.search_text for r in rows]))
    return Searcher(build_snapshot(1, rows), index, embedder)


def ids(search: Searcher, text: str, on: date = TODAY, k: int = 10) -> list[str]:
    return [search.snapshot.catalogue.ids[f.row] for f in search.search(search.read(text, TODAY), on, k)]


@pytest.mark.parametrize("vectors", [True, False])
def test_the_clause_that_answers_comes_first(vectors: bool) -> None:
    assert ids(searcher(vectors=vectors), "mỗi tháng góp bao nhiêu phần trăm")[0] == "b"


def test_only_what_holds_on_the_day_is_found() -> None:
    search = searcher()
    assert "e" not in ids(search, "mức góp mỗi tháng")
    assert ids(search, "mức góp mỗi tháng", date(2022, 6, 1)) == ["e"]
    assert ids(search, "mức góp", date(2019, 1, 1)) == []


def test_forms_are_never_found_as_rules() -> None:
    assert "f" not in ids(searcher(), "tờ khai mức góp hằng tháng")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("khoản 2 Điều 2 Luật 7/2030/QH16 quy định gì", "c"),
        ("Điều 3 luật 7/2030", "d"),
        ("dieu 3 luat thu nghiem", "d"),
    ],
)
def test_a_named_clause_comes_first(text: str, first: str) -> None:
    search = searcher()
    found = search.search(search.read(text, TODAY), TODAY)
    assert found[0].exact
    assert search.snapshot.catalogue.ids[found[0].row] == first


def test_a_named_clause_we_do_not_hold_is_not_made_up() -> None:
    search = searcher()
    assert not any(f.exact for f in search.search(search.read("Điều 99 Luật 7/2030/QH16", TODAY), TODAY))


def test_variants_of_a_question_rank_alike() -> None:
    search = searcher()
    text = "người cao tuổi được giảm mức góp không"
    expected = ids(search, text)
    for variant in (
        unicodedata.normalize("NFD", text),
        text.upper(),
        f"  {text.replace(' ', '   ')} ",
        text.replace(" ", "\u00a0"),
    ):
        assert ids(search, variant) == expected


def test_a_question_without_marks_finds_the_same_clause() -> None:
    assert ids(searcher(), "nguoi nam vien nhan tro cap gi")[0] == "d"


class BrokenIndex:
    """A vector index that always fails."""

    def search(self, vector: np.ndarray, k: int) -> list[Hit]:
        raise OSError("disk gone")

    def similarities(self, vector: np.ndarray, ids: Sequence[str]) -> np.ndarray:
        raise OSError("disk gone")

    def count(self) -> int:
        return 0

    def close(self) -> None:
        pass


def test_a_failing_vector_index_leaves_keywords_answering() -> None:
    broken = Searcher(build_snapshot(1, ROWS), BrokenIndex(), HashingEmbedder())
    assert ids(broken, "mỗi tháng góp bao nhiêu phần trăm")[0] == "b"


def test_a_passage_without_a_vector_yet_is_still_found() -> None:
    embedder = HashingEmbedder()
    some = [r for r in ROWS if r.id != "b"]
    index = BruteForceIndex([r.id for r in some], embedder.embed_documents([r.search_text for r in some]))
    assert (
        ids(Searcher(build_snapshot(1, ROWS), index, embedder), "mỗi tháng góp mười lăm phần trăm thu nhập")[0] == "b"
    )


def test_nothing_known_finds_nothing() -> None:
    assert ids(searcher([]), "mức góp") == []
    assert ids(searcher(), "") == []


def test_fusion_judges_an_article_by_its_best_passage_on_each_side() -> None:
    keyword = np.array([5.0, 0.0, 3.0, 0.5])
    meaning = np.array([0.80, 0.95, 0.90, 0.80])
    article = np.array([1, 1, 2, 3], dtype=np.int32)
    score = fuse(keyword, meaning, article)
    assert max(score[0], score[1]) > score[2] > score[3]
    assert np.all((score > 0) & (score < 1))


def test_fusion_without_meaning_follows_keywords() -> None:
    score = fuse(np.array([1.0, 3.0, 2.0]), np.full(3, np.nan), np.array([1, 2, 3], dtype=np.int32))
    assert np.argsort(-score).tolist() == [1, 2, 0]


def test_a_saved_snapshot_finds_as_the_built_one(tmp_path: Path) -> None:
    built = build_snapshot(4, ROWS)
    save_snapshot(build_snapshot(3, ROWS), tmp_path)
    save_snapshot(built, tmp_path)
    assert load_snapshot(3, tmp_path) is None  # the older one made room
    loaded = load_snapshot(4, tmp_path)
    assert loaded is not None
    question = "người cao tuổi giảm góp"
    assert ids(Searcher(loaded), question) == ids(Searcher(built), question)


def test_a_damaged_snapshot_is_no_snapshot(tmp_path: Path) -> None:
    folder = save_snapshot(build_snapshot(1, ROWS), tmp_path)
    (folder / "words.json").write_text("{", encoding="utf-8")
    assert load_snapshot(1, tmp_path) is None


def test_found_rows_carry_both_scores() -> None:
    search = searcher()
    found: Found = search.search(search.read("trợ cấp khi ốm nằm viện", TODAY), TODAY)[0]
    assert found.keyword > 0
    assert found.meaning > 0
