"""The canaries: every value in the tests that stands for a secret or a person, so that a whole run can be searched for them.

They are found where they are written, not listed by hand: a value given to something that is called a secret (`api_key=…`, `TOKEN = …`,
`"metrics_token": …`), passwords in addresses, telephones, names of people. Values that only come to be while tests run (first passwords,
seeds, cookies, renewed tokens, secrets of settings) are told by `note`. A secret that also stands in the program's own files (the name of
a variable, `postgres`) is no canary: to see it somewhere would prove nothing. A person that forms give as an example is one in logs alone.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

SHORTEST = 8
"""Fewest signs of a secret, as in `bot.redaction`: a shorter one is found in ordinary words."""
_SECRET = re.compile(r"(?i:(^|_)(token|secret|password|passwd|passphrase|api_?key|secret_?key|seed))$|^([A-Z]+_)?KEY$")
_IN_ADDRESS = re.compile(r"://[^/@:\s\"']*:([^@\s\"'{}]{4,})@")
_NUMBER = re.compile(r"(?<![\d.])(?:\+?84|0)(?:[ .-]?\d){9}(?![\d])")
_SURNAMES = "Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Canarinh"
_NAME = re.compile(rf"\b(?:{_SURNAMES})(?: [A-ZĐ][^\W\d_]+){{2,3}}\b")
_RUN = re.compile(r"[A-Za-z0-9_-]{16,}")
_TELEPHONES_OF_TESTS = re.compile(r"900\d{6}")

_noted: list[Callable[[str, str], None]] = []


def note(name: str, value: str) -> None:
    """Makes a value that came to be in a test a canary of the session under way; nothing without a session."""
    if len(value) >= SHORTEST:
        for take in _noted:
            take(name, value)


def listen(take: Callable[[str, str], None]) -> None:
    """Gives what is noted from now on to `take`."""
    _noted.append(take)


def forget(take: Callable[[str, str], None]) -> None:
    """Ends `listen`."""
    _noted.remove(take)


@dataclass
class Canaries:
    """Values by what they are; `find` looks for them in a text."""

    secrets: dict[str, str] = field(default_factory=dict)
    runs: dict[str, str] = field(default_factory=dict)  # long random values: found as whole words
    names: dict[str, str] = field(default_factory=dict)
    phones: dict[str, str] = field(default_factory=dict)  # nine digits
    public: str = ""  # what the program's own files hold
    examples: set[str] = field(default_factory=set)  # telephones in them

    def __len__(self) -> int:
        return len(self.secrets) + len(self.runs) + len(self.names) + len(self.phones)

    def add(self, name: str, value: str) -> None:
        """One that was noted while tests ran."""
        if value in self.public:
            return
        if _RUN.fullmatch(value):
            self.runs.setdefault(value, name)
        else:
            self.secrets.setdefault(value, name)

    def find(self, text: str, *, people: bool = True, answer: bool = False) -> Iterator[tuple[int, str]]:
        """(line, name) of the canaries in `text`; `people` also looks for names and telephones.

        In an `answer` of the program those that it gives as examples are no canaries.
        """
        text = unicodedata.normalize("NFC", text)
        seen = [(text.index(value), name) for value, name in self.secrets.items() if value in text]
        seen += [(m.start(), self.runs[m[0]]) for m in _RUN.finditer(text) if m[0] in self.runs]
        if people:
            names = {v: n for v, n in self.names.items() if not (answer and v in self.public)}
            seen += [(text.index(value), name) for value, name in names.items() if value in text]
            for m in _NUMBER.finditer(text):
                digits = _nine(m[0])
                known = digits in self.phones or _TELEPHONES_OF_TESTS.fullmatch(digits)
                if known and not (answer and digits in self.examples):
                    seen.append((m.start(), self.phones.get(digits, "a telephone of the range 0900")))
        for at, name in sorted(seen):
            yield text.count("\n", 0, at) + 1, name


def gathered(folder: Path, own: Iterable[Path] = ()) -> Canaries:
    """The canaries that the files of `folder` (tests) hold; what also stands in the files of `own` (the program) is none."""
    known = unicodedata.normalize("NFC", "\n".join(p.read_text("utf-8", "replace") for p in own))
    found = Canaries(public=known, examples={_nine(m[0]) for m in _NUMBER.finditer(known)})
    for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.yaml")]):
        text = unicodedata.normalize("NFC", path.read_text("utf-8", "replace"))
        where = path.relative_to(folder).as_posix()
        if path.suffix == ".py":
            for line, what, value in _secrets(text):
                if len(value) >= SHORTEST and value not in known:
                    found.secrets.setdefault(value, f"{what} of {where}:{line}")
        for m in _NUMBER.finditer(text):
            found.phones.setdefault(_nine(m[0]), f"telephone of {where}:{_line(text, m)}")
        for m in _NAME.finditer(text):
            found.names.setdefault(m[0], f"name of {where}:{_line(text, m)}")
    return found


def _secrets(source: str) -> Iterator[tuple[int, str, str]]:
    """(line, what it is called, value) of texts given to something that is called a secret, and passwords in addresses."""
    for node in ast.walk(ast.parse(source)):
        for what, value in _given(node):
            for line, text in _texts(value):
                if "://" not in text:
                    yield line, what, text
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for m in _IN_ADDRESS.finditer(node.value):
                yield node.lineno, "password in an address", m[1]


def _given(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            name = (
                target.id if isinstance(target, ast.Name) else target.attr if isinstance(target, ast.Attribute) else ""
            )
            if _SECRET.search(name):
                yield name, node.value
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
        if _SECRET.search(node.target.id):
            yield node.target.id, node.value
    elif isinstance(node, ast.keyword) and node.arg and _SECRET.search(node.arg):
        yield node.arg, node.value
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str) and _SECRET.search(key.value):
                yield key.value, value


def _texts(value: ast.expr) -> Iterator[tuple[int, str]]:
    """Texts in `value`: itself, or the argument of `SecretStr(…)` and the like."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.lineno, value.value
    elif isinstance(value, ast.Call) and len(value.args) == 1:
        yield from _texts(value.args[0])


def _line(text: str, found: re.Match[str]) -> int:
    return text.count("\n", 0, found.start()) + 1


def _nine(number: str) -> str:
    return re.sub(r"\D", "", number)[-9:]


def program(root: Path) -> list[Path]:
    """Files of the program that everybody may read."""
    kinds = ("*.py", "*.yaml", "*.html", "*.js", "*.csv", "*.md", "*.txt", "*.json")
    folders = ("bot", "knowledge", "ingest", "docs", "deploy")
    found = [p for folder in folders for kind in kinds for p in (root / folder).rglob(kind)]
    return [*found, *(p for p in (root / ".env.example", root / "README.md") if p.exists())]
