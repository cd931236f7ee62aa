"""Days in force that people decide: they hold at once, stay when the file is read again, and can be taken away without a trace."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from knowledge.law import Coordinate, DocumentKind, InForce
from knowledge.store import KnowledgeStore, NewDocument, PublishOutcome
from knowledge.store.validity import moved
from tests.knowledge.store.makers import DECREE, HELD, decree

LATER = InForce(date(2026, 2, 1), date(2027, 12, 31))
OWN_PART = InForce(date(2026, 7, 1))


def with_part(document: NewDocument) -> NewDocument:
    """The second article begins later than the rest."""
    first, second = document.provisions
    one, two = document.passages
    return replace(
        document,
        provisions=[first, replace(second, in_force=OWN_PART)],
        passages=[one, replace(two, in_force=OWN_PART)],
    )


def days(store: KnowledgeStore) -> list[tuple[InForce | None, InForce | None]]:
    number = store.documents()[0].id
    found = {p.position: p.in_force for p in store.live_passages()}
    return [(p.in_force, found[n]) for n, p in enumerate(store.provisions_of(number))]


def test_decided_days_hold_for_the_document_and_all_in_it(store: KnowledgeStore) -> None:
    store.publish(decree())
    before, number = store.passages_version(), store.documents()[0].id
    assert store.decided_validity(number) is None
    assert store.set_validity(number, LATER, by="a, b")
    assert store.documents()[0].identity.in_force == LATER
    assert days(store) == [(LATER, LATER)] * 2
    assert store.passages_version() > before, "searchers must follow"
    assert store.provisions_at(Coordinate(DECREE, "1"), date(2026, 1, 31)) == []
    assert store.provisions_at(Coordinate(DECREE, "1"), date(2026, 2, 1)) != []
    decided = store.decided_validity(number)
    assert decided is not None and (decided.held, decided.own, decided.by) == (LATER, HELD, "a, b")


def test_parts_with_their_own_days_stay_within_and_get_them_back(store: KnowledgeStore) -> None:
    store.publish(with_part(decree()))
    number = store.documents()[0].id
    assert days(store) == [(HELD, HELD), (OWN_PART, OWN_PART)]
    store.set_validity(number, InForce(date(2027, 1, 1)), by="a, b")
    assert days(store) == [(InForce(date(2027, 1, 1)),) * 2] * 2, "not before the document itself"
    store.set_validity(number, LATER, by="a, b")
    assert days(store)[1] == (InForce(date(2026, 7, 1), LATER.until),) * 2, "from what the text says, not from before"
    store.set_validity(number, None, by="a, b")
    assert days(store) == [(HELD, HELD), (OWN_PART, OWN_PART)]
    assert store.decided_validity(number) is None


def test_they_stay_when_the_file_is_read_again_or_changes(store: KnowledgeStore) -> None:
    store.publish(with_part(decree()))
    store.set_validity(store.documents()[0].id, LATER, by="a, b")
    assert store.publish(with_part(decree(parser="2"))).outcome is PublishOutcome.PUBLISHED
    assert days(store) == [(LATER, LATER), (InForce(OWN_PART.since, LATER.until),) * 2]
    assert store.publish(with_part(decree(parser="2"))).outcome is PublishOutcome.UNCHANGED
    since = InForce(date(2025, 9, 1))
    store.publish(decree(["Mức khác.", "Mức hưởng."], in_force=since, parser="2"))
    decided = store.decided_validity(store.documents()[0].id)
    assert decided is not None and (decided.held, decided.own) == (LATER, since)
    store.set_validity(store.documents()[0].id, None, by="a, b")
    assert days(store) == [(since, since)] * 2


def test_a_handbook_is_known_by_its_file(store: KnowledgeStore) -> None:
    for path in ("một.md", "hai.md"):
        store.publish(decree([path], number="Cẩm nang", kind=DocumentKind.HANDBOOK, path=path))
    first, second = store.documents()
    store.set_validity(first.id, LATER, by="a, b")
    assert store.decided_validity(first.id) is not None and store.decided_validity(second.id) is None
    assert [d.identity.in_force for d in store.documents()] == [LATER, HELD]


def test_a_withdrawn_document_and_a_codification_are_left_alone(store: KnowledgeStore) -> None:
    store.publish(decree())
    number = store.documents()[0].id
    store.withdraw(DECREE)
    assert not store.set_validity(number, LATER, by="a, b")
    assert not store.set_validity(10_000, LATER, by="a, b")
    store.publish(decree(number="Pháp điển", kind=DocumentKind.CODIFICATION, path="p.html", in_force=None))
    assert not store.set_validity(store.documents()[-1].id, LATER, by="a, b")


@pytest.mark.parametrize(
    ("one", "held", "expected"),
    [
        (InForce(date(2025, 7, 1)), InForce(date(2025, 8, 1)), InForce(date(2025, 8, 1))),
        (InForce(date(2026, 1, 1)), InForce(date(2025, 1, 1)), InForce(date(2026, 1, 1))),
        (
            InForce(date(2025, 7, 1), date(2025, 12, 31)),
            InForce(date(2025, 7, 1), date(2027, 1, 1)),
            InForce(date(2025, 7, 1), date(2025, 12, 31)),
        ),
        (
            InForce(date(2026, 1, 1), date(2028, 1, 1)),
            InForce(date(2025, 7, 1), date(2027, 1, 1)),
            InForce(date(2026, 1, 1), date(2027, 1, 1)),
        ),
    ],
)
def test_how_a_part_moves(one: InForce, held: InForce, expected: InForce) -> None:
    assert moved(one, InForce(date(2025, 7, 1)), held) == expected
