"""The match labels of one dilemma as small grids: who, by row, says what towards which solution, by column."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from normscope.records import Basis, Label, Match
from normscope.report.text import counted

__all__ = ["Grid", "GridRow", "grids"]

CELL_LIMIT = 2_000
"""A grid with more cells is not drawn; its labels are counted instead."""

HEADINGS = {
    Basis.MAIN: "Main solution of the row against each solution",
    Basis.STATED: "Whole unprompted text of the row against each solution",
    Basis.EXPLICIT: "Answer of the row when shown each solution",
}

# Cells are the bulk of a large page: they are fixed pieces of markup without any data in them.
_CELLS = {
    Label.AGREE: Markup("<td class=a>A"),
    Label.DISAGREE: Markup("<td class=d>D"),
    Label.SILENT: Markup("<td>s"),
    Label.UNCLEAR: Markup("<td class=u>?"),
}
_OWN = Markup("<td class=o>·")
_NONE = Markup("<td>")


@dataclass(frozen=True)
class GridRow:
    """One responder's labels; `cells` is ready-made markup that holds no data."""

    name: str
    cells: Markup


@dataclass(frozen=True)
class Grid:
    """The labels of one basis. `summary` counts them; `columns` and `rows` are empty where there are too many to draw."""

    heading: str
    columns: tuple[int, ...]
    rows: tuple[GridRow, ...]
    summary: str


def grids(
    matches: Iterable[Match],
    names: Mapping[tuple[str, int], str],
    numbers: Mapping[str, int],
    owners: Mapping[str, tuple[str, int]],
) -> tuple[Grid, ...]:
    """One grid per basis that has labels.

    `names` are the rows in order by (responder, draw), `numbers` the solutions' numbers, `owners` whose solution it is.
    """
    by_basis: dict[Basis, list[Match]] = defaultdict(list)
    for match in matches:
        by_basis[match.basis].append(match)
    return tuple(_grid(basis, by_basis[basis], names, numbers, owners) for basis in Basis if by_basis[basis])


def _grid(
    basis: Basis,
    matches: Sequence[Match],
    names: Mapping[tuple[str, int], str],
    numbers: Mapping[str, int],
    owners: Mapping[str, tuple[str, int]],
) -> Grid:
    summary = counted(Counter(m.label.value for m in matches))
    labels: dict[tuple[str, int], dict[str, Label]] = defaultdict(dict)
    for m in matches:
        labels[m.responder_id, m.draw][m.solution_id] = m.label
    asked = {m.solution_id for m in matches}
    columns = [(number, solution_id) for solution_id, number in numbers.items() if solution_id in asked]
    rows = [source for source in names if source in labels]
    if len(rows) * len(columns) > CELL_LIMIT:
        return Grid(HEADINGS[basis], (), (), summary)
    drawn = tuple(
        GridRow(names[source], Markup("").join(_cell(labels[source].get(s), owners.get(s) == source) for _, s in columns))
        for source in rows
    )
    return Grid(HEADINGS[basis], tuple(number for number, _ in columns), drawn, summary)


def _cell(label: Label | None, own: bool) -> Markup:
    if label is not None:
        return _CELLS[label]
    return _OWN if own else _NONE
