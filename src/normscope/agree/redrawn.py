"""Measures for `these dilemmas`: what would the same responders have said to the same dilemmas on another day?

Dilemmas are given; the draws of each responder on each dilemma are resampled (`stats.TwoLevel`), once for all measures, so
that their differences are paired. A responder that was asked once about a dilemma is taken as given there, and so are the
solutions that were shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import polars as pl

from normscope.agree.measures import AT, Measure
from normscope.agree.redrawn_cells import RedrawnCells, redrawn_cells
from normscope.agree.resampled import At, Column, Grouping, with_topics
from normscope.agree.scopes import KEY, PAIRINGS, Key, Who, whole
from normscope.records import NotMeasured, Pairing
from normscope.stats import DrawnRows, Replicates, Resamples, TwoLevel, intervals, t_quantile
from normscope.stats.bootstrap import Floats, Masked
from normscope.stats.interval_columns import NO_INTERVAL
from normscope.table import AgreementTable

__all__ = ["REDRAWN", "Redrawn", "redrawn"]

REDRAWN = ("stated", "explicit", "gap", "distance_to_ceiling")
"""The metrics that have intervals for `these dilemmas`."""

FEWEST = 5
"""An interval needs as many dilemmas on which the draws differ: as many as one for dilemmas like these needs clusters."""

WIDTH_ZERO = 1e-12
"""A term that moves less than this over all resamples moves by rounding alone."""

CELLS = 2**22
"""Numbers on resamples in a block of dilemmas."""

ONE_DRAW = (
    "nobody here was asked more than once about a dilemma, so nothing shows how else they could have answered: "
    "set `draws: 2` or more (or `estimand: dilemmas like these`)"
)
RETEST = (
    "test–retest compares draws with each other, and resampled draws would be compared with themselves: "
    "set `estimand: dilemmas like these`"
)
NOTES = {
    "people_given": "people's answers taken as given",
    "models_given": "models' single answers taken as given",
    "shown": "solutions shown taken as given",
}


@dataclass(frozen=True, eq=False)
class Redrawn:
    """A measure on every resample of draws, `draws` [draws, columns]; a column is a scope and topic of `number`.

    `dilemmas` [columns] counts those on which draws were resampled, and `moved` [columns] those of them whose value is not the
    same in all resamples. `notes` [columns] says what was taken as given; `least` is the lowest value possible, 1 the highest.
    """

    number: dict[At, int]
    draws: Masked
    dilemmas: npt.NDArray[np.intp]
    moved: npt.NDArray[np.intp]
    notes: tuple[str, ...]
    least: float
    resampling: TwoLevel

    def intervals(self, columns: dict[At, Column], *, level: float) -> dict[At, Column]:
        """The same columns with intervals for these dilemmas, or the reason why one has none; values stay as they are.

        The ends are the percentiles, moved away from the value by the factor t / z: Student's t with as many degrees of freedom
        as dilemmas moved, since only they show how much draws differ. Percentiles alone held 83 to 93 % with 10 dilemmas.
        """
        at = [at for at in columns if at in self.number and not isinstance(columns[at].value, NotMeasured)]
        if not at:
            return columns
        order = [self.number[one] for one in at]
        value = np.ma.MaskedArray([columns[one].value for one in at], mask=np.zeros(len(at), dtype=bool))
        # dilemmas are given, so one is enough for `intervals`; `FEWEST` is about draws
        found = intervals(Replicates(value, self.draws[:, order], np.full(len(at), FEWEST), self.resampling), level=level)
        given: dict[At, Column] = {}
        for i, one in enumerate(at):
            moved = int(self.moved[order[i]])
            why = _refusal(one[0], int(self.dilemmas[order[i]]), moved) or found.reason[i]
            if why:
                given[one] = replace(columns[one], low=NotMeasured(why), high=NotMeasured(why), method=NO_INTERVAL)
                continue
            wider = t_quantile((1 + level) / 2, moved) / NormalDist().inv_cdf((1 + level) / 2)
            at_value = float(value.data[i])
            low, high = (at_value + wider * (float(end.data[i]) - at_value) for end in (found.low, found.high))
            method = f"{found.method[i]}, widened by Student's t{self.notes[order[i]]}"
            given[one] = replace(columns[one], low=max(low, self.least), high=min(high, 1.0), method=method)
        return columns | given


def _refusal(key: Key, dilemmas: int, moved: int) -> str:
    if key.pairing == PAIRINGS.index(Pairing.RETEST):
        return RETEST
    if not dilemmas:
        return ONE_DRAW
    if moved < FEWEST:
        return f"draws differ on {moved} dilemmas; an interval for these dilemmas needs {FEWEST}: ask more of them, or more draws"
    return ""


def redrawn(
    table: AgreementTable, who: Who, groups: Grouping, measures: Sequence[Measure], *, draws: int, seed: int
) -> dict[str, Redrawn]:
    """The measures `REDRAWN` on every resample of the draws of a table."""
    cells = redrawn_cells(table, who)
    sums = {m.metric: _Sums.of(m, cells.terms, groups, draws) for m in measures if m.metric in REDRAWN}
    for lowest, highest in _blocks(cells.members["dilemma"].to_numpy(), draws):
        # of the dilemmas of a block, from a seed of its own: other blocks must not get the same picks
        block_seed = int(np.random.SeedSequence([seed, lowest]).generate_state(1, np.uint64)[0])
        first, terms = _terms(cells, lowest, highest, TwoLevel(Resamples(1, draws, block_seed), "these dilemmas"))
        for of in sums.values():
            of.add(terms, first, lowest, highest)
    resampling = TwoLevel(Resamples(1, draws, seed), "these dilemmas")
    return {m.metric: sums[m.metric].on_resamples(m, resampling) for m in measures if m.metric in REDRAWN}


def _blocks(dilemma: npt.NDArray[np.uint32], draws: int) -> Iterator[tuple[int, int]]:
    """Ranges of dilemmas (first, last) with at most `CELLS` numbers on all resamples, or one dilemma."""
    dilemmas, members = np.unique(dilemma, return_counts=True)
    block = (members.cumsum() - members) * draws // CELLS
    for of in np.unique(block):
        among = dilemmas[block == of]
        yield int(among[0]), int(among[-1])


def _terms(cells: RedrawnCells, lowest: int, highest: int, resampling: TwoLevel) -> tuple[int, tuple[Floats, Floats]]:
    """The first term of these dilemmas, and what all of them add on every resample: numerators, denominators [draws, terms].

    `stated` is the mean over the cells of a scope that have a value, `explicit` a sum over them (as in `measures`).
    """
    rows, conversations, members, terms = (
        _of_dilemmas(frame, lowest, highest) for frame in (cells.rows, cells.conversations, cells.members, cells.terms)
    )
    first_cell, first_conversation = rows["cell"].item(0), conversations["conversation"].item(0)
    fixed = np.append(conversations["fixed"].to_numpy(), True)
    told = np.append(conversations["told"].to_numpy(), conversations["told"].item(-1) + 1).astype(np.intp)
    # a row that depends on one conversation has the last one, which is always there, as its second
    two = (rows["two"] - first_conversation).fill_null(conversations.height).to_numpy()
    found = resampling(
        DrawnRows(
            value=rows["value"].to_numpy(),
            column=(rows["cell"].to_numpy() - first_cell).astype(np.intp),
            cluster=np.zeros(rows.height, dtype=np.intp),
            draws=np.column_stack([rows["one"].to_numpy() - first_conversation, two]).astype(np.intp),
            told=told,
            fixed=fixed,
        )
    ).draws
    there = ~np.ma.getmaskarray(found)
    cell = (members["cell"].to_numpy() - first_cell).astype(np.intp)
    first = int(members["term"].item(0))
    starts = np.searchsorted(members["term"].to_numpy(), terms["term"].to_numpy())
    total = np.add.reduceat(np.where(there, found.data, 0.0)[:, cell], starts, axis=1)
    count = np.add.reduceat(there.astype(np.float64)[:, cell], starts, axis=1)
    shown = terms["shown"].to_numpy()
    return first, (np.where(shown, total, total / np.maximum(count, 1)), np.where(shown, count, count > 0))


def _of_dilemmas(frame: pl.DataFrame, lowest: int, highest: int) -> pl.DataFrame:
    """The rows of these dilemmas of a frame that is sorted by dilemma."""
    start, stop = np.searchsorted(frame["dilemma"].to_numpy(), [lowest, highest + 1]).tolist()
    return frame[start:stop]


@dataclass(frozen=True, eq=False)
class _Sums:
    """Sums of a measure's parts over dilemmas on every resample; `entries` are its terms, each with the column it adds to."""

    entries: pl.DataFrame
    keys: pl.DataFrame
    parts: tuple[Floats, ...]
    moved: npt.NDArray[np.intp]

    @classmethod
    def of(cls, measure: Measure, terms: pl.DataFrame, groups: Grouping, draws: int) -> _Sums:
        said, shown = terms.filter(~pl.col("shown")), terms.filter("shown")
        entries = measure.terms.select(AT)
        own = said if measure.metric in ("stated", "distance_to_ceiling") else shown
        names = [*NOTES, "redrawn"]
        entries = entries.join(own.select(*AT, *names, first="term"), on=AT)
        if measure.metric in ("gap", "distance_to_ceiling"):
            at = list(AT) if measure.metric == "gap" else ["dilemma"]
            among_people = dict(zip(KEY, whole(Pairing.HUMAN_HUMAN), strict=True))
            other = said if measure.metric == "gap" else said.filter(**among_people)
            entries = entries.join(other.select(*at, *names, second="term"), on=at, suffix="_other")
            entries = entries.with_columns(pl.col(name) | pl.col(f"{name}_other") for name in names)
        placed = with_topics(entries, groups)
        by = ("topic", *KEY)
        keys = placed.group_by(by).agg(pl.col(*NOTES).any(), pl.col("redrawn").sum()).sort(by).with_row_index("column")
        placed = placed.join(keys.select(*by, "column"), on=by).sort("dilemma", "column")
        return cls(placed, keys, tuple(np.zeros((draws, keys.height)) for _ in measure.parts), np.zeros(keys.height, np.intp))

    def add(self, terms: tuple[Floats, Floats], first: int, lowest: int, highest: int) -> None:
        """Add the terms of these dilemmas; a difference takes those that have both of its sides."""
        entries = _of_dilemmas(self.entries, lowest, highest).sort("column")
        if not entries.height:
            return
        sides = [entries[name].to_numpy().astype(np.intp) - first for name in ("first", "second") if name in entries.columns]
        both = np.all([terms[1][:, side] > 0 for side in sides], axis=0)
        column, starts = np.unique(entries["column"].to_numpy(), return_index=True)
        added = (part[:, side] * both for side in sides for part in terms)
        for part, numbers in zip(self.parts, added, strict=True):
            part[:, column] += np.add.reduceat(numbers, starts, axis=1)
        moves = np.any([np.ptp(part, axis=0) > WIDTH_ZERO for part in terms], axis=0)
        self.moved[column] += np.add.reduceat(np.any([moves[side] for side in sides], axis=0).astype(np.intp), starts)

    def on_resamples(self, measure: Measure, resampling: TwoLevel) -> Redrawn:
        at = self.keys.select("topic", *KEY).iter_rows()
        notes = ("".join(f"; {NOTES[n]}" for n in NOTES if row[n]) for row in self.keys.iter_rows(named=True))
        return Redrawn(
            number={(Key(*key), topic): i for i, (topic, *key) in enumerate(at)},
            draws=measure.statistic(*self.parts),
            dilemmas=self.keys["redrawn"].to_numpy().astype(np.intp),
            moved=self.moved,
            notes=tuple(notes),
            least=0.0 if measure.rate else -1.0,
            resampling=resampling,
        )
