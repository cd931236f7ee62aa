"""Reviews in the console: read without personal data, grouped, closed and opened again by those who work on knowledge."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from bot.bootstrap import bootstrap
from bot.outreach.gaps import Review
from bot.outreach.tables import reviews
from bot.settings import load_settings
from bot.staff.gap_board import AT_ONCE, GapBoard
from bot.staff.pages import reviews as page
from bot.staff.reviewing import PAGE, Reviewing
from bot.staff.tables import audit
from knowledge.embedding import load_embedder
from knowledge.store import open_engine, writing
from tests.bot.installation import fresh
from tests.bot.staff.office import Office, opened
from tests.models import prepared_models

MAY = {"admin": True, "tinh": True, "bientap": True, "here": False, "lanhdao": False}
TRACE = [
    {"name": "read", "result": "question", "seconds": 0.001},
    {"name": "cards", "result": "muc-dong-thap-nhat 10.07/1.00", "seconds": 0.003},
    {"name": "card", "result": "muc-dong-thap-nhat", "seconds": 0.006},
]


def review(office: Office, question: str, kind: str = "wrong", **values: Any) -> int:
    """A review; its number."""
    row = {
        "conversation_id": None, "inbox_id": None, "kind": kind, "question": question, "answer": "", "trace": [],
        "reason": "answered:card:muc-dong-thap-nhat" if kind == "wrong" else "unknown:weak_evidence", "state": "open",
        "at": office.hands.now,
    } | values  # fmt: skip
    with writing(office.engine) as connection:
        return int(connection.execute(insert(reviews).values(**row).returning(reviews.c.id)).scalar_one())


def states(office: Office) -> list[str]:
    return [row["state"] for row in office.rows(reviews)]


@pytest.mark.parametrize("login", MAY)
def test_reviews_are_for_those_who_work_on_knowledge(office: Office, login: str) -> None:
    number = review(office, "mức đóng?")
    review(office, "đóng bằng thẻ tín dụng?", "gap")
    browser = office.signed_in(login)
    browser.get("/staff/tai-khoan")
    paths = ("/staff/gop-y", "/staff/gop-y/chua-tra-loi", "/staff/gop-y/da-xong", "/staff/gop-y/thu")
    assert [browser.get(path).status_code for path in paths] == [200 if MAY[login] else 403] * 4
    browser.get("/staff/tai-khoan")
    answer = browser.post("/staff/gop-y/xong", {"ids": number})
    assert (answer.status_code, states(office)[0]) == ((200, "done") if MAY[login] else (403, "open"))
    browser.get("/staff/tai-khoan")
    assert browser.post("/staff/gop-y/mo-lai", {"ids": number}).status_code == (200 if MAY[login] else 403)
    assert states(office) == ["open", "open"]


def test_a_wrong_answer_is_shown_with_every_step_and_without_the_person(office: Office) -> None:
    review(
        office,
        "tôi là Nguyễn Thị Lan, 0905 123 456, đóng mức nào?",
        trace=TRACE,
        answer="Gọi 0905 123 456: 330.000 đồng",
    )
    text = html.unescape(office.signed_in("bientap").get("/staff/gop-y").text)
    for shown in ("tôi là [họ tên], [số điện thoại], đóng mức nào?", "Gọi [số điện thoại]: 330.000 đồng", "Đọc câu hỏi",
                  "So với thẻ trả lời", "điểm 10,07, độ chắc 1,00", "60 %", "6 ms", "Trả lời bằng thẻ đã duyệt", "Đạt."):  # fmt: skip
        assert shown in text, shown
    assert "Nguyễn Thị Lan" not in text and "123 456" not in text
    assert "Lan" not in str(office.rows(audit)), "nor does the audit keep it"


def test_open_ones_come_newest_first_in_pages_and_closed_ones_can_be_opened_again(everywhere: Office) -> None:
    office = everywhere
    kept, person = Reviewing(office.engine, office.console.audit), office.people["bientap"]
    numbers = [review(office, f"câu {n}") for n in range(PAGE + 2)]
    gap = review(office, "thiếu", "gap")
    rows, at = kept.page("wrong", 1)
    assert [row.id for row in rows] == numbers[::-1][:PAGE] and at == 1
    assert [row.id for row in kept.page("wrong", 9)[0]] == numbers[:2][::-1]
    assert kept.counts() == {"wrong": PAGE + 2, "gap": 1, "done": 0}
    assert kept.close(person, [numbers[0], gap, 9_999]) == 2 and kept.close(person, [numbers[0]]) == 0
    assert kept.counts() == {"wrong": PAGE + 1, "gap": 0, "done": 2}
    assert [row.id for row in kept.page("done", 1)[0]] == [gap, numbers[0]]
    assert kept.reopen(person, [numbers[0]]) == 1 and kept.counts()["wrong"] == PAGE + 2
    assert [(row["action"], row["subject"], row["data"]["count"]) for row in office.rows(audit)
            if row["action"].startswith("review.")] == [
        ("review.close", f"review:{numbers[0]}", 2), ("review.reopen", f"review:{numbers[0]}", 1)
    ]  # fmt: skip


def test_more_than_a_statement_takes_is_closed_at_once(everywhere: Office) -> None:
    office = everywhere
    with writing(office.engine) as connection:
        rows = [{"conversation_id": None, "inbox_id": None, "kind": "gap", "question": "đóng ở đâu", "answer": "",
                 "reason": "unknown:weak_evidence", "trace": [], "state": "open", "at": float(n)} for n in range(2_500)]  # fmt: skip
        connection.execute(insert(reviews), rows)
    kept = Reviewing(office.engine, office.console.audit)
    found = [gap.id for gap in kept.open_gaps()]
    assert kept.close(office.people["tinh"], found) == 2_500 and kept.counts()["done"] == 2_500


def test_a_group_is_closed_with_all_its_ways_of_asking_and_nothing_else(office: Office) -> None:
    for text in ("Đóng ở đâu?", "dong o dau", "Đóng ở đâu", "Người nước ngoài có đóng được không? gọi 0905123456"):
        review(office, text, "gap")
    browser = office.signed_in("tinh")
    text = browser.get("/staff/gop-y/chua-tra-loi").text
    assert text.index("Đóng ở đâu") < text.index("Người nước ngoài") and "<strong>3</strong> lần" in text
    assert "[số điện thoại]" in text and "0905123456" not in text
    ids = text.partition('name="ids" value="')[2].partition('"')[0]
    assert ids == "1,2,3"
    later = review(office, "đóng ở đâu", "gap")
    browser.post("/staff/gop-y/xong", {"ids": ids, "ve": "gaps"})
    assert states(office) == ["done", "done", "done", "open", "open"] and later == 5


@pytest.mark.parametrize("ids", ["", "1,", "a", "1;2", "-1", "1,2,99999999999", "1" * 20, "٣"])
def test_numbers_that_cannot_be_read_close_nothing(office: Office, ids: str) -> None:
    review(office, "câu")
    browser = office.signed_in("tinh")
    browser.get("/staff/gop-y")
    assert browser.post("/staff/gop-y/xong", {"ids": ids}).status_code == 400
    assert states(office) == ["open"]


def test_what_people_write_is_never_markup(office: Office) -> None:
    bad = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'>"
    for kind in ("wrong", "gap"):
        review(office, bad, kind, answer=bad, trace=[{"name": bad, "result": bad, "seconds": 1}], reason=bad[:50])
    review(office, bad, state="done", answer=bad)
    browser = office.signed_in("admin")
    for path in ("/staff/gop-y", "/staff/gop-y/chua-tra-loi", "/staff/gop-y/da-xong", f"/staff/gop-y/thu?cau={bad}"):
        text = browser.get(path).text
        assert "<script>alert" not in text and "<img src=x" not in text and "&lt;script&gt;" in text


# --- grouping beside


def asked(*questions: str) -> list[Review]:
    return [Review(n, "gap", text, "unknown:weak_evidence", float(n)) for n, text in enumerate(questions, 1)]


def test_many_questions_are_grouped_beside_and_nobody_waits() -> None:
    embedder = load_embedder("", prepared_models())
    board = GapBoard(lambda: (embedder.embed_query, str))
    others = [f"câu hỏi thứ {n} về giấy tờ số {n * 7}" for n in range(AT_ONCE)]
    same = (
        "Người Campuchia sang Việt Nam làm có đóng được không?",
        "Người Campuchia làm ở Việt Nam đóng được không ạ?",
    )
    found = asked(*same, *others)
    first = board.of(found)
    assert not first.settled and [2] not in [[len(g.reviews)] for g in first.gaps if "Campuchia" in g.question]
    board.wait()
    settled = board.of(found)
    assert settled.settled and board.of(found) is settled, "worked out once"
    assert any(gap.ids == (1, 2) for gap in settled.gaps)
    without = board.of(found[1:])
    assert without.settled and any(gap.ids == (2,) for gap in without.gaps), "what is closed leaves its group at once"
    again = board.of([*found, Review(900, "gap", same[0].upper(), "unknown:weak_evidence", 900.0)])
    assert again.settled and any(gap.ids == (1, 2, 900) for gap in again.gaps), "known words join their group"


def test_a_grouping_that_fails_is_tried_again_and_shows_what_there_is() -> None:
    calls = []

    def broken() -> Any:
        calls.append(1)
        raise RuntimeError

    board = GapBoard(broken)
    found = asked(*(f"câu {n}" for n in range(AT_ONCE + 1)))
    for _ in range(2):
        assert len(board.of(found).gaps) == AT_ONCE + 1 and not board.of(found).settled
        board.wait()
    assert len(calls) >= 2


# --- one answer taken apart


def test_without_knowledge_the_page_says_so(office: Office) -> None:
    text = office.signed_in("bientap").get("/staff/gop-y/thu?cau=mức đóng").text
    assert "chưa thử được" in text


@pytest.mark.parametrize("day", ["hôm nay", "2026-13-01", "0001-01-01", "9999-12-31"])
def test_a_day_that_is_none_is_refused(office: Office, day: str) -> None:
    assert office.signed_in("bientap").get(f"/staff/gop-y/thu?cau=a&ngay={day}").status_code == 400


def test_an_answer_is_taken_apart_for_any_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made_once: Path) -> None:
    fresh(tmp_path, monkeypatch)
    system = bootstrap(load_settings())
    engine = open_engine(f"sqlite:///{made_once}")
    try:
        with opened(engine, hired=True, parts={"system": system, "runtime": None}) as office:
            browser = office.signed_in("bientap")
            now = html.unescape(browser.get("/staff/gop-y/thu?cau=Mỗi tháng đóng thấp nhất bao nhiêu?").text)
            later = browser.get("/staff/gop-y/thu?cau=Mỗi tháng đóng thấp nhất bao nhiêu?&ngay=2027-06-01").text
            for shown in ("trả lời được", "Trả lời bằng thẻ đã duyệt", "330.000 đồng/tháng", "22/11/2026", "41/2024/QH15",
                          "So với thẻ trả lời", "muc-dong-thap-nhat", "Đạt.", " ms"):  # fmt: skip
                assert shown in now, shown
            assert "1/6/2027" in later and "484.000 đồng/tháng" in later, "the rate of that day"
            assert "ngoài phạm vi" in browser.get("/staff/gop-y/thu?cau=thời tiết mai thế nào").text
            assert browser.get("/staff/gop-y/thu?cau=chào bạn").status_code == 200
            assert page.names_of(system)("muc-dong-thap-nhat") and page.names_of(system)("khongco") == ""
            assert page.meaning_of(system)[0] is not None
    finally:
        engine.dispose()
        system.close()
