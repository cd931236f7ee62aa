"""Parts of a web page that a browser does not show: by attribute, style, style sheet, colour, size and place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from bs4 import BeautifulSoup, Tag
from bs4.element import Comment, PreformattedString

from ingest.alerts import Unseen
from ingest.colours import WHITE, Colour, alpha, colour, indistinct

_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SIMPLE = re.compile(r"[\w.#\-\[\]=\"'~^$*|:>+ ,()]{1,200}")
_CSS_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_MOST_RULES = 400
_SIZE = re.compile(r"^\s*(\d*\.?\d+)\s*(px|pt|em|rem|ex|ch|mm|cm|in|vw|vh|vmin|%|)\s*$")
_POINTS = {
    "px": 1.0, "pt": 1.33, "": 1.0, "em": 16.0, "rem": 16.0, "ex": 8.0, "ch": 8.0, "mm": 3.78, "cm": 37.8, "in": 96.0,
    "vw": 10.0, "vh": 8.0, "vmin": 8.0, "%": 0.16,
}  # fmt: skip
_FAR = re.compile(r"-\s*(\d+(?:\.\d+)?)\s*(px|pt|em|rem|cm|in|vw|vh|%)")
_FAR_AWAY = {
    "px": 400.0, "pt": 300.0, "em": 30.0, "rem": 30.0, "cm": 15.0, "in": 6.0, "vw": 99.0, "vh": 99.0, "%": 99.0
}  # fmt: skip
_NOTHING = re.compile(r"^\s*(?:0|0?\.0\d*|1)\s*(?:px|pt|em|rem|%)?\s*$")
_TELLING = (
    "alt", "title", "aria-label", "aria-description", "aria-roledescription", "content", "placeholder", "value", "summary",
    "label", "abbr", "longdesc", "cite", "srcdoc",
)  # fmt: skip
_FEW_LETTERS = 12
_UNREAD = (
    "template", "noscript", "textarea", "dialog", "select", "button", "nav", "footer", "object", "svg", "title", "iframe",
    "desc", "datalist",
)  # fmt: skip


def take_out(soup: BeautifulSoup) -> Iterator[Unseen]:
    """Removes what a browser would not show from `soup`, and gives what it said; attributes and comments too."""
    for comment in soup.find_all(string=lambda s: isinstance(s, PreformattedString)):
        if isinstance(comment, Comment) and (text := str(comment).strip()):
            yield Unseen("comment", "chú thích trong mã trang", re.sub(r"<[^<>]*>", " ", text))
    yield from _attributes(soup)
    for name in _UNREAD:
        for tag in soup.find_all(name):
            if text := tag.get_text(" ", strip=True):
                yield Unseen("part", f"thẻ {name}", text)
    looks = _Looks(soup)
    for tag in soup.find_all(True):
        if tag.decomposed or tag.name in ("html", "body", "head", "script", "style", "meta", "link", "title"):
            continue
        if kind := looks.hides(tag):
            if text := tag.get_text(" ", strip=True):
                yield Unseen(kind, f"thẻ {tag.name}", text)
            tag.decompose()
    for tag in looks.faint():
        if text := tag.get_text(" ", strip=True):
            yield Unseen("colour", f"thẻ {tag.name}", text)
        tag.decompose()


def _attributes(soup: BeautifulSoup) -> Iterator[Unseen]:
    for tag in soup.find_all(True):
        for name, value in tag.attrs.items():
            if not (name in _TELLING or name.startswith(("data-", "aria-"))) or not isinstance(value, str):
                continue
            if sum(map(str.isalpha, value)) >= _FEW_LETTERS:
                kind = "metadata" if tag.name == "meta" else "alt"
                called = str(tag.get("name") or tag.get("property") or name) if tag.name == "meta" else name
                yield Unseen(kind, f"thẻ {tag.name}, {called[:40]}", value)


class _Looks:
    """How the elements of a page look, from their own styles and those of the page's style sheets."""

    def __init__(self, soup: BeautifulSoup) -> None:
        self._soup = soup
        self._sheet: dict[int, dict[str, str]] = {}
        self._linked = soup.find("link", rel="stylesheet") is not None
        css = _CSS_COMMENT.sub(" ", "\n".join(style.get_text() for style in soup.find_all("style")))
        for rule in islice(_RULE.finditer(css), _MOST_RULES):
            selector, declared = rule[1].strip(), _declared(rule[2])
            if declared and _SIMPLE.fullmatch(selector) and ":" not in selector:
                for tag in _selected(soup, selector):
                    self._sheet.setdefault(id(tag), {}).update(declared)

    def style(self, tag: Tag) -> dict[str, str]:
        """What is declared of `tag` itself."""
        own = self._sheet.get(id(tag))
        written = tag.get("style")
        if not written:
            return own or {}
        return {**(own or {}), **_declared(str(written))}

    def hides(self, tag: Tag) -> str:
        """The kind of hiding, empty for an element that is shown; colours apart."""
        if tag.has_attr("hidden") or tag.get("aria-hidden") == "true":
            return "style"
        size = str(tag.get("size", "")) if tag.name == "font" else ""
        style = self.style(tag)
        if not style:
            return "tiny" if size in ("-7", "0") else ""
        if _unshown(style):
            return "style"
        if _small(style.get("font-size", "")) or _small(_shorthand_size(style.get("font", ""))):
            return "tiny"
        return "outside" if _away(style) else ""

    def faint(self) -> Iterator[Tag]:
        """Elements whose text has the colour of what is behind it."""
        for tag in self._soup.find_all(True):
            if tag.decomposed:
                continue
            own = self.style(tag)
            written = (
                own.get("color")
                or own.get("-webkit-text-fill-color")
                or str(tag.get("color", "") or tag.get("text", ""))
            )
            if not written:
                continue
            if tag.name == "body":
                continue
            if alpha(written) < 0.15:
                yield tag
                continue
            shown, ground = colour(written), self._ground(tag)
            if shown is not None and ground is not None and indistinct(shown, ground):
                yield tag

    def _ground(self, tag: Tag) -> Colour | None:
        """The colour behind `tag`; None where it cannot be known (a picture, a style sheet elsewhere)."""
        for one in (tag, *tag.parents):
            style = self.style(one)
            told = f"{style.get('background', '')} {style.get('background-color', '')} {one.get('bgcolor', '')}".strip()
            if (
                "url(" in told
                or "gradient(" in told
                or style.get("background-image", "none") != "none"
                or one.has_attr("background")
            ):
                return None
            if told:
                for word in re.findall(r"(?:rgb|hsl)a?\([^)]*\)|[#\w]+", told):
                    if (found := colour(word)) is not None and alpha(word) > 0.5:
                        return found
            if self._linked and (one.get("class") or one.get("id")):
                return None
        return WHITE


def _declared(text: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in text.split(";"))
    return {k.strip().lower(): v.replace("!important", "").strip().lower() for k, _, v in pairs if v}


def _selected(soup: BeautifulSoup, selector: str) -> list[Tag]:
    try:
        return list(soup.select(selector, limit=2000))
    except Exception:  # a selector that its library does not know selects nothing
        return []


def _unshown(style: dict[str, str]) -> bool:
    if (
        style.get("display") == "none"
        or style.get("visibility") in ("hidden", "collapse")
        or style.get("content-visibility") == "hidden"
    ):
        return True
    opacity = style.get("opacity", "")
    if re.fullmatch(r"0?\.?0*|0?\.0\d*|[0-5](?:\.\d+)?%", opacity) and opacity:
        return True
    if "opacity(0" in style.get("filter", "") or re.search(
        r"scale[xy]?\(\s*0?\.?0*\s*[,)]", style.get("transform", "")
    ):
        return True
    clip = style.get("clip", "") + style.get("clip-path", "")
    if re.search(r"rect\(\s*(?:0|1px)[\s,].*|inset\(\s*(?:100|50|[5-9]\d)%|circle\(\s*0|polygon\(\s*0\s+0\s*\)", clip):
        return True
    cut = style.get("overflow", style.get("overflow-x", style.get("overflow-y", ""))) in ("hidden", "clip")
    return cut and any(
        _NOTHING.match(style.get(side, "x")) for side in ("width", "height", "max-height", "max-width", "line-height")
    )


def _small(value: str) -> bool:
    if found := _SIZE.match(value):
        return float(found[1]) * _POINTS[found[2]] <= 2.7
    return False


def _shorthand_size(font: str) -> str:
    found = re.search(r"(\d*\.?\d+(?:px|pt|em|rem|%))", font)
    return found[1] if found else ""


def _away(style: dict[str, str]) -> bool:
    placed = style.get("position") in ("absolute", "fixed", "relative")
    watched = [
        style.get(n, "") for n in ("text-indent", "margin-left", "margin-top", "margin", "transform", "translate")
    ]
    watched += [style.get(n, "") for n in ("left", "top", "right", "bottom", "inset")] if placed else []
    return any(float(m[1]) >= _FAR_AWAY[m[2]] for value in watched for m in _FAR.finditer(value))
