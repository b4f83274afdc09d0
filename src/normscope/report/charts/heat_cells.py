"""The cells of heat maps: coloured by their value and printed with it, so that none is read by colour alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from normscope.report.palette import cell_colour, ink_on
from normscope.report.text import number

if TYPE_CHECKING:
    import altair as alt

__all__ = ["cell_height", "cell_layers", "cell_width", "heat_cell"]

MANY = 14
"""From this many rows on the cells are drawn smaller."""


def heat_cell(value: float, interval: str, n: int, **names: str) -> dict[str, Any]:
    """The names with a share in [0, 1], what is printed and in which colours, and what a reader is told who points at it."""
    return {
        **names,
        "value": value,
        "print": number(value),
        "fill": cell_colour(value),
        "ink": ink_on(value),
        "interval": interval,
        "n": n,
    }


def cell_width(most: int) -> int:
    """Pixels, where the longer side has so many cells."""
    return 34 if most >= MANY else 46


def cell_height(most: int) -> int:
    """Pixels, where the longer side has so many cells."""
    return 24 if most >= MANY else 30


def cell_layers(base: alt.Chart, most: int) -> list[alt.Chart]:
    """Fill and print of a chart whose data are `heat_cell`s."""
    import altair as alt

    fills = base.mark_rect().encode(fill=alt.Fill(field="fill", type="nominal", scale=None))
    prints = base.mark_text(fontSize=10 if most >= MANY else 12, baseline="middle").encode(
        text=alt.Text(field="print", type="nominal"), color=alt.Color(field="ink", type="nominal", scale=None)
    )
    return [fills, prints]
