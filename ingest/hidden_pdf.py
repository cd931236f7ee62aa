"""Text of a PDF page that a person does not see: the page's colour, tiny, never drawn, outside the page; notes, properties, descriptions.

A page is looked through object by object; what is hidden is taken out of it, so that the text read afterwards is what people see.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pypdfium2 import raw

from ingest.alerts import Unseen
from ingest.colours import WHITE, Colour, indistinct

_TINY = 2.0
_SCAN = 0.5  # share of a page that pictures cover: text that is not drawn is then the reading of a scan
_DEEPEST = 4
_MOST_OBJECTS = 60_000
_MOST_NODES = 20_000
_BIG = 1 << 22
_XMP = re.compile(rb"<x:xmpmeta.{0,65536}?</x:xmpmeta>", re.DOTALL)
_INFO = re.compile(rb"/([A-Z][A-Za-z]{2,30})\s*\(((?:[^()\\]|\\.){16,4000})\)", re.DOTALL)
_STANDARD = frozenset(
    b"Title Author Subject Keywords Creator Producer CreationDate ModDate Contents Registry Ordering".split()
)


def take_out(page: Any, textpage: Any, number: int) -> tuple[list[Unseen], bool]:
    """What page `number` hides, taken out of it; and whether anything was, so that its text must be read again."""
    look = _Page(page, textpage, f"trang {number}")
    look.through(raw.FPDFPage_CountObjects(page), lambda i: raw.FPDFPage_GetObject(page, i), None, (1.0, 0.0, 0.0), 0)
    for parent, thing in look.bad:
        if parent is None:
            raw.FPDFPage_RemoveObject(page, thing)
        else:
            raw.FPDFFormObj_RemoveObject(parent, thing)
    return [*look.unseen, *_annotations(page, f"trang {number}"), *_described(page, f"trang {number}")], bool(look.bad)


class _Page:
    """The objects of one page in the order in which they are painted."""

    def __init__(self, page: Any, textpage: Any, where: str) -> None:
        self._page, self._textpage, self._where = page, textpage, where
        self._box = _box(page)
        self.unseen: list[Unseen] = []
        self.bad: list[tuple[Any, Any]] = []
        self._fills: list[tuple[tuple[float, ...], Colour | None]] = []
        self._left = _MOST_OBJECTS
        self._undrawn: list[tuple[Any, Any, str]] = []
        self._pictures = 0.0
        self._four = [ctypes.c_uint() for _ in range(4)]
        self._sides = [ctypes.c_float() for _ in range(4)]
        self._colour_refs = [ctypes.byref(c) for c in self._four]
        self._side_refs = [ctypes.byref(c) for c in self._sides]
        self._size = ctypes.c_float()
        self._matrix = raw.FS_MATRIX()

    def through(
        self, count: int, get: Callable[[int], Any], parent: Any, at: tuple[float, float, float], depth: int
    ) -> None:
        """Looks at `count` objects; `at` is how much a form that holds them is scaled and moved."""
        for index in range(count):
            self._left -= 1
            if self._left < 0:
                break
            thing = get(index)
            kind = raw.FPDFPageObj_GetType(thing)
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                self._text(thing, parent, at)
            elif kind == raw.FPDF_PAGEOBJ_PATH:
                self._path(thing, at)
            elif kind in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_SHADING):
                bounds = self._bounds(thing, at)
                if bounds:
                    self._fills.append((bounds, None))
                    if kind == raw.FPDF_PAGEOBJ_IMAGE:
                        self._pictures += max(0.0, bounds[2] - bounds[0]) * max(0.0, bounds[3] - bounds[1])
            elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
                raw.FPDFPageObj_GetMatrix(thing, ctypes.byref(self._matrix))
                m = self._matrix
                scale = at[0] * ((m.c * m.c + m.d * m.d) ** 0.5)
                inner = (scale, at[1] + at[0] * m.e, at[2] + at[0] * m.f)
                form = thing
                self.through(
                    raw.FPDFFormObj_CountObjects(form), lambda i, f=form: raw.FPDFFormObj_GetObject(f, i), form, inner, depth + 1  # type: ignore[misc]
                )  # fmt: skip
        if depth == 0 and self._undrawn:
            width, height = self._box[2] - self._box[0], self._box[3] - self._box[1]
            if self._pictures < _SCAN * width * height:
                for owner, thing, text in self._undrawn:
                    self._hide(owner, thing, "invisible", text)

    def _text(self, thing: Any, parent: Any, at: tuple[float, float, float]) -> None:
        mode = raw.FPDFTextObj_GetTextRenderMode(thing)
        if mode in (3, 7):
            if (text := self._words(thing)).strip():
                self._undrawn.append((parent, thing, text))
            return
        raw.FPDFTextObj_GetFontSize(thing, ctypes.byref(self._size))
        raw.FPDFPageObj_GetMatrix(thing, ctypes.byref(self._matrix))
        m = self._matrix
        if self._size.value * max(abs(m.d), abs(m.c), 0.0) * at[0] <= _TINY and self._size.value:
            self._told(parent, thing, "tiny")
            return
        filled = mode in (0, 2, 4, 6)
        raw.FPDFPageObj_GetFillColor(thing, *self._colour_refs) if filled else raw.FPDFPageObj_GetStrokeColor(
            thing, *self._colour_refs
        )
        red, green, blue, opaque = (c.value for c in self._four)
        light = opaque < 26 or (red >= 190 and green >= 190 and blue >= 190)
        if not light and not self._fills and self._inside_cheaply(thing, at):
            return
        bounds = self._bounds(thing, at)
        if bounds is None:
            return
        if not _touch(bounds, self._box):
            self._told(parent, thing, "outside")
        elif opaque < 26:
            self._told(parent, thing, "colour")
        elif light or self._fills:
            ground = self._ground(bounds)
            if ground is not None and indistinct((red, green, blue), ground):
                self._told(parent, thing, "colour")

    def _inside_cheaply(self, thing: Any, at: tuple[float, float, float]) -> bool:
        """Whether the text begins on the page, by its matrix alone."""
        x, y = at[1] + at[0] * self._matrix.e, at[2] + at[0] * self._matrix.f
        left, bottom, right, top = self._box
        return bool(left <= x < right and bottom <= y < top)

    def _path(self, thing: Any, at: tuple[float, float, float]) -> None:
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(thing, ctypes.byref(fill), ctypes.byref(stroke))
        if not fill.value:
            return
        bounds = self._bounds(thing, at)
        raw.FPDFPageObj_GetFillColor(thing, *self._colour_refs)
        red, green, blue, opaque = (c.value for c in self._four)
        if bounds and opaque > 127 and bounds[3] - bounds[1] > 3 and bounds[2] - bounds[0] > 3:
            self._fills.append((bounds, (red, green, blue)))

    def _ground(self, bounds: tuple[float, ...]) -> Colour | None:
        """The colour behind `bounds`: of the last thing painted over its middle; None for a picture."""
        x, y = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
        for box, filled in reversed(self._fills):
            if box[0] <= x <= box[2] and box[1] <= y <= box[3]:
                return filled
        return WHITE

    def _bounds(self, thing: Any, at: tuple[float, float, float]) -> tuple[float, ...] | None:
        if not raw.FPDFPageObj_GetBounds(thing, *self._side_refs):
            return None
        left, bottom, right, top = (s.value for s in self._sides)
        scale, x, y = at
        return (x + scale * left, y + scale * bottom, x + scale * right, y + scale * top)

    def _told(self, parent: Any, thing: Any, kind: str) -> None:
        if (text := self._words(thing)).strip():
            self._hide(parent, thing, kind, text)

    def _hide(self, parent: Any, thing: Any, kind: str, text: str) -> None:
        self.unseen.append(Unseen(kind, self._where, text))
        self.bad.append((parent, thing))

    def _words(self, thing: Any) -> str:
        return _string(lambda buffer, size: raw.FPDFTextObj_GetText(thing, self._textpage, buffer, size))


def properties(document: Any, path: str) -> Iterator[Unseen]:
    """Title, author and the others, and descriptions in XML, as far as they stand in the file uncompressed."""
    for name, value in document.get_metadata_dict(skip_empty=True).items():
        yield Unseen("metadata", f"thuộc tính {name}", value)
    with Path(path).open("rb") as file:
        head = file.read(_BIG)
    for found in _XMP.finditer(head):
        yield Unseen("metadata", "thuộc tính XMP", re.sub(r"<[^<>]*>", " ", found[0].decode("utf-8", "replace")))
    for entry in _INFO.finditer(head):
        if entry[1] not in _STANDARD:
            data = re.sub(rb"\\([()\\])", rb"\1", entry[2])
            text = (
                data.decode("utf-16", "replace")
                if data.startswith((b"\xfe\xff", b"\xff\xfe"))
                else data.decode("latin-1")
            )
            yield Unseen("metadata", f"thuộc tính {entry[1].decode('latin-1')}", text)


def _annotations(page: Any, where: str) -> Iterator[Unseen]:
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), 500)):
        note = raw.FPDFPage_GetAnnot(page, index)
        for key in (b"Contents", b"V", b"TU", b"Subj", b"T", b"RC"):
            text = _string(lambda buffer, size, n=note, k=key: raw.FPDFAnnot_GetStringValue(n, k, buffer, size))  # type: ignore[misc]
            if text.strip() and (key == b"Contents" or len(text) > 20):
                yield Unseen("annotation" if key == b"Contents" else "part", where, re.sub(r"<[^<>]*>", " ", text))
        raw.FPDFPage_CloseAnnot(note)


def _described(page: Any, where: str) -> Iterator[Unseen]:
    """Descriptions of pictures in a tagged file."""
    tree = raw.FPDF_StructTree_GetForPage(page)
    if not tree:
        return
    waiting = [
        raw.FPDF_StructTree_GetChildAtIndex(tree, i) for i in range(min(raw.FPDF_StructTree_CountChildren(tree), 2000))
    ]
    left = _MOST_NODES
    while waiting and left > 0:
        left -= 1
        node = waiting.pop()
        if not node:
            continue
        for call in (
            raw.FPDF_StructElement_GetAltText,
            raw.FPDF_StructElement_GetActualText,
            raw.FPDF_StructElement_GetTitle,
        ):
            text = _string(lambda buffer, size, c=call, n=node: c(n, buffer, size))  # type: ignore[misc]
            if len(text.strip()) > 11:
                yield Unseen("alt", where, text)
        waiting += [
            raw.FPDF_StructElement_GetChildAtIndex(node, i) for i in range(raw.FPDF_StructElement_CountChildren(node))
        ]
    raw.FPDF_StructTree_Close(tree)


def _string(call: Callable[[Any, int], int]) -> str:
    """What a pdfium function that fills a buffer with UTF-16 gives."""
    size = call(None, 0)
    if size <= 2 or size > _BIG:
        return ""
    buffer = ctypes.create_string_buffer(size)
    call(ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace")


def _box(page: Any) -> tuple[float, float, float, float]:
    left, bottom, right, top = page.get_bbox()
    return left, bottom, right, top


def _touch(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and a[2] > b[0] and a[1] < b[3] and a[3] > b[1]
