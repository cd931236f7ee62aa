"""Analytics: every count against plain Python over raw rows, and who sees what of it."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import insert

from bot.delivery.tables import inbox
from bot.model_use import Allowance, ModelUse
from bot.outreach import erasure
from bot.outreach.tables import reviews
from bot.staff.analytics import ASKED, Analytics, percentile
from bot.staff.figures import Figures, Period
from bot.staff.pages.analytics import DAYS, DRAWN
from bot.staff.rendering import texts
from bot.time_zone import TIME_ZONE
from knowledge.cards.model import TOPICS
from knowledge.cards.reader import load_cards
from knowledge.model import Money, Usage
from knowledge.store import writing
from tests.bot.staff.office import HERE, THERE, Office

PERIOD = Period(date(2026, 10, 5), date(2026, 11, 28))


def instant(*parts: int) -> float:
    return datetime(*parts, tzinfo=TIME_ZONE).timestamp()  # type: ignore[arg-type, misc]


def ask(
    office: Office,
    at: float,
    outcome: str,
    *,
    took: float | None = 0.5,
    channel: str = "web",
    state: str = "done",
    home: int = 1,
    topic: str | None = "",
) -> None:
    count = len(office.rows(inbox))
    row = {
        "channel": channel, "event_id": f"e{count}", "conversation_id": home, "order_key": float(count), "event": {"text": "bí mật"},
        "received_at": at, "state": state, "attempts": 0, "outcome": outcome, "topic": topic,
        "done_at": None if took is None else at + took,
    }  # fmt: skip
    with writing(office.engine) as connection:
        connection.execute(insert(inbox).values(**row))


def test_every_count_is_that_of_plain_python(everywhere: Office) -> None:
    office, chance = everywhere, random.Random(8)
    for _ in range(3):
        office.lead()
    outcomes = (
        "answered:card",
        "answered:handbook",
        "unknown:weak_evidence",
        "declined:off_topic",
        "handoff:asked",
        "clarify:needs_group",
    )
    others = ("greeting", "form:lead", "smalltalk:thanks", "", "answered", "declinedx:y", "@answered:card")
    for n in range(120):
        at = instant(2026, 9, 25) + chance.random() * 75 * 86_400
        outcome = chance.choice(outcomes if n % 4 else others)
        state = "failed" if n % 17 == 0 else "done"
        ask(
            office,
            at,
            outcome,
            took=round(chance.expovariate(1), 4),
            channel=chance.choice(("web", "zalo_oa")),
            state=state,
            home=1 + n % 3,
            topic=chance.choice(("muc_dong", "ho_tro", "", None)),
        )
    for edge in (
        PERIOD.start,
        PERIOD.end - 0.001,
        PERIOD.start - 0.001,
        PERIOD.end,
        instant(2026, 10, 11, 23, 59),
        instant(2026, 10, 12),
    ):
        ask(office, edge, "answered:card", home=1)
    ask(office, PERIOD.start + 5, "unknown:weak_evidence", took=None, home=2)
    asked = Analytics(office.engine).questions(PERIOD)
    rows = [
        r for r in office.rows(inbox)
        if r["state"] == "done" and r["outcome"].partition(":")[0] in ASKED and ":" in r["outcome"] and PERIOD.holds(r["received_at"])
    ]  # fmt: skip
    assert dict(asked.by_outcome) == Counter(tuple(r["outcome"].split(":")) for r in rows)
    assert asked.total == len(rows) == sum(map(sum, asked.hours)) > 60
    assert {(c, s): n for c, of in asked.by_channel.items() for s, n in of.items() if n} == Counter(
        (r["channel"], r["outcome"].partition(":")[0]) for r in rows
    )
    assert asked.by_status == {s: sum(r["outcome"].startswith(s + ":") for r in rows) for s in ASKED}
    local = Counter((t.weekday(), t.hour) for t in (datetime.fromtimestamp(r["received_at"], TIME_ZONE) for r in rows))
    assert {(d, h): n for d, row in enumerate(asked.hours) for h, n in enumerate(row) if n} == local
    assert asked.people == len({r["conversation_id"] for r in rows})
    waits = sorted(r["done_at"] - r["received_at"] for r in rows if r["done_at"] is not None)
    for share, found in ((0.5, asked.p50), (0.95, asked.p95)):
        exact = waits[-(-int(share * 1000) * len(waits) // 1000) - 1]
        assert found is not None and abs(found - exact) <= 0.011
    assert Analytics(office.engine).statuses(PERIOD) == asked.by_status
    by_topic = Analytics(office.engine).topics(PERIOD)
    plain = Counter((r["topic"], r["outcome"].partition(":")[0]) for r in rows)
    assert {(t.topic, t.answered, t.asked_back, t.unanswered) for t in by_topic} == {
        (name, plain[name, "answered"], plain[name, "clarify"], sum(plain[name, s] for s in ("unknown", "handoff", "declined")))
        for name in {r["topic"] for r in rows}
    }  # fmt: skip
    assert sum(t.total for t in by_topic) == asked.total
    assert [t.topic for t in by_topic][-2:] == ["", None], "what has no topic comes last"
    first, second = by_topic[:2]
    assert first.total >= second.total and first.topic and second.topic
    assert Analytics(office.engine).people(PERIOD) == asked.people


def test_a_period_without_questions() -> None:
    assert percentile({}, 0.5) is None
    assert percentile({1.0: 1}, 0.95) == 1.0
    assert percentile({1.0: 95, 2.0: 5}, 0.95) == 1.0
    assert percentile({1.0: 94, 2.0: 6}, 0.95) == 2.0
    assert DAYS[date(1970, 1, 1).weekday()] == "thứ năm"


def test_an_empty_office_has_pages(office: Office) -> None:
    browser = office.signed_in("tinh")
    for path in ("", "/duong-di.svg", "/ket-qua.svg", "/chu-de.svg"):
        assert browser.get(f"/staff/phan-tich{path}").status_code == 200
    assert browser.get("/staff/phan-tich?tu=x").status_code == 400


def test_the_way_of_people_is_told_of_those_who_came_in_the_period(everywhere: Office) -> None:
    office = everywhere
    at = instant(2026, 11, 1)
    office.lead("a", created_at=at)
    office.lead("b", created_at=at, contacted_at=at + 9)
    office.lead("c", created_at=at, contacted_at=at + 9, joined_at=instant(2026, 12, 24), status="joined")
    office.lead("d", created_at=instant(2026, 1, 1), contacted_at=at, joined_at=at, status="joined")
    office.lead("e", THERE.code, created_at=at, contacted_at=at, joined_at=at, status="joined")
    figures = Figures(office.engine)
    own = figures.funnel(office.people["here"].scope, PERIOD)
    assert (own.leads, own.contacted, own.joined) == (3, 2, 1)
    assert figures.funnel(office.people["tinh"].scope, PERIOD).leads == 4
    assert figures.funnel(office.people["tinh"].scope, PERIOD, THERE.code).leads == 1


def _seeded(office: Office) -> None:
    at = office.hands.now - 86_400
    with writing(office.engine) as connection:
        for n in range(7):
            row: dict[str, Any] = {"conversation_id": None, "inbox_id": None, "kind": "gap", "question": "bí mật", "answer": "",
                                   "reason": "unknown:weak", "trace": [], "state": "open" if n else "done", "at": at}  # fmt: skip
            connection.execute(insert(reviews).values(**row))
    office.lead("Lan", HERE.code, created_at=at)
    for _ in range(5):
        office.lead("Hùng", THERE.code, created_at=at, contacted_at=at)
    for _ in range(11):
        ask(office, at, "answered:card", topic="rut_mot_lan")
    ask(office, at, "answered:clause_quoted")
    ask(office, at, "answered:card", topic=None)


@pytest.mark.parametrize("who", ["admin", "tinh", "bientap", "lanhdao"])
def test_who_sees_the_province_sees_questions_and_nobody_who_asked(office: Office, who: str) -> None:
    _seeded(office)
    today = datetime.fromtimestamp(office.hands.now, TIME_ZONE).date()
    page = office.signed_in(who).get(f"/staff/phan-tich?tu={date(today.year, 1, 1)}&den={today}").text
    assert "<strong>13</strong> câu hỏi" in page and "<strong>6</strong> câu thiếu kiến thức" in page
    assert "Kết quả theo kênh" in page and '<td class="n">6</td>' in page
    assert "rút một lần" in page and "không theo thẻ trả lời nào" in page and "chưa ghi chủ đề" in page
    for name in ("Lan", "Hùng", "bí mật", "+8490"):
        assert name not in page


def test_an_officer_sees_the_way_of_the_own_people_and_nothing_else(office: Office) -> None:
    _seeded(office)
    today = datetime.fromtimestamp(office.hands.now, TIME_ZONE).date()
    browser = office.signed_in("here")
    query = f"?tu={date(today.year, 1, 1)}&den={today}"
    page = browser.get(f"/staff/phan-tich{query}").text
    assert "câu hỏi</span>" not in page and "thiếu kiến thức" not in page and "Kết quả theo kênh" not in page
    assert '<td class="n">1</td>' in page and '<td class="n">6</td>' not in page and '<td class="n">5</td>' not in page
    assert "theo chủ đề" not in page and "rút một lần" not in page
    assert browser.get(f"/staff/phan-tich/ket-qua.svg{query}").status_code == 404
    assert browser.get(f"/staff/phan-tich/chu-de.svg{query}").status_code == 404
    picture = browser.get(f"/staff/phan-tich/duong-di.svg{query}").text
    assert "để lại số: 1" in picture and "trò chuyện" not in picture


def test_what_the_model_used_is_told_by_day_to_who_sees_the_province(office: Office) -> None:
    _seeded(office)
    today = datetime.fromtimestamp(office.hands.now, TIME_ZONE).date()
    query = f"?tu={date(today.year, 1, 1)}&den={today}"
    assert "Mô hình ngôn ngữ" not in office.signed_in("tinh").get(f"/staff/phan-tich{query}").text
    use = ModelUse(office.engine, Allowance(), Money(1_000_000, 2_000_000))
    office.console.parts["model"] = use
    use.used("web:abcdefgh", today, Usage(1_200, 300))
    page = office.signed_in("tinh").get(f"/staff/phan-tich{query}").text
    assert "Mô hình ngôn ngữ đã dùng theo ngày" in page and "1.200" in page and "1.800" in page
    assert "Mô hình ngôn ngữ" not in office.signed_in("here").get(f"/staff/phan-tich{query}").text


def test_topics_are_drawn_for_the_days_that_were_asked_for(office: Office) -> None:
    office.lead()
    for n in range(12):
        for _ in range(12 - n):
            ask(office, instant(2026, 11, 2), "answered:card", topic=sorted(TOPICS)[n])
    ask(office, instant(2026, 11, 2), "handoff:own_records", topic=sorted(TOPICS)[0])
    ask(office, instant(2026, 8, 2), "answered:card", topic="vi_pham")
    browser = office.signed_in("tinh")
    picture = browser.get("/staff/phan-tich/chu-de.svg?tu=2026-11-01&den=2026-11-28").text
    names = [texts()["topic"][topic] for topic in sorted(TOPICS)[:12]]
    assert [name in picture for name in names] == [n < DRAWN for n in range(12)]
    assert "Đã trả lời" in picture and "Chưa trả lời" in picture and "vi phạm" not in picture
    page = browser.get("/staff/phan-tich?tu=2026-11-01&den=2026-11-28").text
    assert all(name in page for name in names), "the table has them all"
    assert "<script" not in picture


def test_every_topic_of_a_card_has_a_name_for_staff() -> None:
    assert {card.topic for card in load_cards()} <= set(texts()["topic"])
    assert set(texts()["topic"]) == set(TOPICS)


def test_a_topic_stays_when_what_was_asked_has_gone(everywhere: Office) -> None:
    office = everywhere
    office.lead()
    ask(office, instant(2026, 11, 2), "answered:card", topic="thai_san")
    with writing(office.engine) as connection:
        erasure.erase(connection, 1)
        erasure.anonymise(connection, 1)
    assert [(t.topic, t.total) for t in Analytics(office.engine).topics(PERIOD)] == [("thai_san", 1)]
    assert "bí mật" not in str(office.rows(inbox))
