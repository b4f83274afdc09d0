"""Stated agreement by topic: each model with people beside the ceiling, or the one pairing that there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from normscope.records import Estimate, NotMeasured, Pairing
from normscope.report.data import ReportData
from normscope.report.lookup import Lookup

__all__ = ["TopicRow", "TopicTable", "topic_table"]


@dataclass(frozen=True)
class TopicRow:
    """One topic: how many dilemmas it has, its cells in the order of the table's columns, and its ceiling."""

    topic: str
    dilemmas: int
    cells: tuple[Estimate | None, ...]
    ceiling: Estimate | None


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
        if both:
            cells = tuple(found.of("stated", name, topic=topic) for name in columns)
        else:
            pairing = Pairing.MODEL_MODEL if data.models else Pairing.HUMAN_HUMAN
            cells = (found.pair("stated", pairing.value, "", "", topic=topic),)
        rows.append(TopicRow(topic, sizes[topic], cells, found.of("ceiling", topic=topic) if both else None))
    table = TopicTable(title, tuple(columns), tuple(rows), both)
    return table if any(not isinstance(e.value, NotMeasured) for e in table.estimates) else None
