"""The figures of a comparison: paired differences, by model and by topic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from normscope.records import Change, Comparison, Estimate, ModelPair
from normscope.report.charts.differences import differences
from normscope.report.content import Table
from normscope.report.figures import Figure
from normscope.report.labels import distinct
from normscope.report.palette import MARKS
from normscope.report.text import basis_of

__all__ = ["basis", "by_model", "by_topic", "pair_name"]

AGREEMENT = ("stated", "explicit")
ROWS_DRAWN = 40
"""More rows than this are a table, not a figure."""


def by_model(found: Comparison, table: Table) -> list[Figure]:
    """The change of each model's agreement; none where there are too many models to read one, or nothing was measured."""
    names = distinct([pair_name(pair) for pair in found.models])
    name = {(pair.a, pair.b): label for pair, label in zip(found.models, names, strict=True)}
    rows = [row for row in found.changes if row.metric in AGREEMENT and row.n_dilemmas]
    marks = [metric for metric in AGREEMENT if any(row.metric == metric for row in rows)]
    if not rows or len(names) > ROWS_DRAWN:
        return []
    cells = [(name[row.responder_a, row.responder_b], row.metric, row) for row in rows]
    caption = f"How each model's agreement with people changed: {' and '.join(marks)}. {_drawn(rows)}"
    alt = "Forest plot of the change of each model's agreement with people; its numbers are in the table."
    return [Figure("changes", alt, caption, table, lambda: differences(cells, names, marks))]


def by_topic(found: Comparison, table: Table) -> list[Figure]:
    """The change of stated agreement on each topic; none where there are too many topics or models to read one."""
    rows = [row for row in found.topics if row.metric == "stated" and row.n_dilemmas]
    topics, pairs = list(dict.fromkeys(row.topic for row in rows)), [(pair.a, pair.b) for pair in found.models]
    if not rows or len(topics) > ROWS_DRAWN or len(pairs) > len(MARKS):
        return []
    names, labels = distinct([pair_name(pair) for pair in found.models]), dict(zip(topics, distinct(topics), strict=True))
    name = dict(zip(pairs, names, strict=True))
    cells = [(labels[row.topic], name[row.responder_a, row.responder_b], row) for row in rows]
    alt = "Forest plot of the change of stated agreement by topic; its numbers are in the table."
    caption = f"How stated agreement with people changed, by topic. {_drawn(rows)}"
    return [Figure("topic_changes", alt, caption, table, lambda: differences(cells, list(labels.values()), names), wide=True)]


def basis(rows: Iterable[Change]) -> str:
    """n, level and method of the differences, as a caption of the report has them."""
    return basis_of(
        Estimate(
            metric=row.metric,
            pairing="",
            responder_id=row.responder_b,
            target_id="",
            topic=row.topic,
            value=row.difference,
            low=row.low,
            high=row.high,
            level=row.level,
            method=row.method,
            estimand="dilemmas like these",
            n_dilemmas=row.n_dilemmas,
        )
        for row in rows
    )


def pair_name(pair: ModelPair | Change) -> str:
    """The model, or the two names that it goes by."""
    a, b = (pair.a, pair.b) if isinstance(pair, ModelPair) else (pair.responder_a, pair.responder_b)
    return a if a == b else f"{a} → {b}"


def _drawn(rows: Sequence[Change]) -> str:
    return f"Right of the dashed line: higher in b. Filled: shown; hollow: not shown. {basis(rows)}"
