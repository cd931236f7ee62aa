"""The console in a real browser: from a question to a person signed up, without scripts too; no barrier, and no stranger's script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import insert

from bot.delivery.runtime import Runtime
from bot.outreach.communes import load_communes
from bot.staff.console import Console
from bot.staff.tables import targets
from bot.web.assets import Assets
from knowledge.store import writing
from tests.bot.dialogue.people import Answers
from tests.bot.staff.office import CHEAP, HERE, PASSWORD, THERE, Office
from tests.bot.staff.rows import SETTINGS, everything, pages
from tests.bot.web.conftest import OpenPage, Watched, chromium, open_page, running  # noqa: F401
from tests.bot.web.test_browser import DESK, HOSTILE, PHONE

pytestmark = pytest.mark.browser


MORE = [
    "<img src=x:x onerror=import('//evil.example')>", "<video><source onerror=alert(1)>", "<audio src onerror=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee>", "<select autofocus onfocus=alert(1)>", "<keygen autofocus onfocus=alert(1)>",
    "<textarea autofocus onfocus=alert(1)>", "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><a xlink:href=javascript:alert(1)><text y=20>x</text></a>", "<embed src=javascript:alert(1)>",
    "<isindex action=javascript:alert(1) type=image>", "<table background=javascript:alert(1)>",
    "<div style=width:expression(alert(1))>", "<div style=background:url(javascript:alert(1))>", "<x onclick=alert(1)>x",
    "<a href='java\tscript:alert(1)'>x</a>", "<a href=&#106;avascript:alert(1)>x</a>", "<img src='x' onerror='alert`1`'>",
    "\"><img src=x onerror=alert(1)>", "'><svg/onload=alert(1)>", "</option></select><script>alert(1)</script>",
    "</a><script>alert(1)</script>", "--><script>alert(1)</script>", "]]><script>alert(1)</script>", "`-alert(1)-`",
]  # fmt: skip
PAYLOADS = HOSTILE + MORE


@pytest.fixture
def base(office: Office) -> Iterator[str]:
    """The whole web application over the office's database: chat, workers and console."""
    runtime = Runtime(office.engine, {}, Answers(), per_minute=10_000, find_place=load_communes().find)
    runtime.start()

    def console(assets: Assets) -> Console:
        return Console(
            office.engine,
            b"k" * 32,
            load_communes(),
            assets=assets,
            hasher=CHEAP,
            parts={"runtime": runtime, "system": SimpleNamespace(settings=SETTINGS)},
        )

    with running(runtime.direct, console=console) as address:
        yield address
    runtime.stop()


def sign_in(page: Page, base: str, login: str) -> None:
    page.goto(f"{base}/staff/dang-nhap")
    page.get_by_label("Tên đăng nhập").fill(login)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("button", name="Đăng xuất")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_from_a_question_to_a_person_signed_up(open_page: OpenPage, base: str, office: Office, scripts: bool) -> None:
    citizen = open_page(base, java_script_enabled=scripts, **PHONE).page
    answers = citizen.locator("#log .turn.bot")
    for n, words in enumerate(
        ("mức đóng?", "/dangky", "đồng ý", "Nguyễn Thị Lan", "0900 000 123", HERE.title, "đúng rồi")
    ):
        citizen.locator("#text").fill(words)
        citizen.locator("#send").click()
        answers.nth(n if scripts else 0).wait_for()
    expect(answers.last).to_contain_text("gọi")

    officer = open_page(base, java_script_enabled=scripts, **PHONE).page
    sign_in(officer, base, "here")
    officer.get_by_role("link", name="Nguyễn Thị Lan").click()
    expect(officer.get_by_role("link", name=re.compile("Gọi 0900 000 123"))).to_have_attribute(
        "href", "tel:+84900000123"
    )
    expect(officer.locator("blockquote")).to_have_text("mức đóng?")
    officer.get_by_label("đã tham gia").check()
    officer.get_by_label("Ghi chú").fill("đã ký tờ khai")
    officer.get_by_role("button", name="Lưu").click()
    expect(officer.get_by_role("status").first).to_have_text("Đã lưu.")
    expect(officer.locator("h1")).to_contain_text("đã tham gia")
    officer.goto(f"{base}/staff")
    expect(officer.locator("main")).to_contain_text("Không còn ai phải gọi")
    officer.goto(f"{base}/staff/chi-tieu/{HERE.code}")  # the commune's progress of this year (targets run to 2030)
    expect(officer.locator(".tiles")).to_contain_text(re.compile(r"1\s*tham gia mới"))
    officer.goto(f"{base}/staff/bao-cao")
    officer.get_by_label("Loại").select_option(label="báo cáo năm")
    officer.get_by_role("button", name="Lập báo cáo").click()
    expect(officer.locator("main")).to_contain_text(
        "1 người để lại số điện thoại để được tư vấn; 1 người đã liên hệ được"
    )

    stranger = open_page(base, java_script_enabled=scripts).page
    sign_in(stranger, base, "there")
    stranger.goto(f"{base}/staff/lead?xem=all")
    expect(stranger.locator("main")).not_to_contain_text("Nguyễn Thị Lan")


def test_a_new_lead_is_announced_on_the_open_page(open_page: OpenPage, base: str, office: Office) -> None:
    page = open_page(base).page
    sign_in(page, base, "here")
    expect(page.locator(".fresh")).to_be_hidden()
    office.lead("Người mới")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # the look that also comes every 15 seconds
    expect(page.locator(".fresh")).to_be_visible()


def test_no_text_of_a_stranger_runs_anywhere(open_page: OpenPage, base: str, office: Office) -> None:
    for payload in PAYLOADS:
        everything(office, payload)
    assert len(PAYLOADS) >= 60
    watched: Watched = open_page(base)
    page = watched.page
    sign_in(page, base, "admin")
    watched.troubles.clear()  # the chat page before signing in may lack something of this test's answerer
    lists = [*pages(office, range(0)), "/staff/lead?xem=all", "/staff/lead?xem=all&trang=2"]
    singles = [p for n in range(1, len(PAYLOADS) + 1, 6) for p in pages(office, range(n, n + 1)) if p not in lists]
    for path in lists + singles + [f"/staff/lead/{n}" for n in range(1, len(PAYLOADS) + 1)]:
        answer = page.context.request.get(base + path, fail_on_status_code=False)
        if "text/html" not in answer.headers.get("content-type", ""):
            continue  # a file to be saved
        page.goto(base + path)
        for summary in page.locator("summary").all()[:3]:
            summary.click()
        assert page.evaluate("typeof window.pwned") == "undefined", path
        assert (
            page.evaluate("document.querySelectorAll('main script, main iframe, main object, main embed').length") == 0
        ), path
    assert [t for t in watched.troubles if "404" not in t and "400" not in t] == []
    assert watched.hosts == {base}


@pytest.mark.parametrize("view", [PHONE, DESK], ids=["360", "1280"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_barrier_and_nothing_wider_than_the_screen(
    open_page: OpenPage,
    base: str,
    office: Office,
    view: dict[str, object],
    scheme: str,
) -> None:
    axe = pytest.importorskip("axe_playwright_python", reason="no axe: install axe-playwright-python")
    source = files(axe).joinpath("axe.min.js").read_text("utf-8")
    everything(office, "Nguyễn Thị Lan hỏi về mức đóng của hộ cận nghèo ở xã đảo")
    for n in range(3):
        office.lead(f"Người {n}", due_at=office.hands.now - 100_000 * n, assigned_to=office.people["here"].id)
    office.lead("Xã khác", THERE.code, status="withdrawn")
    with writing(office.engine) as connection:
        for year in (2026, 2027):
            connection.execute(
                insert(targets).values(
                    commune_code=HERE.code, year=year, goal=120, base=100, updated_at=1.0, updated_by="x"
                )
            )
    # axe is put into the page by the test's own hand, which the page's policy would refuse
    page = open_page(base, color_scheme=scheme, bypass_csp=True, **view).page
    page.goto(f"{base}/staff/dang-nhap")
    bad: list[str] = []

    def check(where: str) -> None:
        page.evaluate(source)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        assert len(found["passes"]) >= 10, f"axe looked at almost nothing at {where}"
        bad.extend(
            f"{where}: {v['id']}: {n['target']} {n['failureSummary']}"
            for v in found["violations"] if v["impact"] in ("serious", "critical") for n in v["nodes"]
        )  # fmt: skip
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            bad.append(f"{where}: {wide} px wider than the screen")

    check("sign in")
    sign_in(page, base, "admin")
    for path in [*pages(office, range(1, 2)), "/staff/lead?xem=all", "/staff/khong-co"]:
        answer = page.context.request.get(base + path, fail_on_status_code=False)
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        page.goto(base + path)
        check(path)
    assert bad == []
