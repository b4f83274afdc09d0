"""How the conversations ended: answered, refused, empty or failed, by responder and by topic."""

from __future__ import annotations

from collections import Counter

from normscope.records import Kind, Outcome
from normscope.report.charts.outcomes import outcome_bars
from normscope.report.content import Cell, Column, Number, Section, Table
from normscope.report.data import ReportData
from normscope.report.exclusions import PEOPLE_LISTED, few_reasons
from normscope.report.figures import Figure
from normscope.report.labels import SYMBOLS, labels
from normscope.report.lookup import Lookup

__all__ = ["outcomes"]

NAMES = tuple(outcome.value for outcome in Outcome)

BARS_LIMIT = 40
ROW_LIMIT = 120


def outcomes(data: ReportData, found: Lookup) -> Section:
    """Counts by responder, their bars, and by topic where anything was refused."""
    if not data.outcomes:
        return Section("outcomes", "Outcomes", ["No conversation was held."])
    crowd = {p.responder_id for p in data.people} if len(data.people) > PEOPLE_LISTED else set()
    together = f"{len(data.people):,} people"
    counts: dict[str, Counter[str]] = {r.responder_id: Counter() for r in data.responders if r.responder_id not in crowd}
    reasons: dict[str, Counter[str]] = {name: Counter() for name in counts}
    for row in data.outcomes:
        name = together if row.responder_id in crowd else row.responder_id
        counts.setdefault(name, Counter())[row.outcome.value] += row.n
        of = reasons.setdefault(name, Counter())
        if row.outcome is not Outcome.ANSWERED and row.reason:
            of[row.reason] += row.n
    total = sum(sum(of.values()) for of in counts.values())
    table = _table(counts, reasons, found, total)
    names = {**labels(r for r in data.responders if r.responder_id not in crowd), together: f"{SYMBOLS[Kind.HUMAN]} {together}"}
    bars = {names.get(name, name): dict(of) for name, of in counts.items() if of}
    figures = [_figure(bars, table, total)] if len(bars) <= BARS_LIMIT else []
    refused = _refused(data)
    return Section("outcomes", "Outcomes", figures=figures, tables=[table, *([refused] if refused else [])])


def _table(counts: dict[str, Counter[str]], reasons: dict[str, Counter[str]], found: Lookup, total: int) -> Table:
    columns = (
        Column("responder", "Responder", numeric=False),
        *(Column(name, name.capitalize()) for name in NAMES),
        Column("reasons", "Reasons given", numeric=False),
        Column("no_solution", "No solution found", "share of the answers in which the extractor found no recommendation"),
        Column(
            "hedge", "Recommends both of two opposed courses", "share of the answers that recommend both of two opposed courses"
        ),
    )
    rows = tuple(
        (
            name,
            *(of[outcome] for outcome in NAMES),
            few_reasons(reasons[name]) or None,
            found.of("no_solution", name),
            found.of("hedge", name),
        )
        for name, of in counts.items()
    )
    return Table("outcomes", "Conversations by outcome", columns, rows, f"n = {total:,} conversations, all of them counted.")


def _figure(bars: dict[str, dict[str, int]], table: Table, total: int) -> Figure:
    return Figure(
        "outcomes",
        "Bars of how each responder's conversations ended; the counts are in the table.",
        "How each responder's conversations ended, from left to right: answered, refused, empty, failed. Only answered ones are "
        f"scored. n = {total:,} conversations, counted, so there is no interval.",
        table,
        lambda: outcome_bars(bars, NAMES),
    )


def _refused(data: ReportData) -> Table | None:
    """Who refused on which topic, the largest share first; None where nobody did."""
    held: Counter[tuple[str, str]] = Counter()
    refused: Counter[tuple[str, str]] = Counter()
    for row in data.outcomes:
        held[row.responder_id, row.topic] += row.n
        if row.outcome is Outcome.REFUSED:
            refused[row.responder_id, row.topic] += row.n
    if not refused:
        return None
    found = sorted(((n / held[key], n, *key) for key, n in refused.items()), key=lambda item: (-item[0], -item[1], item[2:]))
    columns = (
        Column("responder", "Responder", numeric=False),
        Column("topic", "Topic", numeric=False),
        Column("refused", "Refused"),
        Column("conversations", "Conversations"),
        Column("share", "Share"),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (responder, topic, n, held[responder, topic], Number(share)) for share, n, responder, topic in found[:ROW_LIMIT]
    )
    note = "Counts of this study's conversations, without an interval; a share of few conversations moves far by chance."
    return Table("refused", "Refused by topic, the largest share first", columns, rows, note, left_out=len(found) - len(rows))
