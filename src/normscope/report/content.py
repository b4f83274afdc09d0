"""What a report says, apart from how it is printed: sections of sentences, tables and figures.

The page, Markdown, LaTeX and JSON are made from the same `Content`, so that none of them can say something else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from normscope.records import Estimate, NotMeasured

if TYPE_CHECKING:
    from normscope.report.figures import Figure

__all__ = ["Cell", "Column", "Content", "Number", "Section", "Table"]


@dataclass(frozen=True)
class Number:
    """A number that is no `Estimate` of its own: a rank, a pooled rate, a probability, an amount of money.

    `digits` after the point; `signed` prints the sign (of differences). Without an interval `low` and `high` are None; where
    one could not be measured they say why.
    """

    value: float | NotMeasured
    low: float | NotMeasured | None = None
    high: float | NotMeasured | None = None
    digits: int = 2
    signed: bool = False
    unit: str = ""


Cell: TypeAlias = Estimate | Number | NotMeasured | int | str | None
"""What stands in one place of a table. None: does not apply there (printed as a dash), never "not measured"."""


@dataclass(frozen=True)
class Column:
    """`name` is the key in JSON and in data frames, `heading` what people read, `meaning` what it says in a few words."""

    name: str
    heading: str
    meaning: str = ""
    numeric: bool = True


@dataclass(frozen=True)
class Table:
    """Rows of cells, each as long as `columns`; the first column names the row.

    `caption` says what is in the table, `note` its basis: n, method, level, what it is an estimate for. `groups` are the
    headings of parts by the index of the row that they stand before; `totals` are the rows that stand apart from the others (a
    ceiling, all pairs together); `left_out` counts rows that only `estimates.json` has.
    """

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    groups: Mapping[int, str] = field(default_factory=dict)
    totals: frozenset[int] = frozenset()
    left_out: int = 0


@dataclass(frozen=True)
class Section:
    """A part of the report: what it says in sentences, then its figures and tables. `name` is its anchor and its key.

    `lines` are paragraphs, `points` a list below them; `parts` are sections within this one. `folded` sections are closed at
    first on the page. A figure's table may be one of `tables`; then it is printed once.
    """

    name: str
    title: str
    lines: Sequence[str] = ()
    points: Sequence[str] = ()
    figures: Sequence[Figure] = ()
    tables: Sequence[Table] = ()
    parts: Sequence[Section] = ()
    folded: bool = False


@dataclass(frozen=True)
class Content:
    """A whole report. `facts` are what identifies it (study, version of normscope, seed, matcher …), in order."""

    title: str
    facts: Mapping[str, str]
    sections: Sequence[Section]

    def tables(self) -> list[Table]:
        """Every table once, in the order of the page, those of the figures with them."""
        found: dict[str, Table] = {}
        for section in self.walk():
            for table in (*section.tables, *(figure.table for figure in section.figures)):
                found.setdefault(table.name, table)
        return list(found.values())

    def figures(self) -> list[Figure]:
        """Every figure in the order of the page."""
        return [figure for section in self.walk() for figure in section.figures]

    def walk(self) -> Iterator[Section]:
        """Every section, each before its parts."""
        waiting = list(reversed(self.sections))
        while waiting:
            section = waiting.pop()
            yield section
            waiting += reversed(section.parts)
