"""Point and interval of each row, beside a ceiling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from normscope.records import Estimate
from normscope.report.charts.look import band, finished, has_number, inline, key, point, share, tips, whiskers
from normscope.report.palette import CEILING, EXPLICIT, STATED

if TYPE_CHECKING:
    import altair as alt

    from normscope.report.charts.look import Drawing

__all__ = ["ForestRow", "ceiling_layers", "forest"]

ForestRow = tuple[str, Estimate | None, Estimate | None]
"""A label with its stated and its explicit estimate."""

ROW_HEIGHT = 42
COLOURS = {"stated": STATED, "explicit": EXPLICIT}
MARKS = {"stated": "circle", "explicit": "diamond"}
TITLE = "share that agrees"


def forest(rows: Sequence[ForestRow], ceiling: Estimate | None) -> Drawing:
    """Stated above explicit in each row; the ceiling as a rule with its interval as a band."""
    import altair as alt

    points: list[dict[str, Any]] = []
    for label, stated, explicit in rows:
        points += [point(e, row=label, metric=m) for m, e in (("stated", stated), ("explicit", explicit)) if has_number(e)]
    metrics = [m for m in COLOURS if any(p["metric"] == m for p in points)]
    base = alt.Chart(inline(points)).encode(
        y=band("row", [label for label, _, _ in rows]),
        yOffset=alt.YOffset(field="metric", type="nominal", sort=None, scale=alt.Scale(domain=metrics, padding=0.4)),
        color=key(alt.Color, "metric", metrics, [COLOURS[m] for m in metrics]),
        tooltip=tips(row="responder", metric="metric", value="agreement", interval="interval", n="dilemmas"),
    )
    marks = base.mark_point(filled=True, size=70, opacity=1).encode(
        x=share(TITLE), shape=key(alt.Shape, "metric", metrics, [MARKS[m] for m in metrics])
    )
    layers = [*ceiling_layers(ceiling, TITLE), whiskers(base, TITLE), marks]
    return finished(alt.layer(*layers).properties(width=270, height=ROW_HEIGHT * len(rows)))


def ceiling_layers(ceiling: Estimate | None, title: str) -> list[alt.Chart]:
    """The ceiling as a dashed rule in a band; nothing where it has no number."""
    import altair as alt

    if ceiling is None or not has_number(ceiling):
        return []
    chart = alt.Chart(inline([point(ceiling)]))
    tooltip = tips(value="ceiling", interval="interval", n="dilemmas")
    grey = chart.mark_rect(color=CEILING, opacity=0.18).encode(x=share(title, "low"), x2=alt.X2(field="high"), tooltip=tooltip)
    rule = chart.mark_rule(color=CEILING, strokeWidth=1.5, strokeDash=[5, 3]).encode(x=share(title), tooltip=tooltip)
    return [grey, rule]
