"""Each model's rank with the ranks that cannot be ruled out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from normscope.report.charts.look import band, finished, inline, tips
from normscope.report.palette import STATED

if TYPE_CHECKING:
    from normscope.report.charts.look import Drawing

__all__ = ["rank_plot"]

ROW_HEIGHT = 30


def rank_plot(rows: Sequence[Mapping[str, Any]]) -> Drawing:
    """`rows`: name, rank, low, high (whole numbers) and told, the best first. Rank 1 stands on the left."""
    import altair as alt

    last = max(row["high"] for row in rows)
    values = list(range(1, last + 1, max(1, last // 12)))
    scale = alt.Scale(domain=[0.5, last + 0.5], nice=False)
    axis = alt.Axis(title="rank (1 = agrees most with people)", values=values, format="d", labelFlush=False)

    def rank(field: str) -> alt.X:
        return alt.X(field=field, type="quantitative", scale=scale, axis=axis)

    base = alt.Chart(inline([dict(row) for row in rows])).encode(
        y=band("name", [row["name"] for row in rows]),
        tooltip=tips(name="model", rank="rank", ranks="ranks", told="stated"),
    )
    lines = base.mark_rule(color=STATED, strokeWidth=2).encode(x=rank("low"), x2=alt.X2(field="high"))
    ends = [base.mark_tick(color=STATED, thickness=2, size=10).encode(x=rank(end)) for end in ("low", "high")]
    marks = base.mark_point(filled=True, size=90, opacity=1, color=STATED, shape="circle").encode(x=rank("rank"))
    return finished(alt.layer(lines, *ends, marks).properties(width=270, height=ROW_HEIGHT * len(rows)))
