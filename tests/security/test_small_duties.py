"""Small things that ASVS asks for and that nothing else looks at."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from pathlib import Path

from bot.staff.tables import staff
from tests.bot.staff.office import PASSWORD, Office

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "bot/staff/templates"
SCRIPTS = list((ROOT / "bot/web/static").glob("*.js"))


def test_password_fields_are_masked_and_take_pasting() -> None:
    fields = 0
    for path in TEMPLATES.glob("*.html"):
        for field in re.findall(r"<input[^>]*name=\"(?:password|old|new|again)\"[^>]*>", path.read_text("utf-8")):
            if 'type="hidden"' in field:
                continue
            fields += 1
            assert 'type="password"' in field and re.search(r'autocomplete="(?:current|new)-password"', field), field
            assert "onpaste" not in field and "readonly" not in field
    assert fields >= 5
    assert not any(re.search(r"[\"']paste[\"']|onpaste", p.read_text("utf-8")) for p in SCRIPTS)


def test_a_password_holds_until_it_is_changed(office: Office) -> None:
    office.hands.now += 3 * 365 * 86_400
    browser = office.signed_in("here")
    assert browser.get("/staff").url.path != "/staff/tai-khoan"


def test_the_whole_of_signing_in_is_password_and_code() -> None:
    words = (TEMPLATES / "sign_in.html").read_text("utf-8") + (TEMPLATES / "second_factor.html").read_text("utf-8")
    assert set(re.findall(r"<input[^>]*name=\"(\w+)\"", words)) <= {"login", "password", "csrf", "tiep", "code"}
    columns = {c.name for c in staff.columns}
    assert not {c for c in columns if re.search("hint|question|answer", c)}


def test_every_page_has_the_way_out(office: Office) -> None:
    browser = office.signed_in("admin")
    for route in office.console.routes:
        if route.method == "GET" and "{" not in route.path and route.path != "/staff/xac-thuc":
            answer = browser.get(route.path)
            if answer.headers["content-type"].startswith("text/html") and "attachment" not in str(answer.headers):
                assert 'action="/staff/dang-xuat"' in answer.text or "print" in answer.text, route.path


def test_passwords_are_kept_as_argon2id(office: Office) -> None:
    kept = [row["password"] for row in office.rows(staff)]
    assert kept and all(k.startswith("$argon2id$v=19$") for k in kept)
    assert len(set(kept)) == len(kept), "the same password has another salt each time"
    assert all(int(m) >= 19 * 1024 for k in kept for m in re.findall(r"m=(\d+)", k))
    assert PASSWORD not in str(office.rows(staff))


def test_the_scripts_merge_no_foreign_objects() -> None:
    assert SCRIPTS
    for path in SCRIPTS:
        text = path.read_text("utf-8")
        assert not re.search(
            r"__proto__|Object\.assign|\.constructor\[|innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(",
            text,
        )


def test_log_lines_have_their_offset(tmp_path: Path) -> None:
    """As the program itself sets logging up."""
    program = "import logging, sys; import bot.cli as c; c.app = lambda: logging.warning('a %s', 'b'); c.main()"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} WARNING root: a b\n", done.stderr), done.stderr
    assert logging.getLogger().level is not None
