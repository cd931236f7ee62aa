"""A document that another one replaces (thay thế) holds until the day before the newer one does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from knowledge.law import Coordinate, DocumentKind, InForce
from knowledge.store import KnowledgeStore, NewDocument
from tests.knowledge.store.makers import DECREE, decree

NEWER = "9/2031/NĐ-CP"
SINCE = date(2031, 3, 1)
LAST = date(2031, 2, 28)


def newer(*replaces: str) -> NewDocument:
    made = decree(["Mức mới."], number=NEWER, path="b.docx", in_force=InForce(SINCE))
    return replace(made, identity=replace(made.identity, replaces=replaces))


def texts(store: KnowledgeStore, on: date) -> list[str]:
    return [p.text for p in store.words_at([Coordinate(DECREE, "1")], on)[Coordinate(DECREE, "1")]]


def test_it_is_quoted_until_the_day_before(store: KnowledgeStore) -> None:
    store.publish(decree())
    store.publish(newer(DECREE))
    assert texts(store, LAST) == ["Mức đóng."]
    assert texts(store, SINCE) == []
    assert store.provisions_at(Coordinate(DECREE, "1"), SINCE) == []
    ends = {p.number: p.effective_to for p in store.live_passages()}
    assert ends == {DECREE: LAST, NEWER: None}
    held = {d.identity.number: d.identity.in_force for d in store.documents()}
    assert held[DECREE] == InForce(date(2025, 7, 1), LAST)


def test_the_order_in_which_the_two_come_does_not_matter(store: KnowledgeStore) -> None:
    store.publish(newer(DECREE))
    store.publish(decree())
    assert texts(store, LAST) == ["Mức đóng."]
    assert texts(store, SINCE) == []


def test_it_holds_again_when_the_newer_one_is_withdrawn(store: KnowledgeStore) -> None:
    store.publish(decree())
    store.publish(newer(DECREE))
    store.withdraw(NEWER)
    assert texts(store, SINCE) == ["Mức đóng."]


def test_an_earlier_end_of_its_own_stays(store: KnowledgeStore) -> None:
    store.publish(decree(in_force=InForce(date(2025, 7, 1), date(2029, 12, 31))))
    store.publish(newer(DECREE))
    assert texts(store, date(2029, 12, 31)) == ["Mức đóng."]
    assert texts(store, date(2030, 1, 1)) == []


def test_a_document_that_began_later_or_is_collected_is_not_ended(store: KnowledgeStore) -> None:
    store.publish(decree(["Pháp điển."], path="p.html", kind=DocumentKind.CODIFICATION))
    store.publish(newer(DECREE))
    assert texts(store, SINCE) == ["Pháp điển."]
    store.publish(decree(in_force=InForce(date(2032, 1, 1))))
    assert texts(store, date(2032, 1, 1)) == ["Mức đóng."]
