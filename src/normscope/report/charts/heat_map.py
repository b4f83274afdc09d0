"""A cell per ordered pair, printed and coloured by its value, in blocks by kind of pair."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from normscope.records import Estimate, NotMeasured, Pairing
from normscope.report.charts.heat_cells import cell_height, cell_layers, cell_width, heat_cell
from normscope.report.charts.look import SOFT, finished, inline, tips
from normscope.report.text import number

if TYPE_CHECKING:
    from normscope.report.charts.look import Drawing

__all__ = ["heat_map"]

OVER, BETWEEN, BEFORE_ALL = " ", "  ", "   "
"""Rows and columns without a name: room above the first block and between blocks."""


def heat_map(cells: Sequence[tuple[str, str, Estimate]], models: Sequence[str], people: Sequence[str], everyone: str) -> Drawing:
    """Models first, then people, then (where it has a name) the column of all people together; each block says what it is."""
    import altair as alt

    gap = [BETWEEN] if models and people else []
    rows = [OVER, *models, *gap, *people]
    columns = [*models, *gap, *people, *([BEFORE_ALL, everyone] if everyone else [])]
    values = [
        heat_cell(e.value, _interval(e), e.n_dilemmas, row=row, column=column)
        for row, column, e in cells
        if not isinstance(e.value, NotMeasured)
    ]
    blocks = [
        {"row": over, "column": side[0], "block": pairing.value}
        for over, of, pairings in (
            (OVER, models, (Pairing.MODEL_MODEL, Pairing.MODEL_HUMAN)),
            (BETWEEN if gap else OVER, people, (Pairing.MODEL_HUMAN, Pairing.HUMAN_HUMAN)),
        )
        for side, pairing in zip((models, people), pairings, strict=True)
        if of and side
    ]
    most = max(len(rows), len(columns))
    x = alt.X(
        field="column",
        type="nominal",
        sort=None,
        scale=alt.Scale(domain=columns, padding=0.06),
        axis=alt.Axis(orient="top", labelAngle=-40, title="how often the row agrees with", titlePadding=8),
    )
    y = alt.Y(field="row", type="nominal", sort=None, scale=alt.Scale(domain=rows, padding=0.06), title=None)
    base = alt.Chart(inline(values)).encode(
        x=x, y=y, tooltip=tips(row="responder", column="agrees with", value="stated", interval="interval", n="dilemmas")
    )
    step = cell_width(most)
    names = (
        alt.Chart(inline(blocks))
        .mark_text(align="left", baseline="bottom", dx=-step / 2 + 2, dy=8, fontSize=11, fontStyle="italic", color=SOFT)
        .encode(x=x, y=y, text=alt.Text(field="block", type="nominal"))
    )
    size = {"width": {"step": step}, "height": {"step": cell_height(most)}}
    return finished(alt.layer(*cell_layers(base, most), names).properties(**size), grid=False)


def _interval(e: Estimate) -> str:
    if isinstance(e.low, NotMeasured) or isinstance(e.high, NotMeasured):
        return "not measured"
    return f"{number(e.low)} to {number(e.high)}"
