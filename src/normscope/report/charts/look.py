"""What all charts have in common: their look, the axis of shares, points with intervals, and how data get into them.

Values are inline and every order is given, so that a chart's JSON is always the same. Text from the study appears only as
values and as items of scale domains, never in an expression.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from normscope.records import Estimate, NotMeasured
from normscope.report.text import number, percent

if TYPE_CHECKING:
    import altair as alt

    Drawing = alt.LayerChart | alt.FacetChart | alt.HConcatChart

__all__ = ["GRID_LINE", "INK", "SOFT", "band", "finished", "has_number", "inline", "key", "point", "share", "tips", "whiskers"]

FONT = "Helvetica, Arial, Liberation Sans, sans-serif"
GRID_LINE = "#d5d8dc"
INK = "#1c1f23"
SOFT = "#565d66"
"""Of words within a figure; the page's style sheet knows both inks and turns them in the dark."""


def share(title: str, field: str = "value") -> alt.X:
    """The axis from 0 to 1."""
    import altair as alt

    axis = alt.Axis(title=title, values=[0, 0.25, 0.5, 0.75, 1], format=".2f", labelFlush=False)
    return alt.X(field=field, type="quantitative", scale=alt.Scale(domain=[0, 1]), axis=axis)


def band(field: str, domain: Sequence[str]) -> alt.Y:
    """One row per name, in the order given."""
    import altair as alt

    return alt.Y(
        field=field,
        type="nominal",
        sort=None,
        title=None,
        axis=alt.Axis(grid=False),
        scale=alt.Scale(domain=list(domain)),
    )


def key(channel: type[Any], field: str, domain: Sequence[str], values: Sequence[str], **options: Any) -> Any:
    """A colour or a shape (`channel`) per name of the domain."""
    import altair as alt

    scale = alt.Scale(domain=list(domain), range=list(values))
    return channel(field=field, type="nominal", sort=None, title=None, scale=scale, **options)


def whiskers(base: alt.Chart, title: str) -> alt.Chart:
    """The intervals of a chart's points, as lines; a point without an interval has none."""
    import altair as alt

    lines: alt.Chart = base.mark_rule(strokeWidth=2).encode(x=share(title, "low"), x2=alt.X2(field="high"))
    return lines


def has_number(estimate: Estimate | None) -> bool:
    """Whether there is an estimate, and it has a value."""
    return estimate is not None and not isinstance(estimate.value, NotMeasured)


def point(estimate: Estimate | None, **names: str) -> dict[str, Any]:
    """The names with value, low and high, and what a reader is told who points at it; without an interval, low and high are the
    value itself."""
    if estimate is None or isinstance(estimate.value, NotMeasured):
        raise ValueError("a point needs an estimate with a value")
    if isinstance(estimate.low, NotMeasured) or isinstance(estimate.high, NotMeasured):
        low = high = estimate.value
        told = "not measured"
    else:
        low, high = estimate.low, estimate.high
        told = f"{number(low)} to {number(high)} ({percent(estimate.level)})"
    return {**names, "value": estimate.value, "low": low, "high": high, "interval": told, "n": estimate.n_dilemmas}


def tips(**titles: str) -> list[Any]:
    """What is shown to who points at a mark: fields and what they are called; numbers are written by the spec's own format."""
    import altair as alt

    number = {"value", "pooled", "raw", "gap", "above"}
    return [
        alt.Tooltip(field=field, type="quantitative", format=".2f", title=title)
        if field in number
        else alt.Tooltip(field=field, type="nominal", title=title)
        for field, title in titles.items()
    ]


def inline(values: list[dict[str, Any]]) -> alt.InlineData:
    """Data of a chart, in its JSON."""
    import altair as alt

    # a tuple, since altair copies lists again and again as a chart is put together
    return alt.InlineData(tuple(values))


def finished(chart: Drawing, *, grid: bool = True) -> Drawing:
    """The common look: no frame, no background, calm lines; the page's style sheet recolours print and lines in the dark."""
    done: Drawing = (
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
    return done
