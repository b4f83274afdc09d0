"""How conversations ended, as shares of each responder's conversations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from normscope.report.charts.look import band, finished, inline, tips
from normscope.report.palette import OUTCOMES

if TYPE_CHECKING:
    from normscope.report.charts.look import Drawing

__all__ = ["outcome_bars"]

ROW_HEIGHT = 26


def outcome_bars(counts: Mapping[str, Mapping[str, int]], outcomes: Sequence[str]) -> Drawing:
    """`counts` of each responder by outcome; the outcomes stand in every bar in the order given."""
    import altair as alt

    values = []
    for name, of in counts.items():
        total = sum(of.values())
        start = 0.0
        for outcome in outcomes:
            if of.get(outcome, 0):
                end = start + of[outcome] / total
                told = f"{of[outcome]:,} of {total:,}"
                values.append({"name": name, "outcome": outcome, "from": start, "to": end, "told": told})
                start = end
    present = [outcome for outcome in outcomes if any(v["outcome"] == outcome for v in values)]
    axis = alt.Axis(title="share of conversations", values=[0, 0.25, 0.5, 0.75, 1], format=".2f", labelFlush=False)
    chart = (
        alt.Chart(inline(values))
        .mark_bar(stroke="#ffffff", strokeWidth=1, height={"band": 0.7})
        .encode(
            y=band("name", list(counts)),
            x=alt.X(field="from", type="quantitative", scale=alt.Scale(domain=[0, 1]), axis=axis),
            x2=alt.X2(field="to"),
            color=alt.Color(
                field="outcome",
                type="nominal",
                sort=None,
                title=None,
                scale=alt.Scale(domain=present, range=[OUTCOMES[outcome] for outcome in present]),
            ),
            tooltip=tips(name="responder", outcome="outcome", told="conversations"),
        )
        .properties(width=270, height=ROW_HEIGHT * len(counts))
    )
    return finished(alt.layer(chart))
