"""Pages of figures in a real browser: charts drawn under the policy, no barrier, no stranger's script, nothing wider than the screen."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

import pytest
from playwright.sync_api import FilePayload
from sqlalchemy import insert

from bot.outreach.tables import campaigns
from bot.staff.spreadsheets import Sheet, write_xlsx
from bot.staff.tables import targets
from bot.staff.target_tables import HEADER
from knowledge.store import writing
from tests.bot.staff.office import HERE, THERE, Office
from tests.bot.staff.test_browser import PAYLOADS, base, sign_in  # noqa: F401 - a fixture
from tests.bot.web.conftest import OpenPage, chromium, open_page, running  # noqa: F401
from tests.bot.web.test_browser import DESK, PHONE

pytestmark = pytest.mark.browser
_CHARTS = (
    "() => [...document.querySelectorAll('img.chart')].map(i => i.complete && i.naturalWidth > 0 && i.alt.length > 20)"
)


@pytest.fixture
def filled(office: Office) -> Iterator[Office]:
    """Figures of people whose campaigns and organisations have hostile names."""
    now = office.hands.now
    for number, payload in enumerate(PAYLOADS[:12]):
        office.lead(
            payload, (HERE.code, THERE.code, "")[number % 3], status="joined", joined_at=now, contacted_at=now, organisation=payload,
            campaign=f"M{number}", household=payload[:20], channel=payload[:20],
        )  # fmt: skip
    with writing(office.engine) as connection:
        for number, payload in enumerate(PAYLOADS[:12]):
            connection.execute(
                insert(campaigns).values(code=f"M{number}", key=f"m{number}", name=payload, organisation=payload, commune_code="",
                                         greeting="", top_up="", active=True, created_at=now, created_by="x")
            )  # fmt: skip
        for year in range(2025, 2031):
            connection.execute(
                insert(targets).values(
                    commune_code=HERE.code, year=year, goal=120, base=100, updated_at=1.0, updated_by="x"
                )
            )
    yield office


def _pages(office: Office, today: str) -> list[str]:
    days = f"tu=2025-01-01&den={today}"
    groups = [
        f"/staff/chi-tieu/nhom?theo={group}&{days}" for group in ("channel", "campaign", "organisation", "household")
    ]
    return [
        "/staff/chi-tieu", "/staff/chi-tieu?xep=thieu", f"/staff/chi-tieu/{HERE.code}", *groups, f"{groups[0]}&xa={HERE.code}",
        "/staff/chi-tieu/nhap", "/staff/bao-cao", "/staff/bao-cao/1", "/staff/bao-cao/2", f"/staff/phan-tich?{days}",
        f"/staff/lead?xem=all&moc=joined&{days}",
    ]  # fmt: skip


@pytest.mark.parametrize("view", [PHONE, DESK], ids=["360", "1280"])
def test_figures_are_seen_by_everybody_and_run_nothing(
    open_page: OpenPage,  # noqa: F811
    base: str,  # noqa: F811
    filled: Office,
    view: dict[str, object],
) -> None:
    axe = pytest.importorskip("axe_playwright_python", reason="no axe: install axe-playwright-python")
    source = files(axe).joinpath("axe.min.js").read_text("utf-8")
    watched = open_page(base, color_scheme="dark" if view is PHONE else "light", **view)
    page, bad = watched.page, []
    sign_in(page, base, "admin")
    watched.troubles.clear()
    for commune in ("", HERE.code):
        page.goto(f"{base}/staff/bao-cao")
        page.get_by_label("Đơn vị").select_option(commune)
        page.get_by_role("button", name="Lập báo cáo").click()
        page.get_by_text("Đã lập báo cáo.").wait_for()
    page.goto(f"{base}/staff/chi-tieu/nhap")
    rows: list[list[str | int]] = [[HERE.code, "", 2027, 10, 20]]
    rows += [["", payload, 2027, 1, 2] for payload in PAYLOADS[:20]]
    file: FilePayload = {"name": "<b>x.xlsx", "mimeType": "x/y", "buffer": write_xlsx([Sheet("a", HEADER, rows)])}
    page.get_by_label("Tệp .xlsx hoặc .csv").set_input_files(files=[file])
    page.get_by_role("button", name="Xem trước").click()
    page.get_by_role("button", name="Ghi 1 dòng").wait_for()
    today = page.evaluate("new Date(Date.now() + 864e5).toISOString().slice(0, 10)")
    for path in ["", *_pages(filled, today)]:
        if path:
            assert page.goto(base + path).status == 200, path  # type: ignore[union-attr]
        charts = page.evaluate(_CHARTS)
        if "chi-tieu/nhom" in path or path.startswith(
            ("/staff/phan-tich", "/staff/chi-tieu?", f"/staff/chi-tieu/{HERE.code}")
        ):
            assert charts and all(charts), (path, charts)
        assert page.evaluate("typeof window.pwned") == "undefined", path
        assert page.evaluate("document.querySelectorAll('main script, main iframe, main svg').length") == 0, path
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            bad.append(f"{path}: {wide} px wider than the screen")
    assert bad == [] and watched.hosts == {base}
    assert [t for t in watched.troubles if "Content Security Policy" in t or "Refused" in t] == []
    # axe is put in by the test's own hand, which the page's policy would refuse
    page = open_page(base, bypass_csp=True, color_scheme="light" if view is PHONE else "dark", **view).page
    sign_in(page, base, "admin")
    for path in _pages(filled, today):
        page.goto(base + path)
        page.evaluate(source)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        assert len(found["passes"]) >= 10, path
        bad += [
            f"{path}: {v['id']}: {n['target']} {n['failureSummary']}"
            for v in found["violations"] if v["impact"] in ("serious", "critical") for n in v["nodes"]
        ]  # fmt: skip
    assert bad == []


def test_the_entry_of_the_menu_is_in_sight_and_the_page_stays_at_its_top(
    open_page: OpenPage,  # noqa: F811
    base: str,  # noqa: F811
    filled: Office,
) -> None:
    watched = open_page(base, **PHONE)
    page = watched.page
    sign_in(page, base, "admin")
    for path in ("/staff/chi-tieu", "/staff/nhat-ky", "/staff/phan-tich"):
        page.goto(base + path)
        page.wait_for_load_state()
        left, right, wide = page.evaluate(
            "() => { const r = document.querySelector('.menu [aria-current]').getBoundingClientRect();"
            " return [r.left, r.right, innerWidth] }"
        )
        assert left >= 0 and right <= wide, path
        assert page.evaluate("scrollY") == 0, path
