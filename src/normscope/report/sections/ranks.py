"""Which model agrees most with people, which cannot be told from it, and whether other lists have the same order."""

from __future__ import annotations

from itertools import pairwise
from statistics import median
from typing import Any

from normscope.records import NotMeasured
from normscope.report.charts.ranks import rank_plot
from normscope.report.code_words import list_words, reason_words
from normscope.report.content import Cell, Column, Number, Section, Table
from normscope.report.data import ReportData
from normscope.report.figures import Figure
from normscope.report.labels import distinct
from normscope.report.method_words import method_words
from normscope.report.text import number, percent

__all__ = ["ranks"]

METRIC = "stated"
CEILING = "ceiling"

MATRIX_LIMIT = 12
"""Up to so many models P(above) is given of every two; of more only of neighbours in rank."""

ROW_LIMIT = 60

TURNED = (
    "By the reading violation less is better; its lists are turned round first, so that the best model comes first in every list."
)
LONGEST_FIGURE = 60


def ranks(data: ReportData) -> Section:
    """Ranks with their intervals; a sentence that says why there are none."""
    rows = data.rows("rankings")
    ranked = [row for row in rows if row["metric"] == METRIC and not isinstance(row["rank"], NotMeasured)]
    if not ranked:
        return Section("ranks", "Ranks", [_why_not(data, rows)])
    ranking = _ranking(rows)
    figures = [_figure(ranked, ranking)] if 2 <= len(ranked) <= LONGEST_FIGURE else []
    tables = [ranking, *([_above(data, ranked)] if len(ranked) > 1 else [])]
    parts = []
    for name, title, table in (
        ("orders", "Do other lists have the same order?", _tau(data)),
        ("detectable", "Which differences could have been found?", _detectable(data)),
    ):
        if table is not None:
            parts.append(Section(name, title, tables=[table], folded=True))
    return Section("ranks", "Ranks", [*_said(ranked), *_power(data)], figures=figures, tables=tables, parts=parts)


def _why_not(data: ReportData, rows: list[dict[str, Any]]) -> str:
    if not data.models or not data.people:
        return f"Models are ranked by their agreement with people; this study has no {'models' if not data.models else 'people'}."
    reasons = [reason_words(row["rank"].reason) for row in rows if isinstance(row["rank"], NotMeasured)]
    return f"No model was ranked: {reasons[0]}." if reasons else "Ranks were not measured: they are made by normscope agree."


def _said(ranked: list[dict[str, Any]]) -> list[str]:
    best = [row["responder_id"] for row in ranked if row["among_best"] is True]
    if len(ranked) == 1:
        said = []
    elif len(best) == len(ranked):
        said = ["No model can be told from the best one: this study cannot say which that is."]
    elif len(best) == 1:
        said = [f"Ahead of every other model: {best[0]}."]
    else:
        said = [f"Cannot be told from the best: {', '.join(best)}."]
    if ranked[0]["same_dilemmas"] is False:
        said.append("The models were not all scored on the same dilemmas: part of a difference may be theirs.")
    return said


def _power(data: ReportData) -> list[str]:
    pairs = [row for row in data.rows("detectable") if row["metric"] == METRIC and row["other_id"] != CEILING]
    sizes = sorted(row["detectable"] for row in pairs if not isinstance(row["detectable"], NotMeasured))
    if not sizes:
        return []
    spread = f" ({number(sizes[0])} to {number(sizes[-1])}, by pair)" if len(sizes) > 1 else ""
    power = percent(pairs[0]["power"])
    return [
        f"A study like this finds a true difference of {number(median(sizes))}{spread} between two models in {power} of cases."
    ]


def _ranking(rows: list[dict[str, Any]]) -> Table:
    columns = (
        Column("responder", "Model", numeric=False),
        Column("rank", "Rank", "with the ranks that cannot be ruled out; 1 = agrees most with people"),
        Column("value", "Agreement"),
        Column("behind", "Behind the best other", "the highest of the others minus this model; below 0 = ahead of all others"),
        Column("among_best", "Among the best", "whether it cannot be told from the best one", numeric=False),
        Column("n_dilemmas", "Dilemmas"),
    )
    cells: list[tuple[Cell, ...]] = []
    groups: dict[int, str] = {}
    for row in rows:
        if list_words(row["metric"]) not in groups.values():
            groups[len(cells)] = list_words(row["metric"])
        best = row["among_best"]
        cells.append(
            (
                row["responder_id"],
                Number(row["rank"], row["rank_low"], row["rank_high"], digits=0),
                Number(row["value"]),
                Number(row["behind"], row["behind_low"], row["behind_high"], signed=True),
                best if isinstance(best, NotMeasured) else "yes" if best else "no",
                row["n_dilemmas"],
            )
        )
    caption = "Models by their agreement with all people together"
    return Table("rankings", caption, columns, tuple(cells), _basis(rows), groups if len(groups) > 1 else {})


def _basis(rows: list[dict[str, Any]]) -> str:
    known = [row for row in rows if not isinstance(row["rank"], NotMeasured)]
    sizes = sorted({row["n_dilemmas"] for row in known})
    n = f"{sizes[0]:,}" if len(sizes) == 1 else f"{sizes[0]:,}–{sizes[-1]:,}"
    level, method = percent(known[0]["level"]), method_words(known[0]["method"])
    return f"n = {n} dilemmas; {level} intervals that hold for all models at once ({method})."


def _figure(ranked: list[dict[str, Any]], table: Table) -> Figure:
    names = distinct([row["responder_id"] for row in ranked])
    rows = [
        {
            "name": name,
            "rank": row["rank"],
            "low": row["rank_low"],
            "high": row["rank_high"],
            "ranks": f"{row['rank_low']} to {row['rank_high']}",
            "told": number(row["value"]),
        }
        for name, row in zip(names, ranked, strict=True)
    ]
    return Figure(
        "ranks",
        "Each model's rank by stated agreement with people, with its interval; the numbers are in the table.",
        "Rank of each model by stated agreement with people (point) and the ranks that cannot be ruled out (line). Models whose "
        f"lines overlap may stand in the other order. {_basis(ranked)}",
        table,
        lambda: rank_plot(rows),
    )


def _above(data: ReportData, ranked: list[dict[str, Any]]) -> Table:
    names = [row["responder_id"] for row in ranked]
    above = {
        (row["responder_id"], row["other_id"]): Number(row["above"]) for row in data.rows("above") if row["metric"] == METRIC
    }
    caption = "P(above): in what share of the resamples the row's model agrees more with people than the column's"
    note = f"A tie counts half. {_basis(ranked)}"
    if len(names) <= MATRIX_LIMIT:
        columns = (Column("responder", "Model", numeric=False), *(Column(f"above: {name}", name) for name in names))
        cells: list[tuple[Cell, ...]] = [(name, *(above.get((name, other)) for other in names)) for name in names]
        return Table("above", caption, columns, tuple(cells), note)
    pair = (
        Column("responder", "Model", numeric=False),
        Column("other", "above", numeric=False),
        Column("above", "P(above)"),
    )
    cells = [(name, other, above.get((name, other))) for name, other in pairwise(names)]
    return Table("above", f"{caption} (neighbours in rank)", pair, tuple(cells), note, left_out=len(above) - len(cells))


def _tau(data: ReportData) -> Table | None:
    """The lists beside `stated` (the first list where there is none), those that differ most first."""
    rows = data.rows("tau")
    known = [row for row in rows if not isinstance(row["tau"], NotMeasured)]
    base = METRIC if any(METRIC in (row["first"], row["second"]) for row in known) else rows[0]["first"] if rows else ""
    # tau is the same both ways
    beside = [
        (row["tau"], row["second"] if row["first"] == base else row["first"], row["n_models"])
        for row in known
        if base in (row["first"], row["second"])
    ]
    if not beside:
        return None
    columns = (
        Column("list", "List", "metric, reading, reference policy, and another study's matcher", numeric=False),
        Column(
            "tau",
            "Kendall tau-b",
            f"order of the models beside the list {list_words(base)}; 1 = the same, −1 = reversed",
        ),
        Column("n_models", "Models"),
    )
    beside.sort()
    cells = tuple((list_words(name), Number(tau), n) for tau, name, n in beside[:ROW_LIMIT])
    caption = f"Order of the models by other metrics, readings, reference policies and judges, beside {list_words(base)}"
    note = f"{TURNED} Kendall's tau-b of the point values, without an interval."
    return Table("tau", caption, columns, cells, note, left_out=len(rows) - len(cells))


def _detectable(data: ReportData) -> Table | None:
    rows = [row for row in data.rows("detectable") if not isinstance(row["detectable"], NotMeasured)]
    if not rows:
        return None
    level, power = percent(1 - rows[0]["level"]), percent(rows[0]["power"])
    columns = (
        Column("responder", "Model", numeric=False),
        Column("other", "beside", numeric=False),
        Column("difference", "Difference"),
        Column("error", "Standard error"),
        Column(
            "detectable",
            "Detectable",
            f"the smallest true difference that a two-sided test at {level} finds in {power} of studies like this one",
        ),
        Column("n_dilemmas", "Dilemmas"),
    )
    cells: list[tuple[Cell, ...]] = []
    groups: dict[int, str] = {}
    for row in rows[:ROW_LIMIT]:
        if list_words(row["metric"]) not in groups.values():
            groups[len(cells)] = list_words(row["metric"])
        other = "people with each other" if row["other_id"] == CEILING else row["other_id"]
        cells.append(
            (
                row["responder_id"],
                other,
                Number(row["difference"], signed=True),
                Number(row["error"], digits=3),
                Number(row["detectable"]),
                row["n_dilemmas"],
            )
        )
    note = (
        f"Two-sided test at {level}, power {power} (the share of such studies that find it): {method_words(rows[0]['method'])}."
    )
    caption = "Differences, and the smallest that this study could have found"
    return Table("detectable", caption, columns, tuple(cells), note, groups, left_out=len(rows) - len(cells))
