"""No secret, no real telephone number and no folder of somebody's machine is in a tracked file."""

from __future__ import annotations

import re

import pytest

from tests.bot.test_docs import ROOT, files_of_the_project, lines_of_the_project

SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bsk-(?:proj-|ant-)?[A-Za-z0-9]{24,}|\bgh[pousr]_[A-Za-z0-9]{30,}"
    r"|\beyJ[A-Za-z0-9_-]{20,}\.eyJ|\b\d{8,10}:AA[A-Za-z0-9_-]{30,}|\bxox[abp]-\d|\bAIza[0-9A-Za-z_-]{30,}"
    r"|://[^/\s:@{}\"'`]+:[^/\s:@{}\"'`<…]{6,}@(?!localhost|máy|host|127\.)"
)
MADE_UP_SECRETS = ("fake_token_for_tests", "postgresql://u:secret@h/d", "u:canary-pass@m.example")
PHONE = re.compile(r"(?<![\w.,+/-])(?:\+?84|0)[ .-]?[35789](?:[ .-]?\d){8}(?![\w.,]*\d)")
MADE_UP = re.compile(
    r"900\d{6}|350000123|905123456|912345678|987654321|987111222|977000111|966777888|933444555|511850022|519223344"
)
"""Numbers that examples use: a block no carrier gives out, and a few that everybody writes in examples."""
ADDRESS = re.compile(r"(?<![\w.])(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2,3}(?![\w.])")


@pytest.mark.parametrize(
    "planted",
    [
        "TOKEN=" + "123456789:" + "AA" + "x" * 33,
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        "key: sk-" + "a1" * 15,
        "DATABASE_URL=postgresql://tuvan:" + "Th4tSecret@db.example/x",
    ],
)
def test_a_planted_secret_would_be_found(planted: str) -> None:
    assert SECRETS.search(planted)


@pytest.mark.parametrize("planted", ["gọi 0" + "978 123 987", "+84" + "978123987", "0" + "353.123.987"])
def test_a_planted_number_would_be_found(planted: str) -> None:
    found = PHONE.search(planted)
    assert found and not MADE_UP.search(re.sub(r"\D", "", found[0]))


def test_no_file_holds_a_secret() -> None:
    found = [
        where for where, line in lines_of_the_project()
        if SECRETS.search(line) and not any(made in line for made in MADE_UP_SECRETS)
    ]  # fmt: skip
    assert found == []


def test_no_file_holds_a_telephone_number_of_somebody() -> None:
    found = []
    for where, line in lines_of_the_project():
        if ".csv:" in where or ".lock:" in where or ".svg:" in where:
            continue
        found += [f"{where} {m[0]}" for m in PHONE.finditer(line) if not MADE_UP.search(re.sub(r"\D", "", m[0]))]
    assert found == []


def test_settings_and_data_of_an_installation_are_not_tracked() -> None:
    names = {path.relative_to(ROOT).as_posix() for path in files_of_the_project()}
    assert [
        n for n in names if re.search(r"(^|/)\.env$|\.sqlite3|\.db$|\.pem$|\.key$|(^|/)keys/|(^|/)data/.*\.log$", n)
    ] == []
