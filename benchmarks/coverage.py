"""Do nominal 95 % intervals cover the truth in 93-97 % of made-up studies? (--quick: fewer studies; --table FILE: the tables)

Stated accuracy (a mean over dilemmas), a paired difference of two, rates by PPI++ and Rogan-Gladen and a difference by PPI++,
with 30, 100 and 1,000 dilemmas, intra-cluster correlation (ICC) 0 and 0.3, rates 0.1, 0.5 and 0.95, judges of sensitivity and
specificity 0.7 and 0.95. Each by today's intervals and by the trusted ones (`stats.trust`, `stats.trust_corrected`).

A cell is one such setting. Its coverage is the share of the intervals that were given which cover the truth. As that share of
finitely many studies is uncertain itself, a cell covers `too little` only if all of the 95 % Wilson interval of its share lies
below 93 %, and `too much` if all lies above 97 %; else 93-97 % is compatible with what was counted, and it lies `in the band`. A
cell is `refused` if fewer than 5 % of the studies were given an interval.

Barred: no cell of a trusted method covers too little, and at least four fifths of their cells lie in the band. How many cells
cover too much without the method saying so is shown.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from benchmarks.bars import Bar, read_arguments, show
from benchmarks.coverage_made_up import LAYOUTS, Judge, Numbers, labelled, labelled_pairs, rates, two_rates
from benchmarks.coverage_methods import ON_SUMS, PPI, PPI_DIFFERENCES, ROGAN_GLADEN, Ends
from normscope.stats import wilson

DILEMMAS = (30, 100, 1000)
RATES = (0.1, 0.5, 0.95)
OTHER_RATE = {0.1: 0.15, 0.5: 0.6, 0.95: 0.9}
JUDGES = tuple(Judge(sensitivity, specificity) for sensitivity in (0.7, 0.95) for specificity in (0.7, 0.95))
ICCS = (0.0, 0.3)
LEAST, MOST, REFUSED = 0.93, 0.97, 0.05
START = "<!-- tables: made by the command above, do not edit -->"


MadeUp: TypeAlias = tuple[str, tuple[str, ...], float, tuple[Numbers, ...]]
"""Quantity, setting, the truth, and the sums [clusters, replications] of studies."""


@dataclass(frozen=True)
class Size:
    """How many studies a run makes up per cell: cheap ones on sums, dear ones with labels."""

    on_sums: int
    on_labels: int
    on_bootstrap: int


FULL, QUICK = Size(3000, 1000, 500), Size(400, 80, 100)


@dataclass(frozen=True)
class Cell:
    """One setting under one method. `setting` names the row of the table, with `dilemmas` it names the cell.

    `width` is the mean width of the intervals that were given.
    """

    quantity: str
    setting: tuple[str, ...]
    dilemmas: int
    method: str
    studies: int
    printed: int
    covered: int
    cautious: int
    width: float

    @property
    def share(self) -> float:
        """Coverage among the intervals that were given."""
        return self.covered / self.printed

    @property
    def verdict(self) -> str:
        if self.printed < REFUSED * self.studies:
            return "refused"
        low, high = wilson(self.covered, self.printed)
        return "too little" if high < LEAST else "too much" if low > MOST else "in the band"

    @property
    def said_so(self) -> bool:
        """Did the method call at least half of its intervals cautious?"""
        return 2 * self.cautious >= self.printed

    def __str__(self) -> str:
        if self.verdict == "refused":
            return "none"
        mark = {"too little": "↓", "too much": "↑", "in the band": ""}[self.verdict]
        given = "" if self.printed == self.studies else f" ({100 * self.printed / self.studies:.0f})"
        return f"{100 * self.share:.1f}{mark}{'*' if self.said_so else ''}{given}"


def counted(quantity: str, setting: tuple[str, ...], dilemmas: int, method: str, found: Ends, truth: float) -> Cell:
    covers = found.printed & (found.low <= truth + 1e-12) & (found.high >= truth - 1e-12)
    counts = (found.printed.size, int(found.printed.sum()), int(covers.sum()), int((found.cautious & found.printed).sum()))
    width = float((found.high - found.low)[found.printed].mean()) if found.printed.any() else 0.0
    return Cell(quantity, setting, dilemmas, method, *counts, width)


def on_sums(size: Size, rng: np.random.Generator) -> Iterator[Cell]:
    """Stated accuracy and differences of two."""
    for layout in LAYOUTS:
        for rate in RATES:
            for n in DILEMMAS:
                setting = (layout.rows, f"{layout.icc:g}")
                sums = rates(layout.sizes(n), rate, layout.icc, size.on_sums, rng)
                made_up: list[MadeUp] = [("stated accuracy", (*setting, f"{rate:g}"), rate, sums)]
                for other in (rate, OTHER_RATE[rate]):
                    two = two_rates(layout.sizes(n), rate, other, layout.icc, size.on_sums, rng)
                    made_up.append(("paired difference", (*setting, f"{rate:g} - {other:g}"), rate - other, two))
                for quantity, name, truth, parts in made_up:
                    for method in ON_SUMS:
                        most = min(size.on_sums, size.on_bootstrap if method.dear else size.on_sums)
                        found = method(*(part[:, :most] for part in parts))
                        yield counted(quantity, name, n, method.name, found, truth)


def on_labels(size: Size, rng: np.random.Generator) -> Iterator[Cell]:
    """Rates corrected for the judge's errors, and differences of two."""
    for icc in ICCS:
        for rate in RATES:
            for judge in JUDGES:
                for n in DILEMMAS:
                    setting = (f"{icc:g}", str(judge))
                    study = labelled(n, rate, icc, judge, size.on_labels, rng)
                    for quantity, methods in (("PPI++", PPI), ("Rogan-Gladen", ROGAN_GLADEN)):
                        for method in methods:
                            yield counted(quantity, (*setting, f"{rate:g}"), n, method.name, method(study), rate)
                    if judge.sensitivity != judge.specificity:
                        continue
                    other = OTHER_RATE[rate]
                    study = labelled_pairs(n, rate, other, icc, judge, size.on_labels, rng)
                    for method in PPI_DIFFERENCES:
                        name = (*setting, f"{rate:g} - {other:g}")
                        yield counted("difference by PPI++", name, n, method.name, method(study), rate - other)


def measure(cells: Sequence[Cell], seconds: float) -> dict[str, Bar]:
    """How many cells of each method lie where; barred for the trusted ones."""
    figures: dict[str, Bar] = {}
    ours: list[Cell] = []
    for quantity, method in dict.fromkeys((cell.quantity, cell.method) for cell in cells):
        own = [cell for cell in cells if (cell.quantity, cell.method) == (quantity, method)]
        trusted = method.endswith("trusted")
        ours += own if trusted else []
        of = f"{quantity}, {method}"
        note = f"of {len(own)} cells, {own[0].studies} studies each"
        where = [cell.verdict for cell in own]
        figures[f"{of}: cells too little"] = Bar(where.count("too little"), 0 if trusted else None, note=note)
        figures[f"{of}: cells in the band"] = Bar(where.count("in the band"), None, "at least", note)
        figures[f"{of}: cells too much"] = Bar(where.count("too much"), None, note=note)
        figures[f"{of}: cells refused"] = Bar(where.count("refused"), None, note=note)
        given = [cell for cell in own if cell.verdict != "refused"]
        if given:
            figures[f"{of}: lowest coverage"] = Bar(min(cell.share for cell in given), None, "at least", note)
            figures[f"{of}: mean width"] = Bar(float(np.mean([cell.width for cell in given])), None, note=note)
    given = [cell for cell in ours if cell.verdict != "refused"]
    strictly = sum(LEAST <= cell.share <= MOST for cell in given) / len(ours)
    band = sum(cell.verdict == "in the band" for cell in ours) / len(ours)
    silent = sum(cell.verdict == "too much" and not cell.said_so for cell in ours)
    note = f"of {len(ours)} cells"
    figures["trusted: share of cells with an interval in the band"] = Bar(band, 0.8, "at least", note)
    figures["trusted: share of cells counted within 93-97 % exactly"] = Bar(strictly, None, "at least", note)
    figures["trusted: share of cells with an interval"] = Bar(len(given) / len(ours), None, "at least", note)
    figures["trusted: cells that cover too much and do not say so"] = Bar(silent, None, note=note)
    figures["processor seconds"] = Bar(seconds, None)
    return figures


HEADS = {
    "stated accuracy": ("rows", "ICC", "rate"),
    "paired difference": ("rows", "ICC", "rates"),
    "PPI++": ("ICC", "sensitivity / specificity", "rate"),
    "Rogan-Gladen": ("ICC", "sensitivity / specificity", "rate"),
    "difference by PPI++": ("ICC", "sensitivity / specificity", "rates"),
}


def tables(cells: Sequence[Cell]) -> str:
    """One Markdown table per quantity: a row per setting, a column per method and number of dilemmas."""
    lines = []
    for quantity, head in HEADS.items():
        own = {(cell.setting, cell.method, cell.dilemmas): cell for cell in cells if cell.quantity == quantity}
        methods = tuple(dict.fromkeys(method for _, method, _ in own))
        columns = [(method, n) for method in methods for n in DILEMMAS]
        studies = ", ".join(f"{own[next(key for key in own if key[1] == m)].studies:,} by {m}" for m in methods)
        lines += ["", f"### {quantity[0].upper()}{quantity[1:]}", "", f"Studies per cell: {studies}.", ""]
        lines.append(f"| {' | '.join([*head, *(f'{method}, {n:,}' for method, n in columns)])} |")
        lines.append("|" + "---|" * len(head) + "---:|" * len(columns))
        for setting in dict.fromkeys(setting for setting, _, _ in own):
            row = [*setting, *(str(own[setting, *column]) for column in columns)]
            lines.append(f"| {' | '.join(row)} |")
    return "\n".join(lines) + "\n"


def write_tables(path: Path, cells: Sequence[Cell]) -> None:
    """Replace what stands below the line `START` of the page."""
    before, _, _ = path.read_text(encoding="utf-8").partition(START)
    path.write_text(f"{before}{START}\n{tables(cells)}", encoding="utf-8")


def main() -> None:
    arguments = read_arguments(__doc__, options={"--table": "a Markdown page whose tables are replaced"})
    started = time.process_time()
    size = QUICK if arguments.quick else FULL
    first, second = np.random.default_rng(5).spawn(2)
    cells = [*on_sums(size, first), *on_labels(size, second)]
    if arguments.table:
        write_tables(Path(arguments.table), cells)
    show(measure(cells, time.process_time() - started), as_json=arguments.json)


if __name__ == "__main__":
    main()
