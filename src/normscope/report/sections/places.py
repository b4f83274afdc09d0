"""Where responders stand on the map of agreement, and the tree of who answers alike."""

from __future__ import annotations

from typing import Any

from normscope.records import Kind, NotMeasured
from normscope.report.charts.responder_map import MapPoint, responder_map
from normscope.report.content import Column, Number, Table
from normscope.report.data import ReportData
from normscope.report.figures import Figure
from normscope.report.labels import distinct

__all__ = ["map_figure", "tree_table"]

CROWD = "people"
"""What all people together are called where they are too many to stand on the map one by one."""

MAP_LIMIT = 60
JOINS_SHOWN = 60


def map_figure(data: ReportData) -> Figure | None:
    """The map of agreement; None where fewer than three responders have a place on it."""
    rows = data.rows("map")
    placed = [row for row in rows if not isinstance(row["x"], NotMeasured)]
    if not 3 <= len(placed) <= MAP_LIMIT:
        return None
    kinds = {r.responder_id: r.kind for r in data.responders}
    names = dict(zip(kinds, distinct(list(kinds)), strict=True))
    points = [
        MapPoint(
            names.get(row["responder_id"], CROWD),
            kinds.get(row["responder_id"], Kind.HUMAN).value,
            row["x"],
            row["y"],
            None if isinstance(row["spread"], NotMeasured) else row["spread"],
        )
        for row in placed
    ]
    sizes = sorted({row["n_dilemmas"] for row in data.rows("map_pairs")})
    n = "–".join(f"{size:,}" for size in dict.fromkeys((sizes[0], sizes[-1]))) if sizes else "unknown"
    left_out = len(rows) - len(placed)
    more = f" {left_out:,} without a place are in the table." if left_out else ""
    caption = (
        "Who answers like whom: the nearer two stand, the more often their main solutions agree, both directions together. The "
        f"ring is how far a place moves over the resamples; the axes have no meaning of their own.{more} n = {n} dilemmas per "
        f"pair; {placed[0]['method']}."
    )
    return Figure(
        "responder_map",
        "Map of the responders: those that agree more stand nearer; their places are in the table below it.",
        caption,
        _places(rows, placed[0]["method"], n),
        lambda: responder_map(points),
    )


def _places(rows: list[dict[str, Any]], method: str, n: str) -> Table:
    columns = (
        Column("responder", "Responder", numeric=False),
        Column("x", "x"),
        Column("y", "y"),
        Column("spread", "Spread", "how far the place moves over the resamples (root mean square distance)"),
        Column("order", "Place in the tree", "the order in which the tree draws its leaves, from 0"),
    )
    cells = tuple((row["responder_id"], *(Number(row[name]) for name in ("x", "y", "spread")), row["order"]) for row in rows)
    note = f"Distances stand for 1 − agreement. n = {n} dilemmas per pair; {method}."
    return Table("responder_map", "Places on the map of agreement", columns, cells, note)


def tree_table(data: ReportData) -> Table | None:
    """The joins of the tree, the nearest first; None where there is no tree."""
    joins = data.rows("tree")
    if not joins:
        return None
    columns = (
        Column("members", "Group", "responders that are one group from this agreement down", numeric=False),
        Column("agreement", "Agreement", "mean stated agreement between the two groups that were joined"),
        Column("support", "Support", "share of the resamples in whose trees just these are a group"),
    )
    rows = tuple((", ".join(j["members"]), Number(j["agreement"]), Number(j["support"])) for j in joins[:JOINS_SHOWN])
    note = next((f"{row['method']}." for row in data.rows("map") if not isinstance(row["x"], NotMeasured)), "")
    left_out = len(joins) - len(rows)
    return Table("tree", "Joins of the tree of who answers alike, the nearest first", columns, rows, note, left_out=left_out)
