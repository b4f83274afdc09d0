"""Stated agreement by topic: each model's raw rate, and the one drawn towards its other topics as far as it knows too little."""

from __future__ import annotations

from typing import Any

from normscope.records import Estimate, Kind, NotMeasured
from normscope.report.charts.look import has_number, point
from normscope.report.charts.rate_grid import rate_grid
from normscope.report.charts.topics import topic_plot
from normscope.report.content import Cell, Column, Number, Section, Table
from normscope.report.data import ReportData
from normscope.report.figures import Figure
from normscope.report.labels import SYMBOLS, distinct
from normscope.report.lookup import Lookup
from normscope.report.palette import MARKS
from normscope.report.sections.matrix import MATRIX_LIMIT
from normscope.report.text import basis_of, number, percent
from normscope.report.topics import TopicTable, topic_table

__all__ = ["by_topic"]

TOPIC_LIMIT = 40
ROW_LIMIT = 240


def by_topic(data: ReportData, found: Lookup) -> Section:
    """Pooled rates where `agree` gave them, with the raw rates folded; else the raw rates alone."""
    raw = topic_table(data, found)
    if raw is None:
        return Section("topics", "By topic", ["No agreement was measured by topic."])
    pooled = [row for row in data.rows("topics") if row["metric"] == "stated" and not isinstance(row["pooled"], NotMeasured)]
    table = _raw(raw)
    if not pooled:
        note = "Raw rates: a topic with few dilemmas moves far by chance. Rates drawn together over topics were not measured."
        figure = _figure(raw, [_raw_point(*cell) for cell in _cells(raw)], table, f"{note} {basis_of(raw.estimates)}")
        return Section("topics", "By topic", [note], figures=[figure] if figure else [], tables=[table])
    together, wide = _pooled(pooled, found), _wide(raw, pooled)
    columns, topics = (dict(zip(names, distinct(names), strict=True)) for names in (raw.columns, [r.topic for r in raw.rows]))
    points = [
        _pooled_point(row, topics[row["topic"]], columns[row["responder_id"]])
        for row in pooled
        if row["responder_id"] in columns and row["topic"] in topics
    ]
    many = len(raw.columns) > len(MARKS)
    figure = _figure(raw, points, wide if many else together, f"{DRAWN if many else POOLED} {_basis(pooled)}")
    parts = [Section("topics-raw", "The rates by topic as measured", tables=[table], folded=True)]
    if figure is None or many:  # else the long table stands below the figure, whose numbers it has
        parts.insert(0, Section("topics-pooled", "How far each rate was drawn", tables=[together], folded=True))
    return Section("topics", "By topic", figures=[figure] if figure else [], tables=[wide], parts=parts)


DRAWN = (
    "Each rate is drawn towards the model's other topics (empirical Bayes), as far as the topic's own dilemmas are too few to "
    "tell; the raw rates are in the folded tables."
)
POOLED = (
    "Filled: the rate drawn towards the model's other topics (empirical Bayes), as far as the topic's own dilemmas are too few "
    "to tell; hollow: the raw rate."
)


def _wide(raw: TopicTable, rows: list[dict[str, Any]]) -> Table:
    """The pooled rates with a column per model."""
    pooled = {(row["topic"], row["responder_id"]): Number(row["pooled"], row["pooled_low"], row["pooled_high"]) for row in rows}
    columns = (
        Column("topic", "Topic", numeric=False),
        Column("n_dilemmas", "Dilemmas", "of the topic in this study"),
        *(Column(f"pooled: {name}", name) for name in raw.columns),
        Column("ceiling", "Ceiling", "people with each other on the same topic, as measured"),
    )
    cells: tuple[tuple[Cell, ...], ...] = tuple(
        (row.topic, row.dilemmas, *(pooled.get((row.topic, name)) for name in raw.columns), row.ceiling) for row in raw.rows
    )
    return Table("topics", "Stated agreement with people by topic, partially pooled", columns, cells, _basis(rows))


def _pooled(rows: list[dict[str, Any]], found: Lookup) -> Table:
    columns = (
        Column("topic", "Topic", numeric=False),
        Column("responder", "Responder", numeric=False),
        Column("n_dilemmas", "Dilemmas"),
        Column("raw", "Raw", "the rate of this topic alone"),
        Column("pooled", "Pooled", "drawn towards the model's other topics, with its interval"),
        Column("weight", "Own weight", "how much of the pooled rate is the topic's own; 1 = all of it"),
        Column("ceiling", "Ceiling", "people with each other on the same topic"),
    )
    cells: list[tuple[Cell, ...]] = []
    for row in sorted(rows, key=lambda row: row["topic"])[:ROW_LIMIT]:
        raw = found.of("stated", row["responder_id"], topic=row["topic"])
        cells.append(
            (
                row["topic"],
                row["responder_id"],
                row["n_dilemmas"],
                raw if raw is not None else Number(row["raw"]),
                Number(row["pooled"], row["pooled_low"], row["pooled_high"]),
                Number(row["weight"]),
                found.of("ceiling", topic=row["topic"]),
            )
        )
    caption = "Stated agreement with people by topic: raw and pooled"
    return Table("topics_pooled", caption, columns, tuple(cells), _basis(rows), left_out=len(rows) - len(cells))


def _basis(rows: list[dict[str, Any]]) -> str:
    sizes = sorted({row["n_dilemmas"] for row in rows})
    n = f"{sizes[0]:,}" if len(sizes) == 1 else f"{sizes[0]:,}–{sizes[-1]:,}"
    method = rows[0]["method"].split(";")[0]
    return f"n = {n} dilemmas per topic; {percent(rows[0]['level'])} intervals of the pooled rates ({method})."


def _raw(raw: TopicTable) -> Table:
    corrected = bool(raw.corrected)
    sides = [*raw.columns, *(["ceiling"] if raw.beside_people else [])]
    columns = [Column("topic", "Topic", numeric=False), Column("n_dilemmas", "Dilemmas")]
    for side in sides:
        heading = "Ceiling" if side == "ceiling" and raw.beside_people else side
        columns += [Column(f"stated, corrected: {side}", f"{heading}, corrected")] if corrected else []
        columns.append(Column(f"stated: {side}", heading))
    rows: list[tuple[Cell, ...]] = []
    for row in raw.rows:
        beside = row.beside if raw.beside_people else row.beside[:-1]
        cells: list[Cell] = [row.topic, row.dilemmas]
        for judged, own in beside:
            cells += [judged, own] if corrected else [own]
        rows.append(tuple(cells))
    note = basis_of(raw.estimates)
    if corrected:
        note += f" Corrected: as people would judge. {basis_of(raw.corrected)}"
    kind = "corrected, and raw beside it" if corrected else "raw rates"
    return Table("topics_raw", f"{raw.title} by topic ({kind})", tuple(columns), tuple(rows), note)


def _cells(raw: TopicTable) -> list[tuple[str, str, Estimate]]:
    columns, topics = distinct(raw.columns), distinct([row.topic for row in raw.rows])
    return [
        (topic, column, cell)
        for topic, row in zip(topics, raw.rows, strict=True)
        for column, cell in zip(columns, row.cells, strict=True)
        if cell is not None and has_number(cell)
    ]


def _raw_point(topic: str, column: str, cell: Estimate) -> dict[str, Any]:
    return point(cell, topic=topic, column=column)


def _pooled_point(row: dict[str, Any], topic: str, column: str) -> dict[str, Any]:
    low, high = row["pooled_low"], row["pooled_high"]
    known = not isinstance(low, NotMeasured) and not isinstance(high, NotMeasured)
    value = row["pooled"]
    told = f"{number(low)} to {number(high)} ({percent(row['level'])})" if known else "not measured"
    ends = {"low": low if known else value, "high": high if known else value, "interval": told}
    return {"topic": topic, "column": column, "value": value, "raw": row["raw"], "n": row["n_dilemmas"], **ends}


def _grid(
    raw: TopicTable,
    points: list[dict[str, Any]],
    topics: list[str],
    ceilings: dict[str, Estimate],
    table: Table,
    basis: str,
) -> Figure:
    known = {topic: e for topic, e in ceilings.items() if has_number(e)}
    cells = [{**p, "row": p["topic"]} for p in points]
    cells += [{**point(e, column=CEILING), "row": topic} for topic, e in known.items()]
    beside = f" The last column is {CEILING}, as measured." if known else ""
    corrected = " The corrected rates are in the table." if raw.corrected else ""
    columns = [*distinct(raw.columns), *([CEILING] if known else [])]
    return Figure(
        "topics",
        "Heat map of stated agreement by topic and model; its numbers are in the table.",
        f"{raw.title} by topic (rows) and model (columns).{beside} {basis}{corrected}",
        table,
        lambda: rate_grid({"": cells}, topics, columns, row="topic", column="responder", value="stated"),
        wide=True,
    )


CEILING = f"{SYMBOLS[Kind.HUMAN]} people (ceiling)"


def _figure(raw: TopicTable, points: list[dict[str, Any]], table: Table, basis: str) -> Figure | None:
    """Dots, or cells where there are more models than dots can tell apart; None where there are too many to read one."""
    if len(raw.rows) > TOPIC_LIMIT or len(raw.columns) > MATRIX_LIMIT or not points:
        return None
    topics = distinct([row.topic for row in raw.rows])
    ceilings = {topic: row.ceiling for topic, row in zip(topics, raw.rows, strict=True) if row.ceiling is not None}
    if len(raw.columns) > len(MARKS):
        return _grid(raw, points, topics, ceilings, table, basis)
    tick = " The grey tick is the topic's ceiling." if ceilings else ""
    beside = " The corrected rates are in the table." if raw.corrected else ""
    return Figure(
        "topics",
        "Dot plot of stated agreement by topic; its numbers are in the table.",
        f"{raw.title} by topic.{tick} {basis}{beside}",
        table,
        lambda: topic_plot(points, topics, distinct(raw.columns), ceilings),
    )
