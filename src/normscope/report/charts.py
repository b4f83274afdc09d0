"""The figures as Altair charts. Values are inline and every order is given, so that a chart's JSON is always the same.

Text from the study appears only as values and as items of scale domains, never in an expression.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from normscope.records import Estimate, NotMeasured
from normscope.report.palette import CEILING, EXPLICIT, MARKS, SHAPES, STATED, cell_colour, ink_on
from normscope.report.text import number

if TYPE_CHECKING:
    import altair as alt

    Drawing = alt.LayerChart | alt.FacetChart

__all__ = ["ForestRow", "forest", "heat_map", "topic_plot"]

ForestRow = tuple[str, Estimate | None, Estimate | None]
"""A label with its stated and its explicit estimate."""

FONT = "Helvetica, Arial, Liberation Sans, sans-serif"
GRID_LINE = "#d5d8dc"
INK = "#1c1f23"
ROW_HEIGHT = 42
MANY = 14
"""From this many rows on the cells of the heat map are drawn smaller."""


def forest(rows: Sequence[ForestRow], ceiling: Estimate | None) -> Drawing:
    """Point and interval of each row, stated above explicit; the ceiling as a rule with its interval as a band."""
    import altair as alt

    points: list[dict[str, Any]] = []
    for label, stated, explicit in rows:
        points += [_point(e, row=label, metric=m) for m, e in (("stated", stated), ("explicit", explicit)) if _has_number(e)]
    metrics = [m for m in ("stated", "explicit") if any(p["metric"] == m for p in points)]
    y = alt.Y(
        field="row",
        type="nominal",
        sort=None,
        title=None,
        axis=alt.Axis(grid=False),
        scale=alt.Scale(domain=[label for label, _, _ in rows]),
    )
    base = alt.Chart(_inline(points)).encode(
        y=y,
        yOffset=alt.YOffset(field="metric", type="nominal", sort=None, scale=alt.Scale(domain=metrics, padding=0.4)),
        color=alt.Color(
            field="metric",
            type="nominal",
            sort=None,
            title=None,
            scale=alt.Scale(domain=metrics, range=[{"stated": STATED, "explicit": EXPLICIT}[m] for m in metrics]),
        ),
    )
    title = "share that agrees"
    marks = base.mark_point(filled=True, size=70, opacity=1).encode(
        x=_share(title),
        shape=alt.Shape(
            field="metric",
            type="nominal",
            sort=None,
            title=None,
            scale=alt.Scale(domain=metrics, range=[{"stated": "circle", "explicit": "diamond"}[m] for m in metrics]),
        ),
    )
    layers = [*_ceiling_layers(ceiling, title), _whiskers(base, title), marks]
    return _finished(alt.layer(*layers).properties(width=270, height=ROW_HEIGHT * len(rows)))


def heat_map(cells: Sequence[tuple[str, str, Estimate]], rows: Sequence[str], columns: Sequence[str]) -> Drawing:
    """A cell per (row, column, estimate), printed and coloured by its value; rows and columns in the order given."""
    import altair as alt

    values = [
        {"row": row, "column": column, "print": number(e.value), "fill": cell_colour(e.value), "ink": ink_on(e.value)}
        for row, column, e in cells
        if not isinstance(e.value, NotMeasured)
    ]
    small = max(len(rows), len(columns)) >= MANY
    base = alt.Chart(_inline(values)).encode(
        x=alt.X(
            field="column",
            type="nominal",
            sort=None,
            scale=alt.Scale(domain=list(columns), padding=0.06),
            axis=alt.Axis(orient="top", labelAngle=-40, title="how often the row agrees with", titlePadding=8),
        ),
        y=alt.Y(
            field="row",
            type="nominal",
            sort=None,
            scale=alt.Scale(domain=list(rows), padding=0.06),
            title=None,
        ),
    )
    fills = base.mark_rect().encode(fill=alt.Fill(field="fill", type="nominal", scale=None))
    prints = base.mark_text(fontSize=10 if small else 12, baseline="middle").encode(
        text=alt.Text(field="print", type="nominal"), color=alt.Color(field="ink", type="nominal", scale=None)
    )
    size = {"width": {"step": 34 if small else 46}, "height": {"step": 24 if small else 30}}
    return _finished(alt.layer(fills, prints).properties(**size), grid=False)


def topic_plot(
    cells: Sequence[tuple[str, str, Estimate]],
    topics: Sequence[str],
    columns: Sequence[str],
    ceilings: Mapping[str, Estimate],
) -> Drawing:
    """Point and interval per (topic, column, estimate); a grey tick per topic for its ceiling."""
    import altair as alt

    points = [_point(e, topic=topic, column=column) for topic, column, e in cells if _has_number(e)]
    ticks = [_point(e, topic=topic) for topic, e in ceilings.items() if _has_number(e)]
    y = alt.Y(field="topic", type="nominal", sort=None, title=None, scale=alt.Scale(domain=list(topics)))
    colours = alt.Scale(domain=list(columns), range=list(MARKS[: len(columns)]))
    shapes = alt.Scale(domain=list(columns), range=list(SHAPES[: len(columns)]))
    legend = alt.Legend(orient="bottom", direction="horizontal", columns=2, labelLimit=180)
    base = alt.Chart(_inline(points)).encode(
        y=y,
        yOffset=alt.YOffset(field="column", type="nominal", sort=None, scale=alt.Scale(domain=list(columns), padding=0.5)),
        color=alt.Color(field="column", type="nominal", sort=None, title=None, scale=colours, legend=legend),
    )
    title = "stated agreement"
    marks = base.mark_point(filled=True, size=55, opacity=1).encode(
        x=_share(title), shape=alt.Shape(field="column", type="nominal", sort=None, title=None, scale=shapes, legend=legend)
    )
    band = max(26, 13 * len(columns) + 8)
    tops = alt.Chart(_inline(ticks)).mark_tick(color=CEILING, thickness=3, size=band - 8).encode(x=_share(title), y=y)
    layers = [*([tops] if ticks else []), _whiskers(base, title), marks]
    return _finished(alt.layer(*layers).properties(width=270, height=band * len(topics)))


def _share(title: str, field: str = "value") -> alt.X:
    import altair as alt

    axis = alt.Axis(title=title, values=[0, 0.25, 0.5, 0.75, 1], format=".2f", labelFlush=False)
    return alt.X(field=field, type="quantitative", scale=alt.Scale(domain=[0, 1]), axis=axis)


def _whiskers(base: alt.Chart, title: str) -> alt.Chart:
    """The intervals of a chart's points, as lines; a point without an interval has none."""
    import altair as alt

    lines: alt.Chart = base.mark_rule(strokeWidth=2).encode(x=_share(title, "low"), x2=alt.X2(field="high"))
    return lines


def _ceiling_layers(ceiling: Estimate | None, title: str) -> list[alt.Chart]:
    import altair as alt

    if ceiling is None or not _has_number(ceiling):
        return []
    chart = alt.Chart(_inline([_point(ceiling)]))
    band = chart.mark_rect(color=CEILING, opacity=0.18).encode(x=_share(title, "low"), x2=alt.X2(field="high"))
    rule = chart.mark_rule(color=CEILING, strokeWidth=1.5, strokeDash=[5, 3]).encode(x=_share(title))
    return [band, rule]


def _has_number(estimate: Estimate | None) -> bool:
    return estimate is not None and not isinstance(estimate.value, NotMeasured)


def _point(estimate: Estimate | None, **names: str) -> dict[str, Any]:
    """The names with value, low and high; without an interval, low and high are the value itself."""
    if estimate is None or isinstance(estimate.value, NotMeasured):
        raise ValueError("a point needs an estimate with a value")
    low = estimate.value if isinstance(estimate.low, NotMeasured) else estimate.low
    high = estimate.value if isinstance(estimate.high, NotMeasured) else estimate.high
    return {**names, "value": estimate.value, "low": low, "high": high}


def _inline(values: list[dict[str, Any]]) -> alt.InlineData:
    import altair as alt

    return alt.InlineData(values)


def _finished(chart: Drawing, *, grid: bool = True) -> Drawing:
    """The common look: no frame, no background, calm lines; the page's style sheet recolours print and lines in the dark."""
    finished: Drawing = (
        chart.configure(background="transparent", font=FONT, padding=6, aria=False)
        .configure_view(stroke=None)
        .configure_axis(
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
            labelColor=INK,
            titleColor=INK,
            labelLimit=190,
            grid=grid,
            gridColor=GRID_LINE,
            domain=False,
            ticks=False,
            labelPadding=6,
        )
        .configure_legend(orient="bottom", labelFontSize=12, labelColor=INK, symbolSize=70)
    )
    return finished
