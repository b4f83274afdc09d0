"""The matrix of stated agreement: every ordered pair, in blocks by kind, within which those stand together who answer alike."""

from __future__ import annotations

from collections.abc import Sequence

from normscope.records import Estimate, Kind, NotMeasured, Pairing, Responder
from normscope.report.charts.heat_map import heat_map
from normscope.report.content import Column, Table
from normscope.report.data import ReportData
from normscope.report.figures import Figure
from normscope.report.labels import SYMBOLS, labels
from normscope.report.lookup import PEOPLE, Lookup
from normscope.report.text import basis_of
from normscope.report.validated import corrections

__all__ = ["MATRIX_LIMIT", "matrix"]

MATRIX_LIMIT = 24
"""The most responders in the matrix; more would not be legible."""

EVERYONE = f"{SYMBOLS[Kind.HUMAN]} all people"


def matrix(data: ReportData, found: Lookup) -> Figure | None:
    """Stated agreement of every ordered pair and of each with all people together; None where no pair has a number."""
    met = {name for _, r, t in found.pairs(["stated"]) for name in (r, t)}
    models = [m for m in data.models if m.responder_id in met][:MATRIX_LIMIT]
    people = [p for p in data.people if p.responder_id in met][: MATRIX_LIMIT - len(models)]
    place = {row["responder_id"]: row["order"] for row in data.rows("map") if not isinstance(row["order"], NotMeasured)}
    # the others keep their order behind those that the tree has
    models, people = (sorted(some, key=lambda r: place.get(r.responder_id, len(place))) for some in (models, people))
    names = labels([*models, *people])
    cells: list[tuple[str, str, Estimate]] = []
    pairs: list[tuple[str, str, Estimate]] = []
    for a in (*models, *people):
        for b, column, estimate in _row(a, [*models, *people], names, found):
            cells.append((names[a.responder_id], column, estimate))
            pairs.append((a.responder_id, b, estimate))
    if all(isinstance(e.value, NotMeasured) for _, _, e in cells):
        return None
    together = any(column == EVERYONE for _, column, _ in cells)
    models_drawn, people_drawn = ([names[r.responder_id] for r in some] for some in (models, people))
    left_out = len(data.responders) - len(names)
    more = f" {left_out:,} further responders are not drawn one by one." if left_out else ""
    order = "Within a block those stand together who answer alike (average linkage)" if place else NO_TREE
    raw = " These are the matcher's own values; the corrected ones are in the tables." if corrections(data) else ""
    caption = (
        f"Stated agreement of each ordered pair ({SYMBOLS[Kind.MODEL]} model, {SYMBOLS[Kind.HUMAN]} person or panel): how often "
        f"what the row says agrees with the column. {order}. On the diagonal: test–retest, where there is more than one draw. "
        f"Empty: not measured.{raw} {basis_of(e for _, _, e in cells)}{more}"
    )
    return Figure(
        "agreement_matrix",
        "Heat map of stated agreement between responders, in blocks model–model, model–human and human–human; its numbers are "
        "in the table below it.",
        caption,
        _table(pairs, basis_of(e for _, _, e in cells)),
        lambda: heat_map(cells, models_drawn, people_drawn, EVERYONE if together else ""),
        wide=len(names) + together > 6,
    )


NO_TREE = "In the order of the study, since there is no tree of who answers alike (it needs an agreement of every pair)"


def _row(a: Responder, drawn: Sequence[Responder], names: dict[str, str], found: Lookup) -> list[tuple[str, str, Estimate]]:
    """The target, its column and the estimate of each pair that `a` has."""
    cells = []
    for b in drawn:
        pairing = Pairing.RETEST if a is b else Pairing.of(a.kind, b.kind)
        estimate = found.pair("stated", pairing.value, a.responder_id, b.responder_id)
        if estimate is not None:
            cells.append((b.responder_id, names[b.responder_id], estimate))
    together = found.pair("stated", Pairing.of(a.kind, Kind.HUMAN).value, a.responder_id, PEOPLE)
    return [*cells, ("all people", EVERYONE, together)] if together is not None else cells


def _table(pairs: Sequence[tuple[str, str, Estimate]], note: str) -> Table:
    columns = (
        Column("responder", "Responder", numeric=False),
        Column("target", "agrees with", numeric=False),
        Column("stated", "Stated"),
    )
    return Table("agreement_matrix", "Stated agreement of each ordered pair, as drawn", columns, tuple(pairs), note)
