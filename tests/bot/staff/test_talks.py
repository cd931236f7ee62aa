"""Conversations in the console: who sees which, taking over, answering within the window, handing back, what was lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.delivery.outbox import Outbox
from bot.delivery.runtime import Parts, Runtime
from bot.delivery.tables import conversations, inbox, outbox
from bot.dialogue.texts import say
from bot.outreach.handover import KEEP, LONGEST, BadHandover, Handover
from bot.outreach.tables import handoffs, leads
from bot.staff.access import Role, scope_of
from bot.staff.canned import canned
from bot.staff.demo import fill
from bot.staff.tables import audit
from bot.staff.talk_desk import TalkDesk
from bot.staff.talks import PAGE, Talks
from bot.staff.visit import NotThere
from knowledge.store import open_engine, writing
from tests.bot.delivery.plain import PlainChannel, body
from tests.bot.delivery.test_workers import deliver
from tests.bot.dialogue.people import Answers
from tests.bot.staff.office import HERE, THERE, UNITS, Office, opened

HOUR = 3600.0
SEES = {"admin": True, "tinh": True, "here": True, "there": False, "bientap": None, "lanhdao": None}
"""What each does with a conversation of the commune HERE: sees it, does not find it, may not ask."""


def zalo() -> PlainChannel:
    """A platform with the windows of a Zalo Official Account."""
    channel = PlainChannel("zalo_oa")
    channel.capabilities = replace(channel.capabilities, free_hours=48.0, reach_hours=168.0)
    return channel


@pytest.fixture
def talking(tmp_path: Path, made_once: Path) -> Iterator[Office]:
    """An office whose delivery is there, not started: nothing leaves the outbox."""
    shutil.copy(made_once, tmp_path / "staff.sqlite3")
    engine = open_engine(f"sqlite:///{tmp_path / 'staff.sqlite3'}")
    channels = {"telegram": PlainChannel("telegram"), "zalo_oa": zalo()}
    runtime = Runtime(engine, channels, Answers(), parts=Parts(answer=False, send=False, poll=False))
    with opened(engine, hired=True, parts={"runtime": runtime}) as office:
        yield office
    engine.dispose()


def home_of(office: Office, lead_id: int) -> int:
    return next(row["conversation_id"] for row in office.rows(leads) if row["id"] == lead_id)


def changed(office: Office, conversation_id: int, **values: Any) -> None:
    with writing(office.engine) as connection:
        connection.execute(update(conversations).where(conversations.c.id == conversation_id).values(**values))


def heard(office: Office, conversation_id: int, text: str, at: float | None = None, **event: Any) -> None:
    """A message of the person is in the inbox, handled."""
    when = office.hands.now if at is None else at
    office._count += 1
    with writing(office.engine) as connection:
        connection.execute(
            insert(inbox).values(
                channel="telegram", event_id=f"m{office._count}", conversation_id=conversation_id, order_key=when,
                event={"kind": "text", "text": text} | event, received_at=when, state="done", attempts=0,
                outcome="answered:card", done_at=when,
            )
        )  # fmt: skip


def told(
    office: Office, conversation_id: int, text: str, state: str = "sent", kind: str = "answer", **more: Any
) -> int:
    """A message of ours is in the outbox; its number."""
    piece = {"text": text, "buttons": [], "ask": "", "picture": "", "strong": []}
    row = {
        "channel": "telegram", "conversation_id": conversation_id, "inbox_id": None, "piece": piece, "kind": kind,
        "created_at": office.hands.now, "due_at": office.hands.now, "state": state, "attempts": 1, "unclear": 0,
        "message_id": "", "problem": "", "sent_at": None,
    } | more  # fmt: skip
    with writing(office.engine) as connection:
        return int(connection.execute(insert(outbox).values(**row).returning(outbox.c.id)).scalar_one())


def wanted(office: Office, conversation_id: int, state: str = "waiting", by: str = "", at: float | None = None) -> int:
    """A hand-over; its number."""
    when = office.hands.now if at is None else at
    row = {"conversation_id": conversation_id, "reason": "asked", "state": state, "asked_at": when, "taken_by": by,
           "taken_at": when if by else None, "closed_at": when if state == "closed" else None}  # fmt: skip
    with writing(office.engine) as connection:
        return int(connection.execute(insert(handoffs).values(**row).returning(handoffs.c.id)).scalar_one())


def asked(office: Office, code: str = HERE.code, name: str = "Nguyễn Thị Lan", **values: Any) -> tuple[int, int, int]:
    """A lead that asked for a person: numbers of the lead, the conversation and the hand-over."""
    lead = office.lead(name, code, **values)
    home = home_of(office, lead)
    heard(office, home, f"câu hỏi của {name}")
    return lead, home, wanted(office, home)


def nobodys(office: Office) -> tuple[int, int]:
    """Somebody who left no number asked for a person: numbers of the conversation and the hand-over."""
    with writing(office.engine) as connection:
        row = {"channel": "telegram", "key": "k", "person": "p", "name": "", "state": {}, "created_at": office.hands.now,
               "heard_at": office.hands.now, "reachable": True, "staff_until": 0.0, "notified_until": 0.0, "worker": "",
               "worker_until": 0.0, "inbox_due": None, "outbox_due": None}  # fmt: skip
        home = connection.execute(insert(conversations).values(**row).returning(conversations.c.id)).scalar_one()
    return int(home), wanted(office, int(home))


def desk(office: Office) -> TalkDesk:
    """A desk on any database, with a Telegram channel that is on."""
    box = Outbox(office.engine, office.hands)
    can = {"telegram": PlainChannel().capabilities, "zalo_oa": zalo().capabilities}
    hand = Handover(office.engine, box, can=lambda: can, clock=office.hands)
    return TalkDesk(office.engine, office.console.audit, hand, box, lambda: can, office.hands)


def deeds(office: Office, *prefixes: str) -> list[tuple[str, str, str]]:
    return [
        (row["by"], row["action"], row["subject"]) for row in office.rows(audit) if row["action"].startswith(prefixes)
    ]


# --- who sees what


@pytest.mark.parametrize("login", SEES)
def test_a_conversation_is_seen_by_those_whose_lead_came_out_of_it(talking: Office, login: str) -> None:
    lead, _, number = asked(talking)
    _, nameless = nobodys(talking)
    browser = talking.signed_in(login)
    answers = [browser.get(path) for path in ("/staff/tro-chuyen", f"/staff/tro-chuyen/{number}",
                                              f"/staff/tro-chuyen/{number}/moi", f"/staff/lead/{lead}/tro-chuyen",
                                              f"/staff/tro-chuyen/{nameless}")]  # fmt: skip
    codes = [answer.status_code for answer in answers]
    match SEES[login]:
        case None:
            assert codes == [403] * 5
        case True:
            whole = login != "here"
            assert codes == [200, 200, 200, 200, 200 if whole else 404]
            assert answers[0].text.count("Nguyễn Thị Lan") >= 1
            assert (f"/staff/tro-chuyen/{nameless}" in answers[0].text) is whole
            assert "câu hỏi của Nguyễn Thị Lan" in answers[1].text and "câu hỏi của" in answers[3].text
        case False:
            assert codes == [200, 404, 404, 404, 404]
    if not SEES[login]:
        assert not any("Lan" in answer.text or "+8490" in answer.text for answer in answers)


@pytest.mark.parametrize("login", ["there", "bientap", "lanhdao"])
def test_a_foreign_conversation_is_not_written_to(talking: Office, login: str) -> None:
    lead, home, number = asked(talking)
    lost = told(talking, home, "tin hỏng", "dead")
    browser = talking.signed_in(login)
    browser.get("/staff/tai-khoan")
    before = [talking.rows(table) for table in (handoffs, outbox, conversations)]
    refused = 404 if login == "there" else 403
    for path, data in (
        (f"/staff/tro-chuyen/{number}/nhan", {}), (f"/staff/tro-chuyen/{number}/tra-loi", {"text": "chào"}),
        (f"/staff/tro-chuyen/{number}/xong", {}), (f"/staff/lead/{lead}/tro-chuyen", {}),
        ("/staff/tro-chuyen/gui-lai", {"id": lost}),
    ):  # fmt: skip
        assert browser.post(path, data).status_code == refused, path
    assert [talking.rows(table) for table in (handoffs, outbox, conversations)] == before
    assert {row["action"] for row in talking.rows(audit) if row["by"] == login} >= {
        "not_there" if login == "there" else "refused"
    }


def test_lists_and_counts_hold_only_what_is_in_scope(everywhere: Office) -> None:
    office = everywhere
    talks = Talks(office.engine, office.hands)
    mine = asked(office)[2]
    foreign = asked(office, THERE.code, "Trần Văn Hùng")[2]
    _, nameless = nobodys(office)
    unplaced = asked(office, "", "Lê Văn Xa")[2]
    told(office, home_of(office, 1), "của Lan", "dead")
    told(office, home_of(office, 2), "của Hùng", "maybe")
    told(office, home_of(office, 2), "câu máy đã huỷ", "cancelled")
    told(office, home_of(office, 2), "lời cán bộ đã huỷ", "cancelled", "staff")

    def numbers(login: str) -> list[int]:
        return [int(str(row["id"])) for row in talks.find(office.people[login].scope, "waiting", 1).rows]

    assert numbers("here") == [mine] and numbers("there") == [foreign]
    assert numbers("tinh") == [mine, foreign, nameless, unplaced]
    scopes = {login: office.people[login].scope for login in ("here", "there", "tinh")}
    assert talks.counts(scopes["here"]) == {"waiting": 1, "taken": 0, "closed": 0, "undelivered": 1}
    assert talks.counts(scopes["there"]) == {"waiting": 1, "taken": 0, "closed": 0, "undelivered": 2}
    assert talks.counts(scopes["tinh"])["waiting"] == 4 and talks.counts(scopes["tinh"])["undelivered"] == 3
    assert [row["text"] for row in talks.undelivered(scopes["here"], 1).rows] == ["của Lan"]
    assert [row["text"] for row in talks.undelivered(scopes["there"], 1).rows] == ["lời cán bộ đã huỷ", "của Hùng"]
    assert (talks.newest(scopes["here"]), talks.newest(scopes["tinh"])) == (mine, unplaced)
    for read in (lambda: talks.one(scopes["here"], foreign), lambda: talks.conversation_of(scopes["here"], foreign),
                 lambda: talks.of_conversation(scopes["here"], home_of(office, 2)),
                 lambda: talks.message(scopes["here"], 2)):  # fmt: skip
        with pytest.raises(NotThere):
            read()


def test_an_officer_without_a_commune_sees_nobody(office: Office) -> None:
    asked(office)
    asked(office, "", "Lê Văn Xa")
    assert Talks(office.engine).find(scope_of(Role.COMMUNE, frozenset()), "waiting", 1).total == 0


def test_a_conversation_with_people_of_two_communes_shows_each_officer_their_own(office: Office) -> None:
    lead, home, number = asked(office)
    other = office.lead("Trần Văn Hùng", THERE.code)
    with writing(office.engine) as connection:
        connection.execute(update(leads).where(leads.c.id == other).values(conversation_id=home))
    talks = Talks(office.engine)
    for login, seen in (("here", [lead]), ("there", [other]), ("tinh", [other, lead])):
        assert [row["id"] for row in talks.one(office.people[login].scope, number).people] == seen
    page = office.signed_in("there").get(f"/staff/tro-chuyen/{number}").text
    assert "Trần Văn Hùng</a>" in page and f"/staff/lead/{lead}" not in page


def test_who_waits_longest_comes_first_and_lists_have_pages(everywhere: Office) -> None:
    office = everywhere
    talks, scope = Talks(office.engine), office.people["tinh"].scope
    home, _ = nobodys(office)
    old = wanted(office, home, at=office.hands.now - 9 * HOUR)
    assert next(row["id"] for row in talks.find(scope, "waiting", 1).rows) == old
    for n in range(PAGE + 3):
        wanted(office, home, "closed", "here", office.hands.now - n)
    first, second, beyond = (talks.find(scope, "closed", page) for page in (1, 2, 99))
    assert (len(first.rows), len(second.rows), first.total, first.pages) == (PAGE, 3, PAGE + 3, 2)
    assert beyond.page == 2 and beyond.rows == second.rows
    assert not {row["id"] for row in first.rows} & {row["id"] for row in second.rows}
    assert {row["holder"] for row in first.rows} == {"Tên here"}, "the login is shown with its name"


# --- taking over, answering, handing back


def test_taken_answered_and_handed_back_by_the_page(talking: Office) -> None:
    _, home, number = asked(talking)
    browser = talking.signed_in("here")
    page = browser.get(f"/staff/tro-chuyen/{number}")
    assert "Nhận cuộc trò chuyện" in page.text and "<textarea" not in page.text
    assert browser.post(f"/staff/tro-chuyen/{number}/tra-loi", {"text": "chào"}).status_code == 400, "not taken yet"
    taken = browser.post(f"/staff/tro-chuyen/{number}/nhan")
    assert "Máy im lặng" in taken.text and "<textarea" in taken.text
    (row,) = talking.rows(handoffs)
    assert (row["state"], row["taken_by"]) == ("taken", "here")
    browser.post(f"/staff/tro-chuyen/{number}/tra-loi", {"text": "Chào chị Lan, tôi là cán bộ xã."})
    said = browser.get(f"/staff/tro-chuyen/{number}").text
    assert "Chào chị Lan, tôi là cán bộ xã." in said and "đang chờ gửi" in said
    (message,) = talking.rows(outbox)
    assert (message["kind"], message["state"], message["conversation_id"]) == ("staff", "waiting", home)
    browser.post(f"/staff/tro-chuyen/{number}/xong")
    assert talking.rows(handoffs)[0]["state"] == "closed"
    assert [row["piece"]["text"] for row in talking.rows(outbox)][1:] == [say("person_back")]
    assert [(by, deed) for by, deed, subject in deeds(talking, "conversation.") if subject == f"handoff:{number}"
            and deed != "conversation.view"] == [
        ("here", "conversation.take"), ("here", "conversation.say"), ("here", "conversation.close")
    ]  # fmt: skip
    assert "Lan" not in str([row["data"] for row in talking.rows(audit)])


def test_the_bot_is_silent_and_the_person_hears_the_officer(talking: Office) -> None:
    runtime = talking.console.parts["runtime"]
    channel = runtime.channels["telegram"]
    runtime.acceptor.start()
    try:

        def says(event: str, text: str) -> None:
            deliver(runtime, channel, body(event, "chat9", text, int(event[1:])))
            while runtime._workers.step("w"):
                pass

        says("e1", "tôi muốn gặp cán bộ")
        (row,) = talking.rows(handoffs)
        browser = talking.signed_in("tinh")
        browser.get(f"/staff/tro-chuyen/{row['id']}")
        browser.post(f"/staff/tro-chuyen/{row['id']}/nhan")
        before = len(talking.rows(outbox))
        says("e2", "mức đóng?")
        assert len(talking.rows(outbox)) == before, "the bot says nothing"
        shown = browser.get(f"/staff/tro-chuyen/{row['id']}").text
        assert shown.index("tôi muốn gặp cán bộ") < shown.index("mức đóng?")
        assert browser.get(f"/staff/tro-chuyen/{row['id']}/moi").json()["newest"] == talking.rows(inbox)[-1]["id"]
        browser.get(f"/staff/tro-chuyen/{row['id']}")
        browser.post(f"/staff/tro-chuyen/{row['id']}/xong")
        says("e3", "mức đóng?")
        assert talking.rows(outbox)[-1]["piece"]["text"].startswith("Đáp: mức đóng?")
    finally:
        runtime.acceptor.stop()


def test_one_officer_at_a_time(everywhere: Office) -> None:
    office = everywhere
    at, here, province = desk(office), office.people["here"], office.people["tinh"]
    _, home, number = asked(office)
    at.take(here, number)
    for refused in (lambda: at.take(province, number), lambda: at.say(province, number, "a"),
                    lambda: at.close(province, number)):  # fmt: skip
        with pytest.raises(BadHandover, match="đang giữ"):
            refused()
    assert [deed for _, deed, _ in deeds(office, "conversation.")] == ["conversation.take"], (
        "no trace of what was not done"
    )
    office.hands.now += KEEP + 1
    at.take(province, number)
    assert office.rows(handoffs)[0]["taken_by"] == "tinh"
    office.hands.now += 60
    at.close(province, number)
    later = wanted(office, home)
    with pytest.raises(BadHandover, match=f"số {later}"):
        at.take(here, number)


def test_who_no_longer_has_the_commune_no_longer_writes(everywhere: Office) -> None:
    office = everywhere
    at, here = desk(office), office.people["here"]
    lead, home, number = asked(office)
    at.take(here, number)
    with writing(office.engine) as connection:
        connection.execute(update(leads).where(leads.c.id == lead).values(commune_code=THERE.code))
    before = [office.rows(table) for table in (handoffs, outbox, conversations)]
    for refused in (lambda: at.say(here, number, "a"), lambda: at.close(here, number), lambda: at.take(here, number),
                    lambda: at.begin(here, lead, home)):  # fmt: skip
        with pytest.raises(NotThere):
            refused()
    assert [office.rows(table) for table in (handoffs, outbox, conversations)] == before


def test_the_same_words_pressed_twice_go_out_once(everywhere: Office) -> None:
    office = everywhere
    at, here = desk(office), office.people["here"]
    _, _, number = asked(office)
    at.take(here, number)
    for _ in range(3):
        at.say(here, number, "Chào chị.")
    at.say(here, number, "Tôi là cán bộ xã.")
    office.hands.now += 60
    at.say(here, number, "Tôi là cán bộ xã.")
    assert [row["piece"]["text"] for row in office.rows(outbox)] == [
        "Chào chị.",
        "Tôi là cán bộ xã.",
        "Tôi là cán bộ xã.",
    ]
    assert [deed for _, deed, _ in deeds(office, "conversation.say")] == ["conversation.say"] * 3


def test_the_window_is_shown_and_what_is_too_late_is_refused_with_the_reason(talking: Office) -> None:
    _, home, number = asked(talking, channel="zalo_oa")
    changed(talking, home, channel="zalo_oa", heard_at=talking.hands.now - 49 * HOUR)
    browser = talking.signed_in("here")
    page = browser.get(f"/staff/tro-chuyen/{number}").text
    assert "còn 4 ngày 23 giờ" in page and "đã hết thời gian miễn phí" in page
    browser.post(f"/staff/tro-chuyen/{number}/nhan")
    changed(talking, home, heard_at=talking.hands.now - 169 * HOUR)
    late = browser.post(f"/staff/tro-chuyen/{number}/tra-loi", {"text": "chữ tôi vừa gõ"})
    assert late.status_code == 400 and "quá 7 ngày" in late.text and "tel:+8490" in late.text
    assert talking.rows(outbox) == []
    changed(talking, home, heard_at=talking.hands.now, reachable=False)
    assert "đã chặn" in browser.post(f"/staff/tro-chuyen/{number}/tra-loi", {"text": "a"}).text
    changed(talking, home, reachable=True)
    long = browser.post(f"/staff/tro-chuyen/{number}/tra-loi", {"text": "x" * (LONGEST + 1)})
    assert long.status_code == 400 and "x" * LONGEST in long.text, "what was typed is not lost"
    assert talking.rows(outbox) == []


def test_who_asked_on_the_web_page_is_called_instead(talking: Office) -> None:
    lead, home, number = asked(talking, phone="+84905123456")
    changed(talking, home, channel="web")
    browser = talking.signed_in("here")
    page = browser.get(f"/staff/tro-chuyen/{number}").text
    assert "không nhắn lại được" in page and 'href="tel:+84905123456"' in page and f"{number}/nhan" not in page
    refused = browser.post(f"/staff/tro-chuyen/{number}/nhan")
    assert refused.status_code == 400 and "trang web" in refused.text
    assert talking.rows(handoffs)[0]["state"] == "waiting"
    assert browser.post(f"/staff/tro-chuyen/{number}/xong").status_code == 200
    assert talking.rows(handoffs)[0]["state"] == "closed" and talking.rows(outbox) == []
    other = browser.get(f"/staff/lead/{lead}/tro-chuyen").text
    assert "Nhận cuộc trò chuyện</button>" not in other


def test_without_delivery_pages_are_read_and_nobody_can_be_written_to(office: Office) -> None:
    _, _, number = asked(office)
    browser = office.signed_in("here")
    page = browser.get(f"/staff/tro-chuyen/{number}")
    assert page.status_code == 200 and "chưa bật" in page.text
    browser.post(f"/staff/tro-chuyen/{number}/nhan")
    assert browser.post(f"/staff/tro-chuyen/{number}/tra-loi", {"text": "a"}).status_code == 400
    assert office.rows(outbox) == []


# --- conversations in which nobody asked for a person


def test_a_leads_conversation_is_read_and_taken_though_nobody_asked(talking: Office) -> None:
    lead = talking.lead()
    heard(talking, home_of(talking, lead), "mức đóng bao nhiêu?")
    browser = talking.signed_in("here")
    assert f"/staff/lead/{lead}/tro-chuyen" in browser.get(f"/staff/lead/{lead}").text
    page = browser.get(f"/staff/lead/{lead}/tro-chuyen").text
    assert "mức đóng bao nhiêu?" in page and "<textarea" not in page
    taken = browser.post(f"/staff/lead/{lead}/tro-chuyen")
    (row,) = talking.rows(handoffs)
    assert (row["state"], row["taken_by"], row["reason"]) == ("taken", "here", "staff")
    assert taken.url.path == f"/staff/tro-chuyen/{row['id']}" and "<textarea" in taken.text
    assert f"/staff/tro-chuyen/{row['id']}" in browser.get(f"/staff/lead/{lead}").text
    browser.post(f"/staff/lead/{lead}/tro-chuyen")
    assert len(talking.rows(handoffs)) == 1, "an open one is taken, not opened again"
    assert ("here", "conversation.take", f"lead:{lead}") in deeds(talking, "conversation.take")
    assert ("here", "conversation.view", f"lead:{lead}") in deeds(talking, "conversation.view")


def test_begun_once_by_one_officer_on_each_database(everywhere: Office) -> None:
    office = everywhere
    at, here, province = desk(office), office.people["here"], office.people["tinh"]
    lead = office.lead()
    number = at.begin(here, lead, home_of(office, lead))
    assert at.begin(here, lead, home_of(office, lead)) == number
    with pytest.raises(BadHandover, match="đang giữ"):
        at.begin(province, lead, home_of(office, lead))
    with pytest.raises(NotThere):
        at.begin(office.people["there"], lead, home_of(office, lead))
    assert len(office.rows(handoffs)) == 1


def test_who_has_withdrawn_is_not_written_to_unasked(talking: Office) -> None:
    lead = talking.lead(status="withdrawn")
    _, _, closed = asked(talking, name="Lê Thị Mai", status="withdrawn")
    browser = talking.signed_in("here")
    assert "rút lại" in browser.get(f"/staff/lead/{lead}/tro-chuyen").text
    assert browser.post(f"/staff/lead/{lead}/tro-chuyen").status_code == 400
    assert [row["state"] for row in talking.rows(handoffs)] == ["waiting"]
    page = browser.get(f"/staff/tro-chuyen/{closed}").text
    assert "tel:" not in page and "rút lại" in page
    browser.post(f"/staff/tro-chuyen/{closed}/nhan")
    browser.post(f"/staff/tro-chuyen/{closed}/xong")
    assert browser.post(f"/staff/tro-chuyen/{closed}/nhan").status_code == 400, "only while they themselves ask"


def test_a_lead_without_a_conversation_has_none_to_read(talking: Office) -> None:
    lead = talking.lead()
    with writing(talking.engine) as connection:
        connection.execute(update(leads).where(leads.c.id == lead).values(conversation_id=None))
    browser = talking.signed_in("here")
    assert f"/staff/lead/{lead}/tro-chuyen" not in browser.get(f"/staff/lead/{lead}").text
    assert browser.get(f"/staff/lead/{lead}/tro-chuyen").status_code == 404
    assert browser.post(f"/staff/lead/{lead}/tro-chuyen").status_code == 404


# --- what was lost


def test_each_message_shows_its_state_and_lost_ones_are_sent_again(talking: Office) -> None:
    _, home, number = asked(talking)
    for state in ("sent", "waiting", "maybe", "dead"):
        told(talking, home, f"tin {state}", state, problem="403: không nhận" if state == "dead" else "")
    cancelled = told(talking, home, "lời máy đã huỷ", "cancelled")
    browser = talking.signed_in("here")
    page = browser.get(f"/staff/tro-chuyen/{number}").text
    for shown in ("đang chờ gửi", "chưa rõ đã đến chưa", "không gửi được", "403: không nhận"):
        assert shown in page
    assert page.count(">Gửi lại<") == 2
    listed = browser.get("/staff/tro-chuyen/chua-gui-duoc").text
    assert "tin dead" in listed and "tin maybe" in listed and "tin sent" not in listed and "lời máy" not in listed
    dead = next(row["id"] for row in talking.rows(outbox) if row["state"] == "dead")
    again = browser.post("/staff/tro-chuyen/gui-lai", {"id": dead, "ve": f"/staff/tro-chuyen/{number}"})
    assert again.url.path == f"/staff/tro-chuyen/{number}" and "Đã xếp gửi lại" in again.text
    row = next(row for row in talking.rows(outbox) if row["id"] == dead)
    assert (row["state"], row["attempts"], row["problem"]) == ("waiting", 0, "")
    due = next(row["outbox_due"] for row in talking.rows(conversations) if row["id"] == home)
    assert due is not None, "the sender will see it"
    assert ("here", "message.resend", f"message:{dead}") in deeds(talking, "message.resend")
    for not_lost in (dead, cancelled, 999):
        assert browser.post("/staff/tro-chuyen/gui-lai", {"id": not_lost}).status_code == 404
    away = browser.post("/staff/tro-chuyen/gui-lai", {"id": dead - 1, "ve": "//evil.example"})
    assert away.url.path == "/staff/tro-chuyen/chua-gui-duoc" and away.url.host == "testserver"


def test_what_cannot_arrive_is_not_sent_again(everywhere: Office) -> None:
    office = everywhere
    at, here = desk(office), office.people["here"]
    _, home, number = asked(office)
    lost = told(office, home, "câu của máy", "dead")
    changed(office, home, channel="zalo_oa", heard_at=office.hands.now - 200 * HOUR)
    with writing(office.engine) as connection:
        connection.execute(update(outbox).values(channel="zalo_oa"))
    with pytest.raises(BadHandover, match="quá 7 ngày"):
        at.resend(here, lost)
    changed(office, home, heard_at=office.hands.now, reachable=False)
    with pytest.raises(BadHandover, match="chặn"):
        at.resend(here, lost)
    changed(office, home, reachable=True)
    at.take(here, number)
    with pytest.raises(BadHandover, match="đang giữ"):
        at.resend(here, lost)
    assert office.rows(outbox)[0]["state"] == "dead"
    at.close(here, number)
    at.resend(here, lost)
    assert office.rows(outbox)[0]["state"] == "waiting"


# --- texts


def test_a_canned_text_fills_the_field_and_is_edited_before_it_goes(talking: Office) -> None:
    _, _, number = asked(talking)
    browser = talking.signed_in("here")
    browser.get(f"/staff/tro-chuyen/{number}")
    browser.post(f"/staff/tro-chuyen/{number}/nhan")
    page = browser.get(f"/staff/tro-chuyen/{number}?mau=chao").text
    field = page.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0]
    assert "tôi là Tên here" in field and HERE.title in field
    assert (
        browser.get(f"/staff/tro-chuyen/{number}?mau=khongco").text.count("tôi là Tên here")
        == page.count("tôi là Tên here") - 1
    )


def test_the_texts_of_the_office_come_first_and_replace_those_of_their_title(talking: Office) -> None:
    admin = talking.signed_in("admin")
    admin.get("/staff/cai-dat")
    for title, text in (
        ("Hẹn ra xã", "Mời anh/chị ra {place}, gặp {officer}. Nhớ {mang} sổ."),
        ("Hẹn gọi điện", "Tôi gọi lúc nào?"),
    ):
        assert admin.post("/staff/cai-dat/cau-mau", {"title": title, "text": text}).status_code == 200
    _, _, number = asked(talking)
    browser = talking.signed_in("here")
    browser.get(f"/staff/tro-chuyen/{number}")
    page = browser.post(f"/staff/tro-chuyen/{number}/nhan").text
    assert f"Mời anh/chị ra {HERE.title}, gặp Tên here. Nhớ {{mang}} sổ." in page
    assert page.count(">Hẹn gọi điện</a>") == 1 and "Tôi gọi lúc nào?" in page and "nói qua điện thoại" not in page
    assert page.index(">Hẹn ra xã</a>") < page.index(">Chào và giới thiệu</a>")


def test_canned_texts_can_be_said_and_name_no_amount() -> None:
    texts = canned()
    assert len({text.key for text in texts}) == len(texts) >= 5
    for text in texts:
        said = text.filled("Nguyễn Thị Bích Hạnh", "phường Trương Quang Trọng")
        assert 0 < len(said) <= LONGEST and text.title and "{" not in said
        assert not any(letter.isdecimal() for letter in said), "amounts change with the date"


def test_what_people_write_is_never_markup(talking: Office) -> None:
    bad = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'>"
    lead, home, number = asked(talking, name=bad)
    told(talking, home, bad, "dead", problem=bad)
    heard(talking, home, bad)
    browser = talking.signed_in("here")
    for path in ("/staff/tro-chuyen", f"/staff/tro-chuyen/{number}", f"/staff/lead/{lead}/tro-chuyen",
                 "/staff/tro-chuyen/chua-gui-duoc"):  # fmt: skip
        text = browser.get(path).text
        assert "<script>alert" not in text and "<img src=x" not in text and "&lt;script&gt;" in text


def test_erased_words_are_said_to_be_gone(talking: Office) -> None:
    lead = talking.lead()
    assert "đã được xoá" in talking.signed_in("here").get(f"/staff/lead/{lead}/tro-chuyen").text
    with talking.engine.connect() as connection:
        assert connection.execute(select(inbox.c.id)).first() is None


def test_the_made_up_province_has_conversations_of_each_kind(office: Office) -> None:
    fill(office.engine, UNITS, office.hands.now, lead_count=400, conversation_count=900, password="x")
    counts = Talks(office.engine, office.hands).counts(office.people["tinh"].scope)
    assert all(counts.values()), counts
    browser = office.signed_in("tinh")
    for path in ("/staff/tro-chuyen", "/staff/tro-chuyen?xem=taken", "/staff/tro-chuyen/chua-gui-duoc", "/staff/gop-y"):
        page = browser.get(path)
        assert page.status_code == 200 and 'class="empty"' not in page.text, path
    assert "mức đóng" in browser.get("/staff/phan-tich").text, "its questions have topics"
