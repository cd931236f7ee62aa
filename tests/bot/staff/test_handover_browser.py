"""Hand-over in real browsers: somebody on the web chat asks for a person, an officer takes over, answers, and gives back to the bot."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from bot.delivery.pages import GONE
from bot.delivery.tables import conversations, outbox
from bot.outreach.tables import handoffs
from tests.bot.channels.drivers import until
from tests.bot.staff import test_browser as pattern
from tests.bot.staff.office import Office
from tests.bot.web import conftest as web
from tests.bot.web.conftest import OpenPage
from tests.bot.web.test_browser import PHONE

pytestmark = pytest.mark.browser

base, chromium, open_page = pattern.base, web.chromium, web.open_page
HELLO = "Chào anh/chị, tôi là cán bộ BHXH. Anh/chị mang căn cước đến là được."


def says(citizen: Page, text: str) -> None:
    """Writes, and waits until the page has something new to show."""
    turns = citizen.locator("#log .turn.bot")
    before = turns.count()
    citizen.locator("#text").fill(text)
    citizen.locator("#send").click()
    turns.nth(before).wait_for()


def taken_over(officer: Page, base: str) -> None:
    officer.goto(f"{base}/staff/tro-chuyen")
    row = officer.get_by_role("row").filter(has_text="trang web")
    row.get_by_role("link", name="Mở cuộc trò chuyện").click()
    officer.get_by_role("button", name="Nhận cuộc trò chuyện").click()
    expect(officer.get_by_role("status").first).to_contain_text("Máy im lặng")


def answers(officer: Page, text: str) -> None:
    officer.get_by_label("Trả lời người dân").fill(text)
    officer.get_by_role("button", name="Gửi", exact=True).click()
    expect(officer.locator(".talk li.staff").last).to_contain_text(text)


def test_an_officer_takes_over_answers_in_the_page_and_gives_back(
    open_page: OpenPage, base: str, office: Office
) -> None:
    watched = open_page(base, **PHONE)
    citizen = watched.page
    log = citizen.locator("#log")
    says(citizen, "mức đóng?")
    says(citizen, "tôi muốn gặp cán bộ")
    expect(log.locator(".turn").last).to_contain_text("giữ trang này mở")
    assert [row["state"] for row in office.rows(handoffs)] == ["waiting"]
    says(citizen, "trong lúc chờ, đăng ký ở đâu?")
    expect(log.locator(".turn").last).to_contain_text("Đáp: trong lúc chờ")

    officer = open_page(base).page
    pattern.sign_in(officer, base, "tinh")
    taken_over(officer, base)
    expect(officer.locator(".talk")).to_contain_text("tôi muốn gặp cán bộ")
    answers(officer, HELLO)
    expect(log.locator(".turn.staff")).to_have_count(1, timeout=15_000)
    expect(log.locator(".turn.staff")).to_contain_text(HELLO)
    expect(log.locator(".turn.staff .who")).to_have_text("Cán bộ trả lời")

    says(citizen, "cảm ơn, còn ảnh thì sao?")
    expect(log.locator(".turn").last).to_contain_text("đã đến cán bộ")
    officer.reload()
    expect(officer.locator(".talk")).to_contain_text("còn ảnh thì sao?")
    answers(officer, "Không cần ảnh. <b>1900 9068</b>")
    expect(log.locator(".turn.staff")).to_have_count(2, timeout=15_000)
    assert log.locator(".turn.staff b").count() == 0, "an officer's words are words"
    expect(log.locator(".turn.staff").last).to_contain_text("<b>")

    officer.get_by_role("button", name="Trả lại cho máy").click()
    expect(officer.get_by_role("status").first).to_contain_text("Đã xong")
    expect(log.locator(".turn").last).to_contain_text("lại sẵn sàng trả lời", timeout=15_000)
    says(citizen, "hộ nghèo đóng bao nhiêu?")
    expect(log.locator(".turn").last).to_contain_text("Đáp: hộ nghèo")
    assert log.locator(".turn.staff").count() == 2, "nothing is shown twice"
    until(lambda: {row["state"] for row in office.rows(outbox)} == {"sent"}, what="the page says what it has got")
    assert watched.troubles == [] and watched.hosts == {base}


def test_without_scripts_the_answer_comes_with_the_next_message(open_page: OpenPage, base: str, office: Office) -> None:
    citizen = open_page(base, java_script_enabled=False, **PHONE).page
    citizen.locator("#text").fill("tôi muốn gặp cán bộ")
    citizen.locator("#send").click()
    expect(citizen.locator("#log")).to_contain_text("gửi thêm một tin để xem")
    officer = open_page(base, java_script_enabled=False).page
    pattern.sign_in(officer, base, "tinh")
    taken_over(officer, base)
    answers(officer, HELLO)
    for n in range(2):
        citizen.locator("#text").fill("có ai không?")
        citizen.locator("#send").click()
        expect(citizen.locator("#log .turn.staff")).to_have_count(1 - n)


def test_a_page_that_was_closed_cannot_be_written_to(open_page: OpenPage, base: str, office: Office) -> None:
    citizen = open_page(base).page
    says(citizen, "tôi muốn gặp cán bộ")
    citizen.wait_for_function("performance.getEntriesByType('resource').some(e => e.name.endsWith('/api/chat/look'))")
    officer = open_page(base).page
    pattern.sign_in(officer, base, "tinh")
    taken_over(officer, base)
    citizen.close()
    with office.engine.begin() as connection:
        connection.execute(conversations.update().values(seen_at=conversations.c.seen_at - GONE))
    officer.get_by_label("Trả lời người dân").fill("Chào anh/chị")
    officer.get_by_role("button", name="Gửi", exact=True).click()
    expect(officer.get_by_role("alert")).to_contain_text("đã rời trang web")
    assert [row for row in office.rows(outbox) if row["kind"] == "staff"] == []
