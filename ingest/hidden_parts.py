"""What a Word file says beside its text: comments, descriptions, properties, traces of changes, headers and notes."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import Any

from docx.oxml.ns import qn
from lxml import etree

from ingest.alerts import Unseen

_MOST_LETTERS = 200_000
_PARTS = re.compile(
    r"word/(?:comments\w*|footnotes|endnotes|header\d*|footer\d*|settings|glossary/document)\.xml"
    r"|docProps/\w+\.xml|customXml/item\d*\.xml"
)
_STANDARD = frozenset(
    """
    Application AppVersion Template Pages Words Characters DocSecurity created modified revision Lines Paragraphs TotalTime
    """.split()  # noqa: SIM905
)
_TELLING = ("descr", "title", "alt", "tooltip", "helpText", "statusText", "name")


def beside(path: str, root: Any) -> Iterator[Unseen]:
    """Descriptions, traces of changes and fields of the text `root`, and what the other parts of the file say."""
    seen: set[str] = set()
    for value in root.xpath("//@*[" + " or ".join(f"local-name()='{name}'" for name in _TELLING) + "]"):
        if len(value.strip()) >= 12 and value not in seen:
            seen.add(str(value))
            yield Unseen("alt", "lời mô tả", str(value))
    for name in ("w:tblCaption", "w:tblDescription", "w:alias", "w:tag", "w:placeholder"):
        for element in root.iter(qn(name)):
            if value := element.get(qn("w:val")):
                yield Unseen("alt", "lời mô tả bảng, ô nhập", value)
    for name, kind in (("w:delText", "deleted"), ("w:instrText", "part")):
        for _, text in _by_paragraph(root, qn(name)):
            yield Unseen(kind, "chữ đã xóa" if kind == "deleted" else "mã trường", text)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True)
    with zipfile.ZipFile(path) as archive:
        for part in archive.namelist():
            if _PARTS.fullmatch(part):
                tree = etree.fromstring(archive.read(part), parser)
                if tree is not None:
                    yield from _of_part(part, tree)


def _of_part(part: str, tree: Any) -> Iterator[Unseen]:
    if part.startswith("docProps/") or part.startswith("customXml/"):
        for element in tree.iter(etree.Element):
            name = etree.QName(element).localname
            text = (element.text or "").strip()
            if text and name not in _STANDARD and any(map(str.isalpha, text)):
                yield Unseen("metadata", f"thuộc tính {element.get('name') or name}", text[:_MOST_LETTERS])
            yield from (
                Unseen("metadata", f"thuộc tính {name}", v) for v in element.attrib.values() if len(v) > 24 and " " in v
            )
    elif part.endswith("settings.xml"):
        for variable in tree.iter(qn("w:docVar")):
            yield Unseen(
                "metadata", "biến của tệp", f"{variable.get(qn('w:name'), '')} {variable.get(qn('w:val'), '')}"
            )
    elif "/comments" in part:
        for number, comment in enumerate(tree.iter(qn("w:comment")), 1):
            if text := " ".join(t for _, t in _by_paragraph(comment, qn("w:t"))):
                yield Unseen("comment", f"ghi chú {number}", text[:_MOST_LETTERS])
    else:
        named = {"he": "đầu trang", "fo": "chân trang, cước chú", "en": "chú thích cuối"}.get(
            part.split("/")[1][:2], "phần phụ"
        )
        for _, text in _by_paragraph(tree, qn("w:t")):
            yield Unseen("part", named, text)


def _by_paragraph(root: Any, name: str) -> Iterator[tuple[Any, str]]:
    """The text of all elements `name` below `root`, paragraph by paragraph."""
    texts: dict[Any, list[str]] = {}
    for element in root.iter(name):
        owner = next(element.iterancestors(qn("w:p")), root)
        texts.setdefault(owner, []).append(element.text or "")
    for owner, parts in texts.items():
        if text := "".join(parts).strip():
            yield owner, text
