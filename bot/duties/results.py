"""What a test run found, read from pytest's JUnit XML: `tests/…::test_name` to passed, failed or skipped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from lxml import etree

from bot.errors import BotError

PASSED, FAILED, SKIPPED = "đạt", "KHÔNG ĐẠT", "chưa chạy"


class BadResults(BotError):
    """Raised when the file of a test run cannot be read; says why."""


def read_results(path: Path) -> dict[str, str]:
    """The worst result of each test over all its cases. Raises BadResults."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        tree = etree.parse(str(path), parser)
    except (OSError, etree.XMLSyntaxError) as error:
        raise BadResults(
            f"Không đọc được kết quả thử {path.name}.", "Tạo bằng: pytest --junitxml=ket-qua.xml"
        ) from error
    found: dict[str, str] = {}
    order = (PASSED, SKIPPED, FAILED)
    for case in tree.iter("testcase"):
        name = f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name', '').partition('[')[0]}"
        tags = {child.tag for child in case}
        result = FAILED if tags & {"failure", "error"} else SKIPPED if "skipped" in tags else PASSED
        if order.index(result) > order.index(found.get(name, PASSED)) or name not in found:
            found[name] = result
    if not found:
        raise BadResults(f"{path.name} không có bài thử nào.", "Tạo bằng: pytest --junitxml=ket-qua.xml")
    return found


def of_all(tests: Iterable[str], results: Mapping[str, str]) -> str:
    """One result for several tests: passed only when each passed."""
    said = {results.get(test, SKIPPED) for test in tests}
    return FAILED if FAILED in said else SKIPPED if SKIPPED in said or not said else PASSED
