"""What a proposed rate would change, and who was told the old figure: no card missed, nobody of another commune shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import insert

from bot.delivery.tables import inbox, outbox
from bot.staff.access import Role
from bot.staff.approvals import Desk, desk_of
from bot.staff.changed_answers import Told, changed_cards, figures_gone
from bot.staff.tables import audit
from knowledge.cards.reader import load_cards
from knowledge.law import Coordinate
from knowledge.rates import Rate, rows_in
from knowledge.store import writing
from tests.bot.staff.office import HERE, THERE, Office
from tests.bot.staff.test_knowledge_pages import TOPUP, K, act, approved, text, uploaded

TODAY = date(2026, 11, 28)
DAY = 86_400.0


def line(value: int, since: date) -> Rate:
    before = next(r for r in rows_in() if r.key == "poverty_line_rural")
    return replace(before, value=value, since=since, until=None, basis=(Coordinate("1/2027/NĐ-CP"),), where={})


def test_every_card_that_says_the_figure_is_found_with_both_texts() -> None:
    cards = [c for c in load_cards() if c.topic in ("muc_dong", "lien_he", "lua_dao")]
    row = line(2_400_000, date(2028, 1, 1))
    found = changed_cards(cards, rows_in(), [*rows_in(), row], row, TODAY)
    by_id = {one.id: one for one in found}
    assert "muc-dong-thap-nhat" in by_id and not [c for c in cards if c.topic == "lua_dao" and c.id in by_id]
    one = by_id["muc-dong-thap-nhat"]
    assert one.on == date(2028, 1, 1) and "484.000 đồng" in one.before and "528.000 đồng" in one.after
    assert {"484.000", "2.200.000", "387.200"} <= set(figures_gone(found))
    assert "528.000" not in figures_gone(found)


def test_a_row_of_the_same_amount_ends_no_figure() -> None:
    cards = [c for c in load_cards() if c.topic == "muc_dong"]
    row = line(2_200_000, date(2028, 1, 1))
    found = changed_cards(cards, rows_in(), [*rows_in(), row], row, TODAY)
    assert figures_gone(found) == [] and len(found) < 3, "only a card that tells since when may change"


def test_a_top_up_is_told_to_the_people_of_its_province() -> None:
    cards = [c for c in load_cards() if c.topic in ("muc_dong", "ho_tro", "ho_tro_dia_phuong")]
    model = next(r for r in rows_in() if r.key == "local_topup")
    row = replace(model, since=date(2027, 1, 1), until=None, where={"province": "Quảng Ngãi", "group": "near_poor"})
    found = changed_cards(cards, rows_in(), [*rows_in(), row], row, TODAY)
    assert found and {one.who for one in found} == {"hộ cận nghèo Quảng Ngãi"}


def said(office: Office, conversation: int, words: str, *, days: float = 1, outcome: str = "answered:card:x") -> None:
    at = office.hands.now - days * DAY
    with writing(office.engine) as connection:
        event = {"channel": "telegram", "event_id": f"e{conversation}{words}", "conversation_id": conversation,
                 "order_key": 0.0, "event": {}, "received_at": at, "state": "done", "attempts": 0, "outcome": outcome,
                 "done_at": at}  # fmt: skip
        number = connection.execute(insert(inbox).values(**event).returning(inbox.c.id)).scalar_one()
        piece = {"channel": "telegram", "conversation_id": conversation, "inbox_id": number, "piece": {"text": words},
                 "kind": "answer", "created_at": at, "due_at": at, "state": "sent", "attempts": 1, "unclear": 0,
                 "message_id": "", "problem": "", "sent_at": at}  # fmt: skip
        connection.execute(insert(outbox).values(**piece))


def conversation_of(office: Office, lead: int) -> int:
    from bot.outreach.tables import leads

    return int(next(row["conversation_id"] for row in office.rows(leads) if row["id"] == lead))


def test_who_was_told_is_found_by_the_exact_figure_of_the_last_days(everywhere: Office) -> None:
    office = everywhere
    told = Told(office.engine, office.console.clock)
    homes = [conversation_of(office, office.lead(f"Người {n}")) for n in range(5)]
    said(office, homes[0], "Anh/chị tự đóng 242.000 đồng/tháng.")
    said(office, homes[0], "Đúng rồi, 242.000 đồng.")
    said(office, homes[1], "Cả năm là 1.242.000 đồng.")
    said(office, homes[2], "Anh/chị tự đóng 242.000 đồng/tháng.", days=91)
    said(office, homes[3], "Mức 242.000.000 đồng")
    said(office, homes[4], "Còn 165.000 đồng.", outcome="answered:card:muc-dong+ho-tro")
    assert told.of_figures(["242.000"]) == {"channels": {"telegram": 1}, "conversations": [homes[0]]}
    assert told.of_figures([])["conversations"] == []
    assert told.of_figures(["242.000", "165.000"])["channels"] == {"telegram": 2}
    assert told.of_card("muc-dong")["conversations"] == [homes[4]] and told.of_card("muc")["conversations"] == []


@pytest.fixture
def desk(office: Office, tmp_path: Path) -> Iterator[Desk]:
    office.console.parts["data"] = tmp_path / "data"
    found = desk_of(office.console)
    yield found
    found.holdings.wait()


def test_officers_see_only_their_own_people_among_those_who_were_told(office: Office, desk: Desk) -> None:
    mine = office.lead("Trần Thị Của Tôi", HERE.code)
    theirs = office.lead("Lê Văn Nơi Khác", THERE.code)
    nowhere = office.lead("Phạm Không Xã", "")
    gone = office.lead("Đã Rút Lại", HERE.code, status="withdrawn")
    for lead in (mine, theirs, nowhere, gone):
        said(office, conversation_of(office, lead), "Từ 1/1/2027 anh/chị tự đóng 242.000 đồng/tháng.")
    editor = office.signed_in("bientap")
    editor.get(K + "/tham-so/local_topup")
    path = editor.post(K + "/tham-so/local_topup", TOPUP).url.path
    desk.holdings.wait()
    pages = {login: office.signed_in(login).get(path) for login in ("admin", "tinh", "here", "there", "bientap")}
    names = ("Trần Thị Của Tôi", "Lê Văn Nơi Khác", "Phạm Không Xã", "Đã Rút Lại")
    seen = {login: tuple(name in page.text for name in names) for login, page in pages.items()}
    assert seen == {
        "admin": (True, True, True, False), "tinh": (True, True, True, False), "here": (True, False, False, False),
        "there": (False, True, False, False), "bientap": (False,) * 4,
    }  # fmt: skip
    assert "4 cuộc trò chuyện" in text(pages["admin"]) and "4 cuộc trò chuyện" in text(pages["bientap"])
    assert "cuộc trò chuyện" not in text(pages["here"]) and "1 người đã để lại số" in text(pages["here"])
    views = [r for r in office.rows(audit) if r["action"] == "lead.list" and r["subject"].startswith("proposal:")]
    assert {r["by"] for r in views} == {"admin", "tinh", "here", "there"} and "Của Tôi" not in str(views)


def test_a_document_that_is_changed_tells_whose_answers_cited_it(office: Office, desk: Desk) -> None:
    office.hire("bientap2", Role.EDITOR)
    editor = office.signed_in("bientap")
    path = uploaded(editor).url.path
    act(editor, f"{path}/gui")
    approved(office, desk, path)
    lead = office.lead("Trần Thị Của Tôi", HERE.code)
    said(office, conversation_of(office, lead), "Được 20%.\nCăn cứ: khoản 1 Điều 2 Nghị quyết 12/2026/NQ-HĐND.")
    said(
        office,
        conversation_of(office, office.lead("Khác")),
        "Căn cứ: Điều 2 Nghị quyết 12/2026/NQ-CP; 112/2026/NQ-HĐND.",
    )
    page = f"{K}/van-ban/{desk.holdings.store.source_files()[0].id}"
    editor.get(page)
    path = editor.post(f"{page}/rut", {"note": "bị bãi bỏ"}).url.path
    desk.holdings.wait()
    checks = desk.proposals.one(2)["checks"]
    assert checks["numbers"] == ["12/2026/NQ-HĐND"] and checks["told"]["channels"] == {"telegram": 1}
    assert "Không có thẻ nào lấy văn bản này" in text(editor.get(path))
    assert "Trần Thị Của Tôi" in text(office.signed_in("here").get(path))
    assert "Trần Thị Của Tôi" not in text(office.signed_in("there").get(path))
