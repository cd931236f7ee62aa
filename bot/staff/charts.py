"""Bar charts as SVG, drawn on the server; the page has the same figures as a table beside each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pygal
from pygal.style import Style
from starlette.responses import Response

_STYLE = Style(
    background="#ffffff", plot_background="#ffffff", foreground="#17262d", foreground_strong="#17262d",
    foreground_subtle="#5b6f79", opacity="1", opacity_hover="1",
    colors=("#0a6380", "#e0a03a", "#7b8f99", "#1d6b3a", "#a3201d"),
    guide_stroke_color="#d3dee3", major_guide_stroke_color="#b9c8cf", guide_stroke_dasharray="2,3",
    major_guide_stroke_dasharray="2,3",
    font_family="system-ui, Roboto, 'Noto Sans', Arial, sans-serif", label_font_size=14, major_label_font_size=14,
    legend_font_size=14, title_font_size=16, value_font_size=13, value_label_font_size=13, no_data_font_size=16,
)  # fmt: skip
# The picture styles itself and can do nothing else, whoever opens it alone.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def bars(
    title: str, labels: Sequence[str], series: Mapping[str, Sequence[float | None]], *, lying: bool = False
) -> bytes:
    """A bar chart: one bar a label and series; `lying` bars have room for long labels."""
    kind = pygal.HorizontalBar if lying else pygal.Bar
    chart = kind(
        style=_STYLE, title=title, width=800, height=max(220, 90 + 30 * len(labels) * len(series)) if lying else 400,
        explicit_size=True, no_prefix=True, js=(), pretty_print=False, disable_xml_declaration=True, show_legend=len(series) > 1,
        legend_at_bottom=True, legend_at_bottom_columns=len(series),
        print_values=len(labels) * len(series) <= 30, print_values_position="top",
        value_formatter=lambda v: f"{v:,.0f}".replace(",", "."), truncate_label=28, truncate_legend=40, include_x_axis=True,
        show_y_guides=not lying, no_data_text="Chưa có số liệu", spacing=12, margin=16, min_scale=3, max_scale=8,
        range=None if any(v for values in series.values() for v in values) else (0, 1),
        dynamic_print_values=False,
    )  # fmt: skip
    order = slice(None, None, -1) if lying else slice(None)  # the first label on top
    chart.x_labels = list(labels)[order]
    for name, values in series.items():
        chart.add(name, list(values)[order])
    return _without_scripts(chart)


def picture(content: bytes) -> Response:
    """An SVG as an answer of its own, for an `<img>`."""
    return Response(content, media_type="image/svg+xml", headers={"Content-Security-Policy": _POLICY})


def _without_scripts(chart: pygal.graph.graph.Graph) -> bytes:
    from lxml import etree

    root = chart.render_tree()
    for script in list(root.iter("{*}script", "script")):
        script.getparent().remove(script)
    made: bytes = etree.tostring(root)
    return made
