"""What is said unprompted and what is said when shown, joined by the gap, with how often anything is agreed with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from normscope.records import Estimate
from normscope.report.charts.look import SOFT, band, finished, has_number, inline, key, point, share, tips
from normscope.report.palette import ACQUIESCENCE, CEILING, EXPLICIT, STATED
from normscope.report.text import number

if TYPE_CHECKING:
    from normscope.report.charts.look import Drawing

__all__ = ["dumbbell"]

ROW_HEIGHT = 46
MARKS = {"stated": (STATED, "circle"), "explicit": (EXPLICIT, "diamond"), "acquiescence": (ACQUIESCENCE, "square")}


def dumbbell(rows: Mapping[str, Mapping[str, Estimate | None]], gaps: Mapping[str, Estimate | None]) -> Drawing:
    """`rows`: each label's estimates by metric (`stated`, `explicit`, `acquiescence`); `gaps`: its gap, printed on the line."""
    import altair as alt

    points: list[dict[str, Any]] = []
    for label, cells in rows.items():
        points += [point(cells.get(m), row=label, metric=m) for m in MARKS if has_number(cells.get(m))]
    lines = [_line(label, cells["stated"], cells["explicit"], gaps.get(label)) for label, cells in rows.items() if _both(cells)]
    metrics = [m for m in MARKS if any(p["metric"] == m for p in points)]
    y, title = band("row", list(rows)), "share that agrees"
    base = alt.Chart(inline(points)).encode(
        y=y,
        color=key(alt.Color, "metric", metrics, [MARKS[m][0] for m in metrics]),
        tooltip=tips(row="responder", metric="metric", value="value", interval="interval", n="dilemmas"),
    )
    marks = base.mark_point(filled=True, size=85, opacity=1).encode(
        x=share(title), shape=key(alt.Shape, "metric", metrics, [MARKS[m][1] for m in metrics])
    )
    joined = alt.Chart(inline(lines)).mark_rule(color=CEILING, strokeWidth=2)
    joined = joined.encode(x=share(title, "from"), x2=alt.X2(field="to"), y=y)
    told = (
        alt.Chart(inline(lines))
        .mark_text(dy=-12, fontSize=11, color=SOFT)
        .encode(x=share(title, "middle"), y=y, text=alt.Text(field="told", type="nominal"))
    )
    layers: Sequence[alt.Chart] = [*([joined, told] if lines else []), marks]
    return finished(alt.layer(*layers).properties(width=300, height=ROW_HEIGHT * len(rows)))


def _both(cells: Mapping[str, Estimate | None]) -> bool:
    return has_number(cells.get("stated")) and has_number(cells.get("explicit"))


def _line(label: str, stated: Estimate | None, explicit: Estimate | None, gap: Estimate | None) -> dict[str, Any]:
    start, end = point(stated)["value"], point(explicit)["value"]
    told = f"gap {number(gap.value, signed=True)}" if gap is not None and has_number(gap) else ""
    return {"row": label, "from": start, "to": end, "middle": (start + end) / 2, "told": told}
