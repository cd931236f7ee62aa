"""Proposals: one person proposes, another decides, nobody decides what they have not seen, and each step is in the audit."""

from __future__ import annotations

import pytest

from bot.staff.access import Role
from bot.staff.accounts import Person
from bot.staff.proposal_tables import proposals as table
from bot.staff.proposals import STALE, BadProposal, Kind, Proposals, State
from bot.staff.tables import audit
from bot.staff.visit import NotThere
from tests.bot.staff.office import Office


def made(office: Office) -> tuple[Proposals, Person, Person]:
    office.hire("bientap2", Role.EDITOR)
    console = office.console
    return Proposals(office.engine, console.audit, console.clock), office.people["bientap"], office.people["bientap2"]


def test_a_second_person_decides(everywhere: Office) -> None:
    proposals, one, two = made(everywhere)
    number = proposals.add(one, Kind.RATE, "local_topup", {"action": "add"}, note="căn cứ")
    with pytest.raises(BadProposal, match="không tự duyệt"):
        proposals.approve(one, number, 0)
    with pytest.raises(BadProposal, match="không tự duyệt"):
        proposals.reject(one, number, 0, "không")
    assert proposals.one(number)["state"] == State.WAITING and proposals.waiting() == 1
    row = proposals.approve(two, number, 0)
    assert (row["state"], row["decided_by"]) == (State.APPLYING, "bientap2")
    with pytest.raises(BadProposal, match="không còn chờ"):
        proposals.approve(two, number, row["version"])
    done = [(r["action"], r["by"]) for r in everywhere.rows(audit) if r["action"].startswith("propose")]
    assert done == [("propose", "bientap"), ("propose.approve", "bientap2")]
    assert not everywhere.console.audit.troubles()


def test_what_was_not_on_the_screen_is_not_approved(office: Office) -> None:
    proposals, one, two = made(office)
    number = proposals.add(one, Kind.DOCUMENT, "a.pdf", {"name": "a.pdf"}, file=b"a")
    proposals.redraft(one, number, 0, {"name": "a.pdf", "replace": True})
    proposals.tell(number, state=State.DRAFT.value, preview={"status": "quarantined"})
    with pytest.raises(BadProposal, match="chưa gửi duyệt được"):
        proposals.send(one, number, 1, "")
    proposals.tell(number, preview={"status": "accepted"})
    proposals.send(one, number, 1, "")
    with pytest.raises(BadProposal, match="đã thay đổi"):
        proposals.approve(two, number, 0)
    assert proposals.approve(two, number, 2)["state"] == State.APPLYING


def test_a_rejection_says_why_and_a_draft_is_nobodys_to_decide(office: Office) -> None:
    proposals, one, two = made(office)
    draft = proposals.add(one, Kind.DOCUMENT, "a.pdf", {"name": "a.pdf"}, file=b"a", state=State.DRAFT)
    with pytest.raises(BadProposal, match="không còn chờ"):
        proposals.approve(two, draft, 0)
    number = proposals.add(one, Kind.CARD, "the", {"action": "remove"})
    with pytest.raises(BadProposal, match="lý do"):
        proposals.reject(two, number, 0, "")
    proposals.reject(two, number, 0, "thiếu căn cứ")
    row = proposals.one(number)
    assert (row["state"], row["reason"], row["decided_by"]) == (State.REJECTED, "thiếu căn cứ", "bientap2")
    with pytest.raises(BadProposal):
        proposals.approve(two, number, row["version"])


def test_only_who_proposed_sends_changes_or_drops_it(office: Office) -> None:
    proposals, one, two = made(office)
    number = proposals.add(one, Kind.DOCUMENT, "a.pdf", {"name": "a.pdf"}, file=b"abc", state=State.DRAFT)
    for act in (
        lambda: proposals.send(two, number, 0, ""),
        lambda: proposals.redraft(two, number, 0, {}),
        lambda: proposals.drop(two, number, 0),
    ):
        with pytest.raises(BadProposal, match="Chỉ người đề xuất"):
            act()
    assert proposals.file_of(number) == b"abc"
    proposals.drop(one, number, 0)
    with pytest.raises(NotThere):
        proposals.file_of(number)
    with pytest.raises(NotThere):
        proposals.one(number + 1)


def test_what_could_not_be_done_or_was_cut_off_is_approved_again(office: Office) -> None:
    proposals, one, two = made(office)
    number = proposals.add(one, Kind.VALIDITY, "7/2030/NĐ-CP", {})
    row = proposals.approve(two, number, 0)
    assert not proposals.cut_off(row)
    office.hands.now += STALE + 1
    assert proposals.cut_off(row)
    with pytest.raises(BadProposal, match="không tự duyệt"):
        proposals.approve(one, number, row["version"])
    row = proposals.approve(two, number, row["version"])
    proposals.tell(number, state=State.FAILED.value, outcome="hỏng")
    assert proposals.approve(two, number, row["version"])["state"] == State.APPLYING


def test_nothing_is_approved_while_it_is_being_checked(office: Office) -> None:
    proposals, one, two = made(office)
    number = proposals.add(one, Kind.CARD, "the", {"action": "put"})
    proposals.tell(number, checks={"running": True})
    with pytest.raises(BadProposal, match="Đang kiểm tra"):
        proposals.approve(two, number, 0)
    proposals.tell(number, checks={"worse": 0})
    assert proposals.approve(two, number, 0)["state"] == State.APPLYING


def test_the_list_is_narrowed_and_leaves_files_out(everywhere: Office) -> None:
    proposals, one, _ = made(everywhere)
    for n in range(3):
        proposals.add(one, Kind.RATE, f"key{n}", {"action": "add"})
    proposals.add(one, Kind.DOCUMENT, "a.pdf", {"name": "a.pdf"}, file=b"a", state=State.DRAFT)
    assert [r["subject"] for r in proposals.find(kind="rate").rows] == ["key2", "key1", "key0"]
    assert proposals.find(states=["draft"]).total == 1 and proposals.find(subject="key1").total == 1
    assert "file" not in proposals.find().rows[0] and "preview" not in proposals.find().rows[0]
    assert len(everywhere.rows(table)) == 4
