"""Responders as points on a plane, each with its name and a ring that says how far its place is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from normscope.report.charts.look import GRID_LINE, INK, finished, inline, key, tips
from normscope.report.palette import EXPLICIT, STATED

if TYPE_CHECKING:
    from normscope.report.charts.look import Drawing

__all__ = ["MapPoint", "responder_map"]

SIDE = 340
"""Width and height of the plane, in pixels."""

ROOM = 0.12
"""Room around the points, as a share of the plane's side."""

KINDS = ("model", "human")
PALE = "1f"
"""Behind a colour: at an eighth of its strength."""

COLOURS = {"model": STATED, "human": EXPLICIT}
MARKS = {"model": "circle", "human": "diamond"}

DOT, AWAY, LETTER, LINE = 6, 8, 6.6, 14
"""Pixels: half a mark, from a mark to its name, a letter's width, a line's height."""

PLACES: dict[str, dict[str, Any]] = {
    "right": {"align": "left", "baseline": "middle", "dx": AWAY},
    "left": {"align": "right", "baseline": "middle", "dx": -AWAY},
    "above": {"align": "center", "baseline": "bottom", "dy": -AWAY},
    "below": {"align": "center", "baseline": "top", "dy": AWAY},
}


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

    across, down = _middle([p.x for p in points]), _middle([p.y for p in points])
    reach = max(max(abs(p.x - across), abs(p.y - down)) + (p.spread or 0) for p in points) or 1.0
    reach *= 1 + ROOM
    sides = label_sides([((p.x - across) / reach * SIDE / 2, (down - p.y) / reach * SIDE / 2, len(p.name)) for p in points])
    values = [
        {
            **asdict(p),
            "told": "not known" if p.spread is None else f"{p.spread:.2f}",
            "area": _area(p.spread, reach),
            "pale": f"{COLOURS[p.kind]}{PALE}",
            "side": side,
        }
        for p, side in zip(points, sides, strict=True)
    ]

    def scale(middle: float) -> alt.Scale:
        return alt.Scale(domain=[middle - reach, middle + reach], nice=False)

    axis = alt.Axis(labels=False, title=None, values=[])
    present = [kind for kind in KINDS if any(p.kind == kind for p in points)]
    # said outright, else the symbols take their size from the rings
    legend = alt.Legend(symbolSize=80, symbolOpacity=1)
    places: dict[str, Any] = {
        "x": alt.X(field="x", type="quantitative", scale=scale(across), axis=axis),
        "y": alt.Y(field="y", type="quantitative", scale=scale(down), axis=axis),
    }
    tooltip = tips(name="responder", kind="kind", told="moves by")
    base = alt.Chart(inline(values)).encode(
        **places,
        color=key(alt.Color, "kind", present, [COLOURS[k] for k in present], legend=legend),
        tooltip=tooltip,
    )
    rings = (
        alt.Chart(inline(values))
        .mark_point(shape="circle", strokeWidth=0)
        .encode(
            **places,
            size=alt.Size(field="area", type="quantitative", scale=None, legend=None),
            # as a colour of its own: the legend takes the opacity of the first layer that shares its scale
            fill=alt.Fill(field="pale", type="nominal", scale=None),
            tooltip=tooltip,
        )
    )
    marks = base.mark_point(filled=True, size=80, opacity=1).encode(
        shape=key(alt.Shape, "kind", present, [MARKS[k] for k in present], legend=legend)
    )
    names = [
        alt.Chart(inline([v for v in values if v["side"] == side]))
        .mark_text(fontSize=12, color=INK, **PLACES[side])
        .encode(**places, text=alt.Text(field="name", type="nominal"))
        for side in dict.fromkeys(sides)
    ]
    return finished(alt.layer(rings, marks, *names).properties(width=SIDE, height=SIDE, view={"stroke": GRID_LINE}))


def label_sides(points: Sequence[tuple[float, float, int]]) -> list[str]:
    """On which side of each point (x, y in pixels, y downwards, and the length of its name) the name is least in the way.

    >>> label_sides([(0, 0, 8), (4, 0, 8)])
    ['left', 'right']
    """
    taken = [(x - DOT, y - DOT, x + DOT, y + DOT) for x, y, _ in points]
    sides = []
    for x, y, length in points:
        boxes = {side: _box(x, y, length, side) for side in PLACES}
        best = min(boxes, key=lambda side: sum(_overlap(boxes[side], other) for other in taken) + _outside(boxes[side]))
        taken.append(boxes[best])
        sides.append(best)
    return sides


def _box(x: float, y: float, length: int, side: str) -> tuple[float, float, float, float]:
    wide = length * LETTER
    if side in {"right", "left"}:
        start = x + AWAY if side == "right" else x - AWAY - wide
        return start, y - LINE / 2, start + wide, y + LINE / 2
    top = y - AWAY - LINE if side == "above" else y + AWAY
    return x - wide / 2, top, x + wide / 2, top + LINE


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> float:
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return wide * high if wide > 0 and high > 0 else 0.0


def _outside(box: tuple[float, float, float, float]) -> float:
    """How much of the box lies left or right of the plane."""
    over = max(0.0, -SIDE / 2 - box[0]) + max(0.0, box[2] - SIDE / 2)
    return over * LINE


def _middle(values: Sequence[float]) -> float:
    return (min(values) + max(values)) / 2


def _area(spread: float | None, reach: float) -> float:
    """The area in square pixels that Vega gives a circle of this radius: it takes the side of the square around it, squared."""
    diameter = 2 * (spread or 0.0) / (2 * reach) * SIDE
    return diameter * diameter
