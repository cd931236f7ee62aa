"""Passwords that are guessed first are not taken; a sentence of one's own is."""

from __future__ import annotations

import re

import pyotp
import pytest

from bot.staff.access import Role
from bot.staff.accounts import MOST_PASSWORD, BadAccount, CannotSignIn
from bot.staff.passwords import easily_guessed, new_password
from bot.staff.tables import audit
from tests.bot.staff.office import PASSWORD, Office

WEAK = """
baohiemxahoi BaoHiemXaHoi2026 bảo hiểm xã hội quangngai2026! Quảng Ngãi 123 tuvanbhxh12345 bhxhquangngai
vssid123456789 password1234 P@ssw0rd2026!! passwordpassword matkhau123456 Mật khẩu 123456 qwertyuiop12 1qaz2wsx3edc
123456789012 abcdef123456 aaaaaaaaaaaa abcabcabcabc iloveyou1234 welcome12345 admin1234567 administrator1 quantri12345
lan.bato12345 nguyenthilan2 Nguyen Thi Lan 90 LanLanLanLan1 adminadminadmin 0987654321ab
"""
STRONG = [
    PASSWORD, "chiều mưa quán cũ", "bốn con mèo ngồi hiên", "correct horse battery", "k7mq-2xnv-p9ta-wd4h",
    "tôi uống trà sen lúc năm giờ", "Xe đạp màu tím!", "rừng dừa nước Tịnh Khê",
]  # fmt: skip


@pytest.mark.parametrize("password", [w for w in WEAK.split() if len(w) >= 12])
def test_what_is_guessed_first_is_weak(password: str) -> None:
    assert easily_guessed(password, "lan.bato", "Nguyễn Thị Lan"), password


@pytest.mark.parametrize("password", ["bảo hiểm xã hội", "Mật khẩu 123456", "Nguyễn Thị Lan 90", "Quảng Ngãi 2026"])
def test_blanks_and_marks_do_not_make_it_strong(password: str) -> None:
    assert easily_guessed(password, "lan.bato", "Nguyễn Thị Lan")


@pytest.mark.parametrize("password", STRONG)
def test_a_sentence_of_one_s_own_is_taken(password: str) -> None:
    assert not easily_guessed(password, "lan.bato", "Nguyễn Thị Lan")


def test_first_passwords_are_never_weak() -> None:
    made = {new_password() for _ in range(2_000)}
    assert len(made) == 2_000 and not any(easily_guessed(p, "lan.bato", "Nguyễn Thị Lan") for p in made)


def test_a_weak_one_is_refused_with_what_to_do(office: Office) -> None:
    accounts, here = office.console.accounts, office.people["here"]
    for weak in ("baohiemxahoi2026", "matkhau123456"):
        with pytest.raises(BadAccount) as refused:
            accounts.set_password(here, PASSWORD, weak, weak)
        assert "dễ đoán" in str(refused.value) and refused.value.remedy
    assert accounts.sign_in("here", PASSWORD, "9.9.9.1").login == "here"


def test_a_password_is_compared_whole(office: Office) -> None:
    accounts, here = office.console.accounts, office.people["here"]
    long = ("chiều mưa quán cũ bên sông " * 10)[:MOST_PASSWORD]
    accounts.set_password(here, PASSWORD, long, long)
    for wrong in (long + "x", long[:-1], long.upper(), long + " "):
        with pytest.raises(CannotSignIn):
            accounts.sign_in("here", wrong, f"9.9.8.{len(wrong) % 250}")
    assert accounts.sign_in("here", long, "9.9.9.2").login == "here"


def test_a_second_factor_is_set_up_with_the_password_only(office: Office) -> None:
    browser = office.signed_in("here")
    browser.get("/staff/tai-khoan")
    for wrong in ("", "sai"):
        assert "data:image/svg" not in browser.post("/staff/tai-khoan/hai-lop", {"old": wrong}).text
    assert "data:image/svg" in browser.post("/staff/tai-khoan/hai-lop", {"old": PASSWORD}).text


def test_other_sessions_are_seen_and_ended_with_the_password(office: Office) -> None:
    here, there = office.signed_in("here"), office.signed_in("here")
    assert "đang mở ở 2 nơi" in here.get("/staff/tai-khoan").text
    assert here.post("/staff/tai-khoan/phien", {"old": "sai"}).status_code == 400
    assert there.get("/staff").url.path != "/staff/dang-nhap"
    assert "Đã thoát ở mọi nơi khác" in here.post("/staff/tai-khoan/phien", {"old": PASSWORD}).text
    assert there.get("/staff").url.path == "/staff/dang-nhap"
    assert "đang mở ở" not in here.get("/staff/tai-khoan").text


def test_wrong_codes_and_passwords_inside_are_in_the_audit_and_a_second_factor_ends_other_sessions(
    office: Office,
) -> None:
    here, there = office.signed_in("here"), office.signed_in("here")
    here.get("/staff/tai-khoan")
    here.post("/staff/tai-khoan/hai-lop", {"old": "sai"})
    page = here.post("/staff/tai-khoan/hai-lop", {"old": PASSWORD}).text
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page)
    assert secret
    here.post("/staff/tai-khoan/hai-lop/bat", {"code": "000000"})
    here.post("/staff/tai-khoan/hai-lop/bat", {"code": pyotp.TOTP(secret[1]).at(office.hands.now)})
    noted = [row["action"] for row in office.rows(audit) if row["by"] == "here" and row["action"] != "sign_in"]
    assert noted[-3:] == ["password.refused", "second_factor.refused", "second_factor"]
    assert there.get("/staff").url.path == "/staff/dang-nhap" != here.get("/staff").url.path


def test_where_a_second_factor_is_asked_nobody_works_without_it(office: Office) -> None:
    office.console.second_factor = True
    office.hire("moi", Role.PROVINCE)
    browser = office.signed_in("moi")
    for path in ("/staff", "/staff/cai-dat"):
        assert browser.get(path).url.path == "/staff/tai-khoan"
    assert "Xác thực hai lớp" in browser.get("/staff/tai-khoan").text
