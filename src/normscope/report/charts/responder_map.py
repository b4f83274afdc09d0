"""Responders as points on a plane, each with its name and a ring that says how far its place is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from normscope.report.charts.look import finished, inline, key, tips
from normscope.report.palette import EXPLICIT, STATED

if TYPE_CHECKING:
    from normscope.report.charts.look import Drawing

__all__ = ["MapPoint", "responder_map"]

SIDE = 340
"""Width and height of the plane, in pixels."""

ROOM = 0.12
"""Room around the points, as a share of the plane's side."""

KINDS = ("model", "human")


@dataclass(frozen=True)
class MapPoint:
    """A responder's place; `spread` is the radius of its ring, None where it is not known."""

    name: str
    kind: str
    x: float
    y: float
    spread: float | None


def responder_map(points: Sequence[MapPoint]) -> Drawing:
    """Both axes have the same scale, so that distances can be compared."""
    import altair as alt

    reach = max(max(abs(p.x) + (p.spread or 0), abs(p.y) + (p.spread or 0)) for p in points) or 1.0
    reach *= 1 + 2 * ROOM
    values = [
        {**asdict(p), "told": "not known" if p.spread is None else f"{p.spread:.2f}", "area": _area(p.spread, reach)}
        for p in points
    ]
    scale = alt.Scale(domain=[-reach, reach], nice=False)
    axis = alt.Axis(labels=False, title=None, values=[0])
    present = [kind for kind in KINDS if any(p.kind == kind for p in points)]
    base = alt.Chart(inline(values)).encode(
        x=alt.X(field="x", type="quantitative", scale=scale, axis=axis),
        y=alt.Y(field="y", type="quantitative", scale=scale, axis=axis),
        color=key(alt.Color, "kind", present, [{"model": STATED, "human": EXPLICIT}[k] for k in present]),
        tooltip=tips(name="responder", kind="kind", told="moves by"),
    )
    rings = base.mark_point(shape="circle", filled=True, opacity=0.12).encode(
        size=alt.Size(field="area", type="quantitative", scale=None, legend=None)
    )
    marks = base.mark_point(filled=True, size=80, opacity=1).encode(
        shape=key(alt.Shape, "kind", present, [{"model": "circle", "human": "diamond"}[k] for k in present])
    )
    names = base.mark_text(align="center", baseline="bottom", dy=-8, fontSize=12).encode(
        text=alt.Text(field="name", type="nominal")
    )
    return finished(alt.layer(rings, marks, names).properties(width=SIDE, height=SIDE))


def _area(spread: float | None, reach: float) -> float:
    """The area in square pixels that Vega gives a circle of this radius: it takes the side of the square around it, squared."""
    diameter = 2 * (spread or 0.0) / (2 * reach) * SIDE
    return diameter * diameter
