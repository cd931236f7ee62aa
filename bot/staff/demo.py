"""A made-up province to look at and to measure with: leads, conversations, targets and accounts, always the same.

Nobody in it is real: phones begin with +84900, a block in which every number is made up here. It refuses a database that has leads.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Table, func, insert, select

from bot.delivery.tables import conversations, inbox, outbox
from bot.errors import BotError
from bot.outreach.communes import Commune
from bot.outreach.consent import VERSION
from bot.outreach.searching import search_key
from bot.outreach.tables import campaigns, consents, handoffs, lead_events, leads, reviews
from bot.staff.demo_campaigns import fill_campaigns
from bot.staff.demo_talks import fill_talks
from bot.staff.tables import staff, staff_communes, targets
from knowledge.store import reading, writing

DAY = 86_400.0
_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đinh", "Hồ", "Phan", "Bùi", "Đỗ", "Trương", "A", "Y")
_MIDDLE = ("Thị", "Văn", "Minh", "Ngọc", "Thanh", "Hữu", "Thu", "Đức", "Kim", "Quốc")
_GIVEN = (
    "Lan",
    "Hùng",
    "Hoa",
    "Tâm",
    "Sơn",
    "Mai",
    "Phúc",
    "Hạnh",
    "Bình",
    "Thảo",
    "Nam",
    "Nhung",
    "Vinh",
    "Yến",
    "Đạt",
    "Loan",
)
_TOPICS = {
    "Mỗi tháng tôi đóng bao nhiêu?": "muc_dong", "Hộ nghèo được hỗ trợ mấy phần trăm?": "ho_tro", "Đăng ký ở đâu?": "dang_ky",
    "Từ 1/1/2027 mức đóng thế nào?": "muc_dong", "Đóng 15 năm thì lương hưu bao nhiêu?": "luong_huu",
    "Có được rút một lần không?": "rut_mot_lan", "Sinh con có được trợ cấp không?": "thai_san",
    "Tôi 45 tuổi còn tham gia được không?": "doi_tuong",
}  # fmt: skip
_QUESTIONS = tuple(_TOPICS)
_BY_CARD = (
    "answered:card",
    "clarify:needs_group",
    "handoff:own_records",
)  # the other outcomes have no card, so no topic
_OUTCOMES = (("answered:card", 62), ("answered:clause_quoted", 11), ("answered:handbook", 8), ("clarify:needs_group", 5),
             ("unknown:weak_evidence", 4), ("declined:off_topic", 3), ("handoff:own_records", 2), ("greeting", 3))  # fmt: skip
_REASONS = ("chưa đủ tiền", "đã có BHXH bắt buộc", "muốn hỏi thêm người nhà", "thấy thủ tục xa")
_ORGANISATIONS = ("Hội Liên hiệp Phụ nữ", "Hội Nông dân", "Đoàn Thanh niên", "Liên đoàn Lao động")
_HOUSEHOLDS = ("poor", "near_poor", "ethnic_minority", "island", "other", "other", "other", "")
_CHANNELS = ("telegram", "zalo_oa", "zalo_oa", "zalo_bot", "web")


class CannotShow(BotError):
    """Raised when the database already has people in it."""


def fill(
    engine: Engine,
    units: Sequence[Commune],
    now: float,
    *,
    lead_count: int = 5_000,
    conversation_count: int = 50_000,
    password: str = "",
    report: Callable[[str], None] = lambda line: None,
) -> None:
    """Fills an empty database; an officer in each commune when `password` (an Argon2 hash) is given. Raises CannotShow."""
    chance = random.Random(403)
    with reading(engine) as connection:
        if connection.execute(select(func.count()).select_from(leads)).scalar_one():
            raise CannotShow("Cơ sở dữ liệu đã có người thật.", "Dùng một thư mục dữ liệu trống: TUVAN_DATA=…")
    with writing(engine) as connection:
        officers = _officers(connection, units, password, now)
        codes = _campaigns(connection, units, now)
        _targets(connection, units, chance, now)
        report(f"{len(units)} xã, phường, {len(codes)} đợt vận động")
        homes = _conversations(connection, chance, now, conversation_count)
        report(f"{conversation_count} cuộc trò chuyện")
        _leads(connection, chance, now, units, officers, codes, homes, lead_count)
        report(f"{lead_count} người quan tâm")
        fill_talks(connection, now)
        fill_campaigns(connection, chance, now, [code for code, _ in codes])


def _officers(connection: Connection, units: Sequence[Commune], password: str, now: float) -> dict[str, int]:
    made: dict[str, int] = {}
    if not password:
        return made
    for unit in units:
        row = {
            "login": f"cb.{unit.code}", "name": f"Cán bộ {unit.title}", "role": "commune", "password": password,
            "must_change": False, "active": True, "failures": 0, "locked_until": 0.0, "totp_secret": "",
            "totp_on": False, "totp_step": 0, "notify_by": "", "notify_to": "", "created_at": now, "created_by": "demo",
            "signed_in_at": None,
        }  # fmt: skip
        made[unit.code] = connection.execute(insert(staff).values(**row).returning(staff.c.id)).scalar_one()
        connection.execute(insert(staff_communes).values(staff_id=made[unit.code], commune_code=unit.code))
    return made


def _campaigns(connection: Connection, units: Sequence[Commune], now: float) -> list[tuple[str, str]]:
    rows: list[dict[str, Any]] = []
    for number, unit in enumerate(units[:24]):
        code, organisation = f"VD-{unit.code}", _ORGANISATIONS[number % len(_ORGANISATIONS)]
        rows.append(
            {"code": code, "key": code.lower(), "name": f"Vận động {unit.title}", "organisation": organisation,
             "commune_code": unit.code, "greeting": "", "top_up": "", "active": number % 5 != 0,
             "created_at": now - 200 * DAY, "created_by": "demo"}
        )  # fmt: skip
    connection.execute(insert(campaigns), rows)
    return [(row["code"], row["organisation"]) for row in rows]


def _targets(connection: Connection, units: Sequence[Commune], chance: random.Random, now: float) -> None:
    rows = []
    for unit in units:
        base = chance.randint(60, 900)
        for year in range(2025, 2031):
            goal = round(base * chance.uniform(1.05, 1.25))
            rows.append({"commune_code": unit.code, "year": year, "goal": goal, "base": base, "updated_at": now,
                         "updated_by": "demo"})  # fmt: skip
            base = goal
    connection.execute(insert(targets), rows)


def _conversations(connection: Connection, chance: random.Random, now: float, count: int) -> list[int]:
    first = connection.execute(select(func.coalesce(func.max(conversations.c.id), 0))).scalar_one() + 1
    rows, heard, told = [], [], []
    outcomes, weights = [o for o, _ in _OUTCOMES], [w for _, w in _OUTCOMES]
    for number in range(first, first + count):
        at, channel = now - chance.random() ** 1.5 * 400 * DAY, chance.choice(_CHANNELS)
        rows.append(
            {"id": number, "channel": channel, "key": f"demo:{number}", "person": f"demo:{number}", "name": "",
             "state": {}, "created_at": at, "heard_at": at, "reachable": True, "staff_until": 0.0,
             "notified_until": 0.0, "worker": "", "worker_until": 0.0, "inbox_due": None, "outbox_due": None}
        )  # fmt: skip
        for turn in range(chance.choice((1, 1, 2, 3))):
            question, said = chance.choice(_QUESTIONS), at + turn * 40
            outcome = chance.choices(outcomes, weights)[0]
            took = chance.uniform(0.03, 1.4)
            heard.append(
                {"channel": channel, "event_id": f"demo:{number}:{turn}", "conversation_id": number,
                 "order_key": float(turn), "event": {"kind": "text", "text": question}, "received_at": said,
                 "state": "done", "attempts": 0, "outcome": outcome, "done_at": said + took,
                 "topic": _TOPICS[question] if outcome in _BY_CARD else ""}
            )  # fmt: skip
            told.append(
                {"channel": channel, "conversation_id": number, "inbox_id": None,
                 "piece": {"text": f"Trả lời mẫu cho câu: {question}", "buttons": []}, "kind": "answer",
                 "created_at": said + took, "due_at": said + took, "state": "sent", "attempts": 1, "unclear": 0,
                 "message_id": "", "problem": "", "sent_at": said + took + 0.2}
            )  # fmt: skip
    _insert(connection, conversations, rows)
    _insert(connection, inbox, heard)
    _insert(connection, outbox, told)
    gaps = [
        {"conversation_id": row["conversation_id"], "inbox_id": None, "kind": "gap", "question": row["event"]["text"],
         "answer": "", "reason": row["outcome"], "trace": [], "state": "open", "at": row["received_at"]}
        for row in heard if row["outcome"].startswith("unknown")
    ]  # fmt: skip
    _insert(connection, reviews, gaps[:2_000])
    waiting = [
        {"conversation_id": row["id"], "reason": chance.choice(("asked", "complaint")), "asked_at": row["heard_at"],
         "state": "waiting" if number < 12 else "closed", "taken_by": "", "taken_at": None,
         "closed_at": None if number < 12 else row["heard_at"] + 3600}
        for number, row in enumerate(sorted(rows, key=lambda r: -r["heard_at"])[:200])
    ]  # fmt: skip
    _insert(connection, handoffs, waiting)
    return [row["id"] for row in rows]


def _leads(
    connection: Connection,
    chance: random.Random,
    now: float,
    units: Sequence[Commune],
    officers: dict[str, int],
    codes: Sequence[tuple[str, str]],
    homes: Sequence[int],
    count: int,
) -> None:
    agreed, rows, events = [], [], []
    picked = chance.sample(list(homes), count)
    for number, home in enumerate(picked, 1):
        at = now - chance.random() ** 1.4 * 390 * DAY
        unit = chance.choice(units)
        status = chance.choices(
            ("new", "contacted", "interested", "appointed", "joined", "declined", "unreachable", "withdrawn"),
            (14, 12, 16, 10, 28, 12, 6, 2) if at < now - 10 * DAY else (60, 12, 12, 10, 3, 1, 2, 0),
        )[0]
        moved = min(now, at + chance.uniform(0.1, 40) * DAY)
        ended = status in ("joined", "declined", "withdrawn")
        code, organisation = chance.choice(codes) if chance.random() < 0.35 else ("", "")
        name = " ".join((chance.choice(_FAMILY), chance.choice(_MIDDLE), chance.choice(_GIVEN)))
        phone = f"+84900{number:06d}"
        channel = chance.choice(_CHANNELS)
        agreed.append(
            {"id": number, "conversation_id": home, "channel": channel, "person": f"demo:{home}", "purpose": "call_back",
             "version": VERSION, "text_hash": "0" * 64, "event_id": f"demo:agreed:{number}", "given_at": at,
             "withdrawn_at": moved if status == "withdrawn" else None}
        )  # fmt: skip
        rows.append(
            {"id": number, "conversation_id": home, "consent_id": number, "phone": phone, "name": name,
             "commune_code": unit.code, "commune": unit.title, "need": chance.choice(("", "muốn biết mức đóng", "hỏi cho mẹ")),
             "best_time": chance.choice(("", "buổi sáng", "sau 17 giờ")), "channel": channel, "person": f"demo:{home}",
             "campaign": code, "organisation": organisation, "question": chance.choice(_QUESTIONS), "answer": "",
             "citations": [], "status": status, "reason": chance.choice(_REASONS) if status == "declined" else "",
             "household": chance.choice(_HOUSEHOLDS), "assigned_to": officers.get(unit.code),
             "due_at": now + chance.uniform(-6, 10) * DAY if status in ("appointed", "interested") else None,
             "contacted_at": moved if status not in ("new", "unreachable", "withdrawn") else None,
             "joined_at": moved if status == "joined" else None,
             "search_key": search_key(name, phone, unit.title), "version": 1, "created_at": at, "updated_at": moved,
             "closed_at": moved if ended else None}
        )  # fmt: skip
        events.append({"lead_id": number, "at": at, "kind": "created", "by": "citizen", "data": {"channel": channel}})
        if status != "new":
            data: dict[str, Any] = {"after": {"status": status}, "before": {}, "fields": ["status"], "batch": "demo"}
            events.append(
                {"lead_id": number, "at": moved, "kind": "withdrawn" if status == "withdrawn" else "changed",
                 "by": "citizen" if status == "withdrawn" else "demo", "data": data | {"version": 1}}
            )  # fmt: skip
    _insert(connection, consents, agreed)
    _insert(connection, leads, rows)
    _insert(connection, lead_events, events)


def _insert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    for part in _parts(rows, 2_000):
        connection.execute(insert(table), part)


def _parts(rows: Sequence[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    for at in range(0, len(rows), size):
        yield list(rows[at : at + size])
