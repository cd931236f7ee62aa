"""How long, as people say it."""

from __future__ import annotations


def span(seconds: float | None) -> str:
    """`1 ngày 2 giờ`, `5 phút`: the two largest parts; empty for None."""
    if seconds is None:
        return ""
    minutes = max(0, int(seconds // 60))
    if minutes < 1:
        return "dưới 1 phút"
    sizes = ((1_440, "ngày"), (60, "giờ"), (1, "phút"))
    for n, (size, name) in enumerate(sizes):
        whole, rest = divmod(minutes, size)
        if whole:
            smaller = sizes[n + 1] if n + 1 < len(sizes) else None
            more = rest // smaller[0] if smaller else 0
            return f"{whole} {name} {more} {smaller[1]}" if smaller and more else f"{whole} {name}"
    return ""
