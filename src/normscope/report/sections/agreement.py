"""Who agrees with whom: the matrix ordered by who answers alike, the map of responders, and every pair."""

from __future__ import annotations

from normscope.records import Responder
from normscope.report.content import Cell, Column, Section, Table
from normscope.report.data import ReportData
from normscope.report.lookup import PEOPLE, Lookup
from normscope.report.pairs import PairTable, columns_of, pair_table
from normscope.report.sections.matrix import matrix
from normscope.report.sections.places import map_figure, tree_table
from normscope.report.text import basis_of

__all__ = ["agreement"]

FEW = 40
"""Up to so many rows the pairs are shown at once; of more only the totals, and the rest is folded."""


def agreement(data: ReportData, found: Lookup) -> Section:
    """The matrix, the map where responders have places, and the pairs with their main and their further measures."""
    main_columns, further_columns = columns_of(data)
    main, further = pair_table(data, found, main_columns), pair_table(data, found, further_columns)
    figures = [figure for figure in (matrix(data, found), map_figure(data)) if figure is not None]
    tables, parts = [], []
    if main.length > FEW:
        tables.append(_table("pairs_together", "Who agrees with whom, all together", main.totals(), data))
        every = _table("pairs", "Who agrees with whom, pair by pair", main, data)
        parts.append(Section("every-pair", "Every pair", tables=[every], folded=True))
    elif main.groups:
        tables.append(_table("pairs", "Who agrees with whom", main, data))
    if further.groups:
        more = _table("further_pairs", "Further measures of the same pairs", further, data)
        parts.append(Section("further", "Further measures of the same pairs", tables=[more], folded=True))
    joins = tree_table(data)
    if joins is not None:
        parts.append(Section("tree", "Who answers alike, as a tree", tables=[joins], folded=True))
    said = [] if main.groups else [*main.missing] or ["No agreement of any pair was measured."]
    return Section("agreement", "Who agrees with whom", said, figures=figures, tables=tables, parts=parts)


def _table(name: str, caption: str, pairs: PairTable, data: ReportData) -> Table:
    known = {r.responder_id: r for r in data.responders}
    columns = (
        Column("responder", "Responder", numeric=False),
        Column("target", "agrees with", numeric=False),
        *(Column(c.metric, c.heading, c.meaning) for c in pairs.columns),
        Column("n_dilemmas", "Dilemmas that count", "dilemmas with at least one comparison in the first column"),
        Column(
            "excluded",
            "Comparisons left out",
            "of the first column, by reason; one dilemma has several comparisons",
            numeric=False,
        ),
    )
    rows: list[tuple[Cell, ...]] = []
    groups: dict[int, str] = {}
    totals = set()
    left_out = 0
    for group in pairs.groups:
        groups[len(rows)] = group.pairing
        left_out += group.left_out
        for row in group.rows:
            if not row.responder:
                totals.add(len(rows))
            names = (row.responder, _target(row.responder, row.target, known)) if row.responder else ("all pairs together", None)
            rows.append((*names, *row.cells, row.n, row.excluded))
    ordered = "Pairs are ordered: the responder's words against the target's solutions."
    note = " ".join((basis_of(pairs.estimates), ordered, *pairs.missing))
    return Table(name, caption, columns, tuple(rows), note, groups, frozenset(totals), left_out)


def _target(responder: str, target: str, known: dict[str, Responder]) -> str:
    if target == PEOPLE and PEOPLE not in known:
        return "all people"
    return "itself, another draw" if target == responder else target
