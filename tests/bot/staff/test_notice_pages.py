"""The pages of an officer's own notices, and what the office sees of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import insert, select

from bot.delivery.runtime import Parts, Runtime
from bot.delivery.tables import conversations
from bot.staff.linking import Choices
from bot.staff.notice_tables import link_codes, notices
from bot.staff.tables import audit, staff
from knowledge.store import writing
from tests.bot.delivery.plain import PlainChannel
from tests.bot.dialogue.people import Answers
from tests.bot.staff.office import Office

PAGE = "/staff/tai-khoan/thong-bao"


@pytest.fixture
def with_channels(office: Office) -> Iterator[Office]:
    """The office with Zalo and Telegram switched on; the pages ask the running part when they are opened."""
    channels = {name: PlainChannel(name) for name in ("telegram", "zalo_oa", "zalo_bot")}
    office.console.parts["runtime"] = Runtime(office.engine, channels, Answers(), parts=Parts(False, False, False))
    yield office


def shown(office: Office, who: str, text: str) -> None:
    with writing(office.engine) as connection:
        connection.execute(
            insert(notices).values(staff_id=office.people[who].id, text=text, created_at=office.hands.now, outbox_id=None,
                                   state="shown", why="đã quá 48 giờ từ tin nhắn cuối của cán bộ")
        )  # fmt: skip


def test_a_code_is_shown_once_and_kept_nowhere(with_channels: Office) -> None:
    office = with_channels
    browser = office.signed_in("here")
    assert "Lấy mã liên kết Zalo" in browser.get(PAGE).text
    page = browser.post(f"{PAGE}/ma", {"platform": "zalo"}).text
    found = re.search(r"CANBO-[A-Z2-9]{4}-[A-Z2-9]{4}", page)
    assert found and "Zalo OA hoặc Zalo Bot" in page and "15 phút" in page
    (row,) = office.rows(link_codes)
    assert found[0] not in str(row) + str(office.rows(audit)) and row["platform"] == "zalo"
    assert [r["subject"] for r in office.rows(audit) if r["action"] == "notice.code"] == [f"staff:{row['staff_id']}"]
    assert found[0] not in browser.get(PAGE).text
    assert browser.post(f"{PAGE}/ma", {"platform": "fax"}).status_code == 400


def test_where_and_what_is_told_is_chosen_and_changed(office: Office) -> None:
    browser = office.signed_in("here")
    page = browser.get(PAGE).text
    assert "chưa bật kênh Zalo hay Telegram" in page and 'name="due" value="1" checked' in page
    done = browser.post(PAGE, {"by": "telegram", "to": "-1001234567", "mail": "lan@vi.du.vn"})
    assert "Đã lưu nơi nhận thông báo." in done.text and 'name="due" value="1">' in done.text
    (row,) = [r for r in office.rows(staff) if r["login"] == "here"]
    assert (row["notify_by"], row["notify_to"], row["notify_mail"], row["tell_due"]) == (
        "telegram", "-1001234567", "lan@vi.du.vn", False,
    )  # fmt: skip
    browser.post(PAGE, {"by": "", "to": "", "mail": "", "due": "1"})
    (row,) = [r for r in office.rows(staff) if r["login"] == "here"]
    assert (row["notify_by"], row["notify_to"], row["tell_due"]) == ("", "", True)
    for bad in (
        {"by": "zalo_oa", "to": "1"},
        {"by": "telegram", "to": "x"},
        {"by": "email", "to": "a@b.vn", "mail": "x"},
    ):
        answer = browser.post(PAGE, bad)
        assert answer.status_code == 400 and 'role="alert"' in answer.text


def test_what_could_not_be_sent_is_read_by_its_officer_alone(office: Office) -> None:
    shown(office, "here", "Anh/chị có 3 việc quá hạn.")
    browser, other = office.signed_in("here"), office.signed_in("there")
    for _ in range(2):
        page = browser.get("/staff").text
        assert "Anh/chị có 3 việc quá hạn." in page and "48 giờ" in page, "reading does not take it away"
    assert "quá hạn." not in other.get("/staff").text
    other.post(f"{PAGE}/da-doc")
    assert len(office.rows(notices)) == 1
    assert "Lời báo chưa gửi được" not in browser.post(f"{PAGE}/da-doc").text
    assert office.rows(notices) == []


def test_a_notice_in_the_console_is_a_link_to_what_it_tells_of(office: Office) -> None:
    shown(office, "here", "Anh/chị có 3 việc quá hạn. Xem danh sách: https://vi.du/staff/lead?xem=call&phu_trach=me")
    shown(office, "here", "Có người ở xã A muốn được gọi lại, số 7. Xem: https://vi.du/staff/lead/7")
    page = office.signed_in("here").get("/staff").text
    assert '<a href="/staff/lead?xem=call&amp;phu_trach=me">Anh/chị có 3 việc quá hạn.</a>' in page
    assert (
        '<a href="/staff/lead/7">Có người ở xã A muốn được gọi lại, số 7.</a>' in page and "https://vi.du" not in page
    )


def test_the_office_sees_who_cannot_be_told_right_now(with_channels: Office) -> None:
    office = with_channels
    choices = Choices(office.engine, office.console.audit)
    choices.set(office.people["here"], "telegram", "123456")
    choices.set(office.people["there"], "email", "there@vi.du.vn")
    with writing(office.engine) as connection:
        connection.execute(
            conversations.insert().values(
                channel="telegram", key="123456", person="p", name="", state={}, created_at=1.0, heard_at=1.0, reachable=False,
                staff_until=0.0, notified_until=0.0, worker="", worker_until=0.0, inbox_due=None, outbox_due=None,
            )
        )  # fmt: skip
    page = office.signed_in("admin").get("/staff/cai-dat").text
    assert "48 giờ" in page and "Mỗi cán bộ tự chọn nơi nhận" in page
    assert re.search(r"Tên here</td>.*?Telegram</td>.*?không gửi được, cán bộ đã chặn.*?hiện ở mục", page, re.S)
    assert re.search(r"Tên there</td>.*?e-mail</td>.*?chưa có máy chủ gửi thư", page, re.S)
    assert "123456" not in page and "there@vi.du.vn" not in page
    with writing(office.engine) as connection:
        connection.execute(conversations.update().values(reachable=True))
    page = office.signed_in("admin").get("/staff/cai-dat").text
    assert re.search(r"Tên here</td>.*?Telegram</td>.*?gửi được</td>", page, re.S)


def test_a_closed_account_is_told_nothing(office: Office) -> None:
    choices = Choices(office.engine, office.console.audit)
    choices.set(office.people["here"], "email", "here@vi.du.vn")
    office.console.accounts.disable("here", by="test")
    with office.engine.connect() as connection:
        assert connection.execute(select(staff.c.notify_by).where(staff.c.login == "here")).scalar() == "email"
    assert "Tên here" not in office.signed_in("admin").get("/staff/cai-dat").text
