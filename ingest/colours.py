"""Colours of documents: what a value means, and whether a person can tell one from the other."""

from __future__ import annotations

import re

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)
_NAMES = {
    "white": WHITE, "snow": (255, 250, 250), "ivory": (255, 255, 240), "ghostwhite": (248, 248, 255), "whitesmoke": (245, 245, 245),
    "floralwhite": (255, 250, 240), "azure": (240, 255, 255), "mintcream": (245, 255, 250), "seashell": (255, 245, 238),
    "honeydew": (240, 255, 240), "aliceblue": (240, 248, 255), "black": (0, 0, 0), "red": (255, 0, 0), "green": (0, 128, 0),
    "blue": (0, 0, 255), "yellow": (255, 255, 0), "cyan": (0, 255, 255), "magenta": (255, 0, 255), "darkblue": (0, 0, 139),
    "darkcyan": (0, 139, 139), "darkgreen": (0, 100, 0), "darkmagenta": (139, 0, 139), "darkred": (139, 0, 0), "darkyellow": (128, 128, 0),
    "darkgray": (128, 128, 128), "lightgray": (192, 192, 192), "gray": (128, 128, 128), "grey": (128, 128, 128), "navy": (0, 0, 128),
    "silver": (192, 192, 192), "maroon": (128, 0, 0), "teal": (0, 128, 128), "orange": (255, 165, 0), "purple": (128, 0, 128),
    "linen": (250, 240, 230), "lavender": (230, 230, 250), "beige": (245, 245, 220), "gainsboro": (220, 220, 220),
}  # fmt: skip
_FUNCTION = re.compile(r"(rgb|hsl)a?\(\s*([^)]*)\)")
_NEAR = 1.3
_CLOSE = 64


def colour(value: str) -> Colour | None:
    """The colour that `value` of CSS or Word names; None for one that is not known, or is not one ("auto", "inherit")."""
    value = value.strip().lower()
    if value in _NAMES:
        return _NAMES[value]
    digits = value.removeprefix("#")
    if re.fullmatch(r"[0-9a-f]{6}|[0-9a-f]{8}", digits):
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
    if value.startswith("#") and re.fullmatch(r"[0-9a-f]{3,4}", digits):
        return int(digits[0] * 2, 16), int(digits[1] * 2, 16), int(digits[2] * 2, 16)
    if found := _FUNCTION.match(value):
        numbers = [
            float(n) * (2.55 if "%" in p and found[1] == "rgb" else 1) for n, p in re.findall(r"([\d.]+)(%?)", found[2])
        ]
        if found[1] == "rgb" and len(numbers) >= 3:
            red, green, blue = (min(255, round(n)) for n in numbers[:3])
            return red, green, blue
        if found[1] == "hsl" and len(numbers) >= 3 and numbers[2] in (0.0, 100.0):
            return WHITE if numbers[2] else (0, 0, 0)
    return None


def alpha(value: str) -> float:
    """How opaque a CSS colour is, from 0.0 to 1.0."""
    value = value.strip().lower()
    if value == "transparent":
        return 0.0
    if value.startswith("#") and len(value) in (5, 9):
        return int(value[-(len(value) // 4) :], 16) / (15 if len(value) == 5 else 255)
    found = _FUNCTION.match(value)
    numbers = re.findall(r"([\d.]+)(%?)", found[2]) if found else []
    return float(numbers[3][0]) / (100 if numbers[3][1] else 1) if len(numbers) > 3 else 1.0


def indistinct(text: Colour, ground: Colour) -> bool:
    """Whether a person would not see `text` on `ground`."""
    light, dark = sorted((_luminance(text), _luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05) < _NEAR and max(
        abs(a - b) for a, b in zip(text, ground, strict=True)
    ) <= _CLOSE


def _luminance(value: Colour) -> float:
    red, green, blue = ((c / 255) / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in value)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
