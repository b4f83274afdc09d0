"""The same rates under every reading (rows) and every reference policy (panels)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from normscope.records import Estimate
from normscope.report.charts.look import SOFT, finished, has_number, inline, key, point, tips
from normscope.report.palette import MARKS, SHAPES

if TYPE_CHECKING:
    import altair as alt

    from normscope.report.charts.look import Drawing

__all__ = ["readings_plot"]

WIDTH = 150


def readings_plot(
    cells: Mapping[tuple[str, str, str], Estimate], readings: Sequence[str], policies: Sequence[str], models: Sequence[str]
) -> Drawing:
    """`cells` by (reading, policy, model's label); at most as many models as there are `MARKS`."""
    import altair as alt

    height = len(readings) * max(28, 12 * len(models) + 10)
    panels = []
    for policy in policies:
        points = [
            point(cells[reading, policy, model], reading=reading, model=model)
            for reading in readings
            for model in models
            if has_number(cells.get((reading, policy, model)))
        ]
        first = policy == policies[0]
        labels = alt.Axis(grid=False) if first else alt.Axis(labels=False, grid=False)
        offset = alt.YOffset(field="model", type="nominal", sort=None, scale=alt.Scale(domain=list(models), padding=0.5))
        base = alt.Chart(inline(points)).encode(
            y=alt.Y(field="reading", type="nominal", sort=None, title=None, axis=labels, scale=alt.Scale(domain=list(readings))),
            yOffset=offset,
            color=key(alt.Color, "model", models, MARKS[: len(models)]),
            tooltip=tips(model="model", reading="reading", value="stated", interval="interval", n="dilemmas"),
        )
        marks = base.mark_point(filled=True, size=50, opacity=1).encode(
            x=_short_share(), shape=key(alt.Shape, "model", models, SHAPES[: len(models)])
        )
        lines = base.mark_rule(strokeWidth=2).encode(x=_short_share("low"), x2=alt.X2(field="high"))
        title = alt.TitleParams(text=policy, anchor="start", fontSize=12, fontWeight="normal", color=SOFT)
        panels.append(alt.layer(lines, marks).properties(width=WIDTH, height=height, title=title))
    return finished(alt.hconcat(*panels, spacing=14).resolve_scale(color="shared", shape="shared"))


def _short_share(field: str = "value") -> alt.X:
    import altair as alt

    axis = alt.Axis(title=None, values=[0, 0.5, 1], format=".1f", labelFlush=False)
    return alt.X(field=field, type="quantitative", scale=alt.Scale(domain=[0, 1]), axis=axis)
