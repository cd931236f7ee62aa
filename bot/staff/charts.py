"""Bar charts as SVG, drawn on the server; the page has the same figures as a table beside each.

Trap: pygal puts a finder for its plugins into `sys.meta_path` that lacks `find_spec`; whoever walks the finders themselves then fails.
We use no plugin, so it is taken out again.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

import pygal
from pygal.style import Style
from starlette.responses import Response

from bot.staff.rendering import number

sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "PluginImportFixer"]

WIDTH = 520  # small, so that letters can be read on a phone
_LONGEST = 28  # letters of a label
_LOOK = {
    "background": "#ffffff", "plot_background": "#ffffff", "foreground": "#17262d", "foreground_strong": "#17262d",
    "foreground_subtle": "#5b6f79", "opacity": "1", "opacity_hover": "1",
    "colors": ("#9fb4bd", "#0a6380"),
    "guide_stroke_color": "#d3dee3", "major_guide_stroke_color": "#b9c8cf", "guide_stroke_dasharray": "2,3",
    "major_guide_stroke_dasharray": "2,3",
    "font_family": "system-ui, Roboto, 'Noto Sans', Arial, sans-serif", "label_font_size": 13, "major_label_font_size": 13,
    "legend_font_size": 13, "title_font_size": 14, "value_font_size": 12, "value_label_font_size": 12, "no_data_font_size": 14,
}  # fmt: skip
_STYLE, _SINGLE = Style(**_LOOK), Style(**_LOOK | {"colors": ("#0a6380",)})
# The picture styles itself and can do nothing else, whoever opens it alone.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def bars(
    title: str, labels: Sequence[str], series: Mapping[str, Sequence[float | None]], *, lying: bool = False
) -> bytes:
    """A bar chart: a bar for each label and series, the last series in the strongest colour; `lying` bars have room for long labels."""
    most = max([0.0, *(v for values in series.values() for v in values if v is not None)])
    kind = pygal.HorizontalBar if lying else pygal.Bar
    single = len(series) == 1
    chart = kind(
        style=_SINGLE if single else _STYLE,
        title=title,
        width=WIDTH,
        height=height(labels, series) if lying else 320,
        explicit_size=True,
        no_prefix=True,
        js=(),
        disable_xml_declaration=True,
        show_legend=not single,
        legend_at_bottom=True,
        legend_at_bottom_columns=1 if lying else len(series),
        print_values=not lying and len(labels) <= 6 and most < 10_000,
        print_values_position="top",
        value_formatter=number,
        truncate_label=60,
        truncate_legend=40,
        show_y_guides=not lying,
        show_x_labels=not (single and lying),
        no_data_text="Chưa có số liệu",
        spacing=8,
        margin=12,
        min_scale=2,
        max_scale=5,
        range=(0, most or 1),
    )
    if most < 5 and not lying:
        chart.y_labels = list(range(int(most) + 2))
    order = slice(None, None, -1) if lying else slice(None)  # the first label on top
    named = [name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1].rstrip()}…" for name in labels]
    if single and lying:  # beside such a bar there is no room for its value, so its label says it
        named = [f"{name}: {number(value)}" for name, value in zip(named, next(iter(series.values())), strict=True)]
    chart.x_labels = named[order]
    for name, values in series.items():
        chart.add(name, list(values)[order])
    return _without_scripts(chart)


def height(labels: Sequence[object], series: Mapping[str, object]) -> int:
    """How high a chart of lying bars is."""
    return max(150, 80 + 22 * max(1, len(labels)) * len(series) + (40 if len(series) > 1 else 0))


def picture(content: bytes) -> Response:
    """An SVG as an answer of its own, for an `<img>`."""
    return Response(content, media_type="image/svg+xml", headers={"Content-Security-Policy": _POLICY})


def _without_scripts(chart: pygal.graph.graph.Graph) -> bytes:
    from lxml import etree

    root = chart.render_tree()
    for script in list(root.iter("{*}script", "script")):
        script.getparent().remove(script)
    return str(etree.tostring(root, encoding="unicode")).encode()
