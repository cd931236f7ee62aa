"""Messages to many: only to who agreed to it, looked at again when queued, by two people, a few at a time, stopped at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.channels.contract import Capabilities
from bot.delivery.outbox import Outbox
from bot.delivery.runtime import Parts, Runtime
from bot.delivery.tables import channel_states, conversations, outbox
from bot.outreach import broadcasts as module
from bot.outreach.broadcasts import Audience, Broadcasts
from bot.outreach.campaign_tables import broadcast_targets, broadcasts, campaign_visits
from bot.outreach.campaigns import Campaigns
from bot.outreach.records import Records
from bot.outreach.tables import consents
from bot.staff.access import Role
from bot.staff.broadcasting import BadBroadcast, Broadcasting
from bot.staff.tables import audit
from bot.time_zone import TIME_ZONE
from knowledge.store import writing
from tests.bot.delivery.plain import PlainChannel
from tests.bot.staff.office import HERE, THERE, Answers, Office

NOON = datetime(2026, 11, 28, 12, 0, tzinfo=TIME_ZONE).timestamp()
HOUR, DAY = 3_600.0, 86_400.0
CAN = {
    "telegram": Capabilities(text_limit=4096, utf16=True),
    "zalo_oa": Capabilities(text_limit=1900, utf16=True, free_hours=48, reach_hours=168),
}


class Cast:
    """The people of an office who agreed to this or that, and what sends to them."""

    def __init__(self, office: Office) -> None:
        self.office = office
        office.hands.now = NOON
        self.queued: list[str] = []
        self.staff = Broadcasting(office.engine, office.console.audit, lambda: CAN, office.hands)
        self.box = Outbox(office.engine, office.hands)
        self.sender = Broadcasts(office.engine, self.box, lambda: CAN, self.queued.append, office.hands)
        self.tinh, self.admin = office.people["tinh"], office.people["admin"]
        self._count = 0

    def person(self, *, purpose: str = "bulletin", channel: str = "telegram", ago: float = HOUR, **values: Any) -> int:
        self._count += 1
        with writing(self.office.engine) as connection:
            row = {"channel": channel, "key": f"b{self._count}", "person": f"b{self._count}", "name": "", "state": {},
                   "created_at": NOON - DAY, "heard_at": NOON - ago, "reachable": True, "staff_until": 0.0, "notified_until": 0.0,
                   "worker": "", "worker_until": 0.0, "inbox_due": None, "outbox_due": None} | values  # fmt: skip
            home = connection.execute(insert(conversations).values(**row).returning(conversations.c.id)).scalar_one()
            if purpose:
                connection.execute(
                    insert(consents).values(
                        conversation_id=home, channel=channel, person=row["person"], purpose=purpose, version="1", text_hash="0",
                        event_id=f"a{self._count}", given_at=NOON - ago, withdrawn_at=None,
                    )
                )  # fmt: skip
        return int(home)

    def approved(self, text: str = "Tin mới", wanted: Audience = Audience()) -> int:  # noqa: B008
        number = self.staff.draft(self.tinh, text, wanted)
        self.staff.approve(self.admin, number)
        return number

    def got(self) -> list[int]:
        return [row["conversation_id"] for row in self.office.rows(outbox) if row["kind"] == "push"]

    def targets(self) -> dict[int, tuple[str, str]]:
        return {row["conversation_id"]: (row["state"], row["reason"]) for row in self.office.rows(broadcast_targets)}

    def set(self, table: Any, home: int, **values: Any) -> None:
        column = table.c.conversation_id if "conversation_id" in table.c else table.c.id
        with writing(self.office.engine) as connection:
            connection.execute(update(table).where(column == home).values(**values))


@pytest.fixture
def cast(everywhere: Office) -> Iterator[Cast]:
    yield Cast(everywhere)


@pytest.fixture
def quick(office: Office) -> Cast:
    return Cast(office)


def test_only_who_agreed_to_it_and_can_be_written_to_gets_it_once(cast: Cast) -> None:
    yes, also = cast.person(), cast.person(channel="zalo_oa")
    cast.person(purpose=""), cast.person(purpose="call_back"), cast.person(purpose="news")
    cast.person(reachable=False), cast.person(channel="web"), cast.person(channel="zalo_bot")
    gone = cast.person()
    cast.set(consents, gone, withdrawn_at=NOON)
    number = cast.approved("Mức đóng đổi từ 1/1/2027.")
    assert cast.sender.round(NOON) == 2 and cast.sender.round(NOON + 10) == 0
    assert sorted(cast.got()) == sorted([yes, also]) and sorted(cast.queued) == ["telegram", "zalo_oa"]
    letters = cast.office.rows(outbox)
    assert all("Mức đóng đổi" in row["piece"]["text"] and "nhắn “dừng”" in row["piece"]["text"] for row in letters)
    row, came = cast.staff.one(cast.tinh.scope, number)
    assert (row["state"], came.waiting, came.sent, came.left_out) == ("sending", 2, 0, 0), "it can still be stopped"
    with writing(cast.office.engine) as connection:
        connection.execute(update(outbox).where(outbox.c.conversation_id == yes).values(state="sent"))
        connection.execute(update(outbox).where(outbox.c.conversation_id == also).values(state="dead"))
    assert cast.sender.round(NOON + 20) == 0
    row, came = cast.staff.one(cast.tinh.scope, number)
    assert (row["state"], came.waiting, came.sent, came.failed, came.all) == ("done", 0, 1, 1, 2)


def test_a_consent_that_was_withdrawn_after_the_approval_is_honoured(cast: Cast) -> None:
    stays, left, blocked = cast.person(), cast.person(), cast.person()
    cast.approved()
    with writing(cast.office.engine) as connection:
        Records(cast.office.engine, cast.office.hands).withdraw(connection, left)
    cast.set(conversations, blocked, reachable=False)
    assert cast.sender.round(NOON) == 1 and cast.got() == [stays]
    assert cast.targets()[left] == ("skipped", "withdrawn") and cast.targets()[blocked] == ("skipped", "unreachable")


def test_who_withdraws_after_it_was_queued_has_it_taken_back(cast: Cast) -> None:
    home = cast.person()
    number = cast.approved()
    cast.sender.round(NOON)
    with writing(cast.office.engine) as connection:
        Records(cast.office.engine, cast.office.hands).withdraw(connection, home)
    (letter,) = cast.office.rows(outbox)
    assert letter["state"] == "cancelled"
    assert cast.staff.one(cast.tinh.scope, number)[1].skipped == {"cancelled": 1}


def test_who_is_withdrawing_while_it_is_queued_gets_nothing(cast: Cast) -> None:
    home = cast.person()
    cast.approved()
    looking = threading.Thread(target=lambda: cast.sender.round(NOON))
    with writing(cast.office.engine) as connection:
        Records(cast.office.engine, cast.office.hands).withdraw(connection, home)
        looking.start()  # it has to wait: what it would read is not yet decided
        looking.join(0.5)
        assert looking.is_alive()
    looking.join(20)
    assert cast.got() == [] and cast.targets()[home] == ("skipped", "withdrawn")


def test_the_window_of_the_platform_holds_in_preview_and_sending(quick: Cast) -> None:
    cast = quick
    cast.person(channel="zalo_oa", ago=HOUR), cast.person(channel="zalo_oa", ago=60 * HOUR)
    cast.person(ago=300 * DAY)
    preview = cast.staff.preview(cast.tinh.scope, "Tin", Audience())
    assert [(p.channel, p.people, p.outside) for p in preview.parts] == [("telegram", 1, 0), ("zalo_oa", 2, 1)]
    assert (preview.people, preview.reached) == (3, 2)
    number = cast.approved()
    assert cast.sender.round(NOON) == 2
    assert cast.staff.one(cast.tinh.scope, number)[1].skipped == {"window": 1}


def test_nothing_is_sent_at_night_or_while_an_officer_talks_or_the_channel_is_off(quick: Cast) -> None:
    cast = quick
    free, held = cast.person(), cast.person(staff_until=NOON + 10 * HOUR)
    number = cast.approved()
    night = NOON + 11 * HOUR
    cast.set(conversations, held, staff_until=night + HOUR)
    assert cast.sender.round(night) == 0 and cast.staff.one(cast.tinh.scope, number)[0]["state"] == "sending"
    morning = NOON + 18.5 * HOUR
    with writing(cast.office.engine) as connection:
        connection.execute(
            insert(channel_states).values(channel="telegram", off_since=NOON, off_message="", holder="", holder_until=0.0,
                                          halted_until=0.0, problem="", polled_at=None)
        )  # fmt: skip
    assert cast.sender.round(morning) == 0
    with writing(cast.office.engine) as connection:
        connection.execute(update(channel_states).values(off_since=None))
    cast.set(conversations, held, staff_until=morning + HOUR)
    assert cast.sender.round(morning + 400) == 1 and cast.got() == [free]
    assert cast.sender.round(morning + 2 * HOUR) == 1 and cast.got() == [free, held]


def test_who_cannot_be_written_to_for_days_is_left_out_and_it_ends(quick: Cast) -> None:
    cast = quick
    home = cast.person(staff_until=NOON + 30 * DAY)
    number = cast.approved()
    cast.sender.round(NOON)
    cast.sender.round(NOON + 4 * DAY)
    assert cast.targets()[home] == ("skipped", "late") and cast.staff.one(cast.tinh.scope, number)[0]["state"] == "done"


def test_it_goes_out_a_few_at_a_time_and_waits_while_they_are_not_sent(quick: Cast) -> None:
    cast = quick
    for _ in range(module._MOST_UNSENT + 15):
        cast.person()
    cast.approved()
    counts = [cast.sender.round(NOON + 10 * n) for n in range(4)]
    assert counts == [module._AT_ONCE, module._AT_ONCE, 0, 0]
    with writing(cast.office.engine) as connection:
        connection.execute(update(outbox).values(state="sent"))
    assert cast.sender.round(NOON + 60) == 15 and len(set(cast.got())) == module._MOST_UNSENT + 15


def test_stopping_takes_back_what_waits_and_holds_what_was_not_queued(cast: Cast) -> None:
    homes = [cast.person() for _ in range(module._AT_ONCE + 5)]
    number = cast.approved()
    cast.sender.round(NOON)
    sent = cast.got()[0]
    cast.set(outbox, sent, state="sent")
    assert cast.staff.stop(cast.tinh, number) == len(homes) - 1
    row, came = cast.staff.one(cast.tinh.scope, number)
    assert (row["state"], row["ended_by"], came.sent, came.waiting) == ("stopped", "tinh", 1, 0)
    assert came.left_out == len(homes) - 1 and cast.sender.round(NOON + 600) == 0
    assert cast.box.take("telegram", 50) == [], "nothing of it leaves any more"
    with pytest.raises(BadBroadcast):
        cast.staff.stop(cast.tinh, number)


def test_processes_that_look_at_once_write_to_everybody_once(cast: Cast) -> None:
    homes = [cast.person() for _ in range(12)]
    cast.approved()
    threads = [threading.Thread(target=lambda: cast.sender.round(NOON)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cast.sender.round(NOON + 1)
    assert sorted(cast.got()) == sorted(homes)


def test_a_process_that_ends_in_the_middle_leaves_nothing_half_done(
    quick: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = quick.person()
    quick.approved()
    real = quick.box.add

    def dies(*args: Any, **kwargs: Any) -> list[int]:
        real(*args, **kwargs)
        raise KeyboardInterrupt

    monkeypatch.setattr(quick.box, "add", dies)
    with pytest.raises(KeyboardInterrupt):
        quick.sender.round(NOON)
    assert quick.got() == [] and quick.targets()[home] == ("waiting", "")
    monkeypatch.undo()
    assert quick.sender.round(NOON) == 1 and quick.got() == [home]


def test_an_audience_is_narrowed_by_channel_campaign_and_commune(cast: Cast) -> None:
    office = cast.office
    Campaigns(office.engine).add("TS25", "x", by="t")
    Campaigns(office.engine).add("HEREC", "x", by="t", commune=HERE.code)
    lead, comer, local, other = (cast.person() for _ in range(4))
    oa = cast.person(channel="zalo_oa")
    office.lead(conversation_id=lead)
    office.lead(conversation_id=other, code=THERE.code)
    with writing(office.engine) as connection:
        for key, home in (("ts25", comer), ("herec", local)):
            connection.execute(insert(campaign_visits).values(campaign_key=key, conversation_id=home, at=1.0))
    whole = cast.tinh.scope

    def people(**wanted: str) -> int:
        return cast.staff.preview(whole, "x", Audience(**wanted)).people

    assert people() == 5 and people(channel="zalo_oa") == 1 and people(campaign="TS25") == 1
    assert people(commune=HERE.code) == 2 and people(commune=THERE.code) == 1
    assert people(commune=THERE.code, channel="zalo_oa") == 0
    cast.approved(wanted=Audience(commune=HERE.code))
    cast.sender.round(NOON)
    assert sorted(cast.got()) == sorted([lead, local]) and oa not in cast.got()


def test_who_wrote_it_does_not_approve_it(quick: Cast) -> None:
    quick.person()
    number = quick.staff.draft(quick.admin, "Tin", Audience())
    with pytest.raises(BadBroadcast, match="không tự duyệt"):
        quick.staff.approve(quick.admin, number)
    assert quick.office.rows(broadcast_targets) == []
    assert quick.staff.approve(quick.tinh, number) == 1
    with pytest.raises(BadBroadcast):
        quick.staff.approve(quick.tinh, number)
    noted = [(r["action"], r["by"]) for r in quick.office.rows(audit) if r["action"].startswith("broadcast.")]
    assert noted == [("broadcast.draft", "admin"), ("broadcast.approve", "tinh")]
    assert "Tin" not in str([r["data"] for r in quick.office.rows(audit)])


def test_one_for_nobody_is_not_approved(quick: Cast) -> None:
    number = quick.staff.draft(quick.tinh, "Tin", Audience())
    with pytest.raises(BadBroadcast, match="Chưa có ai"):
        quick.staff.approve(quick.admin, number)
    assert quick.office.rows(broadcasts)[0]["state"] == "draft"


@pytest.mark.parametrize("text", ["", "   ", "x" * (module.LONGEST + 1)])
def test_a_text_nobody_could_read_is_refused(quick: Cast, text: str) -> None:
    with pytest.raises(BadBroadcast):
        quick.staff.draft(quick.tinh, text, Audience())


@pytest.fixture
def running(office: Office) -> Iterator[Cast]:
    """The console beside a runtime with one channel."""
    runtime = Runtime(
        office.engine,
        {"telegram": PlainChannel("telegram")},
        Answers(),
        parts=Parts(answer=False, send=False, poll=False),
    )
    office.console.parts["runtime"] = runtime
    yield Cast(office)
    runtime.stop()


def test_from_the_page_by_two_people_to_the_outbox(running: Cast) -> None:
    office = running.office
    running.person()
    one, two = office.signed_in("tinh"), office.signed_in("admin")
    assert "Soạn tin" in one.get("/staff/tin-nhom").text
    seen = one.post("/staff/tin-nhom", {"text": "Tin <b>mới</b>", "commune": "", "channel": "", "campaign": ""})
    assert "1 người gửi được lúc này" in seen.text and office.rows(broadcasts) == [] and "<b>mới" not in seen.text
    saved = one.post("/staff/tin-nhom", {"text": "Tin <b>mới</b>", "save": "1"})
    assert saved.url.path == "/staff/tin-nhom/1" and "cần một người khác duyệt" in saved.text
    refused = one.post("/staff/tin-nhom/1/duyet")
    assert refused.status_code == 400 and "không tự duyệt" in refused.text
    two.get("/staff/tin-nhom/1")
    assert "Đã duyệt" in two.post("/staff/tin-nhom/1/duyet").text
    office.console.parts["runtime"].broadcasts.round(NOON)
    assert len(running.got()) == 1
    assert "đang gửi" in one.get("/staff/tin-nhom/1").text
    assert "Đã dừng." in one.post("/staff/tin-nhom/1/dung").text
    assert [row["state"] for row in office.rows(outbox)] == ["cancelled"]
    again = one.post("/staff/tin-nhom/1/dung")
    assert again.status_code == 400 and "hoặc đã dừng" in again.text


@pytest.mark.parametrize(("who", "reads", "writes"), [("admin", 200, 200), ("tinh", 200, 200), ("here", 200, 403), ("lanhdao", 200, 403),
                                                      ("bientap", 403, 403)])  # fmt: skip
def test_who_reads_and_who_writes(running: Cast, who: str, reads: int, writes: int) -> None:
    browser = running.office.signed_in(who)
    assert browser.get("/staff/tin-nhom").status_code == reads
    browser.get("/staff/tai-khoan")
    assert browser.post("/staff/tin-nhom", {"text": "Tin", "save": "1"}).status_code == writes
    assert len(running.office.rows(broadcasts)) == (writes == 200)


def test_what_is_of_another_commune_is_not_there_and_stays_as_it_is(running: Cast) -> None:
    office = running.office
    running.person()
    office.hire("huyen", Role.PROVINCE, HERE.code)  # of the province, but for one commune
    wide = running.staff.draft(running.tinh, "Toàn tỉnh", Audience())
    theirs = running.staff.draft(running.tinh, "Xã kia", Audience(commune=THERE.code))
    mine = running.staff.draft(running.tinh, "Xã này", Audience(commune=HERE.code))
    for who in ("here", "huyen"):
        browser = office.signed_in(who)
        page = browser.get("/staff/tin-nhom").text
        assert "Xã này" in page and "Xã kia" not in page and "Toàn tỉnh" not in page
        assert browser.get(f"/staff/tin-nhom/{mine}").status_code == 200
        for number in (wide, theirs, 999):
            assert browser.get(f"/staff/tin-nhom/{number}").status_code == 404
    browser.get("/staff/tin-nhom")
    for number in (wide, theirs):
        for what in ("duyet", "dung"):
            assert browser.post(f"/staff/tin-nhom/{number}/{what}").status_code == 404
    assert browser.post("/staff/tin-nhom", {"text": "x", "save": "1", "commune": THERE.code}).status_code == 404
    assert browser.post("/staff/tin-nhom", {"text": "x", "save": "1", "commune": ""}).status_code == 400
    assert [row["state"] for row in office.rows(broadcasts)] == ["draft"] * 3


def test_the_running_house_queues_and_sends_by_itself(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The housekeeping loop has it; night or day, whoever was written to was written to once."""
    cast = Cast(office)
    monkeypatch.setattr("bot.delivery.runtime._TIDY", 0.05)
    monkeypatch.setattr("bot.delivery.windows.NIGHT_FROM", 24)
    monkeypatch.setattr("bot.delivery.windows.NIGHT_UNTIL", 0)
    homes = [cast.person() for _ in range(5)]
    cast.approved()
    channel = PlainChannel("telegram")
    runtime = Runtime(office.engine, {"telegram": channel}, Answers(), parts=Parts(poll=False))
    runtime.start()
    try:
        waited = threading.Event()
        for _ in range(200):
            if len(channel.delivered) == len(homes):
                break
            waited.wait(0.05)
    finally:
        runtime.stop()
    assert sorted(key for key, _ in channel.delivered) == [f"b{n}" for n in range(1, 6)]
    with office.engine.connect() as connection:
        assert connection.execute(select(broadcasts.c.state)).scalar_one() == "done"
