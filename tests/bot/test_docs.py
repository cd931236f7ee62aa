"""What the documents say is what the program does. `python -m tests.bot.test_docs` writes the help texts of docs/cli.md again."""

from __future__ import annotations

import importlib.util
import inspect
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from bot.cli import app
from bot.settings import Settings
from bot.web.app import create_app
from bot.web.desk import TEXT_LIMIT
from bot.web.texts import say
from ingest.header import identify
from ingest.manifest import COLUMNS, read_manifest
from ingest.readers import read_document
from knowledge.answering.basis import split_basis
from knowledge.law import DocumentKind, DocumentStatus, InForce
from knowledge.passages import MAX_WORDS

ROOT = Path(__file__).parents[2]
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

LARGE = 2 << 20  # bytes

_HELP = re.compile(r"^```console\n\$ tuvan ?(?P<words>[a-z -]*?) ?--help\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_FENCED = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def code_in(text: str) -> Iterator[str]:
    """Lines of fenced blocks, and inline code."""
    for block in _FENCED.findall(text):
        yield from block.splitlines()
    yield from _INLINE.findall(_FENCED.sub("", text))


def help_of(words: str) -> str:
    result = CliRunner().invoke(app, [*words.split(), "--help"], prog_name="tuvan", terminal_width=80, color=False)
    assert result.exit_code == 0, result.output
    return "\n".join(line.rstrip() for line in result.output.strip("\n").splitlines()) + "\n"


def commands() -> dict[str, Any]:
    """All commands by their words, the groups and the root ("") among them."""
    found: dict[str, Any] = {}  # typer carries a click of its own, whose types have no name

    def walk(words: str, command: Any) -> None:
        found[words] = command
        for name, inner in getattr(command, "commands", {}).items():
            walk(f"{words} {name}".strip(), inner)

    walk("", typer.main.get_command(app))
    return found


def rewritten(text: str) -> str:
    """`text` with every help block as the program prints it now."""
    return _HELP.sub(
        lambda found: f"```console\n$ tuvan {f'{w} ' if (w := found['words']) else ''}--help\n{help_of(w)}```", text
    )


def targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", text_of(ROOT / "Makefile"), re.MULTILINE))


def setting_names() -> set[str]:
    return {str(f.validation_alias or name).upper() for name, f in Settings.model_fields.items()}


def files_of_the_project() -> list[Path]:
    """Tracked files and those about to be."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True)
    if done.returncode != 0:
        pytest.skip("not a git checkout")
    found = [ROOT / name for name in done.stdout.decode().split("\0") if name]
    return [path for path in found if path.is_file()]


def lines_of_the_project() -> Iterator[tuple[str, str]]:
    """(file:line, text) of every file that is text; of built documents the sources are looked at."""
    for path in files_of_the_project():
        with suppress(UnicodeDecodeError):
            for number, line in enumerate(text_of(path).splitlines(), 1):
                yield f"{path.relative_to(ROOT)}:{number}", line


def packages(requirements: list[str]) -> set[str]:
    return {re.split(r"[\s\[<>=~!;]", r, maxsplit=1)[0].lower() for r in requirements}


def test_the_help_texts_are_those_of_the_program() -> None:
    text = text_of(ROOT / "docs/cli.md")
    assert text == rewritten(text), "run: python -m tests.bot.test_docs"


def test_every_command_is_documented() -> None:
    documented = [found["words"] for found in _HELP.finditer(text_of(ROOT / "docs/cli.md"))]
    assert sorted(documented) == sorted(commands())


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.name)
def test_commands_and_options_in_the_documents_exist(path: Path) -> None:
    known = commands()
    for line in code_in(text_of(path)):
        call = re.match(
            r"^(?:\$ )?(?:runuser -u tuvan -- )?(?:\.venv/bin/)?tuvan(?![\w.-])(?P<rest>[^#|]*)", line.strip()
        )
        if call is None:
            continue
        words = ""
        for word in call["rest"].split():
            if not hasattr(known[words], "commands") or not re.fullmatch(r"[a-z][a-z-]*", word):
                break
            words = f"{words} {word}".strip()
            assert words in known, f"{path.name}: {line}"
        options = {"--help", *(o for p in known[words].params for o in (*p.opts, *p.secondary_opts))}
        for option in re.findall(r"(?<!\S)--?[a-z][a-z-]*", re.sub(r'"[^"]*"', "", call["rest"])):
            assert option in options, f"{path.name}: {line}: {option}"


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.name)
def test_make_targets_in_the_documents_exist(path: Path) -> None:
    named = {t for line in code_in(text_of(path)) for t in re.findall(r"^make ([a-z][a-z-]*)", line.strip())}
    assert named <= targets()


def test_the_readme_names_the_two_commands() -> None:
    lines = [line.split("#")[0].strip() for line in code_in(text_of(ROOT / "README.md"))]
    assert "make run" in lines
    assert "make test" in lines


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.name)
def test_modules_and_files_in_the_documents_exist(path: Path) -> None:
    for line in code_in(text_of(path)):
        for module in re.findall(r"python -m ([a-z_.]+)", line):
            assert importlib.util.find_spec(module), f"{path.name}: {module}"
        if re.fullmatch(r"(?:knowledge|ingest|bot|tests|docs|\.ci)/[a-z_./-]+", line):
            assert (ROOT / line).exists(), f"{path.name}: {line}"


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.name)
def test_links_lead_somewhere(path: Path) -> None:
    for link in _LINK.findall(_FENCED.sub("", text_of(path))):
        where, _, anchor = link.partition("#")
        if link.startswith("https://"):
            continue
        target = path.parent / where if where else path
        assert target.is_file(), f"{path.name}: {link}"
        headings = re.findall(r"^#+ (.*)$", text_of(target), re.MULTILINE)
        assert not anchor or anchor in {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings}, link


def test_every_page_is_reached_from_the_readme() -> None:
    linked = set(_LINK.findall(text_of(ROOT / "README.md")))
    assert {f"docs/{path.name}" for path in DOCS[1:]} <= linked


def test_the_example_settings_are_those_of_the_class() -> None:
    lines = text_of(ROOT / ".env.example").splitlines()
    named = [line.partition("=")[0] for line in lines if line and not line.startswith("#")]
    assert sorted(named) == sorted(setting_names())


def test_every_example_setting_is_explained() -> None:
    lines = text_of(ROOT / ".env.example").splitlines()
    for number, line in enumerate(lines):
        if line and not line.startswith("#"):
            group = [above for above in lines[:number] if above.startswith("#") or not above]
            assert group[-1].startswith("# "), f"{line} has no comment above"


def test_the_example_settings_are_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
    assert Settings(_env_file=ROOT / ".env.example") == Settings(_env_file=None)  # type: ignore[call-arg]


def test_the_administrator_finds_every_setting() -> None:
    table = text_of(ROOT / "docs/administrator.md").partition("## Settings")[2].partition("\n## ")[0]
    rows = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    assert sorted(name for row in rows for name in _INLINE.findall(row)) == sorted(setting_names())


def test_every_dependency_has_its_reason() -> None:
    rows = re.findall(r"^\| ([A-Za-z0-9-]+) \| \S.+ \|$", text_of(ROOT / "docs/decisions.md"), re.MULTILINE)
    optional = PROJECT["project"]["optional-dependencies"].values()
    wanted = packages(PROJECT["project"]["dependencies"]).union(*map(packages, optional))
    assert {row.lower() for row in rows} - {"package", "ranking"} == wanted


def test_the_markers_are_explained() -> None:
    table = text_of(ROOT / "docs/developer.md").partition("## Tests")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([a-z]+)` \|", table, re.MULTILINE)
    markers = PROJECT["tool"]["pytest"]["ini_options"]["markers"]
    assert sorted(rows) == sorted(m.partition(":")[0] for m in markers)


def test_figures_in_the_documents_are_those_of_the_code() -> None:
    limits = {n: p.default for n, p in inspect.signature(create_app).parameters.items()}
    told = f"{limits['per_session']} questions a minute for a session, {limits['per_address']} for an address"
    assert told in text_of(ROOT / "docs/administrator.md")
    assert f"{TEXT_LIMIT:,} ký tự".replace(",", ".") in text_of(ROOT / "docs/nguoi-dan.md")
    assert f"{MAX_WORDS} chữ" in text_of(ROOT / "docs/can-bo.md")
    assert f"**{say('hotline')}**" in text_of(ROOT / "docs/nguoi-dan.md")


def example(kind: str) -> str:
    found = re.search(rf"^```{kind}\n(.*?)^```$", text_of(ROOT / "docs/can-bo.md"), re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def test_the_manifest_that_staff_are_shown_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "manifest.csv").write_text(example("csv"), encoding="utf-8")
    manifest = read_manifest(tmp_path)
    resolution = manifest.row_for("nghi-quyet-12.pdf")
    letter = manifest.row_for("cong-van-xa.txt")
    assert resolution is not None
    assert letter is not None
    assert resolution.official_number == "12/2026/NQ-HĐND"
    assert resolution.in_force == (date(2026, 7, 1), None)
    assert letter.from_signing
    table = text_of(ROOT / "docs/can-bo.md")
    assert tuple(re.findall(r"^\| `([a-z_]+)` \|", table, re.MULTILINE)) == COLUMNS


def test_the_handbook_that_staff_are_shown_is_taken_as_one(tmp_path: Path) -> None:
    path = tmp_path / "cam-nang-xa.md"
    path.write_text(example("markdown"), encoding="utf-8")
    who = identify(read_document(path), None)
    assert who.status is DocumentStatus.ACCEPTED
    assert who.identity is not None
    assert who.identity.kind is DocumentKind.HANDBOOK
    assert who.identity.title == "Cẩm nang BHXH tự nguyện của xã"
    assert who.identity.in_force == InForce(date(2026, 7, 1), date(2026, 12, 31))
    body, basis = split_basis("\n".join(line.text for line in who.body))
    assert "Căn cứ" not in body
    assert [(b.document, b.article, b.clause) for b in basis] == [
        ("41/2024/QH15", "27", "1"),
        ("41/2024/QH15", "28", ""),
    ]


def test_no_tracked_file_is_large() -> None:
    """Models, databases and evaluation sets belong to the data folder or the cache, never into the history."""
    large = [str(p.relative_to(ROOT)) for p in files_of_the_project() if p.stat().st_size > LARGE]
    assert large == [], "git rm --cached these, and take them out of the commits that brought them"


def test_no_file_names_a_folder_of_somebody_s_machine() -> None:
    folders = re.compile(r"(?<![\w.:/*-])/(?:work|home|root|Users)/\w")
    assert [where for where, line in lines_of_the_project() if "/" in line and folders.search(line)] == []


def test_no_file_names_a_host_that_hands_out_packages() -> None:
    # Cut in two, so that this file does not name them.
    hosts = ["py" + "pi.org", "python" + "hosted.org", "np" + "mjs.", "un" + "pkg.com", "js" + "delivr.net"]
    hosts += ["cdn" + "js.", "download." + "pytorch.org", "conda." + "anaconda.org"]
    assert [where for where, line in lines_of_the_project() if any(host in line.lower() for host in hosts)] == []


if __name__ == "__main__":
    page = ROOT / "docs/cli.md"
    page.write_text(rewritten(text_of(page)), encoding="utf-8")
    sys.stdout.write(f"{page.relative_to(ROOT)}: {len(commands())} commands\n")
