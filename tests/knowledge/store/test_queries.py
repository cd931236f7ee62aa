"""Reading provisions by place and day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from knowledge.law import Coordinate, DocumentKind, InForce, Provision, ProvisionKind
from knowledge.store import KnowledgeStore, NewDocument
from tests.knowledge.store.makers import DECREE, decree

ON = date(2026, 1, 1)


def law() -> NewDocument:
    """Điều 1 with two clauses, the first with two points."""
    where = Coordinate(DECREE, "1")
    provisions = [
        Provision(where, ProvisionKind.ARTICLE, "Lời dẫn."),
        Provision(replace(where, clause="1"), ProvisionKind.CLAUSE, "Khoản một:"),
        Provision(replace(where, clause="1", point="a"), ProvisionKind.POINT, "điểm a;"),
        Provision(replace(where, clause="1", point="đ"), ProvisionKind.POINT, "điểm đ."),
        Provision(replace(where, clause="2"), ProvisionKind.CLAUSE, "Khoản hai.", in_force=InForce(date(2027, 1, 1))),
        Provision(Coordinate(DECREE, "11"), ProvisionKind.ARTICLE, "Điều mười một."),
    ]
    return replace(decree(), provisions=provisions)


def test_a_place_gives_itself_and_what_lies_inside(store: KnowledgeStore) -> None:
    store.publish(law())
    assert store.provision_text(Coordinate(DECREE, "1", "1"), ON) == "Khoản một:\nđiểm a;\nđiểm đ."
    assert store.provision_text(Coordinate(DECREE, "1", "1", "đ"), ON) == "điểm đ."
    assert store.provision_text(Coordinate(DECREE, "1"), ON).startswith("Lời dẫn.")
    assert "mười một" not in store.provision_text(Coordinate(DECREE, "1"), ON)
    assert store.provision_text(Coordinate(DECREE, "9"), ON) == ""


def test_a_clause_with_dates_of_its_own_holds_on_them(store: KnowledgeStore) -> None:
    store.publish(law())
    assert store.provision_text(Coordinate(DECREE, "1", "2"), date(2026, 12, 31)) == ""
    assert store.provision_text(Coordinate(DECREE, "1", "2"), date(2027, 1, 1)) == "Khoản hai."


def test_both_ends_of_validity_are_inside(store: KnowledgeStore) -> None:
    store.publish(decree(["Ngắn hạn."], in_force=InForce(date(2026, 1, 1), date(2026, 12, 31))))
    held = {day: bool(store.provisions_at(Coordinate(DECREE), day)) for day in (
        date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1),
    )}  # fmt: skip
    assert list(held.values()) == [False, True, True, False]


def test_the_document_itself_is_preferred_to_a_codification_that_repeats_it(store: KnowledgeStore) -> None:
    store.publish(decree(["Bản pháp điển."], path="pháp điển.html", kind=DocumentKind.CODIFICATION))
    assert store.provision_text(Coordinate(DECREE, "1"), ON) == "Bản pháp điển."
    store.publish(decree(["Bản gốc."]))
    assert store.provision_text(Coordinate(DECREE, "1"), ON) == "Bản gốc."
    document = next(d for d in store.documents() if d.identity.kind is DocumentKind.DECREE)
    assert [p.text for p in store.provisions_of(document.id, article="1")] == ["Bản gốc."]


def test_the_version_grows_only_when_what_may_be_found_changes(store: KnowledgeStore) -> None:
    seen = [store.passages_version()]
    store.publish(decree())
    seen.append(store.passages_version())
    store.publish(decree())
    store.publish(decree(in_force=None, path="khác"))
    assert store.passages_version() == seen[-1]
    store.withdraw(DECREE)
    seen.append(store.passages_version())
    assert seen == sorted(set(seen))


def test_passages_and_titles_are_found_by_id_and_number_while_they_are_live(store: KnowledgeStore) -> None:
    store.publish(decree(["Một.", "Hai."]))
    first, second = store.live_passages()
    assert store.passages_with([second.id, "không có"]) == {second.id: second}
    assert store.passages_with([]) == {}
    assert store.title_of(DECREE.lower()) == "Nghị định Thử"
    assert store.titles_of([DECREE.lower(), "1/1901/NĐ-CP"]) == {DECREE.lower(): "Nghị định Thử"}
    store.withdraw(DECREE)
    assert store.passages_with([first.id]) == {}
    assert store.title_of(DECREE) == ""
    assert store.titles_of([DECREE]) == {}


def test_many_places_are_read_as_one_by_one(store: KnowledgeStore) -> None:
    store.publish(decree(["Một.", "Hai."]))
    day = date(2026, 11, 22)
    places = [Coordinate(DECREE, "1"), Coordinate(DECREE, "1", "1"), Coordinate(DECREE, "99"), Coordinate(DECREE)]
    found = store.words_at(places, day)
    assert found == {place: store.provisions_at(place, day) for place in places[:3]}
    assert any(found.values())
    assert not any(store.words_at(places, date(1990, 1, 1)).values())
