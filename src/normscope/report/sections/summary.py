"""The first screen: what was asked of whom, the models beside the ceiling, how far the matcher can be trusted, the limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from normscope.records import Estimate, Kind, NotMeasured
from normscope.report.charts.forest import forest
from normscope.report.content import Cell, Column, Section, Table
from normscope.report.data import ReportData
from normscope.report.figures import Figure
from normscope.report.headline import HeadlineRow, among, asked, headline, limits, matcher_sentence
from normscope.report.labels import SYMBOLS, labels
from normscope.report.lookup import Lookup
from normscope.report.text import basis_of
from normscope.report.validated import corrections, validated

__all__ = ["summary"]


def summary(data: ReportData, found: Lookup) -> Section:
    """The summary with its parts `headline` (where models stand beside people), `trust` and `limits`."""
    parts = [
        Section("trust", "How far the matcher can be trusted", [validated(data), matcher_sentence(data)]),
        Section("limits", "Limits", points=limits(data, found)),
    ]
    rows = headline(data, found)
    if rows:
        table = _table(rows, found)
        drawn = _forest(data, found, table)
        figures = [drawn] if drawn else []
        parts.insert(0, Section("headline", "Models beside people", [_verdict(rows)], figures=figures, tables=[table]))
    return Section("summary", "Summary", [*asked(data), *among(data, found)], parts=parts)


def _verdict(rows: list[HeadlineRow]) -> str:
    """How many models stand where, in one sentence."""
    counts = Counter(row.standing for row in rows)
    told = ", ".join(f"{counts[standing]:,} {words}" for standing, words in VERDICTS.items() if counts[standing])
    who = "model" if len(rows) == 1 else "models"
    return f"Of {len(rows):,} {who}: {told}. The ceiling is people's agreement with each other."


VERDICTS = {
    "below the ceiling": "below the ceiling",
    "no difference shown": "not shown to differ from the ceiling",
    "above the ceiling": "above the ceiling",
    "not compared": "not compared with the ceiling",
}
"""What is said of each verdict, in the order in which they are told."""


def _table(rows: list[HeadlineRow], found: Lookup) -> Table:
    corrected = [row.corrected for row in rows if _measured(row.corrected)]
    shown_corrected = [row.explicit_corrected for row in rows if _measured(row.explicit_corrected)]
    columns = [
        Column("responder", "Responder", numeric=False),
        *([Column("stated_corrected", "Stated, corrected")] if corrected else []),
        Column("stated", "Stated", "said unprompted"),
        Column("distance_to_ceiling", "From the ceiling", "the model's agreement minus that of people with each other"),
        Column("verdict", "Verdict", "in words: below or above only where the interval leaves out 0", numeric=False),
        *([Column("explicit_corrected", "Explicit, corrected")] if shown_corrected else []),
        Column("explicit", "Explicit", "said when shown a solution and asked"),
        Column("n_dilemmas", "Dilemmas"),
    ]
    given: list[tuple[Cell, ...]] = [
        (
            row.responder.responder_id,
            *([row.corrected] if corrected else []),
            row.stated,
            row.distance,
            row.standing,
            *([row.explicit_corrected] if shown_corrected else []),
            row.explicit,
            None if row.stated is None else row.stated.n_dilemmas,
        )
        for row in rows
    ]
    ceiling = found.of("ceiling")
    given.append(
        (
            "People with each other",
            *([found.of("ceiling_corrected")] if corrected else []),
            ceiling,
            None,
            "ceiling",
            *([found.of("explicit_ceiling_corrected")] if shown_corrected else []),
            found.of("explicit_ceiling"),
            None if ceiling is None else ceiling.n_dilemmas,
        )
    )
    note = (
        f"Stated: said unprompted. Explicit: said when shown a solution and asked. {basis_of(_given(row.stated for row in rows))}"
    )
    judged = _given([*corrected, *shown_corrected])
    if judged:
        note += f" Corrected: as people would judge, with the labels they gave. {basis_of(judged)}"
    return Table(
        "headline",
        "Each model's agreement with all people, beside the ceiling",
        tuple(columns),
        tuple(given),
        note,
        totals=frozenset({len(given) - 1}),
    )


def _forest(data: ReportData, found: Lookup, table: Table) -> Figure | None:
    names = labels(data.models)
    rows = [
        (names[m.responder_id], found.of("stated", m.responder_id), found.of("explicit", m.responder_id)) for m in data.models
    ]
    used = [e for _, stated, explicit in rows for e in (stated, explicit) if e is not None]
    if not any(_measured(e) for e in used):
        return None
    ceiling = found.of("ceiling")
    rows.append((f"{SYMBOLS[Kind.HUMAN]} people (ceiling)", ceiling, found.of("explicit_ceiling")))
    raw = " These are the matcher's own values; the corrected ones are in the table." if corrections(data) else ""
    return Figure(
        "headline",
        "Forest plot of each model's agreement with people; its numbers are in the table.",
        "Agreement of each model with all people together: stated (circle) and explicit (diamond). The dashed line and the band "
        f"are the stated ceiling, people with each other, and its interval.{raw} {basis_of(used)}",
        table,
        lambda: forest(rows, ceiling),
    )


def _measured(estimate: Estimate | None) -> bool:
    return estimate is not None and not isinstance(estimate.value, NotMeasured)


def _given(estimates: Iterable[Estimate | None]) -> list[Estimate]:
    return [e for e in estimates if e is not None]
