"""Do the models keep their places whatever counts as agreement and whoever of the people is the reference?"""

from __future__ import annotations

from normscope.records import Estimate, Kind, NotMeasured, Policy, Reading
from normscope.report.charts.look import has_number, point
from normscope.report.charts.rate_grid import rate_grid
from normscope.report.charts.robustness import readings_plot
from normscope.report.content import Cell, Column, Section, Table
from normscope.report.data import ReportData
from normscope.report.figures import Figure
from normscope.report.labels import SYMBOLS, distinct
from normscope.report.lookup import ALL, PEOPLE
from normscope.report.palette import MARKS
from normscope.report.sections.matrix import MATRIX_LIMIT
from normscope.report.text import basis_of

__all__ = ["robustness"]

READINGS = tuple(reading.value for reading in Reading)
POLICIES = tuple(policy.value for policy in Policy)

CHANGES_SHOWN = 8

Found = dict[tuple[str, str, str], Estimate]
"""Stated agreement with people by reading, policy and responder; the ceiling under an empty name."""


def robustness(data: ReportData) -> Section:
    """Stated agreement under all readings and reference policies, and what changes the order of the models."""
    models = [m.responder_id for m in data.models]
    found = _found(data, models)
    title = "Robustness: readings and reference policies"
    measured = [e for (_, _, name), e in found.items() if name and not isinstance(e.value, NotMeasured)]
    if len({(e.reading, e.policy) for e in measured}) < 2:
        return Section("robustness", title, ["Stated agreement was measured under one reading and one reference policy only."])
    table = _table(found, models)
    figures = []
    if len(models) <= len(MARKS):
        figures.append(_dots(found, models, measured, table))
    elif len(models) <= MATRIX_LIMIT:
        figures.append(_grids(found, models, measured, table))
    changes = _changes(found, models)
    said = (
        "The usual rank of a model is by the reading main with the reference policy each. By these others some model has another "
        "rank (point values, whatever their intervals):"
    )
    if len(models) < 2:
        lines = []
    elif changes:
        lines = [said]
    else:
        lines = ["No reading and no reference policy changes the order of the models."]
    # below a figure its table is folded
    return Section("robustness", title, lines, changes, figures=figures, tables=[] if figures else [table])


def _dots(found: Found, models: list[str], measured: list[Estimate], table: Table) -> Figure:
    names = dict(zip(models, distinct(models), strict=True))
    cells = {(reading, policy, names[name]): e for (reading, policy, name), e in found.items() if name}
    caption = (
        "Stated agreement of each model with people under every reading (rows) and reference policy (panels). For the reading "
        f"violation less is better. {basis_of(measured)}"
    )
    return Figure(
        "readings",
        "Stated agreement of each model under every reading and reference policy; its numbers are in the table.",
        caption,
        table,
        lambda: readings_plot(cells, READINGS, POLICIES, distinct(models)),
        wide=True,
    )


def _grids(found: Found, models: list[str], measured: list[Estimate], table: Table) -> Figure:
    """Cells instead of dots: for more models than dots can tell apart."""
    names = dict(zip((*models, ""), (*distinct(models), CEILING), strict=True))
    known = {key: e for key, e in found.items() if has_number(e)}
    panels = {
        f"reference policy {policy}": [
            point(e, row=names[name], column=reading) for (reading, of, name), e in known.items() if of == policy
        ]
        for policy in POLICIES
    }
    last = any(not name for _, _, name in known)
    caption = (
        "Stated agreement of each model (rows) with people under every reading (columns) and reference policy (panels)"
        f"{'; the last row is people with each other' if last else ''}. For the reading violation less is better. "
        f"{basis_of(measured)}"
    )
    return Figure(
        "readings",
        "Heat maps of stated agreement of each model under every reading and reference policy; its numbers are in the table.",
        caption,
        table,
        lambda: rate_grid(
            {title: cells for title, cells in panels.items() if cells},
            [*distinct(models), *([CEILING] if last else [])],
            READINGS,
            row="model",
            column="reading",
            value="stated",
        ),
        wide=True,
    )


CEILING = f"{SYMBOLS[Kind.HUMAN]} people (ceiling)"


def _found(data: ReportData, models: list[str]) -> Found:
    known = set(models)
    found: Found = {}
    for e in data.estimates:
        if e.topic != ALL:
            continue
        if e.metric == "stated" and e.responder_id in known and e.target_id == PEOPLE:
            found.setdefault((e.reading, e.policy, e.responder_id), e)
        elif e.metric == "ceiling" and not e.responder_id:
            found.setdefault((e.reading, e.policy, ""), e)
    return found


def _table(found: Found, models: list[str]) -> Table:
    columns = (
        Column("reading", "Reading", "what counts as agreement; see Words, at the end", numeric=False),
        *(Column(f"stated: {name}", name) for name in models),
        Column("ceiling", "Ceiling", "people with each other, by the same reading and policy"),
    )
    rows: list[tuple[Cell, ...]] = []
    groups: dict[int, str] = {}
    for policy in POLICIES:
        first = len(rows)
        for reading in READINGS:
            cells = [found.get((reading, policy, name)) for name in (*models, "")]
            if any(cells):
                groups.setdefault(first, f"reference policy: {policy}")
                rows.append((reading, *cells))
    note = basis_of(e for e in found.values())
    caption = "Stated agreement with people under every reading and reference policy"
    return Table("readings", caption, columns, tuple(rows), note, groups)


def _changes(found: Found, models: list[str]) -> list[str]:
    """Each reading and policy by which models change places, in a sentence."""
    usual = _order(found, Reading.MAIN.value, Policy.EACH.value, models)
    told = []
    # violation is the last of the readings: it asks something else, so it is told last
    for reading in READINGS:
        for policy in POLICIES:
            other = _order(found, reading, policy, models)
            if set(other) != set(usual):
                continue  # ranks among fewer models are not comparable
            moved = [f"{name} from rank {usual[name]} to rank {other[name]}" for name in usual if usual[name] != other[name]]
            if moved:
                told.append(f"Reading {reading}, reference policy {policy}: {'; '.join(moved)}.")
    more = len(told) - CHANGES_SHOWN
    return [*told[:CHANGES_SHOWN], f"{more} more combinations; see the table."] if more > 0 else told


def _order(found: Found, reading: str, policy: str, models: list[str]) -> dict[str, int]:
    """The rank of each model that has a value; equals share the better rank."""
    values: dict[str, float] = {}
    for name in models:
        e = found.get((reading, policy, name))
        if e is not None and not isinstance(e.value, NotMeasured):
            values[name] = -e.value if reading == Reading.VIOLATION.value else e.value
    return {name: 1 + sum(other > value for other in values.values()) for name, value in values.items()}
