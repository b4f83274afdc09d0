"""A cell per row and column, in panels side by side that share their rows: rates of more models than can be told by colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from normscope.report.charts.heat_cells import cell_height, cell_layers, cell_width, heat_cell
from normscope.report.charts.look import SOFT, finished, inline, tips

if TYPE_CHECKING:
    from normscope.report.charts.look import Drawing

__all__ = ["rate_grid"]


def rate_grid(
    panels: Mapping[str, Sequence[Mapping[str, Any]]], rows: Sequence[str], columns: Sequence[str], **titles: str
) -> Drawing:
    """`panels` by their title (empty: none): points with row, column, value, interval and n. A place without a point stays empty.

    `titles` are what `row`, `column` and `value` are called where a reader points at a cell.
    """
    import altair as alt

    most = max(len(rows), len(columns) * len(panels))
    drawn: list[Any] = []
    for title, points in panels.items():
        cells = [heat_cell(p["value"], p["interval"], p["n"], row=p["row"], column=p["column"]) for p in points]
        axis = alt.Axis(labelPadding=6) if not drawn else alt.Axis(labels=False)
        base = alt.Chart(inline(cells)).encode(
            x=alt.X(
                field="column",
                type="nominal",
                sort=None,
                scale=alt.Scale(domain=list(columns), padding=0.06),
                axis=alt.Axis(orient="top", labelAngle=-40, title=None),
            ),
            y=alt.Y(
                field="row", type="nominal", sort=None, scale=alt.Scale(domain=list(rows), padding=0.06), title=None, axis=axis
            ),
            tooltip=tips(**titles, interval="interval", n="dilemmas"),
        )
        named = alt.TitleParams(text=title, anchor="start", fontSize=12, fontWeight="normal", color=SOFT)
        size = {"width": {"step": cell_width(most)}, "height": {"step": cell_height(most)}}
        panel = alt.layer(*cell_layers(base, most)).properties(**size)
        drawn.append(panel.properties(title=named) if title else panel)
    return finished(drawn[0] if len(drawn) == 1 else alt.hconcat(*drawn, spacing=18), grid=False)
