"""Stated agreement by topic: each model with people beside the ceiling, or the one pairing that there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from normscope.records import CORRECTED, Estimate, NotMeasured, Pairing
from normscope.report.data import ReportData
from normscope.report.lookup import Lookup

__all__ = ["TopicRow", "TopicTable", "topic_table"]


@dataclass(frozen=True)
class TopicRow:
    """One topic: how many dilemmas it has, its cells in the order of the table's columns, and its ceiling.

    `cells` and `ceiling` are the matcher's own values; `corrected` (parallel to `cells`) and `ceiling_corrected` those corrected
    for its errors.
    """

    topic: str
    dilemmas: int
    cells: tuple[Estimate | None, ...]
    ceiling: Estimate | None
    corrected: tuple[Estimate | None, ...]
    ceiling_corrected: Estimate | None

    @property
    def beside(self) -> tuple[tuple[Estimate | None, Estimate | None], ...]:
        """Corrected and raw value of each column, then of the ceiling."""
        return (*zip(self.corrected, self.cells, strict=True), (self.ceiling_corrected, self.ceiling))


@dataclass(frozen=True)
class TopicTable:
    """The topics sorted by name. `title` says what is compared; `beside_people` whether a ceiling stands beside it."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[TopicRow, ...]
    beside_people: bool

    @property
    def estimates(self) -> list[Estimate]:
        """The estimates in the cells."""
        return [cell for row in self.rows for cell in row.cells if cell is not None]

    @property
    def corrected(self) -> list[Estimate]:
        """The corrected estimates that have a value; where there are none, only raw ones are shown."""
        cells = [cell for row in self.rows for cell in (*row.corrected, row.ceiling_corrected)]
        return [cell for cell in cells if cell is not None and not isinstance(cell.value, NotMeasured)]


def topic_table(data: ReportData, found: Lookup) -> TopicTable | None:
    """None where nothing was measured by topic. Without people the models are compared with each other, and the reverse."""
    columns: Sequence[str]
    both = bool(data.models and data.people)
    if both:
        title, columns = "Stated agreement with people", [m.responder_id for m in data.models]
    elif data.models:
        title, columns = "Stated agreement of the models with each other", ["all models"]
    else:
        title, columns = "Stated agreement of people with each other", ["all people"]
    sizes = Counter(d.topic for d in data.dilemmas)
    rows = []
    for topic in data.topics:

        def cells(metric: str, topic: str = topic) -> tuple[Estimate | None, ...]:
            if both:
                return tuple(found.of(metric, name, topic=topic) for name in columns)
            pairing = Pairing.MODEL_MODEL if data.models else Pairing.HUMAN_HUMAN
            return (found.pair(metric, pairing.value, "", "", topic=topic),)

        ceilings = (found.of(metric, topic=topic) if both else None for metric in ("ceiling", f"ceiling{CORRECTED}"))
        ceiling, ceiling_corrected = ceilings
        given, corrected = cells("stated"), cells(f"stated{CORRECTED}")
        rows.append(TopicRow(topic, sizes[topic], given, ceiling, corrected, ceiling_corrected))
    table = TopicTable(title, tuple(columns), tuple(rows), both)
    return table if any(not isinstance(e.value, NotMeasured) for e in table.estimates) else None
