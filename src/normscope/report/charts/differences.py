"""Paired differences as a forest plot: point and interval of each row, beside the line of no change."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING, Any

from normscope.records import NOT_SHOWN, Change, NotMeasured
from normscope.report.charts.look import band, finished, inline, key, tips
from normscope.report.palette import CEILING, MARKS, SHAPES
from normscope.report.text import number, percent

if TYPE_CHECKING:
    import altair as alt

    from normscope.report.charts.look import Drawing

__all__ = ["DifferenceRow", "differences"]

DifferenceRow = tuple[str, str, Change]
"""The row, the mark within it (a measure, or a model), and what changed."""

TITLE = "b − a"
TICKS = 4
"""To each side of 0 so many at most."""


def differences(cells: Sequence[DifferenceRow], rows: Sequence[str], marks: Sequence[str]) -> Drawing:
    """Each mark has a colour and a shape of its own; it is filled where the change is shown, hollow where it is not.

    There are no more marks than `palette.MARKS`.
    """
    import altair as alt

    colours = dict(zip(marks, MARKS, strict=False))
    points = [_point(*cell, colours[cell[1]]) for cell in cells if not isinstance(cell[2].difference, NotMeasured)]
    furthest = max((abs(p[end]) for p in points for end in ("low", "high")), default=0.0)
    step = ceil(max(furthest, 0.01) * 20 / TICKS) / 20  # in twentieths
    reach = step * ceil(furthest / step) if furthest else step
    axis = alt.Axis(title=TITLE, values=_ticks(step, reach), format=".2f", labelFlush=False)

    def along(field: str) -> alt.X:
        return alt.X(field=field, type="quantitative", scale=alt.Scale(domain=[-reach, reach]), axis=axis)

    base = alt.Chart(inline(points)).encode(
        y=band("row", rows),
        yOffset=alt.YOffset(field="mark", type="nominal", sort=None, scale=alt.Scale(domain=list(marks), padding=0.4)),
        tooltip=tips(row="of", mark="mark", value="difference", interval="interval", n="dilemmas", verdict="verdict"),
    )
    zero = alt.Chart(inline([{"zero": 0}])).mark_rule(color=CEILING, strokeWidth=1.5, strokeDash=[5, 3]).encode(x=along("zero"))
    legend = alt.Legend(symbolFillColor="transparent")
    stroke = key(alt.Stroke, "mark", marks, MARKS[: len(marks)], legend=legend)
    whiskers = base.mark_rule(strokeWidth=2).encode(x=along("low"), x2=alt.X2(field="high"), stroke=stroke)
    drawn = base.mark_point(size=70, opacity=1, strokeWidth=2).encode(
        x=along("value"),
        shape=key(alt.Shape, "mark", marks, SHAPES[: len(marks)], legend=legend),
        stroke=stroke,
        fill=alt.Fill(field="fill", type="nominal", scale=None),
    )
    height = max(30, 16 * len(marks) + 10) * len(rows)
    return finished(alt.layer(zero, whiskers, drawn).properties(width=270, height=height))


def _ticks(step: float, reach: float) -> list[float]:
    n = round(reach / step)
    return [round(i * step, 4) for i in range(-n, n + 1)]


def _point(row: str, mark: str, change: Change, colour: str) -> dict[str, Any]:
    value, low, high = change.difference, change.low, change.high
    if isinstance(low, NotMeasured) or isinstance(high, NotMeasured):
        low = high = value
        told = "not measured"
    else:
        told = f"{number(low, signed=True)} to {number(high, signed=True)} ({percent(change.level)})"
    fill = "transparent" if change.verdict == NOT_SHOWN else colour
    return {
        "row": row, "mark": mark, "value": value, "low": low, "high": high,
        "interval": told, "n": change.n_dilemmas, "verdict": change.verdict, "fill": fill,
    }  # fmt: skip
