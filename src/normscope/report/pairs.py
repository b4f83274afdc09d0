"""Who agrees with whom, as tables: one row per ordered pair, one column per metric."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from normscope.records import CORRECTED as ENDING
from normscope.records import Estimate, NotMeasured, Pairing
from normscope.report.code_words import reason_words
from normscope.report.data import ReportData
from normscope.report.lookup import PEOPLE, Lookup
from normscope.report.text import counted

__all__ = ["FURTHER", "MAIN", "NOT_TRIED", "Column", "PairGroup", "PairRow", "PairTable", "columns_of", "pair_table"]

ROW_LIMIT = 240
"""The most rows of one group on the page; how many are left out is said, and all are in `estimates.json`."""

REASONS_SHOWN = 3

NOT_TRIED = "nothing to make it from, or the study is of an older version"


@dataclass(frozen=True)
class Column:
    """One metric as a column: its key, its heading and what it says in a few words."""

    metric: str
    heading: str
    meaning: str


MAIN = (
    Column(
        "stated", "Stated", "share of dilemmas on which the responder's main solution, said unprompted, agrees with the target's"
    ),
    Column(
        "explicit", "Explicit", "share of the target's solutions, shown one by one, that the responder judges as the target does"
    ),
    Column("gap", "Gap", "explicit minus stated, on the same dilemmas"),
    Column(
        "acquiescence", "Acquiescence", "share of the target's rejected solutions that the responder agrees with when shown them"
    ),
)
CORRECTED = (
    Column(
        "stated_corrected",
        "Stated, corrected",
        "stated agreement as people would judge it: the matcher's, corrected for its errors with the comparisons that people "
        "labelled (PPI++)",
    ),
    Column(
        "explicit_corrected",
        "Explicit, corrected",
        "explicit agreement as people would judge it: the matcher's, corrected in the same way",
    ),
)
ROGAN_GLADEN = (
    Column(
        "stated_rogan_gladen",
        "Stated, Rogan–Gladen",
        "stated agreement corrected with the matcher's sensitivity and specificity over all labelled comparisons, as if it erred "
        "alike in all pairs",
    ),
)
FURTHER = (
    Column("stated_both", "Stated, both ways", "the same for two responders of one kind, both directions together"),
    Column("explicit_both", "Explicit, both ways", "the same for two responders of one kind, both directions together"),
    Column("asymmetry", "Asymmetry", "how far the two directions of a pair differ, on average over dilemmas"),
    Column("dprime", "Told apart, d′", "how well accepted and rejected solutions are told apart when shown; 0 = not at all"),
    Column("explicit_unclear", "Unclear", "share of shown solutions to which the answer was silent or unclear"),
)


@dataclass(frozen=True)
class PairRow:
    """One ordered pair, or a pairing as a whole (both names empty). `cells` run parallel to the table's columns."""

    responder: str
    target: str
    cells: tuple[Estimate | None, ...]
    n: int | None
    excluded: str


@dataclass(frozen=True)
class PairGroup:
    """The rows of one pairing; `left_out` counts those that are only in `estimates.json`."""

    pairing: str
    rows: tuple[PairRow, ...]
    left_out: int

    @property
    def measured(self) -> bool:
        """Whether any cell has a number."""
        return any(e is not None and not isinstance(e.value, NotMeasured) for row in self.rows for e in row.cells)


@dataclass(frozen=True)
class PairTable:
    """A table of pairs. `missing` says in sentences which columns have no number anywhere and why; they are not shown."""

    columns: tuple[Column, ...]
    groups: tuple[PairGroup, ...]
    missing: tuple[str, ...]

    @property
    def length(self) -> int:
        """How many rows the table has."""
        return sum(len(group.rows) for group in self.groups)

    def totals(self) -> PairTable:
        """The same table with only pairings as wholes and comparisons with all people together."""
        groups = (
            PairGroup(group.pairing, tuple(row for row in group.rows if row.target in ("", PEOPLE)), 0) for group in self.groups
        )
        return PairTable(self.columns, tuple(group for group in groups if group.rows), self.missing)

    @property
    def estimates(self) -> list[Estimate]:
        """All estimates that the table prints."""
        return [cell for group in self.groups for row in group.rows for cell in row.cells if cell is not None]


def columns_of(data: ReportData) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
    """The main and the further columns: where people labelled comparisons, the corrected value before each raw one."""
    tried = {e.metric for e in data.estimates}
    stated, explicit = ([c for c in (column,) if c.metric in tried] for column in CORRECTED)
    raw, shown, *rest = MAIN
    further = [c for c in ROGAN_GLADEN if c.metric in tried]
    return (*stated, raw, *explicit, shown, *rest), (*further, *FURTHER)


def pair_table(data: ReportData, found: Lookup, columns: Sequence[Column]) -> PairTable:
    """The pairs that have any of the columns' metrics, pairings as wholes first, then in the order of the responders."""
    order = {r.responder_id: i for i, r in enumerate(data.responders)}
    last = len(order)
    keys = found.pairs(c.metric for c in columns)
    keys.sort(key=lambda k: (k[1] != "", order.get(k[1], last), k[2] != PEOPLE, order.get(k[2], last)))
    kept, missing = _measured(found, keys, columns)
    groups = []
    for pairing in dict.fromkeys([*(p.value for p in Pairing), *(p for p, _, _ in keys)]):
        inside = [(r, t) for p, r, t in keys if p == pairing]
        rows = tuple(_row(found, pairing, r, t, kept) for r, t in inside[:ROW_LIMIT])
        group = PairGroup(pairing, rows, len(inside) - len(rows))
        if group.measured:
            groups.append(group)
        elif rows and kept:
            missing.append(f"{pairing.capitalize()}: not measured ({'; '.join(_reasons(e for row in rows for e in row.cells))}).")
    return PairTable(kept, tuple(groups), tuple(missing))


def _row(found: Lookup, pairing: str, responder: str, target: str, columns: Sequence[Column]) -> PairRow:
    cells = tuple(found.pair(c.metric, pairing, responder, target) for c in columns)
    raw = [c for c in cells if c is not None and not c.metric.endswith(ENDING)]
    first = raw[0] if raw else None
    excluded = counted(first.excluded) if first is not None else ""
    return PairRow(responder, target, cells, first.n_dilemmas if first is not None else None, excluded)


def _measured(
    found: Lookup, keys: Sequence[tuple[str, str, str]], columns: Sequence[Column]
) -> tuple[tuple[Column, ...], list[str]]:
    """The columns that have a number somewhere, and a sentence for each other one."""
    kept, missing, untried = [], [], []
    for column in columns:
        cells = [cell for key in keys if (cell := found.pair(column.metric, *key)) is not None]
        if any(not isinstance(cell.value, NotMeasured) for cell in cells):
            kept.append(column)
        elif cells:
            missing.append(f"{column.heading}: not measured ({'; '.join(_reasons(cells))}).")
        else:
            untried.append(column.heading)
    if untried:
        missing.append(f"{'; '.join(untried)}: not measured ({NOT_TRIED}).")
    return tuple(kept), missing


def _reasons(cells: Iterable[Estimate | None]) -> list[str]:
    """The first few distinct reasons why cells have no number."""
    reasons = dict.fromkeys(reason_words(e.value.reason) for e in cells if e is not None and isinstance(e.value, NotMeasured))
    return list(reasons)[:REASONS_SHOWN]
