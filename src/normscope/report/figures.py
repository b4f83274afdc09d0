"""The figures of the page as inline SVG: drawn here, offline, so that the page needs no script to show them."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from normscope.errors import MissingExtra
from normscope.records import Estimate, Kind, NotMeasured, Pairing, Responder
from normscope.report.charts import forest, heat_map, topic_plot
from normscope.report.content import Table
from normscope.report.data import ReportData
from normscope.report.lookup import PEOPLE, Lookup
from normscope.report.palette import MARKS
from normscope.report.text import basis_of, short, shown
from normscope.report.topics import TopicTable
from normscope.report.validated import corrections

if TYPE_CHECKING:
    from normscope.report.charts import Drawing

__all__ = ["Figure", "agreement_matrix", "forest_plot", "topics_plot"]

MATRIX_LIMIT = 24
"""The most responders in the matrix; more would not be legible."""

TOPIC_LIMIT = 40
LABEL_LIMIT = 22

SYMBOLS = {Kind.MODEL: "●", Kind.HUMAN: "◆"}

_ELEMENTS = frozenset({"svg", "g", "path", "rect", "line", "text", "tspan", "title", "defs", "clipPath"})
_OPENING = re.compile(r"<([^\s/>]+)")


@dataclass(frozen=True)
class Figure:
    """A figure for the page. `svg` is None where it could not be drawn; then `missing` says why.

    `wide` figures keep their size and scroll on a narrow screen, others shrink. `table` holds the numbers that are drawn.
    """

    svg: Markup | None
    alt: str
    caption: str
    wide: bool = False
    missing: str = ""
    table: Table | None = None


def forest_plot(data: ReportData, found: Lookup) -> Figure | None:
    """Stated and explicit agreement of each model with people, beside the ceiling; None where no model has a number."""
    names = _labels(data.models)
    rows = [
        (names[m.responder_id], found.of("stated", m.responder_id), found.of("explicit", m.responder_id)) for m in data.models
    ]
    used = [e for _, stated, explicit in rows for e in (stated, explicit) if e is not None]
    if all(isinstance(e.value, NotMeasured) for e in used):
        return None
    ceiling = found.of("ceiling")
    rows.append((f"{SYMBOLS[Kind.HUMAN]} people (ceiling)", ceiling, found.of("explicit_ceiling")))
    caption = (
        "Agreement of each model with all people together: stated (circle) and explicit (diamond). The dashed line and the "
        f"band are the stated ceiling, people with each other, and its interval.{_raw(data)} {basis_of(used)}"
    )

    return _figure(
        lambda: forest(rows, ceiling),
        "Forest plot of each model's agreement with people; its numbers are in the table.",
        caption,
    )


def agreement_matrix(data: ReportData, found: Lookup) -> Figure | None:
    """Stated agreement of every ordered pair, models first, and of each with all people together."""
    met = {name for _, r, t in found.pairs(["stated"]) for name in (r, t)}
    models = [m for m in data.models if m.responder_id in met][:MATRIX_LIMIT]
    people = [p for p in data.people if p.responder_id in met][: MATRIX_LIMIT - len(models)]
    drawn = [*models, *people]
    names = _labels(drawn)
    cells: list[tuple[str, str, Estimate]] = []
    everyone = f"{SYMBOLS[Kind.HUMAN]} all people"
    for a in drawn:
        for b in drawn:
            pairing = Pairing.RETEST if a is b else Pairing.of(a.kind, b.kind)
            estimate = found.pair("stated", pairing.value, a.responder_id, b.responder_id)
            if estimate is not None:
                cells.append((names[a.responder_id], names[b.responder_id], estimate))
        together = found.pair("stated", Pairing.of(a.kind, Kind.HUMAN).value, a.responder_id, PEOPLE)
        if together is not None:
            cells.append((names[a.responder_id], everyone, together))
    if all(isinstance(e.value, NotMeasured) for _, _, e in cells):
        return None
    rows = _with_gap([names[m.responder_id] for m in models], [names[p.responder_id] for p in people], " ")
    columns = _with_gap(rows, [everyone] if any(column == everyone for _, column, _ in cells) else [], "  ")
    left_out = len(data.responders) - len(drawn)
    more = f" {left_out:,} further responders are not drawn one by one." if left_out else ""
    caption = (
        f"Stated agreement of each ordered pair ({SYMBOLS[Kind.MODEL]} model, {SYMBOLS[Kind.HUMAN]} person or panel): how often "
        "what the row says agrees with the column. On the diagonal: test–retest, where there is more than one draw. "
        f"Empty: not measured.{_raw(data)} {basis_of(e for _, _, e in cells)}{more}"
    )

    label = "Heat map of stated agreement between responders; its numbers are in the agreement table."
    return _figure(lambda: heat_map(cells, rows, columns), label, caption, wide=len(columns) > 6)


def topics_plot(table: TopicTable | None) -> Figure | None:
    """Stated agreement by topic; None where there are too many columns or topics to read one."""
    if table is None or len(table.rows) > TOPIC_LIMIT or len(table.columns) > len(MARKS):
        return None
    columns, topics = _distinct(table.columns), _distinct([row.topic for row in table.rows])
    cells = [
        (topic, column, cell)
        for topic, row in zip(topics, table.rows, strict=True)
        for column, cell in zip(columns, row.cells, strict=True)
        if cell is not None
    ]
    ceilings = {topic: row.ceiling for topic, row in zip(topics, table.rows, strict=True) if row.ceiling is not None}
    tick = " The grey tick is the topic's ceiling." if ceilings else ""
    raw = f"Raw rates{', the corrected ones are in the table' if table.corrected else ''}"
    caption = f"{table.title} by topic.{tick} {raw}: a topic with few dilemmas moves far by chance. {basis_of(table.estimates)}"
    label = "Dot plot of stated agreement by topic; its numbers are in the table."
    return _figure(lambda: topic_plot(cells, topics, columns, ceilings), label, caption)


def _raw(data: ReportData) -> str:
    return " These are the matcher's own values; the corrected ones are in the tables." if corrections(data) else ""


def _figure(chart: Callable[[], Drawing], label: str, caption: str, *, wide: bool = False) -> Figure:
    try:
        importlib.import_module("altair")
        importlib.import_module("vl_convert")
    except ImportError:
        return Figure(None, label, caption, wide, str(MissingExtra("The figure", "report")))
    return Figure(_svg(chart()), label, caption, wide)


def _svg(chart: Drawing) -> Markup:
    """The chart as SVG markup. vl-convert escapes text; that only drawing elements came out is checked all the same."""
    import altair as alt
    import vl_convert

    with alt.data_transformers.enable(consolidate_datasets=False):
        spec: dict[str, Any] = chart.to_dict()
    version = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    drawn = vl_convert.vegalite_to_svg(spec, vl_version=version, allowed_base_urls=[])
    others = set(_OPENING.findall(drawn)) - _ELEMENTS
    if others:
        raise RuntimeError(f"the figure holds elements that do not draw: {', '.join(sorted(others))}")
    return Markup(drawn)  # noqa: S704 - made by vl-convert from our own chart, its text escaped, its elements checked above


def _labels(responders: Iterable[Responder]) -> dict[str, str]:
    """A short label per responder that says its kind; no two are the same."""
    given = list(responders)
    distinct = _distinct([r.responder_id for r in given])
    return {r.responder_id: f"{SYMBOLS[r.kind]} {name}" for r, name in zip(given, distinct, strict=True)}


def _distinct(names: Sequence[str]) -> list[str]:
    used: dict[str, int] = {}
    labels = []
    for name in names:
        label = short(shown(name), LABEL_LIMIT)
        used[label] = used.get(label, 0) + 1
        labels.append(label if used[label] == 1 else f"{label} ({used[label]})")
    return labels


def _with_gap(first: Sequence[str], second: Sequence[str], gap: str) -> list[str]:
    """Both lists with an empty row or column between them."""
    return [*first, gap, *second] if first and second else [*first, *second]
