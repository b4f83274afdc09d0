"""What is said unprompted beside what is said when shown a solution, and how much of the latter is agreeing with anything."""

from __future__ import annotations

from normscope.records import Estimate, Kind, NotMeasured, Pairing
from normscope.report.charts.dumbbell import dumbbell
from normscope.report.code_words import reason_words
from normscope.report.content import Cell, Column, Section, Table
from normscope.report.data import ReportData
from normscope.report.figures import Figure
from normscope.report.labels import SYMBOLS, labels
from normscope.report.lookup import Lookup
from normscope.report.text import basis_of

__all__ = ["stated_explicit"]

METRICS = {
    "stated": Column("stated", "Stated", "said unprompted"),
    "explicit": Column("explicit", "Explicit", "share of shown solutions that are judged as people judge them"),
    "gap": Column("gap", "Gap", "explicit minus stated, on the same dilemmas"),
    "acquiescence": Column("acquiescence", "Acquiescence", "share of rejected solutions that are agreed with when shown"),
    "dprime": Column(
        "dprime", "Told apart, d′", "how well accepted and rejected solutions are told apart when shown; 0 = not at all"
    ),
}
NEVER = "Explicit agreement was not measured: it is made by normscope agree."
OF_PEOPLE = {"stated": "ceiling", "explicit": "explicit_ceiling"}
"""What people's own row shows."""


def stated_explicit(data: ReportData, found: Lookup) -> Section:
    """Every model with all people together, and people with each other; a sentence where nobody was shown solutions."""
    rows: dict[str, dict[str, Estimate | None]] = {
        model.responder_id: {metric: found.of(metric, model.responder_id) for metric in METRICS} for model in data.models
    }
    shown = [cells["explicit"] for cells in rows.values() if _measured(cells["explicit"])]
    title = "Stated beside explicit agreement"
    if not shown:
        return Section("explicit", title, [_missing(data, rows)])
    people = {metric: _of_people(metric, found) for metric in METRICS}
    used = [e for cells in (*rows.values(), people) for e in cells.values() if e is not None]
    note = f"With all people together. {basis_of(used)}"
    told: list[tuple[Cell, ...]] = [(name, *cells.values()) for name, cells in rows.items()]
    told.append(("People with each other", *people.values()))
    columns = (Column("responder", "Responder", numeric=False), *METRICS.values())
    table = Table(
        "stated_explicit", "Stated beside explicit, with acquiescence", columns, tuple(told), note, totals=frozenset({len(rows)})
    )
    names = labels(data.models)
    drawn: dict[str, dict[str, Estimate | None]] = {names[name]: cells for name, cells in rows.items()}
    drawn[f"{SYMBOLS[Kind.HUMAN]} people"] = people
    figure = Figure(
        "stated_explicit",
        "Dumbbell plot of stated and explicit agreement and acquiescence of each model; its numbers are in the table.",
        "Stated (circle) joined with explicit agreement (diamond) by the gap between them, and acquiescence (square): the share "
        "of solutions that people reject and the responder agrees with when shown them. A high explicit value beside a high "
        f"acquiescence is agreeing with whatever is shown. The intervals are in the table. {basis_of(used)}",
        table,
        lambda: dumbbell(drawn, {label: cells["gap"] for label, cells in drawn.items()}),
    )
    return Section("explicit", title, figures=[figure], tables=[table])


def _of_people(metric: str, found: Lookup) -> Estimate | None:
    if metric in OF_PEOPLE:
        return found.of(OF_PEOPLE[metric])
    return found.pair(metric, Pairing.HUMAN_HUMAN.value, "", "")


def _missing(data: ReportData, rows: dict[str, dict[str, Estimate | None]]) -> str:
    reasons = [
        reason_words(e.value.reason) for cells in rows.values() if (e := cells["explicit"]) and isinstance(e.value, NotMeasured)
    ]
    if reasons:
        return f"Explicit agreement with people was not measured: {reasons[0]}."
    who = "models" if not data.models else "people" if not data.people else ""
    return f"There are no {who} in this study, so there is nothing to compare." if who else NEVER


def _measured(estimate: Estimate | None) -> bool:
    return estimate is not None and not isinstance(estimate.value, NotMeasured)
