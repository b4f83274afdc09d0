"""A figure of the report: what it shows in words and as a table, and how to make its chart where that is wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from normscope.report.content import Table

if TYPE_CHECKING:
    from normscope.report.charts.look import Drawing

__all__ = ["Figure"]


@dataclass(frozen=True)
class Figure:
    """`name` is its key and the name of its files; `caption` states n, method and level; `table` holds the numbers drawn.

    `chart` makes the Altair chart: it is called only where the figure is drawn, so that text needs no drawing library. `wide`
    figures keep their size and scroll on a narrow screen, others shrink.
    """

    name: str
    alt: str
    caption: str
    table: Table
    chart: Callable[[], Drawing]
    wide: bool = False
