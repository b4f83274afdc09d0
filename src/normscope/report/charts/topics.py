"""A rate by topic: each responder's pooled rate with its interval, its raw rate hollow, and the topic's ceiling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from normscope.records import Estimate
from normscope.report.charts.look import band, finished, has_number, inline, key, point, share, tips, whiskers
from normscope.report.palette import CEILING, MARKS, SHAPES

if TYPE_CHECKING:
    from normscope.report.charts.look import Drawing

__all__ = ["topic_plot"]

LEAST_BAND, PER_MARK, ROOM = 26, 13, 8
"""Pixels: the least height of a topic, what each mark adds, and what is left free."""


def topic_plot(
    points: Sequence[Mapping[str, Any]],
    topics: Sequence[str],
    columns: Sequence[str],
    ceilings: Mapping[str, Estimate],
) -> Drawing:
    """`points`: topic, column, value, low, high, interval, n, and `raw` where the value is a pooled one."""
    import altair as alt

    ticks = [point(e, topic=topic) for topic, e in ceilings.items() if has_number(e)]
    title = "stated agreement"
    y = band("topic", topics)
    offset = alt.YOffset(field="column", type="nominal", sort=None, scale=alt.Scale(domain=list(columns), padding=0.5))
    legend = alt.Legend(orient="bottom", direction="horizontal", columns=2, labelLimit=180)
    colour = key(alt.Color, "column", columns, MARKS[: len(columns)], legend=legend)
    shape = key(alt.Shape, "column", columns, SHAPES[: len(columns)], legend=legend)
    pooled = any("raw" in p for p in points)
    told = {"topic": "topic", "column": "responder", "value": "pooled" if pooled else "stated", "interval": "interval"}
    tooltip = tips(**told, **({"raw": "raw"} if pooled else {}), n="dilemmas")
    base = alt.Chart(inline([dict(p) for p in points])).encode(y=y, yOffset=offset, color=colour, tooltip=tooltip)
    marks = base.mark_point(filled=True, size=55, opacity=1).encode(x=share(title), shape=shape)
    hollow = base.mark_point(filled=False, size=55, opacity=0.9, strokeWidth=1).encode(x=share(title, "raw"), shape=shape)
    height = max(LEAST_BAND, PER_MARK * len(columns) + ROOM)
    tops = (
        alt.Chart(inline(ticks))
        .mark_tick(color=CEILING, thickness=3, size=height - ROOM)
        .encode(x=share(title), y=y, tooltip=tips(topic="topic", value="ceiling", interval="interval", n="dilemmas"))
    )
    layers = [*([tops] if ticks else []), whiskers(base, title), *([hollow] if pooled else []), marks]
    return finished(alt.layer(*layers).properties(width=270, height=height * len(topics)))
