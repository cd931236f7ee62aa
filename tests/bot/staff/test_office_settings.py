"""What the office sets in the console: checked as the environment is, in force without a restart, each change in the audit by its name."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import insert, update

from bot.delivery.leases import ChannelStates
from bot.delivery.runtime import Parts, Runtime
from bot.delivery.tables import channel_states, channel_switches
from bot.outreach.campaign_tables import office_settings
from bot.outreach.office import BadValue, LiveOffice, LiveSettings, checked
from bot.outreach.tables import requests
from bot.settings import Settings
from bot.staff.access import Role
from bot.staff.office_changes import OfficeChanges
from bot.staff.tables import audit
from bot.web.app import create_app
from knowledge.store import writing
from tests.bot.staff.office import HERE, Answers, Office

BASE = Settings(_env_file=None, TUVAN_OFFICE="BHXH Mẫu", TUVAN_LEAD_DAYS=77)  # type: ignore[call-arg]
DAY = 86_400.0


def changes(office: Office) -> OfficeChanges:
    return OfficeChanges(office.engine, office.console.audit, BASE, office.hands)


def noted(office: Office) -> list[tuple[str, str]]:
    found = office.rows(audit)
    return [
        (row["action"], row["subject"])
        for row in found
        if row["action"].split(".")[0] in ("setting", "channel", "request")
    ]


def test_a_setting_is_in_force_at_once_and_gone_with_its_row(everywhere: Office) -> None:
    office = everywhere
    live = LiveSettings(office.engine, BASE, fresh=0.0)
    told = LiveOffice(live)
    person = office.people["tinh"]
    assert (told.name, told.days, told.hours.in_words()[:7]) == ("BHXH Mẫu", 77, "thứ Hai")
    changes(office).set(person, "office", "BHXH cơ sở A")
    changes(office).set(person, "lead_days", "30")
    changes(office).set(person, "lead_days", "31")
    changes(office).set(person, "working_hours", "1-6 08:00-12:00")
    assert (told.name, told.days, told.keeping.lead_days) == ("BHXH cơ sở A", 31, 31)
    assert "thứ Bảy" in told.hours.in_words()
    assert {row["key"]: row["changed_by"] for row in office.rows(office_settings)} == {
        "office": "tinh", "lead_days": "tinh", "working_hours": "tinh"
    }  # fmt: skip
    changes(office).reset(person, "lead_days")
    changes(office).reset(person, "lead_days")
    assert told.days == 77
    assert noted(office) == [("setting.change", "setting:office"), ("setting.change", "setting:lead_days"),
                             ("setting.change", "setting:lead_days"), ("setting.change", "setting:working_hours"),
                             ("setting.reset", "setting:lead_days")]  # fmt: skip
    assert "cơ sở A" not in str(office.rows(audit)), "the audit has no values"


@pytest.mark.parametrize(
    ("key", "value"),
    [("working_hours", "sáng đến chiều"), ("working_hours", "5-1 07:00-08:00"), ("lead_days", "0"), ("lead_days", "9999"),
     ("lead_days", "ba mươi"), ("lead_days", "1.5"), ("conversation_days", ""), ("office", " "), ("telegram_bot_token", "x"),
     ("database_url", "sqlite://"), ("public_url", "https://x.vn"), ("model_config", "x"), ("canned", "x")],
)  # fmt: skip
def test_what_the_environment_would_refuse_is_refused(office: Office, key: str, value: str) -> None:
    with pytest.raises(BadValue):
        changes(office).set(office.people["tinh"], key, value)
    assert office.rows(office_settings) == [] and noted(office) == []


def test_the_check_is_that_of_the_settings_and_leaves_them_as_they_are() -> None:
    for key, value in (("working_hours", "1-7 00:00-23:59"), ("lead_days", "3650"), ("privacy_contact", "")):
        assert checked(BASE, key, value) is not None
    assert BASE.lead_days == 77


def test_a_row_that_no_longer_passes_is_left_aside(office: Office) -> None:
    with writing(office.engine) as connection:
        for key, value in (("lead_days", -5), ("office", "Mới"), ("unknown", 1)):
            connection.execute(insert(office_settings).values(key=key, value=value, changed_at=1.0, changed_by="x"))
    now = LiveSettings(office.engine, BASE, fresh=0.0)()
    assert (now.lead_days, now.office) == (77, "Mới")


def test_a_reader_asks_the_database_every_few_seconds_only(office: Office) -> None:
    clock = [0.0]
    live = LiveSettings(office.engine, BASE, fresh=5.0, clock=lambda: clock[0])
    assert live().office == "BHXH Mẫu"
    changes(office).set(office.people["tinh"], "office", "Mới")
    assert live().office == "BHXH Mẫu"
    clock[0] = 5.1
    assert live().office == "Mới"
    office.engine.dispose()
    clock[0] = 20.0
    broken = LiveSettings(office.engine, BASE, fresh=0.0)
    broken._known = (0.0, live())
    broken.rows = lambda: 1 / 0  # type: ignore[assignment,method-assign]
    assert broken().office == "Mới", "without the database what was known before holds"


@pytest.mark.parametrize(
    ("who", "status"), [("admin", 200), ("tinh", 200), ("here", 403), ("bientap", 403), ("lanhdao", 403)]
)
def test_who_sets_what_the_office_is(office: Office, who: str, status: int) -> None:
    browser = office.signed_in(who)
    assert browser.get("/staff/cai-dat").status_code == status
    browser.get("/staff/tai-khoan")
    sent: list[tuple[str, dict[str, Any]]] = [
        ("dat/office", {"value": "X"}), ("kenh/telegram", {"on": "0", "reason": "thử"}),
        ("cau-mau", {"title": "Chào", "text": "Chào anh/chị"}), ("yeu-cau", {"kind": "see"}),
    ]  # fmt: skip
    for path, form in sent:
        assert browser.post(f"/staff/cai-dat/{path}", form).status_code == status
    written = [len(office.rows(table)) for table in (office_settings, channel_switches, requests)]
    assert written == ([2, 1, 1] if status == 200 else [0, 0, 0])


def test_a_channel_is_switched_off_with_a_reason_and_words(office: Office) -> None:
    browser = office.signed_in("tinh")
    browser.get("/staff/cai-dat")
    refused = browser.post("/staff/cai-dat/kenh/zalo_oa", {"on": "0", "message": "Bảo trì"})
    assert refused.status_code == 400 and "lý do" in refused.text and office.rows(channel_switches) == []
    page = browser.post("/staff/cai-dat/kenh/zalo_oa", {"on": "0", "message": "Đang bảo trì", "reason": "đổi mã"}).text
    assert "Đã tắt kênh" in page and "Đang bảo trì" in page and "đổi mã" in page
    state = ChannelStates(office.engine).of("zalo_oa")
    assert state.off_since is not None and state.off_message == "Đang bảo trì"
    assert "Đã bật lại" in browser.post("/staff/cai-dat/kenh/zalo_oa", {"on": "1", "reason": "xong"}).text
    assert ChannelStates(office.engine).of("zalo_oa").off_since is None
    assert browser.post("/staff/cai-dat/kenh/fax", {"on": "0", "reason": "x"}).status_code == 404
    assert noted(office) == [("channel.off", "channel:zalo_oa"), ("channel.on", "channel:zalo_oa")]


def test_the_trouble_of_a_channel_is_shown(office: Office) -> None:
    ChannelStates(office.engine).note("telegram", problem="Mã bot sai. Lấy mã mới.")
    with writing(office.engine) as connection:
        connection.execute(update(channel_states).values(halted_until=office.hands.now + 500))
    page = office.signed_in("tinh").get("/staff/cai-dat").text
    assert "Mã bot sai. Lấy mã mới." in page and "Nền tảng bảo chờ đến" in page


def test_a_wrong_value_says_why_on_the_page(office: Office) -> None:
    browser = office.signed_in("tinh")
    browser.get("/staff/cai-dat")
    page = browser.post("/staff/cai-dat/dat/working_hours", {"value": "cả ngày"})
    assert page.status_code == 400 and "viết dạng 1-5 07:30-11:30" in page.text
    page = browser.post("/staff/cai-dat/dat/lead_days", {"value": "0"})
    assert page.status_code == 400 and "phải từ 1" in page.text
    page = browser.post("/staff/cai-dat/dat/office", {"value": "<img src=x>"}).text
    assert "<img src=x>" not in page and "&lt;img" in page and "Về mặc định" in page
    assert "giá trị mặc định" in browser.post("/staff/cai-dat/dat/office", {"reset": "1"}).text
    assert office.rows(office_settings) == []


def test_canned_answers_are_added_changed_and_dropped(office: Office) -> None:
    person, made = office.people["tinh"], changes(office)
    made.set_canned(person, "Chào", "Chào anh/chị")
    made.set_canned(person, "Giờ làm", "Thứ Hai đến thứ Sáu")
    made.set_canned(person, "Chào hỏi", "Xin chào", old="Chào")
    assert [(c.title, c.text) for c in LiveSettings(office.engine, BASE).canned()] == [
        ("Chào hỏi", "Xin chào"), ("Giờ làm", "Thứ Hai đến thứ Sáu")
    ]  # fmt: skip
    made.set_canned(person, "Giờ làm", "", old="Giờ làm")
    assert [c.title for c in made.canned()] == ["Chào hỏi"]
    for title, text in (("", "x"), ("x" * 61, "x"), ("x", "x" * 1001)):
        with pytest.raises(BadValue):
            made.set_canned(person, title, text)


def test_a_request_on_paper_has_its_receipt_its_days_and_its_end(office: Office) -> None:
    browser = office.signed_in("tinh")
    browser.get("/staff/cai-dat")
    assert browser.post("/staff/cai-dat/yeu-cau", {"kind": "other"}).status_code == 400
    page = browser.post("/staff/cai-dat/yeu-cau", {"kind": "erase"}).text
    (row,) = office.rows(requests)
    assert row["receipt"] in page and row["done_at"] is None and row["kind"] == "erase"
    assert 14.9 * DAY < row["finish_by"] - row["received_at"] < 15.1 * DAY and row["answer_by"] < row["finish_by"]
    assert browser.post(f"/staff/cai-dat/yeu-cau/{row['id']}", {"result": ""}).status_code == 400
    assert "Đã ghi là xong" in browser.post(f"/staff/cai-dat/yeu-cau/{row['id']}", {"result": "đã xoá và báo lại"}).text
    assert browser.post(f"/staff/cai-dat/yeu-cau/{row['id']}", {"result": "lần nữa"}).status_code == 404
    (row,) = office.rows(requests)
    assert row["done_at"] is not None and row["result"] == "đã xoá và báo lại"
    assert noted(office) == [("request.receive", "request:1"), ("request.done", "request:1")]


def test_open_requests_come_first_and_late_ones_are_marked(office: Office) -> None:
    made, person = changes(office), office.people["tinh"]
    first = made.receive(person, "see")
    office.hands.now += 20 * DAY
    second = made.receive(person, "erase")
    made.done(person, 2, "xong")
    assert [row["receipt"] for row in made.requests()] == [first, second]
    assert office.signed_in("tinh").get("/staff/cai-dat").text.count('class="late"') == 2


def test_the_chat_and_the_privacy_page_say_what_is_set_without_a_restart(office: Office) -> None:
    told = LiveOffice(LiveSettings(office.engine, BASE, fresh=0.0))
    runtime = Runtime(office.engine, {}, Answers(), parts=Parts(answer=False, send=False, poll=False), office=told)
    client = TestClient(create_app(runtime.direct, keeping=lambda: told.keeping))
    assert "BHXH Mẫu" in client.get("/quyen-rieng-tu").text
    changes(office).set(office.people["tinh"], "privacy_contact", "Phòng Công tác xã hội, 0255 000 111")
    assert "0255 000 111" in client.get("/quyen-rieng-tu").text
    assert "0255 000 111" in runtime.direct.answer("/quyenriengtu", session="s" * 24).replies[0].text
    changes(office).set(office.people["tinh"], "working_hours", "1-7 00:00-23:59")
    assert "00:00–23:59" in runtime.direct.answer("/canbo", session="s" * 24).replies[0].text


def test_who_works_for_some_communes_does_not_set_what_holds_for_all(office: Office) -> None:
    office.hire("huyen", Role.PROVINCE, HERE.code)
    browser = office.signed_in("huyen")
    assert browser.get("/staff/cai-dat").status_code == 403
    browser.get("/staff/tai-khoan")
    assert browser.post("/staff/cai-dat/dat/office", {"value": "X"}).status_code == 403
    assert office.rows(office_settings) == []
