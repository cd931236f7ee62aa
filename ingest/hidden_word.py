"""Text of a Word file that a person does not see: hidden type, the colour of what is behind it, tiny, outside the page."""

from __future__ import annotations

import re
from typing import Any

from docx.oxml.ns import qn
from lxml import etree

from ingest.alerts import Unseen
from ingest.colours import WHITE, Colour, colour, indistinct

_TINY = 4  # half points
_TWIP, _POINT = 635, 12700  # in the units of drawings
_DEEPEST = 20
_LONG_INDENT = 12_000  # twips; a page is 11,906 wide
_SQUEEZED = 40  # twips of an exact line height
_THEME = {
    "background1": "lt1",
    "light1": "lt1",
    "bg1": "lt1",
    "text1": "dk1",
    "dark1": "dk1",
    "tx1": "dk1",
    "background2": "lt2",
    "light2": "lt2",
    "text2": "dk2",
    "dark2": "dk2",
}
_BOX = (
    "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}anchor",
    "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}inline",
)
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_SHAPE_FILL = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_CSS = re.compile(r"(margin-left|margin-top|left|top)\s*:\s*(-?\d+(?:\.\d+)?)(pt|px|in|cm|mm|)")
_CSS_POINTS = {"pt": 1.0, "px": 0.75, "in": 72.0, "cm": 28.35, "mm": 2.835, "": 1.0}
Look = dict[str, Any]


class Eyes:
    """What a person sees of the runs of one document; what they do not is gathered in `unseen`."""

    def __init__(self, document: Any) -> None:
        self._root = document.element
        self._styles: dict[str, Any] = {}
        self._looks: dict[str, Look] = {}
        styles = document.styles.element
        for style in styles.findall(qn("w:style")):
            self._styles[style.get(qn("w:styleId"), "")] = style
        default = styles.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
        self._theme = _theme(document)
        self._default = self._read(default)
        self._normal = next(
            (
                k
                for k, s in self._styles.items()
                if s.get(qn("w:default")) == "1" and s.get(qn("w:type")) == "paragraph"
            ),
            "",
        )
        ground = self._root.find(qn("w:background"))
        self._page = colour(ground.get(qn("w:color"), "")) if ground is not None else None
        self._behind = any(a.get("behindDoc") == "1" for a in self._root.iter(_BOX[0]))
        size = next(self._root.iter(qn("w:pgSz")), None)
        self._width = int(_number(size, "w:w") or 11906) if size is not None else 11906
        self._height = int(_number(size, "w:h") or 16838) if size is not None else 16838
        self._places: dict[Any, str] = {}
        self.unseen: list[Unseen] = []
        self._paragraphs = 0
        self._last: Any = None

    def sees(self, run: Any, paragraph: Any) -> bool:
        """Whether `run` of `paragraph` is seen; one that is not is remembered."""
        if paragraph is not self._last:
            self._last, self._paragraphs = paragraph, self._paragraphs + 1
        kind = self._hiding(run, paragraph)
        if not kind:
            return True
        text = "".join(t.text or "" for t in run.iter(qn("w:t")))
        if text.strip():
            where = f"đoạn {self._paragraphs}"
            last = self.unseen[-1] if self.unseen else None
            if last is not None and (last.kind, last.where) == (kind, where):
                self.unseen[-1] = Unseen(kind, where, last.text + text)
            else:
                self.unseen.append(Unseen(kind, where, text))
        return False

    def _hiding(self, run: Any, paragraph: Any) -> str:
        own = run.find(qn("w:rPr"))
        about = paragraph.find(qn("w:pPr"))
        style = about.find(qn("w:pStyle")) if about is not None else None
        look = self._style(style.get(qn("w:val"), "") if style is not None else self._normal)
        if own is not None:
            written = self._read(own)
            named = own.find(qn("w:rStyle"))
            look = {**look, **(self._style(named.get(qn("w:val"), "")) if named is not None else {}), **written}
        if look.get("vanish"):
            return "vanish"
        if look.get("size", 24) <= _TINY:
            return "tiny"
        if look.get("nofill") or (
            look.get("color") is not None
            and (ground := self._ground(look, about, run)) is not None
            and indistinct(look["color"], ground)
        ):
            return "colour"
        return self._place(paragraph, about, run)

    def _style(self, name: str) -> Look:
        """What a style and those it is based on say."""
        if name not in self._looks:
            chain: list[Any] = []
            key = name
            while key in self._styles and len(chain) < _DEEPEST:
                chain.append(self._styles[key])
                based = self._styles[key].find(qn("w:basedOn"))
                key = based.get(qn("w:val"), "") if based is not None else ""
            look = dict(self._default)
            for style in reversed(chain):
                look |= self._read(style.find(qn("w:rPr")))
                about = style.find(qn("w:pPr"))
                if about is not None and (fill := self._fill(about.find(qn("w:shd")))) is not None:
                    look["block"] = fill
            self._looks[name] = look
        return self._looks[name]

    def _read(self, properties: Any) -> Look:
        found: Look = {}
        for child in properties if properties is not None else ():
            tag = child.tag
            if tag in (qn("w:vanish"), qn("w:specVanish"), qn("w:webHidden")):
                found["vanish"] = child.get(qn("w:val")) not in ("0", "false", "off") and tag != qn("w:webHidden")
            elif tag == qn("w:color"):
                found["color"] = self._colour(child, "w:val", "w:themeColor")
            elif tag == qn("w:sz"):
                found["size"] = _number(child, "w:val") or 24
            elif tag == qn("w:highlight"):
                found["highlight"] = colour(child.get(qn("w:val"), ""))
            elif tag == qn("w:shd"):
                found["shade"] = self._fill(child)
            elif isinstance(tag, str) and tag.endswith("}textFill"):
                found["nofill"] = any(c.tag.endswith("}noFill") for c in child)
        return found

    def _colour(self, element: Any, value: str, theme: str) -> Colour | None:
        written = colour(element.get(qn(value), ""))
        if written is not None:
            return written
        return self._theme.get(_THEME.get(element.get(qn(theme), ""), element.get(qn(theme), "")))

    def _fill(self, shading: Any) -> Colour | None:
        return self._colour(shading, "w:fill", "w:themeFill") if shading is not None else None

    def _ground(self, look: Look, about: Any, run: Any) -> Colour | None:
        """The colour behind a run; None where it cannot be told: a picture, a style of tables, a filled shape."""
        own = self._fill(about.find(qn("w:shd"))) if about is not None else None
        for one in (look.get("highlight"), look.get("shade"), own, look.get("block")):
            if one is not None:
                return (one[0], one[1], one[2])
        for parent in run.iterancestors():
            if parent.tag == qn("w:tc"):
                cell = parent.find(f"{qn('w:tcPr')}/{qn('w:shd')}")
                if (fill := self._fill(cell)) is not None:
                    return fill
            elif parent.tag == qn("w:tbl"):
                style = parent.find(f"{qn('w:tblPr')}/{qn('w:tblStyle')}")
                named = self._styles.get(style.get(qn("w:val"), "")) if style is not None else None
                if named is not None and any(self._fill(s) not in (None, WHITE) for s in named.iter(qn("w:shd"))):
                    return None
            elif _filled(parent):
                return None
        return None if self._behind else self._page or WHITE

    def _place(self, paragraph: Any, about: Any, run: Any) -> str:
        """ "outside" for what stands where no page is."""
        if about is not None:
            frame, indent, spacing = (about.find(qn(name)) for name in ("w:framePr", "w:ind", "w:spacing"))
            if frame is not None and self._far(_number(frame, "w:x"), _number(frame, "w:y")):
                return "outside"
            if indent is not None and any(
                abs(_number(indent, name) or 0) >= _LONG_INDENT
                for name in ("w:left", "w:start", "w:right", "w:end", "w:firstLine")
            ):
                return "outside"
            if (
                spacing is not None
                and spacing.get(qn("w:lineRule")) == "exact"
                and (_number(spacing, "w:line") or 240) <= _SQUEEZED
            ):
                return "tiny"
        if (box := next((p for p in run.iterancestors(qn("w:txbxContent"))), None)) is not None:
            if box not in self._places:
                self._places[box] = self._of_box(box)
            return self._places[box]
        return ""

    def _of_box(self, box: Any) -> str:
        for parent in box.iterancestors():
            tag = parent.tag
            if tag in _BOX:
                about = parent.find(f"{_DRAWING}docPr")
                if about is not None and about.get("hidden") in ("1", "true"):
                    return "vanish"
                extent = parent.find(f"{_DRAWING}extent")
                wide, high = (int(extent.get(k, "0")) if extent is not None else _POINT * 99 for k in ("cx", "cy"))
                if min(wide, high) <= 3 * _POINT:
                    return "tiny"
                place = []
                for axis, size in (("positionH", wide), ("positionV", high)):
                    offset = parent.find(f"{_DRAWING}{axis}/{_DRAWING}posOffset")
                    at = float(offset.text or 0) / _TWIP if offset is not None else 0.0
                    place.append(at if at >= 0 else min(0.0, at + size / _TWIP))
                return "outside" if self._far(*place) else ""
            style = parent.get("style") if isinstance(tag, str) else None
            if style and ("position" in style or "margin" in style):
                if "visibility:hidden" in style.replace(" ", "") or "display:none" in style.replace(" ", ""):
                    return "vanish"
                if any(
                    abs(float(n)) * _CSS_POINTS[u] > 1_000 or float(n) * _CSS_POINTS[u] < -300
                    for _, n, u in _CSS.findall(style)
                ):
                    return "outside"
        return ""

    def _far(self, x: float | None, y: float | None) -> bool:
        x, y = x or 0.0, y or 0.0
        return x >= self._width or y >= self._height or x <= -2_400 or y <= -2_400


def _filled(shape: Any) -> bool:
    """Whether a drawn shape has a colour or a picture of its own behind its text."""
    if not isinstance(shape.tag, str) or not shape.tag.endswith(("}wsp", "}shape", "}rect", "}roundrect")):
        return False
    kinds = ("solidFill", "gradFill", "blipFill")
    return bool(shape.get("fillcolor")) or any(shape.find(f".//{_SHAPE_FILL}{kind}") is not None for kind in kinds)


def _theme(document: Any) -> dict[str, Colour]:
    """The colours that the theme's names stand for."""
    found: dict[str, Colour] = {"lt1": WHITE, "dk1": (0, 0, 0)}
    for relation in document.part.rels.values():
        if relation.reltype.endswith("/theme") and not relation.is_external:
            tree = etree.fromstring(
                relation.target_part.blob, etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
            )
            for scheme in tree.iter(f"{_SHAPE_FILL}clrScheme") if tree is not None else ():
                for entry in scheme:
                    value = next((c.get("lastClr") or c.get("val") for c in entry), "")
                    if (known := colour(value or "")) is not None:
                        found[etree.QName(entry).localname] = known
    return found


def _number(element: Any, name: str) -> float | None:
    try:
        return float(element.get(qn(name)))
    except (TypeError, ValueError):
        return None
